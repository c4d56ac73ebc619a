/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a workload file: a plan or problems, never both or neither; and a plan's work reaches a worker. The part
 * behind a line "%%" is one setting a line, KEY=VALUE. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SETTINGS_MAX 8

static size_t split_settings(char *text, struct setting *out)
{
	size_t n = 0;
	char *line = text, *end;

	for (; line && n < SETTINGS_MAX; line = end) {
		char *equal;

		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		equal = strchr(line, '=');
		if (!equal)
			continue;
		*equal = '\0';
		out[n] = (struct setting){ line, equal + 1, n % 2 ? "-w" : "--set" };
		n++;
	}
	return n;
}

/* What is listed is visible text, one line each, sorted. */
static void check_problems(const struct problems *p)
{
	BUG_ON(p->n == 0);
	for (size_t i = 0; i < p->n; i++) {
		const char *z = p->items[i].text;
		struct str again = STR_INIT;

		text_show(&again, z, strlen(z));
		BUG_ON(strcmp(str_z(&again), z) != 0 || !*z);
		str_release(&again);
		BUG_ON(i && p->items[i - 1].line > p->items[i].line);
	}
}

static void check_plan(const struct plan *p)
{
	struct str s = STR_INIT, input = STR_INIT;
	uint64_t some[] = { 0, p->tasks / 2, p->tasks - 1 };
	struct work_spec w;
	struct err err;

	BUG_ON(p->tasks < 1 || p->tasks > TASKS_MAX || !p->name || !p->about || !p->values);
	BUG_ON(p->inputs.naxes && p->tasks != inputs_count(&p->inputs));
	plan_title(&s, p, p->tasks);
	str_clear(&s);
	work_spec_pack(&s, p);
	if (work_spec_unpack((struct slice){ s.p, s.n }, &w, &err) < 0)
		BUG("%s", err.msg);
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		struct reader r;

		str_clear(&input);
		plan_input_text(&input, p, some[i]);
		str_clear(&input);
		plan_input_pack(&input, p, some[i]);
		r = reader_of((struct slice){ input.p, input.n });
		if (work_spec_input(&w, &r, w.values, &err) < 0)
			BUG("task %llu: %s", (unsigned long long)some[i], err.msg);
		BUG_ON(r.left);
	}
	work_spec_release(&w);
	str_release(&s);
	str_release(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n";
	struct setting settings[SETTINGS_MAX];
	const char *split = size ? memmem(data, size, mark, sizeof mark - 1) : NULL;
	size_t n = split ? (size_t)(split - (const char *)data) : size, nsettings = 0;
	char *rest = NULL;
	struct problems problems;
	struct plan plan;

	if (split) {
		size_t skip = n + sizeof mark - 1;

		rest = xcalloc(size - skip + 1, 1);
		memcpy(rest, data + skip, size - skip);
		nsettings = split_settings(rest, settings);
	}
	if (config_load("fuzz.yaml", (const char *)data, n, settings, nsettings, &plan, &problems) == 0) {
		BUG_ON(problems.n);
		check_plan(&plan);
		plan_release(&plan);
	} else {
		check_problems(&problems);
	}
	problems_release(&problems);
	free(rest);
	return 0;
}
