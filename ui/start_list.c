/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of the start screen. */
#include "ui/start_list.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

void start_list_init(struct start_list *l)
{
	memset(l, 0, sizeof(*l));
}

void start_list_release(struct start_list *l)
{
	free(l->workloads);
	free(l->runs);
	memset(l, 0, sizeof(*l));
}

void start_list_add_workload(struct start_list *l, const struct start_workload *w)
{
	l->workloads = xrealloc(l->workloads, (unsigned long)l->nworkloads + 1, sizeof(*w));
	l->workloads[l->nworkloads++] = *w;
}

void start_list_add_run(struct start_list *l, const struct start_run *r)
{
	l->runs = xrealloc(l->runs, (unsigned long)l->nruns + 1, sizeof(*r));
	l->runs[l->nruns++] = *r;
}

void start_list_join(struct start_list *l)
{
	for (uint32_t i = 0; i < l->nworkloads; i++) {
		struct start_workload *w = &l->workloads[i];
		const struct start_run *newest = NULL;

		for (uint32_t k = 0; k < l->nruns; k++) {
			const struct start_run *r = &l->runs[k];

			if (strcmp(r->name, w->name) == 0 && strcmp(r->state, "done") == 0 &&
			    r->done == r->tasks && r->tasks == w->tasks && (!newest || r->when > newest->when))
				newest = r;
		}
		w->seconds = newest ? newest->seconds : (double)NAN;
		w->speedup = newest ? newest->speedup : (double)NAN;
		w->rough = newest && newest->rough;
	}
}

uint32_t start_list_rows(const struct start_list *l)
{
	return l->nworkloads + l->nruns;
}

const char *start_list_name(const struct start_list *l, uint32_t row)
{
	if (row < l->nworkloads)
		return l->workloads[row].name;
	row -= l->nworkloads;
	return row < l->nruns ? l->runs[row].name : "";
}

static bool row_has(const struct start_list *l, uint32_t row, const char *text)
{
	const char *where[2] = { start_list_name(l, row), row < l->nworkloads ? l->workloads[row].about : "" };

	if (row >= l->nworkloads)
		where[1] = l->runs[row - l->nworkloads].id;
	return strcasestr(where[0], text) || strcasestr(where[1], text);
}

uint32_t start_list_find(const struct start_list *l, uint32_t from, int step, const char *text)
{
	uint32_t n = start_list_rows(l);

	for (uint32_t i = 1; i <= n; i++) {
		uint32_t row = step > 0 ? (from + i) % n : (from + n - i % n) % n;

		if (row_has(l, row, text))
			return row;
	}
	return UINT32_MAX;
}

const char *run_id_short(const char *id)
{
	const char *last = strrchr(id, '-');

	return last && last[1] ? last + 1 : id;
}
