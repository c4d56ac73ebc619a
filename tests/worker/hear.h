/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the worker share: starting one, and hearing all that it says. */
#ifndef TESTS_WORKER_HEAR_H
#define TESTS_WORKER_HEAR_H

#include "build-id.h"
#include "worker/drive.h"

/* A spawned worker that has said READY. */
HELPER void start_ready(struct drive *d, const struct plan *p)
{
	struct worker_ready ready;
	struct err err = { "" };

	drive_start(d, "worker");
	drive_setup(&d->link, p);
	drive_send(&d->link);
	ck_assert_int_eq(msg_get_worker_ready(drive_expect(&d->link, MSG_READY), &ready, &err), 0);
	ck_assert_int_eq((int)ready.pid, d->pid);
	ck_assert_uint_eq(ready.protocol, PROTOCOL_VERSION);
	ck_assert_str_eq(ready.build_id, POOLTOP_BUILD_ID);
	ck_assert_str_ne(ready.simd, "");
}

/* What came back until the link ended or BYE. */
struct heard {
	double *values;       /* by order of execution */
	uint64_t *tasks;
	unsigned char *failed;
	uint64_t n, cap;
	uint64_t frames, begun, progress, pongs, failures, returned_messages;
	uint64_t returned;    /* tasks */
	uint64_t last_begun;
	char why[512];        /* of the last failed task */
	uint64_t bye;         /* what BYE said, UINT64_MAX = none came */
};

HELPER void hear_results(struct heard *h, struct slice payload)
{
	struct results m;
	struct err err = { "" };
	uint64_t sum = 0;

	ck_assert_msg(msg_get_results(payload, &m, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(m.generation, 7);
	h->frames++;
	if (h->n + m.count > h->cap) {
		h->cap = 2 * (h->n + m.count);
		h->values = realloc(h->values, h->cap * sizeof(*h->values));
		h->tasks = realloc(h->tasks, h->cap * sizeof(*h->tasks));
		h->failed = realloc(h->failed, h->cap);
	}
	for (uint32_t i = 0; i < m.count; i++, h->n++) {
		h->values[h->n] = drive_value(&m, i);
		h->tasks[h->n] = m.first + i;
		h->failed[h->n] = m.status.n ? ((const unsigned char *)m.status.p)[i] : 0;
		sum += drive_time(&m, i);
	}
	/* the times are parts of the frame's span that do not overlap */
	ck_assert_uint_le(sum, m.ended_at - m.begun_at);
}

HELPER void hear_returned(struct heard *h, struct slice payload)
{
	struct returned m;
	struct err err = { "" };

	ck_assert_msg(msg_get_returned(payload, &m, &err) == 0, "%s", err.msg);
	h->returned_messages++;
	for (uint32_t i = 0; i < m.n; i++)
		h->returned += range_at(m.ranges, i).count;
}

/* Hears one message. False at the end of the link. */
HELPER bool hear(struct drive *d, struct heard *h)
{
	struct frame f;
	struct begun begun;
	struct progress progress;
	struct task_failed failed;
	struct bye bye;
	struct err err = { "" };

	if (!drive_next(&d->link, &f))
		return false;
	switch (f.type) {
	case MSG_RESULTS:
		hear_results(h, f.payload);
		break;
	case MSG_RETURNED:
		hear_returned(h, f.payload);
		break;
	case MSG_BEGUN:
		ck_assert_int_eq(msg_get_begun(f.payload, &begun, &err), 0);
		h->last_begun = begun.task;
		h->begun++;
		break;
	case MSG_PROGRESS:
		ck_assert_int_eq(msg_get_progress(f.payload, &progress, &err), 0);
		ck_assert_uint_eq(progress.task, h->last_begun);
		ck_assert_uint_le(progress.done, progress.of);
		h->progress++;
		break;
	case MSG_TASK_FAILED:
		ck_assert_int_eq(msg_get_task_failed(f.payload, &failed, &err), 0);
		str_copy(h->why, sizeof(h->why), failed.why);
		h->failures++;
		break;
	case MSG_PONG:
		ck_assert_uint_eq(f.payload.n, 0);
		h->pongs++;
		break;
	case MSG_BYE:
		ck_assert_int_eq(msg_get_bye(f.payload, &bye, &err), 0);
		h->bye = bye.tasks;
		break;
	default:
		ck_abort_msg("unexpected message %s (%u)", msg_name(f.type), f.type);
	}
	return true;
}

HELPER void hear_tasks(struct drive *d, struct heard *h, uint64_t n)
{
	while (h->n < n)
		ck_assert(hear(d, h));
	ck_assert_uint_eq(h->n, n);
}

/* STOP, and everything up to the orderly end. */
HELPER void stop(struct drive *d, struct heard *h)
{
	h->bye = UINT64_MAX;
	msg_put_empty(&d->link, MSG_STOP);
	drive_send(&d->link);
	while (hear(d, h))
		;
	ck_assert_uint_eq(h->bye, h->n);
	ck_assert_int_eq(drive_wait(d), 0);
	drive_release(d);
}

HELPER void forget(struct heard *h, struct plan *p)
{
	free(h->values);
	free(h->tasks);
	free(h->failed);
	plan_release(p);
}

HELPER const char *const no_time[] = { "time", "0", NULL };
HELPER const char *const an_hour[] = { "time", "1h", NULL };

#endif
