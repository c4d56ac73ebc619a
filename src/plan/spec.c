/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What crosses the link to a worker: the kind with its values once, then the input of each task. */
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

void value_pack(struct str *s, const struct param *p, const struct value *v)
{
	switch (p->type) {
	case PARAM_INT:
	case PARAM_DURATION:
		pack_u64(s, (uint64_t)v->i);
		break;
	case PARAM_REAL:
		pack_f64(s, v->r);
		break;
	case PARAM_CHOICE:
	case PARAM_EXPR:
		pack_z(s, v->z);
		break;
	}
}

/* A word is parsed again: a broken or foreign message must not get past here as a value that no file could give. */
static int unpack_word(const struct param *p, struct reader *r, struct value *v, struct err *err)
{
	char *z = get_zdup(r);
	int ret = -1;

	if (r->bad)
		err_set(err, "%s is cut short", p->name);
	else if (param_parse(p, z, v, NULL, err) < 0)
		err_prefix(err, "%s", p->name);
	else
		ret = 0;
	free(z);
	return ret;
}

int value_unpack(const struct param *p, struct reader *r, struct value *out, struct err *err)
{
	struct value v = { 0 };

	if (p->type == PARAM_CHOICE || p->type == PARAM_EXPR)
		return unpack_word(p, r, out, err);
	if (p->type == PARAM_REAL)
		v.r = get_f64(r);
	else
		v.i = (int64_t)get_u64(r);
	if (r->bad)
		return err_set(err, "%s is cut short", p->name);
	if (param_in_range(p, &v, err) < 0)
		return err_prefix(err, "%s", p->name);
	*out = v;
	return 0;
}

void work_spec_pack(struct str *s, const struct plan *p)
{
	pack_z(s, p->kind->name);
	pack_u32(s, (uint32_t)p->kind->nparams);
	for (size_t i = 0; i < p->kind->nparams; i++)
		value_pack(s, &p->kind->params[i], &p->values[i]);
	pack_u32(s, (uint32_t)p->inputs.naxes);
	for (size_t i = 0; i < p->inputs.naxes; i++)
		pack_u32(s, (uint32_t)p->inputs.axes[i].param);
	pack_u64(s, p->seed);
	pack_u64(s, p->timeout_ns);
}

static int unpack_axes(struct reader *r, struct work_spec *w, struct err *err)
{
	bool seen[KIND_PARAMS_MAX] = { false };
	uint32_t n = get_u32(r);

	if (r->bad || n > w->kind->nparams)
		return err_set(err, "the work's inputs are malformed");
	w->axes = xcalloc(n ? n : 1, sizeof *w->axes);
	for (; w->naxes < n; w->naxes++) {
		uint32_t param = get_u32(r);

		if (r->bad || param >= w->kind->nparams || seen[param])
			return err_set(err, "the work's inputs are malformed");
		seen[param] = true;
		w->axes[w->naxes] = param;
	}
	return 0;
}

static int unpack(struct reader *r, struct work_spec *w, struct err *err)
{
	char name[64];

	get_z(r, name, sizeof name);
	if (r->bad)
		return err_set(err, "the work's kind is cut short");
	w->kind = kind_find(name);
	if (!w->kind)
		return err_set(
			err, "this program has no kind of work %s; engine and worker must be of the same build", name);
	if (get_u32(r) != w->kind->nparams || r->bad)
		return err_set(
			err, "the parameters of %s are malformed; engine and worker must be of the same build", name);
	w->values = xcalloc(w->kind->nparams ? w->kind->nparams : 1, sizeof *w->values);
	for (size_t i = 0; i < w->kind->nparams; i++)
		if (value_unpack(&w->kind->params[i], r, &w->values[i], err) < 0)
			return -1;
	if (unpack_axes(r, w, err) < 0)
		return -1;
	w->seed = get_u64(r);
	w->timeout_ns = get_u64(r);
	if (r->bad)
		return err_set(err, "the work's description is cut short");
	if (r->left)
		return err_set(err, "the work's description has %zu bytes too many", r->left);
	return 0;
}

int work_spec_unpack(struct slice payload, struct work_spec *w, struct err *err)
{
	struct work_spec fresh = { 0 };
	struct reader r = reader_of(payload);

	if (unpack(&r, &fresh, err) < 0) {
		work_spec_release(&fresh);
		return -1;
	}
	*w = fresh;
	return 0;
}

void work_spec_release(struct work_spec *w)
{
	for (size_t i = 0; w->values && i < w->kind->nparams; i++)
		value_release(&w->values[i]);
	free(w->values);
	free(w->axes);
	memset(w, 0, sizeof *w);
}

int work_spec_input(const struct work_spec *w, struct reader *r, struct value *values, struct err *err)
{
	for (size_t i = 0; i < w->naxes; i++) {
		struct value v;

		if (value_unpack(&w->kind->params[w->axes[i]], r, &v, err) < 0)
			return -1;
		value_release(&values[w->axes[i]]);
		values[w->axes[i]] = v;
	}
	return 0;
}
