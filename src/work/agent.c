/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's turn, and its conversation with the engine. */
#include "work/agent.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"
#include "base/text.h"
#include "build-id.h"
#include "work/agent_state.h"

#define READ_BUDGET   (64u << 10)
#define ORDERS_AT_MOST (5 * NS_PER_MS)  /* of one turn: starting a thousand workers takes a while */
#define UNSENT_MAX    (16u << 20)       /* bytes; an engine that is so far behind is not there any more */
#define SPARE_FILES   64                /* descriptors that are no worker's */

static void end(struct agent *a, int why, int status, const char *message)
{
	if (a->ending)
		return;
	a->ending = why;
	a->status = status;
	log_debug("agent ends: %s", message);
	if (status)
		text_complain(stderr, message);
}

static void control_heard(struct watch *w, unsigned ready, void *arg)
{
	struct agent *a = arg;

	(void)w;
	if (ready & (LOOP_IN | LOOP_HUP))
		a->heard = true;
}

static void got_signal(int signo, void *arg)
{
	end(arg, signo, 128 + signo, "the agent was told to end by a signal");
}

static void say_ready(struct agent *a)
{
	struct agent_ready m = { .protocol = PROTOCOL_VERSION, .pid = (uint64_t)getpid() };
	uint64_t files = process_raise_nofile();
	/* a pidfd each, and the engine's end of a link while it is passed on */
	uint64_t most = files > SPARE_FILES + 2 ? (files - SPARE_FILES) / 2 : 1;

	str_copy(m.build_id, sizeof(m.build_id), POOLTOP_BUILD_ID);
	m.max_workers = most < AGENT_SLOTS_MAX ? (uint32_t)most : AGENT_SLOTS_MAX;
	msg_put_agent_ready(&a->control, &m);
}

/* The first message. The answer is sent even to an engine of another build, so that it can say what is wrong. */
static int set_up(struct agent *a, const struct frame *f, struct err *err)
{
	struct agent_setup m;

	if (a->envp[0])
		return err_set(err, "AGENT_SETUP came twice");
	if (msg_get_agent_setup(f->payload, &m, err) < 0)
		return -1;
	say_ready(a);
	if (m.protocol != PROTOCOL_VERSION || strcmp(m.build_id, POOLTOP_BUILD_ID) != 0)
		return err_set(err, "this agent is of build %s, the engine of build %s: install both from one build",
			       POOLTOP_BUILD_ID, m.build_id);
	str_copy(a->run_id, sizeof(a->run_id), m.run_id);
	str_add(&a->work, m.work.p, m.work.n);
	agent_make_env(a);
	return 0;
}

static int obey(struct agent *a, const struct frame *f, struct err *err)
{
	struct slot_start start;
	struct slot_signal signal;

	if (f->type == MSG_AGENT_SETUP)
		return set_up(a, f, err);
	if (!a->envp[0])
		return err_set(err, "a %s message (%u) before AGENT_SETUP", msg_name(f->type), f->type);
	switch (f->type) {
	case MSG_SLOT_START:
		if (msg_get_slot_start(f->payload, &start, err) < 0)
			return -1;
		agent_start(a, &start);
		return 0;
	case MSG_SLOT_SIGNAL:
		if (msg_get_slot_signal(f->payload, &signal, err) < 0)
			return -1;
		agent_signal(a, &signal);
		return 0;
	case MSG_SLOTS_SHOWN:
		return msg_get_slots_shown(f->payload, &a->shown, err);
	}
	return err_set(err, "a message that no agent knows: %s (%u)", msg_name(f->type), f->type);
}

/* Obeys what the engine has sent, for a few milliseconds; what is left keeps a->heard. */
static void obey_engine(struct agent *a)
{
	uint64_t start = clock_now();
	struct frame f;
	struct err err;
	int rc;

	if (!a->heard)
		return;
	a->heard = false;
	if (link_read(&a->control, READ_BUDGET, &err) < 0 || a->control.eof) {
		end(a, AGENT_LINK_ENDED, a->control.broken ? HELPER_EXIT_PROTOCOL : HELPER_EXIT_OK,
		    a->control.eof ? "the engine has closed the link" : err.msg);
		return;
	}
	while ((rc = link_next(&a->control, &f, &err)) > 0) {
		rc = obey(a, &f, &err);
		if (rc < 0)
			break;
		if (clock_now() - start > ORDERS_AT_MOST) {
			a->heard = true;
			return;
		}
	}
	if (rc < 0) {
		struct agent_note note;

		str_copy(note.text, sizeof(note.text), err.msg);
		msg_put_agent_note(&a->control, &note);
		link_flush(&a->control, NULL);
		end(a, AGENT_LINK_ENDED, HELPER_EXIT_PROTOCOL, err.msg);
	}
}

/* Writes what goes; never waits for the engine. */
static void send_engine(struct agent *a)
{
	struct err err;
	int rc = link_flush(&a->control, &err);

	if (rc < 0)
		end(a, AGENT_LINK_ENDED, HELPER_EXIT_OK, err.msg);
	else if (link_unsent(&a->control) > UNSENT_MAX)
		end(a, AGENT_LINK_ENDED, HELPER_EXIT_PROTOCOL, "the engine does not read what the agent says");
	else
		loop_events(a->loop, &a->control_watch, rc > 0 ? LOOP_IN | LOOP_OUT : LOOP_IN);
}

static uint64_t longest_wait(const struct agent *a)
{
	if (a->heard)
		return 0;
	/* one that has ended but cannot be reaped yet has a last thread on its way out */
	return a->nended && !a->template.in_flight ? NS_PER_MS : UINT64_MAX;
}

static void turns(struct agent *a)
{
	struct err err;

	while (!a->ending) {
		if (loop_turn(a->loop, longest_wait(a), &err) < 0)
			end(a, AGENT_LINK_ENDED, HELPER_EXIT_PROTOCOL, err.msg);
		obey_engine(a);
		agent_template_turn(a);
		agent_collect_exits(a);
		agent_template_ask(a);
		if (!a->ending)
			send_engine(a);
	}
}

static int prepare(struct agent *a, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	if (process_become_subreaper(err) < 0)
		return -1;
	a->loop = loop_new(clock_now, err);
	if (!a->loop)
		return -1;
	if (loop_signals(a->loop, &set, got_signal, a, err) < 0)
		return -1;
	return loop_watch(a->loop, &a->control_watch, a->control.fd, LOOP_IN, control_heard, a, err);
}

static void release(struct agent *a)
{
	for (size_t i = 0; i < sizeof(a->envp) / sizeof(a->envp[0]); i++)
		free(a->envp[i]);
	free(a->places);
	free(a->queue);
	free(a->ended);
	str_release(&a->work);
	str_release(&a->sample_rows);
	link_release(&a->control);
	if (a->loop)
		loop_free(a->loop);
}

int agent_run(int fd)
{
	struct agent a = { .pid = getpid() };
	struct err err;

	link_init(&a.control, fd, MAX_AGENT_PAYLOAD);
	a.template.link.fd = -1;
	a.places = xcalloc(AGENT_SLOTS_MAX, sizeof(*a.places));
	a.queue = xcalloc(AGENT_SLOTS_MAX, sizeof(*a.queue));
	a.ended = xcalloc(AGENT_SLOTS_MAX, sizeof(*a.ended));
	if (prepare(&a, &err) < 0)
		end(&a, AGENT_LINK_ENDED, HELPER_EXIT_SETUP, err.msg);
	turns(&a);
	agent_end_all(&a);
	release(&a);
	return a.status;
}
