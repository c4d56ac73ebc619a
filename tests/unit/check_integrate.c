/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integrals by random points: against a plain computation from the same stream, against the expectations that
 * doc/integrate.md derives, the same bits at every level, and what may go wrong. */
#include "work/integrate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "model/fingerprint.h"
#include "model/moments.h"
#include "tap.h"
#include "work/stream.h"

static const char *const names[] = { "x" };

static struct expr *formula(const char *text)
{
	struct expr *e = expr_parse(text, names, 1, NULL);

	ck_assert_msg(e != NULL, "%s", text);
	return e;
}

static double task(const char *f, double a, double b, uint64_t n, int method, uint64_t number)
{
	struct expr *e = formula(f);
	struct integrate in;
	struct err err = { "" };
	double v = 0;

	ck_assert_msg(integrate_init(&in, e, a, b, n, method, &err) == 0, "%s: %s", f, err.msg);
	ck_assert_msg(integrate_task(&in, 507, number, NULL, NULL, &v, &err) == 0, "%s: %s", f, err.msg);
	integrate_release(&in);
	expr_free(e);
	return v;
}

/* The sorted points x[1 … n] with x[0] = a and x[n + 1] = b, written down from the definition. */
static double *plain_points(double a, double b, size_t n, uint64_t number)
{
	const struct kern *levels[KERN_LEVELS + 1];
	double *x = xcalloc(n + 2, sizeof(double));
	struct stream s;
	long double sum = 0;

	kern_levels(levels);
	stream_init(&s, levels[0], 507, number, 0);
	for (size_t k = 0; k <= n; k++) {
		size_t first = k / INTEGRATE_BLOCK * INTEGRATE_BLOCK, left = n - first;
		size_t points = left < INTEGRATE_BLOCK ? left : INTEGRATE_BLOCK;
		size_t rows = (points + KERN_LANES - 1) / KERN_LANES, at = k - first;

		/* The spacing after the last point is the first word of the block after the last. */
		if (k == n)
			stream_seek(&s, (n + INTEGRATE_BLOCK - 1) / INTEGRATE_BLOCK * INTEGRATE_BLOCK);
		else
			stream_seek(&s, first + at % rows * KERN_LANES + at / rows);
		sum -= log((double)((stream_word(&s) >> 11) + 1) * 0x1p-53);
		x[k + 1] = (double)sum;
	}
	for (size_t k = 1; k <= n; k++)
		x[k] = a + (b - a) * (x[k] / (double)sum);
	x[0] = a;
	x[n + 1] = b;
	return x;
}

static double witch(double x)
{
	return 1 / (1 + x * x);
}

START_TEST(equals_the_definition)
{
	static const uint64_t sizes[] = { 1, 2, 3, 7, 8, 9, 63, 64, 1023, 1024, 1025, 2047, 10000, 32768, 32769, 40001 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i];
		double *x = plain_points(-1, 2, n, 3), slides = 0, trapezoid = 0, got;

		for (size_t k = 1; k < n; k++)
			slides += witch(x[k + 1]) * (x[k + 1] - x[k]);
		for (size_t k = 0; k <= n; k++)
			trapezoid += (witch(x[k]) + witch(x[k + 1])) / 2 * (x[k + 1] - x[k]);
		got = task("1/(1+x^2)", -1, 2, n, METHOD_SLIDES, 3);
		ck_assert_msg(fabs(got - slides) <= 1e-12, "slides, %zu points: %.17g, not %.17g", n, got, slides);
		got = task("1/(1+x^2)", -1, 2, n, METHOD_TRAPEZOID, 3);
		ck_assert_msg(fabs(got - trapezoid) <= 1e-12, "trapezoid, %zu points: %.17g, not %.17g", n, got, trapezoid);
		free(x);
	}
}
END_TEST

/* Functions with their values, for the expectations. */
static double constant(double x)
{
	(void)x;
	return 2;
}

static double slope(double x)
{
	return 3 * x - 1;
}

static double steep(double x)
{
	return exp(-3 * x);
}

/* What doc/integrate.md derives, with u = (x − a) / (b − a):
 *     slides:    ∫ f(x) (1 − (1−u)^n − n u (1−u)^(n−1)) dx
 *     trapezoid: ∫ f(x) (1 − ((1−u)^n + u^n) / 2) dx + (b − a) (f(a) + f(b)) / (2 (n + 1))
 * by Simpson's rule with so many pieces that its error is far below the standard errors here. */
static double expectation(double (*f)(double), double a, double b, int n, int method)
{
	enum { PIECES = 20000 };
	double sum = 0;

	for (int i = 0; i <= PIECES; i++) {
		double u = (double)i / PIECES, v = 1 - u;
		double share = method == METHOD_SLIDES ? 1 - pow(v, n) - n * u * pow(v, n - 1) : 1 - (pow(v, n) + pow(u, n)) / 2;

		sum += f(a + (b - a) * u) * share * (i == 0 || i == PIECES ? 1 : i % 2 ? 4 : 2);
	}
	sum *= (b - a) / PIECES / 3;
	return method == METHOD_SLIDES ? sum : sum + (b - a) * (f(a) + f(b)) / (2 * (n + 1));
}

START_TEST(has_the_derived_expectation)
{
	static const struct {
		const char *text;
		double (*f)(double);
		double a, b;
	} cases[] = {
		{ "1/(1+x^2)", witch, 0, 1 },
		{ "2", constant, 0, 1 },
		{ "3*x-1", slope, -1, 3 },
		{ "exp(-3*x)", steep, 0, 2 },
	};
	static const int sizes[] = { 1, 2, 3, 10, 100 };

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct expr *e = formula(cases[c].text);

		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			for (int method = METHOD_SLIDES; method <= METHOD_TRAPEZOID; method++) {
				struct moments m = { .n = 0 };
				struct integrate in;
				double want = expectation(cases[c].f, cases[c].a, cases[c].b, sizes[s], method), off;

				ck_assert_int_eq(integrate_init(&in, e, cases[c].a, cases[c].b, (uint64_t)sizes[s], method, NULL), 0);
				for (uint64_t t = 0; t < 8000; t++) {
					double v;

					ck_assert_int_eq(integrate_task(&in, 1, t, NULL, NULL, &v, NULL), 0);
					moments_add(&m, v);
				}
				off = fabs(moments_mean(&m) - want);
				ck_assert_msg(off <= 4 * moments_se(&m) + 1e-12, "%s, method %d, %d points: %.9g, not %.9g (%.1f errors)",
					      cases[c].text, method, sizes[s], moments_mean(&m), want, off / moments_se(&m));
				integrate_release(&in);
			}
		}
		expr_free(e);
	}
}
END_TEST

/* The slides' sum leaves out both ends, so it lies below; the corrected one does not. */
START_TEST(the_slides_lie_below)
{
	struct expr *e = formula("1/(1+x^2)");

	for (int method = METHOD_SLIDES; method <= METHOD_TRAPEZOID; method++) {
		struct moments m = { .n = 0 };
		struct integrate in;
		double bias, se;

		ck_assert_int_eq(integrate_init(&in, e, 0, 1, 1000, method, NULL), 0);
		for (uint64_t t = 0; t < 2000; t++) {
			double v;

			ck_assert_int_eq(integrate_task(&in, 507, t, NULL, NULL, &v, NULL), 0);
			moments_add(&m, v);
		}
		bias = moments_mean(&m) - M_PI_4;
		se = moments_se(&m);
		if (method == METHOD_SLIDES)
			ck_assert_double_le(fabs(bias + 2. / 1001), 5 * se); /* and 5 se is a fifteenth of 2/1001 */
		else
			ck_assert_double_le(fabs(bias), 1e-6);
		ck_assert_double_lt(se, 3e-5);
		integrate_release(&in);
	}
	expr_free(e);
}
END_TEST

START_TEST(same_bits_at_every_level)
{
	static const char *const texts[] = { "1/(1+x^2)", "exp(-x^2)+x^3", "x < 1 ? sqrt(x+1) : log(x)" };
	static const uint64_t sizes[] = { 1, 9, 1000, 1024, 10000, 33000 };
	const struct kern *levels[KERN_LEVELS + 1];

	kern_levels(levels);
	for (size_t t = 0; t < 3; t++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			for (int method = METHOD_SLIDES; method <= METHOD_TRAPEZOID; method++) {
				double first = 0;

				for (int l = 0; levels[l]; l++) {
					double v;

					setenv("POOLTOP_SIMD", levels[l]->name, 1);
					v = task(texts[t], -0.5, 2.5, sizes[s], method, 17);
					if (l == 0)
						first = v;
					ck_assert_msg(memcmp(&v, &first, sizeof(v)) == 0, "%s, %s, %llu points: %a is not %a", texts[t],
						      levels[l]->name, (unsigned long long)sizes[s], v, first);
				}
			}
		}
	}
}
END_TEST

/* The shipped workload's numbers, on every machine and with every compiler: 100 tasks, seed 507. */
START_TEST(pinned_values)
{
	static const char *const want[] = {
		[METHOD_SLIDES] = "5a388a618bad008792cbee9570adcdc5",
		[METHOD_TRAPEZOID] = "d867aa25f47aea23bbc24545dfa1eb9b",
	};
	struct expr *e = formula("1/(1+x^2)");

	for (int method = METHOD_SLIDES; method <= METHOD_TRAPEZOID; method++) {
		struct fingerprint f = { 0, 0, 0 };
		struct integrate in;
		char text[FINGERPRINT_SIZE];

		ck_assert_int_eq(integrate_init(&in, e, 0, 1, 10000, method, NULL), 0);
		for (uint64_t t = 0; t < 100; t++) {
			double v;

			ck_assert_int_eq(integrate_task(&in, 507, t, NULL, NULL, &v, NULL), 0);
			fingerprint_add_f64(&f, t, v);
		}
		ck_assert_str_eq(fingerprint_text(text, &f), want[method]);
		integrate_release(&in);
	}
	expr_free(e);
}
END_TEST

struct watcher {
	uint64_t calls, last, of;
	uint64_t stop_after;
};

static int watch(void *arg, uint64_t done, uint64_t of, struct err *err)
{
	struct watcher *w = arg;

	ck_assert_uint_ge(done, w->last);
	ck_assert_uint_le(done, of);
	w->last = done;
	w->of = of;
	w->calls++;
	return w->stop_after && w->calls >= w->stop_after ? err_set(err, "its time is over") : 0;
}

START_TEST(polls_on_the_way)
{
	struct expr *e = formula("1/(1+x^2)");
	struct watcher w = { .calls = 0 };
	struct integrate in;
	struct err err = { "" };
	double v, quiet;

	ck_assert_int_eq(integrate_init(&in, e, 0, 1, 1000000, METHOD_SLIDES, NULL), 0);
	ck_assert_int_eq(integrate_task(&in, 1, 0, NULL, NULL, &quiet, NULL), 0);
	ck_assert_int_eq(integrate_task(&in, 1, 0, watch, &w, &v, &err), 0);
	ck_assert_double_eq(v, quiet);
	ck_assert_uint_eq(w.of, 1000000);
	/* About 5 to 20 ms of work in pieces of 0.2 to 1 ms. */
	ck_assert_uint_ge(w.calls, 10);
	ck_assert_uint_le(w.calls, 200);
	w = (struct watcher){ .stop_after = 3 };
	ck_assert_int_eq(integrate_task(&in, 1, 0, watch, &w, &v, &err), -1);
	ck_assert_uint_eq(w.calls, 3);
	ck_assert_str_eq(err.msg, "its time is over");
	/* A stopped task leaves nothing behind. */
	ck_assert_int_eq(integrate_task(&in, 1, 0, NULL, NULL, &v, NULL), 0);
	ck_assert_double_eq(v, quiet);
	integrate_release(&in);
	expr_free(e);
}
END_TEST

static void assert_task_fails(const char *f, int method, const char *word)
{
	struct expr *e = formula(f);
	struct integrate in;
	struct err err = { "" };
	double v;

	ck_assert_msg(integrate_init(&in, e, 0, 1, 5000, method, &err) == 0, "%s: %s", f, err.msg);
	ck_assert_int_eq(integrate_task(&in, 1, 0, NULL, NULL, &v, &err), -1);
	ck_assert_msg(strstr(err.msg, word), "%s: %s", f, err.msg);
	integrate_release(&in);
	expr_free(e);
}

START_TEST(not_finite_is_an_error)
{
	assert_task_fails("x < 0.5 ? 1 : 0/0", METHOD_SLIDES, "not a number at one of the random points");
	assert_task_fails("x < 0.25 ? 1 : x > 0.75 ? 1 : 1/0", METHOD_TRAPEZOID, "infinite at one of the random points");
	assert_task_fails("log(x-2)", METHOD_SLIDES, "not a number");
	assert_task_fails("1.7e308*(1+x)", METHOD_SLIDES, "infinite");
	assert_task_fails("x < 0.5 ? 1e308 : 1.7e308", METHOD_SLIDES, "too large");
}
END_TEST

/* A value that does not count may be anything: the slides' method skips the first point, and no method looks at
 * places that hold no point. */
START_TEST(only_what_counts_matters)
{
	for (size_t n = 2; n < 40; n += 7) {
		double *x = plain_points(0, 1, n, 5), v;
		char text[100];

		snprintf(text, sizeof(text), "x < %.17g ? 1/0 : 1", (x[1] + x[2]) / 2);
		v = task(text, 0, 1, n, METHOD_SLIDES, 5);
		ck_assert_double_eq_tol(v, x[n] - x[1], 1e-14);
		snprintf(text, sizeof(text), "x > %.17g ? 1/0 : 1", x[n] + 1e-9);
		v = task(text, 0, 1, n, METHOD_SLIDES, 5);
		ck_assert_double_eq_tol(v, x[n] - x[1], 1e-14);
		free(x);
	}
	ck_assert_double_eq(task("1/0", 0, 1, 1, METHOD_SLIDES, 5), 0);
}
END_TEST

START_TEST(refused_from_the_start)
{
	static const struct {
		const char *f;
		double a, b;
		uint64_t n;
		int method;
		const char *word;
	} bad[] = {
		{ "x", 1, 1, 10, METHOD_SLIDES, "below" }, { "x", 2, 1, 10, METHOD_SLIDES, "below" },
		{ "x", NAN, 1, 10, METHOD_SLIDES, "below" }, { "x", 0, HUGE_VAL, 10, METHOD_SLIDES, "finite" },
		{ "x", -1.7e308, 1.7e308, 10, METHOD_SLIDES, "finite" }, { "x", 0, 1, 0, METHOD_SLIDES, "points" },
		{ "1/x", 0, 1, 10, METHOD_TRAPEZOID, "infinite at x = 0" },
		{ "log(1-x)/0", 0, 1, 10, METHOD_TRAPEZOID, "not a number" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct expr *e = formula(bad[i].f);
		struct integrate in;
		struct err err = { "" };

		ck_assert_int_eq(integrate_init(&in, e, bad[i].a, bad[i].b, bad[i].n, bad[i].method, &err), -1);
		ck_assert_msg(strstr(err.msg, bad[i].word), "%s", err.msg);
		expr_free(e);
	}
	setenv("POOLTOP_SIMD", "nonsense", 1);
	{
		struct expr *e = formula("x");
		struct integrate in;
		struct err err = { "" };

		ck_assert_int_eq(integrate_init(&in, e, 0, 1, 10, METHOD_SLIDES, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.msg, "nonsense"));
		expr_free(e);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("integrate");
	TCase *t = tcase_create("integrate");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, equals_the_definition);
	tcase_add_test(t, has_the_derived_expectation);
	tcase_add_test(t, the_slides_lie_below);
	tcase_add_test(t, same_bits_at_every_level);
	tcase_add_test(t, pinned_values);
	tcase_add_test(t, polls_on_the_way);
	tcase_add_test(t, not_finite_is_an_error);
	tcase_add_test(t, only_what_counts_matters);
	tcase_add_test(t, refused_from_the_start);
	suite_add_tcase(s, t);
	return tap_run(s);
}
