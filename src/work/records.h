/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of consecutive tasks, gathered as the columns of one RESULTS frame. */
#ifndef WORK_RECORDS_H
#define WORK_RECORDS_H

#include "wire/msg.h"

#define RECORD_BYTES 12 /* value and time */
/* Half of the largest credit: the engine refills while the worker executes the other half. */
#define RECORDS_MAX RESULTS_MAX

struct records {
	uint32_t n;
	uint32_t failed;         /* how many of them failed */
	uint64_t first;          /* task number of record 0; record i is task first + i */
	uint64_t begun_at, ended_at; /* clock_now: of the first, and of the last one's end */
	uint64_t cpu_at;         /* CPU time used up to the first one's begin, ns */
	double values[RECORDS_MAX];
	uint32_t times[RECORDS_MAX];
	unsigned char status[RECORDS_MAX]; /* all 0 beyond what failed */
};

/* Takes the time `dt` of a task into its column. */
static inline uint32_t records_time(uint64_t dt)
{
	return dt < UINT32_MAX ? (uint32_t)dt : UINT32_MAX;
}

/* Puts the records as one frame, if there are any, and forgets them. `cpu` is the CPU time used so far, ns. */
void records_put(struct records *r, struct link *l, uint32_t generation, uint64_t cpu);

#endif
