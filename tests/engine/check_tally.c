/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over accepted results: the same in whatever order and parts; quantiles as near as they promise. */
#include "engine/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define RESULTS 1000

static uint64_t state;

static uint64_t below(uint64_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % n;
}

static void add(struct tally *t, uint64_t task, double v)
{
	t->done++;
	moments_add(&t->moments, v);
	fingerprint_add_f64(&t->fingerprint, task, v);
	t->busy_ns += 1000;
	t->cpu_ns += 500;
	t->last_at = task;
}

START_TEST(merging_in_any_order)
{
	struct tally whole = { 0 }, parts[7] = { { 0 } }, all = { 0 };
	char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE];
	state = (uint64_t)_i + 1;
	for (uint64_t t = 0; t < RESULTS; t++) {
		double v = ldexp((double)below(1u << 30) - (1 << 29), (int)below(200) - 100);
		add(&whole, t, v);
		add(&parts[below(7)], t, v);
	}
	for (int i = 0; i < 7; i++)
		tally_merge(&all, &parts[(i * 3 + _i) % 7]);
	ck_assert(all.done == RESULTS && all.failed == 0 && all.last_at == RESULTS - 1);
	ck_assert(memcmp(fingerprint_text(a, &whole.fingerprint), fingerprint_text(b, &all.fingerprint), 32) == 0);
	double x = moments_mean(&whole.moments), y = moments_mean(&all.moments);
	ck_assert(memcmp(&x, &y, 8) == 0);
	x = moments_sd(&whole.moments);
	y = moments_sd(&all.moments);
	ck_assert(memcmp(&x, &y, 8) == 0);
	ck_assert(all.busy_ns == 1000.0 * RESULTS && all.cpu_ns == 500.0 * RESULTS);
}
END_TEST

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

START_TEST(quantiles)
{
	static struct time_histogram h;
	static uint64_t v[RESULTS];
	state = (uint64_t)_i + 1;
	memset(&h, 0, sizeof(h));
	ck_assert(times_quantile(&h, 0.5) == 0);
	for (int i = 0; i < RESULTS; i++) {
		v[i] = below(UINT64_C(1) << (1 + below(31)));
		v[i] <<= below(_i % 2 ? 33 : 2);
		times_add(&h, v[i]);
	}
	ck_assert_uint_eq(h.n, RESULTS);
	qsort(v, RESULTS, sizeof(v[0]), by_value);
	for (int q = 0; q <= 100; q++) {
		double want = (double)v[(size_t)floor(q / 100.0 * (RESULTS - 1))], got = times_quantile(&h, q / 100.0);
		ck_assert_msg(fabs(got - want) <= 0.09 * want + 0.5, "quantile %d: %g, not %g", q, got, want);
	}
}
END_TEST

START_TEST(every_time_has_a_bucket)
{
	static struct time_histogram h;
	times_add(&h, 0);
	times_add(&h, UINT64_MAX);
	for (int i = 0; i < 64; i++) {
		times_add(&h, UINT64_C(1) << i);
		times_add(&h, (UINT64_C(1) << i) - 1);
	}
	uint64_t sum = 0;
	for (unsigned i = 0; i < TIME_BUCKETS; i++)
		sum += h.bucket[i];
	ck_assert(sum == 130 && h.n == 130);
	ck_assert(times_quantile(&h, 1) > 1.7e19);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: sums");
	TCase *t = tcase_create("all");
	tcase_add_loop_test(t, merging_in_any_order, 0, 10);
	tcase_add_loop_test(t, quantiles, 0, 10);
	tcase_add_test(t, every_time_has_a_bucket);
	suite_add_tcase(s, t);
	return tap_run(s);
}
