/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepares once, then forks workers that share what was prepared. They are the agent's children, not this one's. */
#include "work/template.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/process.h"
#include "wire/msg.h"
#include "work/prepared.h"
#include "work/worker.h"

/* Few requests a read: each has a descriptor, of which a link keeps only so many. */
#define READ_BUDGET ((FRAME_HEADER + 8) * TEMPLATE_IN_FLIGHT)

struct template {
	struct link link;
	struct prepared work;
	pid_t agent;
	char *title;
};

/* Waits for one frame. 0, or -1 when the agent is gone or not to be understood. */
static int await_frame(struct link *l, struct frame *f)
{
	int rc;

	while ((rc = link_next(l, f, NULL)) == 0) {
		link_wait(l, UINT64_MAX);
		if (link_read(l, READ_BUDGET, NULL) < 0)
			return -1;
	}
	return rc < 0 ? -1 : 0;
}

static int prepare(struct template *t)
{
	struct frame f;
	struct err err;
	struct str *s;

	do
		if (await_frame(&t->link, &f) < 0)
			return HELPER_EXIT_OK;
	while (f.type != MSG_SETUP);
	if (prepared_make(&t->work, f.payload, &err) < 0) {
		s = link_begin(&t->link, TEMPLATE_FAILED);
		pack_z(s, err.msg);
		link_end(&t->link);
		link_drain(&t->link, NULL);
		return HELPER_EXIT_SETUP;
	}
	link_put(&t->link, TEMPLATE_READY, "", 0);
	return link_drain(&t->link, NULL) < 0 ? HELPER_EXIT_OK : -1;
}

/* In the new worker. Its own end is all it keeps of the descriptors here. */
static int become_worker(struct template *t, int fd, uint32_t generation)
{
	process_die_with(t->agent, SIGKILL);
	process_become_subreaper(NULL);
	setsid();
	memset(t->title, 0, strlen(t->title));
	memcpy(t->title, "worker", sizeof("worker")); /* shorter than "template" */
	link_release(&t->link);
	return worker_run(fd, generation, &t->work);
}

static void answer(struct template *t, uint32_t slot, uint32_t generation, pid_t pid, const struct err *err)
{
	struct str *s = link_begin(&t->link, pid > 0 ? TEMPLATE_FORKED : TEMPLATE_REFUSED);

	pack_u32(s, slot);
	pack_u32(s, generation);
	if (pid > 0)
		pack_u64(s, (uint64_t)pid);
	else
		pack_z(s, err->msg);
	link_end(&t->link);
}

/* Answers one request. -1 to go on; in the worker, its exit status. */
static int serve(struct template *t, const struct frame *f)
{
	struct reader r = reader_of(f->payload);
	uint32_t slot = get_u32(&r), generation = get_u32(&r);
	int fd = link_take_fd(&t->link);
	struct err err;
	pid_t pid;

	if (f->type != TEMPLATE_FORK || r.bad || r.left > 0 || fd < 0)
		return HELPER_EXIT_PROTOCOL;
	pid = process_fork_sibling(&err);
	if (pid == 0)
		return become_worker(t, fd, generation);
	close(fd);
	answer(t, slot, generation, pid, &err);
	return -1;
}

int template_run(int fd, char *title)
{
	struct template t = { .agent = getppid(), .title = title };
	struct frame f;
	int status;

	link_init(&t.link, fd, MAX_AGENT_PAYLOAD);
	status = prepare(&t);
	while (status < 0) {
		if (await_frame(&t.link, &f) < 0)
			status = HELPER_EXIT_OK;
		else
			status = serve(&t, &f);
		/* in the worker the link is closed and status its end */
		if (status < 0 && link_drain(&t.link, NULL) < 0)
			status = HELPER_EXIT_OK;
	}
	link_release(&t.link);
	prepared_release(&t.work);
	return status;
}
