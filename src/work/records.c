/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of results into a frame. */
#include "work/records.h"

#include <string.h>

void records_put(struct records *r, struct link *l, uint32_t generation, uint64_t cpu)
{
	struct results m;

	if (r->n == 0)
		return;
	m.generation = generation;
	m.flags = r->failed ? RESULT_HAS_STATUS : 0;
	m.first = r->first;
	m.count = r->n;
	m.cpu_ns = cpu - r->cpu_at;
	m.begun_at = r->begun_at;
	m.ended_at = r->ended_at;
	m.status = (struct slice){ r->status, r->failed ? r->n : 0 };
	m.values = (struct slice){ r->values, (size_t)r->n * sizeof(r->values[0]) };
	m.times = (struct slice){ r->times, (size_t)r->n * sizeof(r->times[0]) };
	msg_put_results(l, &m);
	if (r->failed)
		memset(r->status, 0, r->n);
	r->failed = 0;
	r->n = 0;
	r->cpu_at = cpu;
}
