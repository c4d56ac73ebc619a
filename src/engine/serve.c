/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's process: greeting, set-up, and the loop around the turn. */
#include "engine/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpus.h"
#include "base/die.h"
#include "base/log.h"
#include "base/path.h"
#include "base/process.h"
#include "config/config.h"
#include "engine/engine.h"
#include "engine/run_dir.h"

#define GREETING_NS (10 * NS_PER_S)
#define FAREWELL_NS (2 * NS_PER_S)

struct server {
	struct loop *loop;
	struct engine *engine;
	char run_id[64];
	int lock_fd;
	unsigned stop_step; /* asked for by a signal */
	char stop_why[64];
};

/* ---- the outside ---- */

static int start_agent(void *arg, int *fd, uint64_t *pid, struct err *err)
{
	int pair[2];
	(void)arg;
	char *program = path_helper_program("pooltop-worker", err);
	if (!program)
		return -1;
	if (link_pair(pair, err) < 0) {
		free(program);
		return -1;
	}
	char *argv[] = { program, "agent", NULL };
	struct process_fd fds[] = { { .child = 3, .parent = pair[1] } };
	struct process_spec spec = { .path = program,
		.argv = argv,
		.envp = environ,
		.fds = fds,
		.nfds = 1,
		.new_session = true,
		.restore_nofile = true };
	pid_t child = process_spawn(&spec, NULL, err);
	free(program);
	close(pair[1]);
	if (child < 0) {
		close(pair[0]);
		return -1;
	}
	*fd = pair[0];
	*pid = (uint64_t)child;
	return 0;
}

/* Everything below the engine came from the agent: nothing of it may live on. */
static void sweep(void *arg, uint64_t agent_pid)
{
	(void)arg;
	process_signal((pid_t)agent_pid, SIGKILL, false);
	process_sweep(NULL, NULL);
}

static uint32_t usable_cpus(void *arg, char *text, size_t size)
{
	(void)arg;
	struct cpus c;
	struct str s = STR_INIT;
	cpus_read(&c, "");
	cpus_explain(&s, &c);
	str_copy(text, size, str_z(&s));
	str_release(&s);
	return (uint32_t)c.usable;
}

static uint64_t wall(void *arg)
{
	(void)arg;
	return clock_wall();
}

/* ---- greeting ---- */

static void refuse(struct link *l, uint32_t status, const char *text)
{
	struct refused m = { .status = status, .text = { text, strlen(text) } };
	struct err err;
	msg_put_refused(l, &m);
	/* A client that does not read is not waited for. */
	uint64_t until = clock_now() + FAREWELL_NS;
	while (link_flush(l, &err) == 1 && clock_now() < until)
		link_wait(l, 10 * NS_PER_MS);
}

/* Waits for one frame; -1 when none comes. */
static int next_frame(struct link *l, struct frame *f, struct err *err)
{
	uint64_t until = clock_now() + GREETING_NS;
	for (;;) {
		int rc = link_next(l, f, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		uint64_t now = clock_now();
		if (now >= until || !link_wait(l, until - now))
			return err_set(err, "no greeting within 10 s");
		if (link_read(l, 1 << 20, err) < 0 && link_next(l, f, err) != 1)
			return -1;
	}
}

static int greet(struct link *l, struct err *err)
{
	struct frame f;
	struct hello h;
	if (next_frame(l, &f, err) < 0)
		return -1;
	if (f.type != MSG_HELLO || msg_get_hello(f.payload, &h, err) < 0)
		return err_set(err, "the client does not speak pooltop's protocol");
	if (h.protocol == PROTOCOL_VERSION)
		return 0;
	return err_set(err, "the client speaks protocol %u, this engine %d: use the pooltop program that belongs to it",
		h.protocol, PROTOCOL_VERSION);
}

/* ---- making the run ---- */

/* Settings of the request as a table for the loader and as text for the store. */
struct settings {
	struct setting *list;
	char **owned; /* strings of list, three each */
	uint32_t n;
	struct str text;
};

static int read_settings(const struct run_request *m, struct settings *s, struct err *err)
{
	struct reader r = reader_of(m->settings);
	if (m->nsettings > 10000)
		return err_set(err, "too many settings");
	s->n = m->nsettings;
	s->list = xcalloc(s->n + 1, sizeof(*s->list));
	s->owned = xcalloc(3 * (size_t)s->n + 1, sizeof(char *));
	for (uint32_t i = 0; i < s->n; i++) {
		char **z = &s->owned[3 * (size_t)i];
		for (int k = 0; k < 3; k++)
			z[k] = get_zdup(&r);
		s->list[i] = (struct setting){ .key = z[0], .value = z[1], .place = z[2] };
		str_addf(&s->text, "%s=%s\n", z[0], z[1]);
	}
	return r.bad ? err_set(err, "malformed settings") : 0;
}

static void settings_release(struct settings *s)
{
	for (size_t i = 0; i < 3 * (size_t)s->n; i++)
		free(s->owned[i]);
	free(s->owned);
	free(s->list);
	str_release(&s->text);
}

static int make_place(struct server *s, char *dir, struct err *err)
{
	char *runs = path_runs_dir(err);
	if (!runs)
		return -1;
	int rc = run_dir_make(runs, clock_wall(), s->run_id, dir, &s->lock_fd, err);
	free(runs);
	return rc;
}

static void wake(void *arg)
{
	loop_wake(((struct server *)arg)->loop);
}

/* 0, or an exit status after the client was told why. */
static int make_engine(
	struct server *s, struct link *l, const struct run_request *m, const char *build_id, const char *version)
{
	struct settings settings = { 0 };
	struct problems problems = { 0 };
	struct plan plan;
	struct str text = STR_INIT;
	struct err err = { "" };
	char dir[1024];
	int status = 2;
	plan_init(&plan);
	if (read_settings(m, &settings, &err) < 0) {
		refuse(l, 2, err.msg);
	} else if (config_load(m->origin, m->text.p, m->text.n, settings.list, settings.n, &plan, &problems) < 0) {
		problems_print(&text, &problems);
		refuse(l, 2, str_z(&text));
	} else if (make_place(s, dir, &err) < 0) {
		status = 3;
		refuse(l, 3, err.msg);
	} else {
		setenv("POOLTOP_RUN", s->run_id, 1); /* for all processes below; there is no other thread yet */
		struct engine_setup setup = { .plan = &plan,
			.origin = m->origin,
			.text = m->text,
			.settings = str_z(&settings.text),
			.run_id = s->run_id,
			.run_dir = dir,
			.build_id = build_id,
			.version = version,
			.loop = s->loop,
			.wake = wake,
			.wake_arg = s,
			.outside = { start_agent, sweep, usable_cpus, wall, s },
			.now = clock_now() };
		s->engine = engine_new(&setup, &err);
		status = s->engine ? 0 : 3;
		if (!s->engine)
			refuse(l, 3, err.msg);
	}
	plan_release(&plan);
	problems_release(&problems);
	settings_release(&settings);
	str_release(&text);
	return status;
}

static int receive_run(struct server *s, struct link *l, const char *build_id, const char *version)
{
	struct err err = { "the client went away" };
	struct frame f;
	struct run_request *m = xcalloc(1, sizeof(*m));
	int status = 2;
	if (greet(l, &err) < 0 || next_frame(l, &f, &err) < 0 || f.type != MSG_RUN ||
		msg_get_run_request(f.payload, m, &err) < 0)
		refuse(l, 2, err.msg);
	else
		status = make_engine(s, l, m, build_id, version);
	free(m);
	if (status == 0) {
		struct welcome w = { .protocol = PROTOCOL_VERSION };
		str_copy(w.build_id, sizeof(w.build_id), build_id);
		str_copy(w.run_id, sizeof(w.run_id), s->run_id);
		str_copy(w.run_dir, sizeof(w.run_dir), s->engine->run_dir);
		msg_put_welcome(l, &w);
	}
	return status;
}

/* ---- the loop ---- */

static void peer_ready(struct watch *w, unsigned ready, void *arg)
{
	(void)w;
	(void)ready;
	((struct peer *)arg)->ready = true;
}

static void watch_peer(struct loop *loop, struct peer *p, bool may_read)
{
	if (!p->open || p->link.broken || p->link.eof)
		return;
	unsigned events = (may_read ? (unsigned)LOOP_IN : 0) | (link_unsent(&p->link) ? (unsigned)LOOP_OUT : 0);
	struct err err = { "" };
	if (p->watch.added)
		loop_events(loop, &p->watch, events);
	else if (loop_watch(loop, &p->watch, p->link.fd, events, peer_ready, p, &err) < 0)
		die("%s", err.msg);
}

static void watch_all(struct server *s)
{
	struct engine *e = s->engine;
	bool read_workers = !engine_holds_back(e);
	watch_peer(s->loop, &e->agent, true);
	for (uint32_t i = 0; i < e->nslots; i++)
		watch_peer(s->loop, &e->slots[i]->peer, read_workers);
	for (uint32_t i = 0; i < e->nclients; i++)
		watch_peer(s->loop, &e->clients[i].peer, true);
}

static void on_signal(int signo, void *arg)
{
	struct server *s = arg;
	char name[32];
	if (signo != SIGTERM && signo != SIGQUIT && signo != SIGINT)
		return;
	s->stop_step = signo == SIGQUIT ? 3 : 2;
	snprintf(s->stop_why, sizeof(s->stop_why), "the engine got %s", process_signal_name(signo, name, sizeof(name)));
}

static void run_loop(struct server *s)
{
	struct err err = { "" };
	while (!s->engine->finished) {
		uint64_t now = clock_now();
		if (s->stop_step)
			engine_stop(s->engine, s->stop_step, s->stop_why);
		engine_turn(s->engine, now);
		watch_all(s);
		if (s->engine->finished)
			break;
		uint64_t due = engine_due(s->engine);
		now = clock_now();
		if (loop_turn(s->loop, due > now ? due - now : 0, &err) < 0)
			die("%s", err.msg);
	}
}

static int set_up(struct server *s, struct err *err)
{
	sigset_t set;
	sigemptyset(&set);
	int wanted[] = { SIGTERM, SIGQUIT, SIGINT, SIGHUP, SIGCHLD };
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	prctl(PR_SET_NAME, "pooltop-engine"); /* it was started as /proc/self/exe */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of the write, like a full disk */
	umask(077);               /* results are their user's own */
	process_raise_nofile();
	if (process_become_subreaper(err) < 0)
		return -1;
	s->loop = loop_new(clock_now, err);
	return s->loop ? loop_signals(s->loop, &set, on_signal, s, err) : -1;
}

int engine_serve(int fd, const char *build_id, const char *version)
{
	struct server s = { .lock_fd = -1 };
	struct err err = { "" };
	struct link l;
	const char *log = getenv("POOLTOP_LOG");
	if (log && *log)
		log_open(log, "engine", &err);
	die_catch_fatal_signals();
	link_init(&l, fd, MAX_CLIENT_PAYLOAD);
	if (set_up(&s, &err) < 0) {
		refuse(&l, 1, err.msg);
		return 1;
	}
	int status = receive_run(&s, &l, build_id, version);
	if (status == 0) {
		engine_add_client(s.engine, l, true);
		run_loop(&s);
		status = (int)s.engine->exit_status;
		engine_farewell(s.engine, FAREWELL_NS);
	} else {
		link_release(&l);
	}
	engine_free(s.engine);
	loop_free(s.loop);
	if (s.lock_fd >= 0)
		close(s.lock_fd);
	return status;
}
