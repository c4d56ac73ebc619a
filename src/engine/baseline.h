/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serial baseline: the same tasks in one worker, one after the other, in a fixed pseudo-random order, until
 * the mean is known well enough (doc/timings.md). Pure bookkeeping: the engine gives it results and asks what to
 * run next. */
#ifndef ENGINE_BASELINE_H
#define ENGINE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/queue.h"

struct base_result {
	uint64_t task;
	double value;
	bool failed;
};

struct baseline {
	bool wanted; /* to be measured as soon as possible */
	bool running, known;
	uint64_t tasks, seed;
	uint64_t for_ns;        /* 0, or how long the run is to take: then its number of tasks follows from this */
	uint32_t block;              /* consecutive tasks drawn together: 1, or BASE_BLOCK for very short ones */
	uint64_t given;              /* blocks */
	uint64_t executed;           /* tasks */
	uint64_t begun_at;           /* ns, 0: no task given yet */
	uint64_t said_at;            /* when its progress was last told */
	double mean, m2;             /* of task times, ns (Welford) */
	double cpu_ns;               /* that they had a CPU */
	struct base_result *results; /* owned; sorted by task once known */
	size_t nresults, cap;
	unsigned deaths;
	bool mismatch; /* a pool result differed: said once */
	bool closing;  /* measured; its worker is about to be free */
	bool refused;  /* given up, `why` says the reason */
	char why[128];
};

void baseline_begin(struct baseline *b, uint64_t tasks, uint64_t seed);
void baseline_release(struct baseline *b);
/* Blocks in all. */
uint64_t baseline_blocks(const struct baseline *b);
/* The i-th block (0 <= i < blocks) of the order: a permutation by a Feistel network with cycle walking (Black and
 * Rogaway, "Ciphers with arbitrary finite domains", 2002). */
struct span baseline_block(const struct baseline *b, uint64_t i);
/* Very short tasks drawn singly would be measured with the cost of drawing them. True when the baseline begins
 * anew with blocks (nothing may be under way). */
bool baseline_coarsen(struct baseline *b);
void baseline_add(struct baseline *b, uint64_t task, double value, bool failed, double ns);
/* Half-width factor aside: standard error of the mean in ns; infinite below 2. */
double baseline_se(const struct baseline *b);
/* Enough? All done; or at least 8 tasks and: standard error below 2 % after `warm_ns`, or 10 % of the expected
 * parallel time (with `width` workers at once) spent. */
bool baseline_enough(const struct baseline *b, uint64_t now, uint32_t width);
/* Ends it: results are sorted for baseline_check. */
void baseline_end(struct baseline *b);
/* Compares results of tasks first..first+count-1 (value i of `values`, unaligned f64 LE; status may be NULL) with
 * those of the baseline. False, with the task in *which, when one differs. */
bool baseline_check(const struct baseline *b, uint64_t first, uint32_t count, const void *values, const void *status,
	uint64_t *which);

#endif
