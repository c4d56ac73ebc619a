/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slot is a place in the pool; its generations are the worker processes that have filled it, one after the other. */
#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include "base/loop.h"
#include "engine/held.h"
#include "model/event.h"
#include "wire/msg.h"

/* A link and whether the loop has seen something on it. */
struct peer {
	struct link link;
	struct watch watch;
	bool open;  /* link is in use */
	bool ready; /* something can be read (or its end) */
};

/* Sentences of failed tasks that wait for their row in a RESULTS frame. */
struct why {
	uint64_t task;
	char *text; /* owned */
};
#define WHYS_MAX 8192 /* more than a frame has rows */

/* Claims of the slot that wait for a commit. */
struct slot_claims {
	uint64_t done, failed, busy_ns;
};

struct slot {
	uint32_t no;
	enum slot_state state;
	uint32_t generation; /* 0: never started */
	uint64_t pid;        /* 0: not known (yet) */
	struct peer peer;
	struct held held;

	uint64_t ordered_at, ready_at;          /* of this generation; ready_at 0: not yet */
	uint64_t state_at, heard_at, pinged_at; /* ns; pinged_at 0: no PONG awaited */
	uint64_t recalled_at;                   /* since when a RETURNED is awaited, 0: none is */
	bool serial;                            /* it measures the baseline */
	bool lent;                              /* … as a worker of the pool that goes back to it */
	bool recalled;                          /* RECALL or STOP sent, RETURNED awaited */
	bool stopped;                           /* STOP sent */
	bool said_bye;
	bool link_ended; /* … and the report of its death is awaited; no KILL was ordered yet */
	bool exited;     /* the agent has reported its end; its link is still read dry */
	struct slot_exited how;
	bool by_order;         /* killed by a person's or our order: no death of its task */
	char cause[CAUSE_MAX]; /* why we ended it; "" = it died by itself */

	bool begun; /* the worker has announced `task` */
	uint64_t task, task_at, task_done, task_of;
	double task_ns;    /* its recent mean task time, 0 unknown */
	uint64_t executed; /* tasks of this generation */
	uint64_t leases;   /* finished, all generations */
	struct why *whys;
	size_t whys_at, nwhys, whys_cap; /* [whys_at..nwhys) are kept: results come in the order of their sentences */

	uint64_t sampled_at, cpu_ns, wait_ns, rss; /* last sample */
	uint16_t cpu_permille, wait_permille;

	unsigned start_failures; /* in a row */
	uint64_t start_again_at;
	struct slot_claims filling, committing;
	bool shown_busy;  /* clients were told BUSY, not IDLE */
	bool timed_out;   /* ended because its task took too long */
	bool shown_dirty; /* something a TICK row says has changed */
};

struct slot *slot_new(uint32_t no);
void slot_free(struct slot *s);
/* The only way to change state; an impossible move is a BUG. */
void slot_set_state(struct slot *s, enum slot_state to, uint64_t now);
bool slot_is_live(const struct slot *s); /* has (or is getting) a process */
/* Forgets the generation that has ended: link closed, nothing held. */
void slot_reset(struct slot *s);
/* Keeps (takes) a sentence for a task; false when there are too many. */
bool slot_keep_why(struct slot *s, uint64_t task, const char *text);
/* Takes the sentence out into buf ("failed without a word" when there is none). */
void slot_take_why(struct slot *s, uint64_t task, char *buf, size_t size);

#endif
