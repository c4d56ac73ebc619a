/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serial baseline's order, its sums and when it has enough. */
#include "engine/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#include "tap.h"

/* Every block once: a permutation, for any number of tasks, and another one for another seed. */
START_TEST(order_is_a_permutation)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 5, 7, 16, 17, 100, 255, 1000, 4096, 5000 };
	uint64_t n = sizes[_i], differs = 0;
	unsigned char *seen = calloc(n, 1);
	struct baseline a = { 0 }, b = { 0 };
	baseline_begin(&a, n, 507);
	baseline_begin(&b, n, 508);
	ck_assert_uint_eq(baseline_blocks(&a), n);
	for (uint64_t i = 0; i < n; i++) {
		struct span s = baseline_block(&a, i);
		ck_assert(s.count == 1 && s.first < n && !seen[s.first]);
		seen[s.first] = 1;
		differs += s.first != baseline_block(&b, i).first;
		ck_assert_uint_eq(baseline_block(&a, i).first, s.first);
	}
	ck_assert(n < 100 || differs > n / 2);
	free(seen);
}
END_TEST

START_TEST(blocks_of_short_tasks)
{
	struct baseline b = { 0 };
	uint64_t n = 10000, sum = 0;
	baseline_begin(&b, n, 1);
	for (uint64_t i = 0; i < 63; i++)
		baseline_add(&b, i, 0, false, 100);
	ck_assert(!baseline_coarsen(&b));
	baseline_add(&b, 63, 0, false, 100);
	ck_assert(baseline_coarsen(&b) && b.executed == 0 && b.block == 256 && !baseline_coarsen(&b));
	ck_assert_uint_eq(baseline_blocks(&b), 40);
	for (uint64_t i = 0; i < 40; i++) {
		struct span s = baseline_block(&b, i);
		ck_assert(s.first % 256 == 0 && s.first + s.count <= n && (s.count == 256 || s.first + s.count == n));
		sum += s.count;
	}
	ck_assert_uint_eq(sum, n);
	baseline_release(&b);
}
END_TEST

START_TEST(long_tasks_are_drawn_singly)
{
	struct baseline b = { 0 };
	baseline_begin(&b, 10000, 1);
	for (uint64_t i = 0; i < 100; i++)
		baseline_add(&b, i, 0, false, 50000);
	ck_assert(!baseline_coarsen(&b));
	baseline_release(&b);
}
END_TEST

START_TEST(mean_and_error)
{
	struct baseline b = { 0 };
	baseline_begin(&b, 1000, 1);
	ck_assert(isinf(baseline_se(&b)));
	for (uint64_t i = 0; i < 10; i++)
		baseline_add(&b, i, 0, false, 1000.0 + 100.0 * (double)i);
	ck_assert_double_eq_tol(b.mean, 1450, 1e-9);
	/* sd 302.765, divided by sqrt 10, times the part that was not drawn */
	ck_assert_double_eq_tol(baseline_se(&b), 302.76503540974917 / sqrt(10) * sqrt(0.99), 1e-9);
	for (uint64_t i = 10; i < 1000; i++)
		baseline_add(&b, i, 0, false, 1000);
	ck_assert(baseline_se(&b) == 0 && baseline_enough(&b, 0, 4));
	baseline_release(&b);
}
END_TEST

START_TEST(enough)
{
	struct baseline b = { 0 };
	baseline_begin(&b, 1000000, 1);
	b.begun_at = 1;
	for (uint64_t i = 0; i < 7; i++)
		baseline_add(&b, i, 0, false, 1e6);
	ck_assert(!baseline_enough(&b, 3600 * NS_PER_S, 1)); /* at least eight */
	baseline_add(&b, 7, 0, false, 1e6);
	ck_assert(!baseline_enough(&b, 99 * NS_PER_MS, 1)); /* the first ones are slow */
	ck_assert(baseline_enough(&b, 110 * NS_PER_MS, 1));
	for (uint64_t i = 8; i < 16; i++)
		baseline_add(&b, i, 0, false, 3e6);
	ck_assert(!baseline_enough(&b, 110 * NS_PER_MS, 1)); /* too uncertain */
	/* a tenth of the expected parallel time: 10^6 × 2 ms / 4 / 10 = 50 s */
	ck_assert(!baseline_enough(&b, 49 * NS_PER_S, 4));
	ck_assert(baseline_enough(&b, 51 * NS_PER_S, 4));
	b.for_ns = 20 * NS_PER_S; /* a run sized by its rate: a tenth of its time */
	ck_assert(!baseline_enough(&b, 1900 * NS_PER_MS, 4));
	ck_assert(baseline_enough(&b, 2100 * NS_PER_MS, 4));
	baseline_release(&b);
}
END_TEST

START_TEST(results_are_compared)
{
	struct baseline b = { 0 };
	double v[10];
	unsigned char status[10] = { 0 };
	uint64_t which = 0;
	baseline_begin(&b, 100, 3);
	for (uint64_t i = 0; i < 50; i++) {
		uint64_t t = baseline_block(&b, i).first;
		baseline_add(&b, t, (double)t * 0.5, false, 100);
	}
	baseline_end(&b);
	ck_assert(b.known && !b.running);
	for (uint64_t t = 0; t < 100; t += 10) {
		for (int i = 0; i < 10; i++)
			v[i] = (double)(t + (uint64_t)i) * 0.5;
		ck_assert(baseline_check(&b, t, 10, v, NULL, &which));
	}
	uint64_t known = b.results[17].task;
	double other = (double)known * 0.5 + 1;
	ck_assert(!baseline_check(&b, known, 1, &other, NULL, &which));
	ck_assert_uint_eq(which, known);
	status[0] = 1; /* failed now: nothing to compare */
	ck_assert(baseline_check(&b, known, 1, &other, status, &which));
	baseline_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: baseline");
	TCase *t = tcase_create("all");
	tcase_add_loop_test(t, order_is_a_permutation, 0, 13);
	tcase_add_test(t, blocks_of_short_tasks);
	tcase_add_test(t, long_tasks_are_drawn_singly);
	tcase_add_test(t, mean_and_error);
	tcase_add_test(t, enough);
	tcase_add_test(t, results_are_compared);
	suite_add_tcase(s, t);
	return tap_run(s);
}
