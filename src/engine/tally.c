/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over accepted results; see tally.h. */
#include "engine/tally.h"

#include <math.h>

void tally_merge(struct tally *into, const struct tally *from)
{
	into->done += from->done;
	into->failed += from->failed;
	moments_merge(&into->moments, &from->moments);
	fingerprint_merge(&into->fingerprint, &from->fingerprint);
	into->busy_ns += from->busy_ns;
	into->cpu_ns += from->cpu_ns;
	if (from->last_at > into->last_at)
		into->last_at = from->last_at;
}

/* The three bits below the leading one choose the eighth of a power of two. */
static unsigned bucket_of(uint64_t ns)
{
	if (ns < 8)
		return (unsigned)ns;
	unsigned top = 63u - (unsigned)__builtin_clzll(ns);
	return (top - 2) * 8 + (unsigned)((ns >> (top - 3)) & 7);
}

void times_add(struct time_histogram *h, uint64_t ns)
{
	h->bucket[bucket_of(ns)]++;
	h->n++;
}

double times_quantile(const struct time_histogram *h, double q)
{
	if (h->n == 0)
		return 0;
	uint64_t want = (uint64_t)floor(q * (double)(h->n - 1)), seen = 0;
	for (unsigned i = 0; i < TIME_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen <= want)
			continue;
		if (i < 8)
			return i;
		double low = ldexp(1.0 + (i & 7) / 8.0, (int)(i / 8 + 2));
		double high = ldexp(1.0 + ((i & 7) + 1) / 8.0, (int)(i / 8 + 2));
		return sqrt(low * high);
	}
	return 0;
}
