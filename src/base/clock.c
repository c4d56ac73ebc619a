/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's clocks in nanoseconds. */
#include "base/clock.h"

#include <time.h>

#include "base/die.h"

static uint64_t read_clock(clockid_t which)
{
	struct timespec t;

	if (clock_gettime(which, &t) < 0)
		BUG("clock %d cannot be read", (int)which);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_thread_cpu(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
