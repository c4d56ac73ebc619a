/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real agent against an engine that is this test: starts, refusals, ends, descriptors, samples. */
#include <dirent.h>
#include <signal.h>

#include "worker/orders.h"

START_TEST(starts_and_stops_workers)
{
	for (uint8_t method = WIRE_SPAWN; method <= WIRE_FORK; method++) {
		struct drive d;
		struct plan p;
		struct started w[5];

		drive_plan(&p, "spin", no_time);
		start_agent(&d, &p, NULL);
		for (uint32_t i = 0; i < 5; i++)
			start_worker(&d, &p, &w[i], 2 * i, 4 + i, method);
		for (uint32_t i = 0; i < 5; i++)
			run_one(&w[i], &p, 4 + i);
		for (uint32_t i = 0; i < 5; i++) {
			struct slot_exited exited;

			msg_put_empty(&w[i].link, MSG_STOP);
			drive_send(&w[i].link);
			exited = take_exited(&d, 2 * i, 4 + i);
			ck_assert_uint_eq(exited.signaled, 0);
			ck_assert_uint_eq(exited.code, 0);
			ck_assert_uint_gt(exited.max_rss, 0);
			ck_assert(is_gone(w[i].pid));
			drive_expect(&w[i].link, MSG_RETURNED);
			drive_expect(&w[i].link, MSG_BYE);
			link_release(&w[i].link);
		}
		end_agent(&d);
		plan_release(&p);
	}
}
END_TEST

START_TEST(names_the_cause_of_a_death)
{
	static const int signals[] = { SIGKILL, SIGALRM, SIGTERM };

	for (uint8_t method = WIRE_SPAWN; method <= WIRE_FORK; method++) {
		struct drive d;
		struct plan p;

		drive_plan(&p, "spin", no_time);
		start_agent(&d, &p, NULL);
		for (uint32_t i = 0; i < 3; i++) {
			struct started w;
			struct slot_exited exited;

			start_worker(&d, &p, &w, 0, i + 1, method);
			order_signal(&d, 0, i, SIGKILL); /* another generation: nobody */
			order_signal(&d, 0, i + 1, signals[i]);
			exited = take_exited(&d, 0, i + 1);
			ck_assert_uint_eq(exited.signaled, 1);
			ck_assert_uint_eq(exited.code, signals[i]);
			ck_assert_uint_eq(exited.leftovers, 0);
			ck_assert(is_gone(w.pid));
			link_release(&w.link);
		}
		end_agent(&d);
		plan_release(&p);
	}
}
END_TEST

START_TEST(refuses_what_cannot_be_started)
{
	struct drive d;
	struct plan p;
	struct started w;

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	order_start(&d, 1024, 1, WIRE_SPAWN);
	expect_refused(&d, 1024, 1, "1024");
	start_worker(&d, &p, &w, 7, 1, WIRE_SPAWN);
	order_start(&d, 7, 2, WIRE_FORK);
	expect_refused(&d, 7, 2, "generation 1");
	link_release(&w.link);
	take_exited(&d, 7, 1);
	end_agent(&d);
	/* work that no template can prepare */
	start_agent(&d, NULL, NULL);
	order_start(&d, 0, 1, WIRE_FORK);
	order_start(&d, 1, 1, WIRE_FORK);
	expect_refused(&d, 0, 1, "kind");
	expect_refused(&d, 1, 1, "kind");
	end_agent(&d);
	plan_release(&p);
}
END_TEST

START_TEST(refuses_another_build)
{
	struct drive d;
	struct agent_ready m;
	struct err err = { "" };
	char text[4096];

	drive_start(&d, "agent");
	send_setup_build(&d, NULL, "some-other-build");
	ck_assert_int_eq(msg_get_agent_ready(drive_expect(&d.link, MSG_AGENT_READY), &m, &err), 0);
	ck_assert_str_eq(m.build_id, POOLTOP_BUILD_ID);
	drive_expect(&d.link, MSG_AGENT_NOTE);
	ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_PROTOCOL);
	ck_assert_ptr_nonnull(strstr(drive_complaints(&d, text, sizeof(text)), "some-other-build"));
	drive_release(&d);
}
END_TEST

static void bad_before_setup(struct drive *d)
{
	order_start(d, 0, 1, WIRE_SPAWN);
}

static void bad_type(struct drive *d)
{
	send_setup_build(d, NULL, POOLTOP_BUILD_ID);
	link_put(&d->link, 999, "", 0);
}

static void bad_method(struct drive *d)
{
	send_setup_build(d, NULL, POOLTOP_BUILD_ID);
	order_start(d, 0, 1, 2);
}

static void bad_second_setup(struct drive *d)
{
	send_setup_build(d, NULL, POOLTOP_BUILD_ID);
	send_setup_build(d, NULL, POOLTOP_BUILD_ID);
}

static void bad_cut_short(struct drive *d)
{
	send_setup_build(d, NULL, POOLTOP_BUILD_ID);
	link_put(&d->link, MSG_SLOT_SIGNAL, "abc", 3);
}

START_TEST(leaves_a_broken_engine)
{
	static void (*const bad[])(struct drive *d) = {
		bad_before_setup, bad_type, bad_method, bad_second_setup, bad_cut_short,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct drive d;
		char text[4096];

		drive_start(&d, "agent");
		bad[i](&d);
		drive_send(&d.link);
		ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_PROTOCOL);
		ck_assert_str_ne(drive_complaints(&d, text, sizeof(text)), "");
		drive_release(&d);
	}
}
END_TEST

/* Checks the open descriptors of a process: standard ones are /dev/null, then exactly one socket. */
static void check_descriptors(pid_t pid)
{
	char path[64], target[256];
	int sockets = 0, nulls = 0;
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir))) {
		char name[512];
		ssize_t n;

		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		n = readlink(name, target, sizeof(target) - 1);
		ck_assert_int_gt((int)n, 0);
		target[n] = '\0';
		if (strcmp(target, "/dev/null") == 0)
			nulls++;
		else if (strncmp(target, "socket:", 7) == 0)
			sockets++;
		else
			ck_abort_msg("process %d has %s open", (int)pid, target);
	}
	closedir(dir);
	ck_assert_int_eq(nulls, 3);
	ck_assert_int_eq(sockets, 1);
}

START_TEST(workers_inherit_only_their_link)
{
	struct drive d;
	struct plan p;
	struct started w[12];
	char path[64], text[8192];
	ssize_t n;
	int fd;

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	for (uint32_t i = 0; i < 12; i++)
		start_worker(&d, &p, &w[i], i, 1, i % 2 ? WIRE_FORK : WIRE_SPAWN);
	for (uint32_t i = 0; i < 12; i++) {
		check_descriptors(w[i].pid);
		snprintf(path, sizeof(path), "/proc/%d/environ", (int)w[i].pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		ck_assert_int_gt((int)n, 0);
		ck_assert_ptr_nonnull(memmem(text, (size_t)n, "POOLTOP_RUN=test-run", sizeof("POOLTOP_RUN=test-run")));
		ck_assert_int_eq(getsid(w[i].pid), w[i].pid);
		link_release(&w[i].link);
	}
	end_agent(&d);
	plan_release(&p);
}
END_TEST

START_TEST(samples_running_workers)
{
	struct drive d;
	struct plan p;
	struct started w[2];
	bool seen[2] = { false, false };

	drive_plan(&p, "spin", no_time);
	start_agent(&d, &p, NULL);
	start_worker(&d, &p, &w[0], 1, 1, WIRE_SPAWN);
	start_worker(&d, &p, &w[1], 6, 2, WIRE_FORK);
	msg_put_slots_shown(&d.link, &(struct slots_shown){ 6, 1 });
	drive_send(&d.link);
	while (!seen[0] || !seen[1]) {
		struct frame f;
		struct samples m;
		struct err err = { "" };

		ck_assert(drive_next(&d.link, &f));
		ck_assert_uint_eq(f.type, MSG_SAMPLES);
		ck_assert_int_eq(msg_get_samples(f.payload, &m, &err), 0);
		ck_assert_uint_gt(m.n, 0);
		for (uint32_t i = 0; i < m.n; i++) {
			struct sample_row row = sample_row_at(m.rows, i);

			ck_assert(row.slot == 1 || row.slot == 6);
			ck_assert_uint_eq(row.generation, row.slot == 1 ? 1 : 2);
			ck_assert_uint_gt(row.rss, 0);
			ck_assert_uint_gt(row.cpu_ns, 0);
			seen[row.slot == 6] = true;
		}
	}
	link_release(&w[0].link);
	link_release(&w[1].link);
	end_agent(&d);
	plan_release(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("agent");
	TCase *t = tcase_create("agent");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, starts_and_stops_workers);
	tcase_add_test(t, names_the_cause_of_a_death);
	tcase_add_test(t, refuses_what_cannot_be_started);
	tcase_add_test(t, refuses_another_build);
	tcase_add_test(t, leaves_a_broken_engine);
	tcase_add_test(t, workers_inherit_only_their_link);
	tcase_add_test(t, samples_running_workers);
	suite_add_tcase(s, t);
	return drive_run(s);
}
