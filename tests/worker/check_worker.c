/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real worker program against an engine that is this test: grants, recalls, ends, failures, and everything an
 * engine must not send. */
#include <math.h>
#include <signal.h>

#include "work/integrate.h"
#include "work/spread.h"
#include "worker/hear.h"

START_TEST(executes_what_is_granted_in_order)
{
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "spin", no_time);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 0, 10, 3);
	drive_grant(&d.link, &p, 10, 1000, 1);
	drive_grant(&d.link, &p, 5000, 7, 100);
	drive_send(&d.link);
	hear_tasks(&d, &h, 1017);
	for (uint64_t i = 0; i < 1010; i++)
		ck_assert_uint_eq(h.tasks[i], i);
	for (uint64_t i = 0; i < 7; i++)
		ck_assert_uint_eq(h.tasks[1010 + i], 5000 + i);
	ck_assert_uint_ge(h.frames, 2);
	stop(&d, &h);
	ck_assert_uint_eq(h.returned_messages, 1);
	ck_assert_uint_eq(h.returned, 0);
	forget(&h, &p);
}
END_TEST

/* The same bits whoever executes a task and however tasks are cut into grants. */
START_TEST(lengths_belong_to_the_task)
{
	static const char *const spreads[] = { "none", "uniform", "exponential", "log-normal" };
	struct err err = { "" };
	const struct kern *k = kern_pick(&err);

	for (size_t s = 0; s < 4; s++) {
		const char *const settings[] = { "time", "3us", "spread", spreads[s], "sigma", "0.7", NULL };
		struct drive d;
		struct plan p;
		struct heard h = { 0 };

		drive_plan(&p, "spin", settings);
		start_ready(&d, &p);
		drive_grant(&d.link, &p, 50, 30, 7);
		drive_grant(&d.link, &p, 0, 20, 1);
		drive_send(&d.link);
		hear_tasks(&d, &h, 50);
		stop(&d, &h);
		for (uint64_t i = 0; i < h.n; i++) {
			struct task t = { .number = h.tasks[i], .seed = p.seed, .values = p.values };
			double seconds;

			spread_length(k, &t, &seconds);
			ck_assert_mem_eq(&h.values[i], &seconds, sizeof(seconds));
		}
		forget(&h, &p);
	}
}
END_TEST

START_TEST(integrates_with_inputs)
{
	static const char *const samples[] = { "100", "7", "2000", "100", NULL };
	static const char *const vars[] = { "x" };
	struct expr *f = expr_parse("1/(1 + x^2)", vars, 1, NULL);
	struct drive d;
	struct plan p;
	struct heard h = { 0 };
	struct err err = { "" };

	drive_plan(&p, "integrate", NULL);
	drive_axis(&p, "samples", samples);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 2, 2, 1);
	drive_grant(&d.link, &p, 0, 2, 2);
	drive_send(&d.link);
	hear_tasks(&d, &h, 4);
	stop(&d, &h);
	for (uint64_t i = 0; i < 4; i++) {
		struct integrate in;
		double v;

		ck_assert_int_eq(integrate_init(&in, f, 0, 1, (uint64_t)atoll(samples[h.tasks[i]]), METHOD_SLIDES, &err), 0);
		ck_assert_int_eq(integrate_task(&in, p.seed, h.tasks[i], NULL, NULL, &v, &err), 0);
		ck_assert_mem_eq(&h.values[i], &v, sizeof(v));
		integrate_release(&in);
	}
	expr_free(f);
	forget(&h, &p);
}
END_TEST

/* Whenever the recall arrives: what was executed and what came back are the whole grant, and the executed tasks are
 * its head. */
START_TEST(gives_back_what_is_not_begun)
{
	static const char *const settings[] = { "time", "20ms", NULL };
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "sleep", settings);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 100, 30, 10);
	drive_grant(&d.link, &p, 0, 5, 1);
	drive_send(&d.link);
	while (h.begun == 0)
		ck_assert(hear(&d, &h));
	ck_assert_uint_eq(h.last_begun, 100);
	msg_put_empty(&d.link, MSG_RECALL);
	drive_send(&d.link);
	while (h.returned_messages == 0 || h.n + h.returned < 35)
		ck_assert(hear(&d, &h));
	ck_assert_uint_eq(h.n + h.returned, 35);
	ck_assert_uint_lt(h.n, 35);
	for (uint64_t i = 0; i < h.n; i++)
		ck_assert_uint_eq(h.tasks[i], i < 30 ? 100 + i : i - 30);
	/* it goes on with new grants */
	drive_grant(&d.link, &p, 700, 1, 1);
	drive_send(&d.link);
	hear_tasks(&d, &h, h.n + 1);
	ck_assert_uint_eq(h.tasks[h.n - 1], 700);
	/* a recall of nothing is answered too */
	msg_put_empty(&d.link, MSG_RECALL);
	drive_send(&d.link);
	while (h.returned_messages < 2)
		ck_assert(hear(&d, &h));
	stop(&d, &h);
	ck_assert_uint_eq(h.returned_messages, 3);
	forget(&h, &p);
}
END_TEST

START_TEST(stops_after_the_present_task)
{
	static const char *const settings[] = { "time", "30ms", NULL };
	static const char *const names[] = { "sleep", "spin" };

	for (size_t i = 0; i < 2; i++) {
		struct drive d;
		struct plan p;
		struct heard h = { 0 };

		drive_plan(&p, names[i], settings);
		start_ready(&d, &p);
		drive_grant(&d.link, &p, 0, 1000, 1000);
		drive_send(&d.link);
		while (h.begun == 0)
			ck_assert(hear(&d, &h));
		stop(&d, &h);
		ck_assert_uint_eq(h.n + h.returned, 1000);
		ck_assert_uint_ge(h.n, 1);
		forget(&h, &p);
	}
}
END_TEST

START_TEST(leaves_at_once_when_the_link_ends)
{
	static const char *const names[] = { "sleep", "spin", NULL };

	for (size_t i = 0; i < 3; i++) {
		struct drive d;
		struct plan p;
		struct heard h = { 0 };

		drive_plan(&p, names[i] ? names[i] : "sleep", an_hour);
		start_ready(&d, &p);
		if (names[i]) {
			drive_grant(&d.link, &p, 0, 1, 1);
			drive_send(&d.link);
			while (h.begun == 0)
				ck_assert(hear(&d, &h));
		}
		close(d.link.fd);
		d.link.fd = -1;
		ck_assert_int_eq(drive_wait(&d), 0);
		drive_release(&d);
		forget(&h, &p);
	}
}
END_TEST

START_TEST(names_the_task_that_runs)
{
	static const char *const settings[] = { "time", "250ms", NULL };
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "sleep", settings);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 3, 2, 2);
	drive_send(&d.link);
	hear_tasks(&d, &h, 2);
	ck_assert_uint_eq(h.begun, 2);
	ck_assert_uint_eq(h.last_begun, 4);
	ck_assert_uint_ge(h.progress, 2);
	stop(&d, &h);
	ck_assert(h.values[0] == 0.25);
	forget(&h, &p);
}
END_TEST

START_TEST(careful_grants_go_one_by_one)
{
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "spin", no_time);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 0, 100, 100);
	drive_send(&d.link);
	hear_tasks(&d, &h, 100);
	h.begun = h.frames = 0;
	drive_grant(&d.link, &p, 200, 5, 0);
	drive_send(&d.link);
	for (uint64_t i = 0; i < 5; i++) {
		ck_assert(hear(&d, &h));
		ck_assert_uint_eq(h.begun, i + 1);
		ck_assert_uint_eq(h.last_begun, 200 + i);
		ck_assert(hear(&d, &h));
		ck_assert_uint_eq(h.frames, i + 1);
		ck_assert_uint_eq(h.n, 101 + i);
	}
	stop(&d, &h);
	forget(&h, &p);
}
END_TEST

START_TEST(failed_tasks_have_a_sentence)
{
	static const char *const ends[] = { "-1", "1", "0.5", NULL };
	static const char *const settings[] = { "f", "log(x)", "samples", "100", "from", "-2", NULL };
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "integrate", settings);
	drive_axis(&p, "to", ends);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 0, 3, 1);
	drive_send(&d.link);
	hear_tasks(&d, &h, 3);
	stop(&d, &h);
	ck_assert_uint_eq(h.failures, 3);
	for (uint64_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(h.failed[i], 1);
		ck_assert(h.values[i] == 0);
	}
	ck_assert_str_ne(h.why, "");
	forget(&h, &p);
}
END_TEST

START_TEST(good_tasks_among_failed_ones_keep_their_status)
{
	static const char *const starts[] = { "0.5", "-1", "0.25", "3", "0.5", NULL };
	static const char *const settings[] = { "f", "log(x)", "samples", "100", NULL };
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "integrate", settings);
	drive_axis(&p, "from", starts);
	start_ready(&d, &p);
	for (int round = 0; round < 3; round++) {
		drive_grant(&d.link, &p, 0, 5, 5);
		/* none follows the one before, so that each is the first row of a frame of its own */
		drive_grant(&d.link, &p, 1, 1, 1);
		drive_grant(&d.link, &p, 0, 1, 1);
		drive_grant(&d.link, &p, 3, 1, 1);
		drive_grant(&d.link, &p, 2, 1, 1);
		drive_send(&d.link);
	}
	hear_tasks(&d, &h, 27);
	stop(&d, &h);
	for (uint64_t i = 0; i < 27; i++)
		ck_assert_uint_eq(h.failed[i], h.tasks[i] == 1 || h.tasks[i] == 3);
	ck_assert_uint_eq(h.failures, 12);
	forget(&h, &p);
}
END_TEST

START_TEST(time_limits_end_tasks)
{
	static const char *const names[] = { "sleep", "spin" };

	for (size_t i = 0; i < 2; i++) {
		struct drive d;
		struct plan p;
		struct heard h = { 0 };

		drive_plan(&p, names[i], an_hour);
		p.timeout_ns = 20 * NS_PER_MS;
		start_ready(&d, &p);
		drive_grant(&d.link, &p, 0, 2, 2);
		drive_send(&d.link);
		hear_tasks(&d, &h, 2);
		stop(&d, &h);
		ck_assert_uint_eq(h.failures, 2);
		ck_assert_str_eq(h.why, "timeout after 20 ms");
		forget(&h, &p);
	}
}
END_TEST

START_TEST(answers_pings_during_a_task)
{
	struct drive d;
	struct plan p;
	struct heard h = { 0 };

	drive_plan(&p, "spin", an_hour);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 0, 1, 1);
	drive_send(&d.link);
	while (h.begun == 0)
		ck_assert(hear(&d, &h));
	for (int i = 0; i < 5000; i++)
		msg_put_empty(&d.link, MSG_PING);
	drive_send(&d.link);
	while (h.pongs < 5000)
		ck_assert(hear(&d, &h));
	process_signal(d.pid, SIGKILL, false);
	ck_assert_int_eq(drive_wait(&d), 1000 + SIGKILL);
	drive_release(&d);
	forget(&h, &p);
}
END_TEST

/* The state letter of /proc/PID/stat. */
static char state_of(pid_t pid)
{
	char path[64], text[512], *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	ck_assert_int_gt((int)n, 0);
	text[n] = '\0';
	p = strrchr(text, ')');
	return p[2];
}

/* An engine that does not read makes the worker wait, not grow. */
START_TEST(waits_for_a_slow_engine)
{
	struct drive d;
	struct plan p;
	struct heard h = { 0 };
	struct process_sample before, after;
	uint64_t until = clock_now() + PATIENCE;

	drive_plan(&p, "spin", no_time);
	start_ready(&d, &p);
	ck_assert_int_eq(process_sample(d.pid, &before), 0);
	drive_grant(&d.link, &p, 0, 3000000, 1);
	drive_send(&d.link);
	while (state_of(d.pid) != 'S' || process_sample(d.pid, &after) < 0 || after.cpu_ns < before.cpu_ns + NS_PER_MS)
		ck_assert_msg(clock_now() < until, "the worker does not wait");
	ck_assert_uint_lt(after.rss, before.rss + (4u << 20));
	hear_tasks(&d, &h, 3000000);
	for (uint64_t i = 0; i < h.n; i++)
		ck_assert_uint_eq(h.tasks[i], i);
	stop(&d, &h);
	forget(&h, &p);
}
END_TEST

/* CPU time is what a spin task promises, whoever else uses the CPU. */
START_TEST(spin_uses_its_cpu_time)
{
	static const char *const settings[] = { "time", "3ms", NULL };
	struct drive d;
	struct plan p;
	struct results m;
	struct frame f;
	struct err err = { "" };
	uint64_t cpu = 0, n = 0;

	drive_plan(&p, "spin", settings);
	start_ready(&d, &p);
	drive_grant(&d.link, &p, 0, 10, 5);
	drive_send(&d.link);
	while (n < 10) {
		ck_assert(drive_next(&d.link, &f));
		if (f.type != MSG_RESULTS)
			continue;
		ck_assert_int_eq(msg_get_results(f.payload, &m, &err), 0);
		cpu += m.cpu_ns;
		n += m.count;
		for (uint32_t i = 0; i < m.count; i++)
			ck_assert_uint_ge(drive_time(&m, i), 3 * NS_PER_MS);
	}
	ck_assert_uint_ge(cpu, 30 * NS_PER_MS);
	process_signal(d.pid, SIGTERM, false);
	ck_assert_int_eq(drive_wait(&d), 1000 + SIGTERM);
	drive_release(&d);
	plan_release(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("worker");
	TCase *t = tcase_create("worker");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, executes_what_is_granted_in_order);
	tcase_add_test(t, lengths_belong_to_the_task);
	tcase_add_test(t, integrates_with_inputs);
	tcase_add_test(t, gives_back_what_is_not_begun);
	tcase_add_test(t, stops_after_the_present_task);
	tcase_add_test(t, leaves_at_once_when_the_link_ends);
	tcase_add_test(t, names_the_task_that_runs);
	tcase_add_test(t, careful_grants_go_one_by_one);
	tcase_add_test(t, failed_tasks_have_a_sentence);
	tcase_add_test(t, good_tasks_among_failed_ones_keep_their_status);
	tcase_add_test(t, time_limits_end_tasks);
	tcase_add_test(t, answers_pings_during_a_task);
	tcase_add_test(t, waits_for_a_slow_engine);
	tcase_add_test(t, spin_uses_its_cpu_time);
	suite_add_tcase(s, t);
	return drive_run(s);
}
