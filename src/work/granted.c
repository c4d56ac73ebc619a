/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tasks held: one range at hand and a queue of others. */
#include "work/granted.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"

#define QUEUE_FIRST 64

/* Moves what is left to the front, so that a stream of grants reuses the same memory. */
static void compact(struct granted *h)
{
	if (h->at > 0) {
		memmove(h->queue, h->queue + h->at, (h->n - h->at) * sizeof(*h->queue));
		h->n -= h->at;
		h->at = 0;
	}
	if (h->inputs_at > 0) {
		str_drop(&h->inputs, h->inputs_at);
		h->inputs_at = 0;
	}
}

int granted_add(struct granted *h, const struct grant *g, bool has_inputs, struct err *err)
{
	uint32_t need;

	if (!has_inputs && g->inputs.n > 0)
		return err_set(err, "broken GRANT message: this work reads no inputs");
	if (g->n > WIRE_RANGES_MAX || h->n - h->at + g->n > WIRE_RANGES_MAX)
		return err_set(err, "more than %d ranges granted", WIRE_RANGES_MAX);
	if (h->inputs.n - h->inputs_at + g->inputs.n > GRANTED_INPUTS_MAX)
		return err_set(err, "more than %u MiB of inputs granted", GRANTED_INPUTS_MAX >> 20);
	if (h->n + g->n > h->cap || h->inputs_at > h->inputs.n / 2)
		compact(h);
	need = h->n + g->n;
	if (need > h->cap) {
		uint32_t cap = h->cap ? h->cap : QUEUE_FIRST;

		while (cap < need)
			cap *= 2;
		h->queue = xrealloc(h->queue, cap, sizeof(*h->queue));
		h->cap = cap;
	}
	for (uint32_t i = 0; i < g->n; i++)
		h->queue[h->n++] = range_at(g->ranges, i);
	if (g->inputs.n > 0)
		str_add(&h->inputs, g->inputs.p, g->inputs.n);
	return 0;
}

bool granted_any(struct granted *h)
{
	struct grant_range g;

	if (h->next < h->end)
		return true;
	if (h->at == h->n)
		return false;
	g = h->queue[h->at++];
	h->next = g.first;
	h->end = g.first + g.count;
	h->chunk = g.chunk;
	return true;
}

struct reader granted_input(const struct granted *h)
{
	return reader_of((struct slice){ str_z(&h->inputs) + h->inputs_at, h->inputs.n - h->inputs_at });
}

void granted_input_used(struct granted *h, const struct reader *r)
{
	h->inputs_at = h->inputs.n - r->left;
}

uint32_t granted_take_all(struct granted *h, struct str *ranges)
{
	uint32_t n = 0;

	if (h->next < h->end) {
		range_pack(ranges, (struct grant_range){ h->next, (uint32_t)(h->end - h->next), h->chunk });
		n++;
	}
	for (; h->at < h->n; h->at++, n++)
		range_pack(ranges, h->queue[h->at]);
	h->next = h->end = 0;
	h->at = h->n = 0;
	h->inputs_at = 0;
	str_clear(&h->inputs);
	return n;
}

void granted_release(struct granted *h)
{
	free(h->queue);
	str_release(&h->inputs);
	memset(h, 0, sizeof(*h));
}
