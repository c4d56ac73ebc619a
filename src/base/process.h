/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting, watching and ending processes. Only the main thread of a process may start others (PR_SET_PDEATHSIG
 * belongs to the thread that forked). */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* The child's descriptor `child` is the parent's `parent`. 0, 1 and 2 not listed are /dev/null; everything else is
 * closed. */
struct process_fd {
	int child, parent;
};

struct process_spec {
	const char *path;        /* program, no search in PATH */
	char *const *argv;       /* NULL-terminated */
	char *const *envp;       /* NULL-terminated, the child's whole environment */
	const struct process_fd *fds;
	size_t nfds;             /* at most 16 */
	bool new_session;        /* setsid before exec */
	int death_signal;        /* PR_SET_PDEATHSIG, 0 = none; the child leaves by itself when the parent is gone already */
	bool restore_nofile;     /* soft RLIMIT_NOFILE back to what it was before process_raise_nofile */
};

/* How a process ended. */
struct process_exit {
	bool signaled;
	int code;                /* exit code or signal number */
	bool core;
	uint64_t cpu_ns;         /* user + system, itself and its waited-for children */
	uint64_t max_rss;        /* bytes */
};

/* Starts a program (vfork + exec: constant time whatever the parent's size), signals at their defaults and unblocked.
 * *pidfd (may be NULL) gets a close-on-exec pidfd. Returns the pid, or -1 with *err (also when exec failed). */
pid_t process_spawn(const struct process_spec *spec, int *pidfd, struct err *err);

/* Forks a copy of the calling (single-threaded) process whose parent is the *caller's parent* (clone with
 * CLONE_PARENT, clone(2)): so a template's copies are children of the agent. 0 in the child, pid in the caller, -1 on
 * error. */
pid_t process_fork_sibling(struct err *err);

/* A close-on-exec pidfd (pidfd_open(2)) of a child, or -1. */
int process_pidfd(pid_t pid, struct err *err);
/* Reaps one child without waiting: 1 and *how when it has ended, 0 when it lives, -1 when it is no child. */
int process_reap(pid_t pid, struct process_exit *how);
/* Waits for the child's end. */
int process_wait(pid_t pid, struct process_exit *how, struct err *err);
/* Sends a signal to the process, or to its group when `group`; ended or missing processes are no error. */
void process_signal(pid_t pid, int signo, bool group);

/* This process adopts the orphans below it (PR_SET_CHILD_SUBREAPER). */
int process_become_subreaper(struct err *err);
/* PR_SET_PDEATHSIG for the calling process, then leaves with _exit(1) when `parent` is not the parent any more. */
void process_die_with(pid_t parent, int signo);

/* Ends every child for which is_mine(pid, arg) is false: STOP, KILL, reap; again until no such child appears any more
 * (their own children come to us as orphans). Returns how many were ended. is_mine NULL: none is mine. */
int process_sweep(bool (*is_mine)(pid_t pid, void *arg), void *arg);

/* Ends every other process of this user whose environment has NAME=value (leftovers of a run whose engine and agent
 * died at the same instant). Returns how many were found. */
int process_sweep_by_env(const char *name, const char *value);

/* Soft RLIMIT_NOFILE to the hard limit; the old value is remembered. Returns the limit now in force. */
uint64_t process_raise_nofile(void);

/* "SIGKILL", "SIGSEGV (core dumped)", "exit 3" into buf; returns buf. */
char *process_exit_text(char *buf, size_t size, const struct process_exit *how);
/* "SIGTERM" for 15; "signal 77" when unknown. Borrowed or static storage of the caller's buf. */
const char *process_signal_name(int signo, char *buf, size_t size);

/* CPU time, time ready without a CPU (/proc/PID/schedstat) and memory of a process. 0, or -1 when it is gone. */
struct process_sample {
	uint64_t cpu_ns;
	uint64_t wait_ns;
	uint64_t rss;  /* bytes */
};
int process_sample(pid_t pid, struct process_sample *out);

#endif
