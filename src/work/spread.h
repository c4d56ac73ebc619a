/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the tasks of `sleep` and `spin` are: drawn from each task's own stream, so a length depends on nothing but
 * seed, task number and parameters, with the same bits on every machine. */
#ifndef WORK_SPREAD_H
#define WORK_SPREAD_H

#include "work/kern.h"
#include "work/workload.h"

/* The length of the task in ns; *seconds is the same as its result. */
uint64_t spread_length(const struct kern *k, const struct task *t, double *seconds);

/* The standard normal quantile of p, 0 < p < 1. */
double spread_normal(const struct kern *k, double p);

#endif
