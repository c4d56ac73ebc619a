/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who dies with whom: the real agent, its workers, its template and what they leave behind.
 *
 * For what only user code does (leaving processes behind) this program is its own agent: started with the argument
 * `agent` it runs the agent's code, whose workers are then this program too, with the argument `worker`: ill-bred
 * ones. */
#include <errno.h>
#include <signal.h>

#include "work/agent.h"
#include "worker/orders.h"

#define CHILDREN 5 /* that an ill-bred worker leaves, each with one of its own */

/* The only child of `pid` whose command line begins with `second` as its second word; 0 when there is none. */
static pid_t child_called(pid_t pid, const char *second)
{
	char path[128], list[65536], line[256];
	char *p = list;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	n = read(fd, list, sizeof(list) - 1);
	close(fd);
	list[n > 0 ? n : 0] = '\0';
	while (*p) {
		int child = (int)strtol(p, &p, 10);

		while (*p == ' ')
			p++;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", child);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, line, sizeof(line) - 1);
		close(fd);
		line[n > 0 ? n : 0] = '\0';
		if (n > 0 && strcmp(line + strlen(line) + 1, second) == 0)
			return child;
	}
	return 0;
}

/* Waits until an event of another process is visible; there is no descriptor for those. */
static void wait_until_gone(pid_t pid)
{
	uint64_t until = clock_now() + PATIENCE;

	while (!is_gone(pid))
		ck_assert_msg(clock_now() < until, "process %d lives on", (int)pid);
}

START_TEST(nothing_outlives_the_control_link)
{
	for (uint8_t method = WIRE_SPAWN; method <= WIRE_FORK; method++) {
		struct drive d;
		struct plan p;
		struct started w[20];

		drive_plan(&p, "spin", no_time);
		start_agent(&d, &p, NULL);
		for (uint32_t i = 0; i < 20; i++)
			start_worker(&d, &p, &w[i], i, 1, method);
		/* some more are on their way when the link ends */
		for (uint32_t i = 20; i < 60; i++)
			msg_put_slot_start(&d.link, &(struct slot_start){ i, 1, method });
		drive_send(&d.link);
		end_agent(&d);
		for (uint32_t i = 0; i < 20; i++) {
			ck_assert(is_gone(w[i].pid));
			link_release(&w[i].link);
		}
		plan_release(&p);
	}
}
END_TEST

START_TEST(workers_die_with_their_agent)
{
	for (uint8_t method = WIRE_SPAWN; method <= WIRE_FORK; method++) {
		struct drive d;
		struct plan p;
		struct started w[20];

		drive_plan(&p, "spin", no_time);
		start_agent(&d, &p, NULL);
		for (uint32_t i = 0; i < 20; i++)
			start_worker(&d, &p, &w[i], i, 1, method);
		process_signal(d.pid, SIGKILL, false);
		ck_assert_int_eq(drive_wait(&d), 1000 + SIGKILL);
		/* they are this process's children now, as they would be the engine's; the template too, which nobody
		 * else knows */
		for (uint32_t i = 0; i < 20; i++) {
			struct process_exit how;
			struct err err = { "" };

			ck_assert_msg(process_wait(w[i].pid, &how, &err) == 0, "%s", err.msg);
			ck_assert(how.signaled && how.code == SIGKILL);
			link_release(&w[i].link);
		}
		process_sweep(NULL, NULL);
		drive_release(&d);
		plan_release(&p);
	}
}
END_TEST

START_TEST(ends_all_when_told_by_a_signal)
{
	struct drive d;
	struct plan p;
	struct started w;

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	start_worker(&d, &p, &w, 0, 1, WIRE_FORK);
	process_signal(d.pid, SIGTERM, false);
	ck_assert_int_eq(drive_wait(&d), 128 + SIGTERM);
	ck_assert(is_gone(w.pid));
	link_release(&w.link);
	drive_release(&d);
	plan_release(&p);
}
END_TEST

START_TEST(a_dead_template_is_replaced)
{
	struct drive d;
	struct plan p;
	struct started w, v;
	pid_t template;

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	start_worker(&d, &p, &w, 0, 1, WIRE_FORK);
	template = child_called(d.pid, "template");
	ck_assert_int_gt(template, 0);
	/* while it cannot answer, its starts stay open; its death refuses them */
	process_signal(template, SIGSTOP, false);
	order_start(&d, 1, 1, WIRE_FORK);
	order_start(&d, 2, 1, WIRE_FORK);
	process_signal(template, SIGKILL, false);
	expect_refused(&d, 1, 1, "SIGKILL");
	expect_refused(&d, 2, 1, "SIGKILL");
	ck_assert(is_gone(template));
	/* its workers live, and a new one is made */
	run_one(&w, &p, 1);
	start_worker(&d, &p, &v, 1, 2, WIRE_FORK);
	run_one(&v, &p, 2);
	ck_assert_int_ne(child_called(d.pid, "template"), template);
	/* it dies with nobody waiting for it */
	template = child_called(d.pid, "template");
	process_signal(template, SIGKILL, false);
	wait_until_gone(template);
	link_release(&v.link);
	take_exited(&d, 1, 2);
	start_worker(&d, &p, &v, 1, 3, WIRE_FORK);
	run_one(&v, &p, 3);
	link_release(&v.link);
	link_release(&w.link);
	end_agent(&d);
	plan_release(&p);
}
END_TEST

/* Exits, starts and kills mixed: every start is answered once, every exit told once, and no sibling is taken for a
 * leftover. */
START_TEST(forks_survive_sweeps)
{
	struct drive d;
	struct plan p;
	struct started w[64] = { { 0 } };
	uint32_t generation[64] = { 0 }, starts = 0, deaths = 0;
	struct err err = { "" };

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	for (uint32_t i = 0; i < 64; i++, starts++)
		msg_put_slot_start(&d.link, &(struct slot_start){ i, ++generation[i], WIRE_FORK });
	drive_send(&d.link);
	while (deaths < 600) {
		struct frame f = next_order(&d);
		struct slot_started s;
		struct slot_exited e;

		if (f.type == MSG_SLOT_STARTED) {
			ck_assert_int_eq(msg_get_slot_started(f.payload, &s, &err), 0);
			take_started(&d, f.payload, &w[s.slot], s.slot, generation[s.slot]);
			/* every second one is killed by the engine, the others end by themselves: by nobody else's
			 * hand */
			if (s.slot % 2)
				order_signal(&d, s.slot, s.generation, SIGTERM);
			else
				link_release(&w[s.slot].link);
			continue;
		}
		ck_assert_uint_eq(f.type, MSG_SLOT_EXITED);
		ck_assert_int_eq(msg_get_slot_exited(f.payload, &e, &err), 0);
		ck_assert_uint_eq(e.generation, generation[e.slot]);
		ck_assert_uint_eq(e.signaled, e.slot % 2);
		ck_assert_uint_eq(e.code, e.slot % 2 ? SIGTERM : 0);
		ck_assert_uint_eq(e.leftovers, 0);
		if (e.slot % 2)
			link_release(&w[e.slot].link);
		deaths++;
		if (starts < 600) {
			starts++;
			order_start(&d, e.slot, ++generation[e.slot], WIRE_FORK);
		}
	}
	ck_assert_uint_eq(starts, 600);
	end_agent(&d);
	plan_release(&p);
}
END_TEST

/* ---- leftovers ---- */

START_TEST(sweeps_what_a_worker_leaves)
{
	struct drive d;
	struct plan p;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt((int)n, 0);
	self[n] = '\0';
	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, self);
	for (uint32_t generation = 1; generation <= 3; generation++) {
		struct started w;
		struct slot_exited exited;
		pid_t left[2 * CHILDREN];
		struct err err = { "" };

		order_start(&d, 3, generation, WIRE_SPAWN);
		take_started(&d, expect(&d, MSG_SLOT_STARTED), &w, 3, generation);
		for (int i = 0; i < 2 * CHILDREN; i++) {
			struct begun m;

			ck_assert_int_eq(msg_get_begun(drive_expect(&w.link, MSG_BEGUN), &m, &err), 0);
			left[i] = (pid_t)m.task;
			ck_assert(!is_gone(left[i]));
		}
		msg_put_empty(&w.link, MSG_STOP);
		drive_send(&w.link);
		exited = take_exited(&d, 3, generation);
		ck_assert_uint_eq(exited.signaled, 0);
		ck_assert_uint_eq(exited.code, 7);
		ck_assert_uint_eq(exited.leftovers, 2 * CHILDREN);
		for (int i = 0; i < 2 * CHILDREN; i++)
			ck_assert(is_gone(left[i]));
		link_release(&w.link);
	}
	end_agent(&d);
	plan_release(&p);
}
END_TEST

START_TEST(leaves_no_leftovers_at_its_end)
{
	struct drive d;
	struct plan p;
	struct started w;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	pid_t left[2 * CHILDREN];

	ck_assert_int_gt((int)n, 0);
	self[n] = '\0';
	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, self);
	order_start(&d, 3, 1, WIRE_SPAWN);
	take_started(&d, expect(&d, MSG_SLOT_STARTED), &w, 3, 1);
	for (int i = 0; i < 2 * CHILDREN; i++) {
		struct begun m;

		ck_assert_int_eq(msg_get_begun(drive_expect(&w.link, MSG_BEGUN), &m, NULL), 0);
		left[i] = (pid_t)m.task;
	}
	end_agent(&d);
	for (int i = 0; i < 2 * CHILDREN; i++)
		ck_assert(is_gone(left[i]));
	ck_assert(is_gone(w.pid));
	link_release(&w.link);
	plan_release(&p);
}
END_TEST

/* What an ill-bred worker starts: deaf to everything that can be ignored, in a session of its own. */
static pid_t start_leftover(struct link *l)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	pid = fork(); /* both stay */
	msg_put_begun(l, &(struct begun){ (uint64_t)getpid() });
	link_drain(l, NULL);
	link_release(l);
	for (;;)
		pause();
}

static int ill_bred_worker(void)
{
	struct link l;
	struct frame f;

	link_init(&l, 3, DRIVE_PAYLOAD);
	for (int i = 0; i < CHILDREN; i++)
		start_leftover(&l);
	while (link_next(&l, &f, NULL) == 0) {
		link_wait(&l, UINT64_MAX);
		if (link_read(&l, 4096, NULL) < 0)
			break;
	}
	_exit(7);
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *t;

	if (argc > 1 && strcmp(argv[1], "agent") == 0)
		return agent_run(3);
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return ill_bred_worker();
	s = suite_create("agent_ends");
	t = tcase_create("agent_ends");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, nothing_outlives_the_control_link);
	tcase_add_test(t, workers_die_with_their_agent);
	tcase_add_test(t, ends_all_when_told_by_a_signal);
	tcase_add_test(t, a_dead_template_is_replaced);
	tcase_add_test(t, forks_survive_sweeps);
	tcase_add_test(t, sweeps_what_a_worker_leaves);
	tcase_add_test(t, leaves_no_leftovers_at_its_end);
	suite_add_tcase(s, t);
	return drive_run(s);
}
