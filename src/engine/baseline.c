/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serial baseline; see baseline.h. */
#include "engine/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"

#define WARM_NS (100 * NS_PER_MS)     /* a shorter sample says little about a longer run */
#define WARM_FOR_NS (200 * NS_PER_MS) /* … and the whole run is sized by it */
#define BASE_BLOCK 256
#define SINGLES 64        /* tasks drawn singly before blocks are thought of */
#define SHORT_NS 20000.0  /* drawing a single task costs about 0.3 µs: 2 % of this */
#define RESULTS_MAX 65536 /* compared with the pool's; more would only cost memory */

void baseline_begin(struct baseline *b, uint64_t tasks, uint64_t seed)
{
	free(b->results);
	*b = (struct baseline){ .running = true, .tasks = tasks, .seed = seed, .block = 1 };
}

void baseline_release(struct baseline *b)
{
	free(b->results);
	*b = (struct baseline){ 0 };
}

/* A 64-bit mix (the finaliser of SplitMix64, Steele, Lea and Flood 2014). */
static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t baseline_blocks(const struct baseline *b)
{
	return (b->tasks + b->block - 1) / b->block;
}

struct span baseline_block(const struct baseline *b, uint64_t i)
{
	uint64_t n = baseline_blocks(b);
	unsigned half = 1;
	while (half < 32 && (UINT64_C(1) << (2 * half)) < n)
		half++;
	uint64_t mask = (UINT64_C(1) << half) - 1;
	do {
		uint64_t l = i >> half, r = i & mask;
		for (uint64_t round = 0; round < 4; round++) {
			uint64_t f = mix(r + mix(b->seed + round)) & mask;
			uint64_t t = l ^ f;
			l = r;
			r = t;
		}
		i = l << half | r;
	} while (i >= n);
	uint64_t first = i * b->block;
	return (struct span){ .first = first, .count = b->tasks - first < b->block ? b->tasks - first : b->block };
}

bool baseline_coarsen(struct baseline *b)
{
	if (b->block > 1 || b->executed < SINGLES || b->mean >= SHORT_NS || b->tasks < 8 * BASE_BLOCK)
		return false;
	b->block = BASE_BLOCK;
	b->given = b->executed = b->begun_at = 0;
	b->mean = b->m2 = b->cpu_ns = 0;
	return true;
}

void baseline_add(struct baseline *b, uint64_t task, double value, bool failed, double ns)
{
	b->executed++;
	double d = ns - b->mean;
	b->mean += d / (double)b->executed;
	b->m2 += d * (ns - b->mean);
	if (b->nresults >= RESULTS_MAX)
		return;
	if (b->nresults == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 256;
		b->results = xrealloc(b->results, b->cap, sizeof(*b->results));
	}
	b->results[b->nresults++] = (struct base_result){ .task = task, .value = value, .failed = failed };
}

double baseline_se(const struct baseline *b)
{
	if (b->executed < 2)
		return INFINITY;
	double n = (double)b->executed;
	double se = sqrt(b->m2 / (n - 1) / n);
	if (b->executed >= b->tasks)
		return 0;
	/* Tasks are drawn without replacement: nothing is uncertain when all were run. */
	return se * sqrt(1 - n / (double)b->tasks);
}

bool baseline_enough(const struct baseline *b, uint64_t now, uint32_t width)
{
	if (b->executed >= b->tasks)
		return true;
	if (b->executed < 8)
		return false;
	double spent = (double)(now - b->begun_at);
	double tenth = 0.1 * (b->for_ns ? (double)b->for_ns : b->mean * (double)b->tasks / width);
	double warm = (double)(b->for_ns ? WARM_FOR_NS : WARM_NS);
	return spent >= tenth || (spent >= warm && baseline_se(b) < 0.02 * b->mean);
}

static int by_task(const void *a, const void *b)
{
	uint64_t x = ((const struct base_result *)a)->task, y = ((const struct base_result *)b)->task;
	return x < y ? -1 : x > y;
}

void baseline_end(struct baseline *b)
{
	b->running = false;
	b->known = b->executed > 0;
	if (b->nresults)
		qsort(b->results, b->nresults, sizeof(*b->results), by_task);
}

bool baseline_check(const struct baseline *b, uint64_t first, uint32_t count, const void *values, const void *status,
	uint64_t *which)
{
	size_t lo = 0, hi = b->nresults;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (b->results[mid].task < first)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < b->nresults && b->results[lo].task - first < count; lo++) {
		const struct base_result *r = &b->results[lo];
		size_t i = (size_t)(r->task - first);
		bool failed = status && ((const unsigned char *)status)[i] != 0;
		/* A failed task may succeed when tried again elsewhere (a timeout): only values are compared. */
		if (failed || r->failed || memcmp((const char *)values + 8 * i, &r->value, 8) == 0)
			continue;
		*which = r->task;
		return false;
	}
	return true;
}
