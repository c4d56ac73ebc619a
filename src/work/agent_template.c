/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's side of the template: one at a time, made at first need, made anew after its death. */
#include "work/agent_state.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "work/template.h"

#define READ_BUDGET 4096

static void template_heard(struct watch *w, unsigned ready, void *arg)
{
	(void)w;
	(void)ready;
	((struct agent *)arg)->template.heard = true;
}

static void template_exited(struct watch *w, unsigned ready, void *arg)
{
	struct agent *a = arg;

	(void)ready;
	loop_unwatch(a->loop, w);
	a->template.ended = true;
}

static struct place *take_queued(struct agent *a)
{
	return &a->places[a->queue[a->queue_at++ % AGENT_SLOTS_MAX]];
}

/* Refuses the starts that wait for the template. */
static void refuse_queued(struct agent *a, const struct err *err)
{
	while (a->queue_at != a->queue_n) {
		struct place *p = take_queued(a);

		p->state = PLACE_EMPTY;
		agent_refuse(a, p->slot, p->generation, err);
	}
}

static int start_template(struct agent *a, struct err *err)
{
	char *argv[] = { "pooltop-worker", "template", NULL };
	struct process_fd map = { .child = 3 };
	struct process_spec spec = {
		.path = "/proc/self/exe", .argv = argv, .envp = a->envp, .fds = &map, .nfds = 1,
		.new_session = true, .death_signal = SIGKILL, .restore_nofile = true,
	};
	struct template_proc *t = &a->template;
	int pair[2];

	if (link_pair(pair, err) < 0)
		return -1;
	map.parent = pair[1];
	memset(t, 0, sizeof(*t));
	link_init(&t->link, pair[0], MAX_AGENT_PAYLOAD);
	t->pid = process_spawn(&spec, &t->pidfd, err);
	close(pair[1]);
	if (t->pid < 0) {
		link_release(&t->link);
		t->pid = 0;
		return -1;
	}
	link_put(&t->link, MSG_SETUP, a->work.p, a->work.n);
	link_flush(&t->link, NULL);
	log_debug("template is process %d", (int)t->pid);
	if (loop_watch(a->loop, &t->watch, t->link.fd, LOOP_IN, template_heard, a, err) < 0 ||
	    loop_watch(a->loop, &t->exit_watch, t->pidfd, LOOP_IN, template_exited, a, err) < 0) {
		agent_template_release(a);
		return -1;
	}
	return 0;
}

void agent_template_need(struct agent *a)
{
	struct err err;

	if (a->template.pid == 0 && start_template(a, &err) < 0)
		refuse_queued(a, &err);
}

/* The place that an answer names, when it was asked for. */
static struct place *answered(struct agent *a, struct reader *r)
{
	uint32_t slot = get_u32(r), generation = get_u32(r);
	struct place *p = slot < AGENT_SLOTS_MAX ? &a->places[slot] : NULL;

	if (r->bad || !p || p->state != PLACE_ASKED || p->generation != generation)
		return NULL;
	a->template.in_flight--;
	return p;
}

/* Hears one message. 0, or -1 with *err when the template cannot go on. */
static int hear(struct agent *a, const struct frame *f, struct err *err)
{
	struct reader r = reader_of(f->payload);
	struct place *p;
	struct err why;

	switch (f->type) {
	case TEMPLATE_READY:
		a->template.ready = true;
		return 0;
	case TEMPLATE_FAILED:
		get_z(&r, err->msg, sizeof(err->msg));
		return -1;
	case TEMPLATE_FORKED:
		p = answered(a, &r);
		if (!p)
			break;
		agent_started(a, p, (pid_t)get_u64(&r), -1, p->engine_end);
		return 0;
	case TEMPLATE_REFUSED:
		p = answered(a, &r);
		if (!p)
			break;
		get_z(&r, why.msg, sizeof(why.msg));
		close(p->engine_end);
		p->state = PLACE_EMPTY;
		agent_refuse(a, p->slot, p->generation, &why);
		return 0;
	}
	return err_set(err, "the template process sent what it may not");
}

/* Reads its link dry. 0 while it lives, 1 when the link has ended, -1 with *err when it cannot go on. */
static int hear_all(struct agent *a, struct err *err)
{
	struct template_proc *t = &a->template;
	struct frame f;
	long got;
	int rc;

	do {
		got = link_read(&t->link, READ_BUDGET, err);
		while ((rc = link_next(&t->link, &f, err)) > 0)
			if (hear(a, &f, err) < 0)
				return -1;
	} while (got > 0 && rc == 0);
	if (t->link.eof)
		return 1;
	return got < 0 || rc < 0 ? -1 : 0;
}

/* Ends it, if it has not ended, and forgets it. Workers whose forks it has not reported are leftovers then. */
static void bury(struct agent *a, struct err *err, bool own_words)
{
	struct process_exit how = { 0 };
	char text[64];

	process_signal(a->template.pid, SIGKILL, false);
	if (process_wait(a->template.pid, &how, NULL) == 0 && !own_words)
		err_set(err, "the template process that workers are forked from has died: %s",
			process_exit_text(text, sizeof(text), &how));
	for (uint32_t slot = 0; slot < a->nplaces; slot++) {
		struct place *p = &a->places[slot];

		if (p->state != PLACE_ASKED)
			continue;
		close(p->engine_end);
		p->state = PLACE_EMPTY;
		agent_refuse(a, p->slot, p->generation, err);
	}
	a->template.pid = 0;
	a->template.in_flight = 0;
	a->template_died = true;
	agent_template_release(a);
	refuse_queued(a, err);
}

void agent_template_turn(struct agent *a)
{
	struct template_proc *t = &a->template;
	struct err err;
	int rc;

	if (t->pid == 0 || (!t->heard && !t->ended))
		return;
	t->heard = false;
	rc = hear_all(a, &err);
	if (rc != 0 || t->ended)
		bury(a, &err, rc < 0);
}

/* Asks for one worker. 0, or -1 with *err when there are no descriptors for its link. */
static int ask(struct agent *a, struct place *p, struct err *err)
{
	struct link *l = &a->template.link;
	struct str *s;
	int pair[2];

	if (link_pair(pair, err) < 0)
		return -1;
	link_put_fd(l, pair[1]);
	s = link_begin(l, TEMPLATE_FORK);
	pack_u32(s, p->slot);
	pack_u32(s, p->generation);
	link_end(l);
	p->engine_end = pair[0];
	p->state = PLACE_ASKED;
	a->template.in_flight++;
	return 0;
}

void agent_template_ask(struct agent *a)
{
	struct template_proc *t = &a->template;
	struct err err;

	if (t->pid == 0 || !t->ready)
		return;
	/* Exits are collected only when no answer is outstanding: they come first, else a stream of starts could put
	 * them off for ever. */
	while (a->queue_at != a->queue_n && t->in_flight < TEMPLATE_IN_FLIGHT && !a->nended && !a->template_died) {
		struct place *p = take_queued(a);

		if (ask(a, p, &err) < 0) {
			p->state = PLACE_EMPTY;
			agent_refuse(a, p->slot, p->generation, &err);
		}
	}
	link_flush(&t->link, NULL); /* it takes every request; a death is noticed by its pidfd */
}

void agent_template_release(struct agent *a)
{
	struct template_proc *t = &a->template;

	if (t->link.fd < 0)
		return;
	loop_unwatch(a->loop, &t->watch);
	loop_unwatch(a->loop, &t->exit_watch);
	link_release(&t->link);
	if (t->pidfd >= 0)
		close(t->pidfd);
	t->pidfd = -1;
	if (t->pid > 0) {
		process_signal(t->pid, SIGKILL, false);
		process_wait(t->pid, NULL, NULL);
		t->pid = 0;
	}
}
