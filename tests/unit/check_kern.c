/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels: the same bits at every level this processor has, right values, and the errors of log and exp in ulp. */
#include "work/kern.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { N = 4 * KERN_BLOCK + 5 };

static const double special[] = {
	0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, -0.49999999999999994, 0x1p52, 0x1p52 + 1, -0x1p53,
	0x1p51 + 0.5, 1e300, -1e300, DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074, -0x1p-1074, 0x1p-1060, HUGE_VAL, -HUGE_VAL, NAN,
	709.78271289338397, 709.78271289338403, -745.13321910194111, -745.2, -708.5, 1e-20, 0x1.6a09e667f3bcdp-1, 3,
};
enum { SPECIALS = sizeof(special) / sizeof(special[0]) };

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Special values in every pairing first, then numbers of all sizes, then numbers as formulas see them. */
static void inputs(double *a, double *b, uint64_t seed)
{
	for (int i = 0; i < N; i++) {
		uint64_t bits = next_random(&seed);

		memcpy(&a[i], &bits, sizeof(bits));
		b[i] = (double)(int64_t)next_random(&seed) * 0x1p-56;
		if (i % 3 == 0)
			a[i] = (double)(int64_t)bits * 0x1p-58;
		if (i % 7 == 0)
			b[i] = a[i];
		if (i < SPECIALS * 30) {
			a[i] = special[i % SPECIALS];
			b[i] = special[(i + i / SPECIALS) % SPECIALS];
		}
	}
}

/* The last level in the list is the one that every machine has. */
static const struct kern *all_levels(const struct kern *levels[KERN_LEVELS + 1])
{
	int n = 0;

	kern_levels(levels);
	while (levels[n + 1])
		n++;
	return levels[n];
}

static void assert_same(const char *what, int code, const double *got, const double *want, int n)
{
	for (int i = 0; i < n; i++) {
		if (got[i] != got[i] && want[i] != want[i])
			continue; /* the sign of a NaN is nobody's */
		ck_assert_msg(memcmp(&got[i], &want[i], sizeof(double)) == 0, "%s, code %d, value %d: %a is not %a", what, code, i,
			      got[i], want[i]);
	}
}

START_TEST(all_levels_have_the_same_functions)
{
	const struct kern *levels[KERN_LEVELS + 1];

	kern_levels(levels);
	for (int i = 0; levels[i]; i++) {
		for (int c = 0; c < EXPR_NCODES; c++) {
			ck_assert_int_eq(!levels[i]->unary[c], !levels[0]->unary[c]);
			ck_assert_int_eq(!levels[i]->binary[c], !levels[0]->binary[c]);
			ck_assert_int_eq(!levels[i]->with_scalar[c], !levels[0]->with_scalar[c]);
			ck_assert_int_eq(!levels[i]->scalar_with[c], !levels[0]->scalar_with[c]);
		}
	}
}
END_TEST

START_TEST(formulas_same_bits)
{
	static double a[N], b[N], c[N], want[N], got[N];
	const struct kern *levels[KERN_LEVELS + 1], *k, *v1;

	inputs(a, b, 1);
	inputs(c, c, 2);
	v1 = all_levels(levels);
	for (int i = 0; (k = levels[i]); i++) {
		for (int code = 0; code < EXPR_NCODES; code++) {
			if (k->unary[code]) {
				v1->unary[code](want, a, N);
				k->unary[code](got, a, N);
				assert_same(k->name, code, got, want, N);
			}
			if (k->binary[code]) {
				v1->binary[code](want, a, b, N);
				k->binary[code](got, a, b, N);
				assert_same(k->name, code, got, want, N);
			}
			for (int s = 0; s < SPECIALS; s++) {
				if (k->with_scalar[code]) {
					v1->with_scalar[code](want, a, special[s], N);
					k->with_scalar[code](got, a, special[s], N);
					assert_same(k->name, code, got, want, N);
				}
				if (k->scalar_with[code]) {
					v1->scalar_with[code](want, a, special[s], N);
					k->scalar_with[code](got, a, special[s], N);
					assert_same(k->name, code, got, want, N);
				}
			}
		}
		v1->select(want, c, a, b, N);
		k->select(got, c, a, b, N);
		assert_same(k->name, EXPR_SELECT, got, want, N);
		for (int e = -EXPR_MAX_POWI; e <= EXPR_MAX_POWI; e++) {
			v1->powi(want, a, e, KERN_BLOCK - 3);
			k->powi(got, a, e, KERN_BLOCK - 3);
			assert_same(k->name, EXPR_POWI, got, want, KERN_BLOCK - 3);
		}
	}
}
END_TEST

START_TEST(streams_and_lanes_same_bits)
{
	static uint64_t words[1024], other[1024];
	static double e[1024], x[1024], want[1024], got[1024];
	const struct kern *levels[KERN_LEVELS + 1], *k, *v1;
	const uint64_t key[4] = { 507, 3, 0, 0 };
	double base[KERN_LANES], sums[KERN_LANES];

	v1 = all_levels(levels);
	v1->fill(words, key, ~0ull - 100, 256);
	words[0] = 0;
	words[1] = ~0ull;
	words[2] = 1ull << 38;
	words[3] = (1ull << 38) - 1;
	v1->exponentials(e, words, 1024);
	v1->lane_sums(base, e, 128);
	v1->lane_points(x, e, 128, base, -1, 1e-3, 2);
	for (int i = 0; (k = levels[i]); i++) {
		k->fill(other, key, ~0ull - 100, 256);
		ck_assert_mem_eq(other + 4, words + 4, sizeof(words) - 32);
		v1->uniforms(want, words, 1024);
		k->uniforms(got, words, 1024);
		assert_same(k->name, 0, got, want, 1024);
		k->exponentials(got, words, 1024);
		assert_same(k->name, 1, got, e, 1024);
		k->lane_sums(sums, e, 128);
		assert_same(k->name, 2, sums, base, KERN_LANES);
		k->lane_points(got, e, 128, base, -1, 1e-3, 2);
		assert_same(k->name, 3, got, x, 1024);
		got[0] = k->lane_dot(x, e, 128);
		want[0] = v1->lane_dot(x, e, 128);
		assert_same(k->name, 4, got, want, 1);
	}
}
END_TEST

/* What the lanes promise, written down plainly. */
START_TEST(lanes_do_what_they_say)
{
	const struct kern *levels[KERN_LEVELS + 1];
	double v[3 * KERN_LANES], f[3 * KERN_LANES], x[3 * KERN_LANES], sums[KERN_LANES], base[KERN_LANES], dot[KERN_LANES];

	kern_levels(levels);
	for (int i = 0; i < 3 * KERN_LANES; i++) {
		v[i] = sqrt(i + 1);
		f[i] = 1 / (i + 3.);
	}
	levels[0]->lane_sums(sums, v, 3);
	for (int j = 0; j < KERN_LANES; j++) {
		base[j] = 10 * j;
		ck_assert_double_eq(sums[j], v[j] + v[j + KERN_LANES] + v[j + 2 * KERN_LANES]);
		dot[j] = f[j] * v[j] + f[j + KERN_LANES] * v[j + KERN_LANES] + f[j + 2 * KERN_LANES] * v[j + 2 * KERN_LANES];
	}
	levels[0]->lane_points(x, v, 3, base, 1, 0.5, 20);
	for (int j = 0; j < KERN_LANES; j++) {
		ck_assert_double_eq(x[j], fmin(1 + (base[j] + v[j]) * 0.5, 20));
		ck_assert_double_eq(x[j + KERN_LANES], fmin(1 + (base[j] + (v[j] + v[j + KERN_LANES])) * 0.5, 20));
	}
	ck_assert_double_eq(levels[0]->lane_dot(f, v, 3),
			    ((dot[0] + dot[4]) + (dot[2] + dot[6])) + ((dot[1] + dot[5]) + (dot[3] + dot[7])));
}
END_TEST

START_TEST(uniforms_and_exponentials)
{
	const struct kern *levels[KERN_LEVELS + 1];
	static uint64_t w[1024];
	static double u[1024], e[1024], up[1024], want[1024];

	kern_levels(levels);
	levels[0]->fill(w, (uint64_t[4]){ 1, 2, 3, 4 }, 0, 256);
	w[0] = 0;
	w[1] = ~0ull;
	levels[0]->uniforms(u, w, 1024);
	levels[0]->exponentials(e, w, 1024);
	for (int i = 0; i < 1024; i++) {
		ck_assert_double_eq(u[i], ldexp((double)(w[i] >> 11), -53));
		up[i] = ldexp((double)((w[i] >> 11) + 1), -53);
	}
	levels[0]->unary[EXPR_LOG](want, up, 1024);
	for (int i = 0; i < 1024; i++)
		ck_assert_double_eq(e[i], -want[i]);
	ck_assert_double_eq(e[1], 0);
	ck_assert_int_eq(signbit(e[1]), 0);
}
END_TEST

/* Rounding of all kinds, signs and classes against libm, for which each is exact. */
START_TEST(exact_functions_equal_libm)
{
	static double a[N], b[N], got[N];
	const struct kern *levels[KERN_LEVELS + 1];
	static const struct {
		int code;
		double (*f)(double);
	} exact[] = {
		{ EXPR_RINT, rint }, { EXPR_FLOOR, floor }, { EXPR_CEIL, ceil }, { EXPR_TRUNC, trunc }, { EXPR_ROUND, round },
		{ EXPR_ABS, fabs }, { EXPR_SQRT, sqrt },
	};

	inputs(a, b, 3);
	kern_levels(levels);
	for (size_t k = 0; k < sizeof(exact) / sizeof(exact[0]); k++) {
		double want[N];

		levels[0]->unary[exact[k].code](got, a, N);
		for (int i = 0; i < N; i++)
			want[i] = exact[k].f(a[i]);
		assert_same("libm", exact[k].code, got, want, N);
	}
	levels[0]->binary[EXPR_COPYSIGN](got, a, b, N);
	for (int i = 0; i < N; i++)
		ck_assert(signbit(got[i]) == signbit(b[i]) && (a[i] != a[i] || fabs(got[i]) == fabs(a[i])));
	levels[0]->binary[EXPR_FDIM](got, a, b, N);
	for (int i = 0; i < N; i++)
		ck_assert(got[i] == fdim(a[i], b[i]) || got[i] != got[i]);
}
END_TEST

/* A NaN operand shows in the result: a formula's mistake is never hidden. */
START_TEST(nan_is_passed_on)
{
	const struct kern *levels[KERN_LEVELS + 1];
	const double a[2] = { NAN, 1 }, b[2] = { 1, NAN };
	double r[2];

	kern_levels(levels);
	for (int i = 0; levels[i]; i++) {
		const struct kern *k = levels[i];
		static const int unary[] = { EXPR_NEG, EXPR_ABS, EXPR_SIGN, EXPR_SQRT, EXPR_RINT, EXPR_FLOOR, EXPR_CEIL, EXPR_TRUNC,
					     EXPR_ROUND, EXPR_LOG, EXPR_EXP };
		static const int binary[] = { EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV, EXPR_MIN, EXPR_MAX, EXPR_FDIM };

		for (size_t c = 0; c < sizeof(unary) / sizeof(unary[0]); c++) {
			k->unary[unary[c]](r, a, 1);
			ck_assert_double_nan(r[0]);
		}
		for (size_t c = 0; c < sizeof(binary) / sizeof(binary[0]); c++) {
			k->binary[binary[c]](r, a, b, 2);
			ck_assert_double_nan(r[0]);
			ck_assert_double_nan(r[1]);
		}
	}
}
END_TEST

/* Size of one unit in the last place of a result near v. */
static long double ulp_of(long double v)
{
	int e;

	frexpl(v, &e);
	return ldexpl(1, e - 53 > -1074 ? e - 53 : -1074);
}

static double worst_ulp(int code, long double (*f)(long double), double low, double high)
{
	const struct kern *levels[KERN_LEVELS + 1];
	static double a[1024], r[1024];
	uint64_t state = 4;
	double worst = 0;

	kern_levels(levels);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 1024; i++) {
			double u = (double)(next_random(&state) >> 11) * 0x1p-53;

			a[i] = low > 0 ? low * pow(high / low, u) : low + (high - low) * u;
		}
		levels[0]->unary[code](r, a, 1024);
		for (int i = 0; i < 1024; i++) {
			long double want = f(a[i]);
			double off = (double)(fabsl(r[i] - want) / ulp_of(want));

			worst = off > worst ? off : worst;
		}
	}
	return worst;
}

START_TEST(log_and_exp_within_one_ulp)
{
	volatile long double one = 1;

	if (one + 0x1p-60L == one)
		return; /* long double is no wider than double here (valgrind): no judge; the known values below remain */
	ck_assert_double_lt(worst_ulp(EXPR_LOG, logl, 1e-150, 1e150), 0.85);
	ck_assert_double_lt(worst_ulp(EXPR_LOG, logl, 0.5, 2), 0.85);
	ck_assert_double_lt(worst_ulp(EXPR_LOG, logl, 0.999, 1.001), 0.85);
	ck_assert_double_lt(worst_ulp(EXPR_LOG, logl, 0x1p-1074, 0x1p-1022), 0.85);
	ck_assert_double_lt(worst_ulp(EXPR_EXP, expl, -708, 709), 0.75);
	ck_assert_double_lt(worst_ulp(EXPR_EXP, expl, -0.5, 0.5), 0.75);
	ck_assert_double_lt(worst_ulp(EXPR_EXP, expl, -1e-6, 1e-6), 0.75);
	ck_assert_double_lt(worst_ulp(EXPR_EXP, expl, -745.1, -708), 1);
}
END_TEST

START_TEST(known_values)
{
	const struct kern *levels[KERN_LEVELS + 1];
	static const struct {
		int code;
		double x, y;
	} known[] = {
		{ EXPR_LOG, 1, 0 }, { EXPR_LOG, 2, 0x1.62e42fefa39efp-1 }, { EXPR_LOG, 10, 0x1.26bb1bbb55516p+1 },
		{ EXPR_LOG, 0x1p-1074, -0x1.74385446d71c3p+9 }, { EXPR_LOG, 0, -HUGE_VAL }, { EXPR_LOG, HUGE_VAL, HUGE_VAL },
		{ EXPR_LOG, DBL_MAX, 0x1.62e42fefa39efp+9 }, { EXPR_EXP, 0, 1 }, { EXPR_EXP, -0.0, 1 },
		{ EXPR_EXP, 1, 0x1.5bf0a8b145769p+1 }, { EXPR_EXP, -HUGE_VAL, 0 }, { EXPR_EXP, HUGE_VAL, HUGE_VAL },
		{ EXPR_EXP, 709.79, HUGE_VAL }, { EXPR_EXP, -746, 0 }, { EXPR_EXP, -745.13321910194111, 0x1p-1074 },
	};

	kern_levels(levels);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		double r;

		levels[0]->unary[known[i].code](&r, &known[i].x, 1);
		ck_assert_double_eq(r, known[i].y);
	}
}
END_TEST

START_TEST(level_from_the_environment)
{
	const struct kern *levels[KERN_LEVELS + 1];
	struct err err = { "" };

	kern_levels(levels);
	unsetenv("POOLTOP_SIMD");
	ck_assert_ptr_eq(kern_pick(&err), levels[0]);
	for (int i = 0; levels[i]; i++) {
		setenv("POOLTOP_SIMD", levels[i]->name, 1);
		ck_assert_ptr_eq(kern_pick(&err), levels[i]);
	}
	setenv("POOLTOP_SIMD", "v2", 1);
	ck_assert_ptr_null(kern_pick(&err));
	ck_assert_ptr_nonnull(strstr(err.msg, "v2"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kern");
	TCase *t = tcase_create("kern");

	tcase_add_test(t, all_levels_have_the_same_functions);
	tcase_add_test(t, formulas_same_bits);
	tcase_add_test(t, streams_and_lanes_same_bits);
	tcase_add_test(t, lanes_do_what_they_say);
	tcase_add_test(t, uniforms_and_exponentials);
	tcase_add_test(t, exact_functions_equal_libm);
	tcase_add_test(t, nan_is_passed_on);
	tcase_add_test(t, log_and_exp_within_one_ulp);
	tcase_add_test(t, known_values);
	tcase_add_test(t, level_from_the_environment);
	suite_add_tcase(s, t);
	return tap_run(s);
}
