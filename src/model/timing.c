/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The definitions of doc/timings.md, each in a function of a few lines. Everything is computed from the snapshot and
 * a time, so that the same numbers come out of a live run, a stored one and a test. */
#include "model/timing.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/fold.h"
#include "model/moments.h"
#include "model/timing_left.h"

#define Z80 1.2815515594 /* the middle 80 % of a normal distribution lie within ± this many standard deviations */
#define Z95 1.9599639845
#define DONE_MIN 5
#define SHORT_SAMPLE_NS 1e8
#define SHORT_SAMPLE_HALF 0.03 /* of T1: what two samples of 0.1 s differ by beyond their scatter */
#define SAMPLE_HALF_MOST 0.15

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

/* Samples at other times come out differently by more than their scatter tells (caches, clock rate, neighbours), the
 * more the shorter they were. */
static double sample_half(const struct snapshot *s)
{
	const struct ev_baseline *b = &s->baseline;
	double half = b->t1_half, least = 0;

	if (b->se_ns > 0 && b->executed > 1)
		half = student_t975(b->executed - 1) * (double)s->run.tasks * b->se_ns;
	if (b->elapsed_ns > 0)
		least = SHORT_SAMPLE_HALF * sqrt(SHORT_SAMPLE_NS / b->elapsed_ns);
	return fmax(half, b->t1_ns * fmin(least, SAMPLE_HALF_MOST));
}

static void set_serial(const struct snapshot *s, struct timing *t)
{
	const struct ev_baseline *b = &s->baseline;

	if (!(b->t1_ns > 0) || b->phase == BASE_NONE || b->phase == BASE_REFUSED)
		return;
	t->serial = b->t1_ns;
	t->serial_half = b->t1_half;
	t->serial_estimated = b->phase == BASE_ESTIMATED || b->phase == BASE_RUNNING;
	t->serial_sampled = !t->serial_estimated && b->executed < s->run.tasks;
	if (t->serial_sampled)
		t->serial_half = sample_half(s);
}

static void set_parallel(const struct snapshot *s, uint64_t when, struct timing *t)
{
	uint64_t out = s->paused_ns + s->unmanned_ns;

	if (!s->ended && !s->paused_at && snapshot_unmanned(s) && when > s->ideal_at && s->ideal_at >= s->parallel_at)
		out += when - s->ideal_at;
	if (s->ended && (s->end.parallel_ns || s->parallel_at))
		t->parallel = fmax((double)s->end.parallel_ns - (double)s->unmanned_ns, 0);
	else if (s->parallel_at && when >= s->parallel_at + out)
		t->parallel = (double)(when - s->parallel_at - out);
}

/* What the time left is made from: the present rate as soon as it stands on a second and 20 results, else the last
 * one before the change or pause, with the number of tasks that then went on at once. */
struct pace {
	double rate;
	double width;
	bool old;
};

static struct pace pace_of(const struct snapshot *s, uint64_t when)
{
	struct pace p = { rates_now(&s->rates, when), snapshot_width(s), false };

	if (isfinite(s->rate_before) &&
		(s->paused_at || s->rates.since < RECENT_MAX || when < s->rates.begin + NS_PER_S))
		p = (struct pace){ s->rate_before, s->width_before, true };
	return p;
}

/* Relative standard deviation of remaining / rate: the rate may go on differently, the lengths of the tasks behind it
 * and of those still to come differ by chance, and soon after the begin what is half done is not counted. */
static double pace_noise(const struct snapshot *s, uint64_t when, const struct pace *p, double remaining)
{
	double cv = s->mean_ns > 0 ? (s->q90_ns - s->q10_ns) / (2 * Z80) / s->mean_ns : 1, half_done = 0, model;
	double counted = fmin(fmax(5 * p->rate, RECENT_MAX), (double)(s->done + s->failed));

	if (!(cv >= 0))
		cv = 1;
	model = p->old ? s->noise_before : rates_noise(&s->rates, when, remaining / p->rate);
	if (!p->old && (double)s->rates.since <= counted)
		half_done = s->target / sqrt(12) / (double)s->rates.since;
	return sqrt(model + cv * cv * (1 / fmax(counted, 1) + 1 / fmax(remaining, 1)) + half_done * half_done);
}

static void set_left(const struct snapshot *s, uint64_t when, struct timing *t)
{
	uint64_t remaining = goal_of(s) - s->done - s->failed;
	struct pace p = pace_of(s, when);
	double noise, work, other;

	if (s->ended || (s->begun && !remaining)) {
		t->left = t->left_low = t->left_high = 0;
		return;
	}
	if (!s->parallel_at || s->done + s->failed < DONE_MIN || !(p.rate > 0) || !s->target)
		return;
	work = (double)remaining / p.rate * 1e9;
	/* right after a change nobody knows what it is worth: nothing, or as much as the workers it brought */
	other = p.old && p.width > 0 && snapshot_width(s) ? work * p.width / snapshot_width(s) : work;
	noise = 1 + Z80 * pace_noise(s, when, &p, (double)remaining);
	t->left = fmax(work, longest_left(s, when, 0.5));
	t->left_low = fmin(fmax(fmin(work, other) / noise, longest_left(s, when, 0.1)), t->left);
	t->left_high = fmax(fmax(work, other) * noise, fmax(longest_left(s, when, 0.9), t->left));
}

static void set_ideal(const struct snapshot *s, uint64_t when, struct timing *t)
{
	struct pace p = pace_of(s, when);
	double area = s->ideal_ns, time = t->parallel, width = p.old ? p.width : snapshot_ideal(s);

	if (!s->parallel_at || !(time > 0)) {
		t->ideal = snapshot_ideal(s);
		return;
	}
	if (s->ended) /* the area goes on to the end, a little after the last result */
		time = (double)(s->ended_at - s->parallel_at - s->paused_ns - s->unmanned_ns);
	else if (!s->paused_at && when > s->ideal_at && !snapshot_unmanned(s))
		area += snapshot_ideal(s) * (double)(when - s->ideal_at);
	if (!s->ended && t->left > 0) { /* with the workers that the time left was reckoned with */
		area += width * t->left;
		time += t->left;
	}
	t->ideal = time > 0 ? area / time : snapshot_ideal(s);
}

static void set_gain(const struct snapshot *s, struct timing *t)
{
	uint64_t goal = goal_of(s);
	double serial = t->serial, share;

	if (!s->run.tasks || !goal || (s->ended && !s->done))
		return;
	share = (double)goal / (double)s->run.tasks; /* of T1: the tasks that are not given up */
	serial *= share;
	if (t->ideal > 0)
		t->ideal_ns = serial / t->ideal;
	if (!(t->expected > 0) || !s->done)
		return;
	t->speedup = serial / t->expected;
	t->speedup_half = t->speedup * hypot(t->serial_half / t->serial, t->expected_half / t->expected);
	if (t->ideal > 0)
		t->efficiency = t->speedup / t->ideal;
	t->overhead_task = (t->ideal * t->expected - serial) / (double)goal;
}

static bool is_measuring(const struct snapshot *s, bool settling)
{
	if (s->state != RUN_RUNNING || !s->target || !s->waiting)
		return false;
	for (uint32_t i = 0; i < s->ntried; i++)
		if (s->tried[i].workers == s->target)
			return settling || isnan(tried_rate(&s->tried[i]));
	return true;
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
	t->measuring = is_measuring(s, t->settling);
	set_serial(s, t);
	set_parallel(s, when, t);
	set_left(s, when, t);
	if (s->ended)
		t->rate = t->parallel > 0 ? (double)(s->done + s->failed) / t->parallel * 1e9 : NAN;
	else if (s->paused_at || (s->parallel_at && snapshot_unmanned(s)))
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
