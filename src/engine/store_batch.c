/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the next commit. */
#include <stdlib.h>

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
	return b->events.n + b->data.n + b->facts.n + b->nchunks * sizeof(*b->chunks) + b->nfailures * sizeof(*b->failures);
}

void store_batch_chunk(struct store_batch *b, const struct store_chunk *c, const void *values, const void *times, const void *status)
{
	if (b->nchunks == b->chunks_cap) {
		b->chunks_cap = b->chunks_cap ? b->chunks_cap * 2 : 64;
		b->chunks = xrealloc(b->chunks, b->chunks_cap, sizeof(*b->chunks));
	}
	struct store_chunk *to = &b->chunks[b->nchunks++];
	*to = *c;
	to->at = b->data.n;
	to->has_status = status != NULL;
	str_add(&b->data, values, (size_t)c->count * 8);
	str_add(&b->data, times, (size_t)c->count * 4);
	if (status)
		str_add(&b->data, status, c->count);
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
