/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The leases of a slot; see held.h. */
#include "engine/held.h"

#include <stdlib.h>

#include "base/die.h"

static struct lease_run *run_at(const struct held *h, uint32_t i)
{
	return &h->runs[(h->head + i) & (h->cap - 1)];
}

/* Leases that a run still has to finish. */
static uint64_t leases_of(const struct lease_run *r)
{
	return (r->into + r->count + r->chunk - 1) / r->chunk;
}

void held_release(struct held *h)
{
	free(h->runs);
	*h = (struct held){ 0 };
}

static void grow(struct held *h)
{
	uint32_t cap = h->cap ? h->cap * 2 : 8;
	struct lease_run *runs = xcalloc(cap, sizeof(*runs));
	for (uint32_t i = 0; i < h->n; i++)
		runs[i] = *run_at(h, i);
	free(h->runs);
	h->runs = runs;
	h->head = 0;
	h->cap = cap;
}

void held_add(struct held *h, struct span s)
{
	BUG_ON(s.count == 0 || s.count > UINT32_MAX);
	struct lease_run *last = h->n ? run_at(h, h->n - 1) : NULL;
	h->tasks += s.count;
	h->leases++;
	if (last && last->first + last->count == s.first && last->chunk == s.count &&
		(last->into + last->count) % last->chunk == 0 && last->deaths == s.deaths && last->tries == s.tries) {
		last->count += s.count;
		return;
	}
	if (h->n == h->cap)
		grow(h);
	*run_at(h, h->n++) = (struct lease_run){
		.first = s.first, .count = s.count, .chunk = (uint32_t)s.count, .deaths = s.deaths, .tries = s.tries
	};
}

const struct lease_run *held_at(const struct held *h, uint32_t i)
{
	return i < h->n ? run_at(h, i) : NULL;
}

bool held_is_head(const struct held *h, uint64_t first, uint64_t count)
{
	if (count == 0 || count > h->tasks)
		return false;
	for (uint32_t i = 0; i < h->n && count > 0; i++) {
		const struct lease_run *r = run_at(h, i);
		if (r->first != first)
			return false;
		uint64_t here = r->count < count ? r->count : count;
		first += here;
		count -= here;
	}
	return count == 0;
}

uint64_t held_finish(struct held *h, uint64_t n)
{
	uint64_t before = h->leases;
	BUG_ON(n > h->tasks);
	h->tasks -= n;
	while (n > 0) {
		struct lease_run *r = run_at(h, 0);
		uint64_t here = r->count < n ? r->count : n;
		uint64_t ended = leases_of(r);
		r->first += here;
		r->count -= here;
		r->into = (uint32_t)((r->into + here) % r->chunk);
		n -= here;
		if (r->count == 0) {
			h->leases -= ended;
			h->head = (h->head + 1) & (h->cap - 1);
			h->n--;
		} else {
			h->leases -= ended - leases_of(r);
		}
	}
	return before - h->leases;
}

bool held_take_tail(struct held *h, uint64_t keep, struct span *s)
{
	if (h->tasks <= keep)
		return false;
	struct lease_run *r = run_at(h, h->n - 1);
	uint64_t take = h->tasks - keep;
	uint64_t ended = leases_of(r);
	if (take > r->count)
		take = r->count;
	r->count -= take;
	*s = (struct span){ .first = r->first + r->count, .count = take, .deaths = r->deaths, .tries = r->tries };
	h->tasks -= take;
	if (r->count == 0) {
		h->leases -= ended;
		h->n--;
	} else {
		h->leases -= ended - leases_of(r);
	}
	return true;
}
