/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What workers say. Nothing is believed that the slot does not hold; whoever says it is ended, and only its own
 * work is run again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "engine/turn.h"

static double value_at(const struct results *m, uint32_t i)
{
	double v;
	memcpy(&v, (const char *)m->values.p + 8 * (size_t)i, sizeof(v));
	return v;
}

/* ns of task i of the frame. A single task may have taken longer than its column can say. */
static uint64_t time_at(const struct results *m, uint32_t i)
{
	uint32_t t;
	memcpy(&t, (const char *)m->times.p + 4 * (size_t)i, sizeof(t));
	if (t == UINT32_MAX && m->count == 1 && m->ended_at > m->begun_at)
		return m->ended_at - m->begun_at;
	return t;
}

static bool failed_at(const struct results *m, uint32_t i)
{
	return (m->flags & RESULT_HAS_STATUS) && ((const uint8_t *)m->status.p)[i] != 0;
}

/* ---- READY ---- */

static int on_ready(struct engine *e, struct slot *s, struct slice p, struct err *err)
{
	struct worker_ready m;
	if (msg_get_worker_ready(p, &m, err) < 0)
		return -1;
	if (s->ready_at)
		return err_set(err, "it was ready twice");
	if (m.protocol != PROTOCOL_VERSION || strcmp(m.build_id, e->build_id) != 0)
		return err_set(err, "it is of another build (%s)", m.build_id);
	s->ready_at = e->now;
	s->start_failures = 0;
	e->failed_starts = 0;
	if (s->state != SLOT_STARTING)
		return 0;
	slot_set_state(s, SLOT_IDLE, e->now);
	slot_show(e, s);
	return 0;
}

static int on_setup_failed(struct engine *e, struct slot *s, struct slice p, struct err *err)
{
	struct setup_failed m;
	if (msg_get_setup_failed(p, &m, err) < 0)
		return -1;
	if (s->ready_at)
		return err_set(err, "its setup failed after it was ready");
	/* The same setup would fail everywhere. */
	run_fail(e, 2, "the work cannot be prepared: %s", m.why);
	str_copy(s->cause, sizeof(s->cause), m.why);
	return 0;
}

/* ---- RESULTS ---- */

static int serial_results(struct engine *e, struct slot *s, const struct results *m)
{
	if (e->base.begun_at == 0)
		e->base.begun_at = e->now;
	for (uint32_t i = 0; i < m->count; i++)
		baseline_add(&e->base, m->first + i, value_at(m, i), failed_at(m, i), (double)time_at(m, i));
	e->base.cpu_ns += (double)m->cpu_ns;
	held_finish(&s->held, m->count);
	if (e->now - e->base.said_at >= TICK_NS) {
		e->base.said_at = e->now;
		emit_baseline(e, BASE_RUNNING, NULL);
	}
	return 0;
}

/* A failed task is tried again, as often as the plan allows, wherever a worker is free. */
static void absorb_failure(struct engine *e, struct slot *s, uint64_t task)
{
	const struct lease_run *r = held_at(&s->held, 0);
	struct span again = { .first = task, .count = 1, .deaths = r->deaths, .tries = (uint16_t)(r->tries + 1) };
	char why[CAUSE_MAX];
	slot_take_why(s, task, why, sizeof(why));
	s->leases += held_finish(&s->held, 1);
	if (again.tries > e->plan.retries) {
		task_failed(e, s, again, why);
		return;
	}
	e->retried++;
	queue_give_back(&e->queue, again);
}

static void absorb_done(struct engine *e, struct slot *s, uint64_t task, double value, uint64_t ns)
{
	struct tally *t = &e->filling;
	t->done++;
	if (e->plan.kind->has_result)
		moments_add(&t->moments, value);
	fingerprint_add_f64(&t->fingerprint, task, value);
	times_add(&e->times, ns);
	s->filling.done++;
	s->filling.busy_ns += ns;
}

static int all_finite(const struct results *m, struct err *err)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (!isfinite(value_at(m, i)) && !failed_at(m, i))
			return err_set(
				err, "its result of task %llu is not a number", (unsigned long long)m->first + i);
	return 0;
}

/* Exponential means: a frame of many tasks says more than one of few. */
static void learn_pace(struct engine *e, struct slot *s, uint32_t count, uint64_t busy)
{
	double mean = (double)busy / count;
	double weight = count >= 8 ? 0.5 : 0.2;
	s->task_ns = s->task_ns > 0 ? s->task_ns + weight * (mean - s->task_ns) : mean;
	e->task_ns = e->task_ns > 0 ? e->task_ns + weight * (mean - e->task_ns) : mean;
}

static void pool_results(struct engine *e, struct slot *s, const struct results *m)
{
	bool has_status = m->flags & RESULT_HAS_STATUS;
	uint64_t busy = 0;
	for (uint32_t i = 0; i < m->count; i++) {
		uint64_t ns = time_at(m, i);
		busy += ns;
		if (failed_at(m, i)) {
			absorb_failure(e, s, m->first + i);
			continue;
		}
		absorb_done(e, s, m->first + i, value_at(m, i), ns);
		e->done++;
		if (has_status)
			s->leases += held_finish(&s->held, 1);
	}
	if (!has_status)
		s->leases += held_finish(&s->held, m->count);
	e->held -= m->count;
	e->filling.busy_ns += (double)busy;
	e->filling.cpu_ns += (double)m->cpu_ns;
	e->filling.last_at = e->now - e->begun_at;
	e->times_sum_ns += (double)busy;
	s->executed += m->count;
	learn_pace(e, s, m->count, busy);
}

static void check_with_baseline(struct engine *e, const struct results *m)
{
	uint64_t which;
	if (!e->base.known || e->base.mismatch ||
		baseline_check(&e->base, m->first, m->count, m->values.p,
			m->flags & RESULT_HAS_STATUS ? m->status.p : NULL, &which))
		return;
	char text[128];
	snprintf(text, sizeof(text), "task %llu gave another result in the pool than serially",
		(unsigned long long)which);
	e->base.mismatch = true;
	emit_baseline(e, BASE_MISMATCH, text);
}

static int on_results(struct engine *e, struct slot *s, struct slice p, struct err *err)
{
	struct results m;
	if (msg_get_results(p, &m, err) < 0)
		return -1;
	if (m.generation != s->generation)
		return err_set(err, "results of generation %u", m.generation);
	if (!held_is_head(&s->held, m.first, m.count))
		return err_set(err, "results of tasks %llu to %llu, which it does not hold",
			(unsigned long long)m.first, (unsigned long long)(m.first + m.count - 1));
	if (e->plan.kind->has_result && all_finite(&m, err) < 0)
		return -1;
	if (s->begun && s->task - m.first < m.count)
		s->begun = false;
	s->shown_dirty = e->tick_dirty = true;
	if (s->serial)
		return serial_results(e, s, &m);
	check_with_baseline(e, &m);
	struct store_chunk c = { .first = m.first,
		.count = m.count,
		.slot = s->no,
		.generation = s->generation,
		.cpu_ns = m.cpu_ns,
		.begun = m.begun_at > e->begun_at ? m.begun_at - e->begun_at : 0,
		.ended = m.ended_at > e->begun_at ? m.ended_at - e->begun_at : 0 };
	store_batch_chunk(e->batch, &c, m.values.p, m.times.p, m.flags & RESULT_HAS_STATUS ? m.status.p : NULL);
	pool_results(e, s, &m);
	return 0;
}

/* ---- what else there is ---- */

static int on_task_failed(struct slot *s, struct slice p, struct err *err)
{
	struct task_failed m;
	if (msg_get_task_failed(p, &m, err) < 0)
		return -1;
	return slot_keep_why(s, m.task, m.why) ? 0 : err_set(err, "too many failures without results");
}

static int on_begun(struct engine *e, struct slot *s, struct slice p, struct err *err)
{
	struct begun m;
	if (msg_get_begun(p, &m, err) < 0)
		return -1;
	const struct lease_run *head = held_at(&s->held, 0);
	if (!head || m.task != head->first)
		return err_set(err, "it began task %llu, which is not its next", (unsigned long long)m.task);
	s->begun = true;
	s->task = m.task;
	s->task_at = e->now;
	s->task_done = s->task_of = 0;
	s->shown_dirty = true;
	return 0;
}

static int on_progress(struct slot *s, struct slice p, struct err *err)
{
	struct progress m;
	if (msg_get_progress(p, &m, err) < 0)
		return -1;
	if (!s->begun || m.task != s->task || m.of == 0 || m.done > m.of)
		return 0;          /* only an appearance: nothing is done about a wrong one */
	if (m.done > s->task_done) /* a bar never goes back within a task */
		s->task_done = m.done;
	s->task_of = m.of;
	s->shown_dirty = true;
	return 0;
}

/* Are the ranges what the slot holds behind its first `keep` tasks, exactly? Looked at as a whole, before anything
 * is taken back. */
static bool is_tail(const struct held *h, uint64_t keep, const struct returned *m)
{
	struct grant_range r = { 0 };
	uint32_t next = 0;
	for (uint32_t i = 0; held_at(h, i); i++) {
		const struct lease_run *run = held_at(h, i);
		uint64_t skip = run->count < keep ? run->count : keep, at = run->first + skip, left = run->count - skip;
		keep -= skip;
		while (left > 0) {
			if (r.count == 0)
				r = range_at(m->ranges, next++);
			uint64_t here = r.count < left ? r.count : left;
			if (r.first != at)
				return false;
			r.first += here;
			r.count -= (uint32_t)here;
			at += here;
			left -= here;
		}
	}
	return true;
}

/* What a worker gives back is the tail of what the slot holds. */
static int on_returned(struct engine *e, struct slot *s, struct slice p, struct err *err)
{
	struct returned m;
	if (msg_get_returned(p, &m, err) < 0)
		return -1;
	if (!s->recalled)
		return err_set(err, "it gave back what was not called back");
	uint64_t total = 0;
	for (uint32_t i = 0; i < m.n; i++)
		total += range_at(m.ranges, i).count;
	if (total > s->held.tasks)
		return err_set(err, "it gave back more tasks than it holds");
	uint64_t keep = s->held.tasks - total;
	struct span back;
	if (!is_tail(&s->held, keep, &m))
		return err_set(err, "it gave back tasks that it does not hold");
	while (held_take_tail(&s->held, keep, &back))
		if (!s->serial) {
			e->held -= back.count;
			queue_give_back(&e->queue, back);
		}
	s->recalled = s->stopped;
	s->recalled_at = 0;
	s->shown_dirty = e->tick_dirty = true;
	return 0;
}

static int worker_frame(struct engine *e, struct slot *s, const struct frame *f, struct err *err)
{
	s->heard_at = e->now;
	s->pinged_at = 0;
	if (s->ready_at == 0 && f->type != MSG_READY && f->type != MSG_SETUP_FAILED)
		return err_set(err, "%s before READY", msg_name(f->type));
	switch (f->type) {
	case MSG_READY:
		return on_ready(e, s, f->payload, err);
	case MSG_SETUP_FAILED:
		return on_setup_failed(e, s, f->payload, err);
	case MSG_RESULTS:
		return on_results(e, s, f->payload, err);
	case MSG_TASK_FAILED:
		return on_task_failed(s, f->payload, err);
	case MSG_BEGUN:
		return on_begun(e, s, f->payload, err);
	case MSG_PROGRESS:
		return on_progress(s, f->payload, err);
	case MSG_RETURNED:
		return on_returned(e, s, f->payload, err);
	case MSG_PONG:
		return 0;
	case MSG_BYE:
		if (!s->stopped)
			return err_set(err, "it left without being asked");
		s->said_bye = true;
		return 0;
	default:
		return err_set(err, "unexpected message %u", f->type);
	}
}

/* Reads what is there. True when nothing more will ever come: its end was seen, or what it says is not believed
 * any more. */
static bool read_dry(struct engine *e, struct slot *s)
{
	if (!s->peer.open || s->peer.link.broken)
		return true;
	struct err err = { "" };
	struct frame f;
	long n = link_read(&s->peer.link, READ_BUDGET, &err);
	int rc;
	while ((rc = link_next(&s->peer.link, &f, &err)) == 1)
		if (worker_frame(e, s, &f, &err) < 0) {
			rc = -1;
			s->peer.link.broken = true;
			break;
		}
	if (s->exited)
		return n < (long)READ_BUDGET || rc < 0; /* nobody is left who could write more */
	if (n >= 0 && rc >= 0)
		return false;
	if (e->loop)
		loop_unwatch(e->loop, &s->peer.watch);
	if (rc < 0 || s->peer.link.broken)
		slot_condemn(e, s, false, "broken message: %.200s", err.msg);
	else if (!s->stopped)
		slot_link_ended(e, s);
	s->peer.link.broken = true;
	return true;
}

void absorb_workers(struct engine *e)
{
	bool before = e->workers_unread;
	e->workers_unread = engine_holds_back(e);
	if (e->workers_unread && !before)
		emit_note(e, 1, "the disk is slower than the workers: they wait until 64 MiB of results are stored");
	if (e->workers_unread)
		return;
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot *s = e->slots[i];
		if (!slot_is_live(s) || (e->loop && !s->peer.ready))
			continue;
		s->peer.ready = false;
		bool dry = read_dry(e, s);
		if (s->exited && dry)
			slot_bury(e, s);
		else if (s->exited)
			s->peer.ready = true;
		else if (s->state == SLOT_BUSY && s->held.tasks == 0)
			slot_set_state(s, SLOT_IDLE, e->now);
	}
}
