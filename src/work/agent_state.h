/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's inside. Callbacks of the loop only record facts (heard, ended); agent.c acts on them once a turn:
 * orders of the engine → answers of the template → requests to it → exits → samples → what is unsent. */
#ifndef WORK_AGENT_STATE_H
#define WORK_AGENT_STATE_H

#include <sys/types.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/process.h"
#include "wire/msg.h"

#define AGENT_SLOTS_MAX 1024

enum place_state {
	PLACE_EMPTY,
	PLACE_QUEUED, /* waits for the template */
	PLACE_ASKED,  /* the template has been asked to fork it */
	PLACE_RUNS,
	PLACE_ENDED,  /* its pidfd said so; to be reaped */
};

/* The agent's side of a slot. */
struct place {
	struct agent *agent;
	enum place_state state;
	uint32_t slot, generation;
	pid_t pid;
	int pidfd;
	int engine_end;    /* of its link, while PLACE_ASKED */
	int signo;         /* ordered before there was a process; 0 = none */
	struct watch watch;
};

struct template_proc {
	pid_t pid;         /* 0 = none */
	int pidfd;
	bool ready;
	bool heard;        /* its link can be read */
	bool ended;        /* its pidfd said so */
	uint32_t in_flight; /* requests not answered */
	struct link link;
	struct watch watch, exit_watch;
};

struct agent {
	struct loop *loop;
	struct link control;
	struct watch control_watch;
	bool heard;             /* the control link can be read, or has frames left over */
	int ending;             /* 0, or why: AGENT_LINK_ENDED, a signal number */
	int status;             /* exit status when the link is not to be believed */
	pid_t pid;
	char run_id[64];
	char *envp[16];         /* owned strings; of every process below */
	struct str work;        /* MSG_SETUP's payload for the template */
	struct place *places;   /* AGENT_SLOTS_MAX, by slot */
	uint32_t nplaces;       /* above the highest slot ever used */
	uint32_t *queue;        /* ring of AGENT_SLOTS_MAX: slots PLACE_QUEUED, in order, queue_at..queue_n-1 */
	uint32_t queue_at, queue_n;
	uint32_t *ended;        /* slots PLACE_ENDED, in order */
	uint32_t nended;
	struct template_proc template;
	bool template_died;     /* its leftovers are to be swept */
	struct slots_shown shown;
	struct timer sample_timer;
	uint32_t sample_round;  /* four a second */
	uint32_t sample_at;     /* next slot to look at in this round */
	uint64_t sample_due;    /* when the round began */
	struct str sample_rows;
	bool samples_on;        /* the timer runs */
};

#define AGENT_LINK_ENDED 1000

/* ---- agent_start.c ---- */

/* Starts a worker, or queues it for the template; the engine is told of success or failure, now or later. */
void agent_start(struct agent *a, const struct slot_start *m);
void agent_signal(struct agent *a, const struct slot_signal *m);
/* A process for the place exists: watches it and tells the engine, whose end of the link goes along. */
void agent_started(struct agent *a, struct place *p, pid_t pid, int pidfd, int engine_end);
void agent_refuse(struct agent *a, uint32_t slot, uint32_t generation, const struct err *err);
/* The environment of all processes below. */
void agent_make_env(struct agent *a);

/* ---- agent_template.c ---- */

/* Starts the template when there is none; on failure everything queued is refused. */
void agent_template_need(struct agent *a);
/* Reads its answers, when there are any, and notices its end. */
void agent_template_turn(struct agent *a);
/* Sends it as many of the queued starts as it may have at a time. */
void agent_template_ask(struct agent *a);
void agent_template_release(struct agent *a);

/* ---- agent_exit.c ---- */

/* Reaps what has ended, sweeps what that left and tells the engine. Waits for the template's answers first: a worker
 * whose pid is not known yet must not be taken for a leftover. */
void agent_collect_exits(struct agent *a);
/* Kills everything below and returns when nothing is left. */
void agent_end_all(struct agent *a);

/* ---- agent_sample.c ---- */

/* Starts the sampling rounds, once there is a worker. They stop by themselves when there is none. */
void agent_sample_start(struct agent *a);

#endif
