/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Following a run without a dashboard; see follow.h. */
#include "cli/follow.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/loop.h"
#include "base/process.h"
#include "cli/cli.h"
#include "model/fold.h"
#include "ui/json.h"
#include "ui/plain.h"
#include "wire/msg.h"

#define STEP_REPEAT_NS (300 * NS_PER_MS) /* a held Ctrl-C is one step */

struct follower {
	struct link *engine;
	struct loop *loop;
	struct watch watch;
	struct timer timer;
	struct snapshot *snap;
	struct plain plain;
	struct str out;
	bool json, ascii;
	bool ended;
	int status;
	unsigned stop_step;
	uint64_t stop_at;
	int signo;         /* the signal that ended the run, 0 none */
};

bool output_is_ascii(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* Leaves: the engine sees the end of its owner's link and ends the run. */
static void leave(struct follower *f, int status)
{
	f->ended = true;
	f->status = status;
}

static uint64_t run_now(const struct follower *f)
{
	uint64_t now = clock_now();
	return f->snap->begun && now > f->snap->run.mono_ns ? now - f->snap->run.mono_ns : 0;
}

static void write_out(struct follower *f)
{
	int rc = f->out.n ? cli_print(&f->out) : EXIT_DONE;
	str_clear(&f->out);
	if (rc != EXIT_DONE)
		leave(f, rc);
}

/* ---- what the engine says ---- */

static int take_events(struct follower *f, struct slice payload, struct err *err)
{
	struct reader r = reader_of(payload);
	uint64_t number = get_u64(&r);
	while (!r.bad && r.left > 0) {
		struct event e;
		if (event_unpack(&r, &e, err) < 0)
			return -1;
		if (f->json)
			json_event(&f->out, &e, number);
		number++;
		fold_apply(f->snap, &e);
		if (!f->json) /* so that no state is skipped when several come at once */
			plain_follow(&f->plain, &f->out, f->snap, run_now(f), clock_wall(), f->ascii);
	}
	return 0;
}

static void take_frames(struct follower *f, struct err *err)
{
	struct frame fr;
	struct farewell m;
	int rc;
	while (!f->ended && (rc = link_next(f->engine, &fr, err)) != 0) {
		if (rc < 0 || (fr.type == MSG_EVENTS && take_events(f, fr.payload, err) < 0)) {
			leave(f, cli_fail(EXIT_TASK_FAILED, "%s", err->msg));
		} else if (fr.type == MSG_FAREWELL) {
			if (msg_get_farewell(fr.payload, &m, err) == 0)
				leave(f, (int)m.status);
			else
				leave(f, cli_fail(EXIT_TASK_FAILED, "%s", err->msg));
		}
	}
}

static void on_engine(struct watch *w, unsigned ready, void *arg)
{
	(void)w;
	(void)ready;
	struct follower *f = arg;
	struct err err = { "" };
	long n = link_read(f->engine, 1 << 20, &err);
	take_frames(f, &err);
	write_out(f);
	if (n < 0 && !f->ended)
		leave(f, cli_fail(EXIT_TASK_FAILED, "the engine of this run died; what it had committed is kept: `pooltop report`"));
}

/* ---- what the user does ---- */

static void stop(struct follower *f, unsigned step)
{
	static const char *const said[] = { "", "draining: running tasks end, the rest is given back; Ctrl-C again ends them",
					    "ending: tasks are ended; Ctrl-C again kills", "killing" };
	f->stop_step = step;
	struct command c = { .kind = COMMAND_STOP, .number = step };
	struct err err;
	msg_put_command(f->engine, &c);
	link_flush(f->engine, &err);
	if (f->json)
		return;
	plain_say(&f->out, run_now(f), said[step], f->ascii);
	write_out(f);
}

static void on_signal(int signo, void *arg)
{
	struct follower *f = arg;
	uint64_t now = clock_now();
	f->signo = signo;
	if (signo == SIGHUP) {
		leave(f, 128 + signo);
	} else if (signo == SIGQUIT) {
		stop(f, 3);
	} else if (signo == SIGTERM) {
		stop(f, f->stop_step < 2 ? 2 : f->stop_step);
	} else if (signo == SIGINT && (f->stop_step == 0 || now - f->stop_at > STEP_REPEAT_NS)) {
		f->stop_at = now;
		stop(f, f->stop_step < 3 ? f->stop_step + 1 : 3);
	}
}

static void on_timer(struct timer *t, void *arg)
{
	struct follower *f = arg;
	plain_follow(&f->plain, &f->out, f->snap, run_now(f), clock_wall(), f->ascii);
	write_out(f);
	loop_timer(f->loop, t, clock_now() + NS_PER_S, on_timer, f);
}

/* ---- the loop ---- */

static int follow_set_up(struct follower *f, struct err *err)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	f->loop = loop_new(clock_now, err);
	if (!f->loop || loop_signals(f->loop, &set, on_signal, f, err) < 0 ||
	    loop_watch(f->loop, &f->watch, f->engine->fd, LOOP_IN, on_engine, f, err) < 0)
		return -1;
	if (!f->json)
		loop_timer(f->loop, &f->timer, clock_now() + NS_PER_S, on_timer, f);
	return 0;
}

int follow(struct link *engine, bool json, struct snapshot *s)
{
	struct follower f = { .engine = engine, .snap = s, .json = json, .ascii = output_is_ascii() };
	struct err err = { "" };
	if (follow_set_up(&f, &err) < 0)
		return cli_fail(EXIT_TASK_FAILED, "%s", err.msg);
	take_frames(&f, &err); /* what came with the welcome */
	write_out(&f);
	while (!f.ended)
		if (loop_turn(f.loop, UINT64_MAX, &err) < 0)
			leave(&f, cli_fail(EXIT_TASK_FAILED, "%s", err.msg));
	loop_unwatch(f.loop, &f.watch);
	loop_free(f.loop);
	str_release(&f.out);
	if (f.status == EXIT_STOPPED && f.signo)
		return 128 + f.signo;
	return f.status;
}

int print_summary(const struct snapshot *s)
{
	struct str out = STR_INIT;
	plain_summary(&out, s, output_is_ascii());
	int rc = cli_print(&out);
	str_release(&out);
	return rc;
}
