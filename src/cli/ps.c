/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop ps: the runs on this machine, newest first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/stored.h"
#include "engine/run_dir.h"
#include "model/timing.h"
#include "ui/parts.h"

#define SHOWN 20

/* When engine and agent were killed at the same instant, nobody was left to end the workers: they carry the run's
 * id. */
static void end_leftovers(struct str *out, const char *dir, const char *id)
{
	int n = run_dir_locked(dir) ? 0 : process_sweep_by_env("POOLTOP_RUN", id);
	if (n > 0)
		str_addf(out, "   %d processes it had left behind were ended", n);
}

/* "≈ 3.06×", "-" when it is not known. */
static void speedup_text(char *buf, size_t size, const struct timing *t)
{
	char ratio[FMT_SIZE];
	if (t->speedup > 0)
		snprintf(buf, size, "%s%s", serial_rough(t) ? "≈ " : "", fmt_ratio(ratio, t->speedup, false));
	else
		str_copy(buf, size, "-");
}

/* Blanks before it in its column of 8 cells. */
static const char *speedup_pad(const char *text)
{
	static const char blanks[] = "        ";
	int cells = text_cells(text);
	return blanks + (cells < 8 ? cells : 8);
}

/* One run a line; a run without a readable store says why. */
static void line(struct str *out, const char *dir, const char *id)
{
	struct snapshot s;
	struct err err = { "" };
	char name[80], a[FMT_SIZE], b[FMT_SIZE], c[FMT_SIZE], d[FMT_SIZE], e[FMT_SIZE], f[FMT_SIZE];
	snapshot_init(&s);
	text_show(out, id, strlen(id));
	if (stored_snapshot(dir, &s, &err) < 0) {
		str_adds(out, "  ");
		text_show(out, err.msg, strlen(err.msg));
	} else {
		struct timing t;
		timing_of(&s, s.now, &t);
		speedup_text(e, sizeof(e), &t);
		text_show_z(name, sizeof(name), s.run.name);
		str_addf(out, "  %-9s %-22s %9s of %-9s %5s %9s %s%s  %s", stored_state(dir, &s), name,
			fmt_count(a, s.done), fmt_count(b, s.run.tasks), fmt_percent(c, s.done, s.run.tasks),
			fmt_duration(d, t.parallel, false),
			speedup_pad(e), e,
			fmt_clock(f, s.run.wall_ns, clock_wall()));
		if (!run_state_is_end(s.state))
			end_leftovers(out, dir, id);
	}
	str_addc(out, '\n');
	snapshot_release(&s);
}

int cmd_ps(const struct given *g)
{
	struct err err = { "" };
	char **ids;
	char *runs = path_runs_dir(&err);
	long n = runs ? run_ids(runs, &ids, &err) : -1;
	if (n < 0) {
		free(runs);
		return cli_fail(EXIT_STORE, "%s", err.msg);
	}
	struct str out = STR_INIT;
	if (n == 0)
		str_adds(&out, "no runs yet; `pooltop run integral-average` makes one\n");
	for (long i = 0; i < n && (g->all || i < SHOWN); i++) {
		char *dir = path_join(runs, ids[i]);
		line(&out, dir, ids[i]);
		free(dir);
	}
	if (n > SHOWN && !g->all)
		str_addf(&out, "+%ld older; --all lists them\n", n - SHOWN);
	int rc = cli_print(&out);
	str_release(&out);
	run_ids_free(ids, n);
	free(runs);
	return rc;
}
