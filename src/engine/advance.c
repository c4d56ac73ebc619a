/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run's state: what it is doing, when that changes, and how it ends. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/log.h"
#include "engine/turn.h"

#define DISTURBED 0.15 /* share of the serial time without a CPU */

#define FOR_TASKS (UINT64_C(1) << 20)

/* May the run go from one state to another? */
#define BIT(s) (1u << RUN_##s)
static const unsigned moves[RUN_STATES] = {
	[RUN_STARTING] = BIT(SERIAL) | BIT(RUNNING) | BIT(ENDING),
	[RUN_SERIAL] = BIT(RUNNING) | BIT(PAUSING) | BIT(ENDING),
	[RUN_RUNNING] = BIT(PAUSING) | BIT(DRAINING) | BIT(ENDING),
	[RUN_PAUSING] = BIT(PAUSED) | BIT(RUNNING) | BIT(SERIAL) | BIT(DRAINING) | BIT(ENDING),
	[RUN_PAUSED] = BIT(RUNNING) | BIT(SERIAL) | BIT(DRAINING) | BIT(ENDING),
	[RUN_DRAINING] = BIT(ENDING),
	[RUN_ENDING] = BIT(DONE) | BIT(FAILED) | BIT(STOPPED),
};

void run_set_state(struct engine *e, enum run_state to, const char *reason)
{
	if (e->state == to)
		return;
	if (!(moves[e->state] & (1u << to)))
		BUG("run: %s -> %s", run_state_names[e->state], run_state_names[to]);
	log_debug("run: %s -> %s %s", run_state_names[e->state], run_state_names[to], reason);
	/* PAUSING is no pause: tasks are still being finished. */
	bool paused = to == RUN_PAUSED || (to == RUN_SERIAL && e->parallel_at);
	if (paused && !e->paused_at)
		e->paused_at = e->now;
	if (!paused && e->paused_at) {
		e->paused_ns += e->now - e->paused_at;
		e->paused_at = 0;
	}
	tick(e);
	e->state = to;
	e->state_at = e->now;
	e->tick_dirty = true;
	if (run_state_is_end(to) && !e->store_lost)
		return; /* that it has ended is a claim: END tells it after its commit */
	struct event ev = { .type = EV_STATE, .state = { .state = (uint8_t)to } };
	str_copy(ev.state.reason, sizeof(ev.state.reason), reason);
	emit(e, &ev);
}

bool run_feeds(const struct engine *e)
{
	return e->state == RUN_RUNNING && e->stop_step == 0;
}

/* ---- wishes ---- */

void run_pause(struct engine *e, bool on, const char *by)
{
	bool store = strcmp(by, "store") == 0;
	if (store)
		e->pause_by_store = on;
	else
		e->pause_wanted = on;
}

void run_measure(struct engine *e)
{
	if (!e->plan.kind->pure) {
		emit_baseline(e, BASE_REFUSED, "its tasks may have effects: they are not executed twice");
		return;
	}
	if (e->state == RUN_RUNNING || e->state == RUN_PAUSED)
		e->base.wanted = true;
}

/* A step never goes back. */
void engine_stop(struct engine *e, unsigned step, const char *why)
{
	if (step <= e->stop_step || run_state_is_end(e->state))
		return;
	e->stop_step = step;
	e->ending_at = e->now;
	if (e->state != RUN_ENDING) /* else the run ends for another reason already; it only ends faster */
		str_copy(e->reason, sizeof(e->reason), why);
}

void run_fail(struct engine *e, uint32_t status, const char *fmt, ...)
{
	if (e->failing)
		return;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(e->reason, sizeof(e->reason), fmt, ap);
	va_end(ap);
	e->failing = true;
	e->exit_status = status;
	e->stop_step = 3;
}

/* ---- the serial baseline ---- */

/* Its slot is there to be lent, or empty: a worker that is just starting or leaving is waited for. */
static bool serial_may_begin(const struct engine *e)
{
	enum slot_state s = e->nslots > 0 ? e->slots[0]->state : SLOT_EMPTY;
	return s == SLOT_EMPTY || s == SLOT_IDLE || s == SLOT_BUSY;
}

static void serial_begin(struct engine *e)
{
	e->base.wanted = false;
	/* A run that is sized by its rate has no number of tasks yet: any may be drawn (their streams depend on their numbers only). */
	bool open_ended = e->plan.for_ns > 0 && e->plan.inputs.naxes == 0;
	baseline_begin(&e->base, open_ended ? FOR_TASKS : e->plan.tasks, e->plan.seed);
	e->base.for_ns = e->plan.for_ns;
	run_set_state(e, RUN_SERIAL, "");
	emit_baseline(e, BASE_RUNNING, NULL);
	/* A pool that is there already lends its first worker. */
	if (e->nslots > 0 && (e->slots[0]->state == SLOT_IDLE || e->slots[0]->state == SLOT_BUSY)) {
		e->slots[0]->serial = e->slots[0]->lent = true;
		e->slots[0]->begun = false;
	}
}

/* How many tasks can really go on at once, at least 1 (snapshot_width() is the client's). */
static uint32_t run_width(const struct engine *e)
{
	uint32_t width = e->plan.kind->waits || e->target < e->cpus ? e->target : e->cpus;
	return width ? width : 1;
}

static void resize_for_duration(struct engine *e)
{
	uint32_t width = run_width(e);
	double n = (double)e->plan.for_ns * width / (e->base.mean > 1 ? e->base.mean : 1);
	uint64_t tasks = n < 1 ? 1 : n > 1e12 ? UINT64_C(1000000000000) : (uint64_t)n;
	e->plan.for_ns = 0;
	e->plan.tasks = e->base.tasks = tasks;
	queue_resize(&e->queue, tasks);
	struct event ev = { .type = EV_SIZED, .sized = { .tasks = tasks } };
	struct str title = STR_INIT;
	plan_title(&title, &e->plan, tasks);
	str_copy(ev.sized.title, sizeof(ev.sized.title), str_z(&title));
	str_release(&title);
	emit(e, &ev);
	char text[32];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)tasks);
	store_batch_fact(e->batch, "tasks", text, strlen(text));
}

/* A serial time during which others had the CPU is too long, and the speed-up from it too large. */
static void say_disturbed(struct engine *e)
{
	double wall = e->base.mean * (double)e->base.executed, lost = wall > 0 ? 1 - e->base.cpu_ns / wall : 0;
	if (!e->plan.kind->waits && lost > DISTURBED)
		emit_note(e, 1,
			"the serial time was disturbed: other processes had the CPU for %.0f %% of it; b measures "
			"again",
			lost * 100);
}

static void serial_known(struct engine *e)
{
	struct baseline *b = &e->base;
	if (b->refused) {
		emit_baseline(e, BASE_REFUSED, b->why);
		b->running = false;
	} else {
		baseline_end(b);
		if (e->plan.for_ns)
			resize_for_duration(e);
		emit_baseline(e, BASE_MEASURED, NULL);
		say_disturbed(e);
	}
	b->closing = true;
	struct slot *s = e->slots[0];
	if (s->lent)
		slot_recall(e, s);
	else
		slot_condemn(e, s, true, "the serial part is done");
}

static void advance_serial(struct engine *e)
{
	struct baseline *b = &e->base;
	uint32_t width = run_width(e);
	if (b->running && (b->refused || baseline_enough(b, e->now, width)))
		serial_known(e);
	if (!b->closing)
		return;
	struct slot *s = e->slots[0];
	bool free = s->state == SLOT_EMPTY || (s->lent && s->held.tasks == 0 && !s->recalled);
	if (!free)
		return;
	s->serial = s->lent = false;
	b->closing = false;
	if (e->plan.for_ns) { /* no rate was measured: the number of tasks stays */
		emit_note(e, 1, "the run could not be sized by --for: %s", b->why);
		e->plan.for_ns = 0;
	}
	run_set_state(e, RUN_RUNNING, "");
}

/* ---- the end ---- */

static void begin_ending(struct engine *e)
{
	run_set_state(e, RUN_ENDING, e->reason);
	e->ending_at = e->now;
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot *s = e->slots[i];
		bool at_once = e->stop_step >= 2 || s->state == SLOT_STARTING;
		if (at_once)
			slot_condemn(e, s, true, "the run was ended");
		else
			slot_ask_to_leave(e, s);
	}
}

static enum run_state outcome(struct engine *e)
{
	if (e->failing)
		return RUN_FAILED;
	if (e->queue.depth + e->held > 0) {
		e->exit_status = e->stop_by_failure ? 1 : 4;
		return RUN_STOPPED;
	}
	e->exit_status = e->failed > 0;
	return e->failed > 0 ? RUN_FAILED : RUN_DONE;
}

static void facts_at_end(struct engine *e, enum run_state state)
{
	char text[64];
	store_batch_fact(e->batch, "state", run_state_names[state], strlen(run_state_names[state]));
	snprintf(text, sizeof(text), "%u", e->exit_status);
	store_batch_fact(e->batch, "status", text, strlen(text));
	struct str m = STR_INIT;
	moments_pack(&m, &e->committed.moments);
	store_batch_fact(e->batch, "moments", m.p, m.n);
	str_release(&m);
}

/* All results are committed: the end can be claimed. */
static void claim_end(struct engine *e)
{
	enum run_state state = outcome(e);
	struct event ev = { .type = EV_END, .end = { .state = (uint8_t)state, .status = e->exit_status } };
	uint64_t pause = e->paused_ns + (e->paused_at ? e->now - e->paused_at : 0);
	if (e->parallel_at)
		ev.end.parallel_ns = e->settled_at - e->parallel_at - pause;
	if (state == RUN_DONE && e->committed.fingerprint.n == e->plan.tasks)
		fingerprint_text(ev.end.fingerprint, &e->committed.fingerprint);
	run_set_state(e, state, e->reason);
	emit(e, &ev);
	facts_at_end(e, state);
}

static void advance_ending(struct engine *e)
{
	bool workers_gone = pool_live(e) == 0;
	uint64_t patience = e->stop_step >= 3 ? KILL_NS : GRACE_NS + 500 * NS_PER_MS;
	if (!workers_gone && e->agent.open && e->now - e->ending_at > patience)
		agent_lost(e, "it did not end its workers");
	if (e->state == RUN_ENDING) {
		/* A run that was cut off takes the last results of its workers in; a complete one has them all. The end is
		 * the last event, so it waits for the workers; the parallel time does not. */
		bool complete = e->queue.depth + e->held == 0;
		bool settled = (complete || workers_gone) && (all_results_committed(e) || e->store_lost);
		if (settled && !e->settled_at)
			e->settled_at = e->now;
		if (settled && workers_gone)
			claim_end(e);
		return;
	}
	if ((all_committed(e) || e->store_lost) && workers_gone && !e->finished) {
		if (e->agent.open) {
			if (e->loop)
				loop_unwatch(e->loop, &e->agent.watch);
			link_release(&e->agent.link);
			e->agent.open = false;
			e->outside.sweep(e->outside.arg, e->agent_pid);
		}
		e->finished = true;
	}
}

/* ---- one step ---- */

static void advance_stop(struct engine *e)
{
	if (e->stop_step >= 2 || e->state == RUN_STARTING || e->state == RUN_SERIAL) {
		begin_ending(e);
	} else if (e->state != RUN_DRAINING) {
		run_set_state(e, RUN_DRAINING, e->reason);
		recall_all(e);
	} else if (pool_is_idle(e)) {
		begin_ending(e);
	}
}

void advance(struct engine *e)
{
	if (e->state == RUN_ENDING || run_state_is_end(e->state)) {
		if (e->stop_step >= 2 && e->state == RUN_ENDING)
			for (uint32_t i = 0; i < e->nslots; i++)
				slot_condemn(e, e->slots[i], true, "the run was ended");
		advance_ending(e);
		return;
	}
	bool all_done = e->queue.depth + e->held == 0 && e->state != RUN_STARTING && e->state != RUN_SERIAL;
	if (all_done) {
		begin_ending(e);
		return;
	}
	if (e->stop_step > 0) {
		advance_stop(e);
		return;
	}
	bool pause = e->pause_wanted || e->pause_by_store;
	switch (e->state) {
	case RUN_STARTING:
		if (e->agent_ready && e->base.wanted)
			serial_begin(e);
		else if (e->agent_ready)
			run_set_state(e, RUN_RUNNING, "");
		break;
	case RUN_SERIAL:
		advance_serial(e);
		break;
	case RUN_RUNNING:
		if (pause || e->base.wanted) {
			run_set_state(e, RUN_PAUSING, e->pause_by_store ? "the store cannot be written" : "");
			recall_all(e);
		}
		break;
	case RUN_PAUSING: /* going on again waits for nobody's task */
		if (!pause && !e->base.wanted)
			run_set_state(e, RUN_RUNNING, "");
		else if (!pool_is_idle(e))
			break;
		else if (!e->base.wanted)
			run_set_state(e, RUN_PAUSED, "");
		else if (serial_may_begin(e))
			serial_begin(e);
		break;
	case RUN_PAUSED:
		if (e->base.wanted && !e->pause_by_store && serial_may_begin(e))
			serial_begin(e);
		else if (!pause && !e->base.wanted)
			run_set_state(e, RUN_RUNNING, "");
		break;
	default:
		break;
	}
}
