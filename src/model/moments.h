/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Count, mean, spread and range of results, from exact sums: the same whatever order they come in.
 *
 * Σx and Σx² are exact, so the variance (n Σx² − (Σx)²) / (n (n − 1)) has no cancellation: its numerator is an exact
 * whole number rounded once. Mean, variance and standard error are right to 3 units in the last place. */
#ifndef MODEL_MOMENTS_H
#define MODEL_MOMENTS_H

#include <stdint.h>

#include "model/exact.h"

/* A plain struct; all-zero is the empty one, and copying is allowed. */
struct moments {
	uint64_t n;
	double min, max; /* meaningless while n == 0; NaN once a NaN was added */
	struct exact_sum sum;
	struct exact_squares squares;
};

static inline void moments_add(struct moments *m, double x)
{
	if (m->n++ == 0)
		m->min = m->max = x;
	m->min = x < m->min || x != x ? x : m->min;
	m->max = x > m->max || x != x ? x : m->max;
	exact_add(&m->sum, x);
	exact_add_square(&m->squares, x);
}

void moments_merge(struct moments *to, const struct moments *from);

/* NaN where there are too few results: 1 for the mean, 2 for the others. */
double moments_mean(const struct moments *m);
double moments_variance(const struct moments *m); /* of the sample, divisor n − 1 */
double moments_sd(const struct moments *m);
double moments_se(const struct moments *m);       /* of the mean */
/* Half the width of the mean's 95 % interval: Student's t, n − 1 degrees of freedom, times the standard error. */
double moments_half(const struct moments *m);

/* The 97.5 % point of Student's t with df >= 1 degrees of freedom, right to 9 digits. */
double student_t975(uint64_t df);

void moments_pack(struct str *out, const struct moments *m);
/* Sets r->bad and an empty *m when the bytes are no moments. */
void moments_unpack(struct reader *r, struct moments *m);

#endif
