/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a pool takes to start: from the order to start the agent until every worker has said READY, for both start
 * methods. This program plays the engine. Prints a table with median, least and most of ROUNDS rounds (argument 1,
 * default 15).
 *
 * Usage: bench_start [ROUNDS [METHOD WORKERS]...] */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/loop.h"
#include "base/process.h"
#include "build-id.h"
#include "plan/plan.h"
#include "wire/msg.h"

extern char **environ;

struct bench {
	struct loop *loop;
	struct link control;
	struct watch watch;
	uint32_t n, ready;
	uint8_t method;
	struct str work;
	struct worker_end {
		struct bench *bench;
		struct link link;
		struct watch watch;
	} *workers;
};

static void must(int rc, const struct err *err)
{
	if (rc < 0)
		die("%s", err->msg);
}

static void worker_heard(struct watch *w, unsigned ready, void *arg)
{
	struct worker_end *e = arg;
	struct frame f;
	struct err err;
	int rc;

	(void)w;
	(void)ready;
	must((int)link_read(&e->link, 65536, &err), &err);
	rc = link_next(&e->link, &f, &err);
	must(rc, &err);
	if (rc == 0)
		return;
	if (f.type != MSG_READY)
		die("%s came instead of READY", msg_name(f.type));
	e->bench->ready++;
}

static void started(struct bench *b, struct slice payload)
{
	struct slot_started m;
	struct worker_end *e;
	struct err err;

	must(msg_get_slot_started(payload, &m, &err), &err);
	e = &b->workers[m.slot];
	e->bench = b;
	link_init(&e->link, link_take_fd(&b->control), MAX_WORKER_PAYLOAD);
	if (b->method == WIRE_SPAWN) {
		link_put(&e->link, MSG_SETUP, b->work.p, b->work.n);
		must(link_flush(&e->link, &err), &err);
	}
	must(loop_watch(b->loop, &e->watch, e->link.fd, LOOP_IN, worker_heard, e, &err), &err);
}

static void agent_heard(struct watch *w, unsigned ready, void *arg)
{
	struct bench *b = arg;
	struct slot_refused refused;
	struct frame f;
	struct err err;
	int rc;

	(void)w;
	(void)ready;
	must((int)link_read(&b->control, 2048, &err), &err);
	while ((rc = link_next(&b->control, &f, &err)) > 0) {
		if (f.type == MSG_SLOT_STARTED)
			started(b, f.payload);
		if (f.type == MSG_SLOT_REFUSED && msg_get_slot_refused(f.payload, &refused, &err) == 0)
			die("slot %u: %s", refused.slot, refused.why);
	}
	must(rc, &err);
}

static pid_t start_agent(struct bench *b, const char *program)
{
	char *argv[] = { (char *)(uintptr_t)"pooltop-worker", (char *)(uintptr_t)"agent", NULL };
	struct process_fd fds[] = { { 3, -1 }, { 2, 2 } };
	struct process_spec spec = {
		.path = program, .argv = argv, .envp = environ, .fds = fds, .nfds = 2, .new_session = true,
	};
	struct agent_setup m = { .protocol = PROTOCOL_VERSION, .build_id = POOLTOP_BUILD_ID, .run_id = "bench",
				 .work = { b->work.p, b->work.n } };
	struct err err;
	int pair[2];
	pid_t pid;

	must(link_pair(pair, &err), &err);
	fds[0].parent = pair[1];
	pid = process_spawn(&spec, NULL, &err);
	must(pid, &err);
	close(pair[1]);
	link_init(&b->control, pair[0], MAX_AGENT_PAYLOAD);
	msg_put_agent_setup(&b->control, &m);
	for (uint32_t i = 0; i < b->n; i++)
		msg_put_slot_start(&b->control, &(struct slot_start){ i, 1, b->method });
	must(link_flush(&b->control, &err), &err);
	must(loop_watch(b->loop, &b->watch, b->control.fd, LOOP_IN, agent_heard, b, &err), &err);
	return pid;
}

/* One round: nanoseconds until all are ready. */
static uint64_t one_round(struct bench *b, const char *program)
{
	struct process_exit how;
	struct err err;
	uint64_t start, took;
	pid_t agent;

	b->ready = 0;
	memset(&b->watch, 0, sizeof(b->watch));
	b->workers = xcalloc(b->n, sizeof(*b->workers));
	b->loop = loop_new(clock_now, &err);
	if (!b->loop)
		die("%s", err.msg);
	start = clock_now();
	agent = start_agent(b, program);
	while (b->ready < b->n)
		must(loop_turn(b->loop, UINT64_MAX, &err), &err);
	took = clock_now() - start;
	loop_unwatch(b->loop, &b->watch);
	link_release(&b->control);
	for (uint32_t i = 0; i < b->n; i++) {
		loop_unwatch(b->loop, &b->workers[i].watch);
		link_release(&b->workers[i].link);
	}
	must(process_wait(agent, &how, &err), &err);
	loop_free(b->loop);
	free(b->workers);
	return took;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(const char *program, uint8_t method, uint32_t n, unsigned rounds, const char *must_be,
		    const char *goal)
{
	struct plan p;
	struct bench b = { .n = n, .method = method };
	uint64_t *took = xcalloc(rounds, sizeof(*took));
	struct err err;

	plan_init(&p);
	p.kind = kind_find("integrate");
	p.values = xcalloc(p.kind->nparams, sizeof(*p.values));
	for (size_t i = 0; i < p.kind->nparams; i++)
		must(param_parse(&p.kind->params[i], p.kind->params[i].fallback, &p.values[i], NULL, &err), &err);
	work_spec_pack(&b.work, &p);
	for (unsigned i = 0; i < rounds; i++)
		took[i] = one_round(&b, program);
	qsort(took, rounds, sizeof(*took), compare);
	printf("%-6s %7u  %8.2f %8.2f %8.2f   %5s %5s\n", method == WIRE_FORK ? "fork" : "spawn", n,
	       (double)took[rounds / 2] / 1e6, (double)took[0] / 1e6, (double)took[rounds - 1] / 1e6, must_be, goal);
	fflush(stdout);
	plan_release(&p);
	str_release(&b.work);
	free(took);
}

int main(int argc, char **argv)
{
	static const struct {
		uint8_t method;
		uint32_t n;
		const char *must_be, *goal;
	} rows[] = {
		{ WIRE_SPAWN, 2, "5", "1.5" }, { WIRE_SPAWN, 16, "20", "7" },
		{ WIRE_FORK, 2, "3", "1" }, { WIRE_FORK, 16, "6", "2.5" },
		{ WIRE_FORK, 256, "80", "40" }, { WIRE_FORK, 1000, "300", "120" },
	};
	const char *program = getenv("POOLTOP_WORKER") ? getenv("POOLTOP_WORKER") : "./pooltop-worker";
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 15;

	process_become_subreaper(NULL);
	process_raise_nofile();
	if (rounds < 1)
		die("the number of rounds must be at least 1");
	printf("start, ms       n    median     least      most    must  goal\n");
	if (argc > 3) {
		for (int i = 2; i + 1 < argc; i += 2)
			measure(program, strcmp(argv[i], "fork") == 0 ? WIRE_FORK : WIRE_SPAWN,
				(uint32_t)atoi(argv[i + 1]), rounds, "", "");
		return 0;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		measure(program, rows[i].method, rows[i].n, rounds, rows[i].must_be, rows[i].goal);
	return 0;
}
