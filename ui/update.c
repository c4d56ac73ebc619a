/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One input, one change of the ui state, and what must follow from it. */
#include "ui/update.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "plan/plan.h"
#include "ui/move.h"
#include "ui/start_list.h"

#define KEY_REPEAT_NS (300 * NS_PER_MS)

static const struct effect nothing = { .flags = EFF_REDRAW };

void ui_say(struct ui_state *ui, const struct scene *s, const char *fmt, ...)
{
	char text[sizeof(ui->echo)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_copy(ui->echo, sizeof(ui->echo), text);
	ui->echo_at = s->now_ui;
	ui->echo_step = false;
}

void ui_state_init(struct ui_state *ui)
{
	memset(ui, 0, sizeof(*ui));
	ui->view = VIEW_RUN;
	ui->log_follow = true;
	ui->mouse = true;
}

void ui_say_step(struct ui_state *ui, const struct scene *s, int step)
{
	static const char *const said[] = {
		"draining: running tasks end, then the run. Ctrl-C again ends them",
		"ending: running tasks are ended. Ctrl-C again kills them",
		"killing what still runs",
	};

	ui_say(ui, s, "%s", said[step - 1]);
	ui->echo_step = true;
}

struct effect ui_interrupt(struct ui_state *ui, const struct scene *s)
{
	struct effect e = { .flags = EFF_COMMAND | EFF_REDRAW };

	if (ui->view == VIEW_START || !s->snap || s->snap->ended)
		return (struct effect){ .flags = EFF_QUIT };
	/* A key that is held down is one press. */
	if (ui->stop_step && ui->stop_at && s->now_ui - ui->stop_at < KEY_REPEAT_NS) {
		ui->stop_at = s->now_ui;
		return nothing;
	}
	if (ui->stop_step >= 3)
		return (struct effect){ .flags = EFF_QUIT };
	ui->ask = ASK_NOTHING;
	ui->stop_at = s->now_ui;
	ui->stop_step++;
	ui_say_step(ui, s, ui->stop_step);
	e.command.kind = COMMAND_STOP;
	e.command.number = (uint64_t)ui->stop_step;
	return e;
}

/* Only views of a run are gone through. */
static void next_view(struct ui_state *ui, int step)
{
	int n = VIEWS - VIEW_RUN;
	int now = (int)ui->view - VIEW_RUN;

	ui->view = (enum view_id)(VIEW_RUN + (now + step + n) % n);
}

static void open_slot_log(struct ui_state *ui, const struct scene *s)
{
	if (ui->selected >= s->snap->nslots) {
		ui_say(ui, s, "slot %lu has no lines yet", (unsigned long)ui->selected + 1);
		return;
	}
	ui->view = VIEW_LOG;
	ui->log_slot = ui->selected + 1;
	ui->log_filter = 0;
	ui->log_at = 0;
	ui->log_follow = true;
	ui_say(ui, s, "lines of worker %lu. Esc shows all", (unsigned long)ui->log_slot);
}

static void open_line_slot(struct ui_state *ui, const struct scene *s)
{
	const struct log_line *line = ui->log_at ? log_line_numbered(s->snap, ui->log_at - 1) : NULL;

	if (!line) {
		ui_say(ui, s, "no line is selected: the arrows select one");
		return;
	}
	if (line->slot < 0) {
		ui_say(ui, s, "that line is about no single worker");
		return;
	}
	ui->view = VIEW_RUN;
	ui->selected = (uint32_t)line->slot;
	move_rows(ui, s, 0);
}

/* The selected row of the start screen is run; more: EFF_TEN_TIMES or 0. */
static struct effect start_row(const struct ui_state *ui, const struct scene *s, unsigned more)
{
	if (!s->start || ui->start_row >= start_list_rows(s->start))
		return nothing;
	return (struct effect){ .flags = EFF_RUN | more, .row = ui->start_row };
}

static struct effect do_open(struct ui_state *ui, const struct scene *s)
{
	if (ui->help || ui->evidence) {
		ui->help = 0;
		ui->evidence = false;
	} else if (ui->view == VIEW_START) {
		return start_row(ui, s, 0);
	} else if (ui->view == VIEW_RUN) {
		open_slot_log(ui, s);
	} else {
		open_line_slot(ui, s);
	}
	return nothing;
}

/* Closes the topmost thing: help, evidence, filter and search, the view. False when nothing was open. */
static bool close_one(struct ui_state *ui)
{
	if (ui->help || ui->evidence) {
		ui->help = 0;
		ui->evidence = false;
	} else if (ui->search[0] || (ui->view == VIEW_LOG && (ui->log_filter || ui->log_slot || ui->log_at))) {
		ui->search[0] = '\0';
		ui->log_filter = 0;
		ui->log_slot = 0;
		ui->log_at = 0;
	} else if (ui->view == VIEW_LOG) {
		ui->view = VIEW_RUN;
	} else {
		return false;
	}
	return true;
}

static struct effect do_close(struct ui_state *ui, const struct scene *s)
{
	if (!close_one(ui) && ui->view == VIEW_RUN && s->snap && s->snap->ended && ui->run_over_start)
		return (struct effect){ .flags = EFF_TO_START };
	return nothing;
}

static void start_workers_by(struct ui_state *ui, const struct scene *s, int step)
{
	uint64_t now = ui->start_workers ? ui->start_workers : s->start ? s->start->cpus : 1;

	if (step > 0 && now < WORKERS_MAX)
		ui->start_workers = now + 1;
	if (step < 0)
		ui->start_workers = now > 1 ? now - 1 : 1;
}

static struct effect do_workers(struct ui_state *ui, const struct scene *s, int step)
{
	if (ui->view != VIEW_START)
		return tune_workers_by(ui, s, step);
	start_workers_by(ui, s, step);
	return nothing;
}

static void do_help(struct ui_state *ui)
{
	ui->evidence = false;
	ui->help = (ui->help + 1) % 3;
	ui->help_top = 0;
}

static void do_follow(struct ui_state *ui, const struct scene *s)
{
	if (ui->log_follow)
		move_rows(ui, s, 0);
	else
		ui->log_follow = true;
	ui_say(ui, s, ui->log_follow ? "following the newest line" : "staying here. f follows the newest line");
}

static struct effect act_on_ui(struct ui_state *ui, const struct scene *s, enum action_id id)
{
	switch (id) {
	case DO_VIEW_RUN:
		ui->view = VIEW_RUN;
		break;
	case DO_VIEW_LOG:
		ui->view = VIEW_LOG;
		break;
	case DO_VIEW_NEXT:
		next_view(ui, 1);
		break;
	case DO_VIEW_PREVIOUS:
		next_view(ui, -1);
		break;
	case DO_HELP:
		do_help(ui);
		return nothing;
	case DO_EVIDENCE:
		ui->help = 0;
		ui->evidence = !ui->evidence;
		return nothing;
	case DO_OPEN:
		return do_open(ui, s);
	case DO_CLOSE:
		return do_close(ui, s);
	case DO_SEARCH:
		ask_text(ui, ASK_SEARCH);
		break;
	case DO_FIND_NEXT:
		move_find(ui, s, 1);
		break;
	case DO_FIND_PREVIOUS:
		move_find(ui, s, -1);
		break;
	case DO_FILTER:
		move_filter(ui, s);
		break;
	case DO_FOLLOW:
		do_follow(ui, s);
		break;
	case DO_MOUSE:
		ui->mouse = !ui->mouse;
		ui_say(ui, s, ui->mouse ? "mouse on: clicks select, Shift-drag marks text" : "mouse off: it is the terminal's");
		return (struct effect){ .flags = EFF_MOUSE | EFF_REDRAW };
	case DO_QUIT:
		return ui->help || ui->evidence ? do_close(ui, s) : ask_quit(ui, s);
	default:
		move_by(ui, s, id);
		return nothing;
	}
	/* What has chosen something to look at closes what lies over it. */
	ui->help = 0;
	ui->evidence = false;
	return nothing;
}

static struct effect act(struct ui_state *ui, const struct scene *s, enum action_id id)
{
	switch (id) {
	case DO_WORKERS_MORE:
		return do_workers(ui, s, 1);
	case DO_WORKERS_LESS:
		return do_workers(ui, s, -1);
	case DO_WORKERS_SET:
		ask_text(ui, ASK_WORKERS);
		return nothing;
	case DO_CHUNK_HALVE:
		return tune_chunk_by(ui, s, -1);
	case DO_CHUNK_DOUBLE:
		return tune_chunk_by(ui, s, 1);
	case DO_CHUNK_SET:
		ask_text(ui, ASK_CHUNK);
		return nothing;
	case DO_PAUSE:
		return tune_pause(ui, s);
	case DO_BASELINE:
		return tune_baseline(ui, s);
	case DO_KILL:
		return ask_kill(ui, s);
	case DO_AGAIN:
		return ui->view == VIEW_START ? start_row(ui, s, 0) : (struct effect){ .flags = EFF_AGAIN };
	case DO_TEN_TIMES:
		return ui->view == VIEW_START ? start_row(ui, s, EFF_TEN_TIMES) : (struct effect){ .flags = EFF_TEN_TIMES };
	case DO_PLAIN:
		return (struct effect){ .flags = EFF_PLAIN };
	case DO_THEME:
		return (struct effect){ .flags = EFF_THEME | EFF_REDRAW };
	case DO_INTERRUPT:
		return ui_interrupt(ui, s);
	case DO_SUSPEND:
		return (struct effect){ .flags = EFF_SUSPEND };
	case DO_REDRAW:
		return (struct effect){ .flags = EFF_CLEAR | EFF_REDRAW };
	default:
		return act_on_ui(ui, s, id);
	}
}

static void select_row(struct ui_state *ui, const struct scene *s, int64_t row)
{
	if (ui->view == VIEW_START)
		ui->start_row = (uint32_t)row;
	else if (ui->view == VIEW_RUN)
		ui->selected = (uint32_t)row;
	else
		move_to_line(ui, s, (uint64_t)row);
}

static struct effect ui_mouse(struct ui_state *ui, const struct scene *s, struct input in)
{
	struct hit hit = { .kind = HIT_NONE };

	if (ui->ask != ASK_NOTHING)
		return (struct effect){ .flags = 0 };
	if (in.wheel_up || in.wheel_down) {
		move_rows(ui, s, in.wheel_up ? -3 : 3);
		return nothing;
	}
	if (s->shown)
		hit = grid_hit(s->shown, in.row, in.col);
	if (hit.kind == HIT_KEY)
		return ui_update(ui, s, (struct input){ .key = (int32_t)hit.value });
	if (hit.kind == HIT_ROW && hit.value >= 0) {
		select_row(ui, s, hit.value);
		return in.double_click ? do_open(ui, s) : nothing;
	}
	return (struct effect){ .flags = 0 };
}

struct effect ui_update(struct ui_state *ui, const struct scene *s, struct input in)
{
	const struct action *a;

	if (in.key == KEY_NONE)
		return (struct effect){ .flags = 0 };
	if (in.key == KEY_RESIZE_)
		return nothing;
	if (in.key == KEY_MOUSE_)
		return ui_mouse(ui, s, in);
	if (ui->ask != ASK_NOTHING)
		return ask_answer(ui, s, in.key);
	a = action_of_key(in.key, s);
	return a ? act(ui, s, a->id) : (struct effect){ .flags = 0 };
}

void ui_follow(struct ui_state *ui, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	uint32_t rows;

	if (!snap)
		return;
	run_follow_table(ui, s);
	if (snap->ended && ui->echo_step) /* there is nothing left to stop */
		ui->echo[0] = '\0';
	if (ui->want_workers.value == snap->target)
		ui->want_workers.set = false;
	if (ui->want_pause.value == (snap->state == RUN_PAUSING || snap->state == RUN_PAUSED))
		ui->want_pause.set = false;
	rows = run_rows(snap);
	if (ui->selected >= rows)
		ui->selected = rows ? rows - 1 : 0;
	if (ui->first_slot > ui->selected)
		ui->first_slot = ui->selected;
	if (snap->ended && (ui->ask == ASK_KILL_SLOT || ui->ask == ASK_WORKERS || ui->ask == ASK_CHUNK || ui->ask == ASK_QUIT))
		ui->ask = ASK_NOTHING;
}
