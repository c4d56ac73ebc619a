/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan is what a workload file and its settings come to: kind of work with parameters, tasks or inputs, pool,
 * baseline. It is made by config (config/config.h), read by everybody, changed by nobody: live changes are the
 * engine's. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "plan/chunk.h"
#include "plan/kind.h"

#define WORKERS_MAX 1024
#define TASKS_MAX (UINT64_C(1) << 48)

enum start_method { START_SPAWN, START_FORK };
enum baseline_mode { BASELINE_MEASURE, BASELINE_ESTIMATE, BASELINE_NONE };
enum on_failure { FAILURE_CONTINUE, FAILURE_STOP, FAILURE_STOP_NOW };
enum keep_mode { KEEP_ALL, KEEP_SUMS };

extern const char *const start_method_names[]; /* ended by NULL */
extern const char *const baseline_names[];
extern const char *const on_failure_names[];
extern const char *const keep_names[];

/* One parameter that varies over the tasks: a list of n values, or (values NULL) the range from, from + step, … */
struct axis {
	size_t param; /* index in kind->params */
	uint64_t n;
	struct value *values; /* owned, n, or NULL */
	double from, step;    /* for INT and DURATION parameters the result is rounded to the nearest integer */
};

/* No axes: tasks differ by number (and stream) only. Grid: every combination, the last axis fastest; else all axes
 * have the same length and go together. Each combination is used `repeat` times in turn (task = combination ×
 * repeat + k). */
struct inputs {
	struct axis *axes;
	size_t naxes;
	bool grid;
	uint64_t repeat; /* >= 1 */
};

struct plan {
	char *name, *about; /* owned; about may be "" */
	const struct kind *kind;
	struct value *values; /* owned, kind->nparams */
	struct inputs inputs;
	uint64_t tasks; /* >= 1; with axes their combinations × repeat */
	uint64_t seed;
	uint32_t workers; /* 0 = auto: one a usable CPU */
	enum start_method start;
	struct chunk chunk;
	uint64_t queue;                /* most expanded inputs given out and not done, tasks, >= 1 */
	uint64_t max_tasks_per_worker; /* 0 = no limit */
	enum baseline_mode baseline;
	uint32_t retries;    /* further tries of a failed task */
	uint64_t timeout_ns; /* a task's, 0 = none */
	enum on_failure on_failure;
	enum keep_mode keep;
	uint64_t for_ns; /* 0, or: size the run so that it takes about this long (--for) */
};

void plan_init(struct plan *p);    /* defaults; allocates nothing */
void plan_release(struct plan *p); /* frees contents, not p */

/* "400,000 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507" with the given number of tasks. */
void plan_title(struct str *out, const struct plan *p, uint64_t tasks);
/* Combinations × repeat; 0 without axes; -1 as UINT64_MAX when above TASKS_MAX. */
uint64_t inputs_count(const struct inputs *in);
void inputs_release(struct inputs *in);

/* The value of one axis (0..naxes−1) for a task; behind the last combination they begin again (a run that is sized by
 * --for may have more tasks). Its z is borrowed from the plan. */
struct value plan_input_value(const struct plan *p, uint64_t task, size_t axis);
/* Packs the input of one task: the value of each axis in turn (nothing without axes). */
void plan_input_pack(struct str *s, const struct plan *p, uint64_t task);
/* The same for a person: "samples 1,000"; empty without axes. */
void plan_input_text(struct str *s, const struct plan *p, uint64_t task);

/* What a worker must know: the payload of MSG_SETUP. */
struct work_spec {
	const struct kind *kind;
	struct value *values; /* owned */
	size_t *axes;         /* owned: parameters that inputs set, in the order of plan_input_pack */
	size_t naxes;
	uint64_t seed;
	uint64_t timeout_ns;
};
void work_spec_pack(struct str *s, const struct plan *p);
/* 0, or -1 with *err: malformed, or a kind that this program does not have. */
int work_spec_unpack(struct slice payload, struct work_spec *w, struct err *err);
void work_spec_release(struct work_spec *w);
/* Reads one task's input from r and sets it in values (kind->nparams, owned by the caller). 0 or -1. */
int work_spec_input(const struct work_spec *w, struct reader *r, struct value *values, struct err *err);

#endif
