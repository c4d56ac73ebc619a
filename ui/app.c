/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's loop: callbacks record facts, one function a turn decides. */
#include "ui/app.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "model/fold.h"
#include "ui/app_parts.h"

#define READ_BUDGET (256u << 10) /* bytes a turn */
#define DEAF_NS (5 * NS_PER_S)   /* an engine on a full disk still answers within this */

static const int taken_signals[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGWINCH, SIGCONT, SIGTSTP, SIGPIPE };

static void on_signal(int signo, void *arg)
{
	struct app *a = arg;

	if (signo > 0 && signo < SIGNAL_MAX)
		a->signals[signo] = true;
}

static void on_engine(struct watch *w, unsigned ready, void *arg)
{
	struct app *a = arg;

	(void)w;
	(void)ready;
	a->link_ready = true;
}

uint64_t app_run_now(const struct app *a)
{
	uint64_t now = clock_now();

	if (!a->snap || !a->snap->begun)
		return 0;
	now = now > a->snap->run.mono_ns ? now - a->snap->run.mono_ns : 0;
	return now > a->snap->now ? now : a->snap->now;
}

struct scene app_scene(struct app *a)
{
	return (struct scene){
		.snap = a->snap, .timing = &a->timing, .findings = &a->findings, .ui = &a->ui, .start = a->start,
		.now = app_run_now(a), .now_ui = clock_now(), .wall_ns = clock_wall(), .ascii = a->ascii,
		.mono = a->palette == PALETTE_MONO, .no_braille = a->term && !term_has_braille(a->term),
		.shown = a->shown_valid ? &a->shown : NULL,
	};
}

int app_new(struct app **out, const struct app_options *o, struct err *err)
{
	struct app *a = xcalloc(1, sizeof(*a));
	sigset_t set;
	struct err no_screen;

	a->options = *o;
	a->output = o->output;
	a->ascii = term_locale();
	a->want_at = UINT64_MAX;
	ui_state_init(&a->ui);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken_signals) / sizeof(taken_signals[0]); i++)
		sigaddset(&set, taken_signals[i]);
	a->loop = loop_new(clock_now, err);
	if (!a->loop || loop_signals(a->loop, &set, on_signal, a, err) < 0) {
		app_free(a);
		return -1;
	}
	/* Without a terminal that can show a screen, lines say the same. */
	if (o->output == APP_SCREEN && screen_open(a, &no_screen) < 0)
		a->output = APP_PLAIN;
	*out = a;
	return 0;
}

void app_free(struct app *a)
{
	if (!a)
		return;
	if (a->loop) {
		screen_close(a);
		loop_timer_stop(a->loop, &a->line_timer);
		loop_free(a->loop);
	}
	str_release(&a->lines);
	free(a);
}

void app_result_release(struct app_result *r)
{
	str_release(&r->why);
}

enum app_output app_output_now(const struct app *a)
{
	return a->output;
}

bool app_ascii(const struct app *a)
{
	return a->ascii;
}

void app_leave_screen(struct app *a)
{
	screen_off(a);
}

/* The third step was asked for and nothing has come of it: the engine is stopped or stuck. The caller ends it. */
static void engine_deaf(struct timer *t, void *arg)
{
	struct app *a = arg;

	(void)t;
	if (!a->engine || a->farewell || a->done)
		return;
	a->outcome = err_set(a->err, "the engine did not answer for 5 s and was ended");
	a->done = true;
}

void app_send(struct app *a, const struct command *c)
{
	struct err err;

	if (!a->engine || a->farewell)
		return;
	msg_put_command(a->engine, c);
	if (c->kind == COMMAND_STOP && c->number >= 3)
		loop_timer(a->loop, &a->deaf_timer, clock_now() + DEAF_NS, engine_deaf, a);
	/* A link that is gone is noticed by reading, after everything that was said before its end. */
	(void)link_flush(a->engine, &err);
}

static void leave(struct app *a, enum app_next next)
{
	if (a->result)
		a->result->next = next;
	a->done = true;
}

static void toggle_lines(struct app *a)
{
	a->screen_on = false;
	term_leave_for_lines(a->term);
	a->output = APP_PLAIN;
	memset(&a->plain, 0, sizeof(a->plain));
	a->plain.log_at = a->snap->nlog;
	lines_turn(a);
	lines_say(a, "plain lines: L goes back to the screen, q asks to quit");
}

/* What the keys of the start screen have chosen stays in ui.start_row; app_start looks there. */
void app_effect(struct app *a, struct effect e)
{
	struct command stop = { .kind = COMMAND_STOP, .number = 2 };

	if (e.flags & EFF_COMMAND)
		app_send(a, &e.command);
	if ((e.flags & EFF_QUIT) && e.stop_run)
		app_send(a, &stop);
	else if (e.flags & EFF_QUIT)
		leave(a, NEXT_QUIT);
	if (e.flags & EFF_RUN) {
		a->outcome = 1;
		a->ten_times = e.flags & EFF_TEN_TIMES;
		a->done = true;
	} else if (e.flags & EFF_TEN_TIMES) {
		leave(a, NEXT_TEN_TIMES);
	}
	if (e.flags & EFF_AGAIN)
		leave(a, NEXT_AGAIN);
	if (e.flags & EFF_TO_START)
		leave(a, NEXT_START);
	if (e.flags & EFF_THEME)
		screen_theme(a);
	if (e.flags & EFF_MOUSE)
		term_mouse(a->term, a->ui.mouse);
	if (e.flags & EFF_CLEAR)
		screen_anew(a);
	if (e.flags & EFF_SUSPEND)
		screen_suspend(a);
	if ((e.flags & EFF_PLAIN) && a->snap)
		toggle_lines(a);
	if (e.flags & EFF_REDRAW)
		screen_want(a, true);
}

/* SIGTERM and SIGQUIT go straight to their step; a step never goes back. */
static void stop_step(struct app *a, int step)
{
	struct command c = { .kind = COMMAND_STOP, .number = (uint64_t)step };
	struct scene s = app_scene(a);

	if (a->ui.stop_step >= step)
		return;
	a->ui.stop_step = step;
	ui_say_step(&a->ui, &s, step);
	app_send(a, &c);
	lines_say(a, step == 2 ? "ending: running tasks are ended" : "killing what still runs");
	screen_want(a, true);
}

/* Who sends these wants the program gone: the end is waited for once, and nobody has to press q. */
static void terminate(struct app *a, int signo)
{
	int step = signo == SIGTERM ? 2 : 3;

	if (a->snap->ended || (a->ui.leaving && a->ui.stop_step >= step))
		leave(a, NEXT_QUIT);
	a->ui.leaving = true;
	stop_step(a, step);
}

static void interrupt(struct app *a)
{
	struct scene s = app_scene(a);
	struct effect e = ui_interrupt(&a->ui, &s);

	if (e.flags & EFF_COMMAND)
		lines_say(a, a->ui.echo);
	app_effect(a, e);
}

static bool take(struct app *a, int signo)
{
	bool was = a->signals[signo];

	a->signals[signo] = false;
	return was;
}

static void decide_signals(struct app *a)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGQUIT };

	for (int i = 0; i < 3; i++) {
		if (!take(a, ends[i]))
			continue;
		a->stop_signal = ends[i];
		if (!a->engine)
			leave(a, NEXT_QUIT);
		else if (ends[i] == SIGINT)
			interrupt(a);
		else
			terminate(a, ends[i]);
	}
	if (take(a, SIGHUP)) {
		a->stop_signal = SIGHUP;
		if (a->result)
			a->result->status = 128 + SIGHUP;
		leave(a, NEXT_QUIT);
	}
	if (take(a, SIGTSTP))
		screen_suspend(a);
	if (take(a, SIGWINCH))
		screen_resize(a);
	if (take(a, SIGCONT))
		screen_continued(a);
	take(a, SIGPIPE);
}

static int take_events(struct app *a, struct slice payload, struct err *err)
{
	struct reader r = reader_of(payload);
	uint64_t number = get_u64(&r);
	struct event e;
	bool notable = false;

	while (r.left > 0 && !r.bad) {
		if (event_unpack(&r, &e, err) < 0)
			return -1;
		fold_apply(a->snap, &e);
		lines_event(a, &e, number++);
		notable |= e.type != EV_TICK && e.type != EV_DONE;
	}
	if (r.bad)
		return err_set(err, "a message of the engine was too short");
	if (a->output == APP_SCREEN)
		screen_on(a);
	screen_want(a, notable);
	return 0;
}

static int take_frame(struct app *a, const struct frame *f, struct err *err)
{
	struct welcome w;
	struct refused refused;
	struct farewell bye;

	switch (f->type) {
	case MSG_EVENTS:
		return take_events(a, f->payload, err);
	case MSG_WELCOME:
		if (msg_get_welcome(f->payload, &w, err) < 0)
			return -1;
		str_copy(a->result->run_id, sizeof(a->result->run_id), w.run_id);
		str_copy(a->result->run_dir, sizeof(a->result->run_dir), w.run_dir);
		if (a->output == APP_SCREEN)
			screen_on(a);
		return 0;
	case MSG_REFUSED:
		if (msg_get_refused(f->payload, &refused, err) < 0)
			return -1;
		a->result->refused = true;
		a->result->status = (int)refused.status;
		str_add(&a->result->why, refused.text.p, refused.text.n);
		leave(a, NEXT_QUIT);
		return 0;
	case MSG_FAREWELL:
		if (msg_get_farewell(f->payload, &bye, err) < 0)
			return -1;
		a->result->status = (int)bye.status;
		a->farewell = true;
		return 0;
	default:
		return err_set(err, "the engine sent %s, which is not for clients", msg_name(f->type));
	}
}

/* Nothing more comes. A run that has ended has said everything; else the engine has died. */
static void engine_gone(struct app *a)
{
	loop_unwatch(a->loop, &a->engine_watch);
	if (a->farewell || a->done)
		return;
	if (a->snap->ended) {
		a->result->status = (int)a->snap->end.status;
		a->farewell = true;
		return;
	}
	a->outcome = err_set(a->err, "the engine has ended unexpectedly, and the run with it");
	a->done = true;
}

static void broken(struct app *a, const struct err *why)
{
	loop_unwatch(a->loop, &a->engine_watch);
	a->outcome = err_set(a->err, "the engine's messages cannot be understood: %s", why->msg);
	a->done = true;
}

static void read_engine(struct app *a)
{
	struct frame f;
	struct err err;
	long n = 0;
	int got;

	if (!a->engine || a->engine->fd < 0)
		return;
	if (a->link_ready && !a->farewell)
		n = link_read(a->engine, READ_BUDGET, &err);
	a->link_ready = false;
	while (!a->done && (got = link_next(a->engine, &f, &err)) != 0)
		if (got < 0 || take_frame(a, &f, &err) < 0) {
			broken(a, &err);
			return;
		}
	if (n < 0 || a->farewell)
		engine_gone(a);
}

/* Plain and JSON output end with the run; so does the screen when the user has said that he leaves. */
static void decide_end(struct app *a)
{
	bool over = a->farewell;

	if (a->done || !over || (a->output == APP_SCREEN && !a->ui.leaving))
		return;
	leave(a, NEXT_QUIT);
}

static int turn(struct app *a)
{
	if (loop_turn(a->loop, UINT64_MAX, a->err) < 0)
		return -1;
	decide_signals(a);
	if (a->term)
		screen_keys(a);
	decide_signals(a); /* a key may be a signal */
	if (a->engine)
		read_engine(a);
	if (a->snap && a->output != APP_SCREEN)
		lines_turn(a);
	decide_end(a);
	if (a->term && !a->done)
		screen_turn(a);
	if (a->engine && a->engine_watch.added)
		loop_events(a->loop, &a->engine_watch, LOOP_IN | (link_unsent(a->engine) ? LOOP_OUT : 0));
	return 0;
}

static int follow(struct app *a)
{
	while (!a->done)
		if (turn(a) < 0)
			return -1;
	return a->outcome;
}

/* A view of its own for what begins now; theme and mouse stay as the user has set them. */
static void begin(struct app *a, enum view_id view, struct err *err)
{
	struct ui_state before = a->ui;

	ui_state_init(&a->ui);
	a->ui.mouse = before.mouse;
	a->ui.start_row = before.start_row;
	a->ui.start_workers = before.start_workers;
	a->ui.view = view;
	a->ui.run_over_start = a->options.start_screen;
	a->err = err;
	a->done = false;
	a->outcome = 0;
	a->stop_signal = 0;
	memset(&a->timing, 0, sizeof(a->timing));
	findings_init(&a->findings);
}

int app_start(struct app *a, const struct start_list *list, struct app_choice *choice, struct err *err)
{
	int got;

	if (!a->term)
		return err_set(err, "the start screen needs a terminal; name a workload instead: pooltop run WORKLOAD");
	begin(a, VIEW_START, err);
	a->output = APP_SCREEN;
	a->start = list;
	if (a->ui.start_row >= start_list_rows(list))
		a->ui.start_row = 0;
	screen_on(a);
	screen_want(a, true);
	screen_turn(a);
	got = follow(a);
	a->start = NULL;
	choice->row = a->ui.start_row;
	choice->workers = a->ui.start_workers;
	choice->ten_times = a->ten_times;
	return got;
}

/* Leaving a run before its end stops it (status 4); one that a signal stopped is reported as shells do. */
static void final_status(struct app *a, struct app_result *r)
{
	if (r->refused || (r->status && !a->farewell))
		return;
	if (!a->farewell)
		r->status = a->snap->ended ? (int)a->snap->end.status : 4;
	if (a->stop_signal && (!a->snap->ended || a->snap->state == RUN_STOPPED))
		r->status = 128 + a->stop_signal;
}

int app_run(struct app *a, struct link *engine, struct snapshot *snap, struct app_result *r, struct err *err)
{
	int got;

	memset(r, 0, sizeof(*r));
	begin(a, VIEW_RUN, err);
	if (a->options.output == APP_SCREEN && a->term)
		a->output = APP_SCREEN;
	memset(&a->plain, 0, sizeof(a->plain));
	a->engine = engine;
	a->snap = snap;
	a->result = r;
	a->farewell = false;
	a->told_first = a->told_count = 0;
	a->link_ready = true; /* what the caller has read already */
	if (loop_watch(a->loop, &a->engine_watch, engine->fd, LOOP_IN, on_engine, a, err) < 0)
		return -1;
	read_engine(a);
	if (a->screen_on) {
		screen_want(a, true);
		screen_turn(a);
	}
	got = follow(a);
	if (a->output != APP_SCREEN && a->lines.n > 0)
		lines_write(a);
	loop_unwatch(a->loop, &a->engine_watch);
	loop_timer_stop(a->loop, &a->line_timer);
	loop_timer_stop(a->loop, &a->deaf_timer);
	if (got < 0)
		r->status = 1;
	else
		final_status(a, r);
	a->engine = NULL;
	a->snap = NULL;
	a->result = NULL;
	return got;
}
