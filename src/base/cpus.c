/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many CPUs there are for us. The kernel enforces the quota of every cgroup on the way up, so each of them is
 * read, in the unified hierarchy (v2) and in the one of the cpu controller (v1), whichever are mounted. */
#include "base/cpus.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/path.h"

#define MAX_FILE (1u << 20)
#define MAX_MASK (1 << 20) /* bits, far beyond any kernel's */

/* root + path, or NULL. */
static char *read_below(const char *root, const char *path)
{
	struct str at = STR_INIT;
	unsigned long n;
	char *text;

	str_addf(&at, "%s%s", root, path);
	text = path_read_file(at.p, MAX_FILE, &n, NULL);
	str_release(&at);
	return text;
}

/* CPUs in a list like "0-3,8,10-11"; 0 when it is none. */
static int count_list(const char *p)
{
	long n = 0;

	while (*p >= '0' && *p <= '9') {
		char *end;
		long first = strtol(p, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (last >= first && last < MAX_MASK)
			n += last - first + 1;
		p = *end == ',' ? end + 1 : end;
	}
	return n < MAX_MASK ? (int)n : MAX_MASK;
}

static int online_cpus(const char *root)
{
	char *list = read_below(root, "/sys/devices/system/cpu/online");
	int n = list ? count_list(list) : 0;
	long known;

	free(list);
	if (n > 0)
		return n;
	known = sysconf(_SC_NPROCESSORS_ONLN);
	return known > 0 ? (int)known : 1;
}

/* The mask of this process; 0 when it cannot be read. */
static int affinity_of_mask(void)
{
	for (int bits = 1024; bits <= MAX_MASK; bits *= 2) {
		cpu_set_t *set = CPU_ALLOC((size_t)bits);
		size_t size = CPU_ALLOC_SIZE((size_t)bits);
		int rc = set ? sched_getaffinity(0, size, set) : -1;
		int code = errno, n = rc == 0 ? CPU_COUNT_S(size, set) : 0;

		CPU_FREE(set);
		if (rc == 0)
			return n;
		if (code != EINVAL) /* EINVAL: the kernel's mask is larger */
			break;
	}
	return 0;
}

static int affinity_cpus(const char *root)
{
	static const char key[] = "Cpus_allowed_list:";
	char *status, *p;
	int n = 0;

	if (!*root)
		return affinity_of_mask();
	status = read_below(root, "/proc/self/status");
	p = status ? strstr(status, key) : NULL;
	if (p)
		n = count_list(p + sizeof(key) - 1 + strspn(p + sizeof(key) - 1, " \t"));
	free(status);
	return n;
}

/* ---- cgroups ---- */

/* CPUs that the cgroup at `dir` (below root) allows, 0 = no quota of its own. */
static double quota_v2(const char *root, const char *dir, struct str *file)
{
	double quota = 0, period = 0;
	char *text;

	str_clear(file);
	str_addf(file, "%s/cpu.max", dir);
	text = read_below(root, file->p);
	if (!text || sscanf(text, "%lf %lf", &quota, &period) != 2 || quota <= 0 || period <= 0) /* "max 100000" */
		quota = period = 0;
	free(text);
	return period > 0 ? quota / period : 0;
}

static double quota_v1(const char *root, const char *dir, struct str *file)
{
	double quota, period;
	char *text;

	str_clear(file);
	str_addf(file, "%s/cpu.cfs_period_us", dir);
	text = read_below(root, file->p);
	if (!text || sscanf(text, "%lf", &period) != 1)
		period = 0;
	free(text);
	str_clear(file);
	str_addf(file, "%s/cpu.cfs_quota_us", dir);
	text = read_below(root, file->p);
	if (!text || sscanf(text, "%lf", &quota) != 1)
		quota = -1; /* as the kernel says "none" */
	free(text);
	return quota > 0 && period > 0 ? quota / period : 0;
}

static void limit_by(struct cpus *c, double quota, const char *file)
{
	if (quota <= 0 || (c->quota > 0 && quota >= c->quota))
		return;
	c->quota = quota;
	str_copy(c->quota_path, sizeof(c->quota_path), file);
}

/* Reads the cgroup `below` (beginning with a slash, or empty) of the hierarchy mounted at `mount`, and all above it
 * up to there. */
static void walk_up(struct cpus *c, const char *root, const char *mount, const char *below, bool v2)
{
	struct str dir = STR_INIT, file = STR_INIT;

	str_addf(&dir, "%s%s", mount, below);
	for (;;) {
		double quota;
		char *slash;

		while (dir.n > strlen(mount) && dir.p[dir.n - 1] == '/')
			dir.p[--dir.n] = '\0';
		quota = v2 ? quota_v2(root, dir.p, &file) : quota_v1(root, dir.p, &file);
		limit_by(c, quota, file.p);
		if (dir.n <= strlen(mount))
			break;
		slash = strrchr(dir.p, '/');
		dir.n = (size_t)(slash - dir.p);
		*slash = '\0';
	}
	str_release(&dir);
	str_release(&file);
}

/* "\040" and the like in a field of mountinfo, in place. */
static void unescape(char *z)
{
	char *to = z;

	for (; *z; to++) {
		if (z[0] == '\\' && z[1] >= '0' && z[1] <= '3' && z[2] >= '0' && z[2] <= '7' && z[3] >= '0' && z[3] <= '7') {
			*to = (char)((z[1] - '0') * 64 + (z[2] - '0') * 8 + (z[3] - '0'));
			z += 4;
		} else {
			*to = *z++;
		}
	}
	*to = '\0';
}

/* Whether `word` is one of the words of a list with commas. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ',') && (p[n] == ',' || !p[n]))
			return true;
	return false;
}

/* The path in /proc/self/cgroup of the unified hierarchy, or of the cpu controller; NULL when there is none. The
 * caller frees. */
static char *own_path(const char *cgroups, bool v2)
{
	char *copy = xstrdup(cgroups), *rest = copy, *line, *found = NULL;

	while (!found && (line = strsep(&rest, "\n"))) {
		char *id = strsep(&line, ":"), *controllers = strsep(&line, ":");

		if (!line || *line != '/')
			continue;
		if (v2 ? !strcmp(id, "0") && !*controllers : has_word(controllers, "cpu"))
			found = xstrdup(line);
	}
	free(copy);
	return found;
}

/* What of the cgroup's path lies below the root of the mount. A path outside of it (another namespace) is "": then at
 * least the mount's own quota counts. */
static const char *below_mount(const char *path, const char *mount_root)
{
	size_t n = strcmp(mount_root, "/") ? strlen(mount_root) : 0;

	if (strncmp(path, mount_root, n) || (path[n] && path[n] != '/'))
		return "";
	if (!strncmp(path + n, "/..", 3))
		return "";
	return path + n;
}

/* One line of mountinfo: "31 23 0:28 ROOT MOUNT options [optional…] - TYPE source super-options" (proc(5)). */
static void read_mount(struct cpus *c, const char *root, const char *cgroups, char *line)
{
	char *field[5] = { NULL }, *type, *super, *own;
	bool v2;

	for (int i = 0; i < 5; i++)
		field[i] = strsep(&line, " ");
	line = line ? strstr(line, " - ") : NULL;
	if (!line || !field[4])
		return;
	line += 3;
	type = strsep(&line, " ");
	strsep(&line, " ");
	super = line;
	v2 = !strcmp(type, "cgroup2");
	if (!super || (!v2 && (strcmp(type, "cgroup") || !has_word(super, "cpu"))))
		return;
	own = own_path(cgroups, v2);
	if (!own)
		return;
	unescape(field[3]);
	unescape(field[4]);
	walk_up(c, root, field[4], below_mount(own, field[3]), v2);
	free(own);
}

static void read_quotas(struct cpus *c, const char *root)
{
	char *cgroups = read_below(root, "/proc/self/cgroup"), *mounts = read_below(root, "/proc/self/mountinfo");
	char *rest = mounts, *line;

	while (cgroups && rest && (line = strsep(&rest, "\n")))
		if (strstr(line, "cgroup"))
			read_mount(c, root, cgroups, line);
	free(cgroups);
	free(mounts);
}

void cpus_read(struct cpus *c, const char *root)
{
	memset(c, 0, sizeof(*c));
	c->online = online_cpus(root);
	c->affinity = affinity_cpus(root);
	if (c->affinity < 1)
		c->affinity = c->online;
	read_quotas(c, root);
	c->usable = c->affinity < c->online ? c->affinity : c->online;
	if (c->quota > 0 && ceil(c->quota) < c->usable)
		c->usable = (int)ceil(c->quota);
	if (c->usable < 1)
		c->usable = 1;
}

void cpus_explain(struct str *out, const struct cpus *c)
{
	int others = c->affinity < c->online ? c->affinity : c->online;

	str_addf(out, "%d usable CPU%s: ", c->usable, c->usable == 1 ? "" : "s");
	if (c->quota > 0 && ceil(c->quota) < others)
		str_addf(out, "your cgroup allows %.4g of the %d in this machine.", c->quota, c->online);
	else if (c->affinity < c->online)
		str_addf(out, "this process may run on %d of the %d in this machine (its CPU affinity).", c->affinity, c->online);
	else if (c->online == 1)
		str_adds(out, "the only one in this machine.");
	else
		str_addf(out, "all %d in this machine.", c->online);
}
