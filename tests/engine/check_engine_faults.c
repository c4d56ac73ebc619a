/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths, lies, failed starts, agents: each is noticed, named, and hurts nobody else. */
#include "engine/fake_agent.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/turn.h"

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

static bool one_has_died(struct fake *f)
{
	return fake_said(f, "death");
}

/* ---- deaths ---- */

START_TEST(causes)
{
	static const struct {
		bool signaled;
		uint32_t code;
		const char *text;
	} ways[] = {
		{ true, SIGKILL, "SIGKILL" },
		{ true, SIGSEGV, "SIGSEGV" },
		{ true, SIGTERM, "SIGTERM" },
		{ false, 3, "exit 3" },
		{ false, 76, "exit 76" },
		{ false, 0, "exit 0" },
	};
	struct fake f;
	char text[64];
	begin(&f, 100, "10", 2, 10 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	fake_worker_die(&f, fake_worker_of(&f, 1), ways[_i].signaled, ways[_i].code);
	fake_until(&f, one_has_died, 100);
	snprintf(text, sizeof(text), "death 1.1 gives back");
	ck_assert(fake_said(&f, text));
	FAKE_CHECK(&f, fake_said(&f, ways[_i].text), "not named");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 100);
	ck_assert_uint_eq(f.e->exit_status, 0);
	fake_end(&f);
}
END_TEST

static bool task_33(uint64_t task)
{
	return task == 33;
}

/* The task that kills is found though it is never announced, and nobody else suffers. */
START_TEST(culprit)
{
	static const char *const chunks[] = { "1", "100", "static", "guided", "1000000" };
	struct fake f;
	begin(&f, 20000, chunks[_i], 3, 10 * NS_PER_US);
	f.rules.poison = task_33;
	f.rules.flush = 0;
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 20000);
	FAKE_CHECK(&f, f.nfailed == 1 && f.failed[0] == 33 && f.deaths >= 3, "%zu failed", f.nfailed);
	ck_assert(fake_said(&f, "fail 1 of task 33: 3 workers died in it: SIGSEGV"));
	ck_assert_uint_eq(f.snap.slots[0].deaths + f.snap.slots[1].deaths + f.snap.slots[2].deaths, 3);
	fake_end(&f);
}
END_TEST

static void dies_on_grant(struct fake *f, struct fake_worker *w, struct grant_range r)
{
	(void)r;
	(void)f;
	w->kill_at = 1; /* before it can announce anything */
}

/* Workers that die of whatever they are given end the run's tasks one after the other: not for ever. */
START_TEST(death_on_arrival)
{
	struct fake f;
	begin(&f, 12, "4", 2, 0);
	f.rules.on_grant = dies_on_grant;
	f.rules.burst = 0;
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 12);
	ck_assert_uint_eq(f.nfailed, 12);
	ck_assert_uint_eq(f.e->exit_status, 1);
	fake_end(&f);
}
END_TEST

/* ---- silence ---- */

static void first_is_deaf(struct fake *f, struct fake_worker *w, struct grant_range r)
{
	(void)f;
	(void)r;
	w->deaf |= w->slot == 0 && w->generation == 1;
}

START_TEST(deaf_worker)
{
	struct fake f;
	begin(&f, 100, "10", 2, 10 * NS_PER_MS);
	f.rules.on_grant = first_is_deaf;
	fake_for(&f, 20 * NS_PER_MS);
	if (_i == 1)
		fake_command(&f, COMMAND_WORKERS, 0, NULL);
	else if (_i == 2)
		fake_command(&f, COMMAND_PAUSE, 0, NULL);
	else if (_i == 3)
		fake_command(&f, COMMAND_CHUNK, 0, "1");
	fake_for(&f, 15 * NS_PER_S);
	FAKE_CHECK(&f, f.kills == 1 && fake_said(&f, "death 0.1 gives back 10: it did not"), "the deaf one lives");
	fake_command(&f, COMMAND_WORKERS, 2, NULL);
	fake_command(&f, COMMAND_RESUME, 0, NULL);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 100);
	fake_end(&f);
}
END_TEST

/* It answers, but never gives its work back. */
START_TEST(mute_worker)
{
	struct fake f;
	begin(&f, 100, "10", 1, 10 * NS_PER_MS);
	f.rules.mute = true;
	fake_for(&f, 60 * NS_PER_S);
	FAKE_CHECK(&f, f.kills == 0 && f.pings >= 10 && f.nworkers == 1, "a long task is no crime");
	fake_command(&f, _i ? COMMAND_PAUSE : COMMAND_WORKERS, 0, NULL);
	fake_for(&f, 12 * NS_PER_S);
	FAKE_CHECK(&f, f.kills == 1 && fake_said(&f, "it did not give back its work"), "it holds the run up");
	fake_end(&f);
}
END_TEST

/* ---- lies ---- */

static enum lie lie;

static void second_lies(struct fake *f, struct fake_worker *w)
{
	(void)f;
	w->lie = w->slot == 1 && w->generation == 1 ? lie : LIE_NONE;
}

START_TEST(lies)
{
	struct fake f;
	lie = (enum lie)_i;
	begin(&f, 1000, "10", 3, 5 * NS_PER_MS);
	f.rules.on_start = second_lies;
	fake_for(&f, 30 * NS_PER_MS);
	fake_command(&f, COMMAND_CHUNK, 0, "9"); /* calls back */
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	const char *named = lie == LIE_BEFORE_READY || lie == LIE_READY_OTHER_BUILD
				    ? "worker 2 could not start: broken message"
				    : "death 1.1";
	FAKE_CHECK(&f, fake_said(&f, named), "%s is not named", lie_names[lie]);
	FAKE_CHECK(&f, lie == LIE_BYE_UNASKED || f.kills >= 1, "%s: not ended", lie_names[lie]);
	ck_assert(f.e->exit_status == 0 && f.nfailed == 0 && f.starts == 4);
	fake_end(&f);
}
END_TEST

/* A worker that floods: the engine reads a share a turn, keeps no more than that, and the others go on. */
START_TEST(flood)
{
	struct fake f;
	begin(&f, 300, "1", 2, 2 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	struct fake_worker *w = fake_worker_of(&f, 0);
	struct progress m = { .task = w->held[0].task, .done = 1, .of = 1000000 };
	w->deaf = true;
	while (f.e->committed.done < 200) {
		while (!w->dead && link_unsent(&w->link) < 1 << 20)
			msg_put_progress(&w->link, &m);
		fake_step(&f);
		FAKE_CHECK(&f, f.e->slots[0]->peer.link.in.cap <= 4u << 20, "the engine holds %zu bytes",
			f.e->slots[0]->peer.link.in.cap);
		FAKE_CHECK(&f, f.steps < STEPS, "the others stand still");
	}
	fake_end(&f);
}
END_TEST

static void mismatches(struct fake *f)
{
	size_t n = 0;
	for (const char *at = str_z(&f->log); (at = strstr(at, "gave another result")); at++)
		n++;
	FAKE_CHECK(f, n == 1, "said %zu times", n);
}

static double serially_otherwise(uint64_t task, bool serial)
{
	return fake_value(task, false) + (serial ? 1 : 0);
}

START_TEST(baseline_mismatch)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, "10", 2);
	p.baseline = BASELINE_MEASURE;
	f.rules.value = serially_otherwise;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 1000);
	mismatches(&f);
	ck_assert_int_eq(f.snap.baseline.phase, BASE_MISMATCH);
	fake_end(&f);
}
END_TEST

/* ---- starts ---- */

/* 0, 50 ms, 100 ms, … 5 s; ten in a row end the run. */
START_TEST(back_off)
{
	static const uint64_t gaps[] = { 0, 50, 100, 200, 400, 800, 1600, 3200, 5000 };
	struct fake f;
	uint64_t last = 0, n = 0;
	begin(&f, 100, "10", 1, 0);
	if (_i == 0)
		f.rules.refuse = 10000;
	else
		f.rules.die_starting = 10000;
	f.rules.end_ns = 0;
	while (!f.e->finished) {
		fake_step(&f);
		FAKE_CHECK(&f, f.steps < STEPS, "no end");
		if (f.starts == n)
			continue;
		uint64_t gap = f.started_at - last;
		FAKE_CHECK(&f,
			n == 0 || (gap >= gaps[n - 1] * NS_PER_MS && gap < gaps[n - 1] * NS_PER_MS + 10 * NS_PER_MS),
			"start %llu after %llu ns", (unsigned long long)n, (unsigned long long)gap);
		last = f.started_at;
		n = f.starts;
	}
	ck_assert_uint_eq(n, 10);
	ck_assert(f.e->exit_status == 1 && f.snap.state == RUN_FAILED);
	ck_assert(fake_said(&f, _i == 0 ? "10 worker starts failed in a row: no room for a process"
					: "10 worker starts failed in a row: SIGSEGV"));
	fake_end(&f);
}
END_TEST

START_TEST(never_ready)
{
	struct fake f;
	begin(&f, 100, "10", 1, 0);
	f.rules.never_ready = 10000;
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.starts, 10);
	ck_assert(f.e->exit_status == 1 && fake_said(&f, "worker 1 could not start: not ready after 10 s"));
	fake_end(&f);
}
END_TEST

static void refuses_its_work(struct fake *f, struct fake_worker *w)
{
	struct setup_failed m = { .why = "no such function" };
	(void)f;
	msg_put_setup_failed(&w->link, &m);
	link_flush(&w->link, NULL);
	w->deaf = true;
}

START_TEST(setup_fails)
{
	struct fake f;
	begin(&f, 100, "10", 3, 0);
	f.rules.on_start = refuses_its_work;
	fake_until(&f, NULL, STEPS);
	ck_assert(f.e->exit_status == 2 && f.snap.state == RUN_FAILED);
	ck_assert(fake_said(&f, "the work cannot be prepared: no such function"));
	fake_end(&f);
}
END_TEST

/* ---- the agent ---- */

START_TEST(agent_dies)
{
	struct fake f;
	begin(&f, 200, "10", 4, 20 * NS_PER_MS);
	for (int i = 0; i < 25 && !f.e->finished; i++) {
		fake_for(&f, 60 * NS_PER_MS);
		fake_agent_die(&f);
	}
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 200);
	ck_assert(f.agents >= 5 && f.nfailed == 0 && f.e->exit_status == 0);
	ck_assert(fake_said(&f, "Its workers were ended, a new one starts"));
	fake_end(&f);
}
END_TEST

START_TEST(agent_of_another_build)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, "10", 2);
	f.agent_build = "older";
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	ck_assert(f.e->exit_status == 2 && f.starts == 0);
	ck_assert(fake_said(&f, "is of another build (older)"));
	fake_end(&f);
}
END_TEST

START_TEST(no_agent)
{
	struct fake f;
	struct plan p;
	fake_init(&f, 1);
	fake_plan(&p, "integrate", 1000, "10", 2);
	f.agent_fails = true;
	fake_begin(&f, &p, ":memory:");
	fake_until(&f, NULL, STEPS);
	ck_assert(f.agents == 10 && f.e->exit_status == 1);
	ck_assert(fake_said(&f, "the node agent failed 10 times in a row: no agent to be had"));
	fake_end(&f);
}
END_TEST

static void agent_leaves(struct fake *f, struct fake_worker *w)
{
	(void)w;
	f->rules.agent_dies = 10000;
}

/* It greets, and dies whenever it is to start a worker. */
START_TEST(agent_dies_of_each_start)
{
	struct fake f;
	begin(&f, 200, "10", 4, 20 * NS_PER_MS);
	f.rules.on_start = agent_leaves;
	for (uint64_t agents = 1; !f.e->finished; agents = f.agents) {
		fake_step(&f);
		if (f.agents != agents) /* a new one, well so far */
			f.rules.agent_dies = 0;
		FAKE_CHECK(&f, f.steps < STEPS, "for ever: %llu agents", (unsigned long long)f.agents);
	}
	FAKE_CHECK(&f, f.agents == 10 && f.starts >= 4 && f.e->exit_status == 1, "%llu agents, %llu starts, status %u",
		(unsigned long long)f.agents, (unsigned long long)f.starts, f.e->exit_status);
	fake_end(&f);
}
END_TEST

START_TEST(deaf_agent)
{
	struct fake f;
	begin(&f, 200, "10", 4, 20 * NS_PER_MS);
	if (_i == 1)
		fake_until(&f, all_busy, STEPS);
	f.agent_deaf = true;
	if (_i == 1) {
		fake_command(&f, COMMAND_KILL_SLOT, 0, NULL);
		fake_command(&f, COMMAND_STOP, 2, NULL);
	}
	fake_for(&f, 12 * NS_PER_S);
	f.agent_deaf = false;
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.e->exit_status, _i == 1 ? 4 : 0);
	ck_assert_uint_ge(f.sweeps, 1);
	ck_assert_uint_eq(f.nworkers, 0);
	fake_end(&f);
}
END_TEST

/* What an agent may say wrong: it is ended with all below it, and another one goes on. */
static void say_wrong(struct fake *f, int what)
{
	static const char zeros[64];
	struct slot_refused no = { .slot = 0, .generation = f->e->slots[0]->generation, .why = "no" };
	struct slot_started yes = { .slot = 0, .generation = f->e->slots[0]->generation, .pid = 1 };
	switch (what) {
	case 0:
		link_put(&f->agent, 4711, zeros, 10);
		break;
	case 1:
		link_put(&f->agent, MSG_SLOT_EXITED, zeros, 3);
		break;
	case 2:
		ck_assert_int_eq(send(f->agent.fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, MSG_NOSIGNAL), 8);
		break;
	case 3:
		msg_put_slot_refused(&f->agent, &no);
		break;
	case 4: /* without a descriptor */
		msg_put_slot_started(&f->agent, &yes);
		break;
	default: /* twice */
		link_put_fd(&f->agent, dup(0));
		msg_put_slot_started(&f->agent, &yes);
	}
	link_flush(&f->agent, NULL);
}

START_TEST(agent_lies)
{
	struct fake f;
	begin(&f, 200, "10", 4, 20 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	say_wrong(&f, _i);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 200);
	FAKE_CHECK(&f, f.agents == 2 && f.e->exit_status == 0 && f.nfailed == 0, "%llu agents, status %u",
		(unsigned long long)f.agents, f.e->exit_status);
	fake_end(&f);
}
END_TEST

/* Words about slots and generations that do not exist change nothing. */
START_TEST(agent_speaks_of_nobody)
{
	struct fake f;
	begin(&f, 200, "10", 4, 20 * NS_PER_MS);
	fake_until(&f, all_busy, STEPS);
	struct slot_exited gone = { .slot = 4000, .generation = 1 };
	struct slot_refused no = { .slot = 1, .generation = 77, .why = "no" };
	struct slot_started yes = { .slot = 2, .generation = 0, .pid = 1 };
	msg_put_slot_exited(&f.agent, &gone);
	msg_put_slot_refused(&f.agent, &no);
	link_put_fd(&f.agent, dup(0));
	msg_put_slot_started(&f.agent, &yes);
	link_flush(&f.agent, NULL);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 200);
	ck_assert(f.agents == 1 && f.deaths == 4);
	fake_end(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: faults");
	TCase *t = tcase_create("all");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, causes, 0, 6);
	tcase_add_loop_test(t, culprit, 0, 5);
	tcase_add_test(t, death_on_arrival);
	tcase_add_loop_test(t, deaf_worker, 0, 4);
	tcase_add_loop_test(t, mute_worker, 0, 2);
	tcase_add_loop_test(t, lies, 1, LIES);
	tcase_add_test(t, flood);
	tcase_add_test(t, baseline_mismatch);
	tcase_add_loop_test(t, back_off, 0, 2);
	tcase_add_test(t, never_ready);
	tcase_add_test(t, setup_fails);
	tcase_add_test(t, agent_dies);
	tcase_add_test(t, agent_of_another_build);
	tcase_add_test(t, no_agent);
	tcase_add_test(t, agent_dies_of_each_start);
	tcase_add_loop_test(t, deaf_agent, 0, 2);
	tcase_add_loop_test(t, agent_lies, 0, 6);
	tcase_add_test(t, agent_speaks_of_nobody);
	suite_add_tcase(s, t);
	return tap_run(s);
}
