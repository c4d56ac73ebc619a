/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real agent against an engine that is this test: starts, deaths of everybody, leftovers, descriptors.
 *
 * For what only user code does (leaving processes behind) this program is its own agent: started with the argument
 * `agent` it runs the agent's code, whose workers are then this program too, with the argument `worker`: ill-bred
 * ones. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

#include "build-id.h"
#include "tap.h"
#include "work/agent.h"
#include "worker/drive.h"

#define CHILDREN 5 /* that an ill-bred worker leaves, each with one of its own */

static void send_setup_build(struct drive *d, const struct plan *p, const char *build)
{
	struct agent_setup m = { .protocol = PROTOCOL_VERSION, .run_id = "test-run", .grace_ns = NS_PER_S };
	struct str work = STR_INIT;

	str_copy(m.build_id, sizeof(m.build_id), build);
	if (p)
		work_spec_pack(&work, p);
	else
		str_adds(&work, "nonsense");
	m.work = (struct slice){ work.p, work.n };
	msg_put_agent_setup(&d->link, &m);
	drive_send(&d->link);
	str_release(&work);
}

/* An agent that has said READY; `path` NULL is the real program. */
static void start_agent(struct drive *d, const struct plan *p, const char *path)
{
	struct agent_ready m;
	struct err err = { "" };

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* as an engine is */
	if (path)
		drive_start_program(d, path, "agent");
	else
		drive_start(d, "agent");
	send_setup_build(d, p, POOLTOP_BUILD_ID);
	ck_assert_int_eq(msg_get_agent_ready(drive_expect(&d->link, MSG_AGENT_READY), &m, &err), 0);
	ck_assert_str_eq(m.build_id, POOLTOP_BUILD_ID);
	ck_assert_int_eq((int)m.pid, d->pid);
	ck_assert_uint_ge(m.max_workers, 1);
}

/* The next frame that is not about samples. */
static struct frame next_order(struct drive *d)
{
	struct frame f;

	do
		ck_assert_msg(drive_next(&d->link, &f), "the agent's link has ended");
	while (f.type == MSG_SAMPLES);
	return f;
}

static struct slice expect(struct drive *d, unsigned type)
{
	struct frame f = next_order(d);

	ck_assert_msg(f.type == type, "%s came instead of %s", msg_name(f.type), msg_name(type));
	return f.payload;
}

static void order_start(struct drive *d, uint32_t slot, uint32_t generation, uint8_t method)
{
	msg_put_slot_start(&d->link, &(struct slot_start){ slot, generation, method });
	drive_send(&d->link);
}

static void order_signal(struct drive *d, uint32_t slot, uint32_t generation, int signo)
{
	msg_put_slot_signal(&d->link, &(struct slot_signal){ slot, generation, (uint32_t)signo });
	drive_send(&d->link);
}

/* A started worker and our end of its link. */
struct started {
	pid_t pid;
	struct link link;
};

static void take_started(struct drive *d, struct slice payload, struct started *w, uint32_t slot, uint32_t generation)
{
	struct slot_started m;
	struct err err = { "" };
	int fd = link_take_fd(&d->link);

	ck_assert_int_eq(msg_get_slot_started(payload, &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_int_ge(fd, 0);
	w->pid = (pid_t)m.pid;
	link_init(&w->link, fd, DRIVE_PAYLOAD);
}

/* Starts a worker and waits for its READY. */
static void start_worker(struct drive *d, const struct plan *p, struct started *w, uint32_t slot, uint32_t generation,
			 uint8_t method)
{
	struct worker_ready m;
	struct err err = { "" };

	order_start(d, slot, generation, method);
	take_started(d, expect(d, MSG_SLOT_STARTED), w, slot, generation);
	if (method == WIRE_SPAWN) {
		drive_setup(&w->link, p);
		drive_send(&w->link);
	}
	ck_assert_int_eq(msg_get_worker_ready(drive_expect(&w->link, MSG_READY), &m, &err), 0);
	ck_assert_int_eq((int)m.pid, w->pid);
}

static struct slot_exited take_exited(struct drive *d, uint32_t slot, uint32_t generation)
{
	struct slot_exited m;
	struct err err = { "" };

	ck_assert_int_eq(msg_get_slot_exited(expect(d, MSG_SLOT_EXITED), &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	return m;
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

/* Ends the agent by closing its link: it must leave nothing. */
static void end_agent(struct drive *d)
{
	close(d->link.fd);
	d->link.fd = -1;
	ck_assert_int_eq(drive_wait(d), 0);
	drive_release(d);
	ck_assert_int_eq(process_sweep(NULL, NULL), 0);
}

/* One task through a worker, to see that its link is a link. */
static void run_one(struct started *w, const struct plan *p, uint32_t generation)
{
	struct results m;
	struct err err = { "" };

	drive_grant(&w->link, p, 3, 1, 1);
	drive_send(&w->link);
	drive_expect(&w->link, MSG_BEGUN);
	ck_assert_int_eq(msg_get_results(drive_expect(&w->link, MSG_RESULTS), &m, &err), 0);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_uint_eq(m.first, 3);
}

static const char *const no_time[] = { "time", "0", NULL };

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

static void expect_refused(struct drive *d, uint32_t slot, uint32_t generation, const char *word)
{
	struct slot_refused m;
	struct err err = { "" };

	ck_assert_int_eq(msg_get_slot_refused(expect(d, MSG_SLOT_REFUSED), &m, &err), 0);
	ck_assert_uint_eq(m.slot, slot);
	ck_assert_uint_eq(m.generation, generation);
	ck_assert_msg(strstr(m.why, word) != NULL, "%s", m.why);
}

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

/* ---- who dies with whom ---- */

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

/* ---- what workers inherit ---- */

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

int main(int argc, char **argv)
{
	Suite *s;
	TCase *t;

	if (argc > 1 && strcmp(argv[1], "agent") == 0)
		return agent_run(3);
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return ill_bred_worker();
	s = suite_create("agent");
	t = tcase_create("agent");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, starts_and_stops_workers);
	tcase_add_test(t, names_the_cause_of_a_death);
	tcase_add_test(t, refuses_what_cannot_be_started);
	tcase_add_test(t, refuses_another_build);
	tcase_add_test(t, leaves_a_broken_engine);
	tcase_add_test(t, nothing_outlives_the_control_link);
	tcase_add_test(t, workers_die_with_their_agent);
	tcase_add_test(t, ends_all_when_told_by_a_signal);
	tcase_add_test(t, a_dead_template_is_replaced);
	tcase_add_test(t, forks_survive_sweeps);
	tcase_add_test(t, sweeps_what_a_worker_leaves);
	tcase_add_test(t, leaves_no_leftovers_at_its_end);
	tcase_add_test(t, workers_inherit_only_their_link);
	tcase_add_test(t, samples_running_workers);
	suite_add_tcase(s, t);
	return tap_run(s);
}
