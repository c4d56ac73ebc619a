/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user can do to a run: workers, chunk, pause, stop; and how runs end. */
#include "engine/fake_agent.h"

#define HOUR (3600 * NS_PER_S)
#define STEPS 100000

static void begin(struct fake *f, uint64_t tasks, const char *chunk, uint32_t workers, uint64_t task_ns)
{
	struct plan p;
	fake_init(f, tasks + workers);
	fake_plan(&p, "integrate", tasks, chunk, workers);
	f->rules.task_ns = task_ns;
	f->rules.announce = task_ns >= NS_PER_MS;
	fake_begin(f, &p, ":memory:");
}

static bool all_busy(struct fake *f)
{
	for (uint32_t i = 0; i < f->e->target; i++)
		if (!fake_worker_of(f, i) || !fake_worker_of(f, i)->running)
			return false;
	return true;
}

static bool is_paused(struct fake *f)
{
	return f->snap.state == RUN_PAUSED;
}

static bool is_pausing(struct fake *f)
{
	return f->snap.state == RUN_PAUSING;
}

static bool is_running(struct fake *f)
{
	return f->snap.state == RUN_RUNNING;
}

static bool is_draining(struct fake *f)
{
	return f->snap.state == RUN_DRAINING;
}

static bool none_left(struct fake *f)
{
	return f->nworkers == 0 && f->e->held == 0;
}

static uint64_t held_by_workers(const struct fake *f)
{
	uint64_t n = 0;
	for (size_t i = 0; i < f->nworkers; i++)
		n += f->workers[i]->nheld;
	return n;
}

START_TEST(pause_and_resume)
{
	struct fake f;
	begin(&f, 100, "10", 4, 50 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	fake_command(&f, COMMAND_PAUSE, 0, NULL);
	fake_until(&f, is_pausing, STEPS);
	fake_for(&f, NS_PER_MS);
	/* what was not begun is back at once, running tasks run on */
	FAKE_CHECK(&f, held_by_workers(&f) <= 4, "%llu are held", (unsigned long long)held_by_workers(&f));
	fake_until(&f, is_paused, STEPS);
	uint64_t done = f.e->done;
	FAKE_CHECK(&f, f.e->held == 0 && done >= 4 && done < 40, "%llu done", (unsigned long long)done);
	fake_for(&f, 100 * NS_PER_S);
	FAKE_CHECK(&f, is_paused(&f) && f.e->done == done && f.nworkers == 4, "it does not stand still");
	fake_command(&f, COMMAND_RESUME, 0, NULL);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 100);
	ck_assert(f.snap.end.parallel_ns < 3 * NS_PER_S); /* less the pause */
	ck_assert_uint_eq(f.e->exit_status, 0);
	fake_end(&f);
}
END_TEST

static uint64_t one_is_long(struct fake *f, uint64_t task)
{
	(void)f;
	return task == 1 ? HOUR : NS_PER_MS;
}

/* Going on again does not wait for the longest task. */
START_TEST(resume_while_pausing)
{
	struct fake f;
	begin(&f, 1000, "1", 4, NS_PER_MS);
	f.rules.length = one_is_long;
	fake_until(&f, all_busy, STEPS);
	fake_command(&f, COMMAND_PAUSE, 0, NULL);
	fake_until(&f, is_pausing, STEPS);
	fake_for(&f, NS_PER_S);
	ck_assert(is_pausing(&f));
	fake_command(&f, COMMAND_RESUME, 0, NULL);
	fake_until(&f, is_running, 50);
	fake_for(&f, 10 * NS_PER_S);
	/* a few wait behind the long one */
	FAKE_CHECK(&f, f.e->committed.done >= 980 && f.e->committed.done < 1000, "%llu",
		(unsigned long long)f.e->committed.done);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	fake_end(&f);
}
END_TEST

START_TEST(no_workers_is_a_wait)
{
	struct fake f;
	begin(&f, 200, "20", 3, 10 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	fake_command(&f, COMMAND_WORKERS, 0, NULL);
	fake_until(&f, none_left, STEPS);
	FAKE_CHECK(&f, f.kills == 0, "killed instead of asked");
	fake_for(&f, HOUR);
	FAKE_CHECK(&f, !f.e->finished && is_running(&f) && f.nworkers == 0, "it does not wait");
	fake_command(&f, COMMAND_WORKERS, 2, NULL);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 200);
	fake_end(&f);
}
END_TEST

/* More and fewer: a resize is one assignment, and a worker that leaves gives back all but its present task. */
START_TEST(more_and_fewer)
{
	struct fake f;
	begin(&f, 20000, "50", 2, 20 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	fake_command(&f, COMMAND_WORKERS, 64, NULL);
	fake_step(&f);
	fake_until(&f, all_busy, STEPS);
	ck_assert_uint_eq(f.nworkers, 64);
	fake_command(&f, COMMAND_WORKERS, 1, NULL);
	fake_for(&f, 60 * NS_PER_MS);
	FAKE_CHECK(&f, f.nworkers == 1, "%zu workers", f.nworkers);
	fake_command(&f, COMMAND_WORKERS, UINT64_MAX, NULL); /* auto */
	f.cpus = 5;
	fake_for(&f, 3 * NS_PER_S);
	FAKE_CHECK(&f, f.nworkers == 5 && f.snap.target == 5, "%zu workers", f.nworkers);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 20000);
	ck_assert_uint_eq(f.kills, 0);
	fake_end(&f);
}
END_TEST

START_TEST(limit_of_descriptors)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 3);
	fake_plan(&p, "integrate", 500, "1", 8);
	f.max_workers = 3;
	f.rules.task_ns = 10 * NS_PER_MS;
	fake_begin(&f, &p, ":memory:");
	fake_for(&f, 100 * NS_PER_MS);
	ck_assert_uint_eq(f.snap.target, 3);
	fake_command(&f, COMMAND_WORKERS, 100, NULL);
	fake_until(&f, NULL, STEPS);
	ck_assert(fake_said(&f, "3 workers is the most"));
	ck_assert_uint_le(f.e->nslots, 8);
	fake_check_sums(&f, 500);
	fake_end(&f);
}
END_TEST

START_TEST(ended_by_key)
{
	struct fake f;
	begin(&f, 100, "10", 2, 100 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	fake_command(&f, COMMAND_KILL_SLOT, 1, NULL);
	fake_command(&f, COMMAND_KILL_SLOT, 1000000, NULL); /* nobody */
	fake_until(&f, NULL, STEPS);
	ck_assert(fake_said(&f, "death 1.1 gives back 10: ended by key or command"));
	ck_assert_uint_eq(f.nfailed, 0);
	ck_assert_uint_eq(f.e->retried, 0);
	fake_check_sums(&f, 100);
	fake_end(&f);
}
END_TEST

/* ---- chunks ---- */

static struct {
	uint64_t first, count;
} leases[20000];
static size_t nleases;

static void keep_leases(struct fake *f, struct fake_worker *w, struct grant_range r)
{
	(void)w;
	uint64_t chunk = r.chunk ? r.chunk : 1;
	for (uint64_t at = 0; at < r.count; at += chunk) {
		FAKE_CHECK(f, nleases < sizeof(leases) / sizeof(leases[0]), "too many");
		leases[nleases].first = r.first + at;
		leases[nleases++].count = r.count - at < chunk ? r.count - at : chunk;
	}
}

static int by_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* Fresh tasks go out in order: lease after lease, each is exactly what the rule says of those that were left. */
START_TEST(leases_follow_the_rule)
{
	static const char *const rules[] = { "1", "7", "64", "static", "pool", "guided", "guided:9", "100000" };
	static const uint32_t workers[] = { 1, 2, 3, 7, 64 };
	const char *rule = rules[_i % 8];
	uint32_t n = workers[_i / 8];
	uint64_t tasks = 5003;
	struct fake f;
	begin(&f, tasks, rule, n, _i % 3 ? 20 * NS_PER_US : NS_PER_MS);
	f.rules.on_grant = keep_leases;
	nleases = 0;
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, tasks);
	qsort(leases, nleases, sizeof(leases[0]), by_first);
	uint64_t at = 0;
	for (size_t i = 0; i < nleases; i++) {
		struct chunk_state cs = { .tasks = tasks, .remaining = tasks - at, .workers = n };
		FAKE_CHECK(&f, leases[i].first == at && leases[i].count == chunk_next(&f.e->chunk, &cs),
			"%s: lease %zu: %llu tasks from %llu", rule, i, (unsigned long long)leases[i].count,
			(unsigned long long)leases[i].first);
		at += leases[i].count;
	}
	ck_assert_uint_eq(at, tasks);
	fake_end(&f);
}
END_TEST

static uint64_t ten_ms(struct fake *f, uint64_t task)
{
	(void)f;
	(void)task;
	return 10 * NS_PER_MS;
}

/* A new chunk size acts within one task. */
START_TEST(chunk_changes_at_once)
{
	struct fake f;
	begin(&f, 5000, "1000", 4, 10 * NS_PER_MS);
	f.rules.length = ten_ms;
	fake_until(&f, all_busy, STEPS);
	FAKE_CHECK(&f, held_by_workers(&f) >= 3990, "%llu", (unsigned long long)held_by_workers(&f));
	f.rules.on_grant = keep_leases;
	nleases = 0;
	fake_command(&f, COMMAND_CHUNK, 0, "3");
	fake_for(&f, 25 * NS_PER_MS);
	FAKE_CHECK(&f, held_by_workers(&f) <= 4 * 7, "%llu are held still", (unsigned long long)held_by_workers(&f));
	for (size_t i = 0; i < nleases; i++)
		FAKE_CHECK(&f, leases[i].count <= 3, "a lease of %llu", (unsigned long long)leases[i].count);
	ck_assert(nleases >= 4 && f.kills == 0);
	fake_command(&f, COMMAND_CHUNK, 0, "nonsense");
	fake_for(&f, 10 * NS_PER_MS);
	ck_assert(fake_said(&f, "chunk: 'nonsense' is neither"));
	ck_assert_str_eq(f.snap.chunk, "3");
	fake_end(&f);
}
END_TEST

/* ---- stopping ---- */

START_TEST(step_1_drains)
{
	struct fake f;
	begin(&f, 100, "10", 4, 100 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	uint64_t before = f.e->done;
	fake_command(&f, COMMAND_STOP, 1, NULL);
	fake_until(&f, is_draining, STEPS);
	fake_until(&f, NULL, STEPS);
	FAKE_CHECK(&f, f.told_done == before + 4, "%llu done", (unsigned long long)f.told_done);
	ck_assert_uint_eq(f.e->exit_status, 4);
	ck_assert_int_eq(f.snap.state, RUN_STOPPED);
	ck_assert(f.kills == 0 && f.snap.end.fingerprint[0] == '\0');
	ck_assert(fake_said(&f, "stopped by key or command"));
	fake_end(&f);
}
END_TEST

START_TEST(steps_2_and_3_end_at_once)
{
	struct fake f;
	begin(&f, 100, "10", 4, HOUR);
	fake_until(&f, all_busy, STEPS);
	uint64_t at = f.now;
	if (_i == 1)
		fake_command(&f, COMMAND_STOP, 1, NULL);
	fake_for(&f, 10 * NS_PER_MS);
	fake_command(&f, COMMAND_STOP, _i == 2 ? 3 : 2, NULL);
	fake_command(&f, COMMAND_STOP, 1, NULL); /* a step never goes back */
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.e->exit_status, 4);
	ck_assert_uint_eq(f.kills, 4);
	FAKE_CHECK(&f, f.now - at < 100 * NS_PER_MS, "it took %llu ns", (unsigned long long)(f.now - at));
	fake_end(&f);
}
END_TEST

START_TEST(its_terminal_has_gone)
{
	struct fake f;
	begin(&f, 100, "10", 4, HOUR);
	fake_until(&f, all_busy, STEPS);
	link_release(&f.client);
	f.client_open = false;
	fake_until(&f, NULL, STEPS);
	ck_assert(f.e->exit_status == 4 && f.nworkers == 0);
	ck_assert_str_eq(f.e->reason, "its terminal has gone");
	fake_end(&f);
}
END_TEST

/* ---- failures ---- */

static bool even_ones(struct fake *f, uint64_t task)
{
	(void)f;
	return task % 2 == 0;
}

static bool only_7(struct fake *f, uint64_t task)
{
	(void)f;
	return task == 7;
}

START_TEST(failures_are_retried_then_failed)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 10, "2", 2);
	p.retries = _i == 0 ? 3 : 300;
	f.rules.fails = even_ones;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 10);
	ck_assert_uint_eq(f.told_failed, 5);
	ck_assert_uint_eq(f.snap.retried, _i == 0 ? 15 : 1500);
	ck_assert(f.e->exit_status == 1 && f.snap.state == RUN_FAILED);
	ck_assert(fake_said(&f, "task 4 fails"));
	fake_end(&f);
}
END_TEST

static bool all_of_them(struct fake *f, uint64_t task)
{
	(void)f;
	(void)task;
	return true;
}

/* Each task with a sentence of its own: all are stored, a few are said, and the sum is right. */
START_TEST(many_causes)
{
	struct fake f;
	struct plan p;
	size_t lines = 0;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 5000, "500", 3);
	p.retries = (uint32_t)_i;
	f.rules.fails = all_of_them;
	f.rules.task_ns = 0;
	f.rules.burst = 1000;
	f.rules.flush = 20;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 5000);
	for (const char *at = str_z(&f.log); (at = strstr(at, " fail ")); at++)
		lines++;
	FAKE_CHECK(&f, lines > 30 && lines < 2500 && fake_said(&f, "other causes"), "%zu lines", lines);
	ck_assert(!fake_said(&f, "without a word"));
	fake_end(&f);
}
END_TEST

START_TEST(on_failure)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, "2", 2);
	p.retries = 0;
	p.on_failure = _i == 0 ? FAILURE_STOP : FAILURE_STOP_NOW;
	f.rules.fails = only_7;
	f.rules.announce = true;
	f.rules.task_ns = 10 * NS_PER_MS;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	ck_assert(f.told_failed == 1 && f.told_done < 20);
	ck_assert(fake_said(&f, "a task failed"));
	ck_assert_uint_eq(f.e->exit_status, 1);
	ck_assert_int_eq(f.snap.state, RUN_STOPPED);
	fake_end(&f);
}
END_TEST

static uint64_t task_5_is_stuck(struct fake *f, uint64_t task)
{
	(void)f;
	return task == 5 ? HOUR : NS_PER_MS;
}

/* A worker that does not end its task in time by itself is ended. */
START_TEST(timeouts)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 10, "5", 2);
	p.retries = 1;
	p.timeout_ns = NS_PER_S;
	f.rules.length = task_5_is_stuck;
	f.rules.announce = true;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 10);
	ck_assert(f.told_failed == 1 && f.failed[0] == 5 && f.kills == 2);
	ck_assert(fake_said(&f, "fail 1 of task 5: timeout"));
	ck_assert(fake_said(&f, "its task took longer than the timeout"));
	ck_assert(f.snap.now < 10 * NS_PER_S);
	fake_end(&f);
}
END_TEST

/* ---- limits of the plan ---- */

static uint64_t most_granted;

static void count_tasks(struct fake *f, struct fake_worker *w, struct grant_range r)
{
	uint64_t n = w->executed + w->nheld + r.count;
	(void)f;
	most_granted = n > most_granted ? n : most_granted;
}

START_TEST(max_tasks_per_worker)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, "8", 3);
	p.max_tasks_per_worker = 17;
	f.rules.on_grant = count_tasks;
	most_granted = 0;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	ck_assert_uint_eq(most_granted, 17);
	ck_assert(f.starts >= 59 && f.kills == 0);
	ck_assert(!fake_said(&f, "death"));
	fake_end(&f);
}
END_TEST

START_TEST(queue_bounds_inputs)
{
	struct fake f;
	struct plan p;
	struct axis *a = calloc(1, sizeof(*a));
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, _i ? "static" : "1", 4);
	*a = (struct axis){ .param = INTEGRATE_SAMPLES, .n = 1000, .from = 100, .step = 1 };
	p.inputs.axes = a;
	p.inputs.naxes = 1;
	p.queue = 10;
	fake_begin(&f, &p, ":memory:");
	while (!f.e->finished) {
		fake_step(&f);
		FAKE_CHECK(&f, f.e->held <= 10 && f.steps < STEPS, "%llu are held", (unsigned long long)f.e->held);
	}
	fake_check_sums(&f, 1000);
	fake_end(&f);
}
END_TEST

/* ---- counts shown ---- */

/* The client that shows few slots gets rows for these, and one sum for the others. */
START_TEST(shown_slots)
{
	struct fake f;
	begin(&f, 2000, "4", 20, 20 * NS_PER_MS);
	struct command c = { .kind = COMMAND_SHOWN, .number = 5, .number2 = 3 };
	msg_put_command(&f.client, &c);
	link_flush(&f.client, NULL);
	fake_until(&f, all_busy, STEPS);
	fake_for(&f, 300 * NS_PER_MS);
	ck_assert_uint_eq(f.snap.others, 17);
	ck_assert_uint_eq(f.snap.others_busy, 17);
	ck_assert_uint_eq(f.snap.active, 20);
	fake_end(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: control");
	TCase *t = tcase_create("all");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, pause_and_resume);
	tcase_add_test(t, resume_while_pausing);
	tcase_add_test(t, no_workers_is_a_wait);
	tcase_add_test(t, more_and_fewer);
	tcase_add_test(t, limit_of_descriptors);
	tcase_add_test(t, ended_by_key);
	tcase_add_loop_test(t, leases_follow_the_rule, 0, 40);
	tcase_add_test(t, chunk_changes_at_once);
	tcase_add_test(t, step_1_drains);
	tcase_add_loop_test(t, steps_2_and_3_end_at_once, 0, 3);
	tcase_add_test(t, its_terminal_has_gone);
	tcase_add_loop_test(t, failures_are_retried_then_failed, 0, 2);
	tcase_add_loop_test(t, many_causes, 0, 2);
	tcase_add_loop_test(t, on_failure, 0, 2);
	tcase_add_test(t, timeouts);
	tcase_add_test(t, max_tasks_per_worker);
	tcase_add_loop_test(t, queue_bounds_inputs, 0, 2);
	tcase_add_test(t, shown_slots);
	suite_add_tcase(s, t);
	return tap_run(s);
}
