/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each event means for the snapshot. The counts are made here, in one place, so that they add up after every
 * event whatever came: done and failed are sums over the slots and never pass the number of tasks, what waits is the
 * engine's word as far as there is room for it, and the rest is with workers. */
#include "model/fold.h"

#include <math.h>
#include <string.h>

#include "base/die.h"
#include "model/fold_parts.h"
#include "model/rates.h"

static double known_or(double v, double otherwise)
{
	return isfinite(v) && v >= 0 ? v : otherwise;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What waits, by the newest event that knows: claims are as old as their commit took. */
static uint64_t newest_waiting(struct snapshot *s, uint64_t waiting, uint64_t at)
{
	if (at < s->waiting_at)
		return s->waiting;
	s->waiting_at = at;
	return waiting;
}

/* tasks = waiting + held + done + failed + cancelled, with done + failed <= tasks already true. */
static void recount(struct snapshot *s, uint64_t waiting)
{
	uint64_t left = s->run.tasks - s->done - s->failed;

	s->cancelled = min_u64(s->cancelled, left);
	left -= s->cancelled;
	s->waiting = s->ended ? left : min_u64(waiting, left); /* nobody holds anything after the end */
	s->held = left - s->waiting;
}

static void apply_run(struct snapshot *s, const struct ev_run *e)
{
	if (s->begun)
		return;
	s->begun = true;
	s->run = *e;
	s->target = e->workers;
	s->cpus = e->cpus;
	str_copy(s->chunk, sizeof s->chunk, e->chunk);
	recount(s, s->run.tasks);
}

static void apply_sized(struct snapshot *s, const struct ev_sized *e)
{
	uint64_t over = s->done + s->failed;
	uint64_t tasks = e->tasks > over ? e->tasks : over;
	bool untouched = s->held == 0;

	if (s->ended)
		return;
	s->run.tasks = tasks;
	if (e->title[0])
		str_copy(s->run.title, sizeof s->run.title, e->title);
	/* before the pool begins everything waits; later the next TICK says how much does */
	recount(s, untouched ? tasks : s->waiting);
}

static void apply_state(struct snapshot *s, const struct ev_state *e, uint64_t at)
{
	if (e->state >= RUN_STATES || s->ended)
		return;
	if (!run_state_is_end(e->state)) { /* that it ended is a claim: END says so, after its results */
		fold_state_time(s, e->state, at);
		s->state = e->state;
		s->state_at = at;
	}
	str_copy(s->reason, sizeof s->reason, e->reason);
}

static void apply_target(struct snapshot *s, const struct ev_target *e, uint64_t at)
{
	uint32_t to = e->to > SLOTS_MAX ? SLOTS_MAX : e->to;

	if (to == s->target)
		return;
	fold_changed(s, at);
	fold_tried_forget(s);
	if (s->target)
		s->width_last = snapshot_width(s);
	s->target = to;
}

static void apply_chunk(struct snapshot *s, const struct ev_chunk *e, uint64_t at)
{
	if (!strcmp(s->chunk, e->chunk))
		return;
	fold_changed(s, at);
	str_copy(s->chunk, sizeof s->chunk, e->chunk);
}

static void apply_baseline(struct snapshot *s, const struct ev_baseline *e)
{
	struct ev_baseline *b = &s->baseline;

	if (e->phase > BASE_MISMATCH)
		return;
	*b = *e;
	b->mean_ns = known_or(e->mean_ns, 0);
	b->se_ns = known_or(e->se_ns, NAN);
	b->elapsed_ns = known_or(e->elapsed_ns, 0);
	b->t1_ns = known_or(e->t1_ns, 0);
	b->t1_half = known_or(e->t1_half, NAN);
}

/* `said` is the event's own time, `at` the one it counts for: never before that of the event before it. */
static void apply_tick(struct snapshot *s, const struct ev_tick *e, uint64_t said, uint64_t at)
{
	if (s->ended)
		return;
	fold_queue_time(s, at);
	recount(s, newest_waiting(s, e->waiting, said));
	s->chunk_now = e->chunk_now;
	s->active = e->active;
	s->mean_ns = known_or(e->mean_ns, 0);
	s->q10_ns = known_or(e->q10_ns, 0);
	s->q50_ns = known_or(e->q50_ns, 0);
	s->q90_ns = known_or(e->q90_ns, 0);
	s->others = e->others;
	s->others_busy = e->others_busy < e->others ? e->others_busy : e->others;
	s->others_held = min_u64(e->others_held, s->held);
	s->rss_kib = e->rss_kib;
	for (uint32_t i = 0; i < e->n; i++) {
		struct tick_row row = tick_row_at(e->rows, i);

		fold_tick_row(s, &row, at);
	}
}

static void apply_done(struct snapshot *s, const struct ev_done *e, uint64_t said, uint64_t at)
{
	uint64_t fresh = 0, finished = 0;

	if (s->ended)
		return;
	for (uint32_t i = 0; i < e->nrows; i++) {
		struct done_row row = done_row_at(e->rows, i);
		struct slot_view *v = fold_slot(s, row.slot);
		uint64_t room = s->run.tasks - s->done - s->failed, done = min_u64(row.done, room),
			 failed = min_u64(row.failed, room - done);

		if (!v)
			continue;
		s->done += done;
		s->failed += failed;
		v->done += done;
		v->failed += failed;
		v->busy_ns += min_u64(row.busy_ns, AT_MAX);
		rates_add(&v->rates, at, done + failed);
		fresh += done + failed;
		finished += min_u64(row.done, AT_MAX) + min_u64(row.failed, AT_MAX);
	}
	if (finished && e->last_ns)
		s->last_result_at = min_u64(e->last_ns, at);
	s->cancelled = e->cancelled;
	s->retried = e->retried;
	s->result = *e;
	s->result.nrows = 0;
	s->result.rows = (struct slice){ NULL, 0 };
	fold_queue_time(s, at);
	recount(s, newest_waiting(s, e->waiting, said));
	if (fresh && !s->parallel_at)
		fold_pool_begins(s, s->state_at); /* no start order was seen: the present state began with the pool */
	fold_results_time(s, fresh, at);
}

static void add_cause(struct snapshot *s, const struct ev_fail *e)
{
	uint32_t i = 0;

	while (i < s->ncauses && strcmp(s->causes[i].text, e->cause) != 0)
		i++;
	if (i == s->ncauses && s->ncauses < CAUSES_MAX)
		s->causes[s->ncauses++] = (struct cause){ .task = e->task };
	else if (i == s->ncauses)
		i = CAUSES_MAX - 1;
	if (i < CAUSES_MAX - 1)
		str_copy(s->causes[i].text, sizeof s->causes[i].text, e->cause);
	else
		str_copy(s->causes[i].text, sizeof s->causes[i].text, "other causes");
	s->causes[i].count = min_u64(s->causes[i].count + min_u64(e->count, AT_MAX), AT_MAX);
	/* the row of other causes stays last */
	for (; i > 0 && i < CAUSES_MAX - 1 && s->causes[i].count > s->causes[i - 1].count; i--) {
		struct cause up = s->causes[i];

		s->causes[i] = s->causes[i - 1];
		s->causes[i - 1] = up;
	}
}

static void apply_end(struct snapshot *s, const struct ev_end *e, uint64_t at)
{
	uint8_t state = e->state;

	if (s->ended)
		return;
	if (state >= RUN_STATES || !run_state_is_end(state))
		state = RUN_FAILED;
	fold_state_time(s, state, at);
	fold_end_time(s, at);
	s->state = state;
	s->state_at = at;
	s->end = *e;
	s->end.state = state;
	s->end.parallel_ns = min_u64(e->parallel_ns, AT_MAX);
	s->ended = true;
	s->ended_at = at;
	s->active = 0;
	recount(s, s->waiting);
}

void fold_apply(struct snapshot *s, const struct event *e)
{
	uint64_t said = e->at > AT_MAX ? s->now : e->at;
	uint64_t at = said < s->now ? s->now : said; /* what came later happened later: no event moves the clock back */

	fold_clock(s, at);
	s->now = at;
	s->events++;
	fold_log(s, e, at);
	switch (e->type) {
	case EV_RUN:
		apply_run(s, &e->run);
		break;
	case EV_SIZED:
		apply_sized(s, &e->sized);
		break;
	case EV_STATE:
		apply_state(s, &e->state, at);
		break;
	case EV_CPUS:
		s->cpus = e->cpus.usable;
		str_copy(s->cpus_text, sizeof s->cpus_text, e->cpus.text);
		break;
	case EV_TARGET:
		apply_target(s, &e->target, at);
		break;
	case EV_CHUNK:
		apply_chunk(s, &e->chunk, at);
		break;
	case EV_SLOT:
		fold_slot_event(s, &e->slot, at);
		break;
	case EV_DEATH:
		fold_death(s, &e->death, at);
		break;
	case EV_BASELINE:
		apply_baseline(s, &e->baseline);
		break;
	case EV_TICK:
		apply_tick(s, &e->tick, said, at);
		break;
	case EV_DONE:
		apply_done(s, &e->done, said, at);
		break;
	case EV_FAIL:
		add_cause(s, &e->fail);
		break;
	case EV_END:
		apply_end(s, &e->end, at);
		break;
	default:
		break; /* NOTE is only a line; others are of a later version */
	}
}

int fold_apply_packed(struct snapshot *s, struct slice packed, struct err *err)
{
	struct reader r = reader_of(packed);
	struct event e;

	while (r.left) {
		if (event_unpack(&r, &e, err) < 0)
			return -1;
		fold_apply(s, &e);
	}
	return 0;
}
