/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Driving the real pooltop-worker by frames written by hand: what the tests of worker and agent share. Waits for
 * events only; what does not come within PATIENCE fails the test. */
#ifndef TESTS_WORKER_DRIVE_H
#define TESTS_WORKER_DRIVE_H

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "plan/plan.h"
#include "tap.h"
#include "wire/msg.h"

#define PATIENCE (60 * NS_PER_S)
#define DRIVE_PAYLOAD MAX_AGENT_PAYLOAD
#define HELPER static __attribute__((unused))

extern char **environ;

/* A started program and our end of its link. */
struct drive {
	pid_t pid;
	struct link link;
	int complaints; /* the reading end of its stderr */
};

HELPER const char *drive_program(char *buf, size_t size)
{
	const char *path = getenv("POOLTOP_WORKER"), *top = getenv("top_builddir");

	if (path)
		return path;
	snprintf(buf, size, "%s/pooltop-worker", top ? top : ".");
	return buf;
}

/* Starts `path what` with the link as descriptor 3. */
HELPER void drive_start_program(struct drive *d, const char *path, const char *what)
{
	char *argv[] = { (char *)(uintptr_t)"pooltop-worker", (char *)(uintptr_t)what, NULL, NULL, NULL };
	struct process_fd fds[2] = { { .child = 3 }, { .child = 2 } };
	struct process_spec spec = {
		.path = path, .argv = argv, .envp = environ, .fds = fds, .nfds = 2,
		.new_session = true, .death_signal = SIGKILL,
	};
	int pair[2], out[2];
	struct err err = { "" };

	if (strcmp(what, "worker") == 0) {
		argv[2] = (char *)(uintptr_t)"5";
		argv[3] = (char *)(uintptr_t)"7"; /* its generation */
	} else {
		spec.death_signal = 0;
	}
	ck_assert_int_eq(link_pair(pair, &err), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	fds[0].parent = pair[1];
	fds[1].parent = out[1];
	d->pid = process_spawn(&spec, NULL, &err);
	ck_assert_msg(d->pid > 0, "%s", err.msg);
	close(pair[1]);
	close(out[1]);
	d->complaints = out[0];
	link_init(&d->link, pair[0], DRIVE_PAYLOAD);
}

HELPER void drive_start(struct drive *d, const char *what)
{
	char buf[4096];

	drive_start_program(d, drive_program(buf, sizeof(buf)), what);
}

/* The next frame: true; false at the end of the link. */
HELPER bool drive_next(struct link *l, struct frame *f)
{
	struct err err = { "" };
	int rc;

	ck_assert_int_ge(link_flush(l, NULL), -1);
	while ((rc = link_next(l, f, &err)) == 0) {
		ck_assert_msg(link_wait(l, PATIENCE), "no message came in time");
		if (link_read(l, 1u << 20, &err) < 0) {
			ck_assert_msg(l->eof, "%s", err.msg);
			return false;
		}
	}
	ck_assert_msg(rc > 0, "%s", err.msg);
	return true;
}

/* The next frame, which must be of this type. */
HELPER struct slice drive_expect(struct link *l, unsigned type)
{
	struct frame f;

	ck_assert_msg(drive_next(l, &f), "the link ended instead of %s", msg_name(type));
	ck_assert_msg(f.type == type, "%s came instead of %s", msg_name(f.type), msg_name(type));
	return f.payload;
}

HELPER void drive_send(struct link *l)
{
	struct err err = { "" };

	ck_assert_msg(link_drain(l, &err) == 0, "%s", err.msg);
}

/* The program's end and its exit status (or 1000 + signal). */
HELPER int drive_wait(struct drive *d)
{
	struct process_exit how;
	struct err err = { "" };
	int pidfd = process_pidfd(d->pid, &err);
	struct link fake = { .fd = pidfd };

	ck_assert_msg(pidfd >= 0, "%s", err.msg);
	ck_assert_msg(link_wait(&fake, PATIENCE), "the program has not ended in time");
	ck_assert_int_eq(process_reap(d->pid, &how), 1);
	close(pidfd);
	return how.signaled ? 1000 + how.code : how.code;
}

/* What it wrote to stderr; after its end. */
HELPER const char *drive_complaints(struct drive *d, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size - 1 && (got = read(d->complaints, buf + n, size - 1 - n)) > 0)
		n += (size_t)got;
	buf[n] = '\0';
	return buf;
}

HELPER void drive_release(struct drive *d)
{
	link_release(&d->link);
	close(d->complaints);
}

/* A plan of one kind with its defaults; settings are pairs of name and text, ended by NULL. */
HELPER void drive_plan(struct plan *p, const char *kind, const char *const *settings)
{
	struct err err = { "" };

	plan_init(p);
	p->kind = kind_find(kind);
	ck_assert_ptr_nonnull(p->kind);
	p->seed = 507;
	p->tasks = 1000;
	p->values = calloc(p->kind->nparams + 1, sizeof(*p->values));
	for (size_t i = 0; i < p->kind->nparams; i++) {
		const struct param *param = &p->kind->params[i];
		const char *text = param->fallback;

		for (const char *const *s = settings; s && *s; s += 2)
			if (strcmp(*s, param->name) == 0)
				text = s[1];
		ck_assert_msg(param_parse(param, text, &p->values[i], NULL, &err) == 0, "%s", err.msg);
	}
}

/* Lets one parameter vary over a list of texts; ended by NULL. */
HELPER void drive_axis(struct plan *p, const char *name, const char *const *texts)
{
	int param = kind_param(p->kind, name);
	struct axis *a;
	struct err err = { "" };

	ck_assert_int_ge(param, 0);
	p->inputs.axes = realloc(p->inputs.axes, (p->inputs.naxes + 1) * sizeof(*p->inputs.axes));
	a = &p->inputs.axes[p->inputs.naxes++];
	memset(a, 0, sizeof(*a));
	a->param = (size_t)param;
	while (texts[a->n])
		a->n++;
	a->values = calloc(a->n, sizeof(*a->values));
	for (uint64_t i = 0; i < a->n; i++)
		ck_assert_msg(param_parse(&p->kind->params[param], texts[i], &a->values[i], NULL, &err) == 0, "%s", err.msg);
	p->inputs.repeat = 1;
}

HELPER void drive_setup(struct link *l, const struct plan *p)
{
	struct str s = STR_INIT;

	work_spec_pack(&s, p);
	link_put(l, MSG_SETUP, s.p, s.n);
	str_release(&s);
}

/* Grants one range, with its inputs. */
HELPER void drive_grant(struct link *l, const struct plan *p, uint64_t first, uint32_t count, uint32_t chunk)
{
	struct str ranges = STR_INIT, inputs = STR_INIT;
	struct grant m = { .n = 1 };

	range_pack(&ranges, (struct grant_range){ first, count, chunk });
	for (uint32_t i = 0; p->inputs.naxes && i < count; i++)
		plan_input_pack(&inputs, p, first + i);
	m.ranges = (struct slice){ ranges.p, ranges.n };
	m.inputs = (struct slice){ inputs.p, inputs.n };
	msg_put_grant(l, &m);
	str_release(&ranges);
	str_release(&inputs);
}

HELPER double drive_value(const struct results *r, uint32_t i)
{
	double v;

	memcpy(&v, (const char *)r->values.p + (size_t)i * 8, sizeof(v));
	return v;
}

HELPER uint32_t drive_time(const struct results *r, uint32_t i)
{
	uint32_t v;

	memcpy(&v, (const char *)r->times.p + (size_t)i * 4, sizeof(v));
	return v;
}

/* tap_run, where the programs can be started. */
HELPER int drive_run(Suite *s)
{
	const char *preload = getenv("LD_PRELOAD");

	if (!preload || !strstr(preload, "vgpreload"))
		return tap_run(s);
	srunner_free(srunner_create(s));
	puts("1..0 # SKIP valgrind 3.19 knows neither pidfds nor a vfork that shares memory");
	return 0;
}

#endif
