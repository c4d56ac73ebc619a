/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that is ready to be done: what MSG_SETUP says, unpacked and prepared. A worker makes it for itself, a template
 * once for all workers that it forks. */
#ifndef WORK_PREPARED_H
#define WORK_PREPARED_H

#include "work/workload.h"

struct prepared {
	struct work_spec spec;
	const struct workload *workload;
	void *state; /* the workload's */
};

/* 0, or -1 with *err; *p must be zero before. */
int prepared_make(struct prepared *p, struct slice setup, struct err *err);
void prepared_release(struct prepared *p);

#endif
