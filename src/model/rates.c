/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates: whole counts in cells of a second (sparklines) and of a quarter second (the rate of now), and the times of
 * the last 20 results for work that is slower than that. */
#include "model/rates.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/fold.h"

#define FINE_NS (NS_PER_S / 4)
#define WINDOW_CELLS 20 /* 5 s */
#define DRIFT_BLOCKS 10

static void ring_advance(uint64_t *cells, uint64_t n, uint64_t *newest, uint64_t to)
{
	if (to <= *newest)
		return;
	if (to - *newest >= n) {
		memset(cells, 0, n * sizeof *cells);
		*newest = to;
		return;
	}
	while (*newest < to)
		cells[++*newest % n] = 0;
}

static uint64_t ring_get(const uint64_t *cells, uint64_t n, uint64_t newest, uint64_t no)
{
	return no <= newest && newest - no < n ? cells[no % n] : 0;
}

/* Results come in batches: one that began in the cell before is shared out by time, else the length of a batch would
 * show. */
static void ring_add(
	uint64_t *cells, uint64_t size, uint64_t *newest, uint64_t width, uint64_t from, uint64_t at, uint64_t n)
{
	uint64_t no = at / width, before = 0;

	if (from < no * width && no * width - from < width)
		before = (uint64_t)((double)n * (double)(no * width - from) / (double)(at - from));
	if (before) {
		ring_advance(cells, size, newest, no - 1);
		cells[(no - 1) % size] += before;
	}
	ring_advance(cells, size, newest, no);
	cells[*newest % size] += n - before;
}

void rates_add(struct rates *r, uint64_t at, uint64_t n)
{
	uint64_t from = at > r->last_at && at - r->last_at < FINE_NS ? r->last_at : at;

	if (from < r->begin && at > r->begin)
		from = r->begin;
	ring_add(r->second, SPARK_CELLS, &r->second_no, NS_PER_S, from, at, n);
	ring_add(r->fine, FINE_CELLS, &r->fine_no, FINE_NS, from, at, n);
	r->last_at = at;
	r->since += n;
	for (uint64_t i = 0; i < n && i < RECENT_MAX; i++)
		r->recent[r->nrecent++ % RECENT_MAX] = at;
}

void rates_restart(struct rates *r, uint64_t at)
{
	r->begin = at;
	r->since = 0;
	r->nrecent = 0;
}

/* The last RECENT_MAX results: those after the oldest of them, by the time since it. */
static double rate_of_recent(const struct rates *r, uint64_t now)
{
	uint64_t oldest, later = 0;

	if (r->nrecent < RECENT_MAX)
		return NAN;
	oldest = r->recent[r->nrecent % RECENT_MAX];
	for (unsigned i = 0; i < RECENT_MAX; i++)
		later += r->recent[i] > oldest && r->recent[i] <= now;
	if (!later || now <= oldest)
		return NAN;
	return (double)later / ((double)(now - oldest) / 1e9);
}

double rates_now(const struct rates *r, uint64_t now)
{
	uint64_t last = now / FINE_NS, first, count = 0;
	double rate;

	if (now <= r->begin || !r->since)
		return NAN;
	first = last < WINDOW_CELLS ? 0 : last - (WINDOW_CELLS - 1);
	if (first * FINE_NS > r->begin) {
		for (uint64_t no = first; no <= last; no++)
			count += ring_get(r->fine, FINE_CELLS, r->fine_no, no);
		if (count >= RECENT_MAX && now > first * FINE_NS)
			return (double)count / ((double)(now - first * FINE_NS) / 1e9);
		rate = rate_of_recent(r, now);
		if (!isnan(rate))
			return rate;
	}
	return (double)r->since / ((double)(now - r->begin) / 1e9);
}

double rates_drift(const struct rates *r, uint64_t now)
{
	double rate = rates_now(r, now), sum = 0, squares = 0, n = 0, mean, var;
	unsigned block = rate < RECENT_MAX ? (unsigned)fmin(ceil(RECENT_MAX / rate), SPARK_CELLS) : 1;

	if (!(rate > 0))
		return NAN;
	for (unsigned age = 1; age + block <= SPARK_CELLS && n < DRIFT_BLOCKS; age += block) {
		double v = 0;

		if ((age + block) * NS_PER_S > now || now - (age + block) * NS_PER_S < r->begin)
			break; /* began before the last change */
		for (unsigned i = 0; i < block; i++)
			v += (double)rates_second(r, now, age + i);
		n++;
		sum += v;
		squares += v * v;
	}
	if (n < 3 || !(sum > 0))
		return NAN;
	mean = sum / n;
	var = (squares - sum * mean) / (n - 1) - mean;
	return var > 0 ? var / (mean * mean) : 0;
}

uint64_t rates_second(const struct rates *r, uint64_t now, unsigned age)
{
	uint64_t no = now / NS_PER_S;

	return age > no ? 0 : ring_get(r->second, SPARK_CELLS, r->second_no, no - age);
}

uint64_t queue_at_second(const struct snapshot *s, uint64_t now, unsigned age)
{
	uint64_t no = now / NS_PER_S;

	if (age > no)
		return 0;
	if (no - age >= s->queue_second)
		return s->waiting;
	return ring_get(s->queue_spark, SPARK_CELLS, s->queue_second - 1, no - age);
}
