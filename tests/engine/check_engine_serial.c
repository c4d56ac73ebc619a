/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serial baseline as a part of a run: measured, sized by it, estimated, given up. */
#include "engine/fake_agent.h"

#include <math.h>
#include <signal.h>

#define STEPS 100000

static uint64_t ten_ms(struct fake *f, uint64_t task)
{
	(void)f;
	(void)task;
	return 10 * NS_PER_MS;
}

static void begin(struct fake *f, struct plan *p, uint64_t tasks, uint32_t workers)
{
	fake_init(f, tasks);
	fake_plan(p, "integrate", tasks, "guided", workers);
	p->baseline = BASELINE_MEASURE;
	f->rules.length = ten_ms;
	f->rules.announce = true;
}

static bool is_running(struct fake *f)
{
	return f->snap.state == RUN_RUNNING;
}

static bool is_serial(struct fake *f)
{
	return f->snap.state == RUN_SERIAL;
}

static bool is_paused(struct fake *f)
{
	return f->snap.state == RUN_PAUSED;
}

static bool is_measured(struct fake *f)
{
	return f->snap.baseline.phase == BASE_MEASURED;
}

static bool worker_0_is_starting(struct fake *f)
{
	return f->e->nslots > 0 && f->e->slots[0]->state == SLOT_STARTING && f->e->slots[0]->generation > 1;
}

/* The measured time of the whole run; its executions are counted apart, and one worker at a time does them. */
START_TEST(measured)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 1000, 4);
	fake_begin(&f, &p, ":memory:");
	while (!is_running(&f)) {
		fake_step(&f);
		bool yet = f.e->state <= RUN_SERIAL;
		FAKE_CHECK(&f, f.steps < STEPS && (!yet || (f.nworkers <= 1 && f.e->held == 0)), "%zu workers",
			f.nworkers);
	}
	ck_assert_uint_ge(f.snap.baseline.executed, 8);
	FAKE_CHECK(&f, f.snap.baseline.executed < 200, "%llu", (unsigned long long)f.snap.baseline.executed);
	ck_assert_double_eq_tol(f.snap.baseline.t1_ns, 1000 * 10e6, 1000 * 0.1e6);
	ck_assert_uint_eq(f.told_done, 0);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	ck_assert(!fake_said(&f, "death") && !fake_said(&f, "another result"));
	fake_end(&f);
}
END_TEST

/* A small run is measured as a whole, and with the very same tasks. */
START_TEST(all_of_a_small_run)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 1 + (uint64_t)_i, 2);
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.snap.baseline.executed, 1 + _i);
	fake_check_sums(&f, 1 + (uint64_t)_i);
	fake_end(&f);
}
END_TEST

/* Measured again in the middle of a run, by a worker that is lent and goes back to the pool. */
START_TEST(measured_again)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 2000, 3);
	p.baseline = BASELINE_NONE;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, is_running, STEPS);
	fake_for(&f, 100 * NS_PER_MS);
	if (_i == 1) { /* its worker is just starting again */
		fake_command(&f, COMMAND_KILL_SLOT, 0, NULL);
		fake_until(&f, worker_0_is_starting, STEPS);
	} else if (_i == 2) {
		fake_command(&f, COMMAND_PAUSE, 0, NULL);
		fake_until(&f, is_paused, STEPS);
	}
	fake_command(&f, COMMAND_BASELINE, 0, NULL);
	fake_until(&f, is_serial, STEPS);
	uint64_t done = f.e->done;
	fake_until(&f, is_measured, STEPS);
	ck_assert_uint_eq(f.e->done, done);
	fake_until(&f, is_running, STEPS);
	if (_i == 2) {
		fake_until(&f, is_paused, STEPS);
		fake_command(&f, COMMAND_RESUME, 0, NULL);
	}
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 2000);
	ck_assert_uint_eq(f.starts, _i == 1 ? 4 : 3);
	ck_assert_double_eq_tol(f.snap.baseline.t1_ns, 2000 * 10e6, 2000 * 0.1e6);
	fake_end(&f);
}
END_TEST

/* --for: as many tasks as fill the time by the measured rate. */
START_TEST(sized_by_time)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 100, 4);
	f.cpus = 4;
	p.for_ns = 5 * NS_PER_S;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, is_running, STEPS);
	uint64_t tasks = f.snap.run.tasks; /* 5 s × 4 / 10 ms, and some for the steps of the clock */
	FAKE_CHECK(&f, tasks >= 1900 && tasks <= 2000, "%llu tasks", (unsigned long long)tasks);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, tasks);
	FAKE_CHECK(&f, f.snap.end.parallel_ns > 4500 * NS_PER_MS && f.snap.end.parallel_ns < 5700 * NS_PER_MS,
		"it took %llu ns", (unsigned long long)f.snap.end.parallel_ns);
	fake_end(&f);
}
END_TEST

static void dies_at_once(struct fake *f, struct fake_worker *w, struct grant_range r)
{
	(void)r;
	if (f->e->state == RUN_SERIAL)
		w->kill_at = f->now;
}

/* Its worker dies three times: it is given up, said, and the run goes on, as long as it was planned. */
START_TEST(given_up)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 300, 2);
	p.for_ns = _i ? NS_PER_S : 0;
	f.rules.on_grant = dies_at_once;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 300);
	ck_assert(f.deaths >= 3 && f.nfailed == 0 && f.e->exit_status == 0);
	ck_assert(fake_said(&f, "its worker died three times"));
	ck_assert_int_eq(f.snap.baseline.phase, BASE_REFUSED);
	ck_assert_int_eq(fake_said(&f, "could not be sized by --for"), _i);
	fake_end(&f);
}
END_TEST

/* One death in it is no harm. */
START_TEST(one_death)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 1000, 2);
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, is_serial, STEPS);
	fake_for(&f, 50 * NS_PER_MS);
	struct fake_worker *w = fake_worker_of(&f, 0);
	ck_assert_ptr_nonnull(w);
	if (_i == 0)
		fake_worker_die(&f, w, true, SIGSEGV);
	else
		fake_agent_die(&f);
	fake_until(&f, is_running, STEPS);
	ck_assert_double_eq_tol(f.snap.baseline.t1_ns, 1000 * 10e6, 1000 * 0.1e6);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	fake_end(&f);
}
END_TEST

START_TEST(stopped_in_it)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 100000, 2);
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, is_serial, STEPS);
	fake_for(&f, 20 * NS_PER_MS);
	fake_command(&f, COMMAND_STOP, 1 + (unsigned)_i, NULL);
	fake_until(&f, NULL, STEPS);
	ck_assert(f.e->exit_status == 4 && f.told_done == 0 && f.nworkers == 0);
	ck_assert(f.snap.waiting == 100000 && f.snap.held == 0);
	fake_end(&f);
}
END_TEST

/* Task times in the pool, less the share of the time ready but without a CPU: a quarter of what is used in the
 * faked samples, so a fifth. */
START_TEST(estimated)
{
	struct fake f;
	struct plan p;
	begin(&f, &p, 2000, 4);
	p.baseline = BASELINE_ESTIMATE;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 2000);
	ck_assert_int_eq(f.snap.baseline.phase, BASE_ESTIMATED);
	ck_assert_double_eq_tol(f.snap.baseline.t1_ns, 2000 * 10e6 * 0.8, 2000 * 0.1e6);
	ck_assert_uint_eq(f.snap.baseline.executed, 0);
	fake_end(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: serial baseline");
	TCase *t = tcase_create("all");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, measured);
	tcase_add_loop_test(t, all_of_a_small_run, 0, 8);
	tcase_add_loop_test(t, measured_again, 0, 3);
	tcase_add_test(t, sized_by_time);
	tcase_add_loop_test(t, given_up, 0, 2);
	tcase_add_loop_test(t, one_death, 0, 2);
	tcase_add_loop_test(t, stopped_in_it, 0, 3);
	tcase_add_test(t, estimated);
	suite_add_tcase(s, t);
	return tap_run(s);
}
