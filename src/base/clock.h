/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place that asks the kernel for the time. Everything else takes `now` as an argument. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

/* CLOCK_MONOTONIC in ns: does not jump, stands still while the machine sleeps. */
uint64_t clock_now(void);
/* CLOCK_REALTIME in ns since 1970, for showing the time of day only. */
uint64_t clock_wall(void);
/* CPU time of the calling thread in ns (CLOCK_THREAD_CPUTIME_ID). */
uint64_t clock_thread_cpu(void);

#endif
