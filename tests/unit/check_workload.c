/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side of the kinds of work: every kind has its functions, and the lengths of `sleep` and `spin` follow
 * the distributions that their file promises. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tap.h"
#include "work/prepared.h"
#include "work/spread.h"

START_TEST(every_kind_has_a_workload)
{
	size_t n = 0;

	for (const struct kind *k = kinds; k->name; k++, n++) {
		const struct workload *w = workload_find(k->name);

		ck_assert_msg(w != NULL, "%s", k->name);
		ck_assert_ptr_nonnull(w->run);
	}
	for (const struct workload *const *w = workloads; *w; w++, n--)
		ck_assert_msg(kind_find((*w)->name) != NULL, "%s", (*w)->name);
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_null(workload_find("nothing"));
}
END_TEST

/* Wichura's own check values, and symmetry. */
START_TEST(normal_quantiles)
{
	static const struct {
		double p, z;
	} known[] = {
		{ 0.25, -0.6744897501960817 }, { 0.001, -3.090232306167814 }, { 1e-20, -9.262340089798408 },
		{ 0.5, 0 }, { 0.975, 1.959963984540054 }, { 0.9, 1.2815515655446004 },
	};
	struct err err = { "" };
	const struct kern *k = kern_pick(&err);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ck_assert_double_eq_tol(spread_normal(k, known[i].p), known[i].z, 1e-14 * (1 + fabs(known[i].z)));
	for (double p = 1e-3; p < 0.5; p += 1e-3)
		ck_assert_double_eq_tol(spread_normal(k, p), -spread_normal(k, 1 - p), 1e-13);
}
END_TEST

/* Mean and second moment of many lengths, in units of `time`, within six standard errors. */
static void check_moments(int64_t spread, double sigma, double variance, double fourth)
{
	const int n = 40000;
	struct value values[WAIT_PARAMS] = { { 0 } };
	struct task t = { .seed = 507, .values = values };
	struct err err = { "" };
	const struct kern *k = kern_pick(&err);
	double sum = 0, squares = 0;

	values[WAIT_TIME].i = 2000000;
	values[WAIT_SPREAD].i = spread;
	values[WAIT_SIGMA].r = sigma;
	for (int i = 0; i < n; i++) {
		double seconds, x;
		uint64_t ns;

		t.number = (uint64_t)i;
		ns = spread_length(k, &t, &seconds);
		ck_assert(fabs((double)ns - seconds * 1e9) <= 1);
		x = seconds / 2e-3;
		ck_assert(x >= 0);
		sum += x;
		squares += (x - 1) * (x - 1);
	}
	ck_assert_double_eq_tol(sum / n, 1, 6 * sqrt(variance / n) + 1e-12);
	ck_assert_double_eq_tol(squares / n, variance, 6 * sqrt((fourth - variance * variance) / n) + 1e-12);
}

START_TEST(lengths_have_their_distribution)
{
	/* log-normal with mean 1: fourth central moment from E x^k = exp(sigma^2 k (k - 1) / 2) */
	double w = exp(0.25 * 0.25), v = w - 1;

	check_moments(SPREAD_NONE, 1, 0, 0);
	check_moments(SPREAD_UNIFORM, 1, 1. / 3, 1. / 5);
	check_moments(SPREAD_EXPONENTIAL, 1, 1, 9);
	check_moments(SPREAD_LOG_NORMAL, 0.25, v, pow(w, 6) - 4 * pow(w, 3) + 6 * w - 3);
	check_moments(SPREAD_LOG_NORMAL, 0, 0, 0);
}
END_TEST

START_TEST(lengths_have_the_same_bits_at_every_level)
{
	const struct kern *levels[KERN_LEVELS + 1];
	struct value values[WAIT_PARAMS] = { { 0 } };
	struct task t = { .seed = 3, .values = values };

	kern_levels(levels);
	values[WAIT_TIME].i = 12345;
	values[WAIT_SIGMA].r = 1.5;
	for (int64_t spread = SPREAD_NONE; spread <= SPREAD_LOG_NORMAL; spread++)
		for (t.number = 0; t.number < 500; t.number++)
			for (int i = 1; levels[i]; i++) {
				double a, b;

				values[WAIT_SPREAD].i = spread;
				spread_length(levels[0], &t, &a);
				spread_length(levels[i], &t, &b);
				ck_assert_mem_eq(&a, &b, sizeof(a));
			}
}
END_TEST

START_TEST(the_longest_length_is_a_time)
{
	struct value values[WAIT_PARAMS] = { { 0 } };
	struct task t = { .seed = 1, .values = values };
	struct err err = { "" };
	const struct kern *k = kern_pick(&err);
	double seconds;

	values[WAIT_TIME].i = INT64_MAX;
	values[WAIT_SPREAD].i = SPREAD_NONE;
	ck_assert_uint_eq(spread_length(k, &t, &seconds), 1000000000000000000u);
	ck_assert(seconds == 1e9);
	values[WAIT_TIME].i = 0;
	values[WAIT_SPREAD].i = SPREAD_LOG_NORMAL;
	ck_assert_uint_eq(spread_length(k, &t, &seconds), 0);
	ck_assert(seconds == 0);
}
END_TEST

START_TEST(malformed_work_is_refused)
{
	struct prepared p = { 0 };
	struct err err = { "" };

	ck_assert_int_eq(prepared_make(&p, (struct slice){ "", 0 }, &err), -1);
	ck_assert_str_ne(err.msg, "");
	ck_assert_int_eq(prepared_make(&p, (struct slice){ "\4\0\0\0none", 8 }, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "none"));
	prepared_release(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("workload");
	TCase *t = tcase_create("workload");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, every_kind_has_a_workload);
	tcase_add_test(t, normal_quantiles);
	tcase_add_test(t, lengths_have_their_distribution);
	tcase_add_test(t, lengths_have_the_same_bits_at_every_level);
	tcase_add_test(t, the_longest_length_is_a_time);
	tcase_add_test(t, malformed_work_is_refused);
	suite_add_tcase(s, t);
	return tap_run(s);
}
