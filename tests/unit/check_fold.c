/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold: counts that add up whatever comes, and the times that follow from events. */
#include "model/fold.h"

#include <math.h>

#include "tests/screens/stream.h"
#include "unit/feed.h"

static void assert_adds_up(const struct snapshot *s)
{
	uint64_t ok = 0, failed = 0;

	ck_assert_uint_eq(s->waiting + s->held + s->done + s->failed + s->cancelled, s->run.tasks);
	ck_assert_uint_le(s->waiting, s->run.tasks);
	ck_assert_uint_le(s->held, s->run.tasks);
	ck_assert_uint_le(s->cancelled, s->run.tasks);
	ck_assert_uint_le(s->nslots, SLOTS_MAX);
	ck_assert_uint_le(s->last_result_at, s->now);
	ck_assert_uint_le(s->ntried, TRIED_MAX);
	ck_assert_uint_le(s->ncauses, CAUSES_MAX);
	ck_assert_uint_le(s->rate_series.n, SERIES_CELLS);
	ck_assert(s->others_held <= s->held);
	for (uint32_t i = 0; i < s->nslots; i++) {
		ok += s->slots[i].done;
		failed += s->slots[i].failed;
	}
	ck_assert_uint_eq(ok, s->done);
	ck_assert_uint_eq(failed, s->failed);
}

START_TEST(every_stream_adds_up_after_every_event)
{
	struct str packed = STR_INIT;
	struct reader r;
	struct event e;

	streams[_i].make(&packed);
	r = reader_of((struct slice){ packed.p, packed.n });
	while (r.left) {
		ck_assert_int_eq(event_unpack(&r, &e, NULL), 0);
		fold_apply(&snap, &e);
		assert_adds_up(&snap);
	}
	str_release(&packed);
}
END_TEST

/* The same events in any order, some twice, some with numbers changed. */
START_TEST(nonsense_adds_up_too)
{
	uint64_t random = (uint64_t)_i * 977 + 1;
	struct str packed = STR_INIT;
	struct event *events = NULL;
	size_t n = 0;
	struct reader r;

	streams[_i % 17].make(&packed);
	r = reader_of((struct slice){ packed.p, packed.n });
	while (r.left) {
		events = realloc(events, (n + 1) * sizeof *events);
		ck_assert_int_eq(event_unpack(&r, &events[n++], NULL), 0);
	}
	for (size_t i = 0; i < 2 * n; i++) {
		struct event e = events[i < 3 ? i : next_random(&random) % n];

		switch (next_random(&random) % 8) {
		case 0:
			e.at = next_random(&random) >> next_random(&random) % 64;
			break;
		case 1:
			if (e.type == EV_TICK)
				e.tick.waiting = next_random(&random) >> next_random(&random) % 64;
			if (e.type == EV_DONE)
				e.done.cancelled = next_random(&random) >> next_random(&random) % 64;
			if (e.type == EV_SLOT)
				e.slot.slot = (uint32_t)next_random(&random);
			break;
		case 2:
			if (e.type == EV_STATE)
				e.state.state = (uint8_t)next_random(&random);
			if (e.type == EV_SLOT)
				e.slot.state = (uint8_t)next_random(&random);
			if (next_random(&random) % 64 == 0)
				e = (struct event){ .type = EV_SIZED,
					.sized = { .tasks = next_random(&random) % 500000 } };
			break;
		default:
			break;
		}
		fold_apply(&snap, &e);
		assert_adds_up(&snap);
	}
	free(events);
	str_release(&packed);
}
END_TEST

START_TEST(the_picture_has_its_numbers)
{
	stream_snapshot(&snap, stream_four_workers);
	ck_assert_uint_eq(snap.done, 248320);
	ck_assert_uint_eq(snap.held, 1408);
	ck_assert_uint_eq(snap.waiting, 150272);
	ck_assert_uint_eq(snap.slots[0].done, 85632);
	ck_assert_uint_eq(snap.slots[3].done, 29280);
	ck_assert_uint_eq(snap.slots[3].pid, 48260);
	ck_assert_uint_eq(snap.slots[3].generation, 2);
	ck_assert_uint_eq(snap.slots[3].deaths, 1);
	ck_assert_str_eq(snap.slots[3].cause, "SIGKILL");
	ck_assert_uint_eq(snap.active, 4);
	ck_assert_uint_eq(snap.target, 4);
	ck_assert_int_eq(snap.state, RUN_RUNNING);
	ck_assert_uint_eq(snap.parallel_at, 2130000000);
	ck_assert_uint_eq(snap.ntried, 3);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(snap.tried[i].workers, 2 + i);
		ck_assert_double_eq_tol((double)snap.tried[i].done / (double)snap.tried[i].ns * 1e9, 18800, 100);
	}
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 18800, 150);
}
END_TEST

START_TEST(counts_are_clamped_not_believed)
{
	run_of(10, 1, 1);
	done(0, 7, 1, 1);
	done(0, 100, 100, 2);
	ck_assert_uint_eq(snap.done, 9);
	ck_assert_uint_eq(snap.failed, 1);
	ck_assert_uint_eq(snap.slots[0].done, 9);
	done(2000, 5, 0, 3); /* no such slot */
	ck_assert_uint_eq(snap.nslots, 1);
	apply((struct event){ .type = EV_SIZED, .sized = { .tasks = 3 } }, 4);
	ck_assert_uint_eq(snap.run.tasks, 10);
	assert_adds_up(&snap);
}
END_TEST

START_TEST(nothing_counts_before_the_run)
{
	done(0, 5, 0, 1);
	tick((struct tick_row){ .slot = 0 }, 50, 0, 1);
	assert_adds_up(&snap);
	ck_assert_uint_eq(snap.done, 0);
	run_of(10, 1, 1);
	run_of(99, 1, 1); /* only the first is believed */
	ck_assert_uint_eq(snap.waiting, 10);
}
END_TEST

START_TEST(sizing_before_the_pool_lets_all_wait)
{
	run_of(100, 2, 2);
	apply((struct event){ .type = EV_SIZED, .sized = { .tasks = 5000, .title = "5,000 × spin" } }, 0.1);
	ck_assert_uint_eq(snap.waiting, 5000);
	ck_assert_uint_eq(snap.held, 0);
	ck_assert_str_eq(snap.run.title, "5,000 × spin");
	ck_assert_str_eq(line(1), "sized to 5,000 tasks");
}
END_TEST

START_TEST(nobody_holds_anything_after_the_end)
{
	run_of(10, 1, 1);
	tick((struct tick_row){ .slot = 0 }, 4, 0, 1);
	ck_assert_uint_eq(snap.held, 6);
	done(0, 5, 0, 2);
	ck_assert_uint_eq(snap.held, 1);
	apply((struct event){ .type = EV_END, .end = { .state = RUN_STOPPED, .status = 4, .parallel_ns = 5 } }, 3);
	ck_assert_uint_eq(snap.waiting, 5);
	ck_assert_uint_eq(snap.held, 0);
	done(0, 5, 0, 4);
	tick((struct tick_row){ .slot = 0 }, 0, 0, 4);
	ck_assert_uint_eq(snap.done, 5);
	ck_assert_uint_eq(snap.waiting, 5);
	ck_assert_str_eq(line(1), "stopped: 5 tasks done in 5 ns, 5 not done");
}
END_TEST

START_TEST(the_end_is_a_claim)
{
	run_of(10, 1, 1);
	state(RUN_RUNNING, 1);
	done(0, 8, 0, 2);
	apply((struct event){ .type = EV_STATE, .state = { .state = RUN_FAILED, .reason = "10 starts failed" } }, 3);
	ck_assert_int_eq(snap.state, RUN_RUNNING);
	ck_assert_str_eq(snap.reason, "10 starts failed");
	done(0, 1, 1, 3);
	apply((struct event){ .type = EV_END, .end = { .state = RUN_FAILED, .status = 1, .parallel_ns = NS_PER_S } },
		3);
	ck_assert_int_eq(snap.state, RUN_FAILED);
	ck_assert_str_eq(snap.reason, "10 starts failed");
	ck_assert_uint_eq(snap.done, 9);
	ck_assert_str_eq(line(2), "failed: 10 starts failed");
	ck_assert_str_eq(line(3), "failed: 9 tasks done in 1.0 s, 1 failed");
}
END_TEST

START_TEST(the_pool_begins_after_the_serial_part)
{
	run_of(10, 2, 2);
	slot(0, 1, SLOT_STARTING, 0.5);
	state(RUN_SERIAL, 1);
	slot(0, 1, SLOT_IDLE, 1.5);
	ck_assert_uint_eq(snap.parallel_at, 0);
	state(RUN_RUNNING, 5);
	slot(1, 1, SLOT_STARTING, 6);
	slot(2, 1, SLOT_STARTING, 7);
	ck_assert_uint_eq(snap.parallel_at, 6 * NS_PER_S);
}
END_TEST

START_TEST(the_pool_begins_with_the_first_start_order)
{
	run_of(10, 2, 2);
	slot(0, 1, SLOT_STARTING, 0.5);
	slot(1, 1, SLOT_STARTING, 0.6);
	state(RUN_RUNNING, 2);
	ck_assert_uint_eq(snap.parallel_at, NS_PER_S / 2);
	ck_assert_double_eq_tol(snap.ideal_ns, 2 * 1.5e9, 1);
}
END_TEST

START_TEST(results_without_a_start_order_begin_the_pool)
{
	run_of(10, 2, 2);
	state(RUN_RUNNING, 3);
	done(0, 1, 0, 4);
	ck_assert_uint_eq(snap.parallel_at, 3 * NS_PER_S);
}
END_TEST

START_TEST(pauses_are_taken_out)
{
	run_of(100, 3, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	state(RUN_PAUSING, 3); /* tasks still run */
	state(RUN_PAUSED, 4);
	ck_assert_uint_eq(snap.paused_at, 4 * NS_PER_S);
	tick((struct tick_row){ .slot = 0 }, 50, 0, 6);
	ck_assert_double_eq_tol(snap.ideal_ns, 2 * 3e9, 1);
	state(RUN_RUNNING, 9);
	ck_assert_uint_eq(snap.paused_ns, 5 * NS_PER_S);
	ck_assert_uint_eq(snap.paused_at, 0);
	state(RUN_PAUSED, 10);
	state(RUN_DRAINING, 12);
	ck_assert_uint_eq(snap.paused_ns, 7 * NS_PER_S);
	apply((struct event){ .type = EV_END, .end = { .state = RUN_DONE } }, 13);
	ck_assert_double_eq_tol(snap.ideal_ns, 2 * 5e9, 1);
	ck_assert_str_eq(line(4), "going on after a pause of 5.0 s");
}
END_TEST

START_TEST(a_serial_baseline_in_the_middle_is_a_pause)
{
	run_of(100, 2, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	state(RUN_PAUSING, 2);
	state(RUN_PAUSED, 3);
	state(RUN_SERIAL, 4);
	state(RUN_RUNNING, 8);
	ck_assert_uint_eq(snap.parallel_at, NS_PER_S);
	ck_assert_uint_eq(snap.paused_ns, 5 * NS_PER_S);
	ck_assert_str_eq(line(4), "going on after a pause of 5.0 s");
}
END_TEST

START_TEST(the_ideal_is_weighted_over_resizes)
{
	run_of(100, 1, 4);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	apply((struct event){ .type = EV_TARGET, .target = { 1, 3, "key +" } }, 2); /* 1 × 1 s */
	apply((struct event){ .type = EV_TARGET, .target = { 3, 8, "key +" } }, 4); /* 3 × 2 s */
	apply((struct event){ .type = EV_CPUS, .cpus = { .usable = 2 } }, 5);       /* 4 × 1 s */
	state(RUN_DRAINING, 6);                                                     /* 2 × 1 s */
	ck_assert_double_eq_tol(snap.ideal_ns, 13e9, 1);
}
END_TEST

START_TEST(time_never_goes_back)
{
	run_of(100, 1, 1);
	state(RUN_RUNNING, 5);
	slot(0, 1, SLOT_STARTING, 5);
	done(0, 10, 0, 3);
	ck_assert_uint_eq(snap.now, 5 * NS_PER_S);
	apply((struct event){ .type = EV_NOTE, .note = { .text = "x" } }, 2);
	ck_assert_uint_eq(snapshot_log(&snap, snapshot_log_count(&snap) - 1)->at, 5 * NS_PER_S);
	struct event far = { .type = EV_NOTE, .at = UINT64_MAX };
	fold_apply(&snap, &far);
	ck_assert_uint_eq(snap.now, 5 * NS_PER_S);
}
END_TEST

START_TEST(a_change_takes_two_seconds_and_eight_results)
{
	run_of(100000, 2, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	steady(1, 11, 5000);
	ck_assert(!fold_settling(&snap, snap.now));
	ck_assert_uint_eq(snap.ntried, 1);
	ck_assert_double_eq_tol((double)snap.tried[0].done / (double)snap.tried[0].ns * 1e9, 100, 0.01);
	ck_assert_double_eq_tol((double)snap.tried[0].ns / 1e9, 8, 0.11);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 3, "key +" } }, 11);
	ck_assert(fold_settling(&snap, snap.now));
	ck_assert_double_eq_tol(snap.rate_before, 100, 2);
	ck_assert(isnan(rates_now(&snap.rates, snap.now)));
	done(0, 7, 0, 13.5);
	ck_assert(fold_settling(&snap, snap.now)); /* time enough, not results */
	done(0, 43, 0, 14.5);
	ck_assert(!fold_settling(&snap, snap.now));
	ck_assert_double_eq_tol(rates_now(&snap.rates, snap.now), 50 / 3.5, 0.01); /* nothing from before the change */
	ck_assert_uint_eq(snap.ntried, 1);
	done(0, 10, 0, 15.5);
	ck_assert_uint_eq(snap.ntried, 2);
	ck_assert_uint_eq(snap.tried[1].workers, 3);
	ck_assert_double_eq_tol((double)snap.tried[1].done / (double)snap.tried[1].ns * 1e9, 10, 0.01);
	apply((struct event){ .type = EV_CHUNK, .chunk = { "8", "key [" } }, 16); /* it is 8 already */
	ck_assert(!fold_settling(&snap, snap.now));
	apply((struct event){ .type = EV_CHUNK, .chunk = { "4", "key [" } }, 16);
	ck_assert(fold_settling(&snap, snap.now));
}
END_TEST

START_TEST(slow_tasks_settle_after_five_seconds)
{
	run_of(1000, 2, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	for (double t = 3; t < 8; t += 2)
		done(0, 1, 0, t);
	ck_assert_uint_eq(snap.ntried, 0);
	done(0, 1, 0, 9);
	ck_assert_uint_eq(snap.ntried, 1);
	ck_assert_double_eq_tol((double)snap.tried[0].done / (double)snap.tried[0].ns * 1e9, 0.5, 1e-6);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 3, "key +" } }, 10);
	ck_assert(fold_settling(&snap, 16 * NS_PER_S)); /* no result at all */
	done(0, 1, 0, 14.5);
	ck_assert(fold_settling(&snap, snap.now));
	ck_assert(!fold_settling(&snap, 15 * NS_PER_S));
}
END_TEST

START_TEST(nothing_settles_in_a_pause)
{
	run_of(100000, 2, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	steady(1, 6, 5000);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 3, "key +" } }, 6);
	ck_assert(fold_settling(&snap, snap.now));
	state(RUN_PAUSED, 7);
	ck_assert(!fold_settling(&snap, snap.now));
	state(RUN_SERIAL, 8);
	ck_assert(!fold_settling(&snap, snap.now));
	state(RUN_RUNNING, 20);
	ck_assert(fold_settling(&snap, snap.now));
	done(0, 100, 0, 21.9); /* the pause settled nothing */
	ck_assert(fold_settling(&snap, snap.now));
	ck_assert(!fold_settling(&snap, 22 * NS_PER_S));
	apply((struct event){ .type = EV_TARGET, .target = { 3, 0, "key" } }, 23);
	ck_assert(!fold_settling(&snap, snap.now)); /* nor has nobody a rate */
}
END_TEST

START_TEST(counts_passed_through_are_left_out)
{
	run_of(100000, 2, 8);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	steady(1, 6, 5000);
	apply((struct event){ .type = EV_TARGET, .target = { 2, 3, "key +" } }, 6);
	steady(6, 8.3, 5000); /* settled, but hardly seen */
	ck_assert_uint_eq(snap.ntried, 2);
	apply((struct event){ .type = EV_TARGET, .target = { 3, 4, "key +" } }, 8.3);
	apply((struct event){ .type = EV_TARGET, .target = { 4, 5, "key +" } }, 8.4);
	ck_assert_uint_eq(snap.ntried, 1);
	steady(8.4, 12, 5000);
	ck_assert_uint_eq(snap.ntried, 2);
	ck_assert_uint_eq(snap.tried[0].workers, 2);
	ck_assert_uint_eq(snap.tried[1].workers, 5);
}
END_TEST

static void done_waiting(uint64_t n, uint64_t waiting, double said)
{
	struct str rows = STR_INIT;
	struct done_row r = { .done = n };
	struct event e = { .type = EV_DONE, .at = (uint64_t)(said * 1e9) };

	done_row_pack(&rows, &r);
	e.done = (struct ev_done){ .waiting = waiting, .nrows = 1, .rows = { rows.p, rows.n } };
	fold_apply(&snap, &e);
	str_release(&rows);
}

START_TEST(what_waits_is_the_newest_word)
{
	run_of(1000, 2, 2);
	state(RUN_RUNNING, 0.5);
	slot(0, 1, SLOT_BUSY, 0.5);
	tick((struct tick_row){ .flags = TICK_HAS_LEASE, .held = 10, .lease_of = 10 }, 990, 0, 1);
	done_waiting(500, 490, 2); /* newer than the tick */
	ck_assert_uint_eq(snap.waiting, 490);
	ck_assert_uint_eq(snap.held, 10);
	tick((struct tick_row){ .flags = TICK_HAS_LEASE, .held = 10, .lease_of = 10 }, 90, 0, 4);
	done_waiting(300, 190, 3); /* its commit took longer than the tick */
	ck_assert_uint_eq(snap.waiting, 90);
	ck_assert_uint_eq(snap.held, 110); /* with the results that are not committed yet */
	ck_assert_uint_eq(snap.done, 800);
	assert_adds_up(&snap);
}
END_TEST

START_TEST(tried_rates_leave_pauses_and_the_tail_out)
{
	run_of(100000, 2, 2);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	steady(1, 6, 5000);
	state(RUN_PAUSED, 6);
	state(RUN_RUNNING, 16);
	steady(16, 20, 5000);
	steady(20, 30, 0); /* nothing waits any more */
	ck_assert_uint_eq(snap.ntried, 1);
	ck_assert_double_eq_tol((double)snap.tried[0].done / (double)snap.tried[0].ns * 1e9, 100, 0.01);
	ck_assert_double_eq_tol((double)snap.tried[0].ns / 1e9, 3 + 4, 0.35);
}
END_TEST

START_TEST(tried_counts_are_bounded_and_in_order)
{
	run_of(10000000, 1, 4);
	state(RUN_RUNNING, 1);
	slot(0, 1, SLOT_STARTING, 1);
	for (uint32_t w = 40; w >= 2; w--) {
		double t = 5 + (40 - w) * 10;

		apply((struct event){ .type = EV_TARGET, .target = { 0, w, "" } }, t);
		steady(t, t + (w == 20 ? 2.5 : 5), 5000);
	}
	ck_assert_uint_eq(snap.ntried, TRIED_MAX);
	for (uint32_t i = 0; i < TRIED_MAX; i++) {
		ck_assert_uint_ne(snap.tried[i].workers, 20); /* looked at least */
		if (i)
			ck_assert_uint_lt(snap.tried[i - 1].workers, snap.tried[i].workers);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fold");
	TCase *t = tcase_create("fold");
	int n = 0;

	while (streams[n].name)
		n++;
	tcase_add_checked_fixture(t, fresh, done_with);
	tcase_add_loop_test(t, every_stream_adds_up_after_every_event, 0, n);
	tcase_add_loop_test(t, nonsense_adds_up_too, 0, 2 * n);
	tcase_add_test(t, the_picture_has_its_numbers);
	tcase_add_test(t, counts_are_clamped_not_believed);
	tcase_add_test(t, nothing_counts_before_the_run);
	tcase_add_test(t, sizing_before_the_pool_lets_all_wait);
	tcase_add_test(t, nobody_holds_anything_after_the_end);
	tcase_add_test(t, the_end_is_a_claim);
	tcase_add_test(t, the_pool_begins_after_the_serial_part);
	tcase_add_test(t, the_pool_begins_with_the_first_start_order);
	tcase_add_test(t, results_without_a_start_order_begin_the_pool);
	tcase_add_test(t, pauses_are_taken_out);
	tcase_add_test(t, a_serial_baseline_in_the_middle_is_a_pause);
	tcase_add_test(t, the_ideal_is_weighted_over_resizes);
	tcase_add_test(t, time_never_goes_back);
	tcase_add_test(t, a_change_takes_two_seconds_and_eight_results);
	tcase_add_test(t, slow_tasks_settle_after_five_seconds);
	tcase_add_test(t, nothing_settles_in_a_pause);
	tcase_add_test(t, counts_passed_through_are_left_out);
	tcase_add_test(t, what_waits_is_the_newest_word);
	tcase_add_test(t, tried_rates_leave_pauses_and_the_tail_out);
	tcase_add_test(t, tried_counts_are_bounded_and_in_order);
	suite_add_tcase(s, t);
	return tap_run(s);
}
