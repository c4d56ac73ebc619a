/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operations of formulas over blocks; a part of kern.c, included there only. */
#ifndef WORK_KERN_OPS_H
#define WORK_KERN_OPS_H

#define UNARY(name, value) \
	static void name(double *restrict out, const double *restrict a, size_t n) \
	{ \
		for (size_t i = 0; i < n; i++) { \
			double x = a[i]; \
			out[i] = value; \
		} \
	}
#define BINARY(name, value) \
	static void name(double *restrict out, const double *restrict a, const double *restrict b, size_t n) \
	{ \
		for (size_t i = 0; i < n; i++) { \
			double x = a[i], y = b[i]; \
			out[i] = value; \
		} \
	}
#define SCALAR(name, value) \
	static void name(double *restrict out, const double *restrict a, double y, size_t n) \
	{ \
		for (size_t i = 0; i < n; i++) { \
			double x = a[i]; \
			out[i] = value; \
		} \
	}

#define SIGN_BIT 0x8000000000000000

static inline double absolute(double x)
{
	return of_bits(bits_of(x) & ~SIGN_BIT);
}

static inline double sign_of(double size, double sign)
{
	return of_bits((bits_of(size) & ~SIGN_BIT) | (bits_of(sign) & SIGN_BIT));
}

/* Adding 2^52 leaves no place for a fraction; from there on every number is whole. Written out because v1 has no
 * instruction. */
static inline double whole(double x)
{
	double size = absolute(x), r = (size + 0x1p52) - 0x1p52;

	return sign_of(size < 0x1p52 ? r : size, x);
}

static inline double down(double x)
{
	double r = whole(x);

	return sign_of(r - (r > x ? 1. : 0.), x);
}

static inline double up(double x)
{
	double r = whole(x);

	return sign_of(r + (r < x ? 1. : 0.), x);
}

static inline double cut(double x)
{
	return sign_of(down(absolute(x)), x);
}

/* Not floor(|x| + 0.5), which is 1 for the number below 0.5. */
static inline double nearest_away(double x)
{
	double size = absolute(x), r = down(size);

	return sign_of(r + (size - r >= 0.5 ? 1. : 0.), x);
}

UNARY(op_neg, -x)
UNARY(op_not, x == 0 ? 1. : 0.)
UNARY(op_abs, absolute(x))
UNARY(op_sign, x != x ? x : x == 0 ? x : sign_of(1, x))
UNARY(op_sqrt, sqrt(x))
UNARY(op_rint, whole(x))
UNARY(op_floor, down(x))
UNARY(op_ceil, up(x))
UNARY(op_trunc, cut(x))
UNARY(op_round, nearest_away(x))
UNARY(op_isnan, x != x ? 1. : 0.)
UNARY(op_isinf, absolute(x) == HUGE_VAL ? 1. : 0.)
UNARY(op_isfinite, absolute(x) < HUGE_VAL ? 1. : 0.)
UNARY(op_signbit, (bits_of(x) & SIGN_BIT) ? 1. : 0.)

BINARY(op_add, x + y)
BINARY(op_sub, x - y)
BINARY(op_mul, x * y)
BINARY(op_div, x / y)
BINARY(op_lt, x < y ? 1. : 0.)
BINARY(op_le, x <= y ? 1. : 0.)
BINARY(op_gt, x > y ? 1. : 0.)
BINARY(op_ge, x >= y ? 1. : 0.)
BINARY(op_eq, x == y ? 1. : 0.)
BINARY(op_ne, x != y ? 1. : 0.)
BINARY(op_and, (x == 0 ? 0. : 1.) * (y == 0 ? 0. : 1.))
BINARY(op_or, x == 0 ? (y == 0 ? 0. : 1.) : 1.)
BINARY(op_min, x != x ? x : x < y ? x : y)
BINARY(op_max, x != x ? x : x > y ? x : y)
BINARY(op_copysign, sign_of(x, y))
BINARY(op_fdim, x <= y ? 0. : x - y)

SCALAR(add_with, x + y)
SCALAR(sub_with, x - y)
SCALAR(mul_with, x * y)
SCALAR(div_with, x / y)
SCALAR(with_sub, y - x)
SCALAR(with_div, y / x)

static void op_select(double *restrict out, const double *restrict c, const double *restrict a,
	const double *restrict b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = c[i] == 0 ? b[i] : a[i];
}

/* The product that EXPR_POWI promises, whole blocks at a time. */
static void op_powi(double *restrict out, const double *restrict a, int exponent, size_t n)
{
	double b[KERN_BLOCK];

	if (exponent == 2) {
		for (size_t i = 0; i < n; i++)
			out[i] = a[i] * a[i];
		return;
	}
	for (size_t i = 0; i < n; i++) {
		out[i] = 1;
		b[i] = a[i];
	}
	for (unsigned m = (unsigned)(exponent < 0 ? -exponent : exponent); m; m >>= 1) {
		if (m & 1)
			for (size_t i = 0; i < n; i++)
				out[i] *= b[i];
		for (size_t i = 0; i < n && m > 1; i++)
			b[i] *= b[i];
	}
	for (size_t i = 0; i < n && exponent < 0; i++)
		out[i] = 1 / out[i];
}

typedef vector function1(vector);
typedef vector function2(vector, vector);

/* The last few values go through a vector of their own, filled up with the first of them. */
static void call2(kern_function *f, double *restrict out, const double *restrict a, const double *restrict b, size_t n)
{
	function2 *call = (function2 *)f;

	for (size_t i = 0; i < n; i += WIDTH) {
		size_t m = n - i < WIDTH ? n - i : WIDTH;
		double x[WIDTH], y[WIDTH];
		vector v, w;

		for (size_t k = 0; k < WIDTH; k++) {
			x[k] = a[i + (k < m ? k : 0)];
			y[k] = b[i + (k < m ? k : 0)];
		}
		memcpy(&v, x, sizeof(v));
		memcpy(&w, y, sizeof(w));
		v = call(v, w);
		memcpy(out + i, &v, m * sizeof(double));
	}
}

static void call1(kern_function *f, double *restrict out, const double *restrict a, size_t n)
{
	function1 *call = (function1 *)f;

	for (size_t i = 0; i < n; i += WIDTH) {
		size_t m = n - i < WIDTH ? n - i : WIDTH;
		vector v;

		if (m == WIDTH) {
			memcpy(&v, a + i, sizeof(v));
		} else {
			double x[WIDTH];

			for (size_t k = 0; k < WIDTH; k++)
				x[k] = a[i + (k < m ? k : 0)];
			memcpy(&v, x, sizeof(v));
		}
		v = call(v);
		memcpy(out + i, &v, m * sizeof(double));
	}
}

#endif
