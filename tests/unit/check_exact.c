/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums against known answers and against whole-number arithmetic, in random orders, parts and sizes. */
#include "model/exact.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "tap.h"

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Any finite double: every exponent as likely as any other. */
static double any_double(uint64_t *state)
{
	double v;
	uint64_t bits;

	do {
		bits = next_random(state);
		memcpy(&v, &bits, sizeof(v));
	} while (!isfinite(v));
	return v;
}

static double sum_of(const double *v, int n)
{
	struct exact_sum s = { .pending = 0 };

	for (int i = 0; i < n; i++)
		exact_add(&s, v[i]);
	return exact_value(&s);
}

START_TEST(known_sums)
{
	static const double half_ulp[] = { 1, 0x1p-53 };
	static const double above_half[] = { 1, 0x1p-53, 0x1p-1074 };
	static const double to_even[] = { 1 + 0x1p-52, 0x1p-53 };
	static const double cancel[] = { 1e300, 1, -1e300 };
	static const double tiny[] = { 0x1p-1074, 0x1p-1074, -0x1p-1022 };
	static const double over[] = { DBL_MAX, DBL_MAX, -DBL_MAX };
	static const double too_large[] = { DBL_MAX, 0x1p970 };
	static const double just_fits[] = { DBL_MAX, 0x1p969 };
	static const double carried[] = { -0x1p-1074, DBL_MAX, 0x1p-1074 };

	ck_assert_double_eq(sum_of(half_ulp, 2), 1);
	ck_assert_double_eq(sum_of(above_half, 3), 1 + 0x1p-52);
	ck_assert_double_eq(sum_of(to_even, 2), 1 + 0x1p-51);
	ck_assert_double_eq(sum_of(cancel, 3), 1);
	ck_assert_double_eq(sum_of(tiny, 3), -0x1p-1022 + 0x1p-1073);
	ck_assert_double_eq(sum_of(over, 3), DBL_MAX);
	ck_assert_double_infinite(sum_of(too_large, 2));
	ck_assert_double_eq(sum_of(just_fits, 2), DBL_MAX);
	ck_assert_double_eq(sum_of(carried, 3), DBL_MAX);
	ck_assert_double_eq(sum_of(carried, 0), 0);
}
END_TEST

START_TEST(known_squares)
{
	struct exact_squares q = { .pending = 0 };

	exact_add_square(&q, 3);
	exact_add_square(&q, -4);
	ck_assert_double_eq(exact_squares_value(&q), 25);
	exact_add_square(&q, 0x1p-1074);
	ck_assert_double_eq(exact_squares_value(&q), 25);
	memset(&q, 0, sizeof(q));
	exact_add_square(&q, 0x1p-537);
	ck_assert_double_eq(exact_squares_value(&q), 0x1p-1074);
	/* Half of the smallest number rounds to even, hence to 0; more than half does not. */
	memset(&q, 0, sizeof(q));
	exact_add_square(&q, 0x1p-538);
	exact_add_square(&q, 0x1p-538);
	ck_assert_double_eq(exact_squares_value(&q), 0);
	exact_add_square(&q, 0x1p-1000);
	ck_assert_double_eq(exact_squares_value(&q), 0x1p-1074);
	exact_add_square(&q, DBL_MAX);
	ck_assert_double_infinite(exact_squares_value(&q));
}
END_TEST

START_TEST(special_values)
{
	struct exact_sum s = { .pending = 0 };

	exact_add(&s, 1);
	exact_add(&s, HUGE_VAL);
	ck_assert_double_eq(exact_value(&s), HUGE_VAL);
	exact_add(&s, -HUGE_VAL);
	ck_assert_double_nan(exact_value(&s));
	memset(&s, 0, sizeof(s));
	exact_add(&s, NAN);
	ck_assert_double_nan(exact_value(&s));
}
END_TEST

/* Whole numbers of up to 2^100, scaled: the reference is 128-bit arithmetic, rounded by the compiler's conversion. */
START_TEST(equals_integer_arithmetic)
{
	uint64_t state = 1;

	for (int round = 0; round < 2000; round++) {
		struct exact_sum s = { .pending = 0 };
		struct exact_squares q = { .pending = 0 };
		__int128 total = 0;
		unsigned __int128 squares = 0;
		int n = 1 + (int)(next_random(&state) % 60), scale = (int)(next_random(&state) % 900) - 450;

		for (int i = 0; i < n; i++) {
			int64_t m = (int64_t)next_random(&state) >> 11, shift = (int64_t)(next_random(&state) % 60);
			int64_t small = m >> shift % 53;

			total += (__int128)m * ((__int128)1 << shift);
			exact_add(&s, ldexp((double)m, (int)shift + scale));
			squares += (unsigned __int128)((__int128)small * small);
			exact_add_square(&q, ldexp((double)small, scale));
		}
		ck_assert_double_eq(exact_value(&s), ldexp((double)total, scale));
		ck_assert_double_eq(exact_squares_value(&q), ldexp((double)squares, 2 * scale));
	}
}
END_TEST

/* Every order and every cut into parts, packed and unpacked on the way, gives the same bytes; taking all away again
 * gives 0. */
START_TEST(order_and_parts_do_not_matter)
{
	uint64_t state = 2;
	enum { N = 3000 };
	double v[N];
	struct exact_sum s = { .pending = 0 };
	struct exact_squares q = { .pending = 0 };
	struct str want = STR_INIT;

	for (int i = 0; i < N; i++) {
		v[i] = any_double(&state);
		exact_add(&s, v[i]);
		exact_add_square(&q, v[i]);
	}
	exact_sum_pack(&want, &s);
	exact_squares_pack(&want, &q);
	for (int round = 0; round < 20; round++) {
		struct exact_sum part[4], all = { .pending = 0 };
		struct exact_squares qpart[4], qall = { .pending = 0 };
		struct str got = STR_INIT;

		memset(part, 0, sizeof(part));
		memset(qpart, 0, sizeof(qpart));
		for (int i = N - 1; i > 0; i--) {
			int k = (int)(next_random(&state) % (unsigned)(i + 1));
			double t = v[i];

			v[i] = v[k];
			v[k] = t;
		}
		for (int i = 0; i < N; i++) {
			int k = (int)(next_random(&state) % 4);

			exact_add(&part[k], v[i]);
			exact_add_square(&qpart[k], v[i]);
		}
		for (int k = 0; k < 4; k++) {
			struct reader r;

			str_clear(&got);
			exact_sum_pack(&got, &part[k]);
			exact_squares_pack(&got, &qpart[k]);
			r = reader_of((struct slice){ got.p, got.n });
			exact_sum_unpack(&r, &part[k]);
			exact_squares_unpack(&r, &qpart[k]);
			ck_assert(!r.bad && r.left == 0);
			exact_sum_merge(&all, &part[k]);
			exact_squares_merge(&qall, &qpart[k]);
		}
		str_clear(&got);
		exact_sum_pack(&got, &all);
		exact_squares_pack(&got, &qall);
		ck_assert_uint_eq(got.n, want.n);
		ck_assert_mem_eq(got.p, want.p, want.n);
		str_release(&got);
	}
	for (int i = 0; i < N; i++)
		exact_add(&s, -v[i]);
	ck_assert_double_eq(exact_value(&s), 0);
	str_release(&want);
}
END_TEST

/* More adds of the largest size than fit without a carry, on both sides of 0. */
START_TEST(many_adds_of_one_size)
{
	struct exact_sum s = { .pending = 0 };
	double v = 0x1.fffffffffffffp1000;

	for (int i = 0; i < 100000; i++)
		exact_add(&s, -v);
	ck_assert_double_eq(exact_value(&s), -v * 100000);
	for (int i = 0; i < 100001; i++)
		exact_add(&s, v);
	ck_assert_double_eq(exact_value(&s), v);
}
END_TEST

START_TEST(broken_bytes_are_refused)
{
	static const unsigned char broken[][6] = { { 16, 0, 0 }, { 0, 68, 1, 1, 1, 1 }, { 0, 0, 200, 1, 1, 1 } };

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct reader r = reader_of((struct slice){ broken[i], sizeof(broken[i]) });
		struct exact_sum s;

		exact_sum_unpack(&r, &s);
		ck_assert(r.bad);
		ck_assert_double_eq(exact_value(&s), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("exact");
	TCase *t = tcase_create("exact");

	tcase_add_test(t, known_sums);
	tcase_add_test(t, known_squares);
	tcase_add_test(t, special_values);
	tcase_add_test(t, equals_integer_arithmetic);
	tcase_add_test(t, order_and_parts_do_not_matter);
	tcase_add_test(t, many_adds_of_one_size);
	tcase_add_test(t, broken_bytes_are_refused);
	suite_add_tcase(s, t);
	return tap_run(s);
}
