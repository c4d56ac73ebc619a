/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Run view on less than 60 columns: bars without labels, short words; and the one line of even smaller screens. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "model/fold.h"
#include "ui/view_run.h"

static void draw_counts(struct area a, int y, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	struct phrase p = phrase_new(a), left = phrase_new(a);
	char buf[FMT_SIZE];

	phrase_add_bold(&p, ROLE_DONE, "%s", fmt_count_narrow(buf, snap->done));
	phrase_add(&p, ROLE_LABEL, " done  ");
	phrase_add_bold(&p, snap->failed ? ROLE_FAILED : ROLE_KEY, "%s", fmt_count_narrow(buf, snap->failed));
	phrase_add(&p, snap->failed ? ROLE_FAILED : ROLE_LABEL, " failed");
	phrase_left(&left, s, 0);
	phrase_put(a, y, LABEL_X, &p);
	if (LABEL_X + p.cells + 1 + left.cells < a.cols)
		phrase_right(a, y, a.cols - 1, &left);
}

static void draw_gain(struct area a, int y, const struct scene *s)
{
	const struct timing *t = s->timing;
	struct phrase p = phrase_new(a), rate = phrase_new(a);
	const char *about = !t->serial_estimated ? "" : scene_ended(s) ? "est. " : "≈ ";
	bool wide = t->speedup_half > 0.05 * t->speedup; /* then it is worth more than the word behind */
	char buf[FMT_SIZE];

	if (t->speedup > 0) {
		phrase_add(&p, ROLE_KEY, "%s%s", about, fmt_ratio(buf, t->speedup, false));
		if (wide)
			phrase_add(&p, ROLE_LABEL, " ±%s", ratio_half(buf, sizeof buf, t->speedup_half));
		if (t->ideal > 0)
			phrase_add(&p, ROLE_LABEL, " of %.*f", fabs(t->ideal - round(t->ideal)) < 0.05 ? 0 : 1, t->ideal);
		phrase_add(&p, ROLE_KEY, "   %s", share_text(buf, sizeof buf, t->efficiency));
		if (!wide && !about[0])
			phrase_add(&p, ROLE_LABEL, " efficiency");
	} else {
		phrase_add(&p, ROLE_KEY, "%u", (unsigned)s->snap->target);
		phrase_add(&p, ROLE_LABEL, s->snap->target == 1 ? " worker  " : " workers  ");
		phrase_add(&p, ROLE_KEY, "%u", (unsigned)s->snap->cpus);
		phrase_add(&p, ROLE_LABEL, s->snap->cpus == 1 ? " CPU" : " CPUs");
	}
	phrase_rate(&rate, s);
	phrase_put(a, y, LABEL_X, &p);
	if (LABEL_X + p.cells + 1 + rate.cells < a.cols)
		phrase_right(a, y, a.cols - 1, &rate);
}

/* Number, state, bar, and tasks a second (or the text of its progress). */
static void draw_slot(struct area a, int y, const struct scene *s, uint32_t slot, int number_end, bool progress)
{
	const struct slot_view *v = &s->snap->slots[slot];
	int state = number_end + 2, x = state + 9, end = a.cols - 1 - (progress ? 0 : 11);
	bool short_state = strlen(slot_word(s, slot)) <= 5;
	double rate = slot_rate(s, slot);
	char buf[FMT_SIZE];

	if (!progress)
		x -= 3;
	snprintf(buf, sizeof buf, "%u", (unsigned)slot + 1);
	put_right(a, y, number_end, v->state == SLOT_EMPTY ? ROLE_LABEL : ROLE_KEY, buf);
	if (v->deaths > 0)
		put(a, y, number_end, ROLE_FAILED, glyph(a.g, GLYPH_CROSS));
	if (s->ui->selected == slot)
		put_attr(a, y, number_end - (int)strlen(buf), (int)strlen(buf), ATTR_REVERSE);
	put(a, y, state, slot_state_role(v->state), slot_word(s, slot));
	if (short_state || progress)
		run_draw_lane(a, y, x, end - x - (progress ? 13 : 0), progress ? 13 : 0, s, slot);
	if (!progress)
		put_right(a, y, a.cols - 1, rate >= 0 ? ROLE_PLAIN : ROLE_LABEL, fmt_rate(buf, rate, false));
	put_hit(a, y, 0, 1, a.cols, HIT_ROW, slot);
}

static void draw_slots(struct area a, const struct scene *s)
{
	bool progress = run_table_form(s) != TABLE_SECOND;
	uint32_t first, n = run_slot_window(s, a.rows, &first), last = first + n;
	int number_end = last > 999 ? 5 : last > 99 ? 4 : last > 9 ? 3 : 2;

	for (uint32_t i = 0; i < n; i++)
		draw_slot(a, (int)i, s, first + i, number_end, progress);
	if (n < s->snap->nslots && a.rows > 0)
		run_draw_more(a, a.rows - 1, -1, s, first, n);
	a.g->page = n > 0 ? (int)n : 1;
}

void run_draw_small(struct area a, const struct scene *s)
{
	/* What there is room for below the slots comes back in this order. */
	int spare = a.rows - 5 - run_slots_wanted(s), y = 4, bottom = a.rows;
	char buf[FMT_SIZE];

	draw_header(a, s, "");
	run_draw_tasks_bar(a, 1, LABEL_X, a.cols - 9, s);
	put_right(a, 1, a.cols - 1, ROLE_KEY, fmt_percent(buf, s->snap->done, s->snap->run.tasks));
	draw_counts(a, 2, s);
	draw_gain(a, 3, s);
	if (spare >= 3) {
		run_draw_serial(a, y++, s);
		run_draw_parallel(a, y++, s);
	}
	if (spare >= 4)
		run_draw_tried(a, y++, s);
	if (spare >= 5)
		run_draw_result(a, --bottom, s);
	if (a.rows >= 9)
		rule(a, y++);
	draw_slots(area_cut(a, y, 0, bottom - y, a.cols), s);
}

void run_draw_line(struct area a, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE], badge[64];
	enum role role;

	if (!snap)
		return;
	badge_text(badge, sizeof badge, s, &role);
	phrase_add(&p, role, "%s", badge);
	phrase_add(&p, ROLE_KEY, " %s", fmt_percent(buf, snap->done, snap->run.tasks));
	if (!(scene_ended(s) && snap->state == RUN_FAILED && snap->failed)) {
		phrase_add(&p, snap->failed ? ROLE_FAILED : ROLE_LABEL, "  %s failed", fmt_count_narrow(buf, snap->failed));
	}
	phrase_add(&p, ROLE_LABEL, "  ");
	if (s->timing)
		phrase_left(&p, s, 0);
	phrase_put(a, 0, 0, &p);
}
