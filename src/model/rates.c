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
#define BLOCKS_MIN 3
#define BLOCKS_MAX 30
#define KINSHIP_MIN 6 /* blocks that tell a correlation; before there are so many: */
#define KINSHIP_UNKNOWN 0.7
#define KINSHIP_MOST 0.95
#define SPREAD_LEAST 0.25
#define Z80 1.2815515594 /* the middle 80 % of a normal distribution lie within ± this many standard deviations */
#define HALF_EARLY 0.15  /* least half of the 80 % range of a rate, until so many seconds of it were seen: */
#define EARLY_S 4.0
#define HALF_LATE 0.01 /* and later, times 1 + √(ahead / seen) */

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
	if (!r->first)
		r->first = at;
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

/* Mean, variance and correlation of neighbours of the blocks' counts, newest first. */
struct unrest {
	double variance; /* relative, beyond counting */
	double kinship;  /* correlation of neighbours, 0..1 */
	double block;    /* s */
};

/* Results in cell no of the ring, when all of it lies between the rate's begin and now. */
static uint64_t whole_cell(const struct rates *r, bool fine, uint64_t no)
{
	return fine ? ring_get(r->fine, FINE_CELLS, r->fine_no, no) :
		      ring_get(r->second, SPARK_CELLS, r->second_no, no);
}

static unsigned take_blocks(const struct rates *r, uint64_t now, bool fine, double rate, double *v, double *seconds)
{
	uint64_t width = fine ? FINE_NS : NS_PER_S, last = now / width;
	unsigned cells = fine ? FINE_CELLS : SPARK_CELLS, n = 0;
	double each = rate * (double)width / 1e9;
	unsigned block = each < RECENT_MAX ? (unsigned)fmin(ceil(RECENT_MAX / each), cells) : 1;

	for (unsigned age = 1; age + block <= cells && n < BLOCKS_MAX; age += block) {
		if (age + block - 1 > last || (last - (age + block - 1)) * width < r->begin)
			break; /* began before the last change */
		v[n] = 0;
		for (unsigned i = 0; i < block; i++)
			v[n] += (double)whole_cell(r, fine, last - age - i);
		n++;
	}
	*seconds = block * (double)width / 1e9;
	return n;
}

/* Variance of the mean of n blocks, of which each is worth 1 and kin to its neighbour by rho. */
static double mean_variance(double rho, double n)
{
	double left = 1 - rho;

	return n <= 1 ? 1 : ((1 + rho) / left - 2 * rho * (1 - pow(rho, n)) / (n * left * left)) / n;
}

static struct unrest unrest_of(const double *v, unsigned n, double seconds)
{
	struct unrest u = { 0, KINSHIP_UNKNOWN, seconds };
	double mean = 0, squares = 0, products = 0, excess;

	for (unsigned i = 0; i < n; i++)
		mean += v[i] / n;
	for (unsigned i = 0; i < n; i++)
		squares += (v[i] - mean) * (v[i] - mean) / (n - 1);
	for (unsigned i = 0; i + 1 < n; i++)
		products += (v[i] - mean) * (v[i + 1] - mean) / (n - 1);
	excess = squares - mean;
	if (!(mean > 0) || !(excess > 0))
		return u;
	if (n >= KINSHIP_MIN) { /* from few blocks it comes out too small (Kendall 1954) */
		u.kinship = products / excess;
		u.kinship += (1 + 4 * u.kinship) / n;
		u.kinship = fmin(fmax(u.kinship, 0), KINSHIP_MOST);
	}
	/* and so does the variance of what is alike: their mean went along with them */
	u.variance = excess / (mean * mean) / fmax(1 - mean_variance(u.kinship, n), SPREAD_LEAST);
	return u;
}

/* How long this rate was watched, s: what came before the last change tells of the machine as well, but not as much. */
static double watched(const struct rates *r, uint64_t now, double seen)
{
	return now > r->first ? fmin(3 * seen, (double)(now - r->first) / 1e9) : seen;
}

/* Half of the 80 % range that no measurement makes smaller: little was seen, or much more is to come. */
static double least_half(double seen, double ahead)
{
	double half = HALF_EARLY * fmin(1, EARLY_S / fmax(seen, 1e-9));

	return fmin(HALF_EARLY, fmax(half, HALF_LATE * (1 + sqrt(ahead / fmax(seen, 1e-9)))));
}

double rates_noise(const struct rates *r, uint64_t now, double ahead)
{
	double rate = rates_now(r, now), seen = now > r->begin ? (double)(now - r->begin) / 1e9 : 0;
	double least = least_half(watched(r, now, seen), ahead) / Z80, v[BLOCKS_MAX], seconds, w, a, apart;
	struct unrest u = { 0, 0, 1 };
	unsigned n;

	if (rate > 0) {
		n = take_blocks(r, now, false, rate, v, &seconds);
		if (n < BLOCKS_MIN)
			n = take_blocks(r, now, true, rate, v, &seconds);
		if (n >= BLOCKS_MIN)
			u = unrest_of(v, n, seconds);
	}
	w = fmax(fmin(seen, fmax(WINDOW_CELLS * (double)FINE_NS / 1e9, RECENT_MAX / rate)) / u.block, 1);
	a = fmax(ahead / u.block, 1);
	apart = u.kinship * (1 - pow(u.kinship, w)) * (1 - pow(u.kinship, a)) /
		((1 - u.kinship) * (1 - u.kinship) * w * a);
	return least * least +
	       u.variance * fmax(mean_variance(u.kinship, w) + mean_variance(u.kinship, a) - 2 * apart, 0);
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
