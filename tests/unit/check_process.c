/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting, watching and ending processes. The program starts itself: with an argument it is the child, and says on
 * descriptor 1 what it finds. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "base/str.h"
#include "tap.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

static struct err err;

/* ---- the child ---- */

static int child_fds(void)
{
	struct str s = STR_INIT;

	for (int fd = 0; fd < 300; fd++) {
		struct stat st;

		if (fstat(fd, &st) < 0)
			continue;
		str_addf(&s, "%d%s ", fd, S_ISCHR(st.st_mode) ? "n" : S_ISFIFO(st.st_mode) ? "p" : "?");
	}
	if (write(1, str_z(&s), s.n) < 0)
		return 1;
	str_release(&s);
	return 0;
}

static int child_state(void)
{
	struct sigaction act;
	struct rlimit limit;
	sigset_t mask;
	int blocked = 0, odd = 0, death = 0;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int i = 1; i < 65; i++) {
		blocked += sigismember(&mask, i) == 1;
		odd += sigaction(i, NULL, &act) == 0 && act.sa_handler != SIG_DFL && !getenv("SANITIZED");
	}
	prctl(PR_GET_PDEATHSIG, &death);
	getrlimit(RLIMIT_NOFILE, &limit);
	dprintf(1, "blocked %d odd %d death %d leader %d nofile %lu X=%s HOME=%s", blocked, odd, death, getsid(0) == getpid(),
	        (unsigned long)limit.rlim_cur, getenv("X"), getenv("HOME") ? "set" : "unset");
	return 0;
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* A tree of `deep` levels and two children each; each level in a session of its own, deaf to friendly signals. Every
 * process holds descriptor 1 open: its end is the end of all of them. */
static void grow_tree(int deep)
{
	int forks = 0;

	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	setsid();
	while (deep && forks++ < 2)
		if (fork() == 0) { /* the next level, which begins anew */
			setsid();
			deep--;
			forks = 0;
		}
	if (write(1, "x", 1) != 1)
		_exit(1);
	wait_for_ever();
}

static int child(char **argv)
{
	const char *what = argv[1];

	if (!strcmp(what, "fds"))
		return child_fds();
	if (!strcmp(what, "state"))
		return child_state();
	if (!strcmp(what, "exit"))
		return atoi(argv[2]);
	if (!strcmp(what, "tree"))
		grow_tree(atoi(argv[2]));
	if (!strcmp(what, "wait")) {
		if (write(1, "x", 1) != 1)
			return 1;
		wait_for_ever();
	}
	if (!strcmp(what, "read")) {
		char c;

		return read(0, &c, 1) == 1 ? c : 99;
	}
	return 98;
}

/* ---- helpers of the parent ---- */

/* Reads n bytes, or up to the end of file. */
static size_t read_n(int fd, char *buf, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n && (got = read(fd, buf + have, n - have)) > 0)
		have += (size_t)got;
	return have;
}

/* The end of file: every holder of the other end is gone. */
static void wait_for_eof(int fd)
{
	char c[256];

	while (read_n(fd, c, sizeof(c)) == sizeof(c))
		;
}

/* Starts ourselves with descriptor 1 a pipe; *out is its read end. */
static pid_t start(const char *what, const char *more, struct process_spec spec, int *out)
{
	char *argv[] = { (char *)"child", (char *)(size_t)what, (char *)(size_t)more, NULL };
	char *envp[] = { (char *)"X=y", NULL, NULL };
	struct process_fd fds[16];
	int pipe_fds[2];
	pid_t pid;

#ifdef __SANITIZE_ADDRESS__
	envp[1] = (char *)"SANITIZED=1";
#endif
	ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	for (size_t i = 0; i < spec.nfds; i++)
		fds[i] = spec.fds[i];
	fds[spec.nfds] = (struct process_fd){ 1, pipe_fds[1] };
	spec.fds = fds;
	spec.nfds++;
	spec.path = "/proc/self/exe";
	spec.argv = argv;
	if (!spec.envp)
		spec.envp = envp;
	pid = process_spawn(&spec, NULL, &err);
	ck_assert_msg(pid > 0, "%s", err.msg);
	close(pipe_fds[1]);
	*out = pipe_fds[0];
	return pid;
}

static void ended_well(pid_t pid)
{
	struct process_exit how;

	ck_assert_int_eq(process_wait(pid, &how, &err), 0);
	ck_assert(!how.signaled);
	ck_assert_int_eq(how.code, 0);
}

/* ---- spawn ---- */

START_TEST(only_listed_descriptors_arrive)
{
	struct process_spec none = { 0 };
	char seen[2000] = "";
	int out, extra[2], far;
	pid_t pid;

	ck_assert_int_eq(pipe(extra), 0); /* without close-on-exec: closed all the same */
	far = dup2(extra[0], 250);
	ck_assert_int_eq(far, 250);
	pid = start("fds", NULL, none, &out);
	read_n(out, seen, sizeof(seen) - 1);
	ck_assert_str_eq(seen, "0n 1p 2n ");
	ended_well(pid);
	ck_assert_int_ge(fcntl(far, F_GETFD), 0);
	ck_assert_int_eq(fcntl(extra[0], F_GETFD), 0); /* ours are as before */
}
END_TEST

/* The child's numbers are the parent's in another order, the worst case. */
START_TEST(colliding_numbers)
{
	for (int round = 0; round < 20; round++) {
		struct process_fd fds[10];
		struct process_spec spec = { .fds = fds, .nfds = 9 };
		char seen[2000] = "", expect[200] = "0n 1p 2p ";
		int out, base[9];
		pid_t pid;

		srand(9 + (unsigned)round);
		for (int i = 0; i < 9; i++) {
			int p[2];

			ck_assert_int_eq(pipe(p), 0);
			base[i] = dup2(p[0], 60 + i);
			close(p[0]);
			ck_assert_int_eq(write(p[1], &(char){ (char)('a' + i) }, 1), 1);
			close(p[1]);
		}
		for (int i = 0; i < 9; i++)
			fds[i] = (struct process_fd){ 60 + i, base[i] };
		fds[0].child = 2;
		fds[1].child = 0;
		for (int i = 8; i > 0; i--) { /* shuffled */
			int k = rand() % (i + 1), t = fds[i].child;

			fds[i].child = fds[k].child;
			fds[k].child = t;
		}
		/* The one that became the child's standard input is read by it. */
		pid = start("read", NULL, spec, &out);
		struct process_exit how;

		ck_assert_int_eq(process_wait(pid, &how, &err), 0);
		for (int i = 0; i < 9; i++)
			if (fds[i].child == 0) {
				ck_assert_int_eq(how.code, 'a' + fds[i].parent - 60);
				fds[i].child = 59;
			}
		close(out);
		/* Which numbers are open does not depend on the order. */
		pid = start("fds", NULL, spec, &out);
		read_n(out, seen, sizeof(seen) - 1);
		for (int fd = 59; fd < 69; fd++)
			for (int i = 0; i < 9; i++)
				if (fds[i].child == fd)
					sprintf(expect + strlen(expect), "%dp ", fd);
		ck_assert_str_eq(seen, expect);
		ended_well(pid);
		close(out);
		for (int i = 0; i < 9; i++)
			close(base[i]);
	}
}
END_TEST

START_TEST(closed_standard_descriptors)
{
	struct process_spec none = { 0 };
	char seen[200] = "";
	int out;
	pid_t pid;

	close(0);
	close(1);
	close(2);
	pid = start("fds", NULL, none, &out);
	read_n(out, seen, sizeof(seen) - 1);
	ck_assert_str_eq(seen, "0n 1p 2n ");
	ended_well(pid);
}
END_TEST

static void handler(int signo)
{
	(void)signo;
}

START_TEST(a_clean_state)
{
	struct process_spec spec = { .new_session = true, .death_signal = SIGKILL, .restore_nofile = true };
	struct rlimit limit = { 300, 4000 };
	char seen[2000] = "";
	sigset_t all, before, after;
	int out;
	pid_t pid;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(process_raise_nofile(), 4000);
	ck_assert_uint_eq(process_raise_nofile(), 4000);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGUSR1, handler);
	signal(SIGRTMIN + 3, SIG_IGN);
	sigemptyset(&all);
	sigaddset(&all, SIGTERM);
	sigaddset(&all, SIGCHLD);
	sigprocmask(SIG_BLOCK, &all, NULL);
	sigprocmask(SIG_SETMASK, NULL, &before);
	pid = start("state", NULL, spec, &out);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int i = 1; i <= 64; i++)
		ck_assert_int_eq(sigismember(&before, i), sigismember(&after, i));
	read_n(out, seen, sizeof(seen) - 1);
	ck_assert_str_eq(seen, "blocked 0 odd 0 death 9 leader 1 nofile 300 X=y HOME=unset");
	ended_well(pid);
	close(out);
	memset(seen, 0, sizeof(seen));
	pid = start("state", NULL, (struct process_spec){ 0 }, &out);
	read_n(out, seen, sizeof(seen) - 1);
	ck_assert_str_eq(seen, "blocked 0 odd 0 death 0 leader 0 nofile 4000 X=y HOME=unset");
	ended_well(pid);
	ck_assert(signal(SIGUSR1, SIG_DFL) == handler); /* the parent's own are untouched */
	ck_assert(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
}
END_TEST

START_TEST(what_cannot_start_is_said)
{
	char *argv[] = { (char *)"x", NULL }, *envp[] = { NULL };
	struct process_fd gone = { 5, 999 };
	struct process_spec spec = { .path = "/nowhere/at-all", .argv = argv, .envp = envp };
	int pidfd = 4711;

	ck_assert_int_eq(process_spawn(&spec, &pidfd, &err), -1);
	ck_assert_str_eq(err.msg, "cannot start /nowhere/at-all: No such file or directory");
	spec.path = "/etc/passwd";
	ck_assert_int_eq(process_spawn(&spec, &pidfd, &err), -1);
	ck_assert_str_eq(err.msg, "cannot start /etc/passwd: Permission denied");
	spec.path = "/proc/self/exe";
	spec.fds = &gone;
	spec.nfds = 1;
	ck_assert_int_eq(process_spawn(&spec, &pidfd, &err), -1);
	ck_assert_str_eq(err.msg, "cannot hand a descriptor to /proc/self/exe: Bad file descriptor");
	ck_assert_int_eq(pidfd, 4711);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* and no zombie is left */
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(exits_are_told)
{
	char *argv[] = { (char *)"child", (char *)"exit", (char *)"3", NULL }, *envp[] = { NULL }, text[64];
	struct process_spec spec = { .path = "/proc/self/exe", .argv = argv, .envp = envp };
	struct process_exit how;
	struct pollfd p = { .events = POLLIN };
	int out;
	pid_t pid = process_spawn(&spec, &p.fd, &err);

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(fcntl(p.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	ck_assert_int_eq(process_reap(pid, &how), 1);
	ck_assert_int_eq(process_reap(pid, &how), -1);
	ck_assert_int_eq(process_wait(pid, &how, &err), -1);
	ck_assert_str_eq(process_exit_text(text, sizeof(text), &how), "exit 3");
	ck_assert_uint_gt(how.max_rss, 100000);
	close(p.fd);

	pid = start("wait", NULL, (struct process_spec){ 0 }, &out);
	ck_assert_uint_eq(read_n(out, text, 1), 1);
	ck_assert_int_eq(process_reap(pid, &how), 0);
	process_signal(pid, SIGKILL, false);
	ck_assert_int_eq(process_wait(pid, &how, &err), 0);
	ck_assert_str_eq(process_exit_text(text, sizeof(text), &how), "SIGKILL");
	process_signal(pid, SIGKILL, false); /* gone: no error */
	process_signal(-1, SIGKILL, true);   /* never everybody */
	process_signal(0, SIGKILL, true);
	how.core = true;
	how.code = SIGSEGV;
	ck_assert_str_eq(process_exit_text(text, sizeof(text), &how), "SIGSEGV (core dumped)");
	ck_assert_str_eq(process_signal_name(15, text, sizeof(text)), "SIGTERM");
	ck_assert_str_eq(process_signal_name(77, text, sizeof(text)), "signal 77");
	ck_assert_str_eq(process_signal_name(SIGRTMIN + 2, text, sizeof(text)), "SIGRTMIN+2");
}
END_TEST

START_TEST(signals_to_a_group)
{
	struct process_exit how;
	char c;
	int out;
	pid_t pid = start("tree", "0", (struct process_spec){ .new_session = true }, &out);

	ck_assert_uint_eq(read_n(out, &c, 1), 1);
	process_signal(pid, SIGKILL, true);
	ck_assert_int_eq(process_wait(pid, &how, &err), 0);
	wait_for_eof(out);
}
END_TEST

/* ---- death of the parent, siblings ---- */

START_TEST(children_die_with_their_parent)
{
	int out[2];
	char c;
	pid_t middle;

	ck_assert_int_eq(pipe(out), 0);
	ck_assert_int_eq(process_become_subreaper(&err), 0);
	middle = fork();
	if (middle == 0) {
		int mine;
		struct process_fd fd = { 5, out[1] };
		pid_t pid = start("wait", NULL, (struct process_spec){ .death_signal = SIGKILL, .fds = &fd, .nfds = 1 }, &mine);

		close(out[1]);
		if (read_n(mine, &c, 1) != 1 || pid < 0)
			_exit(1);
		raise(SIGKILL);
	}
	close(out[1]);
	wait_for_eof(out[0]); /* comes when the grandchild is gone too */
	ck_assert_int_eq(process_wait(middle, NULL, &err), 0);
	ck_assert_int_ge(process_sweep(NULL, NULL), 0);
}
END_TEST

START_TEST(whose_parent_is_gone_leaves)
{
	pid_t pid = fork();
	struct process_exit how;

	if (pid == 0) {
		process_die_with(getppid(), SIGKILL);
		process_die_with(1234567, SIGKILL); /* not our parent: leaves with 1 */
		_exit(0);
	}
	ck_assert_int_eq(process_wait(pid, &how, &err), 0);
	ck_assert(!how.signaled);
	ck_assert_int_eq(how.code, 1);
}
END_TEST

START_TEST(a_sibling_is_the_parents_child)
{
	int fds[2];
	pid_t middle, sibling, me = getpid();
	struct process_exit how;

	ck_assert_int_eq(pipe(fds), 0);
	middle = fork();
	if (middle == 0) {
		pid_t pid = process_fork_sibling(&err);

		if (pid == 0)
			_exit(getppid() == me ? 42 : 43);
		_exit(write(fds[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	ck_assert_uint_eq(read_n(fds[0], (char *)&sibling, sizeof(sibling)), sizeof(sibling));
	ck_assert_int_eq(process_wait(sibling, &how, &err), 0);
	ck_assert_int_eq(how.code, 42);
	ck_assert_int_eq(process_wait(middle, &how, &err), 0);
	ck_assert_int_eq(how.code, 0);
}
END_TEST

/* ---- sweeps ---- */

static bool is_this(pid_t pid, void *arg)
{
	return pid == *(const pid_t *)arg;
}

START_TEST(orphans_are_ended_and_mine_stay)
{
	struct process_spec spec = { 0 };
	int mine_out, tree_out, zombie_out;
	char seen[64];
	pid_t mine, root, middle;

	ck_assert_int_eq(process_become_subreaper(&err), 0);
	mine = start("wait", NULL, spec, &mine_out);
	ck_assert_uint_eq(read_n(mine_out, seen, 1), 1);
	root = start("tree", "3", spec, &tree_out);
	ck_assert_uint_eq(read_n(tree_out, seen, 15), 15);
	/* The root of the tree dies; its sub-trees come to us. */
	process_signal(root, SIGKILL, false);
	ck_assert_int_eq(process_wait(root, NULL, &err), 0);
	/* An orphan that has already ended is reaped, not counted. */
	middle = fork();
	if (middle == 0) {
		start("exit", "0", spec, &zombie_out);
		wait_for_eof(zombie_out);
		_exit(0);
	}
	ck_assert_int_eq(process_wait(middle, NULL, &err), 0);
	ck_assert_int_eq(process_sweep(is_this, &mine), 14);
	wait_for_eof(tree_out);
	ck_assert_int_eq(process_reap(mine, NULL), 0);
	ck_assert_int_eq(process_sweep(is_this, &mine), 0);
	ck_assert_int_eq(process_sweep(NULL, NULL), 1);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(leftovers_are_found_by_their_environment)
{
	char entry[64], longer[80], value[32], seen[16];
	char *ours[] = { (char *)"A=b", entry, NULL }, *others[] = { longer, (char *)"POOLTOP_TEST_RUN=", NULL };
	int out, other_out;
	pid_t root, other;
	struct process_exit how;

	snprintf(value, sizeof(value), "r%d", (int)getpid());
	snprintf(entry, sizeof(entry), "POOLTOP_TEST_RUN=%s", value);
	snprintf(longer, sizeof(longer), "%s0", entry);
	ck_assert_int_eq(process_sweep_by_env("POOLTOP_TEST_RUN", value), 0);
	root = start("tree", "2", (struct process_spec){ .envp = ours }, &out);
	other = start("wait", NULL, (struct process_spec){ .envp = others }, &other_out);
	ck_assert_uint_eq(read_n(out, seen, 7), 7);
	ck_assert_uint_eq(read_n(other_out, seen, 1), 1);
	ck_assert_int_eq(process_sweep_by_env("POOLTOP_TEST_RUN", value), 7);
	wait_for_eof(out);
	ck_assert_int_eq(process_wait(root, &how, &err), 0);
	ck_assert(how.signaled && how.code == SIGKILL);
	ck_assert_int_eq(process_reap(other, &how), 0); /* a longer value is another run */
	process_signal(other, SIGKILL, false);
	ck_assert_int_eq(process_wait(other, &how, &err), 0);
}
END_TEST

/* ---- samples ---- */

START_TEST(samples_grow)
{
	struct process_sample a, b;
	volatile unsigned n;
	char c;
	int out;
	pid_t pid;

	n = 0;
	ck_assert_int_eq(process_sample(getpid(), &a), 0);
	ck_assert_uint_gt(a.rss, 100000);
	do {
		for (int i = 0; i < 100000; i++)
			n = (unsigned)i;
		ck_assert_int_eq(process_sample(getpid(), &b), 0);
	} while (b.cpu_ns < a.cpu_ns + 1000000 + n % 2);
	ck_assert_uint_ge(b.wait_ns, a.wait_ns);
	pid = start("wait", NULL, (struct process_spec){ 0 }, &out);
	ck_assert_uint_eq(read_n(out, &c, 1), 1);
	ck_assert_int_eq(process_sample(pid, &a), 0);
	ck_assert_uint_gt(a.rss, 0);
	process_signal(pid, SIGKILL, false);
	ck_assert_int_eq(process_wait(pid, NULL, &err), 0);
	ck_assert_int_eq(process_sample(pid, &a), -1);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s;
	TCase *t;

	if (argc > 1)
		return child(argv);
	if (getenv("LD_PRELOAD") && strstr(getenv("LD_PRELOAD"), "vgpreload")) {
		puts("1..0 # SKIP valgrind 3.19 knows neither pidfds nor a vfork that shares memory");
		return 0;
	}
	s = suite_create("process");
	t = tcase_create("process");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, only_listed_descriptors_arrive);
	tcase_add_test(t, colliding_numbers);
	tcase_add_test(t, closed_standard_descriptors);
	tcase_add_test(t, a_clean_state);
	tcase_add_test(t, what_cannot_start_is_said);
	tcase_add_test(t, exits_are_told);
	tcase_add_test(t, signals_to_a_group);
	tcase_add_test(t, children_die_with_their_parent);
	tcase_add_test(t, whose_parent_is_gone_leaves);
	tcase_add_test(t, a_sibling_is_the_parents_child);
	tcase_add_test(t, orphans_are_ended_and_mine_stay);
	tcase_add_test(t, leftovers_are_found_by_their_environment);
	tcase_add_test(t, samples_grow);
	suite_add_tcase(s, t);
	return tap_run(s);
}
