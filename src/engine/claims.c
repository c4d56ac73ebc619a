/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims: what a batch will make true. They are packed into the batch that holds their results, and clients see them after its commit. */
#include <math.h>
#include <string.h>

#include "engine/turn.h"

static void pack_rows(struct engine *e, struct ev_done *d, struct str *rows)
{
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot_claims *c = &e->slots[i]->filling;
		if (c->done == 0 && c->failed == 0)
			continue;
		struct done_row r = { .slot = (uint16_t)i, .done = c->done, .failed = c->failed, .busy_ns = c->busy_ns };
		done_row_pack(rows, &r);
		d->nrows++;
		*c = (struct slot_claims){ 0 };
	}
}

/* Failures of this batch by their sentence. */
static void emit_failures(struct engine *e)
{
	struct store_batch *b = e->batch;
	for (size_t i = e->failures_said; i < b->nfailures; i++) {
		const struct store_failure *f = &b->failures[i];
		struct event ev = { .type = EV_FAIL, .fail = { .count = 0, .task = f->task, .slot = f->slot } };
		bool said = false;
		for (size_t k = e->failures_said; k < i && !said; k++)
			said = strcmp(b->failures[k].cause, f->cause) == 0;
		if (said)
			continue;
		for (size_t k = i; k < b->nfailures; k++)
			ev.fail.count += strcmp(b->failures[k].cause, f->cause) == 0;
		str_copy(ev.fail.cause, sizeof(ev.fail.cause), f->cause);
		emit(e, &ev);
	}
	e->failures_said = b->nfailures;
}

void emit_claims(struct engine *e)
{
	struct tally *t = &e->filling;
	if (t->done + t->failed == 0)
		return;
	struct tally all = e->committed;
	tally_merge(&all, t);
	struct str rows = STR_INIT;
	struct event ev = { .type = EV_DONE };
	struct ev_done *d = &ev.done;
	d->retried = e->retried;
	d->cpu_ns = all.cpu_ns;
	d->last_ns = all.last_at;
	d->mean = d->half = d->sd = NAN;
	if (e->plan.kind->has_result && all.moments.n > 0) {
		d->n = all.moments.n;
		d->mean = moments_mean(&all.moments);
		d->half = moments_half(&all.moments);
		d->sd = moments_sd(&all.moments);
	}
	pack_rows(e, d, &rows);
	d->rows = (struct slice){ rows.p, rows.n };
	emit(e, &ev);
	str_release(&rows);
	emit_failures(e);
}
