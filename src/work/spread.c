/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths of tasks. Logarithm and exponential are the kernels' own, everything else is exact or a fixed order of
 * operations. */
#include "work/spread.h"

#include <math.h>

#include "base/clock.h"
#include "work/stream.h"

#define LONGEST 1e18 /* ns, thirty years: what a wide log-normal may draw must still be a time */

static double one(kern_unary *f, double x)
{
	double y;

	f(&y, &x, 1);
	return y;
}

static double ratio(const double *top, const double *bottom, double r)
{
	double a = top[7], b = bottom[7];

	for (int i = 6; i >= 0; i--) {
		a = a * r + top[i];
		b = b * r + bottom[i];
	}
	return a / b;
}

/* M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988),
 * PPND16: about 16 digits. */
double spread_normal(const struct kern *k, double p)
{
	static const double a[8] = { 3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
		1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
		3.3430575583588128105e+4, 2.5090809287301226727e+3 };
	static const double b[8] = { 1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3 };
	static const double c[8] = { 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
		3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
		2.27238449892691845833e-2, 7.74545014278341407640e-4 };
	static const double d[8] = { 1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
		1.05075007164441684324e-9 };
	static const double e[8] = { 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
		2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
		2.71155556874348757815e-5, 2.01033439929228813265e-7 };
	static const double f[8] = { 1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
		2.04426310338993978564e-15 };
	double q = p - 0.5, r;

	if (q >= -0.425 && q <= 0.425)
		return q * ratio(a, b, 0.180625 - q * q);
	r = sqrt(-one(k->unary[EXPR_LOG], q < 0 ? p : 1 - p));
	r = r <= 5 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5);
	return q < 0 ? -r : r;
}

/* The task's length as a multiple of the mean. */
static double factor(const struct kern *k, const struct task *t, int64_t spread)
{
	const double sigma = t->values[WAIT_SIGMA].r;
	struct stream s;
	uint64_t words[4]; /* a whole counter: no buffer is filled */
	double x, z;

	stream_init(&s, k, t->seed, t->number, 0);
	stream_words(&s, words, 4);
	switch (spread) {
	case SPREAD_UNIFORM:
		k->uniforms(&x, words, 1);
		return 2 * x;
	case SPREAD_EXPONENTIAL:
		k->exponentials(&x, words, 1);
		return x;
	default: /* SPREAD_LOG_NORMAL; (w + 1/2) × 2^−52 is never 0 or 1 */
		z = spread_normal(k, ((double)(words[0] >> 12) + 0.5) * 0x1p-52);
		return one(k->unary[EXPR_EXP], sigma * z - sigma * sigma / 2);
	}
}

uint64_t spread_length(const struct kern *k, const struct task *t, double *seconds)
{
	double ns = (double)t->values[WAIT_TIME].i;

	if (t->values[WAIT_SPREAD].i != SPREAD_NONE)
		ns *= factor(k, t, t->values[WAIT_SPREAD].i);
	if (ns > LONGEST)
		ns = LONGEST;
	*seconds = ns / (double)NS_PER_S;
	return (uint64_t)ns;
}
