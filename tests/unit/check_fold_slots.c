/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold: slots and their bars, causes of failure, lines of the log. */
#include "model/fold.h"

#include <stdio.h>

#include "tests/screens/stream.h"
#include "unit/feed.h"

static struct tick_row busy(uint32_t lease_of, uint32_t leases, uint32_t age)
{
	return (struct tick_row){ .flags = TICK_HAS_TASK | TICK_HAS_LEASE,
		.task = leases,
		.lease_of = lease_of,
		.leases = leases,
		.age_ms = age };
}

START_TEST(bars_by_what_is_known)
{
	struct tick_row r;

	run_of(1000, 4, 4);
	for (uint32_t i = 0; i < 4; i++)
		slot(i, 1, SLOT_BUSY, 1);
	tick(busy(1, 0, 100), 500, 0, 1.1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_NONE); /* nothing is known yet */
	tick(busy(1, 0, 1200), 500, 0, 2.2);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	r = busy(8, 0, 10);
	r.slot = 1;
	tick(r, 500, 0.5e9, 2.3); /* 8 tasks of 0.5 s */
	ck_assert_int_eq(snap.slots[1].bar, BAR_LEASE);
	r = busy(1, 0, 10);
	r.slot = 2;
	r.flags |= TICK_HAS_PROGRESS;
	tick(r, 500, 3e9, 2.4);
	ck_assert_int_eq(snap.slots[2].bar, BAR_PROGRESS);
	r = busy(512, 0, 0);
	r.slot = 3;
	r.flags = TICK_HAS_LEASE; /* short tasks are not announced */
	tick(r, 500, 1e5, 2.5);
	ck_assert_int_eq(snap.slots[3].bar, BAR_SECOND);
	r.lease_of = 20000; /* a lease of two seconds */
	tick(r, 500, 1e5, 8);
	ck_assert_int_eq(snap.slots[3].bar, BAR_LEASE);
}
END_TEST

START_TEST(a_kind_of_bar_is_kept_five_seconds)
{
	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	tick(busy(1, 0, 10), 500, 1e6, 1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_SECOND);
	tick(busy(1, 1, 900), 500, 3e9, 5.9);
	ck_assert_int_eq(snap.slots[0].bar, BAR_SECOND);
	tick(busy(1, 1, 990), 500, 3e9, 6);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	tick(busy(1, 2, 10), 500, 1e6, 10.9);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	slot(0, 1, SLOT_IDLE, 6.1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	tick((struct tick_row){ .slot = 0 }, 500, 1e6, 15); /* a pause says nothing about the tasks */
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	slot(0, 1, SLOT_EMPTY, 16); /* nobody there: at once */
	ck_assert_int_eq(snap.slots[0].bar, BAR_NONE);
}
END_TEST

/* The first tasks were short: what is seen of the present lease counts more. */
START_TEST(a_long_lease_ends_the_last_second_at_once)
{
	struct tick_row r = busy(16, 0, 100);

	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	tick(r, 500, 1e6, 1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_SECOND);
	r.lease_done = 2;
	r.task = 2;
	tick(r, 500, 1e6, 1.9);
	ck_assert_int_eq(snap.slots[0].bar, BAR_SECOND);
	tick(r, 500, 1e6, 2);
	ck_assert_int_eq(snap.slots[0].bar, BAR_LEASE);
	r.leases = 1;
	tick(r, 500, 1e6, 3); /* short ones again: calm */
	ck_assert_int_eq(snap.slots[0].bar, BAR_LEASE);
}
END_TEST

/* Its leases all have the number 0: that none is counted does not make them old. */
START_TEST(the_serial_baseline_has_no_long_lease)
{
	run_of(100000, 1, 1);
	state(RUN_SERIAL, 0.5);
	slot(0, 1, SLOT_BUSY, 1);
	for (unsigned i = 0; i < 40; i++) {
		struct tick_row r = busy(i % 2 ? 256 : 1, 0, 0);

		r.task = 256 * i;
		r.lease_done = i % 4 ? 10 : 0;
		if (i > 20)
			r.lease_of = 256;
		tick(r, 5000, 1e5, 1 + i * 0.1);
		ck_assert_int_eq(snap.slots[0].bar, BAR_SECOND);
		ck_assert_uint_eq(snap.slots[0].tick.lease_done, r.lease_done > r.lease_of ? r.lease_of : r.lease_done);
	}
}
END_TEST

/* 16 tasks of 35 to 500 ms in one lease: their own progress would flicker. */
START_TEST(tasks_over_in_a_blink_show_their_lease)
{
	for (unsigned ms = 35; ms <= 500; ms += 155) {
		struct tick_row r = busy(64, 0, ms / 2);

		run_of(1000, 1, 1);
		slot(0, 1, SLOT_BUSY, 1);
		r.flags |= TICK_HAS_PROGRESS;
		r.progress = 500;
		tick(r, 500, ms * 1e6, 1.1);
		ck_assert_int_eq(snap.slots[0].bar, BAR_LEASE);
		r.task = 7;
		r.age_ms = 3000; /* one that lasts shows its own */
		tick(r, 500, ms * 1e6, 7);
		ck_assert_int_eq(snap.slots[0].bar, BAR_PROGRESS);
		done_with();
		fresh();
	}
}
END_TEST

/* Asleep on purpose is not "nothing to do". */
START_TEST(work_that_waits_has_no_last_second)
{
	struct tick_row r = busy(1, 0, 10);

	run_of(1000, 2, 2);
	snap.run.waits = true;
	slot(0, 1, SLOT_BUSY, 1);
	slot(1, 1, SLOT_BUSY, 1);
	tick(r, 500, 20e6, 1.1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
	r = busy(4, 0, 10);
	r.slot = 1;
	tick(r, 500, 20e6, 1.1);
	ck_assert_int_eq(snap.slots[1].bar, BAR_LEASE);
}
END_TEST

/* A kept kind never draws what the present row does not say. */
START_TEST(a_bar_needs_its_row)
{
	struct tick_row r = busy(8, 0, 10);

	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	tick(r, 500, 0.5e9, 1.1);
	ck_assert_int_eq(snap.slots[0].bar, BAR_LEASE);
	r.flags = TICK_HAS_TASK;
	r.lease_of = 0;
	tick(r, 500, 2e9, 1.3);
	ck_assert_int_eq(snap.slots[0].bar, BAR_AGE);
}
END_TEST

START_TEST(bars_never_go_back_within_a_task)
{
	struct tick_row r = { .flags = TICK_HAS_TASK | TICK_HAS_PROGRESS | TICK_HAS_LEASE,
		.task = 7,
		.progress = 620,
		.age_ms = 900,
		.lease_done = 3,
		.lease_of = 8,
		.leases = 5 };

	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	tick(r, 500, 0, 1);
	r.progress = 600;
	r.age_ms = 800;
	r.lease_done = 2;
	tick(r, 500, 0, 2);
	ck_assert_uint_eq(snap.slots[0].tick.progress, 620);
	ck_assert_uint_eq(snap.slots[0].tick.age_ms, 900);
	ck_assert_uint_eq(snap.slots[0].tick.lease_done, 3);
	r.task = 8;
	r.leases = 6;
	tick(r, 500, 0, 3);
	ck_assert_uint_eq(snap.slots[0].tick.progress, 600);
	ck_assert_uint_eq(snap.slots[0].tick.lease_done, 2);
	r.progress = 5000;
	r.lease_done = 99;
	tick(r, 500, 0, 4);
	ck_assert_uint_eq(snap.slots[0].tick.progress, 1000);
	ck_assert_uint_eq(snap.slots[0].tick.lease_done, 8);
}
END_TEST

START_TEST(idle_slots_hold_nothing)
{
	struct tick_row r = busy(8, 3, 100);

	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	r.held = 8;
	r.rss_kib = 400;
	tick(r, 500, 0, 1);
	slot(0, 1, SLOT_IDLE, 2);
	ck_assert_uint_eq(snap.slots[0].tick.flags, 0);
	ck_assert_uint_eq(snap.slots[0].tick.held, 0);
	ck_assert_uint_eq(snap.slots[0].tick.rss_kib, 400); /* the process is there */
	slot(0, 1, SLOT_LOST, 3);
	ck_assert_uint_eq(snap.slots[0].tick.rss_kib, 0);
	tick(r, 500, 0, 4); /* a tick that was under way */
	ck_assert_uint_eq(snap.slots[0].tick.rss_kib, 0);
}
END_TEST

START_TEST(old_generations_are_not_believed)
{
	run_of(1000, 1, 1);
	slot(0, 2, SLOT_BUSY, 1);
	slot(0, 1, SLOT_EMPTY, 2);
	ck_assert_int_eq(snap.slots[0].state, SLOT_BUSY);
	apply((struct event){ .type = EV_DEATH, .death = { .slot = 0, .generation = 1, .pid = 9, .cause = "late" } },
		3);
	ck_assert_int_eq(snap.slots[0].state, SLOT_BUSY);
	ck_assert_uint_eq(snap.slots[0].deaths, 1);
	slot(5000, 1, SLOT_BUSY, 4);
	ck_assert_uint_eq(snap.nslots, 1);
}
END_TEST

START_TEST(leases_a_second)
{
	run_of(1000, 1, 1);
	slot(0, 1, SLOT_BUSY, 1);
	for (uint32_t i = 0; i <= 80; i++)
		tick(busy(512, UINT32_MAX - 30 + i, 0), 500, 1e5, 1 + i * 0.1); /* the count wraps on its way */
	ck_assert_double_eq_tol(snap.slots[0].leases_per_s, 10, 0.3);
	tick(busy(512, 3, 0), 500, 1e5, 9.1); /* counted anew */
	ck_assert_double_eq(snap.slots[0].leases_per_s, 0);
}
END_TEST

static void failed(uint64_t count, const char *cause, double at)
{
	struct event e = { .type = EV_FAIL, .fail = { .count = count, .task = 88, .slot = 3 } };

	snprintf(e.fail.cause, sizeof e.fail.cause, "%s", cause);
	apply(e, at);
}

START_TEST(causes_are_grouped_and_bounded)
{
	run_of(1000, 1, 1);
	failed(1, "exit 1", 1);
	failed(2, "SIGKILL", 2);
	failed(3, "exit 1", 3);
	ck_assert_uint_eq(snap.ncauses, 2);
	ck_assert_str_eq(snap.causes[0].text, "exit 1");
	ck_assert_uint_eq(snap.causes[0].count, 4);
	for (int i = 0; i < 40; i++) {
		char cause[32];

		snprintf(cause, sizeof cause, "cause %d", i);
		failed(1, cause, 4);
	}
	ck_assert_uint_eq(snap.ncauses, CAUSES_MAX);
	ck_assert_str_eq(snap.causes[CAUSES_MAX - 1].text, "other causes");
	ck_assert_uint_eq(snap.causes[CAUSES_MAX - 1].count, 40 - (CAUSES_MAX - 3));
	failed(50, "cause 7", 5);
	ck_assert_str_eq(snap.causes[0].text, "cause 7");
	ck_assert_str_eq(snap.causes[1].text, "exit 1");
}
END_TEST

START_TEST(the_log_of_the_picture)
{
	static const char *const lines[] = {
		"run 20261121-1402-k7 of integral-average: 400,000 tasks, seed 507",
		"serial baseline started: 400,000 tasks in one process",
		"serial baseline done: 40.1 s, from 21,240 of the tasks",
		"parallel part started: 2 workers, chunk 512, spawn",
		"workers 2 → 3 by key +",
		"workers 3 → 4 by key +",
		"worker 4, PID 48214, died: SIGKILL. 437 unfinished tasks given back.",
		"worker 4 started again, PID 48260, ready after 800 µs",
		"done: 400,000 tasks done in 21.3 s",
	};
	static const uint8_t levels[] = { 0, 0, 3, 0, 0, 0, 2, 0, 0 };

	stream_snapshot(&snap, stream_done);
	ck_assert_uint_eq(snapshot_log_count(&snap), 9);
	for (unsigned i = 0; i < 9; i++) {
		ck_assert_str_eq(line(i), lines[i]);
		ck_assert_uint_eq(snapshot_log(&snap, i)->level, levels[i]);
	}
	ck_assert_int_eq(snapshot_log(&snap, 6)->slot, 3);
	ck_assert_int_eq(snapshot_log(&snap, 6)->type, EV_DEATH);
	ck_assert_int_eq(snapshot_log(&snap, 5)->slot, -1);
	ck_assert_ptr_null(snapshot_log(&snap, 9));
}
END_TEST

START_TEST(the_log_keeps_the_last_lines)
{
	struct event e = { .type = EV_NOTE };

	for (unsigned i = 0; i < LOG_MAX + 123; i++) {
		snprintf(e.note.text, sizeof e.note.text, "note %u", i);
		apply(e, i);
	}
	ck_assert_uint_eq(snapshot_log_count(&snap), LOG_MAX);
	ck_assert_str_eq(line(0), "note 123");
	ck_assert_str_eq(line(LOG_MAX - 1), "note 2122");
}
END_TEST

START_TEST(a_broken_batch_says_so_and_keeps_what_came_before)
{
	struct str packed = STR_INIT;
	struct err err = { "" };

	stream_starting(&packed);
	str_adds(&packed, "\x01 and then nothing");
	ck_assert_int_eq(fold_apply_packed(&snap, (struct slice){ packed.p, packed.n }, &err), -1);
	ck_assert(err.msg[0]);
	ck_assert_uint_eq(snap.run.tasks, 400000);
	str_release(&packed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fold_slots");
	TCase *t = tcase_create("fold_slots");

	tcase_add_checked_fixture(t, fresh, done_with);
	tcase_add_test(t, bars_by_what_is_known);
	tcase_add_test(t, a_kind_of_bar_is_kept_five_seconds);
	tcase_add_test(t, a_long_lease_ends_the_last_second_at_once);
	tcase_add_test(t, the_serial_baseline_has_no_long_lease);
	tcase_add_test(t, tasks_over_in_a_blink_show_their_lease);
	tcase_add_test(t, work_that_waits_has_no_last_second);
	tcase_add_test(t, a_bar_needs_its_row);
	tcase_add_test(t, bars_never_go_back_within_a_task);
	tcase_add_test(t, idle_slots_hold_nothing);
	tcase_add_test(t, old_generations_are_not_believed);
	tcase_add_test(t, leases_a_second);
	tcase_add_test(t, causes_are_grouped_and_bounded);
	tcase_add_test(t, the_log_of_the_picture);
	tcase_add_test(t, the_log_keeps_the_last_lines);
	tcase_add_test(t, a_broken_batch_says_so_and_keeps_what_came_before);
	suite_add_tcase(s, t);
	return tap_run(s);
}
