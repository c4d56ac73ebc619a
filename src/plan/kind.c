/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of built-in work and how each is described in words. */
#include "plan/kind.h"

#include <float.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "plan/expr.h"

static const struct param integrate_params[] = {
	[INTEGRATE_F] = { "f", PARAM_EXPR, "1/(1 + x^2)", 0, 0, "x", "", "the function of x that is integrated" },
	[INTEGRATE_FROM] = { "from", PARAM_REAL, "0", -DBL_MAX, DBL_MAX, NULL, "", "lower end of the interval" },
	[INTEGRATE_TO] = { "to", PARAM_REAL, "1", -DBL_MAX, DBL_MAX, NULL, "",
		"upper end of the interval, above `from`" },
	[INTEGRATE_SAMPLES] = { "samples", PARAM_INT, "10000", 2, 1e9, NULL, "points",
		"random points in each integral" },
	[INTEGRATE_METHOD] = { "method", PARAM_CHOICE, "slides", 0, 0, "slides trapezoid", "",
		"slides: right-hand sums without the two end intervals, a little below the integral; "
		"trapezoid: both ends included" },
};

#define WAIT_ROWS(time_default, time_help)                                                                             \
	[WAIT_TIME] = { "time", PARAM_DURATION, time_default, 0, 3600.0 * (double)NS_PER_S, NULL, "", time_help },     \
	[WAIT_SPREAD] = { "spread", PARAM_CHOICE, "none", 0, 0, "none uniform exponential log-normal", "",             \
		"how the lengths of the tasks differ; their mean is always `time`, uniform is 0 to 2 × time" },        \
	[WAIT_SIGMA] = { "sigma", PARAM_REAL, "1", 0, 5, NULL, "",                                                     \
		"width of the log-normal spread: the standard deviation of the logarithm of a length" }

static const struct param sleep_params[] = { WAIT_ROWS("10ms", "how long a task waits, on average") };
static const struct param spin_params[] = { WAIT_ROWS("100us", "how long a task computes, on average (CPU time)") };

static void show(struct str *out, const struct param *params, const struct value *values, size_t i)
{
	param_show(out, &params[i], &values[i]);
}

/* ", varying samples and to" */
static void add_varying(struct str *out, const struct param *params, size_t n, const bool *varies)
{
	const char *lead = ", varying ";

	for (size_t i = 0; i < n; i++) {
		size_t later = 0;

		if (!varies[i])
			continue;
		str_addf(out, "%s%s", lead, params[i].name);
		for (size_t j = i + 1; j < n; j++)
			later += varies[j];
		lead = later > 1 ? ", " : " and ";
	}
}

static void add_integrand(struct str *out, const char *f)
{
	static const char *const x[] = { "x" };
	struct expr *e = f ? expr_parse(f, x, 1, NULL) : NULL;

	if (e)
		expr_print(e, false, out);
	else
		str_adds(out, f ? f : "f");
	expr_free(e);
}

static void integrate_title(struct str *out, const struct value *v, const bool *varies)
{
	str_adds(out, "∫ ");
	if (varies[INTEGRATE_F])
		str_adds(out, "f");
	else
		add_integrand(out, v[INTEGRATE_F].z);
	if (!varies[INTEGRATE_SAMPLES]) {
		str_adds(out, ", ");
		show(out, integrate_params, v, INTEGRATE_SAMPLES);
		str_adds(out, " points each");
	}
	if (!varies[INTEGRATE_FROM]) {
		str_adds(out, ", from ");
		show(out, integrate_params, v, INTEGRATE_FROM);
	}
	if (!varies[INTEGRATE_TO]) {
		str_adds(out, varies[INTEGRATE_FROM] ? ", to " : " to ");
		show(out, integrate_params, v, INTEGRATE_TO);
	}
	add_varying(out, integrate_params, INTEGRATE_PARAMS, varies);
}

static int integrate_check(const struct value *v, size_t *param, struct err *err)
{
	struct str from = STR_INIT, to = STR_INIT;

	if (v[INTEGRATE_FROM].r < v[INTEGRATE_TO].r)
		return 0;
	param_print(&from, &integrate_params[INTEGRATE_FROM], &v[INTEGRATE_FROM]);
	param_print(&to, &integrate_params[INTEGRATE_TO], &v[INTEGRATE_TO]);
	err_set(err, "%s is not above from (%s); an interval goes upwards, such as from: 0, to: 1", str_z(&to),
		str_z(&from));
	str_release(&from);
	str_release(&to);
	*param = INTEGRATE_TO;
	return -1;
}

static const char *integrate_method(const struct value *v)
{
	return v[INTEGRATE_METHOD].i == METHOD_SLIDES ? "slides' method" : "trapezoid method";
}

/* "sleep 10 ms", "sleep, log-normal lengths, mean 10 ms", "sleep, 0 s to 20 ms". */
static void wait_title(
	struct str *out, const char *name, const struct param *params, const struct value *v, const bool *varies)
{
	int64_t spread = varies[WAIT_SPREAD] ? -1 : v[WAIT_SPREAD].i;

	str_adds(out, name);
	if (spread == SPREAD_NONE) {
		if (!varies[WAIT_TIME]) {
			str_adds(out, " ");
			show(out, params, v, WAIT_TIME);
		}
	} else {
		if (spread > SPREAD_NONE)
			str_addf(out, ", %s lengths", v[WAIT_SPREAD].z);
		if (!varies[WAIT_TIME]) {
			str_adds(out, ", mean ");
			show(out, params, v, WAIT_TIME);
		}
	}
	add_varying(out, params, WAIT_PARAMS, varies);
}

static void sleep_title(struct str *out, const struct value *v, const bool *varies)
{
	wait_title(out, "sleep", sleep_params, v, varies);
}

static void spin_title(struct str *out, const struct value *v, const bool *varies)
{
	wait_title(out, "spin", spin_params, v, varies);
}

static const char *no_method(const struct value *v)
{
	(void)v;
	return "";
}

const struct kind kinds[] = {
	{ "integrate", "the integral of f from random points, one estimate a task", integrate_params, INTEGRATE_PARAMS,
		true, false, true, integrate_check, integrate_title, integrate_method },
	{ "sleep", "waiting: a task is a sleep, no CPU needed", sleep_params, WAIT_PARAMS, true, true, false, NULL,
		sleep_title, no_method },
	{ "spin", "computing: a task uses a CPU for exactly its time", spin_params, WAIT_PARAMS, true, false, false, NULL,
		spin_title, no_method },
	{ 0 },
};

const struct kind *kind_find(const char *name)
{
	for (const struct kind *k = kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

int kind_param(const struct kind *k, const char *name)
{
	BUG_ON(k->nparams > KIND_PARAMS_MAX);
	for (size_t i = 0; i < k->nparams; i++)
		if (strcmp(k->params[i].name, name) == 0)
			return (int)i;
	return -1;
}
