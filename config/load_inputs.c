/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs: for each parameter that varies a list ([10, 100]), a range ({from: 10, to: 100, step: 10}) or a range as text
 * (10..100 step 10). */
#include "config/load.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

#define CHECK_MAX 1000000 /* combinations looked at before the run; the others are checked by their worker */

/* The axis of a parameter, made anew when it is there already (a setting replaces what the file says). */
static struct axis *axis_for(struct inputs *in, size_t param)
{
	struct axis *a = NULL;

	for (size_t i = 0; i < in->naxes; i++)
		if (in->axes[i].param == param)
			a = &in->axes[i];
	if (a) {
		for (uint64_t i = 0; a->values && i < a->n; i++)
			value_release(&a->values[i]);
		free(a->values);
	} else {
		in->axes = xrealloc(in->axes, in->naxes + 1, sizeof *in->axes);
		a = &in->axes[in->naxes++];
	}
	*a = (struct axis){ .param = param };
	return a;
}

static int load_list(struct loader *l, const struct param *p, const struct node *list, struct axis *a)
{
	int ret = 0;

	if (list->n == 0) {
		complain(l, spot_of_node(l, list), p->name, "the list is empty; write at least one value");
		return -1;
	}
	a->values = xcalloc(list->n, sizeof *a->values);
	for (const struct node *n = list->child; n; n = n->next)
		if (load_value(l, p, n, &a->values[a->n]) < 0)
			ret = -1;
		else
			a->n++;
	return ret;
}

/* ---- ranges ---- */

static double as_number(const struct param *p, const struct value *v)
{
	return p->type == PARAM_REAL ? v->r : (double)v->i;
}

/* A step is a distance: the parameter's type and unit, but any size above 0. */
static struct param step_of(const struct param *p)
{
	struct param s = *p;

	s.name = "step";
	s.min = p->type == PARAM_REAL ? DBL_MIN : 1;
	s.max = p->type == PARAM_REAL ? DBL_MAX : 9e15;
	return s;
}

/* The three texts of a range, step may be NULL. 0, or -1 with a problem. */
static int make_range(
	struct loader *l, const struct param *p, struct spot at, const char *const text[3], struct axis *a)
{
	static const char *const names[] = { "from", "to", "step" };
	struct param step = step_of(p);
	double v[3] = { 0, 0, 1 }, n;

	if (!text[2] && p->type != PARAM_INT) {
		complain(l, at, p->name, "the range has no step; write one, such as %s",
			p->type == PARAM_REAL ? "0..1 step 0.1" : "10ms..100ms step 10ms");
		return -1;
	}
	for (int i = 0; i < 3; i++) {
		struct value value = { 0 };
		struct err err;

		if (!text[i])
			continue;
		if (param_parse(i == 2 ? &step : p, text[i], &value, NULL, &err) < 0) {
			complain(l, at, p->name, "%s of the range: %s", names[i], err.msg);
			return -1;
		}
		v[i] = as_number(p, &value);
	}
	if (v[0] > v[1]) {
		complain(l, at, p->name, "the range goes down, from %s to %s; write the smaller end first", text[0],
			text[1]);
		return -1;
	}
	/* 0..0.3 step 0.1 has four values although 0.3 / 0.1 is a little below 3 in binary. */
	n = floor((v[1] - v[0]) / v[2] * (1 + 8 * DBL_EPSILON)) + 1;
	if (!(n <= (double)TASKS_MAX)) {
		complain(l, at, p->name, "the range has more than %llu values; take a larger step",
			(unsigned long long)TASKS_MAX);
		return -1;
	}
	a->n = (uint64_t)n;
	a->from = v[0];
	a->step = v[2];
	/* The last value may be past the end by a rounding error; past the parameter's largest it would be refused. */
	while (a->n > 1 && a->from + (double)(a->n - 1) * a->step > p->max)
		a->step = nextafter(a->step, 0);
	return 0;
}

static int load_range_map(struct loader *l, const struct param *p, const struct node *map, struct axis *a)
{
	static const char *const names[] = { "from", "to", "step" };
	const char *text[3] = { NULL, NULL, NULL };
	int bad = 0;

	for (const struct node *k = map->child; k; k = k->next) {
		int which = -1;

		for (int i = 0; i < 3; i++)
			if (strcmp(k->text, names[i]) == 0)
				which = i;
		if (which < 0) {
			char shown[48];

			str_copy(shown, sizeof shown, k->text);
			complain(
				l, spot_of_node(l, k), p->name, "unknown key %s; a range has from, to and step", shown);
			bad = 1;
			continue;
		}
		text[which] = scalar_text(l, k, k->value, names[which]);
		if (!text[which])
			bad = 1;
	}
	if (!bad && (!text[0] || !text[1])) {
		complain(l, spot_of_node(l, map), p->name, "the range has no %s; write {from: 10, to: 100, step: 10}",
			text[0] ? "to" : "from");
		bad = 1;
	}
	return bad ? -1 : make_range(l, p, spot_of_node(l, map), text, a);
}

/* Cuts the blanks at both ends of a part. */
static char *trim(char *z)
{
	size_t n;

	z += strspn(z, " ");
	n = strlen(z);
	while (n && z[n - 1] == ' ')
		z[--n] = '\0';
	return z;
}

static int load_range_text(struct loader *l, const struct param *p, const struct node *n, struct axis *a)
{
	const char *given = scalar_text(l, n, n, p->name), *text[3] = { NULL, NULL, NULL };
	char *copy, *dots, *step, shown[48];
	int ret = -1;

	if (!given)
		return -1;
	copy = xstrdup(given);
	dots = strstr(copy, "..");
	if (dots) {
		*dots = '\0';
		step = strstr(dots + 2, " step ");
		if (step) {
			*step = '\0';
			text[2] = trim(step + 6);
		}
		text[0] = trim(copy);
		text[1] = trim(dots + 2);
		ret = make_range(l, p, spot_of_node(l, n), text, a);
	} else {
		str_copy(shown, sizeof shown, given);
		complain(l, spot_of_node(l, n), p->name,
			"'%s' is neither a list nor a range; write [10, 100] or 10..100 step 10", shown);
	}
	free(copy);
	return ret;
}

/* ---- the map ---- */

static int load_axis(struct loader *l, const struct param *p, const struct node *n, struct axis *a)
{
	bool words = p->type == PARAM_CHOICE || p->type == PARAM_EXPR;

	if (n->type == NODE_REFUSED)
		return -1;
	if (n->type == NODE_LIST)
		return load_list(l, p, n, a);
	if (words) {
		complain(l, spot_of_node(l, n), p->name, "a list is needed here; write [first, second]");
		return -1;
	}
	return n->type == NODE_MAP ? load_range_map(l, p, n, a) : load_range_text(l, p, n, a);
}

void load_inputs_key(struct loader *l, const struct node *key, const struct node *n)
{
	struct inputs *in = &l->plan->inputs;
	struct str path = STR_INIT;
	const struct key *k;
	int i;

	str_addf(&path, "inputs.%s", key->text);
	k = strchr(key->text, '.') ? NULL : key_find(str_z(&path));
	str_release(&path);
	if (k) {
		load_key(l, k, key, n);
		return;
	}
	if (!l->plan->kind) {
		l->inputs_bad = true;
		return;
	}
	i = kind_param(l->plan->kind, key->text);
	if (i < 0) {
		complain_unknown(l, key, "inputs");
		l->inputs_bad = true;
		return;
	}
	l->given[i].input = spot_of_node(l, key);
	l->inputs_set = l->inputs_set || l->setting;
	if (!spot_given(l->inputs))
		l->inputs = spot_of_node(l, key);
	if (load_axis(l, &l->plan->kind->params[i], n, axis_for(in, (size_t)i)) < 0)
		l->inputs_bad = true;
}

void load_inputs(struct loader *l, const struct node *n)
{
	size_t before = l->problems->n;

	l->inputs = spot_of_node(l, n);
	if (n->type != NODE_MAP) {
		if (n->type != NODE_REFUSED)
			complain(l, l->inputs, "inputs", "a map is needed here; write {samples: [10, 100]}");
		l->inputs_bad = true;
		return;
	}
	for (const struct node *k = n->child; k; k = k->next)
		load_inputs_key(l, k, k->value);
	if (l->problems->n == before && l->plan->inputs.naxes == 0) {
		complain(l, l->inputs, "inputs",
			"nothing varies; name a parameter of the work, such as samples: [10, 100]");
		l->inputs_bad = true;
	}
}

/* Given in `work` as well: which of the two is meant cannot be known, unless a setting has replaced the file's
 * value. */
static void check_twice(struct loader *l)
{
	for (size_t i = 0; i < l->plan->kind->nparams; i++) {
		const struct given *g = &l->given[i];
		const char *name = l->plan->kind->params[i].name;

		if (!spot_given(g->work) || !spot_given(g->input) || (g->input.setting && !g->work.setting))
			continue;
		if (g->work.setting)
			complain(l, g->work, NULL, "%s varies in inputs; set inputs.%s, such as --set 'inputs.%s=[%s]'",
				name, name, name, g->work.setting->value);
		else
			complain(l, g->input, name,
				"work gives one value to all tasks in line %d already; remove one of the two",
				g->work.line);
	}
}

static void check_lengths(struct loader *l)
{
	const struct inputs *in = &l->plan->inputs;

	for (size_t i = 1; !in->grid && i < in->naxes; i++) {
		const struct param *first = &l->plan->kind->params[in->axes[0].param];
		const struct param *p = &l->plan->kind->params[in->axes[i].param];

		if (in->axes[i].n == in->axes[0].n)
			continue;
		complain(l, l->given[in->axes[i].param].input, p->name,
			"%llu values, but %s has %llu; give as many, or write grid: true for all combinations",
			(unsigned long long)in->axes[i].n, first->name, (unsigned long long)in->axes[0].n);
		l->inputs_bad = true;
	}
}

/* Where to say that a combination of parameters is wrong: at a setting, which made a good file bad, else at the blamed
 * parameter, else at one before it that was given. */
static struct spot blame(const struct loader *l, size_t param)
{
	for (size_t i = 0; i < l->plan->kind->nparams; i++) {
		if (l->given[i].input.setting)
			return l->given[i].input;
		if (l->given[i].work.setting)
			return l->given[i].work;
	}
	for (size_t i = param + 1; i-- > 0;) {
		if (spot_given(l->given[i].input))
			return l->given[i].input;
		if (spot_given(l->given[i].work))
			return l->given[i].work;
	}
	return spot_given(l->inputs) ? l->inputs : (struct spot){ 1, 1, NULL };
}

/* What a kind's check has found, with the inputs that make it so. */
static void complain_combination(struct loader *l, size_t param, const char *message, const char *input)
{
	const char *name = l->plan->kind->params[param].name;
	struct spot at = blame(l, param);
	const char *leaf = at.setting ? strrchr(at.setting->key, '.') : NULL;
	bool elsewhere = at.setting && strcmp(leaf ? leaf + 1 : at.setting->key, name) != 0;

	complain(l, at, name, "%s%s%s%s%s%s", elsewhere ? name : "", elsewhere ? ": " : "", message,
		*input ? " (input " : "", input, *input ? ")" : "");
}

static void check_combinations(struct loader *l)
{
	const struct plan *p = l->plan;
	uint64_t n = inputs_count(&p->inputs), all = n == UINT64_MAX ? 0 : n / p->inputs.repeat;
	struct value values[KIND_PARAMS_MAX];
	struct str input = STR_INIT;
	struct err err;
	size_t param;

	if (all == 0)
		all = 1;
	memcpy(values, p->values, p->kind->nparams * sizeof *values);
	for (uint64_t i = 0; i < all; i++) {
		if (i == CHECK_MAX / 2 && all > CHECK_MAX)
			i = all - CHECK_MAX / 2; /* both ends: ranges are worst there */
		for (size_t a = 0; n != UINT64_MAX && a < p->inputs.naxes; a++)
			values[p->inputs.axes[a].param] = plan_input_value(p, i * p->inputs.repeat, a);
		if (p->kind->check(values, &param, &err) == 0)
			continue;
		if (n != UINT64_MAX)
			plan_input_text(&input, p, i * p->inputs.repeat);
		complain_combination(l, param, err.msg, str_z(&input));
		str_release(&input);
		return;
	}
}

void load_inputs_check(struct loader *l)
{
	check_twice(l);
	if (l->inputs_bad)
		return;
	check_lengths(l);
	if (!l->inputs_bad && l->problems->n == 0 && l->plan->kind->check)
		check_combinations(l);
}
