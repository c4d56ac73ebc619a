/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that only tell: check, list, cpus. */
#include <stdlib.h>
#include <string.h>

#include "base/cpus.h"
#include "base/fmt.h"
#include "base/text.h"
#include "cli/cli.h"
#include "config/config.h"

int cmd_check(const struct given *g)
{
	struct err err = { "" };
	char *text, *origin;
	size_t n;
	if (config_read(g->operands[0], &text, &n, &origin, &err) < 0)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	struct plan plan;
	struct problems problems = { 0 };
	struct str s = STR_INIT;
	plan_init(&plan);
	int status = EXIT_DONE;
	if (config_load(origin, text, n, NULL, 0, &plan, &problems) < 0) {
		problems_print(&s, &problems);
		status = cli_complain_lines(&s);
	} else {
		struct str title = STR_INIT;
		plan_title(&title, &plan, plan.tasks);
		text_show(&s, origin, strlen(origin));
		str_adds(&s, ": no mistakes: ");
		text_show(&s, title.p, title.n);
		str_addc(&s, '\n');
		str_release(&title);
		status = cli_print(&s);
	}
	plan_release(&plan);
	problems_release(&problems);
	str_release(&s);
	free(text);
	free(origin);
	return status;
}

static void list_one(struct str *out, const struct shipped *w)
{
	char num[FMT_SIZE], name[64], about[256];
	text_show_z(name, sizeof(name), w->name);
	text_show_z(about, sizeof(about), w->about);
	str_addf(out, "  %-22s %9s tasks  %s\n", name, fmt_count(num, w->tasks), about);
}

static void list_kinds(struct str *out)
{
	str_adds(out, "\nKinds of work (work: {kind: NAME}; `pooltop help keys` has their parameters)\n");
	for (const struct kind *k = kinds; k->name; k++)
		str_addf(out, "  %-22s %s\n", k->name, k->help);
	str_adds(out, "\nChunk rules (-c RULE)\n");
	for (const struct chunk_rule *r = chunk_rules; r->name; r++)
		str_addf(out, "  %-10s %s\n             %s\n", r->name, r->formula, r->help);
}

int cmd_list(const struct given *g)
{
	struct err err = { "" };
	struct shipped *list;
	long n = config_shipped(NULL, &list, &err);
	if (n < 0)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	struct str s = STR_INIT;
	if (!g->names)
		str_adds(&s, "Workloads (pooltop run NAME)\n");
	for (long i = 0; i < n; i++) {
		if (g->names)
			str_addf(&s, "%s\n", list[i].name);
		else
			list_one(&s, &list[i]);
	}
	if (!g->names)
		list_kinds(&s);
	shipped_free(list, n);
	int rc = cli_print(&s);
	str_release(&s);
	return rc;
}

static void list_quota(struct str *out, const struct cpus *c)
{
	str_addf(out, "  cgroup quota                %.2f   ", c->quota);
	text_show(out, c->quota_path, strlen(c->quota_path));
	str_addc(out, '\n');
}

int cmd_cpus(const struct given *g)
{
	(void)g;
	struct cpus c;
	struct str s = STR_INIT;
	cpus_read(&c, "");
	cpus_explain(&s, &c);
	str_addf(&s, "\n  online in this machine      %d\n  affinity mask of processes  %d\n", c.online, c.affinity);
	if (c.quota > 0)
		list_quota(&s, &c);
	else
		str_adds(&s, "  cgroup quota                none\n");
	str_addf(&s, "  usable                      %d   default number of workers (-w N for another)\n", c.usable);
	int rc = cli_print(&s);
	str_release(&s);
	return rc;
}
