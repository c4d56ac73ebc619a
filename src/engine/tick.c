/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TICK: the appearances that change all the time, at most ten times a second, and only when something has changed. */
#include <math.h>

#include "base/clock.h"
#include "engine/turn.h"

/* Slots that some client shows. */
static bool is_shown(const struct engine *e, uint32_t no)
{
	for (uint32_t i = 0; i < e->nclients; i++) {
		const struct client *c = &e->clients[i];
		if (no >= c->shown_first && no - c->shown_first < c->shown_count)
			return true;
	}
	return false;
}

/* BUSY and IDLE change with every lease: they are said here, when they last. */
static void show_busy_or_idle(struct engine *e, struct slot *s)
{
	if (s->state == SLOT_BUSY && !s->shown_busy)
		s->shown_busy = true;
	else if (s->state == SLOT_IDLE && s->shown_busy && e->now - s->state_at >= IDLE_SHOWN_NS)
		s->shown_busy = false;
	else
		return;
	slot_show(e, s);
}

static struct tick_row row_of(const struct engine *e, const struct slot *s)
{
	struct tick_row r = { .slot = (uint16_t)s->no,
		.held = s->held.tasks,
		.leases = (uint32_t)s->leases,
		.cpu = s->cpu_permille,
		.wait = s->wait_permille,
		.rss_kib = (uint32_t)(s->rss >> 10) };
	const struct lease_run *l = held_at(&s->held, 0);
	if (s->begun) {
		uint64_t age = (e->now - s->task_at) / NS_PER_MS;
		r.flags |= TICK_HAS_TASK;
		r.task = s->task;
		r.age_ms = age < UINT32_MAX ? (uint32_t)age : UINT32_MAX;
		if (s->task_of > 0 && s->task_done > 0) {
			r.flags |= TICK_HAS_PROGRESS;
			double share = (double)s->task_done / (double)s->task_of;
			r.progress = (uint16_t)(share < 1 ? share * 1000 : 1000);
		}
	}
	if (l) {
		if (!s->begun)
			r.task = l->first;
		r.flags |= TICK_HAS_LEASE;
		r.lease_done = l->into;
		r.lease_of = l->chunk;
	}
	return r;
}

static void fill(struct engine *e, struct ev_tick *t, struct str *rows)
{
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot *s = e->slots[i];
		s->shown_dirty = false;
		if (!slot_is_live(s))
			continue;
		show_busy_or_idle(e, s);
		t->active += s->pid != 0;
		t->rss_kib += s->rss >> 10;
		if (is_shown(e, i)) {
			struct tick_row r = row_of(e, s);
			tick_row_pack(rows, &r);
			t->n++;
		} else {
			t->others++;
			t->others_busy += s->held.tasks > 0;
			t->others_held += s->held.tasks;
		}
	}
}

/* For work whose serial time is not measured: the time the tasks took in the pool, less what they waited for a CPU. */
static void estimate_serial(struct engine *e)
{
	if (e->plan.baseline != BASELINE_ESTIMATE || e->committed.done == 0 || e->now - e->estimated_at < NS_PER_S)
		return;
	e->estimated_at = e->now;
	double share =
		e->cpu_total_ns + e->wait_total_ns > 0 ? e->wait_total_ns / (e->cpu_total_ns + e->wait_total_ns) : 0;
	double mean = e->committed.busy_ns / (double)e->committed.done * (1 - share);
	struct event ev = { .type = EV_BASELINE,
		.baseline = { .phase = BASE_ESTIMATED,
			.executed = 0,
			.mean_ns = mean,
			.se_ns = NAN,
			.t1_ns = mean * (double)e->plan.tasks,
			.t1_half = NAN } };
	emit(e, &ev);
}

static bool something_changed(struct engine *e)
{
	bool dirty = e->tick_dirty;
	for (uint32_t i = 0; i < e->nslots && !dirty; i++) {
		const struct slot *s = e->slots[i];
		dirty = s->shown_dirty ||
			(s->state == SLOT_IDLE && s->shown_busy && e->now >= s->state_at + IDLE_SHOWN_NS);
	}
	return dirty;
}

void tick_if_due(struct engine *e)
{
	if (e->now >= e->tick_at + TICK_NS && something_changed(e))
		tick(e);
}

void tick(struct engine *e)
{
	e->tick_at = e->now;
	e->tick_dirty = false;
	estimate_serial(e);
	struct str rows = STR_INIT;
	struct event ev = { .type = EV_TICK };
	struct ev_tick *t = &ev.tick;
	fill(e, t, &rows);
	t->waiting = e->queue.depth;
	if (e->queue.depth > 0) {
		struct chunk_state cs = {
			.tasks = e->plan.tasks, .remaining = e->queue.depth, .workers = e->target ? e->target : 1
		};
		t->chunk_now = chunk_next(&e->chunk, &cs);
	}
	if (e->times.n >= 5) {
		t->mean_ns = e->times_sum_ns / (double)e->times.n;
		t->q10_ns = times_quantile(&e->times, 0.1);
		t->q50_ns = times_quantile(&e->times, 0.5);
		t->q90_ns = times_quantile(&e->times, 0.9);
	}
	t->rows = (struct slice){ rows.p, rows.n };
	emit(e, &ev);
	str_release(&rows);
}
