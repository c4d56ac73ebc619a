/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things lie. A program run from its build tree (known by config.status beside or above it) uses the programs
 * and data of that tree, else the installed ones. */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/str.h"

#ifndef POOLTOP_LIBEXEC_DIR
#define POOLTOP_LIBEXEC_DIR "/usr/local/libexec/pooltop"
#endif
#ifndef POOLTOP_PKGDATA_DIR
#define POOLTOP_PKGDATA_DIR "/usr/local/share/pooltop"
#endif
#ifndef POOLTOP_SOURCE_DIR
#define POOLTOP_SOURCE_DIR "."
#endif

#define BUILD_DEPTH 3 /* tests lie this deep in the build tree at most */

char *path_join(const char *a, const char *b)
{
	struct str s = STR_INIT;

	if (*b != '/' && *a) {
		str_adds(&s, a);
		if (a[strlen(a) - 1] != '/')
			str_addc(&s, '/');
	}
	str_adds(&s, b);
	return s.p;
}

const char *path_base(const char *z)
{
	const char *slash = strrchr(z, '/');

	return slash ? slash + 1 : z;
}

char *path_state_dir(struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *base, *dir;

	if (state && *state == '/')
		return path_join(state, "pooltop");
	if (!home || *home != '/') {
		struct passwd *user = getpwuid(geteuid());

		home = user ? user->pw_dir : NULL;
	}
	if (!home || *home != '/') {
		err_set(err, "no place for runs is known; set HOME or XDG_STATE_HOME to an absolute path");
		return NULL;
	}
	base = path_join(home, ".local/state");
	dir = path_join(base, "pooltop");
	free(base);
	return dir;
}

char *path_runs_dir(struct err *err)
{
	char *state = path_state_dir(err), *runs;

	if (!state)
		return NULL;
	runs = path_join(state, "runs");
	free(state);
	return runs;
}

static int make_dir(const char *dir, struct err *err)
{
	struct stat st;

	if (mkdir(dir, 0700) == 0)
		return 0;
	int code = errno;

	/* Also EROFS, EACCES and the like say nothing when it is there already. */
	if (stat(dir, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		return err_set(err, "cannot make the directory %s: a file of this name is in the way", dir);
	}
	return err_sys(err, code, "cannot make the directory %s", dir);
}

int path_mkdirs(const char *dir, struct err *err)
{
	char *part = xstrdup(dir);
	int rc = 0;

	for (char *p = part + 1; *part && *p && rc == 0; p++)
		if (*p == '/' && p[-1] != '/') {
			*p = '\0';
			rc = make_dir(part, err);
			*p = '/';
		}
	if (rc == 0)
		rc = make_dir(part, err);
	free(part);
	return rc;
}

char *path_program_dir(struct err *err)
{
	char exe[PATH_MAX + 1];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n < 0) {
		err_sys(err, errno, "cannot read /proc/self/exe");
		return NULL;
	}
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash) {
		err_set(err, "/proc/self/exe names no path: %s", exe);
		return NULL;
	}
	slash[slash == exe] = '\0';
	return xstrdup(exe);
}

/* The top of the build tree that the directory lies in, or NULL. */
static char *build_top(const char *dir)
{
	char *at = xstrdup(dir);

	for (int up = 0; up <= BUILD_DEPTH; up++) {
		char *mark = path_join(at, "config.status"), *slash;
		int found = access(mark, F_OK) == 0;

		free(mark);
		if (found)
			return at;
		slash = strrchr(at, '/');
		if (!slash || slash == at)
			break;
		*slash = '\0';
	}
	free(at);
	return NULL;
}

/* dir/name when it is a program, else NULL; frees nothing. */
static char *program_in(const char *dir, const char *name)
{
	char *path = path_join(dir, name);

	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *path_helper_program(const char *name, struct err *err)
{
	char *dir = path_program_dir(err), *top, *found;

	if (!dir)
		return NULL;
	found = program_in(dir, name);
	if (!found && (top = build_top(dir))) {
		found = program_in(top, name);
		free(top);
	}
	if (!found)
		found = program_in(POOLTOP_LIBEXEC_DIR, name);
	if (!found) { /* the whole installation was moved */
		char *moved = path_join(dir, "../libexec/pooltop");

		found = program_in(moved, name);
		free(moved);
	}
	if (!found)
		err_set(err, "the program %s is neither in %s nor in %s; install pooltop again, or run make", name, dir,
		        POOLTOP_LIBEXEC_DIR);
	free(dir);
	return found;
}

char *path_data_dir(struct err *err)
{
	const char *set = getenv("POOLTOP_DATA_DIR");
	char *dir, *top, *found = NULL;

	if (set && *set)
		return xstrdup(set);
	dir = path_program_dir(err);
	if (!dir)
		return NULL;
	top = build_top(dir);
	if (top)
		found = path_join(POOLTOP_SOURCE_DIR, "config");
	else if (access(POOLTOP_PKGDATA_DIR, F_OK) == 0)
		found = xstrdup(POOLTOP_PKGDATA_DIR);
	else
		found = path_join(dir, "../share/pooltop");
	free(top);
	free(dir);
	return found;
}

char *path_read_file(const char *path, unsigned long max, unsigned long *n, struct err *err)
{
	int from_stdin = !strcmp(path, "-");
	const char *name = from_stdin ? "standard input" : path;
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct str s = STR_INIT;
	ssize_t got;

	if (fd < 0) {
		err_sys(err, errno, "cannot open %s", name);
		return NULL;
	}
	do {
		char *room = str_room(&s, 65536);

		got = read(fd, room, 65536);
		if (got > 0)
			s.n += (size_t)got;
	} while ((got > 0 && s.n <= max) || (got < 0 && errno == EINTR));
	int code = errno;

	if (!from_stdin)
		close(fd);
	if (got < 0)
		err_sys(err, code, "cannot read %s", name);
	else if (s.n > max)
		err_set(err, "%s is larger than %lu bytes, the most that is read", name, max);
	if (got < 0 || s.n > max) {
		str_release(&s);
		return NULL;
	}
	s.p[s.n] = '\0';
	*n = s.n;
	return s.p;
}
