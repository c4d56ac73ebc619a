/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What accepted results add up to: counts, exact sums, fingerprint, task times. Order-free: the same for any
 * worker count, chunk rule, start method, kill and retry. One tally is filled between two commits; merged into the
 * committed one when the commit has come true. */
#ifndef ENGINE_TALLY_H
#define ENGINE_TALLY_H

#include "base/pack.h"
#include "model/fingerprint.h"
#include "model/moments.h"

#define TIME_BUCKETS 512 /* eight for each factor of two, from 1 ns */

/* Task times as a histogram on a logarithmic scale: quantiles to 9 %. */
struct time_histogram {
	uint64_t n;
	uint64_t bucket[TIME_BUCKETS];
};

/* All-zero is the empty one. */
struct tally {
	uint64_t done, failed;
	struct moments moments;         /* of the results */
	struct fingerprint fingerprint; /* of done tasks */
	double busy_ns, cpu_ns;
	uint64_t last_at; /* newest result, ns since the run began */
};

void tally_merge(struct tally *into, const struct tally *from);

/* Adds `ns` to the histogram. */
void times_add(struct time_histogram *h, uint64_t ns);
/* The q-quantile (0..1) in ns: the geometric middle of its bucket; 0 when empty. */
double times_quantile(const struct time_histogram *h, double q);

#endif
