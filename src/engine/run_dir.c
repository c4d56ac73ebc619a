/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs on disk: their directories, names and locks. */
#include "engine/run_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/path.h"
#include "base/str.h"

#define NAMES_TRIED 2000

/* An open-file-description lock: it belongs to the descriptor, not to the process, so that a library that opens
 * and closes the file elsewhere cannot drop it (fcntl(2), F_OFD_SETLK). */
static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static int take_lock(const char *dir, int *lock_fd, struct err *err)
{
	char *path = path_join(dir, "lock");
	struct flock lock = whole_file();
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc = 0;
	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		rc = err_sys(err, errno, "%s: cannot be locked", path);
		if (fd >= 0)
			close(fd);
	} else {
		*lock_fd = fd;
	}
	free(path);
	return rc;
}

bool run_dir_locked(const char *dir)
{
	char *path = path_join(dir, "lock");
	struct flock lock = whole_file();
	int fd = open(path, O_RDWR | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return false;
	bool locked = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return locked;
}

static void name_run(char *id, uint64_t wall_ns)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz",
			  digits[] = "23456789"; /* no l 1 o 0: names are read aloud */
	time_t t = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	unsigned r;
	localtime_r(&t, &tm);
	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		r = (unsigned)(wall_ns ^ (uint64_t)getpid());
	char stamp[32];
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M", &tm);
	snprintf(id, 64, "%s-%c%c", stamp, letters[r % 24], digits[r / 24 % 8]);
	if (r / 192 % 4) /* three signs when many are made in one minute */
		snprintf(id, 64, "%s-%c%c%c", stamp, letters[r % 24], digits[r / 24 % 8], letters[r / 768 % 24]);
}

int run_dir_make(const char *runs, uint64_t wall_ns, char *id, char *dir, int *lock_fd, struct err *err)
{
	if (path_mkdirs(runs, err) < 0)
		return -1;
	for (int i = 0; i < NAMES_TRIED; i++) {
		name_run(id, wall_ns);
		char *path = path_join(runs, id);
		int rc = mkdir(path, 0700);
		int why = errno;
		if (strlen(path) >= 1024) {
			free(path);
			return err_set(err, "the path of the state directory is longer than 1023 bytes");
		}
		str_copy(dir, 1024, path);
		free(path);
		if (rc == 0)
			return take_lock(dir, lock_fd, err);
		if (why != EEXIST)
			return err_sys(err, why, "%s: cannot be made", dir);
	}
	return err_set(err, "%s: no free name for a run this minute", runs);
}

/* The lock file is made with the run and never written: its time tells runs of one minute apart. */
struct found {
	char *id;
	struct timespec made;
};

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->made.tv_sec != y->made.tv_sec)
		return x->made.tv_sec < y->made.tv_sec ? 1 : -1;
	if (x->made.tv_nsec != y->made.tv_nsec)
		return x->made.tv_nsec < y->made.tv_nsec ? 1 : -1;
	return strcmp(y->id, x->id);
}

static struct found found_run(const char *runs, const char *id)
{
	struct found f = { .id = xstrdup(id) };
	struct stat st;
	char *dir = path_join(runs, id), *lock = path_join(dir, "lock");
	if (stat(lock, &st) == 0)
		f.made = st.st_mtim;
	free(lock);
	free(dir);
	return f;
}

long run_ids(const char *runs, char ***out, struct err *err)
{
	*out = NULL;
	DIR *d = opendir(runs);
	if (!d)
		return errno == ENOENT ? 0 : err_sys(err, errno, "%s: cannot be read", runs);
	size_t n = 0, cap = 0;
	struct found *all = NULL;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			all = xrealloc(all, cap, sizeof(*all));
		}
		all[n++] = found_run(runs, e->d_name);
	}
	closedir(d);
	if (n)
		qsort(all, n, sizeof(*all), newest_first);
	*out = xcalloc(n + 1, sizeof(char *));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = all[i].id;
	free(all);
	return (long)n;
}

void run_ids_free(char **ids, long n)
{
	for (long i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
}

static bool is_meant(const char *id, const char *what)
{
	const char *last = strrchr(id, '-');
	return strncmp(id, what, strlen(what)) == 0 || (last && strcmp(last + 1, what) == 0);
}

char *run_find(const char *runs, const char *what, struct err *err)
{
	char **ids;
	long n = run_ids(runs, &ids, err), found = -1, matches = 0;
	if (n < 0)
		return NULL;
	char *dir = NULL;
	if (n == 0) {
		err_set(err, "there are no runs yet; `pooltop run integral-average` makes one");
	} else if (strcmp(what, "-1") == 0 || what[0] == '\0') {
		dir = path_join(runs, ids[0]);
	} else {
		for (long i = 0; i < n; i++) {
			if (!is_meant(ids[i], what))
				continue;
			matches++;
			found = found < 0 ? i : found;
		}
		if (matches == 1 || (found >= 0 && strcmp(ids[found], what) == 0))
			dir = path_join(runs, ids[found]);
		else if (matches == 0)
			err_set(err, "%s: no such run; `pooltop ps` lists them", what);
		else
			err_set(err, "%s: %ld runs begin or end so; say more of its name", what, matches);
	}
	run_ids_free(ids, n);
	return dir;
}
