/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending what nobody answers for: orphans that came to this process, and leftovers of a run known by its environment.
 *
 * All are stopped before the first is killed, so that none of them starts another one meanwhile; and the list is read
 * again until it is empty, because the children of a killed one appear only when it has ended. */
#include "base/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"

#define PATIENCE NS_PER_S /* a round, for the end of killed processes; one in the kernel's hands may take longer */
#define MOST_ROUNDS 1000 /* a tree deeper than this makes processes faster than we end them */

struct pids {
	pid_t *p;
	size_t n, cap;
};

static void pids_add(struct pids *l, pid_t pid)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->p = xrealloc(l->p, l->cap, sizeof(*l->p));
	}
	l->p[l->n++] = pid;
}

static bool pids_have(const struct pids *l, pid_t pid)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i] == pid)
			return true;
	return false;
}

/* The whole file into s, from the beginning. 0, or -1 with errno. */
static int read_all(int fd, struct str *s)
{
	ssize_t got;

	str_clear(s);
	do {
		got = read(fd, str_room(s, 4096), 4096);
		if (got > 0)
			s->n += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	str_room(s, 0)[0] = '\0';
	return got < 0 ? -1 : 0;
}

static int read_named(const char *path, struct str *s)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = read_all(fd, s);
	close(fd);
	return rc;
}

/* The pid that a name in /proc stands for, else 0. */
static pid_t pid_of_name(const char *name)
{
	char *end;
	long pid = strtol(name, &end, 10);

	return *name >= '1' && *name <= '9' && !*end ? (pid_t)pid : 0;
}

static pid_t parent_of(pid_t pid, struct str *scratch)
{
	char path[32];
	const char *p;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (read_named(path, scratch) < 0)
		return 0;
	p = strrchr(str_z(scratch), ')');
	return p && sscanf(p + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/* Kernels without /proc/PID/task/TID/children. */
static void children_by_parent(struct pids *out)
{
	DIR *proc = opendir("/proc");
	struct str scratch = STR_INIT;
	struct dirent *e;

	if (!proc)
		return;
	while ((e = readdir(proc))) {
		pid_t pid = pid_of_name(e->d_name);

		if (pid && parent_of(pid, &scratch) == getpid())
			pids_add(out, pid);
	}
	closedir(proc);
	str_release(&scratch);
}

/* The children of this thread, which is the main one: the kernel gives it the orphans too. */
static void list_children(struct pids *out)
{
	struct str s = STR_INIT;
	const char *p;
	char *end;

	if (read_named("/proc/thread-self/children", &s) < 0) {
		str_release(&s);
		children_by_parent(out);
		return;
	}
	for (p = str_z(&s); *p; p = end) {
		long pid = strtol(p, &end, 10);

		if (end == p)
			break;
		pids_add(out, (pid_t)pid);
		while (*end == ' ')
			end++;
	}
	str_release(&s);
}

/* Waits until the process has ended; false when it has not before `until`. */
static bool wait_for_end(int pidfd, uint64_t until)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	for (;;) {
		uint64_t now = clock_now();
		int n = poll(&p, 1, now < until ? (int)((until - now) / NS_PER_MS) + 1 : 0);

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

/* Kills and reaps a child that has not ended by itself. 1: it was killed, 0: it had ended, -1: it does not end. */
static int end_child(pid_t pid, uint64_t until)
{
	int pidfd, rc;

	if (process_reap(pid, NULL))
		return 0;
	process_signal(pid, SIGKILL, false);
	pidfd = process_pidfd(pid, NULL);
	if (pidfd < 0) /* no descriptor is left: wait without a limit, which a killed process keeps short */
		return process_wait(pid, NULL, NULL) == 0 ? 1 : -1;
	rc = wait_for_end(pidfd, until) && process_reap(pid, NULL) ? 1 : -1;
	close(pidfd);
	return rc;
}

int process_sweep(bool (*is_mine)(pid_t pid, void *arg), void *arg)
{
	struct pids stuck = { 0 };
	int ended = 0;

	for (int round = 0; round < MOST_ROUNDS; round++) {
		uint64_t until = clock_now() + PATIENCE;
		struct pids all = { 0 };
		size_t foreign = 0;

		list_children(&all);
		for (size_t i = 0; i < all.n; i++)
			if (!(is_mine && is_mine(all.p[i], arg)) && !pids_have(&stuck, all.p[i]))
				all.p[foreign++] = all.p[i];
		for (size_t i = 0; i < foreign; i++)
			process_signal(all.p[i], SIGSTOP, false);
		for (size_t i = 0; i < foreign; i++) {
			int rc = end_child(all.p[i], until);

			if (rc > 0)
				ended++;
			else if (rc < 0)
				pids_add(&stuck, all.p[i]); /* it stays a child and is tried again by the next sweep */
		}
		free(all.p);
		if (!foreign)
			break;
	}
	free(stuck.p);
	return ended;
}

/* ---- by environment ---- */

/* Whether the NUL-separated strings of an environment hold the entry. */
static bool has_entry(const struct str *environment, const char *entry)
{
	size_t n = strlen(entry);

	for (size_t at = 0; at + n < environment->n; at += strlen(environment->p + at) + 1)
		if (!strcmp(environment->p + at, entry))
			return true;
	return false;
}

static bool carries(pid_t pid, const char *entry, struct str *scratch)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (stat(path, &st) < 0 || st.st_uid != geteuid())
		return false;
	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	return read_named(path, scratch) == 0 && has_entry(scratch, entry);
}

struct found {
	pid_t pid;
	int pidfd;
};

/* Fills list with those that carry the entry. Each is looked at again once it is open, because its number may have
 * become another process's in between. */
static size_t find_carriers(const char *entry, struct found **list)
{
	DIR *proc = opendir("/proc");
	struct str scratch = STR_INIT;
	struct dirent *e;
	size_t n = 0, cap = 0;

	*list = NULL;
	while (proc && (e = readdir(proc))) {
		pid_t pid = pid_of_name(e->d_name);
		int pidfd;

		if (!pid || pid == 1 || pid == getpid() || !carries(pid, entry, &scratch))
			continue;
		pidfd = process_pidfd(pid, NULL);
		if (pidfd < 0)
			continue;
		if (!carries(pid, entry, &scratch)) {
			close(pidfd);
			continue;
		}
		if (n == cap) {
			cap = cap ? 2 * cap : 16;
			*list = xrealloc(*list, cap, sizeof(**list));
		}
		(*list)[n++] = (struct found){ pid, pidfd };
	}
	if (proc)
		closedir(proc);
	str_release(&scratch);
	return n;
}

int process_sweep_by_env(const char *name, const char *value)
{
	struct str entry = STR_INIT;
	struct pids stuck = { 0 };
	bool again = true;
	int found = 0;

	str_addf(&entry, "%s=%s", name, value);
	for (int round = 0; again && round < MOST_ROUNDS; round++) {
		uint64_t until = clock_now() + PATIENCE;
		struct found *list;
		size_t n = find_carriers(str_z(&entry), &list);

		again = false;
		for (size_t i = 0; i < n; i++)
			syscall(SYS_pidfd_send_signal, list[i].pidfd, SIGSTOP, NULL, 0);
		for (size_t i = 0; i < n; i++)
			syscall(SYS_pidfd_send_signal, list[i].pidfd, SIGKILL, NULL, 0);
		for (size_t i = 0; i < n; i++) {
			if (!pids_have(&stuck, list[i].pid)) {
				found++;
				again = true;
				if (!wait_for_end(list[i].pidfd, until))
					pids_add(&stuck, list[i].pid);
			}
			close(list[i].pidfd);
		}
		free(list);
	}
	free(stuck.p);
	str_release(&entry);
	return found;
}
