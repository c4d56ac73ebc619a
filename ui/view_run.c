/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Run view: each zone in its place. */
#include "ui/view_run.h"

int run_slots_wanted(const struct scene *s)
{
	return s->snap->nslots > 0 ? (int)s->snap->nslots : 1;
}

typedef void zone_draw(struct area a, int y, const struct scene *s);

/* Zones of one row that need nothing but their place. */
static zone_draw *const one_row[ZONES] = {
	[ZONE_TASKS] = run_draw_tasks,   [ZONE_RATE] = run_draw_rate, [ZONE_QUEUE] = run_draw_queue,
	[ZONE_FAILED] = run_draw_failed, [ZONE_SERIAL] = run_draw_serial, [ZONE_PARALLEL] = run_draw_parallel,
	[ZONE_GAIN] = run_draw_gain,     [ZONE_POOL] = run_draw_pool, [ZONE_TRIED] = run_draw_tried,
	[ZONE_RESULT] = run_draw_result,
};

/* The Log beside the run, behind a vertical rule. */
static void draw_log_part(struct area a, const struct run_layout *l, const struct scene *s)
{
	for (int y = 1; y < a.rows; y++)
		fill_glyph(a, y, l->log_x - 1, 1, ROLE_RULE, GLYPH_VBAR);
	run_draw_log(area_cut(a, 1, l->log_x, a.rows - 1, a.cols - l->log_x), s, true);
}

void view_run_draw(struct area a, const struct scene *s)
{
	struct run_layout l;
	struct area left;

	if (a.cols < RUN_FULL_COLS) {
		run_draw_small(a, s);
		return;
	}
	run_layout(&l, a.rows, a.cols, run_slots_wanted(s));
	left = area_cut(a, 0, 0, a.rows, l.cols);
	draw_header(a, s, NULL);
	for (int z = 0; z < ZONES; z++)
		if (one_row[z] && l.rows[z])
			one_row[z](left, l.y[z], s);
	run_draw_counts(left, l.y[ZONE_COUNTS], s, !l.rows[ZONE_RATE]);
	/* Causes of failures have the Queue row when their own has left: "waiting" says the same above. */
	if (!l.rows[ZONE_FAILED] && l.rows[ZONE_QUEUE] && s->snap->ncauses > 0) {
		put_fill(left, l.y[ZONE_QUEUE], 0, left.cols, ROLE_PLAIN, ' ');
		run_draw_failed(left, l.y[ZONE_QUEUE], s);
	}
	if (l.rows[ZONE_RULE])
		rule(left, l.y[ZONE_RULE]);
	run_draw_slots(left, l.y[ZONE_HEADING], l.y[ZONE_SLOTS], l.rows[ZONE_SLOTS], s);
	if (l.rows[ZONE_CHARTS])
		run_draw_charts(area_cut(left, l.y[ZONE_CHARTS], 0, l.rows[ZONE_CHARTS], left.cols), s);
	if (l.rows[ZONE_LOG]) {
		rule(left, l.y[ZONE_LOG]);
		run_draw_log(area_cut(left, l.y[ZONE_LOG] + 1, 0, l.rows[ZONE_LOG] - 1, left.cols), s, false);
	}
	if (l.log_x)
		draw_log_part(a, &l, s);
}
