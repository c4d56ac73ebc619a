/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting processes.
 *
 * process_spawn shares its memory with the child until exec, like vfork, but the child has a stack of its own, so
 * nothing it does can spoil the frame of the waiting parent. The child makes bare system calls only: no lock of the C
 * library, no sanitizer and no handler of the parent runs there. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/die.h"

#define MAX_FDS      16
#define CHILD_STACK  (32 * 1024)
#define KERNEL_SIGSET 8 /* bytes: 64 signals */
#define LAST_SIGNAL  64

/* The soft limit on descriptors before process_raise_nofile; the one thing here that outlives a call. */
static struct rlimit nofile_before;

/* What parent and child share while the child has not yet called exec. */
struct launch {
	const struct process_spec *spec;
	pid_t parent;
	const char *failed; /* what the child could not do, NULL: nothing failed */
	int code;           /* its errno */
};

/* No red zones, no checks: the sanitizers know nothing of the child's stack. */
#define IN_CHILD __attribute__((no_sanitize("address", "undefined"), noinline))

static IN_CHILD int child_failed(struct launch *l, const char *what)
{
	l->code = errno;
	l->failed = what;
	return -1;
}

/* exec leaves ignored signals ignored; and no handler may run here once signals are unblocked. */
static IN_CHILD void child_reset_signals(void)
{
	uint64_t zeros[8] = { 0 }; /* struct sigaction of the kernel: SIG_DFL, no flags, empty mask */

	for (long i = 1; i <= LAST_SIGNAL; i++)
		syscall(SYS_rt_sigaction, i, zeros, NULL, KERNEL_SIGSET);
}

/* Everything but what is handed over is closed by exec. */
static IN_CHILD void child_mark_all(void)
{
	struct rlimit limit;

	if (syscall(SYS_close_range, 0, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	/* Linux before 5.11 */
	if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit) < 0)
		limit.rlim_cur = 1024;
	for (unsigned long fd = 0; fd < limit.rlim_cur; fd++)
		syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
}

static IN_CHILD bool child_lists(const struct process_spec *s, int number)
{
	for (size_t i = 0; i < s->nfds; i++)
		if (s->fds[i].child == number)
			return true;
	return false;
}

/* Numbers of the child may be numbers of the parent that are still needed: all sources move above both first. */
static IN_CHILD int child_place_fds(struct launch *l)
{
	const struct process_spec *s = l->spec;
	long above[MAX_FDS], lowest = 3, null = -1;

	for (size_t i = 0; i < s->nfds; i++)
		if (s->fds[i].child >= lowest)
			lowest = s->fds[i].child + 1;
	for (size_t i = 0; i < s->nfds; i++) {
		above[i] = syscall(SYS_fcntl, s->fds[i].parent, F_DUPFD_CLOEXEC, lowest);
		if (above[i] < 0)
			return child_failed(l, "cannot hand a descriptor to");
	}
	for (size_t i = 0; i < s->nfds; i++)
		if (syscall(SYS_dup3, above[i], s->fds[i].child, 0) < 0)
			return child_failed(l, "cannot hand a descriptor to");
	for (int std = 0; std <= 2; std++) {
		if (child_lists(s, std))
			continue;
		if (null < 0) {
			null = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
			if (null >= 0 && null < lowest) /* so that dup3 never meets itself */
				null = syscall(SYS_fcntl, null, F_DUPFD_CLOEXEC, lowest);
		}
		if (null < 0 || syscall(SYS_dup3, null, std, 0) < 0)
			return child_failed(l, "cannot open /dev/null for");
	}
	return 0;
}

static IN_CHILD int child_prepare(struct launch *l)
{
	const struct process_spec *s = l->spec;

	child_reset_signals();
	if (s->new_session && syscall(SYS_setsid) < 0)
		return child_failed(l, "cannot make a session for");
	if (s->death_signal) {
		if (syscall(SYS_prctl, PR_SET_PDEATHSIG, s->death_signal, 0, 0, 0) < 0)
			return child_failed(l, "cannot set the signal of the parent's death for");
		if (syscall(SYS_getppid) != l->parent)
			return -1; /* it died before that: nobody is left to be told */
	}
	child_mark_all();
	if (child_place_fds(l) < 0)
		return -1;
	if (s->restore_nofile && nofile_before.rlim_max)
		syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &nofile_before, NULL);
	return 0;
}

static IN_CHILD int child_main(void *arg)
{
	struct launch *l = arg;
	uint64_t none = 0;

	if (child_prepare(l) == 0) {
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET);
		syscall(SYS_execve, l->spec->path, l->spec->argv, l->spec->envp);
		child_failed(l, "cannot start");
	}
	syscall(SYS_exit_group, 127);
	return 127;
}

/* The frame holds the child's stack; it stands still until the child has called exec or ended. */
static __attribute__((noinline)) pid_t launch(struct launch *l)
{
	char stack[CHILD_STACK] __attribute__((aligned(16)));
	uint64_t all = ~UINT64_C(0), before;
	pid_t pid;
	int code;

	/* Bare, because the C library's own two signals must wait as well. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
	pid = clone(child_main, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, l);
	code = errno;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET);
	errno = code;
	return pid;
}

pid_t process_spawn(const struct process_spec *spec, int *pidfd, struct err *err)
{
	struct launch l = { .spec = spec, .parent = getpid() };
	pid_t pid;
	int fd;

	BUG_ON(spec->nfds > MAX_FDS);
	pid = launch(&l);
	if (pid < 0)
		return err_sys(err, errno, "cannot start %s", spec->path);
	if (l.failed) {
		process_wait(pid, NULL, NULL);
		return err_sys(err, l.code, "%s %s", l.failed, spec->path);
	}
	if (!pidfd)
		return pid;
	fd = process_pidfd(pid, err);
	if (fd < 0) {
		process_signal(pid, SIGKILL, false);
		process_wait(pid, NULL, NULL);
		return err_prefix(err, "cannot start %s", spec->path);
	}
	*pidfd = fd;
	return pid;
}

pid_t process_fork_sibling(struct err *err)
{
	/* Bare, because fork has no such flag. The C library's fork handlers do not run: nothing here uses them. */
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		return err_sys(err, errno, "cannot fork");
	return (pid_t)pid;
}

uint64_t process_raise_nofile(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1024;
	if (!nofile_before.rlim_max)
		nofile_before = limit;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = { .rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max };

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur;
}
