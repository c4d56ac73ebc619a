/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kind of work as the worker does it: a const struct of functions, one file and one row each (names as in
 * plan/kind.h). */
#ifndef WORK_WORKLOAD_H
#define WORK_WORKLOAD_H

#include <stdint.h>

#include "plan/plan.h"

/* What a task may ask of the worker while it runs. */
struct task {
	uint64_t number;
	uint64_t seed;
	const struct value *values;   /* the kind's parameters, with this task's input set */
	/* To be called about every 0.2 to 1 ms of work: answers the engine (RECALL, STOP) and reports progress done/of
	 * (of 0: unknown). -1 with *err when the task must end now (its time is over): pass it on. */
	int (*poll)(const struct task *t, uint64_t done, uint64_t of, struct err *err);
	/* Waits ns on the monotonic clock, answering the engine meanwhile. 0, or -1 as poll. */
	int (*wait)(const struct task *t, uint64_t ns, struct err *err);
	void *worker;
};

struct workload {
	const char *name;
	/* Once a worker (or template): what all tasks share, e.g. the compiled expression. *state is the workload's. 0
	 * or -1. */
	int (*prepare)(const struct work_spec *w, void **state, struct err *err);
	/* One task: its value in *result. -1 with *err: the task has failed with that sentence. */
	int (*run)(void *state, const struct task *t, double *result, struct err *err);
	void (*release)(void *state);
};

/* Ended by NULL; one for each row of kinds[] (a test compares the two). */
extern const struct workload *const workloads[];
const struct workload *workload_find(const char *name);

#endif
