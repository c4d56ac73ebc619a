/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each finding once provoked and once not, its words and its room, and when it comes and goes. */
#include "model/finding.h"

#include <stdio.h>

#include "base/text.h"
#include "tests/screens/stream.h"
#include "unit/feed.h"

static struct findings found;

static void begin(void)
{
	fresh();
	findings_init(&found);
}

/* Looks at `seconds`, as a client does after each event. */
static const struct finding *look(double seconds)
{
	uint64_t now = (uint64_t)(seconds * 1e9);
	struct timing t;

	timing_of(&snap, now, &t);
	findings_update(&found, &snap, &t, now);
	for (uint32_t i = 0; i < found.n; i++) {
		const struct finding *f = &found.rows[i];

		ck_assert_int_le(text_cells(f->text), 76);
		ck_assert_int_le(text_cells(f->brief), 36);
		if (f->holds)
			ck_assert(f->text[0] && f->brief[0] && f->evidence[0] && f->cost >= 0);
	}
	return findings_best(&found, now);
}

/* Looks now and 2.1 s later: time enough to appear. */
static const struct finding *look_twice(double seconds)
{
	look(seconds);
	return look(seconds + 2.1);
}

static void assert_says(const struct finding *f, const char *name, const char *text)
{
	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->name, name);
	ck_assert_str_eq(f->text, text);
}

/* n busy workers with that per mille of their time ready but without a CPU. */
static void samples(uint32_t n, uint16_t wait, double at)
{
	for (uint32_t i = 0; i < n; i++)
		tick((struct tick_row){ .slot = (uint16_t)i, .cpu = (uint16_t)(1000 - wait), .wait = wait }, 5000, 0,
			at);
}

static void pool(uint32_t workers, uint32_t cpus)
{
	run_of(1000000, workers, cpus);
	state(RUN_RUNNING, 0);
	for (uint32_t i = 0; i < workers; i++) {
		slot(i, 1, SLOT_STARTING, 0);
		slot(i, 1, SLOT_BUSY, 0);
	}
}

START_TEST(too_many_workers)
{
	const struct finding *f;

	pool(4, 2);
	samples(4, 500, 1);
	f = look_twice(1);
	assert_says(f, "too-many-workers", "4 workers share 2 CPUs: each waits half of its time. Press − twice.");
	ck_assert_str_eq(f->brief, "4 workers, 2 CPUs: press − twice");
	ck_assert_double_eq_tol(f->cost, 0.5, 1e-9);
}
END_TEST

START_TEST(the_words_fit_the_numbers)
{
	static const struct {
		uint32_t workers, cpus;
		uint16_t wait;
		const char *text;
	} cases[] = {
		{ 3, 2, 333, "3 workers share 2 CPUs: each waits a third of its time. Press −." },
		{ 4, 3, 250, "4 workers share 3 CPUs: each waits a quarter of its time. Press −." },
		{ 5, 2, 600, "5 workers share 2 CPUs: each waits 60 % of its time. Press − 3 times." },
		{ 40, 1, 975, "40 workers share 1 CPU: each waits 98 % of its time. Press w, 1." },
	};

	for (unsigned i = 0; i < 4; i++) {
		pool(cases[i].workers, cases[i].cpus);
		samples(cases[i].workers, cases[i].wait, 1);
		assert_says(look_twice(1), "too-many-workers", cases[i].text);
		done_with();
		begin();
	}
}
END_TEST

START_TEST(enough_cpus_say_nothing)
{
	pool(4, 4);
	samples(4, 500, 1); /* somebody else's load: fewer workers would not help */
	ck_assert_ptr_null(look_twice(1));
}
END_TEST

START_TEST(workers_that_wait_for_something_else_say_nothing)
{
	pool(4, 2);
	samples(4, 100, 1);
	ck_assert_ptr_null(look_twice(1));
}
END_TEST

START_TEST(workers_that_sleep_say_nothing)
{
	pool(4, 2);
	for (uint16_t i = 0; i < 4; i++) /* next to no CPU time, and of that nearly all waited for */
		tick((struct tick_row){ .slot = i, .cpu = 0, .wait = 20 }, 5000, 0, 1);
	ck_assert_ptr_null(look_twice(1));
}
END_TEST

START_TEST(work_that_waits_may_have_more_workers_than_cpus)
{
	pool(4, 2);
	snap.run.waits = true;
	samples(4, 500, 1);
	ck_assert_ptr_null(look_twice(1));
}
END_TEST

/* As the rows have it: of the whole second, not of what is left when sleep is taken out. */
START_TEST(the_share_is_that_of_the_column)
{
	pool(4, 2);
	for (uint16_t i = 0; i < 4; i++)
		tick((struct tick_row){ .slot = i, .cpu = 200, .wait = 400 }, 5000, 0, 1);
	assert_says(look_twice(1), "too-many-workers",
		"4 workers share 2 CPUs: each waits 40 % of its time. Press − twice.");
}
END_TEST

START_TEST(old_samples_say_nothing)
{
	pool(4, 2);
	samples(4, 500, 1);
	ck_assert_ptr_null(look_twice(5));
}
END_TEST

START_TEST(nothing_right_after_a_change)
{
	pool(4, 2);
	samples(4, 500, 1);
	apply((struct event){ .type = EV_TARGET, .target = { 4, 3, "key −" } }, 1.1);
	ck_assert_ptr_null(look_twice(1.1));
}
END_TEST

static void visit(uint32_t workers, unsigned per_tenth, double from, double to)
{
	apply((struct event){ .type = EV_TARGET, .target = { 0, workers, "key +" } }, from);
	for (double t = from + 0.1; t < to + 0.05; t += 0.1) {
		done(0, per_tenth, 0, t);
		tick((struct tick_row){ .slot = 0 }, 5000, 0, t);
	}
}

START_TEST(a_worker_that_gained_nothing)
{
	const struct finding *f;

	pool(1, 4);
	visit(3, 1880, 1, 8);
	visit(4, 1880, 8, 15);
	f = look_twice(15);
	assert_says(f, "gained-nothing", "3 → 4 workers gained nothing: 18.8 k/s both times. Press − to go back.");
	ck_assert_double_eq_tol(f->cost, 0.25, 0.01);
}
END_TEST

START_TEST(different_rates_are_both_said)
{
	pool(1, 8);
	visit(2, 1880, 1, 8);
	visit(4, 1810, 8, 15);
	assert_says(look_twice(15), "gained-nothing",
		"2 → 4 workers gained nothing: 18.8 k/s, then 18.1 k/s. Press − twice.");
}
END_TEST

START_TEST(a_worker_that_gained_something)
{
	pool(1, 4);
	visit(3, 1500, 1, 8);
	visit(4, 1700, 8, 15);
	ck_assert_ptr_null(look_twice(15));
}
END_TEST

START_TEST(few_results_prove_no_lack_of_gain)
{
	pool(1, 4);
	visit(3, 1, 1, 5);
	visit(4, 1, 5, 9);
	ck_assert_ptr_null(look_twice(9));
}
END_TEST

START_TEST(too_short_to_watch)
{
	const struct finding *f;

	stream_snapshot(&snap, stream_short);
	f = look(0.02); /* at once: nothing will change any more */
	assert_says(f, "too-short", "Done in 11.0 ms, too short to watch. Press * for ten times the work.");
	ck_assert_str_eq(f->brief, "Done in 11.0 ms: * for ten times");
}
END_TEST

START_TEST(long_enough_to_watch)
{
	stream_snapshot(&snap, stream_done);
	ck_assert_ptr_null(look_twice(24));
	done_with();
	begin();
	stream_snapshot(&snap, stream_stopped);
	ck_assert_ptr_null(look_twice(24));
}
END_TEST

static void die_at(uint32_t no, uint32_t generation, const char *cause, double at)
{
	struct event e = { .type = EV_DEATH, .death = { .slot = no, .generation = generation, .pid = 9 } };

	snprintf(e.death.cause, sizeof e.death.cause, "%s", cause);
	apply(e, at);
}

START_TEST(a_worker_that_keeps_dying)
{
	pool(4, 4);
	die_at(3, 1, "SIGSEGV", 1);
	die_at(3, 2, "SIGSEGV", 20);
	ck_assert_ptr_null(look_twice(20));
	die_at(3, 3, "SIGSEGV", 40);
	assert_says(look_twice(40), "keeps-dying", "Worker 4 died 3 times in a minute (SIGSEGV). Press 7 for the log.");
	ck_assert_ptr_null(look(62)); /* the first one is more than a minute ago */
}
END_TEST

START_TEST(deaths_far_apart_say_nothing)
{
	pool(4, 4);
	for (uint32_t i = 0; i < 10; i++)
		die_at(3, i + 1, "SIGSEGV", 1 + i * 31);
	for (uint32_t i = 0; i < 3; i++)
		die_at(i, 1, "SIGSEGV", 281 + i); /* three workers, once each */
	ck_assert_ptr_null(look_twice(285));
}
END_TEST

static void failed(uint64_t count, const char *cause, double at)
{
	struct event e = { .type = EV_FAIL, .fail = { .count = count, .task = 88, .slot = 3 } };

	snprintf(e.fail.cause, sizeof e.fail.cause, "%s", cause);
	done(0, 0, count, at);
	apply(e, at);
}

START_TEST(failures_alike)
{
	pool(2, 2);
	done(0, 100, 0, 1);
	failed(3, "exit 1: not a TIFF file", 2);
	assert_says(look_twice(2), "same-failure", "3 tasks failed, all with: exit 1: not a TIFF file. Press 7.");
	failed(4, "timeout after 30 s", 5);
	assert_says(look(5), "same-failure", "7 tasks failed, 4 with: timeout after 30 s. Press 7.");
}
END_TEST

START_TEST(one_failure_says_nothing)
{
	pool(2, 2);
	failed(1, "exit 1", 2);
	failed(1, "exit 2", 3);
	ck_assert_ptr_null(look_twice(3));
}
END_TEST

START_TEST(text_from_outside_does_no_harm)
{
	stream_snapshot(&snap, stream_hostile);
	const struct finding *f = look_twice(2);

	ck_assert_ptr_nonnull(f);
	for (const char *p = f->text; *p; p++)
		ck_assert_int_ge((unsigned char)*p, 0x20);
	for (const char *p = f->evidence; *p; p++)
		ck_assert_int_ge((unsigned char)*p, 0x20);
	ck_assert_ptr_nonnull(strstr(f->text, ". Press 7."));
}
END_TEST

START_TEST(holds_two_seconds_stays_five)
{
	pool(4, 2);
	samples(4, 500, 10);
	ck_assert_ptr_null(look(10));
	samples(4, 500, 11.9);
	ck_assert_ptr_null(look(11.9));
	samples(4, 500, 12);
	ck_assert_ptr_nonnull(look(12));
	ck_assert_uint_eq(found.rows[0].since, 10 * NS_PER_S);
	samples(4, 0, 12.5); /* its cause is gone */
	ck_assert_ptr_nonnull(look(12.5));
	ck_assert_ptr_nonnull(look(16.9));
	ck_assert_ptr_null(look(17));
	samples(4, 500, 18);
	ck_assert_ptr_null(look(18)); /* from the beginning again */
}
END_TEST

START_TEST(a_short_spell_is_not_worth_a_word)
{
	pool(4, 2);
	samples(4, 500, 10);
	look(10);
	samples(4, 0, 11);
	look(11);
	samples(4, 500, 11.5);
	look(11.5);
	samples(4, 500, 12.5);
	ck_assert_ptr_null(look(12.5));
}
END_TEST

START_TEST(the_costliest_shows)
{
	pool(4, 2);
	done(0, 100, 0, 1);
	failed(3, "exit 1", 1);
	samples(4, 500, 1);
	ck_assert_str_eq(look_twice(1)->name, "too-many-workers");
	failed(900, "exit 1", 3);
	ck_assert_str_eq(look(3.2)->name, "same-failure");
}
END_TEST

START_TEST(the_end_takes_away_what_no_key_helps)
{
	pool(4, 2);
	samples(4, 500, 3);
	ck_assert_ptr_nonnull(look_twice(3));
	apply((struct event){ .type = EV_END, .end = { .state = RUN_DONE, .parallel_ns = 5 * NS_PER_S } }, 5.2);
	ck_assert_ptr_null(look(5.2));
}
END_TEST

START_TEST(the_picture_says_what_it_says)
{
	stream_snapshot(&snap, stream_four_workers);
	assert_says(look_twice((double)snap.now / 1e9), "too-many-workers",
		"4 workers share 2 CPUs: each waits half of its time. Press − twice.");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("finding");
	TCase *t = tcase_create("finding");

	tcase_add_checked_fixture(t, begin, done_with);
	tcase_add_test(t, too_many_workers);
	tcase_add_test(t, the_words_fit_the_numbers);
	tcase_add_test(t, enough_cpus_say_nothing);
	tcase_add_test(t, workers_that_wait_for_something_else_say_nothing);
	tcase_add_test(t, workers_that_sleep_say_nothing);
	tcase_add_test(t, work_that_waits_may_have_more_workers_than_cpus);
	tcase_add_test(t, the_share_is_that_of_the_column);
	tcase_add_test(t, few_results_prove_no_lack_of_gain);
	tcase_add_test(t, old_samples_say_nothing);
	tcase_add_test(t, nothing_right_after_a_change);
	tcase_add_test(t, a_worker_that_gained_nothing);
	tcase_add_test(t, different_rates_are_both_said);
	tcase_add_test(t, a_worker_that_gained_something);
	tcase_add_test(t, too_short_to_watch);
	tcase_add_test(t, long_enough_to_watch);
	tcase_add_test(t, a_worker_that_keeps_dying);
	tcase_add_test(t, deaths_far_apart_say_nothing);
	tcase_add_test(t, failures_alike);
	tcase_add_test(t, one_failure_says_nothing);
	tcase_add_test(t, text_from_outside_does_no_harm);
	tcase_add_test(t, holds_two_seconds_stays_five);
	tcase_add_test(t, a_short_spell_is_not_worth_a_word);
	tcase_add_test(t, the_costliest_shows);
	tcase_add_test(t, the_end_takes_away_what_no_key_helps);
	tcase_add_test(t, the_picture_says_what_it_says);
	suite_add_tcase(s, t);
	return tap_run(s);
}
