/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold's clockwork: when the pool began, how long it was paused, what the ideal would have been so far, whether
 * a change has settled, and the rate of each worker count that has. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/fold_parts.h"
#include "model/rates.h"
#include "model/series.h"

#define SETTLE_NS (2 * NS_PER_S)
#define SETTLE_RESULTS 8
#define SETTLE_SLOW_NS (5 * NS_PER_S) /* with one result */
#define SERIES_WIDTH (NS_PER_S / 10)

static bool enough(uint64_t ns, uint64_t results)
{
	return (ns >= SETTLE_NS && results >= SETTLE_RESULTS) || (ns >= SETTLE_SLOW_NS && results);
}

/* Whether what came since the last change (the begin of the pool is one too) makes a rate. */
static bool settled(const struct snapshot *s, uint64_t at)
{
	uint64_t results = s->done + s->failed;

	if (!s->settling_at)
		return enough(at - s->parallel_at, results);
	return enough(at - s->settling_at, results - s->settling_done);
}

bool fold_settling(const struct snapshot *s, uint64_t now)
{
	return s->settling_at && s->state == RUN_RUNNING && s->target && !settled(s, now);
}

void fold_clock(struct snapshot *s, uint64_t at)
{
	uint32_t ideal = snapshot_ideal(s);
	uint64_t from = s->ideal_at > s->parallel_at ? s->ideal_at : s->parallel_at;

	if (s->parallel_at && !s->paused_at && !s->ended && at > from) {
		if (snapshot_unmanned(s))
			s->unmanned_ns += at - from;
		else
			s->ideal_ns += (double)ideal * (double)(at - from);
	}
	s->ideal_at = at;
}

void fold_pool_begins(struct snapshot *s, uint64_t at)
{
	if (s->parallel_at || s->ended)
		return;
	s->parallel_at = at ? at : 1;
	/* what the present event's time has passed since then was counted for no pool yet */
	if (s->ideal_at > s->parallel_at) {
		uint64_t now = s->ideal_at;

		s->ideal_at = s->parallel_at;
		fold_clock(s, now);
	}
	rates_restart(&s->rates, s->parallel_at);
	series_begin(&s->rate_series, s->parallel_at, SERIES_WIDTH);
	series_begin(&s->queue_series, s->parallel_at, SERIES_WIDTH);
}

/* The rate before a change, and its unrest, keep the time left and its range steady until there are new ones. */
static void rate_restarts(struct snapshot *s, uint64_t at)
{
	/* what a draining pool still does says nothing */
	double rate = (s->settling_at && !settled(s, at)) || !s->target ? NAN : rates_now(&s->rates, at);

	if (rate > 0) {
		s->rate_before = rate;
		s->width_before = snapshot_width(s);
		s->noise_before = rates_noise(
			&s->rates, at, (double)(s->run.tasks - s->done - s->failed - s->cancelled) / rate);
	}
	if (s->parallel_at)
		rates_restart(&s->rates, at);
	s->tried_from = 0;
}

void fold_changed(struct snapshot *s, uint64_t at)
{
	if (!s->parallel_at)
		return; /* nothing to settle yet */
	rate_restarts(s, at);
	s->settling_at = at;
	s->settling_done = s->done + s->failed;
}

void fold_state_time(struct snapshot *s, uint8_t to, uint64_t at)
{
	/* while PAUSING tasks still run; a serial baseline in the middle of a run keeps the pool waiting */
	bool paused = to == RUN_PAUSED || (to == RUN_SERIAL && s->parallel_at);

	if (to == RUN_SERIAL)
		s->start_at = 0; /* that start was the baseline's worker */
	if (to == RUN_RUNNING && s->start_at)
		fold_pool_begins(s, s->start_at);
	if (to != RUN_RUNNING)
		s->tried_from = 0;
	if (paused && !s->paused_at) {
		series_add(&s->rate_series, at, 0);
		rate_restarts(s, at);
		s->paused_at = at ? at : 1;
	} else if (!paused && s->paused_at) {
		uint64_t from = s->paused_at > s->parallel_at ? s->paused_at : s->parallel_at;

		if (s->parallel_at && at > from)
			s->paused_ns += at - from;
		series_add(&s->rate_series, at, 0);
		if (s->parallel_at)
			rates_restart(&s->rates, at);
		if (s->settling_at && !settled(s, s->paused_at)) {
			s->settling_at = at;
			s->settling_done = s->done + s->failed;
		}
		s->paused_at = 0;
	}
}

static struct tried *tried_row(struct snapshot *s, uint32_t workers)
{
	uint32_t i = 0, least = 0;

	while (i < s->ntried && s->tried[i].workers < workers)
		i++;
	if (i < s->ntried && s->tried[i].workers == workers)
		return &s->tried[i];
	if (s->ntried == TRIED_MAX) { /* the one that was looked at least makes room */
		for (uint32_t k = 1; k < s->ntried; k++)
			if (s->tried[k].ns < s->tried[least].ns)
				least = k;
		memmove(&s->tried[least], &s->tried[least + 1], (TRIED_MAX - 1 - least) * sizeof *s->tried);
		s->ntried--;
		i -= least < i;
	}
	memmove(&s->tried[i + 1], &s->tried[i], (s->ntried - i) * sizeof *s->tried);
	s->ntried++;
	s->tried[i] = (struct tried){ .workers = workers };
	return &s->tried[i];
}

void fold_tried_forget(struct snapshot *s)
{
	for (uint32_t i = 0; i < s->ntried; i++) {
		if (s->tried[i].workers != s->target || s->tried[i].ns >= TRIED_MIN_NS)
			continue;
		memmove(&s->tried[i], &s->tried[i + 1], (s->ntried - i - 1) * sizeof *s->tried);
		s->ntried--;
		return;
	}
}

static void tried_add(struct snapshot *s, uint64_t n, uint64_t at)
{
	/* at the end the workers run dry */
	if (s->state != RUN_RUNNING || !s->target || !s->waiting || !settled(s, at)) {
		s->tried_from = 0;
		return;
	}
	if (s->tried_from) {
		struct tried *t = tried_row(s, s->target);

		t->done += n;
		t->ns += at - s->tried_from;
	}
	s->tried_from = at;
}

void fold_results_time(struct snapshot *s, uint64_t n, uint64_t at)
{
	if (!n || !s->parallel_at)
		return;
	rates_add(&s->rates, at, n);
	s->rate_pending += n;
	if (at > s->rate_series.end) {
		series_add(&s->rate_series, at, (double)s->rate_pending / ((double)(at - s->rate_series.end) / 1e9));
		s->rate_pending = 0;
	}
	tried_add(s, n, at);
}

void fold_queue_time(struct snapshot *s, uint64_t at)
{
	uint64_t second = at / NS_PER_S;

	series_add(&s->queue_series, at, (double)s->waiting);
	if (second > s->queue_second + SPARK_CELLS)
		s->queue_second = second - SPARK_CELLS;
	while (s->queue_second < second) /* a second shows what waited at its end, the newest one what waits now */
		s->queue_spark[s->queue_second++ % SPARK_CELLS] = s->waiting;
}

void fold_end_time(struct snapshot *s, uint64_t at)
{
	series_add(&s->rate_series, at, 0);
	fold_queue_time(s, at);
	fold_tried_forget(s);
}
