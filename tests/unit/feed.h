/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeding events to one snapshot by hand, in seconds: for the tests of the model. */
#ifndef TESTS_UNIT_FEED_H
#define TESTS_UNIT_FEED_H

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/fold.h"
#include "tap.h"

/* What the events below are applied to: each test begins with a fresh one. */
static struct snapshot snap;

static inline void fresh(void)
{
	snapshot_init(&snap);
}

static inline void done_with(void)
{
	snapshot_release(&snap);
}

static inline void apply(struct event e, double seconds)
{
	e.at = (uint64_t)(seconds * 1e9);
	fold_apply(&snap, &e);
}

static inline void run_of(uint64_t tasks, uint32_t workers, uint32_t cpus)
{
	apply((struct event){ .type = EV_RUN,
		      .run = { .name = "r", .tasks = tasks, .workers = workers, .cpus = cpus, .chunk = "8" } },
		0);
}

static inline void state(uint8_t to, double at)
{
	apply((struct event){ .type = EV_STATE, .state = { .state = to } }, at);
}

static inline void slot(uint32_t no, uint32_t generation, uint8_t to, double at)
{
	apply((struct event){ .type = EV_SLOT,
		      .slot = { .slot = no, .generation = generation, .state = to, .pid = 100 + no } },
		at);
}

static inline void done(uint16_t no, uint64_t n, uint64_t failed, double at)
{
	struct str rows = STR_INIT;
	struct done_row r = { .slot = no, .done = n, .failed = failed, .busy_ns = n };

	done_row_pack(&rows, &r);
	apply((struct event){ .type = EV_DONE,
		      .done = { .last_ns = (uint64_t)(at * 1e9), .waiting = snap.waiting, .nrows = 1, .rows = { rows.p, rows.n } } },
		at);
	str_release(&rows);
}

static inline void tick(struct tick_row row, uint64_t waiting, double mean, double at)
{
	struct str rows = STR_INIT;

	tick_row_pack(&rows, &row);
	apply((struct event){ .type = EV_TICK,
		      .tick = { .waiting = waiting, .mean_ns = mean, .n = 1, .rows = { rows.p, rows.n } } },
		at);
	str_release(&rows);
}

static inline const char *line(uint64_t i)
{
	const struct log_line *l = snapshot_log(&snap, i);

	ck_assert_ptr_nonnull(l);
	return l->text;
}

/* 100 tasks a second in batches of 10 from `from` to `to`. */
static inline void steady(double from, double to, uint64_t waiting)
{
	for (double t = from + 0.1; t < to + 0.05; t += 0.1) {
		done(0, 10, 0, t);
		tick((struct tick_row){ .slot = 0 }, waiting, 0, t);
	}
}

static inline uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

#endif
