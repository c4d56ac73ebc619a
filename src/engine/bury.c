/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a worker: its link is dry and its process reaped, so what it still held is free to be given to others. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/process.h"
#include "engine/turn.h"

/* A worker sends its results at the latest when it has gathered RESULTS_MAX: a task that killed it is the next one, or among
 * those. */
#define SUSPECTS (RESULTS_MAX + 1)

void task_failed(struct engine *e, struct slot *s, struct span task, const char *why)
{
	struct store_failure f = { .task = task.first, .tries = task.tries, .deaths = task.deaths, .slot = s->no };
	str_copy(f.cause, sizeof(f.cause), why);
	store_batch_failure(e->batch, &f);
	e->failed++;
	e->filling.failed++;
	e->filling.last_at = e->now - e->begun_at;
	s->filling.failed++;
	if (e->plan.on_failure == FAILURE_CONTINUE)
		return;
	e->stop_by_failure |= e->stop_step == 0;
	engine_stop(e, e->plan.on_failure == FAILURE_STOP ? 1 : 2, "a task failed");
}

/* The task that was running when the worker died: the first one it holds. Tried on others, three deaths at most. */
static void give_back_culprit(struct engine *e, struct slot *s, const char *cause)
{
	const struct lease_run *head = held_at(&s->held, 0);
	struct span task = { .first = head->first, .count = 1, .deaths = head->deaths, .tries = head->tries };
	held_finish(&s->held, 1);
	e->held--;
	task.deaths++;
	char why[CAUSE_MAX];
	if (s->timed_out) {
		task.deaths--;
		task.tries++;
		if (task.tries > e->plan.retries) {
			task_failed(e, s, task, "timeout");
			return;
		}
	} else if (task.deaths >= DEATHS_MAX) {
		snprintf(why, sizeof(why), "%u workers died in it: %.200s", task.deaths, cause);
		task_failed(e, s, task, why);
		return;
	}
	queue_give_back(&e->queue, task);
}

/* Everything the slot holds goes back to the queue. Without an announced task any of the first few may have killed
 * the worker: they are run carefully from now on. */
static void give_back_all(struct engine *e, struct slot *s, const char *cause)
{
	const struct lease_run *head = held_at(&s->held, 0);
	/* A task that goes carefully needs no announcement: the results of those before it have come. */
	bool exact = head && ((s->begun && head->first == s->task) || head->deaths > 0);
	struct span back;
	if (exact && !s->by_order)
		give_back_culprit(e, s, cause);
	uint64_t suspects = exact || s->by_order ? 0 : SUSPECTS;
	while (held_take_tail(&s->held, suspects, &back)) {
		e->held -= back.count;
		queue_give_back(&e->queue, back);
	}
	while (held_take_tail(&s->held, 0, &back)) {
		e->held -= back.count;
		if (back.deaths == 0)
			back.deaths = 1;
		queue_give_back(&e->queue, back);
	}
}

static void forget_serial(struct engine *e, struct slot *s)
{
	struct span drop;
	while (held_take_tail(&s->held, 0, &drop))
		;
	if (e->base.running && ++e->base.deaths >= DEATHS_MAX) {
		e->base.refused = true;
		str_copy(e->base.why, sizeof(e->base.why), "its worker died three times");
	}
	e->base.given = e->base.executed /
			(e->base.block ? e->base.block : 1); /* a new worker goes on with what was not finished */
}

static void say_death(struct engine *e, struct slot *s, const char *cause, uint64_t given_back)
{
	struct event ev = { .type = EV_DEATH,
		.death = { .slot = s->no, .generation = s->generation, .pid = s->pid, .given_back = given_back } };
	str_copy(ev.death.cause, sizeof(ev.death.cause), cause);
	emit(e, &ev);
}

void slot_bury(struct engine *e, struct slot *s)
{
	char cause[CAUSE_MAX];
	struct process_exit how = { .signaled = s->how.signaled, .code = (int)s->how.code };
	if (s->cause[0])
		str_copy(cause, sizeof(cause), s->cause);
	else
		process_exit_text(cause, sizeof(cause), &how);
	bool expected = s->said_bye && !how.signaled && how.code == 0 && s->held.tasks == 0;
	bool ended_by_run =
		s->by_order && (e->state == RUN_ENDING || e->state == RUN_SERIAL || run_state_is_end(e->state));
	bool never_ready = s->ready_at == 0;
	if (!expected && !ended_by_run && !never_ready)
		say_death(e, s, cause, s->serial ? 0 : s->held.tasks);
	if (s->serial)
		forget_serial(e, s);
	else
		give_back_all(e, s, cause);
	if (e->loop && s->peer.open)
		loop_unwatch(e->loop, &s->peer.watch);
	if (s->state == SLOT_IDLE || s->state == SLOT_BUSY)
		slot_set_state(s, SLOT_LOST, e->now);
	slot_set_state(s, SLOT_EMPTY, e->now);
	bool failed_start = never_ready && !ended_by_run && !s->by_order;
	slot_reset(s);
	slot_show(e, s);
	e->tick_dirty = true;
	if (failed_start)
		slot_start_failed(e, s, cause);
}
