/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The definitions of doc/timings.md, each in a function of a few lines. Everything is computed from the snapshot and
 * a time, so that the same numbers come out of a live run, a stored one and a test. */
#include "model/timing.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/fold.h"
#include "model/timing_left.h"

#define Z80 1.2815515594 /* the middle 80 % of a normal distribution lie within ± this many standard deviations */
#define Z95 1.9599639845
#define DONE_MIN 5
#define TRIED_MIN_NS (NS_PER_S / 2)

/* Tasks that will have been tried at the end: all of them, or when the run is being stopped those that are not given
 * up. */
static uint64_t goal_of(const struct snapshot *s)
{
	uint64_t all = s->run.tasks - s->cancelled;

	switch (s->state) {
	case RUN_DRAINING:
	case RUN_ENDING:
	case RUN_FAILED:
	case RUN_STOPPED:
		return s->done + s->failed + s->held;
	default:
		return all;
	}
}

static void set_serial(const struct snapshot *s, struct timing *t)
{
	const struct ev_baseline *b = &s->baseline;

	if (!(b->t1_ns > 0) || b->phase == BASE_NONE || b->phase == BASE_REFUSED)
		return;
	t->serial = b->t1_ns;
	t->serial_half = b->t1_half;
	t->serial_estimated = b->phase == BASE_ESTIMATED || b->phase == BASE_RUNNING;
}

static void set_parallel(const struct snapshot *s, uint64_t when, struct timing *t)
{
	if (s->ended && (s->end.parallel_ns || s->parallel_at))
		t->parallel = (double)s->end.parallel_ns;
	else if (s->parallel_at && when >= s->parallel_at + s->paused_ns)
		t->parallel = (double)(when - s->parallel_at - s->paused_ns);
}

/* The rate that the time left is made from: the present one as soon as it stands on a second and 20 results, else
 * the last one before the change or pause. */
static double steady_rate(const struct snapshot *s, uint64_t when)
{
	double rate = rates_now(&s->rates, when);

	if (isfinite(s->rate_before) &&
		(s->paused_at || s->rates.since < RECENT_MAX || when < s->rates.begin + NS_PER_S))
		return s->rate_before;
	return rate;
}

/* Relative standard deviation of remaining / rate: the lengths of the tasks behind the rate and of those still to
 * come differ by chance, and the rate may go on as in any one of the last seconds. */
static double rate_noise(const struct snapshot *s, uint64_t when, double rate, double remaining)
{
	double cv = s->mean_ns > 0 ? (s->q90_ns - s->q10_ns) / (2 * Z80) / s->mean_ns : 1;
	double drift = rates_drift(&s->rates, when);
	double counted = fmin(fmax(5 * rate, RECENT_MAX), (double)(s->done + s->failed));

	if (!(cv >= 0))
		cv = 1;
	if (isnan(drift)) /* too little since the last change or pause to tell */
		drift = isnan(s->drift_before) ? 0 : s->drift_before;
	return sqrt(drift + cv * cv * (1 / fmax(counted, 1) + 1 / fmax(remaining, 1)));
}

static void set_left(const struct snapshot *s, uint64_t when, struct timing *t)
{
	uint64_t remaining = goal_of(s) - s->done - s->failed;
	double rate = steady_rate(s, when), noise, work;

	if (s->ended || (s->begun && !remaining)) {
		t->left = t->left_low = t->left_high = 0;
		return;
	}
	if (!s->parallel_at || s->done + s->failed < DONE_MIN || !(rate > 0) || !s->target)
		return;
	work = (double)remaining / rate * 1e9;
	noise = Z80 * rate_noise(s, when, rate, (double)remaining);
	t->left = fmax(work, longest_left(s, when, 0.5));
	t->left_low = fmax(work / (1 + noise), longest_left(s, when, 0.1));
	t->left_high = fmax(work * (1 + noise), longest_left(s, when, 0.9));
	t->left_low = fmin(t->left_low, t->left);
	t->left_high = fmax(t->left_high, t->left);
}

static void set_ideal(const struct snapshot *s, uint64_t when, struct timing *t)
{
	double area = s->ideal_ns, time = t->parallel;

	if (!s->parallel_at || !(time > 0)) {
		t->ideal = snapshot_width(s);
		return;
	}
	if (s->ended) /* the area goes on to the end, a little after the last result */
		time = (double)(s->ended_at - s->parallel_at - s->paused_ns);
	else if (!s->paused_at && when > s->ideal_at)
		area += snapshot_width(s) * (double)(when - s->ideal_at);
	if (!s->ended && t->left > 0) {
		area += snapshot_width(s) * t->left;
		time += t->left;
	}
	t->ideal = time > 0 ? area / time : snapshot_width(s);
}

static void set_gain(const struct snapshot *s, struct timing *t)
{
	uint64_t goal = goal_of(s);
	double serial = t->serial, share;

	if (!s->run.tasks || !goal)
		return;
	share = (double)goal / (double)s->run.tasks; /* of T1: the tasks that are not given up */
	serial *= share;
	if (t->ideal > 0)
		t->ideal_ns = serial / t->ideal;
	if (!(t->expected > 0))
		return;
	t->speedup = serial / t->expected;
	t->speedup_half = t->speedup * hypot(t->serial_half / t->serial, t->expected_half / t->expected);
	if (t->ideal > 0)
		t->efficiency = t->speedup / t->ideal;
	t->overhead_task = (t->ideal * t->expected - serial) / (double)goal;
}

void timing_of(const struct snapshot *s, uint64_t now, struct timing *t)
{
	/* while the run is paused its times stand still */
	uint64_t when = s->ended ? s->ended_at : s->paused_at ? s->paused_at : now > s->now ? now : s->now;

	*t = (struct timing){
		.serial = NAN,
		.serial_half = NAN,
		.parallel = NAN,
		.expected = NAN,
		.expected_half = NAN,
		.speedup = NAN,
		.speedup_half = NAN,
		.ideal = NAN,
		.ideal_ns = NAN,
		.efficiency = NAN,
		.overhead_task = NAN,
		.rate = NAN,
		.left = NAN,
		.left_low = NAN,
		.left_high = NAN,
	};
	t->elapsed = (double)(s->ended ? s->ended_at : now > s->now ? now : s->now);
	t->settling = fold_settling(s, when);
	set_serial(s, t);
	set_parallel(s, when, t);
	set_left(s, when, t);
	if (s->ended)
		t->rate = t->parallel > 0 ? (double)(s->done + s->failed) / t->parallel * 1e9 : NAN;
	else if (s->paused_at)
		t->rate = 0;
	else
		t->rate = rates_now(&s->rates, when);
	t->expected = t->parallel + t->left;
	t->expected_half = (t->left_high - t->left_low) / 2 * (Z95 / Z80);
	set_ideal(s, when, t);
	set_gain(s, t);
}

double tried_rate(const struct tried *t)
{
	return t->ns >= TRIED_MIN_NS ? (double)t->done / ((double)t->ns / 1e9) : NAN;
}
