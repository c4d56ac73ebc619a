/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics from exact sums, and Student's t. */
#include "model/moments.h"

#include <math.h>

void moments_merge(struct moments *to, const struct moments *from)
{
	if (from->n == 0)
		return;
	if (to->n == 0) {
		*to = *from;
		return;
	}
	to->n += from->n;
	to->min = from->min < to->min || from->min != from->min ? from->min : to->min;
	to->max = from->max > to->max || from->max != from->max ? from->max : to->max;
	exact_sum_merge(&to->sum, &from->sum);
	exact_squares_merge(&to->squares, &from->squares);
}

double moments_mean(const struct moments *m)
{
	struct exact_real s = exact_real(&m->sum);

	/* Divided before it is scaled: the sum may be beyond a double where the mean is not. */
	return m->n ? ldexp(s.m / (double)m->n, s.e) : NAN;
}

/* The square root of v / n^k for k divisors, without leaving the range of doubles on the way. */
static double scaled_root(struct exact_real v, double divisor)
{
	if (v.e & 1) {
		v.m *= 2;
		v.e--;
	}
	return ldexp(sqrt(v.m / divisor), v.e / 2);
}

double moments_variance(const struct moments *m)
{
	struct exact_real v;

	if (m->n < 2)
		return NAN;
	v = exact_spread(&m->sum, &m->squares, m->n);
	return ldexp(v.m / ((double)m->n * ((double)m->n - 1)), v.e);
}

double moments_sd(const struct moments *m)
{
	double n = (double)m->n;

	return m->n < 2 ? NAN : scaled_root(exact_spread(&m->sum, &m->squares, m->n), n * (n - 1));
}

double moments_se(const struct moments *m)
{
	double n = (double)m->n;

	return m->n < 2 ? NAN : scaled_root(exact_spread(&m->sum, &m->squares, m->n), n * n * (n - 1));
}

double moments_half(const struct moments *m)
{
	return m->n < 2 ? NAN : student_t975(m->n - 1) * moments_se(m);
}

/* P(|T| < t): Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even degrees). */
static double student_two_sided(double t, int df)
{
	double c2 = df / (df + t * t), sine = t / sqrt(df + t * t), term = 1, sum = 1;

	if (df % 2) {
		double theta = atan(t / sqrt(df));

		if (df == 1)
			return theta * M_2_PI;
		for (int k = 3; k <= df - 2; k += 2) {
			term *= c2 * (k - 1) / k;
			sum += term;
		}
		return M_2_PI * (theta + sine * sqrt(c2) * sum);
	}
	for (int k = 2; k <= df - 2; k += 2) {
		term *= c2 * (k - 1) / k;
		sum += term;
	}
	return sine * sum;
}

/* Handbook, 26.7.5: the expansion around the normal quantile; with more than 200 degrees of freedom the first term left
 * out is below 1e-10. */
static double student_expansion(double df)
{
	double x = 1.959963984540054235, x2 = x * x;
	double g1 = (x2 + 1) * x / 4;
	double g2 = ((5 * x2 + 16) * x2 + 3) * x / 96;
	double g3 = (((3 * x2 + 19) * x2 + 17) * x2 - 15) * x / 384;
	double g4 = ((((79 * x2 + 776) * x2 + 1482) * x2 - 1920) * x2 - 945) * x / 92160;

	return x + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df;
}

double student_t975(uint64_t df)
{
	double low = 1.9, high = 13;

	if (df == 0)
		return NAN;
	if (df > 200)
		return student_expansion((double)df);
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (student_two_sided(middle, (int)df) < 0.95)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void moments_pack(struct str *out, const struct moments *m)
{
	pack_u64(out, m->n);
	pack_f64(out, m->min);
	pack_f64(out, m->max);
	exact_sum_pack(out, &m->sum);
	exact_squares_pack(out, &m->squares);
}

void moments_unpack(struct reader *r, struct moments *m)
{
	m->n = get_u64(r);
	m->min = get_f64(r);
	m->max = get_f64(r);
	exact_sum_unpack(r, &m->sum);
	exact_squares_unpack(r, &m->squares);
	if (r->bad)
		memset(m, 0, sizeof(*m));
}
