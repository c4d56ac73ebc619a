/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas run over blocks: values against C, the same bits at every level and cut, and the vector library's
 * functions. */
#include "work/eval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "work/sleef.h"

enum { N = 3 * KERN_BLOCK + 7 };

static double x[N], y[N];

static void setup(void)
{
	for (int i = 0; i < N; i++) {
		x[i] = (i - 300) / 97.;
		y[i] = (i * 7919 % 1000 + 1) / 130.;
	}
	x[5] = 0;
	x[6] = -0.0;
	x[7] = HUGE_VAL;
	x[8] = NAN;
	x[9] = 1e200;
}

static void run(const char *text, const struct kern *kern, size_t n, double *out)
{
	static const char *const names[] = { "x", "y" };
	const double *const vars[] = { x, y };
	struct expr_error error = { 0, "" };
	struct err err = { "" };
	struct expr *e = expr_parse(text, names, 2, &error);
	struct eval *ev;

	ck_assert_msg(e != NULL, "%s: column %d: %s", text, error.col, error.msg);
	ev = eval_new(e, kern, &err);
	ck_assert_msg(ev != NULL, "%s: %s", text, err.msg);
	eval_run(ev, vars, n, out);
	eval_free(ev);
	expr_free(e);
}

/* The vector library is a package of its own; where it is missing, what needs it must say so. */
static bool library_missing(void)
{
	struct err err = { "" };
	void *handle = sleef_open("sin", &err);

	if (!handle)
		ck_assert_msg(strstr(err.msg, "sin") && strstr(err.msg, "libsleef3"), "%s", err.msg);
	sleef_close(handle);
	return !handle;
}

static bool same(double a, double b)
{
	return (a != a && b != b) || memcmp(&a, &b, sizeof(a)) == 0;
}

#define EQUALS_C(text, value) \
	do { \
		double got_[N]; \
		const struct kern *levels_[KERN_LEVELS + 1]; \
		kern_levels(levels_); \
		for (int l_ = 0; levels_[l_]; l_++) { \
			run(text, levels_[l_], N, got_); \
			for (int i = 0; i < N; i++) { \
				double want_ = (value); \
				ck_assert_msg(same(got_[i], want_), "%s at x = %g, y = %g: %a is not %a", text, x[i], y[i], got_[i], \
					      want_); \
			} \
		} \
	} while (0)

START_TEST(arithmetic_is_cs)
{
	EQUALS_C("1/(1+x^2)", 1 / (1 + x[i] * x[i]));
	EQUALS_C("x*3+2*x-x", x[i] * 3 + 2 * x[i] - x[i]);
	EQUALS_C("x-(y-x)", x[i] - (y[i] - x[i]));
	EQUALS_C("2-x", 2 - x[i]);
	EQUALS_C("x-2", x[i] - 2);
	EQUALS_C("2/x", 2 / x[i]);
	EQUALS_C("x/y*x", x[i] / y[i] * x[i]);
	EQUALS_C("-x^2", -(x[i] * x[i]));
	EQUALS_C("x^3", x[i] * (x[i] * x[i]));
	EQUALS_C("x^-1", 1 / x[i]);
	EQUALS_C("x^0", 1.0);
	EQUALS_C("x^5", x[i] * ((x[i] * x[i]) * (x[i] * x[i])));
	EQUALS_C("y^0.5", sqrt(y[i]));
	EQUALS_C("x", x[i]);
	EQUALS_C("3", 3.0);
	EQUALS_C("(x+y)*(x-y)", (x[i] + y[i]) * (x[i] - y[i]));
	EQUALS_C("1+(2+(3+(4+x)))", 1 + (2 + (3 + (4 + x[i]))));
	EQUALS_C("x % y", fmod(x[i], y[i]));
	EQUALS_C("y % 1.5", fmod(y[i], 1.5));
	EQUALS_C("1.5 % y", fmod(1.5, y[i]));
}
END_TEST

START_TEST(conditions_are_cs)
{
	EQUALS_C("x < y", (double)(x[i] < y[i]));
	EQUALS_C("x <= 0", (double)(x[i] <= 0));
	EQUALS_C("0 > x", (double)(0 > x[i]));
	EQUALS_C("x >= y", (double)(x[i] >= y[i]));
	EQUALS_C("x == 0", (double)(x[i] == 0));
	EQUALS_C("x != 0", (double)(x[i] != 0));
	EQUALS_C("x && y > 3", (double)(x[i] != 0 && y[i] > 3));
	EQUALS_C("x < 0 || y > 3", (double)(x[i] < 0 || y[i] > 3));
	EQUALS_C("!x", (double)(x[i] == 0));
	EQUALS_C("x > 0 ? x : y", x[i] > 0 ? x[i] : y[i]);
	EQUALS_C("x > 0 ? 1 : x < -1 ? 2 : 3", x[i] > 0 ? 1. : x[i] < -1 ? 2. : 3.);
	EQUALS_C("x ? 1/x : 0", x[i] != 0 ? 1 / x[i] : 0.);
}
END_TEST

START_TEST(functions_are_cs)
{
	EQUALS_C("min(x, y)", x[i] != x[i] ? x[i] : x[i] < y[i] ? x[i] : y[i]);
	EQUALS_C("max(x, 0, y)", x[i] != x[i] ? NAN : fmax(fmax(x[i], 0), y[i]));
	EQUALS_C("sum(x, y, 1)", x[i] + y[i] + 1);
	EQUALS_C("avg(x, y, 2)", (x[i] + y[i] + 2) / 3);
	EQUALS_C("avg(x)", x[i]);
	EQUALS_C("min(2)", 2.0);
	EQUALS_C("abs(x)", fabs(x[i]));
	EQUALS_C("sign(x)", x[i] > 0 ? 1. : x[i] < 0 ? -1. : x[i]);
	EQUALS_C("rint(x)", rint(x[i]));
	EQUALS_C("floor(x)+ceil(x)", floor(x[i]) + ceil(x[i]));
	EQUALS_C("trunc(x)-round(x)", trunc(x[i]) - round(x[i]));
	EQUALS_C("sqrt(abs(x))", sqrt(fabs(x[i])));
	EQUALS_C("remainder(x, y)", remainder(x[i], y[i]));
	EQUALS_C("fma(x, y, 2)", fma(x[i], y[i], 2));
	EQUALS_C("ldexp(x, 3)", ldexp(x[i], 3));
	EQUALS_C("logb(y)", logb(y[i]));
	EQUALS_C("nextafter(x, y)", nextafter(x[i], y[i]));
	EQUALS_C("copysign(y, x)", signbit(x[i]) ? -y[i] : y[i]);
	EQUALS_C("isnan(x)+2*isinf(x)+4*isfinite(x)", (double)(!!isnan(x[i]) + 2 * !!isinf(x[i]) + 4 * !!isfinite(x[i])));
	EQUALS_C("fdim(x, y)", x[i] <= y[i] ? 0. : x[i] - y[i]);
}
END_TEST

/* Every function of the table gives about what libm gives, and the same bits at every level, cut anywhere. */
START_TEST(every_function_same_bits)
{
	size_t n;
	const struct expr_function *f = expr_functions(&n);
	const struct kern *levels[KERN_LEVELS + 1];
	static const char *const arguments[] = { "", "x*y", "x, y", "x, y, 0.5" };
	char text[80];
	bool missing = library_missing();

	kern_levels(levels);
	for (size_t k = 0; k < n; k++) {
		double want[N], got[N], piece[N];

		if (missing && f[k].code >= EXPR_LIBRARY)
			continue;
		snprintf(text, sizeof(text), "%s(%s)", f[k].name, arguments[f[k].min_args]);
		run(text, levels[0], N, want);
		for (int i = 0; levels[i]; i++) {
			run(text, levels[i], N, got);
			for (int j = 0; j < N; j++)
				ck_assert_msg(same(got[j], want[j]), "%s at level %s, x = %a, y = %a: %a is not %a", text,
					      levels[i]->name, x[j], y[j], got[j], want[j]);
			for (int m = 1; m < 20; m += 6) {
				run(text, levels[i], (size_t)m, piece);
				for (int j = 0; j < m; j++)
					ck_assert_msg(same(piece[j], want[j]), "%s over %d values", text, m);
			}
		}
	}
}
END_TEST

START_TEST(library_functions_are_right)
{
	static const struct {
		const char *text;
		double (*f)(double);
	} one[] = { { "sin(y)", sin }, { "cos(y)", cos }, { "tan(y)", tan }, { "asin(y/8)", NULL }, { "atan(y)", atan },
		    { "sinh(y)", sinh }, { "cosh(y)", cosh }, { "tanh(y)", tanh }, { "asinh(y)", asinh }, { "exp2(y)", exp2 },
		    { "expm1(y)", expm1 }, { "log2(y)", log2 }, { "log10(y)", log10 }, { "log1p(y)", log1p }, { "cbrt(y)", cbrt },
		    { "erf(y)", erf }, { "erfc(y)", erfc }, { "lgamma(y)", lgamma }, { "gamma(y)", tgamma }, { "exp(y)", exp },
		    { "ln(y)", log } };
	const struct kern *levels[KERN_LEVELS + 1];
	double got[N];

	if (library_missing())
		return;
	kern_levels(levels);
	for (size_t k = 0; k < sizeof(one) / sizeof(one[0]); k++) {
		run(one[k].text, levels[0], N, got);
		for (int i = 0; i < N; i++) {
			double want = one[k].f ? one[k].f(y[i]) : asin(y[i] / 8);

			ck_assert_msg(fabs(got[i] - want) <= 4e-15 * fmax(fabs(want), 0.01), "%s at %g: %.17g, not %.17g", one[k].text,
				      y[i], got[i], want);
		}
	}
	run("pow(y, 1.7)-y^x", levels[0], 4, got);
	for (int i = 0; i < 4; i++)
		ck_assert_double_le(fabs(got[i] - (pow(y[i], 1.7) - pow(y[i], x[i]))), 1e-13);
	run("atan2(x, y)-hypot(x, y)", levels[0], 4, got);
	for (int i = 0; i < 4; i++)
		ck_assert_double_le(fabs(got[i] - (atan2(x[i], y[i]) - hypot(x[i], y[i]))), 1e-13);
}
END_TEST

/* The deepest formulas that the parser lets through. */
START_TEST(deep_formulas)
{
	struct str s = STR_INIT;
	const struct kern *levels[KERN_LEVELS + 1];
	double got[N];

	kern_levels(levels);
	for (int i = 0; i < EXPR_MAX_DEPTH - 1; i++)
		str_adds(&s, "y+(");
	str_adds(&s, "x");
	for (int i = 0; i < EXPR_MAX_DEPTH - 1; i++)
		str_addc(&s, ')');
	run(str_z(&s), levels[0], 1, got);
	ck_assert_double_eq_tol(got[0], x[0] + y[0] * (EXPR_MAX_DEPTH - 1), 1e-9);
	str_release(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("eval");
	TCase *t = tcase_create("eval");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, arithmetic_is_cs);
	tcase_add_test(t, conditions_are_cs);
	tcase_add_test(t, functions_are_cs);
	tcase_add_test(t, every_function_same_bits);
	tcase_add_test(t, library_functions_are_right);
	tcase_add_test(t, deep_formulas);
	suite_add_tcase(s, t);
	return tap_run(s);
}
