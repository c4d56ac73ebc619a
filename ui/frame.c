/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole screen: the view or the page over it, the speaking line, the keys, the names of the views. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "ui/keyline.h"
#include "ui/overlay.h"
#include "ui/start_list.h"
#include "ui/view_log.h"
#include "ui/view_run.h"
#include "ui/view_start.h"

#define NAMES_FROM 16 /* rows from which the names of the views have one */
#define DEATH_NS (5 * NS_PER_S) /* for so long the last death is told */

const struct view views[VIEWS] = {
	[VIEW_START] = { "Start", '\0', view_start_draw, view_start_help, "run ten-times workers-more workers-less search workers-set" },
	[VIEW_RUN] = { "Run", '1', view_run_draw, view_run_help,
	               "again ten-times workers-more workers-less pause chunk-halve chunk-double baseline kill workers-set chunk-set "
	               "evidence" },
	[VIEW_LOG] = { "Log", '7', view_log_draw, view_log_help,
	               "follow filter search find-next find-previous again ten-times workers-more workers-less pause" },
};

/* The sentence above the keys and what kind it is: a question, the echo of a key, why the run stands, a death a moment ago, a
 * finding. */
enum spoken { SPEAK_NOTHING, SPEAK_QUESTION, SPEAK_ECHO, SPEAK_TROUBLE, SPEAK_FINDING };

/* Why the run is paused, ending or ended, in the engine's words; NULL when it was not said, or failed tasks say it better. */
static const char *reason_of(const struct snapshot *snap)
{
	switch (snap->state) {
	case RUN_PAUSING:
	case RUN_PAUSED:
	case RUN_DRAINING:
	case RUN_ENDING:
	case RUN_STOPPED:
		return snap->reason[0] ? snap->reason : NULL;
	case RUN_FAILED:
		return snap->reason[0] && snap->failed == 0 ? snap->reason : NULL;
	default:
		return NULL;
	}
}

/* The last death, while it is news; NULL when there is none. */
static const struct log_line *death_of(const struct snapshot *snap, uint64_t now)
{
	uint64_t n = snapshot_log_count(snap);

	for (uint64_t i = n; i-- > 0;) {
		const struct log_line *line = snapshot_log(snap, i);

		if (line->at + DEATH_NS < now)
			break;
		if (line->type == EV_DEATH)
			return line;
	}
	return NULL;
}

/* The echo of a key, and whether it is to be said before a death: the newer of the two wins, but deaths are what a step of stopping
 * brings about. */
static bool echo_wins(const struct scene *s, const struct log_line *death)
{
	const struct ui_state *ui = s->ui;
	uint64_t age = s->now_ui - ui->echo_at;

	if (!ui->echo[0] || age >= ECHO_NS)
		return false;
	return !death || ui->echo_step || s->now < death->at || age <= s->now - death->at;
}

static enum spoken speaking(char *buf, size_t size, const struct scene *s, int cells)
{
	const struct ui_state *ui = s->ui;
	const struct log_line *death = s->snap && !scene_ended(s) ? death_of(s->snap, s->now) : NULL;
	const struct finding *f;
	const char *z;

	if (ui->ask != ASK_NOTHING) {
		ui_question(buf, size, s, false);
		if (text_cells(buf) > cells)
			ui_question(buf, size, s, true);
		return SPEAK_QUESTION;
	}
	if (echo_wins(s, death)) {
		text_show_z(buf, size, ui->echo);
		return SPEAK_ECHO;
	}
	if (ui->view == VIEW_START) {
		if (!s->start || !s->start->cpus_text[0])
			return SPEAK_NOTHING;
		text_show_z(buf, size, s->start->cpus_text);
		return SPEAK_ECHO;
	}
	z = reason_of(s->snap);
	if (z) {
		const char *state = run_state_names[s->snap->state];
		char seen[480];

		text_show_z(seen, sizeof seen, z);
		if (strncmp(seen, state, strlen(state)) == 0) /* "stopped by key or command" */
			str_copy(buf, size, seen);
		else
			snprintf(buf, size, "%s: %s", state, seen);
		if (s->snap->state == RUN_FAILED || s->snap->state == RUN_PAUSED || s->snap->state == RUN_PAUSING)
			return SPEAK_TROUBLE;
		return SPEAK_ECHO;
	}
	if (death) {
		text_show_z(buf, size, death->text);
		return SPEAK_TROUBLE;
	}
	f = s->findings ? findings_best(s->findings, s->now) : NULL;
	if (!f)
		return SPEAK_NOTHING;
	text_show_z(buf, size, text_cells(f->text) > cells && f->brief[0] ? f->brief : f->text);
	return SPEAK_FINDING;
}

/* Returns true when a question went on in the row below: it may not be cut, for its keys are in it. */
static bool draw_speaking(struct area a, int y, int x, const struct scene *s)
{
	static const struct {
		enum role role;
		const char *sign;
	} looks[] = {
		[SPEAK_QUESTION] = { ROLE_KEY, "?" },   [SPEAK_ECHO] = { ROLE_PLAIN, "›" },
		[SPEAK_TROUBLE] = { ROLE_FAILED, "✗" }, [SPEAK_FINDING] = { ROLE_FINDING, "▲" },
	};
	char buf[512];
	int cells = a.cols - x - 3;
	enum spoken what = speaking(buf, sizeof buf, s, cells);
	char *cut = NULL;

	if (what == SPEAK_NOTHING)
		return false;
	put(a, y, x, looks[what].role, looks[what].sign);
	if (what == SPEAK_QUESTION && grid_cells(a.g, buf) > cells && y + 1 < a.rows) {
		for (char *p = buf; (p = strchr(p, ' ')); p++) {
			*p = '\0';
			if (grid_cells(a.g, buf) <= cells)
				cut = p;
			*p = ' ';
		}
	}
	if (cut) {
		*cut = '\0';
		put_words(a, y + 1, x + 2, cells, looks[what].role, cut + 1);
	}
	put_words(a, y, x + 2, cells, looks[what].role, buf);
	return cut != NULL;
}

/* Below 40x12: one line, and one more for what must be answered. */
static void draw_tiny(struct area a, const struct scene *s)
{
	if (s->ui->ask != ASK_NOTHING && a.rows < 2) {
		draw_speaking(a, 0, 0, s);
		return;
	}
	if (s->ui->view == VIEW_START)
		put_cut(a, 0, 0, a.cols, ROLE_PLAIN, "pooltop needs 40 columns and 12 rows");
	else
		run_draw_line(a, s);
	if (a.rows > 1)
		draw_speaking(a, 1, 0, s);
}

static void draw_page(struct area a, const struct scene *s)
{
	if (s->ui->help > 1)
		draw_key_list(a, s);
	else if (s->ui->help)
		views[s->ui->view].help(a, s);
	else
		draw_evidence(a, s);
}

void screen_draw(struct grid *g, const struct scene *s)
{
	struct area all = grid_all(g), a;
	bool names = all.rows >= NAMES_FROM && s->ui->view != VIEW_START, page = s->ui->help > 0 || s->ui->evidence;
	int y = all.rows - (names ? 3 : 2);

	grid_clear(g);
	if ((unsigned)s->ui->view >= VIEWS || (s->ui->view != VIEW_START && (!s->snap || !s->timing)))
		return;
	if (all.rows < RUN_LEAST_ROWS || all.cols < RUN_LEAST_COLS) {
		draw_tiny(all, s);
		return;
	}
	a = area_cut(all, 0, 0, y, all.cols);
	if (page)
		draw_page(a, s);
	else
		views[s->ui->view].draw(a, s);
	if (!draw_speaking(all, y, LABEL_X, s)) {
		if (page)
			draw_page_keys(all, y + 1, s);
		else
			draw_keys(all, y + 1, s, !names);
	}
	if (names)
		draw_view_names(all, y + 2, s);
}

void screen_title(char *buf, size_t size, const struct scene *s)
{
	char name[160], share[FMT_SIZE], badge[64];
	enum role role;

	if (s->ui->view == VIEW_START || !s->snap || !s->snap->begun) {
		str_copy(buf, size, "pooltop");
		return;
	}
	text_show_z(name, sizeof name, s->snap->run.name);
	badge_text(badge, sizeof badge, s, &role);
	if (scene_ended(s))
		snprintf(buf, size, "%s %s", badge, name);
	else
		snprintf(buf, size, "%s %s", fmt_percent(share, s->snap->done, s->snap->run.tasks), name);
}
