/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carrying, rounding, merging and packing of exact sums. */
#include "model/exact.h"

#include <math.h>

#include "base/die.h"

/* Whole numbers of 32-bit limbs, the lowest first. */
#define BIG_LIMBS 140

struct big {
	uint32_t limb[BIG_LIMBS];
	int n; /* limbs in use: the last one is not 0 */
};

static void carry(int64_t *limb, int n)
{
	for (int i = 0; i + 1 < n; i++) {
		limb[i + 1] += limb[i] >> 32;
		limb[i] &= 0xffffffff;
	}
}

void exact_sum_carry(struct exact_sum *s)
{
	carry(s->limb, EXACT_SUM_LIMBS);
	s->pending = 0;
}

void exact_squares_carry(struct exact_squares *s)
{
	carry(s->limb, EXACT_SQUARES_LIMBS);
	s->pending = 0;
}

void exact_special(uint32_t *special, double x)
{
	*special |= x != x ? EXACT_NAN : x > 0 ? EXACT_PLUS_INF : EXACT_MINUS_INF;
}

void exact_sum_merge(struct exact_sum *to, const struct exact_sum *from)
{
	struct exact_sum f = *from;

	exact_sum_carry(&f);
	exact_sum_carry(to);
	for (int i = 0; i < EXACT_SUM_LIMBS; i++)
		to->limb[i] += f.limb[i];
	to->pending = 1;
	to->special |= f.special;
}

void exact_squares_merge(struct exact_squares *to, const struct exact_squares *from)
{
	struct exact_squares f = *from;

	exact_squares_carry(&f);
	exact_squares_carry(to);
	for (int i = 0; i < EXACT_SQUARES_LIMBS; i++)
		to->limb[i] += f.limb[i];
	to->pending = 1;
	to->special |= f.special;
}

static void big_trim(struct big *b)
{
	while (b->n > 0 && b->limb[b->n - 1] == 0)
		b->n--;
}

/* The size of the n limbs; true when they are negative. Every sum that fits has a top limb of less than 32 bits. */
static bool big_of(struct big *b, const int64_t *limb, int n)
{
	int64_t work[EXACT_SQUARES_LIMBS];
	bool negative;

	memcpy(work, limb, (size_t)n * sizeof(*work));
	carry(work, n);
	negative = work[n - 1] < 0;
	if (negative) {
		for (int i = 0; i < n; i++)
			work[i] = -work[i];
		carry(work, n);
	}
	for (int i = 0; i < n; i++)
		b->limb[i] = (uint32_t)work[i];
	b->n = n;
	big_trim(b);
	return negative;
}

/* The 64 bits of b from bit `at` on; bits below 0 are 0. */
static uint64_t big_bits(const struct big *b, int at)
{
	uint64_t v = 0;

	for (int i = 0; i < 64; i++) {
		int bit = at + i;

		if (bit >= 0 && bit < 32 * b->n && (b->limb[bit / 32] >> (bit % 32) & 1))
			v |= 1ull << i;
	}
	return v;
}

static bool big_any_below(const struct big *b, int bit)
{
	for (int i = 0; i < bit / 32; i++)
		if (b->limb[i])
			return true;
	return bit % 32 > 0 && (b->limb[bit / 32] & ((1u << bit % 32) - 1));
}

/* b × 2^unit rounded to at most 53 bits, of which none is worth less than 2^lowest. */
static struct exact_real big_round(const struct big *b, int unit, int lowest)
{
	int high, low;
	uint64_t m;
	double v;

	if (b->n == 0)
		return (struct exact_real){ 0, 0 };
	high = 32 * b->n - 1 - __builtin_clz(b->limb[b->n - 1]);
	low = high - 52 > lowest - unit ? high - 52 : lowest - unit;
	if (low <= 0) {
		m = big_bits(b, 0);
		low = 0;
	} else {
		uint64_t half = big_bits(b, low - 1) & 1;

		m = high < low ? 0 : big_bits(b, low) & ((2ull << (high - low)) - 1);
		if (half && ((m & 1) || big_any_below(b, low - 1)))
			m++;
	}
	v = frexp((double)m, &high);
	return (struct exact_real){ v, m ? high + low + unit : 0 };
}

static double special_value(uint32_t special)
{
	if (special == EXACT_PLUS_INF)
		return HUGE_VAL;
	return special == EXACT_MINUS_INF ? -HUGE_VAL : NAN;
}

static struct exact_real round_limbs(const int64_t *limb, int n, uint32_t special, int unit, int lowest)
{
	struct big b;
	struct exact_real r;
	bool negative;

	if (special)
		return (struct exact_real){ special_value(special), 0 };
	negative = big_of(&b, limb, n);
	r = big_round(&b, unit, lowest);
	r.m = negative ? -r.m : r.m;
	return r;
}

double exact_value(const struct exact_sum *s)
{
	struct exact_real r = round_limbs(s->limb, EXACT_SUM_LIMBS, s->special, -1074, -1074);

	return ldexp(r.m, r.e);
}

double exact_squares_value(const struct exact_squares *s)
{
	struct exact_real r = round_limbs(s->limb, EXACT_SQUARES_LIMBS, s->special, -2148, -1074);

	return ldexp(r.m, r.e);
}

struct exact_real exact_real(const struct exact_sum *s)
{
	return round_limbs(s->limb, EXACT_SUM_LIMBS, s->special, -1074, -1074);
}

/* out = a × b */
static void big_mul(struct big *out, const struct big *a, const struct big *b)
{
	BUG_ON(a->n + b->n > BIG_LIMBS);
	memset(out, 0, sizeof(*out));
	out->n = a->n + b->n;
	for (int i = 0; i < a->n; i++) {
		uint64_t c = 0;

		if (a->limb[i] == 0)
			continue;
		for (int k = 0; k < b->n; k++) {
			c += (uint64_t)a->limb[i] * b->limb[k] + out->limb[i + k];
			out->limb[i + k] = (uint32_t)c;
			c >>= 32;
		}
		out->limb[i + b->n] = (uint32_t)c;
	}
	big_trim(out);
}

/* a −= b; a must not be smaller. */
static void big_sub(struct big *a, const struct big *b)
{
	int64_t c = 0;

	for (int i = 0; i < a->n; i++) {
		c += (int64_t)a->limb[i] - (i < b->n ? b->limb[i] : 0);
		a->limb[i] = (uint32_t)c;
		c >>= 32;
	}
	BUG_ON(c < 0 || b->n > a->n);
	big_trim(a);
}

struct exact_real exact_spread(const struct exact_sum *s, const struct exact_squares *q, uint64_t n)
{
	struct big sum, squares, count, a, b;

	if (s->special || q->special)
		return (struct exact_real){ NAN, 0 };
	big_of(&sum, s->limb, EXACT_SUM_LIMBS);
	big_of(&squares, q->limb, EXACT_SQUARES_LIMBS);
	count.limb[0] = (uint32_t)n;
	count.limb[1] = (uint32_t)(n >> 32);
	count.n = 2;
	big_trim(&count);
	big_mul(&a, &squares, &count);
	big_mul(&b, &sum, &sum);
	/* Less than nothing only when the two sums are not of the same numbers: then they came from outside, broken. */
	if (a.n < b.n)
		return (struct exact_real){ NAN, 0 };
	for (int i = a.n - 1; a.n == b.n && i >= 0; i--) {
		if (a.limb[i] < b.limb[i])
			return (struct exact_real){ NAN, 0 };
		if (a.limb[i] > b.limb[i])
			break;
	}
	big_sub(&a, &b);
	return big_round(&a, -2148, -2148);
}

static void pack_limbs(struct str *out, const int64_t *limb, int n, uint32_t special)
{
	struct big b;
	bool negative = big_of(&b, limb, n);
	int first = 0;

	while (first < b.n && b.limb[first] == 0)
		first++;
	pack_u8(out, (uint8_t)(special | (negative ? 8u : 0)));
	pack_u8(out, (uint8_t)first);
	pack_u8(out, (uint8_t)(b.n - first));
	for (int i = first; i < b.n; i++)
		pack_u32(out, b.limb[i]);
}

void exact_sum_pack(struct str *out, const struct exact_sum *s)
{
	pack_limbs(out, s->limb, EXACT_SUM_LIMBS, s->special);
}

void exact_squares_pack(struct str *out, const struct exact_squares *s)
{
	pack_limbs(out, s->limb, EXACT_SQUARES_LIMBS, s->special);
}

static uint32_t unpack_limbs(struct reader *r, int64_t *limb, int n)
{
	uint8_t flags = get_u8(r), first = get_u8(r), count = get_u8(r);

	if (flags > 15 || first + count > n)
		r->bad = true;
	for (int i = 0; i < count && !r->bad; i++) {
		int64_t v = get_u32(r);

		limb[first + i] = flags & 8 ? -v : v;
	}
	carry(limb, n);
	return flags & 7u;
}

void exact_sum_unpack(struct reader *r, struct exact_sum *s)
{
	memset(s, 0, sizeof(*s));
	s->special = unpack_limbs(r, s->limb, EXACT_SUM_LIMBS);
	if (r->bad)
		memset(s, 0, sizeof(*s));
}

void exact_squares_unpack(struct reader *r, struct exact_squares *s)
{
	memset(s, 0, sizeof(*s));
	s->special = unpack_limbs(r, s->limb, EXACT_SQUARES_LIMBS);
	if (r->bad)
		memset(s, 0, sizeof(*s));
}
