/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding workload files: by path, or by the name of one that is shipped. */
#include "config/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/path.h"

const char *config_nearest(const char *word, const char *const *candidates, size_t n)
{
	return nearest_word(word, candidates, n);
}

static bool ends_with(const char *z, const char *end)
{
	size_t n = strlen(z), m = strlen(end);

	return n > m && strcmp(z + n - m, end) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* Names of the *.yaml files of dir without that ending, sorted. Their number, or -1. */
static long list_names(const char *dir, char ***out, struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char **names = NULL;
	size_t n = 0;

	if (!d)
		return err_sys(err, errno, "cannot read the folder of shipped workloads %s", dir);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || !ends_with(e->d_name, ".yaml"))
			continue;
		names = xrealloc(names, n + 1, sizeof *names);
		names[n] = xstrdup(e->d_name);
		names[n][strlen(names[n]) - strlen(".yaml")] = '\0';
		n++;
	}
	closedir(d);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	*out = names;
	return (long)n;
}

static char *shipped_path(const char *dir, const char *name)
{
	struct str s = STR_INIT;
	char *path;

	str_addf(&s, "%s.yaml", name);
	path = path_join(dir, str_z(&s));
	str_release(&s);
	return path;
}

static int no_such_workload(const char *dir, const char *name, struct err *err)
{
	const char *near = NULL;
	struct str all = STR_INIT;
	char **names = NULL, shown[64];
	long n = list_names(dir, &names, err);

	if (n < 0)
		return -1;
	str_copy(shown, sizeof shown, name);
	near = nearest_word(name, (const char *const *)names, (size_t)n);
	for (long i = 0; i < n; i++)
		str_addf(&all, "%s%s", i ? ", " : "", names[i]);
	if (access(name, F_OK) == 0)
		err_set(err, "no shipped workload has the name %s; for the file of that name write ./%s", shown, shown);
	else if (near)
		err_set(err, "no shipped workload has the name %s; did you mean %s?", shown, near);
	else
		err_set(err, "no shipped workload has the name %s; there are %s; a file ends in .yaml", shown,
			str_z(&all));
	str_release(&all);
	free_names(names, (size_t)n);
	return -1;
}

static int read_shipped(const char *name, char **text, size_t *n, char **origin, struct err *err)
{
	char *dir = path_data_dir(err), *path;
	int ret = -1;

	if (!dir)
		return -1;
	path = shipped_path(dir, name);
	if (access(path, F_OK) != 0)
		no_such_workload(dir, name, err);
	else if ((*text = path_read_file(path, CONFIG_FILE_MAX, n, err)))
		ret = 0;
	if (ret == 0) {
		*origin = path;
		path = NULL;
	}
	free(path);
	free(dir);
	return ret;
}

int config_read(const char *what, char **text, size_t *n, char **origin, struct err *err)
{
	bool path = strchr(what, '/') || ends_with(what, ".yaml") || ends_with(what, ".yml") || strcmp(what, "-") == 0;

	if (!*what)
		return err_set(err, "the name of the workload is empty; write a name or a file");
	if (!path)
		return read_shipped(what, text, n, origin, err);
	*text = path_read_file(what, CONFIG_FILE_MAX, n, err);
	if (!*text)
		return -1;
	*origin = xstrdup(strcmp(what, "-") == 0 ? "stdin" : what);
	return 0;
}

/* ---- the list ---- */

static int load_shipped(const char *dir, const char *name, struct shipped *out, struct err *err)
{
	char *path = shipped_path(dir, name), *text;
	struct problems problems = { 0 };
	struct plan plan;
	size_t n;
	int ret = -1;

	text = path_read_file(path, CONFIG_FILE_MAX, &n, err);
	if (!text) {
		free(path);
		return -1;
	}
	if (config_load(path, text, n, NULL, 0, &plan, &problems) == 0) {
		*out = (struct shipped){ xstrdup(name), xstrdup(plan.about), path, plan.tasks };
		path = NULL;
		plan_release(&plan);
		ret = 0;
	} else {
		err_set(err, "%s", problems.items[0].text);
	}
	problems_release(&problems);
	free(text);
	free(path);
	return ret;
}

long config_shipped(const char *dir, struct shipped **out, struct err *err)
{
	char *own = dir ? NULL : path_data_dir(err), **names;
	struct shipped *list;
	long n, i = 0;

	if (!dir && !own)
		return -1;
	n = list_names(dir ? dir : own, &names, err);
	if (n < 0) {
		free(own);
		return -1;
	}
	list = xcalloc(n ? (size_t)n : 1, sizeof *list);
	while (i < n && load_shipped(dir ? dir : own, names[i], &list[i], err) == 0)
		i++;
	free_names(names, (size_t)n);
	free(own);
	if (i < n) {
		shipped_free(list, i);
		return -1;
	}
	*out = list;
	return n;
}

void shipped_free(struct shipped *list, long n)
{
	for (long i = 0; i < n; i++) {
		free(list[i].name);
		free(list[i].about);
		free(list[i].path);
	}
	free(list);
}
