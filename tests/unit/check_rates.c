/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates of now, sparklines by the second, and series over the whole run. */
#include "model/rates.h"

#include <math.h>

#include "model/series.h"
#include "unit/feed.h"

START_TEST(rate_of_slow_work_is_that_of_its_last_twenty)
{
	run_of(1000, 1, 1);
	state(RUN_RUNNING, 0);
	slot(0, 1, SLOT_STARTING, 0);
	ck_assert(isnan(rates_now(&snap.rates, 1000)));
	for (int i = 1; i <= 4; i++)
		done(0, 1, 0, 3.0 * i);
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 1 / 3.0, 1e-6); /* all of them */
	for (int i = 1; i <= 40; i++)
		done(0, 1, 0, 12 + 6.0 * i);
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 1 / 6.0, 1e-6); /* the quick ones are long ago */
	ck_assert_double_eq_tol(
		rates_now(&snap.rates, snap.now + 114 * NS_PER_S), 1 / 12.0, 1e-6); /* none came since */
}
END_TEST

START_TEST(rate_of_quick_work_is_that_of_five_seconds)
{
	run_of(1000000, 1, 1);
	state(RUN_RUNNING, 0);
	slot(0, 1, SLOT_STARTING, 0);
	steady(0, 20, 5000);
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 100, 1);
	for (double t = 20.1; t < 30; t += 0.1)
		done(0, 100, 0, t);
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 1000, 10);
	ck_assert_uint_eq(rates_second(&snap.rates, snap.now, 15), 100);
	ck_assert_uint_eq(rates_second(&snap.rates, snap.now, 5), 1000);
	ck_assert_uint_eq(rates_second(&snap.rates, snap.now, 100), 0);
	ck_assert_uint_eq(rates_second(&snap.rates, snap.now + 70 * NS_PER_S, 0), 0);
}
END_TEST

START_TEST(queue_by_seconds)
{
	run_of(1000, 1, 1);
	for (int t = 1; t <= 5; t++)
		tick((struct tick_row){ .slot = 0 }, 1000 - (uint64_t)t * 100, 0, t + 0.5);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now, 0), 500);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now, 1), 600);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now, 3), 800);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now + 3 * NS_PER_S, 0), 500);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now + 3 * NS_PER_S, 4), 600);
	tick((struct tick_row){ .slot = 0 }, 10, 0, 1000);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now, 0), 10);
	ck_assert_uint_eq(queue_at_second(&snap, snap.now, 59), 500);
}
END_TEST

START_TEST(series_keep_their_area)
{
	struct series s = { .n = 0 };
	uint64_t random = 5, at = 77;
	double area = 0, kept = 0;

	series_begin(&s, at, 100);
	for (int i = 0; i < 5000; i++) {
		uint64_t step = next_random(&random) % (i % 100 == 0 ? 20000 : 200);
		double v = (double)(next_random(&random) % 1000);

		area += v * (double)step;
		at += step;
		series_add(&s, at, v);
		ck_assert_uint_le(s.n, SERIES_CELLS);
	}
	for (uint32_t i = 0; i < s.n; i++)
		kept += s.v[i] * (double)(i + 1 < s.n ? s.width : s.end - s.begin - (s.n - 1) * s.width);
	ck_assert_double_eq_tol(kept / area, 1, 1e-9);
	ck_assert_uint_eq(s.end, at);
	series_add(&s, at - 1, 1e9); /* the past is past */
	ck_assert_uint_eq(s.end, at);
}
END_TEST

START_TEST(rate_series_is_free_of_teeth)
{
	run_of(1000000, 1, 1);
	state(RUN_RUNNING, 0);
	slot(0, 1, SLOT_STARTING, 0);
	for (int i = 1; i <= 300; i++)
		done(0, 33, 0, i * 0.033); /* does not fit into cells of 100 ms */
	ck_assert_uint_eq(snap.rate_series.n, 99);
	for (uint32_t i = 0; i < snap.rate_series.n; i++)
		ck_assert_double_eq_tol(snap.rate_series.v[i], 1000, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rates");
	TCase *t = tcase_create("rates");

	tcase_add_checked_fixture(t, fresh, done_with);
	tcase_add_test(t, rate_of_slow_work_is_that_of_its_last_twenty);
	tcase_add_test(t, rate_of_quick_work_is_that_of_five_seconds);
	tcase_add_test(t, queue_by_seconds);
	tcase_add_test(t, series_keep_their_area);
	tcase_add_test(t, rate_series_is_free_of_teeth);
	suite_add_tcase(s, t);
	return tap_run(s);
}
