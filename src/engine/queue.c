/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of waiting tasks; see queue.h. */
#include "engine/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"

void queue_init(struct queue *q, uint64_t tasks)
{
	*q = (struct queue){ .end = tasks, .depth = tasks };
}

void queue_release(struct queue *q)
{
	free(q->back);
	*q = (struct queue){ 0 };
}

void queue_resize(struct queue *q, uint64_t tasks)
{
	BUG_ON(q->next != 0 || q->nback != 0);
	q->end = q->depth = tasks;
}

bool queue_take(struct queue *q, uint64_t max, struct span *out)
{
	if (q->depth == 0 || max == 0)
		return false;
	if (q->nback == 0) {
		uint64_t left = q->end - q->next;
		*out = (struct span){ .first = q->next, .count = left < max ? left : max };
		q->next += out->count;
	} else {
		struct span *s = &q->back[0];
		*out = *s;
		if (out->count > max)
			out->count = max;
		s->first += out->count;
		s->count -= out->count;
		if (s->count == 0)
			memmove(s, s + 1, --q->nback * sizeof(*s));
	}
	q->depth -= out->count;
	return true;
}

/* Where a span that begins at `first` belongs. */
static size_t place_of(const struct queue *q, uint64_t first)
{
	size_t lo = 0, hi = q->nback;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (q->back[mid].first < first)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool joins(const struct span *a, const struct span *b)
{
	return a->first + a->count == b->first && a->deaths == b->deaths && a->tries == b->tries;
}

void queue_give_back(struct queue *q, struct span s)
{
	if (s.count == 0)
		return;
	BUG_ON(s.first + s.count > q->next);
	size_t at = place_of(q, s.first);
	BUG_ON(at > 0 && q->back[at - 1].first + q->back[at - 1].count > s.first);
	BUG_ON(at < q->nback && s.first + s.count > q->back[at].first);
	q->depth += s.count;
	bool left = at > 0 && joins(&q->back[at - 1], &s);
	bool right = at < q->nback && joins(&s, &q->back[at]);
	if (left && right) {
		q->back[at - 1].count += s.count + q->back[at].count;
		memmove(&q->back[at], &q->back[at + 1], (--q->nback - at) * sizeof(s));
	} else if (left) {
		q->back[at - 1].count += s.count;
	} else if (right) {
		q->back[at].first = s.first;
		q->back[at].count += s.count;
	} else {
		if (q->nback == q->cap) {
			q->cap = q->cap ? q->cap * 2 : 64;
			q->back = xrealloc(q->back, q->cap, sizeof(*q->back));
		}
		memmove(&q->back[at + 1], &q->back[at], (q->nback - at) * sizeof(s));
		q->back[at] = s;
		q->nback++;
	}
}
