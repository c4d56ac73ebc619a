/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many tasks that do nothing one worker executes a second, and what a task of a few microseconds costs on top of
 * itself. This program plays the engine: it keeps the worker's credit full and only checks task numbers. With a CPU
 * each for both.
 *
 * Usage: bench_worker [SECONDS for each row, default 1] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/process.h"
#include "plan/plan.h"
#include "wire/msg.h"

extern char **environ;

static void must(int rc, const struct err *err)
{
	if (rc < 0)
		die("%s", err->msg);
}

static pid_t start_worker(struct link *l, const char *program, const char *kind, const char *time)
{
	char *argv[] = { (char *)(uintptr_t)"pooltop-worker", (char *)(uintptr_t)"worker", NULL };
	struct process_fd fds[] = { { 3, -1 }, { 2, 2 } };
	struct process_spec spec = { .path = program, .argv = argv, .envp = environ, .fds = fds, .nfds = 2 };
	struct str s = STR_INIT;
	struct plan p;
	struct err err;
	int pair[2];
	pid_t pid;

	must(link_pair(pair, &err), &err);
	fds[0].parent = pair[1];
	pid = process_spawn(&spec, NULL, &err);
	must(pid, &err);
	close(pair[1]);
	link_init(l, pair[0], MAX_WORKER_PAYLOAD);
	plan_init(&p);
	p.kind = kind_find(kind);
	p.values = xcalloc(p.kind->nparams, sizeof(*p.values));
	for (size_t i = 0; i < p.kind->nparams; i++)
		must(param_parse(&p.kind->params[i], time && i == WAIT_TIME ? time : p.kind->params[i].fallback, &p.values[i],
				 NULL, &err), &err);
	work_spec_pack(&s, &p);
	link_put(l, MSG_SETUP, s.p, s.n);
	must(link_flush(l, &err), &err);
	str_release(&s);
	plan_release(&p);
	return pid;
}

static void grant(struct link *l, uint64_t first, uint64_t count, uint32_t chunk)
{
	struct str s = STR_INIT;
	struct err err;

	range_pack(&s, (struct grant_range){ first, (uint32_t)count, chunk });
	msg_put_grant(l, &(struct grant){ .n = 1, .ranges = { s.p, s.n } });
	must(link_flush(l, &err), &err);
	str_release(&s);
}

static void row(const char *program, const char *kind, const char *time, uint64_t window, uint32_t chunk,
		double seconds)
{
	struct link l;
	pid_t pid = start_worker(&l, program, kind, time);
	uint64_t granted = 0, done = 0, frames = 0, start = 0, now = 0, counted_from = 0, work = 0, begun = 0;
	struct err err;

	do {
		struct frame f;
		struct results m;

		link_wait(&l, UINT64_MAX);
		must((int)link_read(&l, 256u << 10, &err), &err);
		while (link_next(&l, &f, &err) > 0) {
			if (f.type != MSG_RESULTS)
				continue;
			must(msg_get_results(f.payload, &m, &err), &err);
			if (m.first != done)
				die("task %llu came instead of %llu", (unsigned long long)m.first, (unsigned long long)done);
			done += m.count;
			frames++;
			for (uint32_t i = 0; i < m.count; i++) {
				uint32_t t;

				memcpy(&t, (const char *)m.times.p + 4 * (size_t)i, 4);
				work += t;
			}
		}
		if (granted - done <= window / 2) {
			grant(&l, granted, window - (granted - done), chunk);
			granted += window - (granted - done);
		}
		now = clock_now();
		if (!start && done > 0) { /* the first tasks warm up */
			begun = start = now;
			counted_from = done;
			work = frames = 0;
		}
	} while (!start || (double)(now - start) < seconds * 1e9);
	printf("%-10s %-6s %7llu %6u  %10.0f %9.1f %8.1f\n", kind, time ? time : "", (unsigned long long)window, chunk,
	       (double)(done - counted_from) / (double)(now - begun) * 1e9, (double)(done - counted_from) / (double)frames,
	       (double)work / (double)(now - begun) * 100);
	fflush(stdout);
	link_release(&l);
	process_wait(pid, NULL, NULL);
}

int main(int argc, char **argv)
{
	const char *program = getenv("POOLTOP_WORKER") ? getenv("POOLTOP_WORKER") : "./pooltop-worker";
	double seconds = argc > 1 ? atof(argv[1]) : 1;

	printf("one worker         window  chunk     tasks/s   a frame  useful %%\n");
	row(program, "spin", "0", 4096, 4096, seconds);
	row(program, "spin", "0", 4096, 1, seconds);
	row(program, "spin", "0", 256, 1, seconds);
	row(program, "spin", "5us", 2000, 1, seconds);
	row(program, "spin", "20us", 500, 1, seconds);
	row(program, "spin", "100us", 100, 1, seconds);
	row(program, "spin", "1ms", 10, 1, seconds);
	row(program, "integrate", NULL, 250, 1, seconds);
	return 0;
}
