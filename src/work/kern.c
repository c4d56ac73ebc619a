/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams, logarithm, exponential and the lanes of sums; compiled once for each level (see kern.h). */
#include "work/kern.h"

#include <math.h>
#include <string.h>

#ifndef KERN_SUFFIX
#define KERN_SUFFIX v1
#endif
#define PASTE(a, b) a##b
#define JOIN(a, b) PASTE(a, b)
#define TEXT_OF(a) #a
#define TEXT(a) TEXT_OF(a)

/* The widest vector of the level, and what the vector library calls it: its variants without fused instructions,
 * which give the same bits at every width. */
#if defined(__AVX512F__)
#define VECTOR_NAME "d8"
#define VECTOR_EXTENSION "avx512fnofma"
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_NAME "d4"
#define VECTOR_EXTENSION "avx"
#define VECTOR_BYTES 32
#elif defined(__SSE2__)
#define VECTOR_NAME "d2"
#define VECTOR_EXTENSION "sse2"
#define VECTOR_BYTES 16
#else
#define VECTOR_NAME "d1"
#define VECTOR_EXTENSION "purec"
#define VECTOR_BYTES 8
#endif

#if VECTOR_BYTES > 8
typedef double vector __attribute__((vector_size(VECTOR_BYTES)));
#else
typedef double vector;
#endif
#define WIDTH (VECTOR_BYTES / sizeof(double))

static inline double of_bits(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static inline uint64_t bits_of(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static inline uint64_t rotl(uint64_t v, int n)
{
	return v << n | v >> (64 - n);
}

/* Threefry4x64-20: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (2011); the same words as Random123's threefry4x64, checked by a test. */
#define MIX(a, b, c, d, r, s) \
	do { \
		a += b; \
		b = rotl(b, r) ^ a; \
		c += d; \
		d = rotl(d, s) ^ c; \
	} while (0)
#define FOUR_ROUNDS_A \
	MIX(x0, x1, x2, x3, 14, 16); \
	MIX(x0, x3, x2, x1, 52, 57); \
	MIX(x0, x1, x2, x3, 23, 40); \
	MIX(x0, x3, x2, x1, 5, 37)
#define FOUR_ROUNDS_B \
	MIX(x0, x1, x2, x3, 25, 33); \
	MIX(x0, x3, x2, x1, 46, 12); \
	MIX(x0, x1, x2, x3, 58, 22); \
	MIX(x0, x3, x2, x1, 32, 32)
#define ADD_KEY(a, b, c, d, n) \
	do { \
		x0 += a; \
		x1 += b; \
		x2 += c; \
		x3 += d + (n); \
	} while (0)

static void fill(uint64_t *restrict out, const uint64_t key[4], uint64_t first, size_t counters)
{
	const uint64_t k0 = key[0], k1 = key[1], k2 = key[2], k3 = key[3];
	const uint64_t k4 = 0x1bd11bdaa9fc1a22 ^ k0 ^ k1 ^ k2 ^ k3;

	for (size_t i = 0; i < counters; i++) {
		uint64_t x0 = first + i + k0, x1 = k1, x2 = k2, x3 = k3;

		FOUR_ROUNDS_A;
		ADD_KEY(k1, k2, k3, k4, 1);
		FOUR_ROUNDS_B;
		ADD_KEY(k2, k3, k4, k0, 2);
		FOUR_ROUNDS_A;
		ADD_KEY(k3, k4, k0, k1, 3);
		FOUR_ROUNDS_B;
		ADD_KEY(k4, k0, k1, k2, 4);
		FOUR_ROUNDS_A;
		ADD_KEY(k0, k1, k2, k3, 5);
		out[4 * i] = x0;
		out[4 * i + 1] = x1;
		out[4 * i + 2] = x2;
		out[4 * i + 3] = x3;
	}
}

/* (w >> 11) + plus as a double; exact for plus = 0 and 1. Few levels convert 64-bit integers in vectors: elsewhere
 * two halves are converted by placing them in a mantissa. */
static inline double upper53(uint64_t w, double plus)
{
#ifdef __AVX512DQ__
	return (double)(int64_t)(w >> 11) + plus;
#else
	double high = of_bits(0x4330000000000000 | w >> 38) - 0x1p52;
	double low = of_bits(0x4330000000000000 | (w >> 11 & 0x7ffffff)) - (0x1p52 - plus);

	return high * 0x1p27 + low;
#endif
}

static void uniforms(double *restrict out, const uint64_t *restrict w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = upper53(w[i], 0) * 0x1p-53;
}

/* log of a normal positive number, of which 2^extra is taken off: fdlibm's polynomial (e_log.c, Sun Microsystems
 * 1993: "Permission to use, copy, modify, and distribute this software is freely granted") without its branches. */
static inline double log_normal(uint64_t ix, uint64_t extra)
{
	uint64_t from = ix + (0x3ff0000000000000 - 0x3fe6a09e00000000);
	uint64_t k = (from >> 52) + (0x4338000000000000 - 0x3ff) - extra;
	double dk = of_bits(k) - 0x1.8p52;
	double f = of_bits((from & 0x000fffffffffffff) + 0x3fe6a09e00000000) - 1;
	double s = f / (2 + f), z = s * s, w = z * z;
	double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
	double t2 = z * (6.666666666666735130e-01 +
			 w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
	double half = 0.5 * f * f;

	return dk * 6.93147180369123816490e-01 - ((half - (s * (half + (t1 + t2)) + dk * 1.90821492927058770002e-10)) - f);
}

static void exponentials(double *restrict out, const uint64_t *restrict w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = 0 - log_normal(bits_of(upper53(w[i], 1)), 53);
}

static void op_log(double *restrict out, const double *restrict a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x = a[i];
		int small = x < 0x1p-1022;
		double r = log_normal(bits_of(small ? x * 0x1p54 : x), small ? 54 : 0);

		r = x < HUGE_VAL ? r : x; /* infinite, NaN */
		r = x == 0 ? -HUGE_VAL : r;
		out[i] = x < 0 ? NAN : r;
	}
}

/* e^x = 2^k e^r, |r| <= log(2)/2, e^r by its series to r^13: the first term left out is below 2^−57 of the sum. */
static void op_exp(double *restrict out, const double *restrict a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x = a[i] < -746 ? -746 : a[i];
		double shifted, dk, high, low, r, p, sum, y;
		uint64_t k, k1;

		x = x > 710 ? 710 : x;
		shifted = x * 1.44269504088896338700 + 0x1.8p52;
		dk = shifted - 0x1.8p52;
		high = x - dk * 6.93147180369123816490e-01;
		low = dk * 1.90821492927058770002e-10;
		r = high - low;
		p = 1. / 479001600 + r * (1. / 6227020800);
		p = 1. / 39916800 + r * p;
		p = 1. / 3628800 + r * p;
		p = 1. / 362880 + r * p;
		p = 1. / 40320 + r * p;
		p = 1. / 5040 + r * p;
		p = 1. / 720 + r * p;
		p = 1. / 120 + r * p;
		p = 1. / 24 + r * p;
		p = 1. / 6 + r * p;
		p = 0.5 + r * p;
		/* 1 + r with what its rounding lost, and what r lost of high - low */
		sum = 1 + r;
		y = sum + (r * r * p + (((1 - sum) + r) + ((high - r) - low)));
		/* In two steps, so that neither factor leaves the range and a denormal result is rounded once. */
		k = (bits_of(shifted) << 12 >> 12) - 0x8000000000000 + 2048; /* k + 2048, at least 970 */
		k1 = k >> 1;
		y = y * of_bits((k1 - 1024 + 1023) << 52) * of_bits((k - k1 - 1024 + 1023) << 52);
		out[i] = a[i] != a[i] ? a[i] : y;
	}
}

/* The lanes in as many vectors as the level needs for them. */
#define PARTS (KERN_LANES / WIDTH)
typedef vector part __attribute__((aligned(8), may_alias));

static void lane_sums(double sums[KERN_LANES], const double *v, size_t rows)
{
	vector s[PARTS] = { 0 };

	for (size_t i = 0; i < rows; i++)
		for (size_t p = 0; p < PARTS; p++)
			s[p] += *(const part *)(v + KERN_LANES * i + WIDTH * p);
	memcpy(sums, s, sizeof(s));
}

static void lane_points(double *restrict out, const double *restrict v, size_t rows, const double base[KERN_LANES],
	double a, double scale, double b)
{
	vector s[PARTS] = { 0 }, from[PARTS];

	memcpy(from, base, sizeof(from));
	for (size_t i = 0; i < rows; i++) {
		for (size_t p = 0; p < PARTS; p++) {
			s[p] += *(const part *)(v + KERN_LANES * i + WIDTH * p);
			*(part *)(out + KERN_LANES * i + WIDTH * p) = a + (from[p] + s[p]) * scale;
		}
	}
	for (size_t i = 0; i < KERN_LANES * rows; i++)
		out[i] = out[i] < b ? out[i] : b;
}

static double lane_dot(const double *f, const double *w, size_t rows)
{
	vector s[PARTS] = { 0 };
	double r[KERN_LANES];

	for (size_t i = 0; i < rows; i++)
		for (size_t p = 0; p < PARTS; p++)
			s[p] += *(const part *)(f + KERN_LANES * i + WIDTH * p) * *(const part *)(w + KERN_LANES * i + WIDTH * p);
	memcpy(r, s, sizeof(r));
	return ((r[0] + r[4]) + (r[2] + r[6])) + ((r[1] + r[5]) + (r[3] + r[7]));
}

#include "work/kern_ops.inc"

const struct kern JOIN(kern_, KERN_SUFFIX) = {
	.name = TEXT(KERN_SUFFIX),
	.width = VECTOR_NAME,
	.extension = VECTOR_EXTENSION,
	.fill = fill,
	.uniforms = uniforms,
	.exponentials = exponentials,
	.lane_sums = lane_sums,
	.lane_points = lane_points,
	.lane_dot = lane_dot,
	.unary = {
		[EXPR_NEG] = op_neg, [EXPR_NOT] = op_not, [EXPR_ABS] = op_abs, [EXPR_SIGN] = op_sign, [EXPR_SQRT] = op_sqrt,
		[EXPR_RINT] = op_rint, [EXPR_FLOOR] = op_floor, [EXPR_CEIL] = op_ceil, [EXPR_TRUNC] = op_trunc,
		[EXPR_ROUND] = op_round, [EXPR_ISNAN] = op_isnan, [EXPR_ISINF] = op_isinf, [EXPR_ISFINITE] = op_isfinite,
		[EXPR_SIGNBIT] = op_signbit, [EXPR_LOG] = op_log, [EXPR_EXP] = op_exp,
	},
	.binary = {
		[EXPR_ADD] = op_add, [EXPR_SUB] = op_sub, [EXPR_MUL] = op_mul, [EXPR_DIV] = op_div, [EXPR_LT] = op_lt,
		[EXPR_LE] = op_le, [EXPR_GT] = op_gt, [EXPR_GE] = op_ge, [EXPR_EQ] = op_eq, [EXPR_NE] = op_ne,
		[EXPR_AND] = op_and, [EXPR_OR] = op_or, [EXPR_MIN] = op_min, [EXPR_MAX] = op_max, [EXPR_SUM] = op_add,
		[EXPR_AVG] = op_add, [EXPR_COPYSIGN] = op_copysign, [EXPR_FDIM] = op_fdim,
	},
	.with_scalar = { [EXPR_ADD] = add_with, [EXPR_SUB] = sub_with, [EXPR_MUL] = mul_with, [EXPR_DIV] = div_with },
	.scalar_with = { [EXPR_SUB] = with_sub, [EXPR_DIV] = with_div },
	.select = op_select,
	.powi = op_powi,
	.call1 = call1,
	.call2 = call2,
};
