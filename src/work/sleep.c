/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workload `sleep`: tasks that wait and use no CPU, to show a pool that has more workers than CPUs. */
#include "work/rows.h"
#include "work/spread.h"

static int sleep_prepare(const struct work_spec *w, void **state, struct err *err)
{
	const struct kern *k = kern_pick(err);

	(void)w;
	*state = (void *)(uintptr_t)k; /* only read */
	return k ? 0 : -1;
}

static int sleep_run(void *state, const struct task *t, double *result, struct err *err)
{
	uint64_t ns = spread_length(state, t, result);

	return ns ? t->wait(t, ns, err) : 0;
}

const struct workload sleep_workload = { .name = "sleep", .prepare = sleep_prepare, .run = sleep_run };
