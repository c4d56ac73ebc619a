/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tasks no worker holds: the fresh ones as one range (free, however many), and those given back. Tasks given
 * back go to the front, so that a run does not end with its oldest work. */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of tasks with what is known of their past. */
struct span {
	uint64_t first, count;
	uint8_t deaths; /* workers that died while this range was suspected */
	uint16_t tries; /* failed tries of each of them */
};

struct queue {
	uint64_t next, end; /* fresh tasks next..end-1 */
	struct span *back;  /* owned, sorted by first; [0..nback) */
	size_t nback, cap;
	uint64_t depth; /* tasks in all */
};

/* Tasks 0..tasks-1 wait. */
void queue_init(struct queue *q, uint64_t tasks);
void queue_release(struct queue *q);
/* A run is resized (--for) before anything was taken. */
void queue_resize(struct queue *q, uint64_t tasks);
/* Takes at most `max` tasks with the same past from the front. False when nothing waits. Never allocates. */
bool queue_take(struct queue *q, uint64_t max, struct span *out);
/* The span must not overlap anything in the queue (a BUG else). Neighbours with the same past are joined. */
void queue_give_back(struct queue *q, struct span s);

#endif
