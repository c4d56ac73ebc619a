/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims: what a batch will make true. They are packed into the batch that holds their results, and clients see
 * them after its commit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "engine/turn.h"

#define CAUSES_SAID 32 /* a commit */

static void pack_rows(struct engine *e, struct ev_done *d, struct str *rows)
{
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot_claims *c = &e->slots[i]->filling;
		if (c->done == 0 && c->failed == 0)
			continue;
		struct done_row r = {
			.slot = (uint16_t)i, .done = c->done, .failed = c->failed, .busy_ns = c->busy_ns
		};
		done_row_pack(rows, &r);
		d->nrows++;
		*c = (struct slot_claims){ 0 };
	}
}

/* One cause of failures: its first failure in the batch, and how many have it. */
struct group {
	const struct store_failure *first; /* NULL: free place */
	uint64_t count;
};

static uint64_t hash_of(const char *z)
{
	uint64_t h[2];
	murmur3_128(z, strlen(z), 0, h);
	return h[0];
}

static void emit_failure(struct engine *e, const struct store_failure *f, uint64_t count, const char *cause)
{
	struct event ev = { .type = EV_FAIL, .fail = { .count = count, .task = f->task, .slot = f->slot } };
	str_copy(ev.fail.cause, sizeof(ev.fail.cause), cause);
	emit(e, &ev);
}

/* Failures of this batch by their sentence, in the order of their first ones. Sentences may all differ (they name
 * places): only so many are said one by one. */
static void emit_failures(struct engine *e)
{
	struct store_batch *b = e->batch;
	if (b->nfailures == 0)
		return;
	size_t places = 64;
	while (places < 2 * b->nfailures)
		places *= 2;
	struct group *table = xcalloc(places, sizeof(*table)), *order[CAUSES_SAID];
	unsigned said = 0;
	uint64_t others = 0;
	const struct store_failure *other = NULL;
	for (size_t i = 0; i < b->nfailures; i++) {
		const struct store_failure *f = &b->failures[i];
		size_t at = hash_of(f->cause) & (places - 1);
		while (table[at].first && strcmp(table[at].first->cause, f->cause) != 0)
			at = (at + 1) & (places - 1);
		if (!table[at].first && said == CAUSES_SAID) {
			others++;
			other = f;
			continue;
		}
		if (!table[at].first) {
			table[at].first = f;
			order[said++] = &table[at];
		}
		table[at].count++;
	}
	for (unsigned i = 0; i < said; i++)
		emit_failure(e, order[i]->first, order[i]->count, order[i]->first->cause);
	if (others)
		emit_failure(e, other, others, "other causes");
	free(table);
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
	d->waiting = e->queue.depth;
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
