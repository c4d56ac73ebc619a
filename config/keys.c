/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key of a workload file, as a row. Rows that a later version will have are here too, so that a file written
 * for it is answered with the reason. */
#include "config/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/num.h"
#include "base/text.h"

#define AT(member) offsetof(struct plan, member)
/* clang-format off */
#define LATER(path, what) { path, KEY_LATER, NULL, NULL, 0, 0, 0, NULL, what }
/* clang-format on */

const struct key config_keys[] = {
	{ "name", KEY_TEXT, NULL, "default the file's name", AT(name), 1, 64, NULL, "name of the workload on screen" },
	{ "about", KEY_TEXT, "", NULL, AT(about), 0, 200, NULL, "one line for lists: what this shows" },
	{ "work", KEY_MAP, NULL, NULL, 0, 0, 0, NULL, "what one task does: its kind and the parameters of that kind" },
	{ "work.kind", KEY_KIND, NULL, NULL, 0, 0, 0, NULL, "the kind of work" },
	LATER("work.command", "commands"),
	LATER("work.python", "Python functions"),
	LATER("work.c", "C functions"),
	LATER("work.program", "programs of your own"),
	{ "tasks", KEY_COUNT, NULL, "needed unless there are inputs", AT(tasks), 1, TASKS_MAX, NULL,
		"number of tasks" },
	{ "inputs", KEY_INPUTS, NULL, "", 0, 0, 0, NULL,
		"parameters that differ from task to task: a list or a range for each" },
	{ "inputs.grid", KEY_BOOL, "false", NULL, AT(inputs.grid), 0, 0, NULL,
		"true: every combination, the last parameter fastest; false: first with first, second with second" },
	{ "inputs.repeat", KEY_COUNT, "1", NULL, AT(inputs.repeat), 1, TASKS_MAX, NULL,
		"how many tasks have each of the inputs, one after the other" },
	LATER("inputs.lines", "inputs from lines"),
	LATER("inputs.files", "inputs from files"),
	LATER("inputs.glob", "inputs from file names"),
	LATER("inputs.csv", "inputs from tables"),
	{ "seed", KEY_COUNT, "1", NULL, AT(seed), 0, UINT64_MAX, NULL,
		"start of all random numbers: the same seed, the same result" },
	{ "for", KEY_DURATION, "none", NULL, AT(for_ns), NS_PER_MS, 30 * 86400 * NS_PER_S, NULL,
		"choose the number of tasks so that the run takes about this long" },
	{ "pool", KEY_MAP, NULL, NULL, 0, 0, 0, NULL, "how the work is done; changes no result" },
	{ "pool.workers", KEY_WORKERS, "auto", NULL, AT(workers), 1, WORKERS_MAX, NULL,
		"worker processes; auto: one for each usable CPU" },
	{ "pool.start", KEY_WORD, "spawn", NULL, AT(start), 0, 0, start_method_names,
		"start method: a fresh program each, or a fork of a prepared one" },
	{ "pool.chunk", KEY_CHUNK, "guided", NULL, AT(chunk), 0, 0, NULL,
		"tasks handed out at a time: a number or a rule" },
	{ "pool.queue", KEY_COUNT, "64", NULL, AT(queue), 1, 1000000000, NULL,
		"most expanded inputs given out and not done, in tasks; ranges cost nothing" },
	{ "pool.max-tasks-per-worker", KEY_COUNT, "0", NULL, AT(max_tasks_per_worker), 0, TASKS_MAX, NULL,
		"a worker is replaced after so many tasks; 0: never" },
	{ "baseline", KEY_WORD, "measure", NULL, AT(baseline), 0, 0, baseline_names,
		"serial time: measured before the pool starts, estimated from the pool, or left out" },
	{ "retries", KEY_SMALL, "2", NULL, AT(retries), 0, 1000, NULL, "further tries of a failed task" },
	{ "timeout", KEY_DURATION, "none", NULL, AT(timeout_ns), NS_PER_MS, 30 * 86400 * NS_PER_S, NULL,
		"a task that takes longer has failed" },
	{ "on-failure", KEY_WORD, "continue", NULL, AT(on_failure), 0, 0, on_failure_names,
		"after a task has failed for good: go on, finish the running tasks, or end at once" },
	{ "keep", KEY_WORD, "all", NULL, AT(keep), 0, 0, keep_names,
		"results on disk: every one, or only their sums (they can be computed again)" },
	{ 0 },
};

const struct key *key_find(const char *path)
{
	for (const struct key *k = config_keys; k->path; k++)
		if (strcmp(k->path, path) == 0)
			return k;
	return NULL;
}

const char *key_leaf(const struct key *k)
{
	const char *dot = strrchr(k->path, '.');

	return dot ? dot + 1 : k->path;
}

bool key_in(const struct key *k, const char *parent)
{
	size_t n = strlen(parent);

	if (n == 0)
		return !strchr(k->path, '.');
	return strncmp(k->path, parent, n) == 0 && k->path[n] == '.' && !strchr(k->path + n + 1, '.');
}

/* ---- setting ---- */

static int set_text(const struct key *k, const char *text, char **out, struct err *err)
{
	size_t left = strlen(text), n = 0;

	for (const char *p = text; left;) {
		int32_t c;
		size_t used = utf8_decode(p, left, &c);

		if (c < 0x20 || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029)
			return err_set(err, "the text has a line break or control character; write one line");
		p += used;
		left -= used;
		n++;
	}
	if (n < k->min)
		return err_set(err, "the text is empty; write at least one character");
	if (n > k->max)
		return err_set(err, "%zu characters; at most %llu are allowed", n, (unsigned long long)k->max);
	free(*out);
	*out = xstrdup(text);
	return 0;
}

static int set_small(const struct key *k, const char *text, uint32_t *out, struct err *err)
{
	uint64_t v;

	if (num_uint(text, k->min, k->max, &v, err) < 0)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

static int set_workers(const struct key *k, const char *text, uint32_t *out, struct err *err)
{
	char shown[48];

	if (strcmp(text, "auto") == 0) {
		*out = 0;
		return 0;
	}
	if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-' || text[0] == '+')
		return set_small(k, text, out, err);
	str_copy(shown, sizeof shown, text);
	return err_set(err, "'%s' is no number of workers; write auto or 1 to %d", shown, WORKERS_MAX);
}

static int set_duration(const struct key *k, const char *text, uint64_t *out, struct err *err)
{
	char shown[48];
	uint64_t ns;

	if (strcmp(text, "none") == 0) {
		*out = 0;
		return 0;
	}
	if (num_duration(text, &ns, err) < 0)
		return -1;
	str_copy(shown, sizeof shown, text);
	if (ns && ns < k->min)
		return err_set(err, "'%s' is too short; at least 1ms is allowed, or none", shown);
	if (ns > k->max)
		return err_set(err, "'%s' is too long; at most 30d is allowed, or none", shown);
	*out = ns;
	return 0;
}

static int set_word(const struct key *k, const char *text, unsigned *out, struct err *err)
{
	struct str all = STR_INIT;
	const char *near;
	char shown[48];
	unsigned n = 0;

	for (; k->words[n]; n++) {
		if (strcmp(k->words[n], text) == 0) {
			*out = n;
			str_release(&all);
			return 0;
		}
		str_addf(&all, "%s%s", n == 0 ? "" : k->words[n + 1] ? ", " : " or ", k->words[n]);
	}
	near = nearest_word(text, k->words, n);
	str_copy(shown, sizeof shown, text);
	if (near)
		err_set(err, "'%s' is not one of the choices; did you mean %s?", shown, near);
	else
		err_set(err, "'%s' is not one of the choices; write %s", shown, str_z(&all));
	str_release(&all);
	return -1;
}

static int set_bool(const char *text, bool *out, struct err *err)
{
	int v;

	if (num_bool(text, &v, err) < 0)
		return -1;
	*out = v;
	return 0;
}

static int refuse_later(const struct key *k, struct err *err)
{
	struct str all = STR_INIT;

	if (!key_in(k, "work"))
		return err_set(err, "%s are not in this version; write a list or a range", k->help);
	for (const struct kind *kind = kinds; kind->name; kind++)
		str_addf(&all, "%s%s", kind == kinds ? "" : kind[1].name ? ", " : " or ", kind->name);
	err_set(err, "%s are not in this version; write kind: %s", k->help, str_z(&all));
	str_release(&all);
	return -1;
}

int key_set(const struct key *k, const char *text, struct plan *p, struct err *err)
{
	void *at = (char *)p + k->offset;

	switch (k->type) {
	case KEY_TEXT:
		return set_text(k, text, at, err);
	case KEY_COUNT:
		return num_uint(text, k->min, k->max, at, err);
	case KEY_SMALL:
		return set_small(k, text, at, err);
	case KEY_WORKERS:
		return set_workers(k, text, at, err);
	case KEY_DURATION:
		return set_duration(k, text, at, err);
	case KEY_WORD:
		return set_word(k, text, at, err);
	case KEY_BOOL:
		return set_bool(text, at, err);
	case KEY_CHUNK:
		return chunk_parse(text, at, err);
	case KEY_LATER:
		return refuse_later(k, err);
	case KEY_MAP:
	case KEY_INPUTS:
	case KEY_KIND:
		break;
	}
	BUG("%s is no scalar key", k->path);
}
