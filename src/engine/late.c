/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Missed DONE events as one sum; see late.h. */
#include "engine/late.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"

void late_release(struct late *l)
{
	free(l->slots);
	*l = (struct late){ 0 };
}

static struct slot_claims *claims_of(struct late *l, uint32_t slot)
{
	if (slot >= l->nslots) {
		l->slots = xrealloc(l->slots, slot + 1, sizeof(*l->slots));
		memset(l->slots + l->nslots, 0, (slot + 1 - l->nslots) * sizeof(*l->slots));
		l->nslots = slot + 1;
	}
	return &l->slots[slot];
}

void late_add(struct late *l, const struct event *done)
{
	l->any = true;
	l->totals = done->done;
	l->at = done->at;
	for (uint32_t i = 0; i < done->done.nrows; i++) {
		struct done_row r = done_row_at(done->done.rows, i);
		struct slot_claims *c = claims_of(l, r.slot);
		c->done += r.done;
		c->failed += r.failed;
		c->busy_ns += r.busy_ns;
	}
}

void late_take(struct late *l, struct str *out)
{
	if (!l->any)
		return;
	struct event ev = { .type = EV_DONE, .at = l->at, .done = l->totals };
	struct str rows = STR_INIT;
	ev.done.nrows = 0;
	for (uint32_t i = 0; i < l->nslots; i++) {
		struct slot_claims *c = &l->slots[i];
		if (c->done == 0 && c->failed == 0)
			continue;
		struct done_row r = {
			.slot = (uint16_t)i, .done = c->done, .failed = c->failed, .busy_ns = c->busy_ns
		};
		done_row_pack(&rows, &r);
		ev.done.nrows++;
	}
	ev.done.rows = (struct slice){ rows.p, rows.n };
	event_pack(out, &ev);
	str_release(&rows);
	late_release(l);
}
