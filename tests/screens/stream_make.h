/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the streams are made with: a writer of events that keeps the counts a real engine would keep. For stream*.c
 * only. */
#ifndef TESTS_SCREENS_STREAM_MAKE_H
#define TESTS_SCREENS_STREAM_MAKE_H

#include "base/clock.h"
#include "tests/screens/stream.h"

#define MAKE_SLOTS 1024

struct make_slot {
	uint32_t generation;
	uint8_t state;
	uint64_t pid;
	uint64_t done, failed; /* said in DONE events so far */
	struct tick_row row;   /* what the next TICK says */
	bool shown;            /* has a row in the next TICK */
};

struct maker {
	struct str *out;
	uint64_t at; /* of the next event, ns */
	uint64_t tasks, done, failed, waiting;
	struct make_slot slots[MAKE_SLOTS];
	uint32_t nslots;
	struct ev_tick tick;   /* all but rows, waiting and active */
	struct ev_done result; /* all but rows and last_ns */
};

static inline uint64_t make_s(double seconds)
{
	return (uint64_t)(seconds * 1e9 + 0.5);
}

void make_init(struct maker *m, struct str *out);
/* EV_RUN with the fields given; version, host, id and wall clock are set here. */
void make_run(struct maker *m, struct ev_run run);
void make_state(struct maker *m, enum run_state state, const char *reason);
void make_target(struct maker *m, uint32_t from, uint32_t to, const char *by);
/* Start order of the slot's next generation, then READY after `ready` ns with the pid, and BUSY. */
void make_order(struct maker *m, uint32_t slot);
void make_ready(struct maker *m, uint32_t slot, uint64_t pid, uint64_t ready);
void make_slot_state(struct maker *m, uint32_t slot, enum slot_state state);
void make_death(struct maker *m, uint32_t slot, const char *cause, uint64_t given_back);
void make_baseline(struct maker *m, enum baseline_phase phase, uint64_t executed, double mean_ns, double se_ns);
/* One DONE: each slot has now finished done[i] and failed[i] tasks in all (failed may be NULL). */
void make_done(struct maker *m, const uint64_t *done, const uint64_t *failed, uint32_t n, double task_ns);
void make_fail(struct maker *m, uint64_t count, uint64_t task, uint32_t slot, const char *cause);
void make_note(struct maker *m, unsigned level, const char *text);
void make_tick(struct maker *m);
void make_end(struct maker *m, enum run_state state, uint32_t status, uint64_t parallel, const char *fingerprint);

#endif
