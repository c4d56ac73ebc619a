/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan's defaults, end and title. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/fmt.h"

const char *const start_method_names[] = { "spawn", "fork", NULL };
const char *const baseline_names[] = { "measure", "estimate", "none", NULL };
const char *const on_failure_names[] = { "continue", "stop", "stop-now", NULL };
const char *const keep_names[] = { "all", "sums", NULL };

void plan_init(struct plan *p)
{
	struct err err;

	memset(p, 0, sizeof *p);
	p->inputs.repeat = 1;
	p->tasks = 1;
	p->seed = 1;
	p->start = START_SPAWN;
	if (chunk_parse("guided", &p->chunk, &err) < 0)
		BUG("%s", err.msg);
	p->queue = 64;
	p->baseline = BASELINE_MEASURE;
	p->retries = 2;
	p->on_failure = FAILURE_CONTINUE;
	p->keep = KEEP_ALL;
}

void plan_release(struct plan *p)
{
	for (size_t i = 0; p->values && i < p->kind->nparams; i++)
		value_release(&p->values[i]);
	free(p->values);
	inputs_release(&p->inputs);
	free(p->name);
	free(p->about);
	memset(p, 0, sizeof *p);
}

void plan_title(struct str *out, const struct plan *p, uint64_t tasks)
{
	bool varies[KIND_PARAMS_MAX] = { false };
	char buf[FMT_SIZE];

	for (size_t i = 0; i < p->inputs.naxes; i++)
		varies[p->inputs.axes[i].param] = true;
	str_addf(out, "%s × ", fmt_exact(buf, tasks));
	p->kind->title(out, p->values, varies);
	str_addf(out, ", seed %llu", (unsigned long long)p->seed);
}
