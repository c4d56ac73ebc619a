/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The top line of every view: name, title, badge, clock. Its text is cut before badge and clock. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "ui/parts.h"

/* Clocks up to 999.9 s leave the badge where it is. */
#define CLOCK_CELLS 7

static const struct {
	const char *badge;
	enum role role;
} badges[RUN_STATES] = {
	[RUN_STARTING] = { "STARTING", ROLE_RUNNING }, [RUN_SERIAL] = { "SERIAL", ROLE_SERIAL },
	[RUN_RUNNING] = { "RUNNING", ROLE_RUNNING },   [RUN_PAUSING] = { "PAUSING", ROLE_LOST },
	[RUN_PAUSED] = { "PAUSED", ROLE_LOST },        [RUN_DRAINING] = { "DRAINING", ROLE_LOST },
	[RUN_ENDING] = { "ENDING", ROLE_LOST },        [RUN_DONE] = { "DONE", ROLE_DONE },
	[RUN_FAILED] = { "FAILED", ROLE_FAILED },      [RUN_STOPPED] = { "STOPPED", ROLE_LOST },
};

void badge_text(char *buf, size_t size, const struct scene *s, enum role *role)
{
	const struct snapshot *snap = s->snap;
	unsigned state = snap && snap->begun && snap->state < RUN_STATES ? snap->state : RUN_STARTING;
	char n[FMT_SIZE];

	*role = badges[state].role;
	if (state == RUN_FAILED && snap->failed > 0)
		snprintf(buf, size, "FAILED %s", fmt_count(n, snap->failed));
	else if (state == RUN_STARTING) /* the one spinner */
		snprintf(buf, size, "STARTING %c", "|/-\\"[s->now / (250 * NS_PER_MS) % 4]);
	else
		str_copy(buf, size, badges[state].badge);
}

void draw_badge(struct area a, int y, int x_end, enum role role, const char *z)
{
	int cells = text_cells(z) + 2;

	putf(a, y, x_end - cells, role, " %s ", z);
	put_attr(a, y, x_end - cells, cells, ATTR_BOLD | ATTR_REVERSE);
}

void draw_header(struct area a, const struct scene *s, const char *title)
{
	const struct snapshot *snap = s->snap;
	char clock[FMT_SIZE], badge[64], name[160];
	enum role role;
	int end = a.cols - 1, x, clock_cells;

	if (!snap)
		return;
	if (!s->timing || !(s->timing->elapsed >= 0))
		str_copy(clock, sizeof clock, "0.0 s");
	else
		fmt_duration(clock, s->timing->elapsed, a.g->ascii);
	clock_cells = text_cells(clock);
	put_right(a, 0, end, ROLE_KEY, clock);
	end -= (clock_cells > CLOCK_CELLS || a.cols < 60 ? clock_cells : CLOCK_CELLS) + 1;
	badge_text(badge, sizeof badge, s, &role);
	draw_badge(a, 0, end, role, badge);
	end -= text_cells(badge) + 2 + 1;

	text_show_z(name, sizeof name, snap->begun ? snap->run.name : "pooltop");
	x = put_cut(a, 0, LABEL_X, end - LABEL_X, ROLE_KEY, name) + 2;
	if (title)
		put_words(a, 0, x, end - x, ROLE_LABEL, title);
	else if (snap->begun)
		put_outside(a, 0, x, end - x, ROLE_LABEL, snap->run.title);
}
