/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The definitions of doc/timings.md against numbers worked out by hand. */
#include "model/timing.h"

#include <math.h>

#include "model/timing_left.h"
#include "tests/screens/stream.h"
#include "unit/feed.h"

#define S 1e9

static struct timing timing_at(double seconds)
{
	struct timing t;

	timing_of(&snap, (uint64_t)(seconds * S), &t);
	return t;
}

static void baseline(uint8_t phase, double t1, double half, double at)
{
	apply((struct event){ .type = EV_BASELINE,
		      .baseline = { .phase = phase, .executed = 10, .t1_ns = t1, .t1_half = half } },
		at);
}

static void end(uint8_t to, uint64_t parallel, double at)
{
	apply((struct event){ .type = EV_END, .end = { .state = to, .parallel_ns = parallel } }, at);
}

static void pool(uint64_t tasks, uint32_t workers, uint32_t cpus, double at)
{
	run_of(tasks, workers, cpus);
	state(RUN_RUNNING, at);
	slot(0, 1, SLOT_STARTING, at);
	slot(0, 1, SLOT_BUSY, at);
}

START_TEST(everything_is_unknown_at_first)
{
	struct timing t = timing_at(0);

	ck_assert_double_eq(t.elapsed, 0);
	ck_assert(isnan(t.serial) && isnan(t.parallel) && isnan(t.expected) && isnan(t.speedup) && isnan(t.efficiency));
	ck_assert(isnan(t.rate) && isnan(t.left) && isnan(t.left_low) && isnan(t.left_high) && isnan(t.overhead_task));
	ck_assert(!t.settling);
	pool(100, 4, 2, 1);
	t = timing_at(3);
	ck_assert_double_eq_tol(t.parallel, 2 * S, 1);
	ck_assert_double_eq_tol(t.ideal, 2, 1e-9);
	ck_assert(isnan(t.left) && isnan(t.expected));
}
END_TEST

/* 1,000 tasks of 100 ms serially: 100 s ± 1; 4 workers on 2 CPUs took 52 s with 2 s of pause. */
START_TEST(a_finished_run)
{
	struct timing t;

	run_of(1000, 4, 2);
	baseline(BASE_MEASURED, 100 * S, 1 * S, 1);
	state(RUN_RUNNING, 2);
	slot(0, 1, SLOT_STARTING, 2);
	state(RUN_PAUSED, 10);
	state(RUN_RUNNING, 12);
	done(0, 1000, 0, 56);
	end(RUN_DONE, (uint64_t)(52 * S), 56.5);
	t = timing_at(1000);
	ck_assert_double_eq_tol(t.elapsed, 56.5 * S, 1);
	ck_assert_double_eq(t.serial, 100 * S);
	ck_assert_double_eq(t.serial_half, 1 * S);
	ck_assert(!t.serial_estimated);
	ck_assert_double_eq(t.parallel, 52 * S);
	ck_assert_double_eq(t.expected, 52 * S);
	ck_assert_double_eq(t.expected_half, 0);
	ck_assert_double_eq_tol(t.speedup, 100 / 52.0, 1e-9);
	ck_assert_double_eq_tol(t.speedup_half, 100 / 52.0 * 0.01, 1e-9);
	ck_assert_double_eq_tol(t.ideal, 2, 1e-9);
	ck_assert_double_eq_tol(t.ideal_ns, 50 * S, 1);
	ck_assert_double_eq_tol(t.efficiency, 50 / 52.0, 1e-9);
	ck_assert_double_eq_tol(t.overhead_task, (2 * 52 * S - 100 * S) / 1000, 1);
	ck_assert_double_eq_tol(t.rate, 1000 / 52.0, 1e-6);
	ck_assert(t.left == 0 && t.left_low == 0 && t.left_high == 0);
}
END_TEST

/* Stopped after a quarter: the quarter of T1 is compared. */
START_TEST(a_stopped_run_compares_what_it_did)
{
	struct timing t;

	run_of(1000, 2, 2);
	baseline(BASE_ESTIMATED, 100 * S, NAN, 1);
	state(RUN_RUNNING, 2);
	slot(0, 1, SLOT_STARTING, 2);
	done(0, 240, 10, 15);
	end(RUN_STOPPED, (uint64_t)(13 * S), 15);
	t = timing_at(16);
	ck_assert(t.serial_estimated);
	ck_assert_double_eq(t.serial, 100 * S);
	ck_assert_double_eq_tol(t.speedup, 25 / 13.0, 1e-9);
	ck_assert(isnan(t.speedup_half));
	ck_assert_double_eq_tol(t.overhead_task, (2 * 13 * S - 25 * S) / 250, 1);
}
END_TEST

/* 100 a second, 100 s of work in all, seen after 20 s. */
START_TEST(a_run_under_way)
{
	struct timing t;

	pool(10000, 2, 2, 1);
	baseline(BASE_MEASURED, 190 * S, 1.9 * S, 1);
	steady(1, 21, 7000);
	t = timing_at(21);
	ck_assert_double_eq_tol(t.parallel, 20 * S, 1e6);
	ck_assert_double_eq_tol(t.rate, 100, 1);
	ck_assert_double_eq_tol(t.left, 80 * S, 0.8 * S);
	ck_assert(t.left_low < t.left && t.left < t.left_high);
	ck_assert_double_eq_tol(t.expected, t.parallel + t.left, 1);
	ck_assert_double_eq_tol(t.speedup, 1.9, 0.02);
	/* 80 % of a normal distribution lie within 1.28 standard deviations, 95 % within 1.96 */
	ck_assert_double_eq_tol(t.expected_half, (t.left_high - t.left_low) / 2 * 1.96 / 1.2816, 1e-3 * S);
	ck_assert_double_eq_tol(
		t.speedup_half / t.speedup, sqrt(0.01 * 0.01 + pow(t.expected_half / t.expected, 2)), 1e-9);
	ck_assert_double_eq_tol(t.efficiency, t.speedup / 2, 1e-9);
}
END_TEST

START_TEST(unknown_before_five_are_done)
{
	pool(100, 1, 1, 0);
	done(0, 3, 1, 2);
	ck_assert(isnan(timing_at(3).left));
	done(0, 1, 0, 4);
	ck_assert_double_eq_tol(timing_at(5).left, 95 * S, 1e6); /* 5 in 5 s */
	ck_assert(isfinite(timing_at(5).expected));
}
END_TEST

START_TEST(time_left_stands_still_while_paused)
{
	struct timing before, after;

	pool(10000, 2, 2, 1);
	steady(1, 11, 7000);
	state(RUN_PAUSED, 11.05);
	before = timing_at(11.1);
	after = timing_at(500);
	ck_assert(isfinite(before.left));
	ck_assert_double_eq(before.left, after.left);
	ck_assert_double_eq(before.left_low, after.left_low);
	ck_assert_double_eq(before.expected, after.expected);
	ck_assert_double_eq(after.parallel, 10.05 * S);
	ck_assert_double_eq(after.rate, 0);
	ck_assert_double_gt(after.elapsed, before.elapsed);
	state(RUN_RUNNING, 600);
	after = timing_at(600.3);
	ck_assert_double_eq_tol(after.left, before.left, 0.02 * before.left); /* no new rate yet: the old one */
	ck_assert_double_eq_tol(after.parallel, 10.35 * S, 1e6);
	ck_assert(isnan(after.rate));
}
END_TEST

START_TEST(time_left_is_steady_over_a_change)
{
	double before;

	pool(10000, 2, 4, 1);
	steady(1, 11, 7000);
	before = timing_at(11).left;
	apply((struct event){ .type = EV_TARGET, .target = { 2, 4, "key +" } }, 11);
	ck_assert(timing_at(11.3).settling);
	ck_assert_double_eq_tol(timing_at(11.3).left, before, 0.03 * before);
	for (double t = 11.1; t < 14.05; t += 0.1)
		done(0, 20, 0, t);
	ck_assert(!timing_at(14).settling);
	ck_assert_double_eq_tol(timing_at(14).rate, 200, 2); /* nothing of before in it */
	ck_assert_double_eq_tol(timing_at(14).left, 8400 / 200.0 * S, 0.02 * 42 * S);
}
END_TEST

/* 2 workers for 10 s, then 4 on 3 CPUs for 10 s and the rest. */
START_TEST(the_ideal_follows_resizes)
{
	struct timing t;

	pool(3000, 2, 3, 0);
	steady(0, 10, 1500);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 4, "" } }, 10);
	steady(10, 20, 1000);
	t = timing_at(20);
	ck_assert_double_eq_tol(t.ideal, (2 * 10 * S + 3 * 10 * S + 3 * t.left) / (20 * S + t.left), 0.01);
	done(0, 1000, 0, 30);
	end(RUN_DONE, (uint64_t)(30 * S), 30);
	ck_assert_double_eq_tol(timing_at(30).ideal, (2 * 10 + 3 * 20) / 30.0, 1e-3);
}
END_TEST

START_TEST(a_long_task_sets_the_end)
{
	struct timing t;

	pool(10000, 1, 1, 0);
	for (double at = 0.1; at < 10.05; at += 0.1)
		done(0, 99, 0, at);
	/* 100 left at 990 a second: 0.1 s; but one task has run for 8 s, longer than 90 % of the others, which take
	 * 1 to 5 s */
	struct str rows = STR_INIT;
	struct tick_row r = { .flags = TICK_HAS_TASK, .age_ms = 8000 };
	tick_row_pack(&rows, &r);
	apply((struct event){ .type = EV_TICK,
		      .tick = { .mean_ns = 2 * S,
			      .q10_ns = 1 * S,
			      .q50_ns = 2 * S,
			      .q90_ns = 5 * S,
			      .n = 1,
			      .rows = { rows.p, rows.n } } },
		10);
	str_release(&rows);
	t = timing_at(10);
	/* beyond q90 an exponential whose survival falls from 0.5 to 0.1 in 3 s: mean 3 / ln 5 */
	ck_assert_double_eq_tol(t.left, 3 / log(5) * log(2) * S, 1e6);
	ck_assert_double_eq_tol(t.left_low, -3 / log(5) * log(0.9) * S, 0.01 * S);
	ck_assert_double_eq_tol(t.left_high, -3 / log(5) * log(0.1) * S, 1e6);
}
END_TEST

START_TEST(remainders_by_age)
{
	/* q10 1, q50 2, q90 4: straight lines, begins at 0.75 */
	ck_assert_double_eq_tol(task_left(1, 2, 4, 0, 0.5), 2, 1e-12);
	ck_assert_double_eq_tol(task_left(1, 2, 4, 0, 0.1), 1, 1e-12);
	ck_assert_double_eq_tol(task_left(1, 2, 4, 0, 0.9), 4, 1e-12);
	ck_assert_double_eq_tol(task_left(1, 2, 4, 0.5, 0.5), 1.5, 1e-12);
	/* at 2 half of them are left; half of those end by the quarter: 2 + 2 × 0.25 / 0.4 */
	ck_assert_double_eq_tol(task_left(1, 2, 4, 2, 0.5), 1.25, 1e-12);
	/* the tail has no memory */
	ck_assert_double_eq_tol(task_left(1, 2, 4, 4, 0.5), 2 / log(5) * log(2), 1e-12);
	ck_assert_double_eq_tol(task_left(1, 2, 4, 4000, 0.5), 2 / log(5) * log(2), 1e-12);
	/* all equally long */
	ck_assert_double_eq_tol(task_left(3, 3, 3, 1, 0.5), 2, 1e-12);
	ck_assert_double_eq_tol(task_left(3, 3, 3, 5, 0.9), 0, 1e-12);
	ck_assert(isnan(task_left(0, 0, 0, 1, 0.5)));
	ck_assert(isnan(task_left(3, 2, 1, 1, 0.5)));
	for (double age = 0; age < 10; age += 0.01) {
		double low = task_left(1, 2, 4, age, 0.1), mid = task_left(1, 2, 4, age, 0.5),
		       high = task_left(1, 2, 4, age, 0.9);

		ck_assert(0 <= low && low <= mid && mid <= high);
	}
}
END_TEST

START_TEST(progress_is_taken_at_its_word)
{
	pool(100, 1, 1, 0);
	tick((struct tick_row){ .flags = TICK_HAS_TASK | TICK_HAS_PROGRESS, .age_ms = 3000, .progress = 250 }, 50, 1e9,
		5);
	ck_assert_double_eq_tol(longest_left(&snap, 5 * NS_PER_S, 0.5), 9 * S, 1);
}
END_TEST

START_TEST(draining_counts_what_still_ends)
{
	struct timing t;

	pool(10000, 2, 2, 0);
	baseline(BASE_MEASURED, 100 * S, 1 * S, 0);
	steady(0, 20, 8000 - 4);
	state(RUN_DRAINING, 20);
	tick((struct tick_row){ .slot = 0 }, 8000 - 4, 0, 20);
	t = timing_at(20);
	ck_assert_double_eq_tol(t.left, 0.04 * S, 0.01 * S);
	ck_assert_double_eq_tol(t.speedup, 100 * 0.2004 / 20.04, 0.01);
}
END_TEST

START_TEST(no_workers_no_end)
{
	pool(10000, 2, 2, 0);
	steady(0, 20, 5000);
	ck_assert(isfinite(timing_at(20).left));
	apply((struct event){ .type = EV_TARGET, .target = { 2, 0, "key" } }, 20);
	ck_assert(isnan(timing_at(21).left));
}
END_TEST

START_TEST(the_numbers_of_the_picture)
{
	struct timing t;

	stream_snapshot(&snap, stream_four_workers);
	timing_of(&snap, snap.now, &t);
	ck_assert_double_eq_tol(t.serial / S, 40.1, 0.001);
	ck_assert_double_eq_tol(t.serial_half / S, 0.3, 0.001);
	ck_assert_double_eq_tol(t.parallel / S, 13.2, 0.002);
	ck_assert_double_eq_tol(t.left / S, 8.07, 0.1);
	ck_assert_double_eq_tol(t.expected / S, 21.3, 0.1);
	ck_assert_double_eq_tol(t.speedup, 1.88, 0.01);
	ck_assert_double_eq_tol(t.ideal, 2, 1e-9);
	ck_assert_double_eq_tol(t.efficiency, 0.94, 0.005);
	ck_assert_double_eq_tol(t.overhead_task / 1e3, 6.3, 0.5);
	ck_assert(!t.settling);
}
END_TEST

START_TEST(tried_rates)
{
	struct tried t = { .workers = 3, .done = 500, .ns = 4 * NS_PER_S };

	ck_assert_double_eq_tol(tried_rate(&t), 125, 1e-9);
	t.ns = NS_PER_S / 4;
	ck_assert(isnan(tried_rate(&t)));
	t.ns = 0;
	ck_assert(isnan(tried_rate(&t)));
}
END_TEST

START_TEST(the_range_grows_with_unrest)
{
	double calm, restless;

	pool(100000, 2, 2, 0);
	steady(0, 20, 50000);
	calm = timing_at(20).left_high / timing_at(20).left;
	done_with();
	fresh();
	pool(100000, 2, 2, 0);
	for (int i = 1; i <= 200; i++)
		done(0, (i / 10) % 2 ? 15 : 5, 0, i * 0.1);
	tick((struct tick_row){ .slot = 0 }, 50000, 0, 20);
	restless = timing_at(20).left_high / timing_at(20).left;
	ck_assert_double_gt(restless, calm + 0.1);
	state(RUN_PAUSED, 20.01); /* nor does it shrink in a pause */
	ck_assert_double_eq_tol(timing_at(30).left_high / timing_at(30).left, restless, 0.1);
}
END_TEST

/* 4 workers, then 0 for 20 s, then 2: the time in which nobody was wanted is nobody's loss. */
START_TEST(no_workers_are_like_a_pause)
{
	struct timing t;

	pool(10000, 4, 8, 0);
	baseline(BASE_MEASURED, 400 * S, 1 * S, 0);
	steady(0, 20, 7000);
	apply((struct event){ .type = EV_TARGET, .target = { 4, 0, "key" } }, 20);
	slot(0, 1, SLOT_RETIRING, 20);
	t = timing_at(21); /* the last task runs on */
	ck_assert_double_eq_tol(t.parallel, 21 * S, 1e6);
	ck_assert_double_eq_tol(t.ideal, 4, 1e-9);
	ck_assert(isnan(t.speedup) && isnan(t.efficiency) && isnan(t.overhead_task));
	slot(0, 1, SLOT_EMPTY, 22);
	t = timing_at(40);
	ck_assert_double_eq_tol(t.parallel, 22 * S, 1e6);
	ck_assert_double_eq_tol(t.ideal, 4, 1e-9);
	ck_assert(isnan(t.speedup) && isnan(t.left));
	ck_assert_double_eq(t.rate, 0);
	ck_assert(!t.settling && !t.measuring);
	apply((struct event){ .type = EV_TARGET, .target = { 0, 2, "key" } }, 42);
	t = timing_at(42.2);
	ck_assert_double_eq_tol(t.parallel, 22.2 * S, 1e6);
	ck_assert_double_eq_tol(t.efficiency, 1, 0.05); /* the rate of 4 against the ideal of 4 */
	ck_assert_double_gt(t.left_high, 2 * 79 * S);   /* half the workers may take twice the time */
	slot(0, 2, SLOT_STARTING, 42);
	for (double at = 42.1; at < 52.05; at += 0.1)
		done(0, 5, 0, at);
	t = timing_at(52);
	ck_assert_double_eq_tol(t.left, 7500 / 50.0 * S, 3 * S);
	ck_assert_double_eq_tol(t.ideal, (4 * 22 + 2 * 160) / 182.0, 0.02);
	ck_assert_double_eq_tol(t.efficiency, 1, 0.05);
	end(RUN_STOPPED, (uint64_t)(52 * S), 52);
	t = timing_at(52);
	ck_assert_double_eq_tol(t.parallel, 32 * S, 1e6);
	ck_assert_double_eq_tol(t.efficiency, 100 / (4 * 22 + 2 * 10.0), 0.01);
}
END_TEST

START_TEST(nothing_done_gains_nothing)
{
	struct timing t;

	pool(100, 2, 2, 0);
	baseline(BASE_MEASURED, 100 * S, 1 * S, 0);
	done(0, 0, 7, 3);
	t = timing_at(4);
	ck_assert(isnan(t.speedup) && isnan(t.efficiency) && isnan(t.overhead_task));
	end(RUN_FAILED, (uint64_t)(4 * S), 4);
	t = timing_at(4);
	ck_assert(isnan(t.speedup) && isnan(t.efficiency) && isnan(t.overhead_task) && isnan(t.ideal_ns));
}
END_TEST

static void sample(uint64_t executed, double mean, double se)
{
	double n = (double)snap.run.tasks;

	apply((struct event){ .type = EV_BASELINE,
		      .baseline = { .phase = BASE_MEASURED,
			      .executed = executed,
			      .mean_ns = mean,
			      .se_ns = se,
			      .elapsed_ns = mean * (double)executed,
			      .t1_ns = n * mean,
			      .t1_half = 1.96 * n * se } },
		1);
}

START_TEST(a_sample_is_no_measurement)
{
	struct timing t;

	run_of(1000, 2, 2);
	sample(9, 1e9, 0.02e9); /* Student's t with 8 degrees of freedom */
	t = timing_at(1);
	ck_assert(t.serial_sampled && !t.serial_estimated);
	ck_assert_double_eq_tol(t.serial_half, 2.306 * 1000 * 0.02e9, 1e9);
	sample(20, 4e6, 1e4); /* 80 ms: what chance says is too little */
	t = timing_at(1);
	ck_assert_double_ge(t.serial_half, 0.03 * t.serial);
	ck_assert_double_le(t.serial_half, 0.04 * t.serial);
	sample(8, 1e3, 1); /* 8 µs */
	ck_assert_double_eq_tol(timing_at(1).serial_half, 0.15 * 1e6, 1);
	sample(1000, 1e6, 0); /* all of them */
	t = timing_at(1);
	ck_assert(!t.serial_sampled);
	ck_assert_double_eq(t.serial_half, 0);
}
END_TEST

START_TEST(measuring_is_said_only_while_it_happens)
{
	pool(10000, 2, 4, 1);
	ck_assert(timing_at(1.1).measuring);
	steady(1, 6, 7000);
	ck_assert(!timing_at(6).measuring);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 3, "key +" } }, 6);
	ck_assert(timing_at(6.5).measuring);
	state(RUN_PAUSED, 6.6);
	ck_assert(!timing_at(7).measuring);
	state(RUN_SERIAL, 7);
	ck_assert(!timing_at(8).measuring);
	state(RUN_RUNNING, 9);
	ck_assert(timing_at(9).measuring);
	tick((struct tick_row){ .slot = 0 }, 0, 0, 9.1); /* the tail measures nothing */
	ck_assert(!timing_at(9.2).measuring);
}
END_TEST

/* A normal deviate. */
static double deviate(uint64_t *random)
{
	double u = (double)(next_random(random) >> 11) * 0x1p-53 + 0x1p-54;
	double v = (double)(next_random(random) >> 11) * 0x1p-53;

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

enum { LOOKS = 4 };
static const double look_at[LOOKS] = { 2, 5, 15, 30 }; /* s after the begin */
struct noise {
	double sd, seconds; /* of the rate, and how long it keeps */
};

/* A run of about 60 s whose rate wavers; how often the range of each look held the time it then really took. */
static void simulate(const struct noise *noise, uint64_t seed, unsigned held[LOOKS])
{
	double low[LOOKS], high[LOOKS], keep = exp(-0.1 / noise->seconds), owed = 0, at = 0, rate;
	uint64_t random = seed, left = 60000;
	double level = noise->sd * deviate(&random);

	fresh();
	pool(left, 2, 2, 0);
	for (unsigned step = 1, look = 0; left; step++) {
		uint64_t n;

		at = step * 0.1;
		level = level * keep + noise->sd * sqrt(1 - keep * keep) * deviate(&random);
		rate = 1000 * fmax(1 + level, 0.1);
		owed += rate * 0.1;
		n = owed < (double)left ? (uint64_t)owed : left;
		owed -= (double)n;
		left -= n;
		if (n)
			done(0, n, 0, at);
		tick((struct tick_row){ .slot = 0 }, left, 0, at);
		if (look < LOOKS && at >= look_at[look] - 0.01) {
			struct timing t = timing_at(at);

			ck_assert_double_le(t.left_low, t.left);
			ck_assert_double_le(t.left, t.left_high);
			low[look] = at + t.left_low / S;
			high[look++] = at + t.left_high / S;
		}
	}
	for (unsigned i = 0; i < LOOKS; i++)
		held[i] += low[i] <= at && at <= high[i];
	done_with();
}

START_TEST(the_range_holds_the_truth_in_four_of_five_cases)
{
	static const struct noise noises[] = { { 0.10, 10 }, { 0.15, 5 }, { 0.20, 2 } };
	unsigned all = 0, runs = 100;

	for (unsigned k = 0; k < 3; k++) {
		unsigned held[LOOKS] = { 0 };

		for (unsigned seed = 0; seed < runs; seed++)
			simulate(&noises[k], 1000 * k + seed, held);
		for (unsigned i = 0; i < LOOKS; i++) {
			ck_assert_msg(held[i] >= runs * 55 / 100, "noise %u at %g s: %u of %u", k, look_at[i], held[i],
				runs);
			all += held[i];
		}
	}
	ck_assert_uint_ge(all, 12 * runs * 70 / 100);
	ck_assert_uint_le(all, 12 * runs * 95 / 100);
	fresh();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timing");
	TCase *t = tcase_create("timing");

	tcase_add_checked_fixture(t, fresh, done_with);
	tcase_add_test(t, everything_is_unknown_at_first);
	tcase_add_test(t, a_finished_run);
	tcase_add_test(t, a_stopped_run_compares_what_it_did);
	tcase_add_test(t, a_run_under_way);
	tcase_add_test(t, unknown_before_five_are_done);
	tcase_add_test(t, time_left_stands_still_while_paused);
	tcase_add_test(t, time_left_is_steady_over_a_change);
	tcase_add_test(t, the_ideal_follows_resizes);
	tcase_add_test(t, a_long_task_sets_the_end);
	tcase_add_test(t, remainders_by_age);
	tcase_add_test(t, progress_is_taken_at_its_word);
	tcase_add_test(t, draining_counts_what_still_ends);
	tcase_add_test(t, no_workers_no_end);
	tcase_add_test(t, the_numbers_of_the_picture);
	tcase_add_test(t, tried_rates);
	tcase_add_test(t, the_range_grows_with_unrest);
	tcase_add_test(t, no_workers_are_like_a_pause);
	tcase_add_test(t, nothing_done_gains_nothing);
	tcase_add_test(t, a_sample_is_no_measurement);
	tcase_add_test(t, measuring_is_said_only_while_it_happens);
	tcase_add_test(t, the_range_holds_the_truth_in_four_of_five_cases);
	suite_add_tcase(s, t);
	return tap_run(s);
}
