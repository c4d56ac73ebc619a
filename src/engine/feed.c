/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work for the workers: leases by the chunk rule, as many ahead as hide the way to the engine and back, and no more. */
#include "base/clock.h"
#include "base/die.h"
#include "engine/turn.h"

#define AHEAD_NS (10.0 * NS_PER_MS) /* work in a worker's hands */
#define AHEAD_TASKS_MAX 16384       /* several frames of RESULTS_MAX: one on its way does not empty the worker */
#define BIRTH_NS (3 * NS_PER_MS)
#define SERIAL_AHEAD 4096

static bool may_take(const struct slot *s)
{
	return (s->state == SLOT_IDLE || s->state == SLOT_BUSY) && !s->recalled && !s->serial;
}

/* One lease is always given. More only when tasks are known to be short: then at least two leases, and up to
 * AHEAD_NS of work, but never past the slot's fair share of half of what is left, so that the end stays even. */
static bool wants_more(const struct engine *e, const struct slot *s)
{
	const struct held *h = &s->held;
	if (h->leases == 0)
		return true;
	double task_ns = s->task_ns > 0 ? s->task_ns : e->base.known ? e->base.mean : e->task_ns;
	if (task_ns <= 0 || (double)h->tasks * task_ns >= AHEAD_NS)
		return false;
	uint64_t fair = (e->queue.depth + e->held) / (2 * (uint64_t)(e->target ? e->target : 1));
	return h->leases < 2 || (h->tasks < AHEAD_TASKS_MAX && h->tasks < fair);
}

static uint64_t lease_limit(const struct engine *e, const struct slot *s)
{
	uint64_t limit = UINT32_MAX;
	if (e->plan.max_tasks_per_worker) {
		uint64_t taken = s->executed + s->held.tasks;
		limit = taken < e->plan.max_tasks_per_worker ? e->plan.max_tasks_per_worker - taken : 0;
	}
	if (e->plan.inputs.naxes > 0) {
		uint64_t room = e->held < e->plan.queue ? e->plan.queue - e->held : 0;
		if (room < limit)
			limit = room;
	}
	return limit;
}

/* A grant under construction: neighbouring leases of one size are one range. */
struct grant_draft {
	struct str ranges, inputs;
	uint32_t n;
	struct grant_range last;
};

static void draft_add(struct engine *e, struct grant_draft *d, struct span s, bool careful)
{
	uint32_t chunk = careful ? 0 : (uint32_t)s.count;
	for (uint64_t i = 0; e->plan.inputs.naxes > 0 && i < s.count; i++)
		plan_input_pack(&d->inputs, &e->plan, s.first + i);
	struct grant_range *l = &d->last;
	bool joins = l->count > 0 && l->chunk == chunk && l->first + l->count == s.first &&
		     (chunk == 0 || l->count % chunk == 0) && l->count + s.count <= UINT32_MAX;
	if (joins) {
		l->count += (uint32_t)s.count;
		return;
	}
	if (l->count > 0)
		range_pack(&d->ranges, *l);
	*l = (struct grant_range){ .first = s.first, .count = (uint32_t)s.count, .chunk = chunk };
	d->n++;
}

static void draft_send(struct slot *s, struct grant_draft *d)
{
	if (d->n > 0) {
		range_pack(&d->ranges, d->last);
		struct grant m = {
			.n = d->n, .ranges = { d->ranges.p, d->ranges.n }, .inputs = { d->inputs.p, d->inputs.n }
		};
		msg_put_grant(&s->peer.link, &m);
	}
	str_release(&d->ranges);
	str_release(&d->inputs);
}

/* One lease from the queue for s; false when there is none for it. Suspected tasks go singly. */
static bool give_lease(struct engine *e, struct slot *s, struct grant_draft *d)
{
	uint64_t limit = lease_limit(e, s);
	if (limit == 0 || e->queue.depth == 0)
		return false;
	struct chunk_state cs = {
		.tasks = e->plan.tasks, .remaining = e->queue.depth, .workers = e->target ? e->target : 1
	};
	uint64_t size = chunk_next(&e->chunk, &cs);
	struct span span;
	if (!queue_take(&e->queue, size < limit ? size : limit, &span))
		return false;
	if (span.deaths > 0 && span.count > 1) {
		struct span rest = span;
		rest.first++;
		rest.count--;
		span.count = 1;
		queue_give_back(&e->queue, rest);
	}
	held_add(&s->held, span);
	e->held += span.count;
	draft_add(e, d, span, span.deaths > 0);
	return true;
}

static void feed_slot(struct engine *e, struct slot *s)
{
	struct grant_draft d = { 0 };
	while (e->queue.depth > 0 && wants_more(e, s) && give_lease(e, s, &d))
		;
	if (d.n > 0) {
		slot_set_state(s, SLOT_BUSY, e->now);
		e->tick_dirty = s->shown_dirty = true;
	}
	draft_send(s, &d);
}

/* The baseline's tasks, in its own order, always enough ahead. */
static void feed_serial(struct engine *e, struct slot *s)
{
	struct baseline *b = &e->base;
	if (s->held.tasks == 0)
		baseline_coarsen(b);
	bool low = s->held.tasks < SERIAL_AHEAD / 2;
	if ((s->state != SLOT_IDLE && s->state != SLOT_BUSY) || s->recalled || !low || b->given >= baseline_blocks(b))
		return;
	/* A few at first: nobody knows how long they are. */
	uint64_t upto = b->executed < 64 && b->block == 1 ? 64 : SERIAL_AHEAD;
	struct grant_draft d = { 0 };
	if (b->begun_at == 0)
		b->begun_at = e->now;
	while (b->given < baseline_blocks(b) && s->held.tasks < upto) {
		struct span block = baseline_block(b, b->given++);
		held_add(&s->held, block);
		draft_add(e, &d, block, false);
	}
	if (d.n > 0)
		slot_set_state(s, SLOT_BUSY, e->now);
	draft_send(s, &d);
}

/* At the begin of a run: is a worker that will have a CPU of its own not born yet? The first ready worker would take the
 * CPU that its birth needs, and keep it for a time slice of the scheduler: 3 ms in which one CPU does nothing. */
static bool birth_goes_first(struct engine *e)
{
	if (e->held > 0 || e->done + e->failed > 0)
		return false;
	uint32_t width = e->target < e->cpus ? e->target : e->cpus;
	for (uint32_t i = 0; i < e->nslots && i < width; i++) {
		const struct slot *s = e->slots[i];
		if (s->state == SLOT_STARTING && !s->pid && e->now - s->ordered_at < BIRTH_NS)
			e->birth_until = s->ordered_at + BIRTH_NS;
	}
	return e->birth_until > 0;
}

void feed(struct engine *e)
{
	e->birth_until = 0;
	if (e->state == RUN_SERIAL && e->base.running && e->nslots > 0 && e->slots[0]->serial)
		feed_serial(e, e->slots[0]);
	if (!run_feeds(e) || birth_goes_first(e))
		return;
	if (e->chunk_changed) {
		e->chunk_changed = false;
		recall_all(e);
	}
	for (uint32_t i = 0; i < e->nslots && e->queue.depth > 0; i++)
		if (may_take(e->slots[i]))
			feed_slot(e, e->slots[i]);
}
