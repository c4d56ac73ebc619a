/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watching, reaping and naming processes. Starting them is in process_spawn.c, ending what is left over in
 * process_sweep.c. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

int process_pidfd(pid_t pid, struct err *err)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */

	if (fd < 0)
		return err_sys(err, errno, "cannot watch process %d", (int)pid);
	return fd;
}

static uint64_t in_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_usec * NS_PER_US;
}

static int wait_child(pid_t pid, int flags, struct process_exit *how)
{
	struct rusage use;
	int status;
	pid_t got;

	do
		got = wait4(pid, &status, flags | __WALL, &use);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got;
	if (how)
		*how = (struct process_exit){
			.signaled = WIFSIGNALED(status),
			.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
			.core = WIFSIGNALED(status) && WCOREDUMP(status),
			.cpu_ns = in_ns(use.ru_utime) + in_ns(use.ru_stime),
			.max_rss = (uint64_t)use.ru_maxrss * 1024,
		};
	return 1;
}

int process_reap(pid_t pid, struct process_exit *how)
{
	return pid > 0 ? wait_child(pid, WNOHANG, how) : -1;
}

int process_wait(pid_t pid, struct process_exit *how, struct err *err)
{
	if (pid > 0 && wait_child(pid, 0, how) > 0)
		return 0;
	return err_sys(err, pid > 0 ? errno : ECHILD, "cannot wait for process %d", (int)pid);
}

void process_signal(pid_t pid, int signo, bool group)
{
	if (pid > 1) /* 0, -1 and 1 would mean far more than one process */
		kill(group ? -pid : pid, signo);
}

int process_become_subreaper(struct err *err)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_sys(err, errno, "cannot adopt the processes below this one");
	return 0;
}

void process_die_with(pid_t parent, int signo)
{
	prctl(PR_SET_PDEATHSIG, signo, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
}

const char *process_signal_name(int signo, char *buf, size_t size)
{
	const char *abbreviation = sigabbrev_np(signo);

	if (abbreviation)
		snprintf(buf, size, "SIG%s", abbreviation);
	else if (signo >= SIGRTMIN && signo <= SIGRTMAX)
		snprintf(buf, size, "SIGRTMIN+%d", signo - SIGRTMIN);
	else
		snprintf(buf, size, "signal %d", signo);
	return buf;
}

char *process_exit_text(char *buf, size_t size, const struct process_exit *how)
{
	char name[32];

	if (how->signaled)
		snprintf(buf, size, "%s%s", process_signal_name(how->code, name, sizeof(name)),
		         how->core ? " (core dumped)" : "");
	else
		snprintf(buf, size, "exit %d", how->code);
	return buf;
}

/* ---- samples ---- */

/* The first bytes of /proc/PID/name as a string. Returns their number, or -1 when the process is gone. */
static ssize_t read_proc(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

/* Kernels without schedstat: user and system time in ticks, no waiting time. */
static int cpu_from_stat(pid_t pid, struct process_sample *out)
{
	char buf[1024], *p;
	uint64_t user, system;
	long ticks = sysconf(_SC_CLK_TCK);

	if (read_proc(pid, "stat", buf, sizeof(buf)) <= 0)
		return -1;
	p = strrchr(buf, ')'); /* the program's name may hold anything, also blanks and parentheses */
	if (!p || sscanf(p + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64 " %" SCNu64, &user, &system) != 2)
		return -1;
	out->cpu_ns = (user + system) * (NS_PER_S / (uint64_t)(ticks > 0 ? ticks : 100));
	out->wait_ns = 0;
	return 0;
}

int process_sample(pid_t pid, struct process_sample *out)
{
	char buf[256], *end;

	if (read_proc(pid, "schedstat", buf, sizeof(buf)) > 0) {
		out->cpu_ns = strtoull(buf, &end, 10);
		out->wait_ns = strtoull(end, NULL, 10);
	} else if (cpu_from_stat(pid, out) < 0) {
		return -1;
	}
	if (read_proc(pid, "statm", buf, sizeof(buf)) <= 0)
		return -1;
	strtoull(buf, &end, 10); /* the first number is its address space */
	out->rss = strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
	return 0;
}
