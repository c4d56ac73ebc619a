/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what a client that does not read gets later: the sum of all DONE events, and nothing twice. */
#include "base/die.h"
#include "engine/late.h"

#include "tap.h"

/* Adds one DONE of `done` tasks by `slot`. */
static void add(struct late *l, uint16_t slot, uint64_t done, uint64_t number)
{
	struct str rows = STR_INIT;
	struct done_row r = { .slot = slot, .done = done, .failed = done / 10, .busy_ns = done * 7 };
	done_row_pack(&rows, &r);
	struct event ev = { .type = EV_DONE,
		.at = number * 1000,
		.done = { .n = number, .mean = (double)number, .nrows = 1, .rows = { rows.p, rows.n } } };
	late_add(l, &ev);
	str_release(&rows);
}

START_TEST(sums_what_was_missed_and_keeps_the_newest_totals)
{
	struct late l = { 0 };
	struct str out = STR_INIT;
	struct event ev;
	struct err err = { "" };
	for (uint64_t i = 1; i <= 1000; i++)
		add(&l, (uint16_t)(i % 3), 20, i);
	late_take(&l, &out);
	struct reader r = reader_of((struct slice){ out.p, out.n });
	ck_assert_int_eq(event_unpack(&r, &ev, &err), 0);
	ck_assert_uint_eq(r.left, 0);
	ck_assert_int_eq(ev.type, EV_DONE);
	ck_assert_uint_eq(ev.at, 1000000);
	ck_assert_uint_eq(ev.done.n, 1000);
	ck_assert_uint_eq(ev.done.nrows, 3);
	uint64_t done = 0, failed = 0, busy = 0;
	for (uint32_t i = 0; i < 3; i++) {
		struct done_row row = done_row_at(ev.done.rows, i);
		ck_assert_uint_eq(row.slot, i);
		done += row.done;
		failed += row.failed;
		busy += row.busy_ns;
	}
	ck_assert_uint_eq(done, 20000);
	ck_assert_uint_eq(failed, 2000);
	ck_assert_uint_eq(busy, 140000);
	str_release(&out);
}
END_TEST

START_TEST(is_empty_after_it_was_taken)
{
	struct late l = { 0 };
	struct str out = STR_INIT;
	late_take(&l, &out);
	ck_assert_uint_eq(out.n, 0);
	add(&l, 1023, 5, 1);
	late_take(&l, &out);
	size_t n = out.n;
	ck_assert_uint_gt(n, 0);
	ck_assert(!l.any);
	late_take(&l, &out);
	ck_assert_uint_eq(out.n, n);
	str_release(&out);
	late_release(&l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("late");
	TCase *t = tcase_create("clients that do not read");
	tcase_add_test(t, sums_what_was_missed_and_keeps_the_newest_totals);
	tcase_add_test(t, is_empty_after_it_was_taken);
	suite_add_tcase(s, t);
	return tap_run(s);
}
