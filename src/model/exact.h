/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums of doubles and of their squares: no rounding until the end, so that the answer does not depend on the
 * order in which workers deliver.
 *
 * A sum is one long fixed-point number: limb k counts units of 2^(32 k − 1074) (squares: 2^(32 k − 2148)). An add
 * touches two limbs (squares: four) and leaves carries pending, which 64-bit limbs have room for. After R. M. Neal,
 * "Fast exact summation using small and large superaccumulators" (2015), the small one. Any double may be added; 2^64
 * of them fit. Plain structs: an all-zero one is the empty sum, and copying is allowed. */
#ifndef MODEL_EXACT_H
#define MODEL_EXACT_H

#include <stdint.h>
#include <string.h>

#include "base/pack.h"

#define EXACT_SUM_LIMBS 68
#define EXACT_SQUARES_LIMBS 136

enum { EXACT_PLUS_INF = 1, EXACT_MINUS_INF = 2, EXACT_NAN = 4 }; /* flags of `special`: what was added beyond numbers */

struct exact_sum {
	int64_t limb[EXACT_SUM_LIMBS];
	uint32_t pending; /* adds since the last carry */
	uint32_t special;
};

struct exact_squares {
	int64_t limb[EXACT_SQUARES_LIMBS];
	uint32_t pending;
	uint32_t special;
};

/* m × 2^e, 0.5 <= m < 1 (or 0): a number beyond the range of doubles. Infinite or NaN m stands for itself. */
struct exact_real {
	double m;
	int e;
};

void exact_sum_carry(struct exact_sum *s);
void exact_squares_carry(struct exact_squares *s);
void exact_special(uint32_t *special, double x);

static inline void exact_add(struct exact_sum *s, double x)
{
	uint64_t bits, m, neg;
	unsigned e, shift;

	memcpy(&bits, &x, sizeof(bits));
	e = (unsigned)(bits >> 52) & 0x7ff;
	m = bits & ((1ull << 52) - 1);
	neg = -(bits >> 63);
	if (__builtin_expect(e == 0x7ff, 0)) {
		exact_special(&s->special, x);
		return;
	}
	m |= (uint64_t)(e != 0) << 52;
	e -= e != 0;
	shift = e & 31;
	s->limb[e >> 5] += (int64_t)((((m << shift) & 0xffffffff) ^ neg) - neg);
	s->limb[(e >> 5) + 1] += (int64_t)(((m >> (32 - shift)) ^ neg) - neg);
	if (__builtin_expect(++s->pending >= 1024, 0))
		exact_sum_carry(s);
}

/* Adds x × x, exactly. */
static inline void exact_add_square(struct exact_squares *s, double x)
{
	uint64_t bits, m;
	unsigned e, shift;
	unsigned __int128 p;
	int64_t *limb;

	memcpy(&bits, &x, sizeof(bits));
	e = (unsigned)(bits >> 52) & 0x7ff;
	m = bits & ((1ull << 52) - 1);
	if (__builtin_expect(e == 0x7ff, 0)) {
		exact_special(&s->special, x * x);
		return;
	}
	m |= (uint64_t)(e != 0) << 52;
	e = 2 * (e - (e != 0));
	shift = e & 31;
	p = (unsigned __int128)m * m;
	limb = &s->limb[e >> 5];
	limb[0] += (int64_t)((uint64_t)(p << shift) & 0xffffffff);
	p >>= 32 - shift;
	limb[1] += (int64_t)((uint64_t)p & 0xffffffff);
	limb[2] += (int64_t)((uint64_t)p >> 32);
	limb[3] += (int64_t)(p >> 64);
	if (__builtin_expect(++s->pending >= 1u << 20, 0))
		exact_squares_carry(s);
}

void exact_sum_merge(struct exact_sum *to, const struct exact_sum *from);
void exact_squares_merge(struct exact_squares *to, const struct exact_squares *from);

/* The nearest double (halves to even; infinite when too large). NaN after a NaN or both infinities. The empty sum is
 * 0. */
double exact_value(const struct exact_sum *s);
double exact_squares_value(const struct exact_squares *s);
/* The same, rounded to 53 bits, whatever its size. */
struct exact_real exact_real(const struct exact_sum *s);
/* n Σx² − (Σx)² of the same n numbers, computed exactly and rounded once: n (n − 1) times their variance. */
struct exact_real exact_spread(const struct exact_sum *s, const struct exact_squares *q, uint64_t n);

/* Equal sums pack to equal bytes, in whatever order they were made; small (about 10 + 4 bytes a limb in use). */
void exact_sum_pack(struct str *out, const struct exact_sum *s);
void exact_squares_pack(struct str *out, const struct exact_squares *s);
/* Sets r->bad and an empty sum when the bytes are no sum. */
void exact_sum_unpack(struct reader *r, struct exact_sum *s);
void exact_squares_unpack(struct reader *r, struct exact_squares *s);

#endif
