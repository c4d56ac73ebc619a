/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one generation of one slot holds: its leases in the order they were granted, which is the order in which
 * their results come. Neighbouring leases of one size are kept as one entry, so that a chunk of 1 costs no more
 * than any other. */
#ifndef ENGINE_HELD_H
#define ENGINE_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/queue.h"

struct lease_run {
	uint64_t first; /* next unfinished task */
	uint64_t count; /* tasks left */
	uint32_t chunk; /* tasks a lease, as granted */
	uint32_t into;  /* tasks of the present lease that are finished */
	uint8_t deaths;
	uint16_t tries;
};

struct held {
	struct lease_run *runs; /* owned ring */
	uint32_t head, n, cap;  /* cap is a power of two */
	uint64_t tasks;         /* in all */
	uint64_t leases;        /* unfinished leases */
};

void held_release(struct held *h);
/* Adds one lease: the whole span. */
void held_add(struct held *h, struct span s);
/* The run of leases at place i (0 = oldest), NULL past the end. */
const struct lease_run *held_at(const struct held *h, uint32_t i);
/* True when tasks first..first+count-1 are the head, in order. */
bool held_is_head(const struct held *h, uint64_t first, uint64_t count);
/* The first n tasks (n <= tasks) are finished; returns how many leases ended with them. */
uint64_t held_finish(struct held *h, uint64_t n);
/* Removes the newest run that is not past the first `keep` tasks: fills *s (with its past) and returns true, or
 * false when only `keep` or fewer tasks are left. A run across the border is split. */
bool held_take_tail(struct held *h, uint64_t keep, struct span *s);

#endif
