/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inner loops of the numerical work, compiled for several levels of processors with the same bits at each.
 *
 * kern.c is plain C: additions, multiplications, divisions, square roots and integer operations in an order that the
 * source fixes, so a wider vector changes nothing. It is compiled once a level with -DKERN_SUFFIX=v1 (any x86-64, or
 * any other machine), v3 (AVX2) and v4 (AVX-512), always with -ffp-contract=off -fno-math-errno -fno-trapping-math.
 * Outputs never overlap inputs. */
#ifndef WORK_KERN_H
#define WORK_KERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/expr.h"

#define KERN_BLOCK 256 /* values a formula is evaluated over at once */
#define KERN_LANES 8   /* partial sums are kept in this many lanes, at every level */

typedef void kern_unary(double *out, const double *a, size_t n);
typedef void kern_binary(double *out, const double *a, const double *b, size_t n);
typedef void kern_with_scalar(double *out, const double *a, double b, size_t n);
typedef void kern_function(void); /* a function of the vector library, of whatever type the level calls */

struct kern {
	const char *name;   /* "v1" */
	const char *width, *extension; /* what the vector library calls this level: "d2", "sse2" */

	/* Threefry4x64-20: words 4i+j = word j of counter {i, 0, 0, 0}, for i = first … first+counters−1. */
	void (*fill)(uint64_t *out, const uint64_t key[4], uint64_t first, size_t counters);
	/* (w >> 11) × 2^−53: in [0, 1). */
	void (*uniforms)(double *out, const uint64_t *words, size_t n);
	/* −log(((w >> 11) + 1) × 2^−53): at least 0, with mean 1. */
	void (*exponentials)(double *out, const uint64_t *words, size_t n);

	/* Rows of KERN_LANES values; lane j of all rows is one piece of a sequence, and lane j + 1 goes on where it ends. */
	/* sums[j] = sum of lane j, from the first row on. */
	void (*lane_sums)(double sums[KERN_LANES], const double *v, size_t rows);
	/* out = min(a + (base[j] + sum of lane j so far, this row included) × scale, b). */
	void (*lane_points)(double *out, const double *v, size_t rows, const double base[KERN_LANES], double a, double scale,
			    double b);
	/* Sum of f × w over all rows: eight lanes, joined as ((0+4)+(2+6)) + ((1+5)+(3+7)). */
	double (*lane_dot)(const double *f, const double *w, size_t rows);

	/* Of the formula's codes; NULL where it has none. */
	kern_unary *unary[EXPR_NCODES];
	kern_binary *binary[EXPR_NCODES];
	kern_with_scalar *with_scalar[EXPR_NCODES];   /* a op b: ADD SUB MUL DIV */
	kern_with_scalar *scalar_with[EXPR_NCODES];   /* b op a: SUB DIV */
	void (*select)(double *out, const double *c, const double *a, const double *b, size_t n);
	void (*powi)(double *out, const double *a, int exponent, size_t n); /* n <= KERN_BLOCK */
	/* Calls a function of the vector library over all values; room for the last vector is taken care of. */
	void (*call1)(kern_function *f, double *out, const double *a, size_t n);
	void (*call2)(kern_function *f, double *out, const double *a, const double *b, size_t n);
};

/* The levels that this processor can run, the best first; ended by NULL. */
#define KERN_LEVELS 3
void kern_levels(const struct kern *levels[KERN_LEVELS + 1]);
/* The best level, or the one that the environment's POOLTOP_SIMD names. NULL with *err when that does not exist here.
 * */
const struct kern *kern_pick(struct err *err);

#endif
