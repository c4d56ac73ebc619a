/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of parameters: from a file's text, back to it, and in words for a person. */
#include "plan/kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/fmt.h"
#include "base/num.h"
#include "plan/expr.h"

#define CHOICES_MAX 16

const char *param_choice(const char *choices, size_t i, size_t *n)
{
	for (const char *p = choices;;) {
		size_t len;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (len == 0)
			return NULL;
		if (i-- == 0) {
			*n = len;
			return p;
		}
		p += len;
	}
}

static char *choice_dup(const char *choices, size_t i)
{
	size_t n;
	const char *p = param_choice(choices, i, &n);
	char *z;

	if (!p)
		return NULL;
	z = xcalloc(n + 1, 1);
	memcpy(z, p, n);
	return z;
}

/* "none, uniform or exponential" */
static void add_choices(struct str *out, const char *choices)
{
	size_t n, next;
	const char *p;

	for (size_t i = 0; (p = param_choice(choices, i, &n)); i++) {
		if (i)
			str_adds(out, param_choice(choices, i + 1, &next) ? ", " : " or ");
		str_add(out, p, n);
	}
}

static int parse_choice(const struct param *p, const char *text, struct value *out, struct err *err)
{
	char *words[CHOICES_MAX];
	struct str all = STR_INIT;
	const char *near;
	char shown[48];
	size_t n = 0;
	int found = -1;

	while (n < CHOICES_MAX && (words[n] = choice_dup(p->choices, n)))
		n++;
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], text) == 0)
			found = (int)i;
	if (found >= 0) {
		*out = (struct value){ .i = found, .z = xstrdup(text) };
	} else {
		near = nearest_word(text, (const char *const *)words, n);
		add_choices(&all, p->choices);
		str_copy(shown, sizeof shown, text);
		if (near)
			err_set(err, "'%s' is not one of the choices; did you mean %s?", shown, near);
		else
			err_set(err, "'%s' is not one of the choices; write %s", shown, str_z(&all));
	}
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	str_release(&all);
	return found >= 0 ? 0 : -1;
}

static int parse_expr(const struct param *p, const char *text, struct value *out, int *col, struct err *err)
{
	char *vars[CHOICES_MAX];
	struct expr_error bad;
	struct expr *e;
	size_t n = 0;

	while (n < CHOICES_MAX && (vars[n] = choice_dup(p->choices, n)))
		n++;
	e = expr_parse(text, (const char *const *)vars, n, &bad);
	for (size_t i = 0; i < n; i++)
		free(vars[i]);
	if (!e) {
		*col = bad.col;
		return err_set(err, "%s", bad.msg);
	}
	expr_free(e);
	*out = (struct value){ .z = xstrdup(text) };
	return 0;
}

static int parse_duration(const struct param *p, const char *text, struct value *out, struct err *err)
{
	struct value v = { 0 };
	uint64_t ns;

	if (num_duration(text, &ns, err) < 0)
		return -1;
	v.i = (int64_t)ns;
	if (param_in_range(p, &v, err) < 0)
		return -1;
	*out = v;
	return 0;
}

int param_parse(const struct param *p, const char *text, struct value *out, int *col, struct err *err)
{
	struct value v = { 0 };
	int here = 0, r = -1;

	switch (p->type) {
	case PARAM_INT:
		r = num_int(text, (int64_t)p->min, (int64_t)p->max, &v.i, err);
		break;
	case PARAM_REAL:
		r = num_real(text, p->min, p->max, &v.r, err);
		break;
	case PARAM_DURATION:
		r = parse_duration(p, text, &v, err);
		break;
	case PARAM_CHOICE:
		r = parse_choice(p, text, &v, err);
		break;
	case PARAM_EXPR:
		r = parse_expr(p, text, &v, &here, err);
		break;
	}
	if (col)
		*col = here;
	if (r < 0)
		return -1;
	*out = v;
	return 0;
}

/* The shortest decimal that reads back as the same double. */
static void add_real(struct str *out, double r)
{
	char buf[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, sizeof buf, "%.*g", digits, r);
		if (strtod(buf, NULL) == r)
			break;
	}
	str_adds(out, buf);
}

/* In the largest unit that needs no fraction: 1500ms, 90s, 1h. */
static void add_duration(struct str *out, int64_t ns)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = { { 3600 * INT64_C(1000000000), "h" }, { 60 * INT64_C(1000000000), "m" },
		{ INT64_C(1000000000), "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	size_t i = 0;

	if (ns == 0) {
		str_adds(out, "0s");
		return;
	}
	while (ns % units[i].ns)
		i++;
	str_addf(out, "%lld%s", (long long)(ns / units[i].ns), units[i].name);
}

void param_print(struct str *out, const struct param *p, const struct value *v)
{
	switch (p->type) {
	case PARAM_INT:
		str_addf(out, "%lld", (long long)v->i);
		break;
	case PARAM_REAL:
		add_real(out, v->r);
		break;
	case PARAM_DURATION:
		add_duration(out, v->i);
		break;
	case PARAM_CHOICE:
	case PARAM_EXPR:
		str_adds(out, v->z ? v->z : "");
		break;
	}
}

/* Exactly as it was given, without the digits of a measurement: "50 ms", "1.5 s"; from 2 min as all durations. */
static void show_duration(struct str *out, int64_t ns)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "µs" }, { 1, "ns" } };
	char buf[FMT_SIZE];
	size_t i = 0;

	if (ns <= 0 || ns >= 120 * INT64_C(1000000000)) {
		str_adds(out, fmt_duration(buf, (double)ns, false));
		return;
	}
	while (units[i].ns > ns)
		i++;
	str_addf(out, "%.15g %s", (double)ns / (double)units[i].ns, units[i].name);
}

void param_show(struct str *out, const struct param *p, const struct value *v)
{
	char buf[FMT_SIZE];

	if (p->type == PARAM_INT && v->i >= 0)
		str_adds(out, fmt_exact(buf, (uint64_t)v->i));
	else if (p->type == PARAM_DURATION)
		show_duration(out, v->i);
	else if (p->type == PARAM_REAL)
		str_addf(out, "%.15g", v->r); /* 0.3, not 0.30000000000000004 */
	else
		param_print(out, p, v);
}

int param_in_range(const struct param *p, const struct value *v, struct err *err)
{
	double x = p->type == PARAM_REAL ? v->r : (double)v->i;
	struct value lo = { .i = (int64_t)0, .r = p->min }, hi = { .i = (int64_t)0, .r = p->max };
	struct str a = STR_INIT, b = STR_INIT, c = STR_INIT;

	if (p->type == PARAM_CHOICE || p->type == PARAM_EXPR)
		return 0;
	if (isfinite(x) && x >= p->min && x <= p->max)
		return 0;
	if (p->type != PARAM_REAL) {
		lo.i = (int64_t)p->min;
		hi.i = (int64_t)p->max;
	}
	param_print(&a, p, v);
	param_print(&b, p, &lo);
	param_print(&c, p, &hi);
	err_set(err, "%s is out of range; write %s to %s", str_z(&a), str_z(&b), str_z(&c));
	str_release(&a);
	str_release(&b);
	str_release(&c);
	return -1;
}

void value_release(struct value *v)
{
	free(v->z);
	v->z = NULL;
}
