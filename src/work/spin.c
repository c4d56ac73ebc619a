/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workload `spin`: tasks that use an exact amount of CPU time and nothing else, to show the pool itself. With time
 * 0 a task does nothing at all: what is left is the pool's own cost. */
#include "base/clock.h"
#include "work/rows.h"
#include "work/spread.h"

#define STEP (200 * NS_PER_US) /* between two polls */

static int spin_prepare(const struct work_spec *w, void **state, struct err *err)
{
	const struct kern *k = kern_pick(err);

	(void)w;
	*state = (void *)(uintptr_t)k; /* only read */
	return k ? 0 : -1;
}

/* Passes the time with the cheap clock and looks at the CPU time, a system call, when it may be over: a task that was
 * interrupted goes on. */
static int spin(const struct task *t, uint64_t ns, struct err *err)
{
	uint64_t start = clock_thread_cpu(), used = 0;

	do {
		uint64_t left = ns - used;
		uint64_t until = clock_now() + (left < STEP ? left : STEP);

		while (clock_now() < until)
			;
		used = clock_thread_cpu() - start;
		if (left > STEP && t->poll(t, used < ns ? used : ns, ns, err) < 0)
			return -1;
	} while (used < ns);
	return 0;
}

static int spin_run(void *state, const struct task *t, double *result, struct err *err)
{
	uint64_t ns = spread_length(state, t, result);

	return ns ? spin(t, ns, err) : 0;
}

const struct workload spin_workload = { .name = "spin", .prepare = spin_prepare, .run = spin_run };
