/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics against NIST's data sets and Student's t against printed tables. */
#include "model/moments.h"

#include <float.h>
#include <math.h>

#include "tap.h"

#define CLOSE(got, want, rel) ck_assert_double_le(fabs((got) - (want)), fabs(want) * (rel))

/* NIST StRD NumAcc3: 1000000.2, then 1000000.1 and 1000000.3 five hundred times each in turn; sd exactly 0.1 in
 * decimals. */
START_TEST(nist_numacc3)
{
	struct moments m = { .n = 0 };

	moments_add(&m, 1000000.2);
	for (int i = 0; i < 500; i++) {
		moments_add(&m, 1000000.1);
		moments_add(&m, 1000000.3);
	}
	ck_assert_uint_eq(m.n, 1001);
	CLOSE(moments_mean(&m), 1000000.2, 1e-15);
	CLOSE(moments_sd(&m), 0.1, 1e-9); /* the data are doubles near those decimals */
	ck_assert_double_eq(m.min, 1000000.1);
	ck_assert_double_eq(m.max, 1000000.3);
}
END_TEST

/* The usual formulas lose every digit here. */
START_TEST(no_cancellation)
{
	struct moments m = { .n = 0 };

	moments_add(&m, 1e15 + 1);
	moments_add(&m, 1e15 + 2);
	moments_add(&m, 1e15 + 3);
	ck_assert_double_eq(moments_variance(&m), 1);
	ck_assert_double_eq(moments_sd(&m), 1);
	ck_assert_double_eq(moments_mean(&m), 1e15 + 2);
	ck_assert_double_eq(moments_se(&m), sqrt(1. / 3));
	CLOSE(moments_half(&m), 4.302652729749464 * sqrt(1. / 3), 1e-11);
}
END_TEST

START_TEST(extreme_sizes)
{
	struct moments m = { .n = 0 };

	moments_add(&m, DBL_MAX);
	moments_add(&m, DBL_MAX);
	ck_assert_double_eq(moments_mean(&m), DBL_MAX);
	ck_assert_double_eq(moments_variance(&m), 0);
	memset(&m, 0, sizeof(m));
	moments_add(&m, 1e200);
	moments_add(&m, 3e200);
	ck_assert_double_infinite(moments_variance(&m));
	CLOSE(moments_sd(&m), sqrt(2) * 1e200, 1e-15);
	memset(&m, 0, sizeof(m));
	moments_add(&m, 1e-200);
	moments_add(&m, 3e-200);
	ck_assert_double_eq(moments_variance(&m), 0);
	CLOSE(moments_sd(&m), sqrt(2) * 1e-200, 1e-15);
}
END_TEST

START_TEST(too_few_are_unknown)
{
	struct moments m = { .n = 0 };

	ck_assert_double_nan(moments_mean(&m));
	moments_add(&m, 2);
	ck_assert_double_eq(moments_mean(&m), 2);
	ck_assert_double_nan(moments_variance(&m));
	ck_assert_double_nan(moments_se(&m));
	ck_assert_double_nan(moments_half(&m));
}
END_TEST

START_TEST(merge_equals_one_stream)
{
	struct moments all = { .n = 0 }, part[3], joined = { .n = 0 };
	struct str a = STR_INIT, b = STR_INIT;

	memset(part, 0, sizeof(part));
	for (int i = 0; i < 1000; i++) {
		double x = (i * 7919 % 1000) / 3. - 100;

		moments_add(&all, x);
		moments_add(&part[i % 3], x);
	}
	for (int i = 2; i >= 0; i--) {
		struct moments copy;
		struct reader r;

		str_clear(&b);
		moments_pack(&b, &part[i]);
		r = reader_of((struct slice){ b.p, b.n });
		moments_unpack(&r, &copy);
		ck_assert(!r.bad && r.left == 0);
		moments_merge(&joined, &copy);
	}
	str_clear(&b);
	moments_pack(&a, &all);
	moments_pack(&b, &joined);
	ck_assert_uint_eq(a.n, b.n);
	ck_assert_mem_eq(a.p, b.p, a.n);
	str_release(&a);
	str_release(&b);
}
END_TEST

/* As GSL gives them (gsl_cdf_tdist_Pinv), and to their digits in the Handbook, table 26.10. */
START_TEST(student_table)
{
	static const struct {
		unsigned df;
		double t;
	} table[] = {
		{ 1, 12.7062047361747 }, { 2, 4.30265272974946 }, { 3, 3.18244630528371 }, { 4, 2.77644510519779 },
		{ 5, 2.57058183563631 }, { 6, 2.44691185114497 }, { 7, 2.36462425159278 }, { 10, 2.22813885198627 },
		{ 30, 2.04227245630124 }, { 99, 1.98421695158642 }, { 100, 1.98397151852355 }, { 999, 1.96234146113345 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CLOSE(student_t975(table[i].df), table[i].t, 1e-13);
	/* Both ways of computing it agree where they meet, and fall with the degrees of freedom. */
	for (unsigned df = 1; df < 500; df++)
		ck_assert_double_gt(student_t975(df), student_t975(df + 1));
	ck_assert_double_lt(student_t975(200) - student_t975(201), student_t975(199) - student_t975(200));
	CLOSE(student_t975(1000000000), 1.959963984540054, 1e-8);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("moments");
	TCase *t = tcase_create("moments");

	tcase_add_test(t, nist_numacc3);
	tcase_add_test(t, no_cancellation);
	tcase_add_test(t, extreme_sizes);
	tcase_add_test(t, too_few_are_unknown);
	tcase_add_test(t, merge_equals_one_stream);
	tcase_add_test(t, student_table);
	suite_add_tcase(s, t);
	return tap_run(s);
}
