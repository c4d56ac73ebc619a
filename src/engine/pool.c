/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: a target number and a reconciler. Wishes, deaths and failed starts all take this one path. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/log.h"
#include "engine/turn.h"

#define STARTS_AT_ONCE                                                                                                 \
	64 /* start orders without an answer; keeps the agent's replies and the user's next wish close together */

struct slot *pool_slot(struct engine *e, uint32_t no, uint32_t generation)
{
	if (no >= e->nslots || e->slots[no]->generation != generation || !slot_is_live(e->slots[no]) ||
		e->slots[no]->exited)
		return NULL;
	return e->slots[no];
}

void slot_show(struct engine *e, struct slot *s)
{
	struct event ev = { .type = EV_SLOT,
		.slot = { .slot = s->no, .generation = s->generation, .state = (uint8_t)s->state, .pid = s->pid } };
	if (s->state == SLOT_IDLE && s->ready_at)
		ev.slot.ready_ns = s->ready_at - s->ordered_at;
	emit(e, &ev);
}

static void make_slots(struct engine *e, uint32_t n)
{
	if (n <= e->nslots)
		return;
	e->slots = xrealloc(e->slots, n, sizeof(struct slot *));
	while (e->nslots < n) {
		e->slots[e->nslots] = slot_new(e->nslots);
		e->nslots++;
	}
}

uint32_t pool_live(const struct engine *e)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < e->nslots; i++)
		n += slot_is_live(e->slots[i]);
	return n;
}

bool pool_is_idle(const struct engine *e)
{
	for (uint32_t i = 0; i < e->nslots; i++)
		if (e->slots[i]->held.tasks > 0 || e->slots[i]->recalled)
			return false;
	return true;
}

/* ---- starting ---- */

static void slot_order_start(struct engine *e, struct slot *s)
{
	s->generation++;
	s->ordered_at = e->now;
	s->ready_at = 0;
	s->heard_at = e->now;
	s->serial = e->state == RUN_SERIAL;
	slot_set_state(s, SLOT_STARTING, e->now);
	if (!s->serial && e->parallel_at == 0)
		e->parallel_at = e->now;
	struct slot_start m = { .slot = s->no,
		.generation = s->generation,
		.method = (uint8_t)(e->plan.start == START_FORK ? WIRE_FORK : WIRE_SPAWN) };
	msg_put_slot_start(&e->agent.link, &m);
	slot_show(e, s);
}

/* 0, 50 ms, doubling to 5 s; ten failures in a row end the run. */
void slot_start_failed(struct engine *e, struct slot *s, const char *why)
{
	s->start_failures++;
	e->failed_starts++;
	unsigned doublings = s->start_failures < 9 ? s->start_failures - 1 : 8;
	uint64_t wait = s->start_failures == 1 ? 0 : (25 * NS_PER_MS) << doublings;
	s->start_again_at = e->now + (wait < 5 * NS_PER_S ? wait : 5 * NS_PER_S);
	emit_note(e, 2, "worker %u could not start: %s", s->no + 1, why);
	if (e->failed_starts >= START_FAILURES_MAX)
		run_fail(e, 1, "%llu worker starts failed in a row: %s", (unsigned long long)e->failed_starts, why);
}

void slot_refused_start(struct engine *e, struct slot *s, const char *why)
{
	slot_set_state(s, SLOT_EMPTY, e->now);
	slot_reset(s);
	slot_show(e, s);
	slot_start_failed(e, s, why);
}

/* ---- leaving ---- */

void slot_recall(struct engine *e, struct slot *s)
{
	if (!s->peer.open || s->recalled || s->held.tasks == 0)
		return;
	msg_put_empty(&s->peer.link, MSG_RECALL);
	s->recalled = true;
	s->recalled_at = e->now;
}

void recall_all(struct engine *e)
{
	for (uint32_t i = 0; i < e->nslots; i++)
		slot_recall(e, e->slots[i]);
}

void slot_ask_to_leave(struct engine *e, struct slot *s)
{
	if (s->state != SLOT_IDLE && s->state != SLOT_BUSY)
		return;
	msg_put_empty(&s->peer.link, MSG_STOP);
	s->recalled = s->stopped = true;
	s->recalled_at = e->now;
	slot_set_state(s, SLOT_RETIRING, e->now);
	slot_show(e, s);
}

static void order_kill(struct engine *e, struct slot *s)
{
	struct slot_signal m = { .slot = s->no, .generation = s->generation, .signo = SIGKILL };
	log_debug("slot %u: KILL: %s", s->no + 1, s->cause);
	if (e->agent.open)
		msg_put_slot_signal(&e->agent.link, &m);
}

void slot_condemn(struct engine *e, struct slot *s, bool by_order, const char *fmt, ...)
{
	if (s->exited || !slot_is_live(s) || s->state == SLOT_ENDING)
		return;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s->cause, sizeof(s->cause), fmt, ap);
	va_end(ap);
	s->by_order = by_order;
	order_kill(e, s);
	slot_set_state(s, SLOT_ENDING, e->now);
	slot_show(e, s);
}

void slot_link_ended(struct engine *e, struct slot *s)
{
	if (s->exited || !slot_is_live(s) || s->state == SLOT_ENDING)
		return;
	s->link_ended = true;
	slot_set_state(s, SLOT_ENDING, e->now);
	slot_show(e, s);
}

/* ---- watching over the slots ---- */

static void watch_answers(struct engine *e, struct slot *s)
{
	if (s->state != SLOT_IDLE && s->state != SLOT_BUSY && s->state != SLOT_RETIRING)
		return;
	if (s->pinged_at && e->now - s->pinged_at > PING_LIMIT_NS) {
		slot_condemn(e, s, false, "it did not answer for %llu s: stuck or stopped",
			(unsigned long long)((e->now - s->heard_at) / NS_PER_S));
		return;
	}
	if (s->recalled_at && e->now - s->recalled_at > PING_LIMIT_NS) {
		slot_condemn(e, s, false, "it did not give back its work for %llu s",
			(unsigned long long)(PING_LIMIT_NS / NS_PER_S));
		return;
	}
	/* After STOP too: it may have a long task to finish. */
	if (!s->pinged_at && !s->said_bye && e->now - s->heard_at > PING_AFTER_NS) {
		msg_put_empty(&s->peer.link, MSG_PING);
		s->pinged_at = e->now;
	}
	uint64_t limit = e->plan.timeout_ns;
	if (limit && s->begun && e->now - s->task_at > limit + NS_PER_S) {
		s->timed_out = true;
		slot_condemn(e, s, false, "its task took longer than the timeout and could not be ended otherwise");
	}
}

static void watch_slot(struct engine *e, struct slot *s)
{
	uint64_t age = e->now - s->state_at;
	if (e->workers_unread)
		return;
	switch (s->state) {
	case SLOT_STARTING:
		if (age > START_LIMIT_NS)
			slot_condemn(e, s, false, "not ready after 10 s");
		break;
	case SLOT_RETIRING:
		if (s->held.tasks == 0 && age > GRACE_NS + 200 * NS_PER_MS && e->now - s->heard_at > GRACE_NS)
			slot_condemn(e, s, true, "it did not leave when asked");
		break;
	case SLOT_ENDING:
		if (s->link_ended && age >= LINK_END_NS) {
			s->link_ended = false;
			str_copy(s->cause, sizeof(s->cause), "it closed its link");
			order_kill(e, s);
		} else if (age > GRACE_NS) { /* the order may have been lost with an agent's death: once more */
			order_kill(e, s);
			s->state_at = e->now;
		}
		break;
	default:
		break;
	}
	watch_answers(e, s);
}

static uint32_t wanted_workers(const struct engine *e)
{
	switch (e->state) {
	case RUN_SERIAL:
		return e->target > 1 ? e->target : 1;
	case RUN_RUNNING:
	case RUN_PAUSING:
	case RUN_PAUSED:
	case RUN_DRAINING:
		return e->target;
	default:
		return 0;
	}
}

/* A slot is filled while there is something for it to do. In SERIAL only the first one is started. */
static bool may_start(const struct engine *e, const struct slot *s)
{
	if (e->state == RUN_SERIAL)
		return s->no == 0 && e->base.running;
	return (e->state == RUN_RUNNING || e->state == RUN_PAUSED) && e->queue.depth > 0 && !e->base.closing;
}

void pool_reconcile(struct engine *e)
{
	agent_keep_up(e);
	uint32_t wanted = wanted_workers(e), starting = 0;
	make_slots(e, wanted);
	for (uint32_t i = 0; i < e->nslots; i++)
		starting += e->slots[i]->state == SLOT_STARTING && !e->slots[i]->pid;
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot *s = e->slots[i];
		if (i < wanted && s->state == SLOT_EMPTY && e->agent_ready && starting < STARTS_AT_ONCE &&
			e->now >= s->start_again_at && may_start(e, s)) {
			slot_order_start(e, s);
			starting++;
		} else if (i >= wanted) {
			slot_ask_to_leave(e, s);
		} else if (e->plan.max_tasks_per_worker && s->executed >= e->plan.max_tasks_per_worker && !s->serial) {
			slot_ask_to_leave(e, s);
		}
		watch_slot(e, s);
	}
}

/* ---- the target ---- */

void pool_set_target(struct engine *e, uint32_t target, bool automatic, const char *by)
{
	uint32_t limit = e->max_workers ? e->max_workers : WORKERS_MAX;
	uint32_t from = e->target;
	e->auto_target = automatic;
	if (target > limit) {
		emit_note(e, 1, "%u workers is the most that the limit of open files allows", limit);
		target = limit;
	}
	if (target == from)
		return;
	e->target = target;
	struct event ev = { .type = EV_TARGET, .target = { .from = from, .to = target } };
	str_copy(ev.target.by, sizeof(ev.target.by), by);
	emit(e, &ev);
	e->tick_dirty = true;
}

void pool_read_cpus(struct engine *e)
{
	if (e->cpus_read_at && e->now - e->cpus_read_at < NS_PER_S)
		return;
	e->cpus_read_at = e->now;
	struct event ev = { .type = EV_CPUS };
	uint32_t n = e->outside.usable_cpus(e->outside.arg, ev.cpus.text, sizeof(ev.cpus.text));
	if (n == e->cpus)
		return;
	e->cpus = n;
	ev.cpus.usable = n;
	emit(e, &ev);
	if (e->auto_target)
		pool_set_target(e, n, true, "auto");
}
