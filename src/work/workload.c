/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of what this program can do, and its preparation. */
#include "work/workload.h"

#include <string.h>

#include "work/prepared.h"
#include "work/rows.h"

const struct workload *const workloads[] = {
	&integrate_workload,
	&sleep_workload,
	&spin_workload,
	NULL,
};

const struct workload *workload_find(const char *name)
{
	for (const struct workload *const *w = workloads; *w; w++)
		if (strcmp((*w)->name, name) == 0)
			return *w;
	return NULL;
}

int prepared_make(struct prepared *p, struct slice setup, struct err *err)
{
	const struct workload *w;

	if (work_spec_unpack(setup, &p->spec, err) < 0)
		return -1;
	w = workload_find(p->spec.kind->name);
	if (!w) {
		err_set(err, "the worker program cannot do work of the kind %s; build both programs anew",
			p->spec.kind->name);
		work_spec_release(&p->spec);
		return -1;
	}
	if (w->prepare && w->prepare(&p->spec, &p->state, err) < 0) {
		work_spec_release(&p->spec);
		return -1;
	}
	p->workload = w;
	return 0;
}

void prepared_release(struct prepared *p)
{
	if (p->workload && p->workload->release)
		p->workload->release(p->state);
	work_spec_release(&p->spec);
	memset(p, 0, sizeof(*p));
}
