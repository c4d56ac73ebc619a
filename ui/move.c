/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving in lists. Log lines are numbered from the first ever, so that a place stays the same line while old ones are
 * dropped. */
#include "ui/move.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/start_list.h"
#include "ui/update.h"

/* Lines of the list on screen; before the first frame a guess. */
static int page_of(const struct scene *s)
{
	return s->shown && s->shown->page > 0 ? s->shown->page : 10;
}

uint32_t run_rows(const struct snapshot *s)
{
	return s->nslots;
}

bool log_shown(const struct ui_state *ui, const struct log_line *line)
{
	if (ui->log_filter && line->type != ui->log_filter)
		return false;
	return !ui->log_slot || line->slot == (int32_t)(ui->log_slot - 1);
}

static uint64_t log_first(const struct snapshot *s)
{
	return s->nlog - snapshot_log_count(s);
}

const struct log_line *log_line_numbered(const struct snapshot *s, uint64_t number)
{
	return number < log_first(s) || number >= s->nlog ? NULL : snapshot_log(s, number - log_first(s));
}

/* The number of the n-th shown line before `from` (or after it for n < 0), or the last one on that way; `from` when
 * there is none. */
static uint64_t log_step(const struct ui_state *ui, const struct snapshot *s, uint64_t from, long n)
{
	uint64_t best = from, first = log_first(s);

	while (n > 0 && from > first) {
		from--;
		if (log_shown(ui, log_line_numbered(s, from))) {
			best = from;
			n--;
		}
	}
	while (n < 0 && from + 1 < s->nlog) {
		from++;
		if (log_shown(ui, log_line_numbered(s, from))) {
			best = from;
			n++;
		}
	}
	return best;
}

/* The top line with which the newest lines fill the page. */
static uint64_t log_bottom(const struct ui_state *ui, const struct scene *s)
{
	return log_step(ui, s->snap, s->snap->nlog, page_of(s));
}

static void log_move(struct ui_state *ui, const struct scene *s, long rows)
{
	uint64_t bottom = log_bottom(ui, s);
	uint64_t top = ui->log_follow || ui->log_top > bottom ? bottom : ui->log_top;

	if (top < log_first(s->snap))
		top = log_first(s->snap);
	top = log_step(ui, s->snap, top, -rows);
	ui->log_follow = false;
	ui->log_top = top < bottom ? top : bottom;
}

static uint32_t moved(uint32_t from, long rows, uint32_t count)
{
	long to = (long)from + rows;

	if (count == 0 || to < 0)
		return 0;
	return to >= (long)count ? count - 1 : (uint32_t)to;
}

static void run_move(struct ui_state *ui, const struct scene *s, long rows)
{
	uint32_t page = (uint32_t)page_of(s);

	ui->selected = moved(ui->selected, rows, run_rows(s->snap));
	if (ui->selected < ui->first_slot)
		ui->first_slot = ui->selected;
	if (ui->selected >= ui->first_slot + page)
		ui->first_slot = ui->selected - page + 1;
}

static void move_list(struct ui_state *ui, const struct scene *s, long rows)
{
	if (ui->help)
		ui->help_top = moved(ui->help_top, rows, 1000);
	else if (ui->view == VIEW_START && s->start)
		ui->start_row = moved(ui->start_row, rows, start_list_rows(s->start));
	else if (ui->view == VIEW_LOG && s->snap)
		log_move(ui, s, rows);
	else if (ui->view == VIEW_RUN && s->snap)
		run_move(ui, s, rows);
}

void move_rows(struct ui_state *ui, const struct scene *s, int n)
{
	move_list(ui, s, n);
}

/* The selected line by `rows` of those shown; without one the last (going up) or first line on the screen is selected. */
static void log_select(struct ui_state *ui, const struct scene *s, long rows)
{
	uint64_t bottom = log_bottom(ui, s), last = log_step(ui, s->snap, s->snap->nlog, 1), to;
	bool follow = ui->log_follow;

	if (last == s->snap->nlog) /* none is shown */
		return;
	if (log_line_numbered(s->snap, ui->log_at - 1) && ui->log_at) {
		to = log_step(ui, s->snap, ui->log_at - 1, -rows);
	} else {
		to = follow || ui->log_top > bottom ? bottom : ui->log_top;
		if (rows < 0 || follow)
			to = follow ? last : log_step(ui, s->snap, to, -(long)page_of(s) + 1);
		if (rows < -1 || rows > 1)
			to = log_step(ui, s->snap, to, -rows);
	}
	move_to_line(ui, s, to);
	ui->log_follow = follow && to == last;
}

static void move_keys(struct ui_state *ui, const struct scene *s, long rows)
{
	if (ui->view == VIEW_LOG && s->snap && !ui->help && !ui->evidence)
		log_select(ui, s, rows);
	else
		move_list(ui, s, rows);
}

void move_by(struct ui_state *ui, const struct scene *s, enum action_id id)
{
	const long all = 1L << 30;

	switch (id) {
	case DO_UP:
		move_keys(ui, s, -1);
		break;
	case DO_DOWN:
		move_keys(ui, s, 1);
		break;
	case DO_PAGE_UP:
		move_keys(ui, s, -page_of(s));
		break;
	case DO_PAGE_DOWN:
		move_keys(ui, s, page_of(s));
		break;
	case DO_HOME:
		move_keys(ui, s, -all);
		break;
	case DO_END:
		move_keys(ui, s, all);
		if (ui->view == VIEW_LOG && !ui->help)
			ui->log_follow = true;
		break;
	default:
		break;
	}
}

static bool has_text(const char *line, const char *text)
{
	size_t n = strlen(text);

	for (; *line; line++)
		if (strncasecmp(line, text, n) == 0)
			return true;
	return n == 0;
}

void move_to_line(struct ui_state *ui, const struct scene *s, uint64_t number)
{
	uint64_t bottom = log_bottom(ui, s);
	uint64_t top = ui->log_follow || ui->log_top > bottom ? bottom : ui->log_top;
	uint64_t below = log_step(ui, s->snap, top, -(long)page_of(s) + 1);

	ui->log_follow = false;
	ui->log_at = number + 1;
	ui->log_top = top;
	if (number < top)
		ui->log_top = number;
	else if (number > below)
		ui->log_top = number < bottom ? number : bottom;
}

static bool log_find(struct ui_state *ui, const struct scene *s, int step)
{
	uint64_t count = snapshot_log_count(s->snap), first = log_first(s->snap);
	uint64_t from = ui->log_at > first ? ui->log_at - 1 - first : step > 0 ? count - 1 : 0;

	if (ui->log_at <= first && !ui->log_follow && ui->log_top > first)
		from = step > 0 ? ui->log_top - first - 1 : ui->log_top - first;
	for (uint64_t i = 1; i <= count; i++) {
		uint64_t at = step > 0 ? (from + i) % count : (from + count - i) % count;
		const struct log_line *line = snapshot_log(s->snap, at);

		if (log_shown(ui, line) && has_text(line->text, ui->search)) {
			move_to_line(ui, s, first + at);
			return true;
		}
	}
	return false;
}

void move_find(struct ui_state *ui, const struct scene *s, int step)
{
	bool found = false;

	if (!ui->search[0]) {
		ui_say(ui, s, "nothing to search for yet: press /");
		return;
	}
	if (ui->view == VIEW_START && s->start) {
		uint32_t row = start_list_find(s->start, ui->start_row, step, ui->search);

		found = row != UINT32_MAX;
		if (found)
			ui->start_row = row;
	} else if (ui->view == VIEW_LOG && s->snap) {
		found = log_find(ui, s, step);
	}
	if (!found)
		ui_say(ui, s, "no row has \"%s\"", ui->search);
}

static const struct { int type; const char *what; } filters[] = {
	{ 0, "all lines" },
	{ EV_STATE, "changes of the run's state" },
	{ EV_TARGET, "changes of the worker count" },
	{ EV_CHUNK, "changes of the chunk" },
	{ EV_SLOT, "workers that start and leave" },
	{ EV_DEATH, "deaths" },
	{ EV_FAIL, "failed tasks" },
	{ EV_BASELINE, "the serial baseline" },
	{ EV_CPUS, "changes of the usable CPUs" },
	{ EV_NOTE, "notes" },
};

void move_filter(struct ui_state *ui, const struct scene *s)
{
	const size_t n = sizeof(filters) / sizeof(filters[0]);
	size_t now = 0;

	for (size_t i = 0; i < n; i++)
		if (filters[i].type == ui->log_filter)
			now = i;
	for (size_t i = now + 1; i <= n; i++) {
		int type = filters[i % n].type;

		for (uint64_t k = 0; k < snapshot_log_count(s->snap); k++) {
			if (type && snapshot_log(s->snap, k)->type != type)
				continue;
			ui->log_filter = type;
			ui->log_at = 0;
			ui->log_follow = true;
			ui_say(ui, s, "showing %s", filters[i % n].what);
			return;
		}
	}
}
