/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Run view's first zone: how far, how fast, until when, and what failed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "model/fold.h"
#include "ui/view_run.h"

#define GRAPH_X 22 /* behind "measuring…" and a gap */

/* First cell after `n` of `all` in `cells`, rounded. */
static int cell_of(uint64_t n, uint64_t all, int cells)
{
	return all ? (int)lround((double)n / (double)all * cells) : 0;
}

void run_draw_tasks_bar(struct area a, int y, int x, int cells, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	uint64_t all = snap->run.tasks, ended = snap->done + snap->failed + snap->cancelled;
	bool shapes = s->mono || a.g->ascii;
	int at, end;

	if (cells <= 0)
		return;
	fill_glyph(a, y, x, cells, ROLE_WAITING, GLYPH_WAITING);
	if (all == 0)
		return;
	bar(a, y, x, cells, (double)snap->done / (double)all, ROLE_DONE);
	at = bar_end(a, cells, (double)snap->done / (double)all);
	if (snap->failed > 0) {
		at = at < cells ? at : cells - 1; /* one failure among thousands is seen */
		end = cell_of(snap->done + snap->failed, all, cells);
		if (end <= at)
			end = at + 1;
		fill_glyph(a, y, x + at, end - at, ROLE_FAILED, shapes ? GLYPH_CROSS : GLYPH_FULL);
		at = end;
	}
	end = cell_of(ended, all, cells);
	if (snap->cancelled > 0 && end > at) {
		put_fill(a, y, x + at, end - at, ROLE_LABEL, ' ');
		at = end;
	}
	end = cell_of(ended + snap->held, all, cells);
	if (snap->held > 0 && end > at)
		fill_glyph(a, y, x + at, end - at, ROLE_RUNNING, shapes ? GLYPH_HELD : GLYPH_FULL);
	put_pace(a, y, x, cells, PACE_STILL); /* it shows the counts below */
}

void run_draw_tasks(struct area a, int y, const struct scene *s)
{
	char buf[FMT_SIZE];

	put_label(a, y, "Tasks");
	run_draw_tasks_bar(a, y, VALUE_X, a.cols - VALUE_X - 8, s);
	put_right(a, y, a.cols - 1, ROLE_KEY, fmt_percent(buf, s->snap->done, s->snap->run.tasks));
}

/* done, with workers, waiting, failed, and what is not 0 of cancelled and retried. narrow: 0 exact, 1 with k, 2 and short words. */
static struct phrase counts(struct area a, const struct snapshot *snap, int narrow)
{
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE];
	char *(*fmt)(char *, uint64_t) = narrow ? fmt_count_narrow : fmt_count;
	const char *gap = narrow > 1 ? "  " : "   ";

	phrase_add_bold(&p, ROLE_DONE, "%s", fmt(buf, snap->done));
	phrase_add(&p, ROLE_LABEL, " done%s", gap);
	phrase_add_bold(&p, ROLE_RUNNING, "%s", fmt(buf, snap->held));
	phrase_add(&p, ROLE_LABEL, " %s%s", narrow > 1 ? "out" : "with workers", gap);
	phrase_add(&p, ROLE_KEY, "%s", fmt(buf, snap->waiting));
	phrase_add(&p, ROLE_LABEL, " waiting%s", gap);
	phrase_add_bold(&p, snap->failed ? ROLE_FAILED : ROLE_KEY, "%s", fmt(buf, snap->failed));
	phrase_add(&p, snap->failed ? ROLE_FAILED : ROLE_LABEL, " failed");
	if (snap->cancelled) {
		phrase_add(&p, ROLE_KEY, "%s%s", gap, fmt(buf, snap->cancelled));
		phrase_add(&p, ROLE_LABEL, " cancelled");
	}
	if (snap->retried) {
		phrase_add(&p, ROLE_KEY, "%s%s", gap, fmt(buf, snap->retried));
		phrase_add(&p, ROLE_LABEL, " retried");
	}
	return p;
}

void run_draw_counts(struct area a, int y, const struct scene *s, bool left)
{
	struct phrase end = phrase_new(a), p;
	char buf[FMT_SIZE];
	int room = a.cols - 1 - VALUE_X, narrow = 0;

	if (left) {
		phrase_rate(&end, s);
		phrase_add(&end, ROLE_LABEL, "  ");
		phrase_left(&end, s, 0);
	} else if (a.cols >= 100) {
		phrase_add(&end, ROLE_LABEL, "of %s", fmt_count(buf, s->snap->run.tasks));
	}
	for (p = counts(a, s->snap, 0); p.cells + end.cells + 2 > room && narrow < 2;)
		p = counts(a, s->snap, ++narrow);
	phrase_put(a, y, VALUE_X, &p);
	if (p.cells + end.cells + 2 <= room)
		phrase_right(a, y, a.cols - 1, &end);
}

void phrase_rate(struct phrase *p, const struct scene *s)
{
	const struct timing *t = s->timing;
	char buf[FMT_SIZE];

	if (scene_ended(s) && t->parallel > 0)
		phrase_add(p, ROLE_KEY, "%s", fmt_rate(buf, (double)s->snap->done / t->parallel * 1e9, false));
	else if (t->settling)
		phrase_add(p, ROLE_LABEL, "measuring…");
	else
		phrase_add(p, ROLE_KEY, "%s", fmt_rate(buf, t->rate, false));
}

/* Whole seconds of the pool's life, at most what the graphs keep. */
static int seconds_known(const struct scene *s)
{
	uint64_t begin = s->snap->parallel_at, second = scene_now(s) / NS_PER_S;

	if (begin == 0 || second <= begin / NS_PER_S)
		return 0;
	return second - begin / NS_PER_S < SPARK_CELLS - 1 ? (int)(second - begin / NS_PER_S) : SPARK_CELLS - 1;
}

/* Results of so many seconds make a cell of the Rate graph: of a few a minute single seconds would show a comb. */
static unsigned smoothing(const struct scene *s)
{
	double rate = scene_ended(s) ? (double)s->snap->done / s->timing->parallel * 1e9 : s->timing->rate;

	return !(rate > 0) || rate >= 20 ? 1 : rate >= 4 ? 5 : 20;
}

static double smoothed(const struct snapshot *snap, uint64_t now, unsigned age, unsigned width, unsigned known)
{
	double sum = 0;
	unsigned n = 0;

	for (; n < width && age + n <= known && age + n < SPARK_CELLS; n++)
		sum += (double)rates_second(&snap->rates, now, age + n);
	return n ? sum / n : 0;
}

/* The last n whole seconds as v[0..n), oldest first. Returns their maximum. */
static double seconds_of(const struct scene *s, bool queue, double *v, int n)
{
	const struct snapshot *snap = s->snap;
	uint64_t now = scene_now(s);
	unsigned width = smoothing(s), known = (unsigned)seconds_known(s);
	double max = 0;

	for (int i = 0; i < n; i++) {
		unsigned age = (unsigned)(n - i);

		if (!queue)
			v[i] = smoothed(snap, now, age, width, known);
		else
			v[i] = (double)queue_at_second(snap, now, age);
		if (v[i] > max)
			max = v[i];
	}
	return max;
}

static struct phrase rate_end(struct area a, const struct scene *s);

/* Cells of the graphs of Rate and Queue: the same for both, and from few widths, so that what is said on the right does not change
 * them from one frame to the next. */
static int graph_cells(struct area a, const struct scene *s)
{
	static const int widths[] = { 59, 50, 40, 30, 22, 14, 8 };
	int wide = a.cols < 100 ? 22 : 22 + (a.cols - 80) / 2, room = a.cols - 1 - GRAPH_X - rate_end(a, s).cells - 1;

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		if (widths[i] <= room && widths[i] <= wide)
			return widths[i];
	return 0;
}

static void graph(struct area a, int y, const struct scene *s, bool queue)
{
	double v[SPARK_CELLS], max;
	int n = graph_cells(a, s), known = seconds_known(s);

	if (n > known)
		n = known;
	max = seconds_of(s, queue, v, n);
	sparkline(a, y, GRAPH_X, v, n, max, queue ? ROLE_LABEL : ROLE_RUNNING);
}

/* The clock at the end; seconds would be a false digit when it is far. */
static void phrase_clock(struct phrase *p, const struct scene *s, uint64_t wall, double left)
{
	char buf[FMT_SIZE];

	fmt_clock(buf, wall, s->wall_ns);
	if (left > 600e9 && strlen(buf) == 8)
		buf[5] = '\0';
	phrase_add(p, ROLE_LABEL, "%s", buf);
}

void phrase_left(struct phrase *p, const struct scene *s, int detail)
{
	const struct timing *t = s->timing;
	char buf[2 * FMT_SIZE], left[FMT_SIZE];

	if (scene_ended(s)) {
		phrase_add(p, ROLE_LABEL, "ended ");
		phrase_clock(p, s, s->snap->run.wall_ns + s->snap->state_at, 0);
		return;
	}
	if (!(t->left >= 0)) {
		phrase_add(p, ROLE_LABEL, detail ? "ends in –" : "– left");
		return;
	}
	if (detail)
		phrase_add(p, ROLE_LABEL, "ends in ");
	phrase_add(p, ROLE_KEY, "%s", about_left(buf, sizeof buf, t->left));
	if (!detail)
		phrase_add(p, ROLE_LABEL, " left");
	if (detail > 0 && t->left_low >= 0 && t->left_high >= 0 && t->left >= 1e9 &&
	    range_text(buf, sizeof buf, t->left_low, t->left_high, fmt_left(left, t->left))[0])
		phrase_add(p, ROLE_LABEL, " (%s)", buf);
	if (detail > 1) {
		phrase_add(p, ROLE_LABEL, ", ");
		phrase_clock(p, s, s->wall_ns + (uint64_t)t->left, t->left);
	}
}

/* What stands at the end of the Rate row when no end can be foretold. */
static const char *waits_for(const struct scene *s)
{
	switch (s->snap->state) {
	case RUN_STARTING: return "workers are starting";
	case RUN_SERIAL: return "first the serial baseline, then the pool";
	case RUN_DRAINING: return "ends when the tasks with workers are done";
	case RUN_ENDING: return "ends: the workers are being stopped";
	default: return NULL;
	}
}

static void phrase_end(struct phrase *p, const struct scene *s, int detail)
{
	const char *z = waits_for(s);
	char buf[FMT_SIZE];

	if (z) {
		phrase_add(p, ROLE_LABEL, "%s", z);
	} else if (s->snap->state == RUN_PAUSED || s->snap->state == RUN_PAUSING) {
		phrase_add(p, ROLE_LABEL, s->snap->state == RUN_PAUSED ? "paused" : "pausing");
		if (s->timing->left > 0) {
			phrase_add(p, ROLE_LABEL, ", then ");
			phrase_add(p, ROLE_KEY, "%s", about_left(buf, sizeof buf, s->timing->left));
			phrase_add(p, ROLE_LABEL, " to go");
		}
	} else if (scene_ended(s) && detail > 1) {
		phrase_add(p, ROLE_LABEL, "mean of the run, ");
		phrase_left(p, s, detail);
	} else {
		phrase_left(p, s, detail);
	}
}

/* With as much detail as fits. */
static struct phrase rate_end(struct area a, const struct scene *s)
{
	struct phrase end;
	int detail = 2;

	do {
		end = phrase_new(a);
		phrase_end(&end, s, detail);
	} while (end.cells > a.cols - 1 - GRAPH_X && --detail >= 0);
	return end;
}

void run_draw_rate(struct area a, int y, const struct scene *s)
{
	struct phrase value = phrase_new(a), end = rate_end(a, s);

	put_label(a, y, "Rate");
	phrase_rate(&value, s);
	phrase_put(a, y, VALUE_X, &value);
	phrase_right(a, y, a.cols - 1, &end);
	graph(a, y, s, false);
}

/* A result is overdue when none has come for much longer than tasks take: the first sign that a run is stuck. */
static bool overdue(const struct scene *s, double age)
{
	double usual = s->snap->q90_ns > 0 ? s->snap->q90_ns : s->snap->mean_ns;

	return s->snap->state == RUN_RUNNING && age > 10e9 && age > 4 * usual;
}

void run_draw_queue(struct area a, int y, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE];

	put_label(a, y, "Queue");
	put(a, y, VALUE_X, ROLE_KEY, fmt_count(buf, snap->waiting));
	if (snap->last_result_at > 0 && !scene_ended(s)) {
		uint64_t now = scene_now(s);
		double age = now > snap->last_result_at ? (double)(now - snap->last_result_at) : 0;
		bool late = overdue(s, age);

		/* In tenths of a second: milliseconds would be another number in each frame and mean the same. */
		if (age < 1e9)
			snprintf(buf, sizeof buf, "0.%d s", (int)(age / 1e8));
		else
			fmt_duration(buf, age, false);
		phrase_add(&p, late ? ROLE_LOST : ROLE_LABEL, "last result ");
		phrase_add(&p, late ? ROLE_LOST : ROLE_KEY, "%s", buf);
		phrase_add(&p, late ? ROLE_LOST : ROLE_LABEL, " ago");
	}
	phrase_right(a, y, a.cols - 1, &p);
	graph(a, y, s, true);
}

void run_draw_failed(struct area a, int y, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	int x = VALUE_X, end = a.cols - 1;
	char n[FMT_SIZE], more[48] = "";

	if (snap->ncauses == 0)
		return;
	put(a, y, LABEL_X, ROLE_FAILED, "Failed");
	for (uint32_t i = 0; i < snap->ncauses; i++) {
		const struct cause *c = &snap->causes[i];
		struct phrase p = phrase_new(a);
		int reserve = 0;

		if (i + 1 < snap->ncauses) {
			snprintf(more, sizeof more, "+%u more", (unsigned)(snap->ncauses - i - 1));
			reserve = 3 + (int)strlen(more);
		}
		phrase_add(&p, ROLE_LABEL, "%s × ", fmt_count(n, c->count));
		/* A long cause is cut when it is alone; else what does not fit is counted. */
		phrase_add_outside(&p, ROLE_PLAIN, i == 0 ? end - x - p.cells - reserve : 60, c->text);
		if (x + p.cells + reserve > end) {
			snprintf(more, sizeof more, "+%u more", (unsigned)(snap->ncauses - i));
			put(a, y, x, ROLE_LABEL, more);
			return;
		}
		x = phrase_put(a, y, x, &p) + 3;
	}
}
