/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's inside: what the turn (worker.c) and the conversation with the engine (worker_talk.c) share. */
#ifndef WORK_WORKER_STATE_H
#define WORK_WORKER_STATE_H

#include "base/clock.h"
#include "work/granted.h"
#include "work/prepared.h"
#include "work/records.h"

#define WORKER_READ_BUDGET  (64u << 10)       /* bytes read at one look */
#define WORKER_LOOK_EVERY   NS_PER_MS         /* of task time between two looks at the link */
#define WORKER_FLUSH_AGE    (5 * NS_PER_MS)   /* a record waits no longer */
#define WORKER_LONG         (5 * NS_PER_MS)   /* from this on the engine is told which task runs */
#define WORKER_UNSENT_MAX   (256u << 10)      /* bytes; with more the worker waits for the engine */

struct worker {
	struct link link;
	uint32_t generation;
	const char *simd;
	const struct prepared *work;
	struct granted granted;
	struct records *rec;     /* owned */
	struct value *values;    /* owned: the task's, with its input */
	struct task task;        /* the one at hand, or the last one */
	uint64_t timeout;        /* ns, 0 = none */
	uint64_t now;            /* clock_now at the end of the last task, or later */
	uint64_t begun;          /* when the task at hand began */
	uint64_t look_at;        /* when the link is to be looked at next */
	uint64_t burst_end;      /* the burst stops before this task */
	uint64_t oldest;         /* when the oldest unsent record was made, 0 = there is none */
	uint64_t mean;           /* recent time a task, ns; 0 = unknown */
	uint64_t said;           /* BEGUN was sent for this task; UINT64_MAX = for none */
	uint64_t progress_at;    /* no PROGRESS before */
	uint64_t executed;       /* tasks */
	bool stopping;
};

/* Ends the process: the link has ended (HELPER_EXIT_OK) or what came is not to be believed. */
void worker_leave(struct worker *w, int status, const char *why) __attribute__((noreturn));
/* Writes what was put as far as it goes now; waits only when too much is unsent. */
void worker_send(struct worker *w);
/* Puts the records gathered as one frame, without writing it yet. */
void worker_close_frame(struct worker *w);
/* The same, and writes it. */
void worker_flush(struct worker *w);
/* Reads and obeys what the engine has sent. */
void worker_absorb(struct worker *w);
/* The look at the link that is due every millisecond: absorbs, and goes on writing what did not go before. */
void worker_look(struct worker *w, uint64_t now);
/* Tells the engine that `task` is about to run, or runs, together with the results before it. */
void worker_say_begun(struct worker *w, uint64_t task);

/* struct task's poll and wait. */
int worker_task_poll(const struct task *t, uint64_t done, uint64_t of, struct err *err);
int worker_task_wait(const struct task *t, uint64_t ns, struct err *err);

#endif
