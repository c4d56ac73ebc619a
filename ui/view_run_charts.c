/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts of a tall Run view: tasks a second and the queue over the whole run, and the last events. */
#include <math.h>
#include <stdio.h>

#include "base/fmt.h"
#include "ui/plot.h"
#include "ui/view_run.h"

#define STACKED_FROM 20 /* rows from which the charts lie one above the other: a wide one shows more of time */

static void count_text(char *buf, size_t size, double y)
{
	char n[FMT_SIZE];

	if (y < 10 && y > floor(y)) /* half a task */
		buf[0] = '\0';
	else
		snprintf(buf, size, "%s", y < 1e15 ? fmt_count_narrow(n, (uint64_t)(y + 0.5)) : "–");
}

static void rate_text(char *buf, size_t size, double y)
{
	char n[FMT_SIZE];

	if (y >= 10)
		count_text(buf, size, y);
	else
		snprintf(buf, size, "%s", y > 0 ? fmt_rate_bare(n, y, false) : "0");
}

static double series_max(const struct series *v)
{
	double max = 0;

	for (uint32_t i = 0; i < v->n && i < SERIES_CELLS; i++)
		if (v->v[i] > max)
			max = v->v[i];
	return max;
}

static void draw_chart(struct area a, const struct scene *s, const struct series *v, struct plot p)
{
	char from[FMT_SIZE], to[FMT_SIZE + 8], buf[FMT_SIZE];
	double end = (double)scene_now(s);

	p.dots = a.g->ascii ? PLOT_ASCII : s->no_braille ? PLOT_BLOCKS : PLOT_BRAILLE;
	p.v = v->v;
	p.n = v->n < SERIES_CELLS ? v->n : SERIES_CELLS;
	p.dx = (double)v->width;
	p.x0 = p.x_from = (double)v->begin;
	p.x_to = end > p.x_from ? end : p.x_from + 1;
	p.y_max = plot_round_up(series_max(v));
	fmt_duration(from, p.x_from, false);
	snprintf(to, sizeof to, "%s, %s", scene_ended(s) ? "end" : "now", fmt_duration(buf, end, false));
	p.from_text = from;
	p.to_text = to;
	plot_draw(a, &p);
}

void run_draw_charts(struct area a, const struct scene *s)
{
	struct area first, second;
	int rows = a.rows - 1, cols = a.cols;

	rule(a, 0);
	if (rows >= STACKED_FROM) {
		first = area_cut(a, 1, 0, rows / 2 - 1, cols);
		second = area_cut(a, 1 + rows / 2, 0, rows - rows / 2, cols);
	} else {
		first = area_cut(a, 1, 0, rows, cols / 2);
		second = area_cut(a, 1, cols / 2, rows, cols - cols / 2);
	}
	draw_chart(first, s, &s->snap->rate_series,
	           (struct plot){ .title = "Tasks a second", .y_text = rate_text, .role = ROLE_RUNNING });
	draw_chart(second, s, &s->snap->queue_series,
	           (struct plot){ .title = "Waiting in the queue", .y_text = count_text, .role = ROLE_LABEL });
}

void run_draw_log(struct area a, const struct scene *s, bool heading)
{
	uint64_t n = snapshot_log_count(s->snap), first;
	int y = 0;

	if (heading && a.rows > 2)
		put(a, y++, LABEL_X, ROLE_KEY, "Log");
	first = n > (uint64_t)(a.rows - y) ? n - (uint64_t)(a.rows - y) : 0;
	for (uint64_t i = first; i < n && y < a.rows; i++)
		draw_log_line(a, y++, log_text_x(s->snap), snapshot_log(s->snap, i), "", false);
}
