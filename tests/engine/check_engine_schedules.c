/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of the engine over hundreds of random schedules: whatever workers, agent and user do, each task is
 * accounted for exactly once, what clients are told adds up in every event, and the fingerprint is the one
 * computed directly. POOLTOP_SEED=n runs schedule n alone. */
#include "engine/fake_agent.h"

#include <stdio.h>

#define STEPS 60000

static bool one_in_41(uint64_t task)
{
	return task % 41 == 7;
}

static bool sometimes(struct fake *f, uint64_t task)
{
	(void)task;
	return fake_chance(f, 500);
}

static uint64_t from(struct fake *f, const uint64_t *list, size_t n)
{
	return list[fake_below(f, n)];
}

static const char *any_chunk(struct fake *f)
{
	static const char *const chunks[] = { "1", "2", "7", "64", "static", "pool", "guided", "guided:5", "1000000" };
	return chunks[fake_below(f, sizeof(chunks) / sizeof(chunks[0]))];
}

/* What the user does next. */
static void any_command(struct fake *f, bool baseline)
{
	static const uint64_t targets[] = { 0, 1, 2, 3, 5, 8, 17, 64, UINT64_MAX };
	switch (fake_below(f, baseline ? 8 : 7)) {
	case 0:
	case 1:
		fake_command(f, COMMAND_WORKERS, from(f, targets, 9), NULL);
		break;
	case 2:
		fake_command(f, COMMAND_CHUNK, 0, any_chunk(f));
		break;
	case 3:
		fake_command(f, COMMAND_PAUSE, 0, NULL);
		break;
	case 4:
		fake_command(f, COMMAND_RESUME, 0, NULL);
		break;
	case 5:
		fake_command(f, COMMAND_KILL_SLOT, fake_below(f, 8), NULL);
		break;
	case 6:
		f->cpus = 1 + (uint32_t)fake_below(f, 8);
		break;
	default:
		fake_command(f, COMMAND_BASELINE, 0, NULL);
	}
}

/* Runs to the end with `commands` interventions at random times; afterwards nothing hinders. */
static void run_out(struct fake *f, unsigned commands, bool baseline)
{
	static const uint64_t gaps[] = { 0, 1, 3, 10, 100 };
	for (unsigned i = 0; i < commands && !f->e->finished; i++) {
		for (uint64_t n = fake_below(f, 2 + from(f, gaps, 5) * 3); n > 0 && !f->e->finished; n--)
			fake_step(f);
		if (!f->e->finished)
			any_command(f, baseline);
	}
	if (!f->e->finished) {
		fake_command(f, COMMAND_RESUME, 0, NULL);
		if (f->e->target == 0 || fake_chance(f, 5000))
			fake_command(f, COMMAND_WORKERS, 1 + fake_below(f, 8), NULL);
		else
			fake_command(f, COMMAND_WORKERS, f->e->target, NULL);
	}
	for (uint64_t i = 0; i < STEPS && !f->e->finished; i++)
		fake_step(f);
	FAKE_CHECK(f, f->e->finished, "no end: %llu wait, %llu are held, target %u, %zu workers",
		(unsigned long long)f->e->queue.depth, (unsigned long long)f->e->held, f->e->target, f->nworkers);
}

static void any_plan(struct fake *f, struct plan *p, uint64_t most)
{
	static const uint64_t workers[] = { 1, 2, 3, 4, 7, 16, 64, 0 };
	static const uint64_t lengths[] = { 0, 20 * NS_PER_US, NS_PER_MS, 30 * NS_PER_MS };
	fake_plan(p, "integrate", 1 + fake_below(f, most), any_chunk(f), (uint32_t)from(f, workers, 8));
	p->start = fake_chance(f, 5000) ? START_FORK : START_SPAWN;
	p->seed = f->seed;
	if (fake_chance(f, 2000))
		p->max_tasks_per_worker = 1 + fake_below(f, 50);
	f->rules.task_ns = from(f, lengths, 4);
	f->rules.announce = f->rules.task_ns >= NS_PER_MS || fake_chance(f, 3000);
	f->rules.flush = (unsigned)fake_below(f, 10001);
	f->rules.burst = 1 + (unsigned)fake_below(f, 60);
	f->rules.start_ns = fake_below(f, 20 * NS_PER_MS);
	f->rules.end_ns = fake_below(f, 20 * NS_PER_MS);
	f->rules.kill_ns = fake_below(f, 20 * NS_PER_MS);
}

/* A run's schedules are drawn from the number of the test case and of the loop. */
static void begin(struct fake *f, int family, int i)
{
	const char *only = getenv("POOLTOP_SEED");
	fake_init(f, only ? strtoull(only, NULL, 10) : (uint64_t)family * 100000 + (uint64_t)i);
}

/* ---- nobody dies: exactly once, each chunk rule, any number of workers, resized and paused at random ---- */
START_TEST(honest)
{
	struct fake f;
	struct plan p;
	begin(&f, 1, _i);
	any_plan(&f, &p, 3000);
	uint64_t tasks = p.tasks;
	bool baseline = fake_chance(&f, 5000);
	p.baseline = baseline ? BASELINE_MEASURE : BASELINE_NONE;
	fake_begin(&f, &p, ":memory:");
	run_out(&f, _i % 3 == 0 ? 0 : (unsigned)fake_below(&f, 30), baseline);
	fake_check_sums(&f, tasks);
	FAKE_CHECK(&f, f.e->exit_status == 0 && f.nfailed == 0 && f.e->retried == 0, "status %u", f.e->exit_status);
	fake_end(&f);
}
END_TEST

/* ---- workers die at any instant: three deaths in one task are possible, and then said ---- */
START_TEST(deaths)
{
	struct fake f;
	struct plan p;
	begin(&f, 2, _i);
	any_plan(&f, &p, 2000);
	uint64_t tasks = p.tasks;
	fake_begin(&f, &p, ":memory:");
	f.rules.die = 1 + (unsigned)fake_below(&f, 100);
	f.rules.die_starting = (unsigned)fake_below(&f, 800);
	f.rules.refuse = (unsigned)fake_below(&f, 800);
	run_out(&f, (unsigned)fake_below(&f, 20), true);
	if (f.e->failing) /* ten starts failed in a row: possible, and said */
		FAKE_CHECK(&f, fake_said(&f, "could not start"), "%s", f.e->reason);
	else
		fake_check_sums(&f, tasks);
	for (size_t i = 0; i < f.nfailed; i++)
		FAKE_CHECK(&f, fake_said(&f, "3 workers died in it"), "why?");
	fake_end(&f);
}
END_TEST

/* ---- the user and the agent end workers: no task is to blame, all are done ---- */
START_TEST(blameless)
{
	struct fake f;
	struct plan p;
	begin(&f, 3, _i);
	any_plan(&f, &p, 2000);
	uint64_t tasks = p.tasks;
	p.baseline = fake_chance(&f, 3000) ? BASELINE_MEASURE : BASELINE_NONE;
	fake_begin(&f, &p, ":memory:");
	f.rules.agent_dies = (unsigned)fake_below(&f, 60);
	run_out(&f, (unsigned)fake_below(&f, 20), true);
	FAKE_CHECK(&f, f.sweeps >= f.agents - 1, "%llu agents, %llu sweeps", (unsigned long long)f.agents,
		(unsigned long long)f.sweeps);
	if (!f.e->failing) {
		fake_check_sums(&f, tasks);
		FAKE_CHECK(&f, f.nfailed == 0, "%zu tasks failed", f.nfailed);
	} else {
		FAKE_CHECK(&f, f.e->agent_failures >= 10, "%s", f.e->reason);
	}
	fake_end(&f);
}
END_TEST

/* ---- tasks that kill whoever begins them, announced or not: exactly these fail, after three deaths each ---- */
START_TEST(poison)
{
	struct fake f;
	struct plan p;
	begin(&f, 4, _i);
	any_plan(&f, &p, 400);
	uint64_t tasks = p.tasks, bad = 0;
	f.rules.poison = one_in_41;
	fake_begin(&f, &p, ":memory:");
	run_out(&f, (unsigned)fake_below(&f, 10), false);
	fake_check_sums(&f, tasks);
	for (uint64_t t = 0; t < tasks; t++)
		bad += one_in_41(t);
	FAKE_CHECK(&f, f.told_failed == bad, "%llu failed, %llu are poisoned", (unsigned long long)f.told_failed,
		(unsigned long long)bad);
	for (size_t i = 0; i < f.nfailed; i++)
		FAKE_CHECK(&f, one_in_41(f.failed[i]), "task %llu is innocent", (unsigned long long)f.failed[i]);
	FAKE_CHECK(&f, f.e->exit_status == (bad > 0), "status %u", f.e->exit_status);
	fake_end(&f);
}
END_TEST

/* ---- tasks that fail now and then: tried again, and accounted for once ---- */
START_TEST(retries)
{
	struct fake f;
	struct plan p;
	begin(&f, 5, _i);
	any_plan(&f, &p, 1500);
	uint64_t tasks = p.tasks;
	p.retries = (uint32_t)fake_below(&f, 4);
	f.rules.fails = sometimes;
	f.rules.die = _i % 2 ? (unsigned)fake_below(&f, 30) : 0;
	fake_begin(&f, &p, ":memory:");
	run_out(&f, (unsigned)fake_below(&f, 10), false);
	fake_check_sums(&f, tasks);
	FAKE_CHECK(&f, f.e->exit_status == (f.nfailed > 0), "status %u", f.e->exit_status);
	fake_end(&f);
}
END_TEST

/* ---- liars and deaf ones among honest workers: they are ended, and what they said is not believed ---- */
static void some_lie(struct fake *f, struct fake_worker *w)
{
	if (f->starts < 40 && fake_chance(f, 4000))
		w->lie = 1 + (enum lie)fake_below(f, LIES - 1);
}

START_TEST(liars)
{
	struct fake f;
	struct plan p;
	begin(&f, 6, _i);
	any_plan(&f, &p, 1000);
	uint64_t tasks = p.tasks;
	p.max_tasks_per_worker = 0;
	f.rules.on_start = some_lie;
	f.rules.deaf = (unsigned)fake_below(&f, 20);
	fake_begin(&f, &p, ":memory:");
	run_out(&f, (unsigned)fake_below(&f, 10), false);
	fake_check_sums(&f, tasks);
	fake_end(&f);
}
END_TEST

/* ---- a stop at any instant: what was claimed is true, the rest is neither done nor failed ---- */
START_TEST(stopped)
{
	struct fake f;
	struct plan p;
	begin(&f, 7, _i);
	any_plan(&f, &p, 3000);
	uint64_t tasks = p.tasks;
	p.baseline = fake_chance(&f, 5000) ? BASELINE_MEASURE : BASELINE_NONE;
	fake_begin(&f, &p, ":memory:");
	f.rules.die = (unsigned)fake_below(&f, 30);
	f.rules.agent_dies = (unsigned)fake_below(&f, 10);
	for (uint64_t n = fake_below(&f, 300); n > 0 && !f.e->finished; n--) {
		if (fake_chance(&f, 500))
			any_command(&f, true);
		fake_step(&f);
	}
	if (!f.e->finished)
		fake_command(&f, COMMAND_STOP, 1 + fake_below(&f, 3), NULL);
	for (uint64_t n = fake_below(&f, 100); n > 0 && !f.e->finished; n--)
		fake_step(&f);
	if (!f.e->finished && fake_chance(&f, 5000))
		fake_command(&f, COMMAND_STOP, 3, NULL);
	fake_until(&f, NULL, STEPS);
	if (f.e->exit_status == 4)
		FAKE_CHECK(&f, f.snap.state == RUN_STOPPED && f.told_done + f.told_failed < tasks, "not stopped");
	else
		FAKE_CHECK(&f, f.e->failing || f.told_done + f.told_failed == tasks, "status %u", f.e->exit_status);
	FAKE_CHECK(&f, f.end_told && f.nworkers == 0, "%zu workers live", f.nworkers);
	FAKE_CHECK(&f, f.told_done == f.e->committed.done && f.e->committed.fingerprint.n == f.told_done,
		"the claims are others");
	fake_end(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: schedules");
	TCase *t = tcase_create("all");
	const char *only = getenv("POOLTOP_SEED");
	int n = only ? 1 : getenv("POOLTOP_SCHEDULES") ? atoi(getenv("POOLTOP_SCHEDULES")) : 60;
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, honest, 0, n);
	tcase_add_loop_test(t, deaths, 0, n);
	tcase_add_loop_test(t, blameless, 0, n);
	tcase_add_loop_test(t, poison, 0, n);
	tcase_add_loop_test(t, retries, 0, n);
	tcase_add_loop_test(t, liars, 0, n);
	tcase_add_loop_test(t, stopped, 0, n);
	suite_add_tcase(s, t);
	return tap_run(s);
}
