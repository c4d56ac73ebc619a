/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop report: what a run came to, from its store. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/dashboard.h"
#include "cli/stored.h"
#include "engine/run_dir.h"
#include "ui/json.h"

struct json_out {
	struct str text;
	uint64_t number;
	struct err err;
};

static int json_some(struct slice events, void *arg)
{
	struct json_out *o = arg;
	struct reader r = reader_of(events);
	while (r.left > 0) {
		struct event e;
		if (event_unpack(&r, &e, &o->err) < 0)
			return -1;
		json_event(&o->text, &e, o->number++);
	}
	int rc = cli_print(&o->text);
	str_clear(&o->text);
	return rc;
}

static int report_json(const char *dir)
{
	struct json_out o = { .number = 0 };
	struct store_reader *r = store_reader_open(dir, &o.err);
	if (!r)
		return cli_fail(EXIT_USAGE, "%s", o.err.msg);
	int rc = store_reader_events(r, json_some, &o, &o.err);
	store_reader_close(r);
	str_release(&o.text);
	return rc < 0 ? cli_fail(EXIT_STORE, "%s", o.err.msg) : rc;
}

static void visible(struct str *out, const char *z)
{
	text_show(out, z, strlen(z));
}

/* Where the workload came from, and what was set on top of it. */
static void add_settings(struct str *out, const char *dir)
{
	struct err err;
	struct str fact = STR_INIT;
	struct store_reader *r = store_reader_open(dir, &err);
	if (r && store_reader_fact(r, "origin", &fact)) {
		str_adds(out, "workload ");
		visible(out, str_z(&fact));
		if (store_reader_fact(r, "settings", &fact) && fact.n > 0) {
			for (char *p = fact.p; *p; p++)
				*p = *p == '\n' ? ' ' : *p;
			str_adds(out, "   set ");
			visible(out, str_z(&fact));
		}
		str_addc(out, '\n');
	}
	store_reader_close(r);
	str_release(&fact);
}

static int report_text(const char *dir)
{
	struct snapshot s;
	struct err err = { "" };
	snapshot_init(&s);
	if (stored_snapshot(dir, &s, &err) < 0) {
		snapshot_release(&s);
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	}
	struct str out = STR_INIT;
	visible(&out, s.run.title);
	str_addf(&out, "\nstate %s%s", stored_state(dir, &s), s.reason[0] ? ": " : "");
	visible(&out, s.reason);
	str_adds(&out, "   host ");
	visible(&out, s.run.host);
	str_addf(&out, "   pooltop %s   start %s   chunk ", s.run.version, s.run.start);
	visible(&out, s.chunk[0] ? s.chunk : s.run.chunk);
	str_addf(&out, "   seed %llu\n", (unsigned long long)s.run.seed);
	add_settings(&out, dir);
	for (uint32_t i = 0; i < s.nslots; i++)
		if (s.slots[i].deaths > 0) {
			str_addf(&out, "worker %u died %u times, last: ", i + 1, s.slots[i].deaths);
			visible(&out, s.slots[i].cause);
			str_addc(&out, '\n');
		}
	int rc = cli_print(&out);
	str_release(&out);
	if (rc == EXIT_DONE)
		rc = print_summary(&s, strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
	snapshot_release(&s);
	return rc;
}

int cmd_report(const struct given *g)
{
	struct err err = { "" };
	char *runs = path_runs_dir(&err);
	char *dir = runs ? run_find(runs, g->noperands ? g->operands[0] : "-1", &err) : NULL;
	free(runs);
	if (!dir)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	int rc = g->json ? report_json(dir) : report_text(dir);
	free(dir);
	return rc;
}
