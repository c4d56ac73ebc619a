/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots: states, deaths, what each is at, and which of the four kinds of bars says it best. */
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "model/fold_parts.h"
#include "model/rates.h"

#define BAR_KEPT_NS (5 * NS_PER_S)
#define LONG_NS 1e9                              /* a lease that lasts this long gets a bar of its own */
#define LONG_MS 1000
#define AT_WORK (TICK_HAS_TASK | TICK_HAS_LEASE) /* short tasks are not announced one by one, only their lease */

struct slot_view *fold_slot(struct snapshot *s, uint32_t slot)
{
	if (slot >= SLOTS_MAX)
		return NULL;
	if (slot >= s->nslots) {
		s->slots = xrealloc(s->slots, slot + 1, sizeof *s->slots);
		memset(&s->slots[s->nslots], 0, (slot + 1 - s->nslots) * sizeof *s->slots);
		s->nslots = slot + 1;
	}
	return &s->slots[slot];
}

static void new_generation(struct slot_view *v, uint32_t generation, uint64_t at)
{
	v->generation = generation;
	v->pid = 0;
	v->started_at = at;
	v->ready_ns = 0;
	memset(&v->tick, 0, sizeof v->tick);
	v->nlease_marks = 0;
	v->leases_per_s = 0;
	v->bar = BAR_NONE;
	v->bar_since = at;
	rates_restart(&v->rates, at);
}

/* Nothing at hand: what the process itself is (memory, CPU share, leases so far) stays. */
static void no_task(struct tick_row *t)
{
	t->flags = 0;
	t->task = t->held = 0;
	t->age_ms = t->lease_done = t->lease_of = 0;
	t->progress = 0;
}

void fold_slot_event(struct snapshot *s, const struct ev_slot *e, uint64_t at)
{
	struct slot_view *v = fold_slot(s, e->slot);

	if (!v || e->state >= SLOT_STATES || e->generation < v->generation)
		return;
	if (e->generation > v->generation)
		new_generation(v, e->generation, at);
	v->state = e->state;
	if (e->pid)
		v->pid = e->pid;
	if (e->ready_ns)
		v->ready_ns = e->ready_ns;
	switch (v->state) {
	case SLOT_STARTING:
		v->started_at = at;
		if (s->state == RUN_STARTING && !s->start_at)
			s->start_at = at ? at : 1;
		else if (s->state > RUN_SERIAL && !run_state_is_end(s->state))
			fold_pool_begins(s, at);
		break;
	case SLOT_IDLE:
		v->restarting = false;
		no_task(&v->tick);
		break;
	case SLOT_EMPTY:
		v->pid = 0;
		v->restarting = false;
		memset(&v->tick, 0, sizeof v->tick);
		v->bar = BAR_NONE;
		break;
	case SLOT_LOST:
		memset(&v->tick, 0, sizeof v->tick);
		v->bar = BAR_NONE;
		break;
	default:
		break;
	}
}

void fold_death(struct snapshot *s, const struct ev_death *e, uint64_t at)
{
	struct slot_view *v = fold_slot(s, e->slot);

	if (!v)
		return;
	v->death_at[v->deaths % DEATHS_KEPT] = at;
	v->deaths++;
	v->died_at = at;
	v->restarting = true;
	str_copy(v->cause, sizeof v->cause, e->cause);
	if (e->generation < v->generation)
		return; /* its successor is there already */
	v->generation = e->generation;
	v->state = SLOT_LOST;
	memset(&v->tick, 0, sizeof v->tick);
	v->bar = BAR_NONE;
}

/* Leases a second from marks a second apart, so that the number is calm. */
static void count_leases(struct slot_view *v, uint32_t leases, uint64_t at)
{
	uint32_t newest, oldest;
	uint64_t ns;

	if (v->nlease_marks) {
		newest = (v->nlease_marks - 1) % LEASE_MARKS;
		if (leases - v->lease_marks[newest].leases >= UINT32_C(1) << 31)
			v->nlease_marks = 0; /* it went back: counted anew */
		else if (at < v->lease_marks[newest].at + NS_PER_S)
			return;
	}
	v->lease_marks[v->nlease_marks % LEASE_MARKS].at = at;
	v->lease_marks[v->nlease_marks % LEASE_MARKS].leases = leases;
	v->nlease_marks++;
	oldest = v->nlease_marks < LEASE_MARKS ? 0 : v->nlease_marks % LEASE_MARKS;
	ns = at - v->lease_marks[oldest].at;
	v->leases_per_s = ns ? (double)(leases - v->lease_marks[oldest].leases) / ((double)ns / 1e9) : 0;
}

/* A lease of one task is as old as that task. */
static bool lease_is_old(const struct slot_view *v)
{
	return v->tick.lease_of > 1 && (v->tick.flags & TICK_HAS_LEASE) && v->tick_at >= v->lease_since + (uint64_t)LONG_NS;
}

/* What the present row asks for: BAR_NONE when it says nothing new. */
static enum bar_kind bar_wanted(const struct snapshot *s, const struct slot_view *v)
{
	const struct tick_row *t = &v->tick;
	double lease = s->mean_ns * (t->lease_of > 1 ? t->lease_of : 1), task = s->mean_ns;
	bool several = (t->flags & TICK_HAS_LEASE) && t->lease_of > 1, known = lease > 0, long_now;

	if (!(t->flags & AT_WORK))
		return BAR_NONE;
	if (!known && v->leases_per_s > 0) {
		lease = 1e9 / v->leases_per_s;
		task = several ? lease / t->lease_of : lease;
		known = true;
	}
	long_now = t->age_ms >= LONG_MS || lease_is_old(v); /* whatever the mean says */
	if (!known && !long_now)
		return BAR_NONE;
	if (known && lease < LONG_NS && !long_now && !s->run.waits)
		return BAR_SECOND;
	/* a task that is over in a blink shows nothing by its own progress: its lease does */
	if (several && (!(t->flags & TICK_HAS_PROGRESS) || (task < LONG_NS && t->age_ms < LONG_MS)))
		return BAR_LEASE;
	if (t->flags & TICK_HAS_PROGRESS)
		return BAR_PROGRESS;
	return (t->flags & TICK_HAS_TASK) ? BAR_AGE : BAR_LEASE;
}

/* The kind in use has nothing to show in the present row, or says that leases are short when one is not. */
static bool bar_is_wrong(const struct slot_view *v)
{
	switch (v->bar) {
	case BAR_NONE:
		return true;
	case BAR_SECOND:
		return v->tick.age_ms >= LONG_MS || lease_is_old(v);
	case BAR_LEASE:
		return !(v->tick.flags & TICK_HAS_LEASE);
	case BAR_AGE:
		return !(v->tick.flags & TICK_HAS_TASK);
	default:
		return false; /* a task that has not reported yet is at 0 % */
	}
}

static void choose_bar(struct snapshot *s, struct slot_view *v, uint64_t at)
{
	enum bar_kind kind = bar_wanted(s, v);

	if (kind == BAR_NONE || kind == v->bar)
		return;
	if (!bar_is_wrong(v) && at < v->bar_since + BAR_KEPT_NS)
		return;
	v->bar = (uint8_t)kind;
	v->bar_since = at;
}

void fold_tick_row(struct snapshot *s, const struct tick_row *row, uint64_t at)
{
	struct slot_view *v = fold_slot(s, row->slot);
	struct tick_row old;
	bool same_lease;

	if (!v || v->state == SLOT_EMPTY || v->state == SLOT_LOST || v->state == SLOT_STARTING)
		return;
	old = v->tick;
	v->tick = *row;
	if (!(row->flags & AT_WORK)) {
		no_task(&v->tick);
		v->tick.held = row->held;
	}
	if (v->tick.progress > 1000)
		v->tick.progress = 1000;
	/* a bar never goes back within a task or a lease */
	if ((old.flags & row->flags & TICK_HAS_TASK) && old.task == row->task) {
		if (old.progress > v->tick.progress && (row->flags & TICK_HAS_PROGRESS))
			v->tick.progress = old.progress;
		if (old.age_ms > v->tick.age_ms)
			v->tick.age_ms = old.age_ms;
	}
	if (v->tick.lease_done > v->tick.lease_of)
		v->tick.lease_done = v->tick.lease_of;
	/* the serial baseline's leases are not counted */
	same_lease = s->state != RUN_SERIAL && (old.flags & row->flags & TICK_HAS_LEASE) &&
		     old.leases == row->leases && old.lease_of == row->lease_of;
	if (same_lease && old.lease_done > v->tick.lease_done)
		v->tick.lease_done = old.lease_done;
	if (!same_lease)
		v->lease_since = at;
	v->tick_at = at;
	count_leases(v, row->leases, at);
	choose_bar(s, v, at);
}
