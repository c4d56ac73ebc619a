/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs by number: the values of any task are computed when they are needed, in constant time, so that a range of a
 * million million tasks costs as much as one of ten. */
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>

#include "base/die.h"

uint64_t inputs_count(const struct inputs *in)
{
	uint64_t n = 1;

	if (in->naxes == 0)
		return 0;
	for (size_t i = 0; i < in->naxes; i++) {
		if (in->axes[i].n > TASKS_MAX)
			return UINT64_MAX;
		if (in->grid && __builtin_mul_overflow(n, in->axes[i].n, &n))
			return UINT64_MAX;
		if (!in->grid && i == 0)
			n = in->axes[i].n;
	}
	if (__builtin_mul_overflow(n, in->repeat, &n) || n > TASKS_MAX)
		return UINT64_MAX;
	return n;
}

void inputs_release(struct inputs *in)
{
	for (size_t i = 0; i < in->naxes; i++) {
		for (uint64_t j = 0; in->axes[i].values && j < in->axes[i].n; j++)
			value_release(&in->axes[i].values[j]);
		free(in->axes[i].values);
	}
	free(in->axes);
	in->axes = NULL;
	in->naxes = 0;
}

/* Which of the axis's values a task has. */
static uint64_t axis_index(const struct inputs *in, uint64_t task, size_t axis)
{
	uint64_t combination = task / in->repeat;

	if (in->grid)
		for (size_t i = in->naxes; --i > axis;)
			combination /= in->axes[i].n;
	return combination % in->axes[axis].n;
}

struct value plan_input_value(const struct plan *p, uint64_t task, size_t axis)
{
	const struct axis *a = &p->inputs.axes[axis];
	uint64_t i = axis_index(&p->inputs, task, axis);
	struct value v = { 0 };

	BUG_ON(axis >= p->inputs.naxes);
	if (a->values)
		return a->values[i];
	v.r = a->from + (double)i * a->step;
	if (p->kind->params[a->param].type != PARAM_REAL) {
		v.i = (int64_t)llrint(v.r);
		v.r = 0;
	}
	return v;
}

void plan_input_pack(struct str *s, const struct plan *p, uint64_t task)
{
	for (size_t i = 0; i < p->inputs.naxes; i++) {
		struct value v = plan_input_value(p, task, i);

		value_pack(s, &p->kind->params[p->inputs.axes[i].param], &v);
	}
}

void plan_input_text(struct str *s, const struct plan *p, uint64_t task)
{
	for (size_t i = 0; i < p->inputs.naxes; i++) {
		const struct param *param = &p->kind->params[p->inputs.axes[i].param];
		struct value v = plan_input_value(p, task, i);

		str_addf(s, "%s%s ", i ? ", " : "", param->name);
		param_show(s, param, &v);
	}
}
