/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Log view: all events with their time, oldest first, following. */
#include "ui/view_log.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "ui/parts.h"
#include "ui/view_run.h"

static enum role level_role(const struct log_line *line)
{
	static const enum role roles[] = { ROLE_PLAIN, ROLE_LOST, ROLE_FAILED, ROLE_SERIAL };

	return line->level < sizeof roles / sizeof *roles ? roles[line->level] : ROLE_PLAIN;
}

/* Marks every place of `mark` in the visible text at x (capitals count as small letters; only where a byte is a cell). */
static void draw_marks(struct area a, int y, int x, int cells, const char *seen, const char *mark, uint8_t attr)
{
	size_t n = strlen(mark);

	if (n == 0)
		return;
	for (const char *p = seen; *p; p++) {
		char before[512];
		int at;

		if (strncasecmp(p, mark, n) != 0)
			continue;
		snprintf(before, sizeof before, "%.*s", (int)(p - seen), seen);
		at = grid_cells(a.g, before);
		snprintf(before, sizeof before, "%.*s", (int)n, p);
		if (at < cells)
			put_attr(area_cut(a, y, x, 1, cells), 0, at, grid_cells(a.g, before), attr);
	}
}

int log_text_x(const struct snapshot *snap)
{
	uint64_t n = snapshot_log_count(snap);

	/* "119.9 s", "59 min 00 s"; a margin before and two blanks behind. */
	return n > 0 && snapshot_log(snap, n - 1)->at >= 120 * NS_PER_S ? 14 : 10;
}

void draw_log_line(struct area a, int y, int text_x, const struct log_line *line, const char *mark, bool selected)
{
	char buf[FMT_SIZE], seen[512];
	int cells = a.cols - 1 - text_x, x;

	x = put_right(a, y, text_x - 2, selected ? ROLE_KEY : ROLE_LABEL, fmt_duration(buf, (double)line->at, false));
	if (selected) {
		put(a, y, 0, ROLE_DONE, glyph(a.g, GLYPH_BEST));
		put_attr(a, y, x, text_x - 2 - x, ATTR_REVERSE);
	}
	text_show_z(seen, sizeof seen, line->text);
	put_words(a, y, text_x, cells, level_role(line), seen);
	draw_marks(a, y, text_x, cells, seen, mark, selected ? ATTR_REVERSE | ATTR_BOLD : ATTR_BOLD);
}

/* "Log  1,204 events   only deaths   only worker 4   search 'x'". */
static void draw_heading(struct area a, int y, const struct scene *s, uint64_t shown, uint64_t all)
{
	const struct ui_state *ui = s->ui;
	struct phrase p = phrase_new(a);
	char n[FMT_SIZE];

	phrase_add(&p, ROLE_KEY, "%s", fmt_count(n, shown));
	if (shown != all)
		phrase_add(&p, ROLE_LABEL, " of %s", fmt_count(n, all));
	phrase_add(&p, ROLE_LABEL, all == 1 ? " event" : " events");
	if (ui->log_filter > 0)
		phrase_add(&p, ROLE_KEY, "   only %s", event_name((unsigned)ui->log_filter));
	if (ui->log_slot > 0)
		phrase_add(&p, ROLE_KEY, "   only worker %u", (unsigned)ui->log_slot);
	if (ui->search[0]) {
		phrase_add(&p, ROLE_LABEL, "   search ");
		phrase_add_outside(&p, ROLE_KEY, 24, ui->search);
	}
	put_label(a, y, "Log");
	phrase_put(a, y, log_text_x(s->snap), &p);
	if (log_text_x(s->snap) + p.cells + 12 < a.cols)
		put_right(a, y, a.cols - 1, ROLE_LABEL, ui->log_follow ? "following" : "f follows");
}

/* Index among the kept lines of the first to show, so that `rows` shown ones follow when there are that many. */
static uint64_t first_line(const struct scene *s, uint64_t rows)
{
	uint64_t count = snapshot_log_count(s->snap), dropped = s->snap->nlog - count, left = rows, i = count;

	if (!s->ui->log_follow && s->ui->log_top > dropped)
		i = s->ui->log_top - dropped > count ? count : s->ui->log_top - dropped;
	else if (!s->ui->log_follow)
		i = 0;
	/* At the end the page stays full: as many lines from the end as fit are always shown. */
	for (uint64_t k = i; k < count && left > 0; k++)
		left -= log_shown(s->ui, snapshot_log(s->snap, k));
	while (i > 0 && left > 0)
		left -= log_shown(s->ui, snapshot_log(s->snap, --i));
	return i;
}

void view_log_draw(struct area a, const struct scene *s)
{
	uint64_t count = snapshot_log_count(s->snap), shown = 0;
	uint64_t dropped = s->snap->nlog - count;
	int y = 1, rows;

	draw_header(a, s, a.cols < RUN_FULL_COLS ? "" : NULL);
	for (uint64_t i = 0; i < count; i++)
		shown += log_shown(s->ui, snapshot_log(s->snap, i));
	draw_heading(a, y++, s, shown, count);
	if (a.rows >= 10)
		rule(a, y++);
	rows = a.rows - y;
	a.g->page = rows > 0 ? rows : 1;
	if (rows <= 0)
		return;
	if (shown == 0)
		put(a, y, log_text_x(s->snap), ROLE_LABEL,
		    count == 0 ? "nothing has happened yet" : "no event is of this kind: \\ changes the filter");
	for (uint64_t i = first_line(s, (uint64_t)rows); i < count && y < a.rows; i++) {
		const struct log_line *line = snapshot_log(s->snap, i);

		if (!log_shown(s->ui, line))
			continue;
		draw_log_line(a, y, log_text_x(s->snap), line, s->ui->search,
		              s->ui->log_at == dropped + i + 1);
		put_hit(a, y, 0, 1, a.cols, HIT_ROW, (int64_t)(dropped + i));
		y++;
	}
}
