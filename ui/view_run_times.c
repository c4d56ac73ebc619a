/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serial against parallel on one time axis: the shorter bar is the gain. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "plan/plan.h"
#include "ui/view_run.h"

#define TIME_CELLS 14 /* "≈ 21.3 s ±0.2", with room before it */
#define TIME_WIDE  20 /* "≈ 2 min 41 s ±13" */

/* The axis ends at the longest of all that is shown; 0 while there is nothing to compare. */
struct time_axis {
	double end;
	int cells;
};

/* What the serial baseline comes to as far as is known while it runs: N × mean of the tasks so far. */
static double serial_guess(const struct snapshot *snap)
{
	const struct ev_baseline *b = &snap->baseline;

	if (b->t1_ns > 0)
		return b->t1_ns;
	return b->executed > 0 && b->mean_ns > 0 ? b->mean_ns * (double)snap->run.tasks : NAN;
}

static double serial_elapsed(const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	double running = scene_now(s) > snap->state_at ? (double)(scene_now(s) - snap->state_at) : 0;

	if (snap->state != RUN_SERIAL)
		running = 0;
	return fmax(snap->baseline.elapsed_ns, running);
}

static int axis_cell(const struct time_axis *axis, double ns)
{
	int cell = (int)floor(ns / axis->end * axis->cells);

	return cell >= axis->cells ? axis->cells - 1 : cell;
}

/* "≈ 21.3 s ±0.2": the half-width is never left out, however large. */
static struct phrase time_phrase(struct area a, const char *about, double ns, double half)
{
	char buf[FMT_SIZE], h[32];
	struct phrase p = phrase_new(a);

	phrase_add(&p, ROLE_KEY, "%s%s", about, fmt_duration(buf, ns, false));
	if (half > 0)
		phrase_add(&p, ROLE_LABEL, " ±%s", duration_half(h, sizeof h, ns, half));
	return p;
}

/* What stands at the right of the two rows; empty when nothing does. At the end of the run nothing is expected any more. */
static struct phrase serial_time(struct area a, const struct scene *s)
{
	const struct timing *t = s->timing;
	double guess = serial_guess(s->snap);
	const char *about = "";

	if (s->snap->baseline.phase == BASE_RUNNING)
		return guess > 0 ? time_phrase(a, "≈ ", guess, NAN) : time_phrase(a, "", serial_elapsed(s), NAN);
	if (s->snap->baseline.phase == BASE_REFUSED || s->snap->baseline.phase == BASE_MISMATCH || !(t->serial > 0))
		return phrase_new(a);
	if (t->serial_estimated)
		about = scene_ended(s) ? "est. " : "≈ ";
	else if (t->serial_sampled && !scene_ended(s))
		about = "≈ ";
	return time_phrase(a, about, t->serial, t->serial_half);
}

static struct phrase parallel_time(struct area a, const struct scene *s)
{
	const struct timing *t = s->timing;

	if (!(t->parallel > 0))
		return phrase_new(a);
	if (!scene_ended(s) && t->expected > 0)
		return time_phrase(a, "≈ ", t->expected, t->expected_half);
	return time_phrase(a, "", t->parallel, NAN);
}

static void put_time(struct area a, int y, struct phrase p)
{
	phrase_right(a, y, a.cols - 1, &p);
}

static struct time_axis axis_of(struct area a, const struct scene *s)
{
	const struct timing *t = s->timing;
	struct time_axis axis = { 0, 0 };
	int serial = serial_time(a, s).cells, parallel = parallel_time(a, s).cells;

	/* One of two widths, so that a digit more does not move both bars. */
	axis.cells = a.cols - 1 - (serial > TIME_CELLS || parallel > TIME_CELLS ? TIME_WIDE : TIME_CELLS) - 1 - VALUE_X;

	axis.end = fmax(axis.end, t->serial);
	axis.end = fmax(axis.end, t->expected);
	if (s->snap->baseline.phase == BASE_RUNNING) {
		axis.end = fmax(axis.end, serial_guess(s->snap));
		axis.end = fmax(axis.end, axis.end > 0 ? serial_elapsed(s) : 0);
	}
	if (axis.end > 0)
		axis.end = fmax(axis.end, t->parallel);
	return axis;
}

static void draw_baseline_running(struct area a, int y, const struct scene *s, const struct time_axis *axis)
{
	double guess = serial_guess(s->snap), elapsed = serial_elapsed(s);
	char n[FMT_SIZE];

	if (axis->end > 0 && guess > 0) {
		int end = axis_cell(axis, guess) + 1;

		fill_glyph(a, y, VALUE_X, end, ROLE_SERIAL, GLYPH_ESTIMATED);
		put_fill(a, y, VALUE_X, bar_end(a, axis->cells, elapsed / axis->end), ROLE_PLAIN, ' ');
		bar(a, y, VALUE_X, axis->cells, elapsed / axis->end, ROLE_SERIAL);
		put_time(a, y, serial_time(a, s));
		return;
	}
	putf(a, y, VALUE_X, ROLE_SERIAL, "measuring… %s tasks so far", fmt_count(n, s->snap->baseline.executed));
	put_time(a, y, serial_time(a, s));
}

void run_draw_serial(struct area a, int y, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	const struct timing *t = s->timing;
	struct time_axis axis = axis_of(a, s);

	put_label(a, y, "Serial");
	switch (snap->baseline.phase) {
	case BASE_RUNNING:
		draw_baseline_running(a, y, s, &axis);
		return;
	case BASE_REFUSED:
		put_outside(a, y, VALUE_X, a.cols - 1 - VALUE_X, ROLE_LABEL, snap->baseline.text);
		return;
	case BASE_MISMATCH:
		put_outside(a, y, VALUE_X, a.cols - 1 - VALUE_X, ROLE_FAILED, snap->baseline.text);
		return;
	default:
		break;
	}
	if (!(t->serial > 0)) {
		if (snap->state == RUN_STARTING && snap->run.baseline == BASELINE_MEASURE && snap->baseline.phase == BASE_NONE) {
			put(a, y, VALUE_X, ROLE_LABEL, "measured next, before the pool starts");
		} else if (snap->run.baseline == BASELINE_ESTIMATE && !scene_ended(s)) {
			put(a, y, VALUE_X, ROLE_LABEL, "estimated when the first tasks are done");
		} else if (snap->run.pure && !scene_ended(s)) {
			int x = put(a, y, VALUE_X, ROLE_LABEL, "not measured: press ");

			x = put(a, y, x, ROLE_KEY, "b");
			put(a, y, x, ROLE_LABEL, " to run the same tasks serially");
		} else {
			put(a, y, VALUE_X, ROLE_LABEL, "not measured");
		}
		return;
	}
	if (t->serial_estimated)
		fill_glyph(a, y, VALUE_X, axis_cell(&axis, t->serial) + 1, ROLE_SERIAL, GLYPH_ESTIMATED);
	else
		bar(a, y, VALUE_X, axis.cells, t->serial / axis.end, ROLE_SERIAL);
	put_time(a, y, serial_time(a, s));
}

/* The mark where the ideal would end, and its time in words when there is room behind everything. */
static void draw_ideal(struct area a, int y, const struct scene *s, const struct time_axis *axis, int x)
{
	char buf[FMT_SIZE], label[FMT_SIZE + 16];
	int mark;

	if (!(s->timing->ideal_ns > 0) || s->timing->ideal_ns > axis->end * (1 + 1e-9))
		return;
	mark = VALUE_X + axis_cell(axis, s->timing->ideal_ns);
	fill_glyph(a, y, mark, 1, ROLE_MODEL, GLYPH_VBAR);
	if (mark >= x)
		x = mark + 1;
	snprintf(label, sizeof label, "ideal %s", fmt_duration(buf, s->timing->ideal_ns, false));
	if (x + 1 + grid_cells(a.g, label) <= VALUE_X + axis->cells)
		put(a, y, x + 1, ROLE_MODEL, label);
}

void run_draw_parallel(struct area a, int y, const struct scene *s)
{
	const struct timing *t = s->timing;
	struct time_axis axis = axis_of(a, s);
	bool ended = scene_ended(s);
	int x = VALUE_X;

	put_label(a, y, "Parallel");
	if (!(t->parallel > 0)) {
		put(a, y, VALUE_X, ROLE_LABEL, s->snap->state == RUN_SERIAL ? "after the serial baseline" : "not yet begun");
		return;
	}
	if (axis.end > 0) {
		if (!ended && t->expected > 0) {
			x = VALUE_X + axis_cell(&axis, t->expected) + 1;
			fill_glyph(a, y, VALUE_X, x - VALUE_X, ROLE_TODO, GLYPH_EXPECTED);
			put_fill(a, y, VALUE_X, bar_end(a, axis.cells, t->parallel / axis.end), ROLE_PLAIN, ' ');
		}
		bar(a, y, VALUE_X, axis.cells, t->parallel / axis.end, ROLE_RUNNING);
		if (x < VALUE_X + bar_end(a, axis.cells, t->parallel / axis.end))
			x = VALUE_X + bar_end(a, axis.cells, t->parallel / axis.end);
		draw_ideal(a, y, s, &axis, x);
	}
	put_time(a, y, parallel_time(a, s));
}

/* "2" or "1.94": the ideal is whole unless CPUs or workers changed in the run. */
static const char *ideal_text(char *buf, double ideal)
{
	if (fabs(ideal - round(ideal)) < 0.005)
		snprintf(buf, FMT_SIZE, "%.0f", ideal);
	else
		snprintf(buf, FMT_SIZE, "%.2f", ideal);
	return buf;
}

/* detail: 3 all; 2 without overhead; 1 with short gaps; 0 without the ideal. The half-width stays. */
static struct phrase gain(struct area a, const struct scene *s, int detail)
{
	const struct timing *t = s->timing;
	const char *about = t->serial_estimated && !scene_ended(s) ? "≈ " : "", *gap = detail > 1 ? "    " : "  ";
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE];

	phrase_add(&p, ROLE_KEY, "%s%s", about, fmt_ratio(buf, t->speedup, false));
	if (t->speedup_half > 0)
		phrase_add(&p, ROLE_LABEL, " ±%s", ratio_half(buf, sizeof buf, t->speedup_half));
	if (t->ideal > 0 && detail > 0) {
		phrase_add(&p, ROLE_LABEL, " of ");
		phrase_add(&p, ROLE_KEY, "%s", ideal_text(buf, t->ideal));
		phrase_add(&p, ROLE_LABEL, " ideal");
	}
	phrase_add(&p, ROLE_KEY, "%s%s%s", gap, about, share_text(buf, sizeof buf, t->efficiency));
	phrase_add(&p, ROLE_LABEL, " efficiency%s", gap);
	if (detail > 2 && t->serial_estimated) {
		phrase_add(&p, ROLE_LABEL, "serial: estimated");
	} else if (detail > 2 && t->overhead_task >= 0) {
		phrase_add(&p, ROLE_KEY, "%s", fmt_duration(buf, t->overhead_task, false));
		phrase_add(&p, ROLE_LABEL, " overhead a task");
	}
	return p;
}

void run_draw_gain(struct area a, int y, const struct scene *s)
{
	int detail = 3, room = a.cols - 1 - VALUE_X;
	struct phrase p;

	put_label(a, y, "Speed-up");
	if (!(s->timing->speedup > 0)) {
		put(a, y, VALUE_X, ROLE_LABEL, s->timing->serial > 0 ? "– known when the first tasks are done" :
		    "– needs the serial time");
		return;
	}
	for (p = gain(a, s, detail); p.cells > room && detail > 0;)
		p = gain(a, s, --detail);
	phrase_put(a, y, VALUE_X, &p);
}
