/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorted points from exponential spacings, a block at a time.
 *
 * A block holds up to INTEGRATE_BLOCK spacings of the sorted sequence in KERN_LANES lanes of `rows` each: lane j
 * holds places j × rows … (j + 1) × rows − 1, and row t of lane j lies at t × KERN_LANES + j, where the stream's
 * words fall too. So running sums go down the lanes and need no exchange between them. The last block is as short as
 * its points allow; its unused places have spacing 0. */
#include "work/integrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

#define POLL_NS 250000.
#define SPACING_NS 6. /* a cautious guess for making and summing one point */

/* One task under way. */
struct task_state {
	struct integrate *in;
	uint64_t key[4];
	integrate_poll *poll;
	void *arg;
	uint64_t passes, done;  /* in blocks, over both passes */
	double total;           /* of all n + 1 spacings */
	double sum, lost;       /* of f × spacing, with what rounding lost (Neumaier) */
	double waiting;         /* trapezoid: f at the last point so far, whose right-hand spacing is still to come */
};

static uint64_t blocks_of(uint64_t n)
{
	return n / INTEGRATE_BLOCK + (n % INTEGRATE_BLOCK != 0);
}

static size_t points_in(const struct integrate *in, uint64_t block)
{
	uint64_t left = in->n - block * INTEGRATE_BLOCK;

	return left < INTEGRATE_BLOCK ? (size_t)left : INTEGRATE_BLOCK;
}

static size_t rows_for(size_t points)
{
	return (points + KERN_LANES - 1) / KERN_LANES;
}

/* Where the point of a place in the sorted block lies in memory. */
static size_t place(size_t k, size_t rows)
{
	return k % rows * KERN_LANES + k / rows;
}

static int value_at(struct integrate *in, double x, double *y, struct err *err)
{
	const double *const vars[] = { &x };

	eval_run(in->f, vars, 1, y);
	if (!isfinite(*y))
		return err_set(err, "f(x) is %s at x = %.17g; the trapezoid rule needs a finite value at both ends",
			       *y != *y ? "not a number" : "infinite", x);
	return 0;
}

int integrate_init(struct integrate *in, const struct expr *f, double a, double b, uint64_t n, int method,
	struct err *err)
{
	bool kept = n <= INTEGRATE_KEEP;

	memset(in, 0, sizeof(*in));
	if (!(a < b) || !isfinite(b - a))
		return err_set(err, "cannot integrate from %g to %g: the first must be below the second, and both finite", a, b);
	if (n == 0 || n > INT64_MAX)
		return err_set(err, "cannot integrate with %llu points: at least 1 is needed", (unsigned long long)n);
	BUG_ON(f->nvars != 1 || (method != METHOD_SLIDES && method != METHOD_TRAPEZOID));
	in->kern = kern_pick(err);
	in->f = in->kern ? eval_new(f, in->kern, err) : NULL;
	if (!in->f)
		return -1;
	in->a = a;
	in->b = b;
	in->n = n;
	in->method = method;
	if (method == METHOD_TRAPEZOID && (value_at(in, a, &in->fa, err) < 0 || value_at(in, b, &in->fb, err) < 0)) {
		eval_free(in->f);
		return -1;
	}
	in->poll_blocks = (uint64_t)(POLL_NS / INTEGRATE_BLOCK / (SPACING_NS + eval_cost(in->f))) + 1;
	in->spacings = xcalloc((kept ? blocks_of(n) : 1) * INTEGRATE_BLOCK, sizeof(double));
	in->words = xcalloc(INTEGRATE_BLOCK, sizeof(uint64_t));
	in->x = xcalloc(INTEGRATE_BLOCK, sizeof(double));
	in->y = xcalloc(INTEGRATE_BLOCK, sizeof(double));
	in->w = xcalloc(INTEGRATE_BLOCK, sizeof(double));
	return 0;
}

void integrate_release(struct integrate *in)
{
	eval_free(in->f);
	free(in->spacings);
	free(in->words);
	free(in->x);
	free(in->y);
	free(in->w);
}

/* The spacings of a block, in memory order. */
static double *make_spacings(struct task_state *t, uint64_t block)
{
	struct integrate *in = t->in;
	size_t points = points_in(in, block), rows = rows_for(points), n = rows * KERN_LANES;
	double *e = in->spacings + (in->n <= INTEGRATE_KEEP ? block * INTEGRATE_BLOCK : 0);

	in->kern->fill(in->words, t->key, block * (INTEGRATE_BLOCK / 4), n / 4);
	in->kern->exponentials(e, in->words, n);
	for (size_t k = points; k < n; k++)
		e[place(k, rows)] = 0;
	return e;
}

/* Where each lane begins: the running total and the sums of the lanes before. Returns the total after the block. */
static double lane_bases(const struct kern *kern, const double *e, size_t rows, double total, double base[KERN_LANES])
{
	double sums[KERN_LANES];

	kern->lane_sums(sums, e, rows);
	for (int j = 0; j < KERN_LANES; j++) {
		base[j] = total;
		total += sums[j];
	}
	return total;
}

static int look_up(struct task_state *t, struct err *err)
{
	uint64_t blocks = blocks_of(t->in->n);

	if (++t->done % t->in->poll_blocks || !t->poll)
		return 0;
	/* The first of two passes counts for half of the points. */
	return t->poll(t->arg, (uint64_t)((double)t->done / (double)(t->passes * blocks) * (double)t->in->n), t->in->n, err);
}

/* First pass: the sum of all spacings, and the last of them, which follows the last point. */
static int add_up(struct task_state *t, double *last, struct err *err)
{
	struct integrate *in = t->in;
	uint64_t blocks = blocks_of(in->n), words[4];
	double base[KERN_LANES];

	for (uint64_t i = 0; i < blocks; i++) {
		const double *e = make_spacings(t, i);

		t->total = lane_bases(in->kern, e, rows_for(points_in(in, i)), t->total, base);
		if (in->n > INTEGRATE_KEEP && look_up(t, err) < 0)
			return -1;
	}
	in->kern->fill(words, t->key, blocks * (INTEGRATE_BLOCK / 4), 1);
	in->kern->exponentials(last, words, 1);
	t->total += *last;
	return 0;
}

/* A sum that loses nothing of note over 10^6 blocks. */
static void add_term(struct task_state *t, double v)
{
	double s = t->sum + v;

	t->lost += fabs(t->sum) >= fabs(v) ? (t->sum - s) + v : (v - s) + t->sum;
	t->sum = s;
}

static int not_finite(struct task_state *t, size_t points, size_t rows, struct err *err)
{
	for (size_t k = 0; k < points; k++) {
		double y = t->in->y[place(k, rows)];

		if (!isfinite(y))
			/* Where differs from task to task: without it failures of one cause are one group. */
			return err_set(err, "f(x) is %s at one of the random points", y != y ? "not a number" : "infinite");
	}
	return err_set(err, "the sum of f(x) is too large for a number");
}

/* x and y of a block's points; y is 0 at places that count for nothing, where f may be anything. */
static void make_points(struct task_state *t, uint64_t block, const double *e, double scale)
{
	struct integrate *in = t->in;
	size_t points = points_in(in, block), rows = rows_for(points), n = rows * KERN_LANES;
	const double *const vars[] = { in->x };
	double base[KERN_LANES];

	t->total = lane_bases(in->kern, e, rows, t->total, base);
	in->kern->lane_points(in->x, e, rows, base, in->a, scale, in->b);
	eval_run(in->f, vars, n, in->y);
	for (size_t k = points; k < n; k++)
		in->y[place(k, rows)] = 0;
	if (block == 0 && in->method == METHOD_SLIDES)
		in->y[0] = 0;
}

/* What a block's points add to the sum, in units of spacings. The slides' method gives f at each point the spacing
 * before it. The trapezoid rule gives it the one after as well (and halves all at the end): the next row's, at the
 * bottom of a lane the next lane's first; for the block's last point it is not known yet. */
static int add_block(struct task_state *t, uint64_t block, const double *e, struct err *err)
{
	struct integrate *in = t->in;
	size_t points = points_in(in, block), rows = rows_for(points), above = (rows - 1) * KERN_LANES;
	const double *weights = e;
	double v;

	if (in->method == METHOD_TRAPEZOID) {
		in->kern->binary[EXPR_ADD](in->w, e, e + KERN_LANES, above);
		for (size_t j = 0; j < KERN_LANES; j++)
			in->w[above + j] = e[above + j] + (j + 1 < KERN_LANES ? e[j + 1] : 0);
		add_term(t, t->waiting * e[0]);
		t->waiting = in->y[place(points - 1, rows)];
		weights = in->w;
	}
	v = in->kern->lane_dot(in->y, weights, rows);
	if (!isfinite(v))
		return not_finite(t, points, rows, err);
	add_term(t, v);
	return 0;
}

int integrate_task(struct integrate *in, uint64_t seed, uint64_t task, integrate_poll *poll, void *arg, double *out,
		   struct err *err)
{
	bool kept = in->n <= INTEGRATE_KEEP;
	struct task_state t = { .in = in, .key = { seed, task, 0, 0 }, .poll = poll, .arg = arg, .passes = kept ? 1 : 2 };
	uint64_t blocks = blocks_of(in->n);
	double scale, last;

	t.waiting = in->fa;
	if (add_up(&t, &last, err) < 0)
		return -1;
	scale = (in->b - in->a) / t.total;
	t.total = 0;
	for (uint64_t i = 0; i < blocks; i++) {
		const double *e = kept ? in->spacings + i * INTEGRATE_BLOCK : make_spacings(&t, i);

		make_points(&t, i, e, scale);
		if (add_block(&t, i, e, err) < 0 || look_up(&t, err) < 0)
			return -1;
	}
	if (in->method == METHOD_TRAPEZOID) {
		add_term(&t, (t.waiting + in->fb) * last);
		scale *= 0.5;
	}
	*out = (t.sum + t.lost) * scale;
	return isfinite(*out) ? 0 : err_set(err, "the integral is too large for a number");
}
