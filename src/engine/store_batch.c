/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the next commit. */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "engine/store.h"

void store_batch_clear(struct store_batch *b)
{
	b->event_count = 0;
	b->nchunks = b->nfailures = 0;
	b->nfacts = 0;
	str_clear(&b->events);
	str_clear(&b->data);
	str_clear(&b->facts);
}

void store_batch_release(struct store_batch *b)
{
	str_release(&b->events);
	str_release(&b->data);
	str_release(&b->facts);
	free(b->chunks);
	free(b->failures);
	*b = (struct store_batch){ 0 };
}

bool store_batch_empty(const struct store_batch *b)
{
	return b->event_count == 0 && b->nchunks == 0 && b->nfailures == 0 && b->nfacts == 0;
}

size_t store_batch_bytes(const struct store_batch *b)
{
	return b->events.n + b->data.n + b->facts.n + b->nchunks * sizeof(*b->chunks) +
	       b->nfailures * sizeof(*b->failures);
}

static bool all_equal(const char *values, uint32_t count)
{
	/* Each value equals its neighbour: the block equals itself one place on. */
	return memcmp(values, values + 8, (size_t)(count - 1) * 8) == 0;
}

static bool all_short(const char *times, uint32_t count)
{
	uint32_t any = 0, t;
	for (uint32_t i = 0; i < count; i++) {
		memcpy(&t, times + 4 * (size_t)i, 4);
		any |= t;
	}
	return any <= UINT16_MAX;
}

static void add_short_times(struct str *data, const char *times, uint32_t count)
{
	char *to = str_room(data, (size_t)count * 2);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t t;
		memcpy(&t, times + 4 * (size_t)i, 4);
		uint16_t s = (uint16_t)t;
		memcpy(to + 2 * (size_t)i, &s, 2);
	}
	data->n += (size_t)count * 2;
}

void store_batch_chunk(
	struct store_batch *b, const struct store_chunk *c, const void *values, const void *times, const void *status)
{
	if (b->nchunks == b->chunks_cap) {
		b->chunks_cap = b->chunks_cap ? b->chunks_cap * 2 : 64;
		b->chunks = xrealloc(b->chunks, b->chunks_cap, sizeof(*b->chunks));
	}
	struct store_chunk *to = &b->chunks[b->nchunks++];
	*to = *c;
	to->at = b->data.n;
	to->has_status = status != NULL;
	to->form = (uint8_t)((all_equal(values, c->count) ? STORE_FORM_CONSTANT : 0) |
			     (all_short(times, c->count) ? STORE_FORM_SHORT_TIMES : 0));
	str_add(&b->data, values, to->form & STORE_FORM_CONSTANT ? 8 : (size_t)c->count * 8);
	if (to->form & STORE_FORM_SHORT_TIMES)
		add_short_times(&b->data, times, c->count);
	else
		str_add(&b->data, times, (size_t)c->count * 4);
	if (status)
		str_add(&b->data, status, c->count);
}

struct store_columns store_chunk_columns(const struct store_batch *b, const struct store_chunk *c)
{
	struct store_columns o = { { b->data.p + c->at, c->form & STORE_FORM_CONSTANT ? 8 : (size_t)c->count * 8 },
		{ 0 }, { 0 } };
	o.times = (struct slice){ (const char *)o.values.p + o.values.n,
		(size_t)c->count * (c->form & STORE_FORM_SHORT_TIMES ? 2 : 4) };
	o.status = (struct slice){ (const char *)o.times.p + o.times.n, c->has_status ? c->count : 0 };
	return o;
}

void store_batch_failure(struct store_batch *b, const struct store_failure *f)
{
	if (b->nfailures == b->failures_cap) {
		b->failures_cap = b->failures_cap ? b->failures_cap * 2 : 16;
		b->failures = xrealloc(b->failures, b->failures_cap, sizeof(*b->failures));
	}
	b->failures[b->nfailures++] = *f;
}

void store_batch_fact(struct store_batch *b, const char *key, const void *value, size_t n)
{
	pack_z(&b->facts, key);
	pack_bytes(&b->facts, value, n);
	b->nfacts++;
}
