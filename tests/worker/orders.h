/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the agent share: its orders and answers. */
#ifndef TESTS_WORKER_ORDERS_H
#define TESTS_WORKER_ORDERS_H

#include <errno.h>
#include <sys/prctl.h>

#include "build-id.h"
#include "worker/drive.h"

HELPER void send_setup_build(struct drive *d, const struct plan *p, const char *build)
{
	struct agent_setup m = { .protocol = PROTOCOL_VERSION, .run_id = "test-run", .grace_ns = NS_PER_S };
	struct str work = STR_INIT;

	str_copy(m.build_id, sizeof(m.build_id), build);
	if (p)
		work_spec_pack(&work, p);
	else
		str_adds(&work, "nonsense");
	m.work = (struct slice){ work.p, work.n };
	msg_put_agent_setup(&d->link, &m);
	drive_send(&d->link);
	str_release(&work);
}

/* An agent that has said READY; `path` NULL is the real program. */
HELPER void start_agent(struct drive *d, const struct plan *p, const char *path)
{
	struct agent_ready m;
	struct err err = { "" };

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* as an engine is */
	if (path)
		drive_start_program(d, path, "agent");
	else
		drive_start(d, "agent");
	send_setup_build(d, p, POOLTOP_BUILD_ID);
	ck_assert_int_eq(msg_get_agent_ready(drive_expect(&d->link, MSG_AGENT_READY), &m, &err), 0);
	ck_assert_str_eq(m.build_id, POOLTOP_BUILD_ID);
	ck_assert_int_eq((int)m.pid, d->pid);
	ck_assert_uint_ge(m.max_workers, 1);
}

/* The next frame that is not about samples. */
HELPER struct frame next_order(struct drive *d)
{
	struct frame f;

	do
		ck_assert_msg(drive_next(&d->link, &f), "the agent's link has ended");
	while (f.type == MSG_SAMPLES);
	return f;
}

HELPER struct slice expect(struct drive *d, unsigned type)
{
	struct frame f = next_order(d);

	ck_assert_msg(f.type == type, "%s came instead of %s", msg_name(f.type), msg_name(type));
	return f.payload;
}

HELPER void order_start(struct drive *d, uint32_t slot, uint32_t generation, uint8_t method)
{
	msg_put_slot_start(&d->link, &(struct slot_start){ slot, generation, method });
	drive_send(&d->link);
}

HELPER void order_signal(struct drive *d, uint32_t slot, uint32_t generation, int signo)
{
	msg_put_slot_signal(&d->link, &(struct slot_signal){ slot, generation, (uint32_t)signo });
	drive_send(&d->link);
}

/* A started worker and our end of its link. */
struct started {
	pid_t pid;
	struct link link;
};

HELPER void take_started(struct drive *d, struct slice payload, struct started *w, uint32_t slot, uint32_t generation)
{
	struct slot_started m;
	struct err err = { "" };
	int fd = link_take_fd(&d->link);

	ck_assert_int_eq(msg_get_slot_started(payload, &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_int_ge(fd, 0);
	w->pid = (pid_t)m.pid;
	link_init(&w->link, fd, DRIVE_PAYLOAD);
}

/* Starts a worker and waits for its READY. */
HELPER void start_worker(struct drive *d, const struct plan *p, struct started *w, uint32_t slot, uint32_t generation,
			 uint8_t method)
{
	struct worker_ready m;
	struct err err = { "" };

	order_start(d, slot, generation, method);
	take_started(d, expect(d, MSG_SLOT_STARTED), w, slot, generation);
	if (method == WIRE_SPAWN) {
		drive_setup(&w->link, p);
		drive_send(&w->link);
	}
	ck_assert_int_eq(msg_get_worker_ready(drive_expect(&w->link, MSG_READY), &m, &err), 0);
	ck_assert_int_eq((int)m.pid, w->pid);
}

HELPER struct slot_exited take_exited(struct drive *d, uint32_t slot, uint32_t generation)
{
	struct slot_exited m;
	struct err err = { "" };

	ck_assert_int_eq(msg_get_slot_exited(expect(d, MSG_SLOT_EXITED), &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	return m;
}

HELPER bool is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

/* Ends the agent by closing its link: it must leave nothing. */
HELPER void end_agent(struct drive *d)
{
	close(d->link.fd);
	d->link.fd = -1;
	ck_assert_int_eq(drive_wait(d), 0);
	drive_release(d);
	ck_assert_int_eq(process_sweep(NULL, NULL), 0);
}

/* One task through a worker, to see that its link is a link. */
HELPER void run_one(struct started *w, const struct plan *p, uint32_t generation)
{
	struct results m;
	struct err err = { "" };

	drive_grant(&w->link, p, 3, 1, 1);
	drive_send(&w->link);
	drive_expect(&w->link, MSG_BEGUN);
	ck_assert_int_eq(msg_get_results(drive_expect(&w->link, MSG_RESULTS), &m, &err), 0);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_uint_eq(m.first, 3);
}

HELPER const char *const no_time[] = { "time", "0", NULL };

HELPER void expect_refused(struct drive *d, uint32_t slot, uint32_t generation, const char *word)
{
	struct slot_refused m;
	struct err err = { "" };

	ck_assert_int_eq(msg_get_slot_refused(expect(d, MSG_SLOT_REFUSED), &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_msg(strstr(m.why, word) != NULL, "%s", m.why);
}

#endif
