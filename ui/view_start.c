/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start screen: what can be run, what ran lately, and why so many CPUs. */
#include "ui/view_start.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "ui/overlay.h"
#include "ui/start_list.h"
#include "ui/view_run.h"

#define NAME_X     3
#define NAME_MOST  24
#define LAST_CELLS 19  /* "21.3 s  ≈ 1.88×" */
#define WHEN_CELLS 13  /* "22 Nov 14:02" and a gap */
#define WIDE_FROM  72  /* columns from which descriptions are shown */

static bool have_list(const struct scene *s)
{
	return s->start != NULL;
}

/* The names' column: as wide as the longest of both lists, within limits, so that the descriptions line up. */
static int name_cells(const struct start_list *l, int cols)
{
	int most = cols >= WIDE_FROM ? NAME_MOST : cols < 50 ? 17 : 22, cells = 12;
	char seen[256];

	for (uint32_t i = 0; i < l->nworkloads; i++) {
		text_show_z(seen, sizeof seen, l->workloads[i].name);
		if (text_cells(seen) > cells)
			cells = text_cells(seen);
	}
	return cells < most ? cells : most;
}

/* "21.3 s  1.88×", right-aligned; "–" when it never ran here. */
static void put_last(struct area a, int y, double seconds, double speedup, bool rough)
{
	char buf[FMT_SIZE], about[FMT_SIZE + 8];
	int end = a.cols - 1;

	if (!(seconds >= 0)) {
		put_right(a, y, end, ROLE_LABEL, "–");
		return;
	}
	snprintf(about, sizeof about, "%s%s", rough ? "≈ " : "", fmt_ratio(buf, speedup, false));
	if (speedup > 0)
		put_right(a, y, end, ROLE_PLAIN, about);
	if (a.cols >= RUN_FULL_COLS - WHEN_CELLS || !(speedup > 0))
		put_right(a, y, a.cols >= RUN_FULL_COLS - WHEN_CELLS ? end - 9 : end, ROLE_PLAIN,
		          fmt_duration(buf, seconds * 1e9, false));
}

static void put_name(struct area a, int y, int cells, const char *name, bool selected)
{
	if (selected)
		put(a, y, LABEL_X, ROLE_DONE, glyph(a.g, GLYPH_BEST));
	put_outside(a, y, NAME_X, cells, selected ? ROLE_KEY : ROLE_PLAIN, name);
	if (selected)
		put_attr(a, y, NAME_X, cells, ATTR_REVERSE);
}

static void draw_workload(struct area a, int y, const struct scene *s, uint32_t i)
{
	const struct start_workload *w = &s->start->workloads[i];
	int cells = name_cells(s->start, a.cols), x = NAME_X + cells + 2, end;
	char buf[FMT_SIZE];

	put_name(a, y, cells, w->name, s->ui->start_row == i);
	end = put_right(a, y, a.cols - LAST_CELLS + (a.cols < RUN_FULL_COLS ? 8 : 0), ROLE_PLAIN, fmt_count(buf, w->tasks));
	if (a.cols >= WIDE_FROM)
		put_outside(a, y, x, end - x - 1, ROLE_LABEL, w->about);
	put_last(a, y, w->seconds, w->speedup, w->rough);
}

/* "400,000 tasks", "1,206 of 9,600"; narrow "400 k tasks". */
static void run_tasks(char *buf, size_t size, const struct start_run *r, bool narrow)
{
	char done[FMT_SIZE], all[FMT_SIZE];

	if (r->done != r->tasks)
		snprintf(buf, size, "%s of %s", fmt_count(done, r->done), fmt_count(all, r->tasks));
	else
		snprintf(buf, size, "%s tasks", narrow ? fmt_count_narrow(all, r->tasks) : fmt_count(all, r->tasks));
}

/* The day, or the time of today in minutes. */
static void when_text(char *buf, const struct start_run *r, uint64_t wall)
{
	fmt_clock(buf, r->when, wall);
	if (strlen(buf) == 8)
		buf[5] = '\0';
}

static enum role run_role(const char *state)
{
	if (strcmp(state, run_state_names[RUN_FAILED]) == 0)
		return ROLE_FAILED;
	return strcmp(state, run_state_names[RUN_DONE]) == 0 ? ROLE_DONE : ROLE_LABEL;
}

static void draw_run(struct area a, int y, const struct scene *s, uint32_t i)
{
	const struct start_run *r = &s->start->runs[i];
	int cells = name_cells(s->start, a.cols), x;
	char buf[3 * FMT_SIZE], id[80];

	text_show_z(id, sizeof id, run_id_short(r->id));
	snprintf(buf, sizeof buf, "%s", r->name);
	put_name(a, y, cells, buf, s->ui->start_row == s->start->nworkloads + i);
	x = NAME_X + cells + 2;
	if (a.cols < WIDE_FROM) {
		put_outside(a, y, x, a.cols - x - 11, run_role(r->state), r->state);
		if (r->done == r->tasks)
			put_right(a, y, a.cols - 1, ROLE_PLAIN, fmt_duration(buf, r->seconds * 1e9, false));
		return;
	}
	put_cut(a, y, x, 4, ROLE_LABEL, id);
	put_outside(a, y, x + 4, 8, run_role(r->state), r->state);
	run_tasks(buf, sizeof buf, r, a.cols < 92);
	put_cut(a, y, x + 13, 18, ROLE_LABEL, buf);
	when_text(buf, r, s->wall_ns);
	put_right(a, y, a.cols - 1, ROLE_LABEL, buf);
	/* How long it took says something of complete runs only. */
	if (r->done == r->tasks)
		put_last(area_cut(a, 0, 0, a.rows, a.cols - WHEN_CELLS), y, r->seconds, r->speedup, r->rough);
}

static void list_heading(struct area a, int y, const char *z, bool columns)
{
	put(a, y, LABEL_X, ROLE_KEY, z);
	if (!columns)
		return;
	put_right(a, y, a.cols - LAST_CELLS + (a.cols < RUN_FULL_COLS ? 8 : 0), ROLE_LABEL, "TASKS");
	put_right(a, y, a.cols - 1, ROLE_LABEL, a.cols < RUN_FULL_COLS ? "LAST" : "LAST RUN HERE");
}

/* Rows first..first+n of a list with `total` rows; the last one says how many more there are. `selected` may lie outside. */
static uint32_t window(uint32_t total, uint32_t rows, uint32_t selected, bool here, uint32_t *first)
{
	uint32_t n = total <= rows ? total : rows > 1 ? rows - 1 : 0;

	*first = 0;
	if (here && n > 0 && selected >= n)
		*first = selected - n + 1;
	if (*first + n > total)
		*first = total - n;
	return n;
}

static int draw_list(struct area a, int y, uint32_t rows, const struct scene *s, bool runs)
{
	uint32_t total = runs ? s->start->nruns : s->start->nworkloads, base = runs ? s->start->nworkloads : 0, first, n;
	bool here = s->ui->start_row >= base && s->ui->start_row < base + total;

	n = window(total, rows, s->ui->start_row - base, here, &first);
	for (uint32_t i = first; i < first + n; i++, y++) {
		if (runs)
			draw_run(a, y, s, i);
		else
			draw_workload(a, y, s, i);
		put_hit(a, y, 0, 1, a.cols, HIT_ROW, (int64_t)base + i);
	}
	if (n < total && rows > 0)
		putf(a, y++, NAME_X, ROLE_LABEL, "+%u more", (unsigned)(total - n));
	return y;
}

/* How many rows each list gets: the workloads first, at least 3 for the runs. */
static void share_rows(int rows, const struct start_list *l, uint32_t *workloads, uint32_t *runs)
{
	int for_runs = l->nruns < 3 ? (int)l->nruns : 3, for_workloads;

	if (rows < 6)
		for_runs = 0;
	for_workloads = rows - (for_runs > 0 ? for_runs + 1 : 0);
	if (for_workloads > (int)l->nworkloads)
		for_workloads = (int)l->nworkloads;
	if (for_workloads < 0)
		for_workloads = 0;
	for_runs = for_runs > 0 ? rows - for_workloads - 1 : 0;
	*workloads = (uint32_t)for_workloads;
	*runs = (uint32_t)(for_runs < (int)l->nruns ? for_runs : (int)l->nruns);
}

void view_start_draw(struct area a, const struct scene *s)
{
	bool roomy = a.rows >= 16;
	uint32_t workloads, runs;
	char buf[64];
	int y;

	y = put(a, 0, LABEL_X, ROLE_KEY, "pooltop") + 2;
	put_cut(a, 0, y, a.cols - y - 18, ROLE_LABEL, "watch, tune and teach process pools");
	if (!have_list(s))
		return;
	snprintf(buf, sizeof buf, "%u usable CPU%s", (unsigned)s->start->cpus, s->start->cpus == 1 ? "" : "s");
	put_right(a, 0, a.cols - 1, ROLE_LABEL, buf);
	y = roomy ? 2 : 1;
	share_rows(a.rows - y - 1 - (roomy ? 1 : 0), s->start, &workloads, &runs);
	a.g->page = workloads > 1 ? (int)workloads : 1;
	list_heading(a, y++, "Workloads", true);
	y = draw_list(a, y, workloads, s, false);
	if (runs == 0) {
		if (s->start->nruns == 0 && y + 1 < a.rows)
			put(a, y + 1, LABEL_X, ROLE_LABEL, "No run yet: Enter starts the selected workload.");
		return;
	}
	y += roomy;
	list_heading(a, y++, "Recent runs", false);
	draw_list(a, y, runs, s, true);
}

void view_start_help(struct area a, const struct scene *s)
{
	static const struct {
		const char *label, *text, *brief;
	} lines[] = {
		{ "Workloads", "what is shipped with the program: a name, what it is about", "what is shipped with the program" },
		{ "", "TASKS: how many tasks a run has; LAST RUN HERE: its time, speed-up", "its tasks; time and speed-up last time" },
		{ "Enter", "runs the selected workload, or a recent run again as it was; @k*@l ten times", "runs it; @k*@l with ten times the tasks" },
		{ "+ −", "the number of workers; auto is one for each usable CPU", "workers; auto: one for each usable CPU" },
		{ "Runs", "what ran here: state, tasks, wall-clock time of the pool, speed-up", "what ran here: state and time" },
		{ "CPUs", "usable by this process: affinity, cgroup quota and the machine", "usable by this process" },
	};

	draw_page_header(a, s, "what each line means", "HELP");
	for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++)
		explain(a, 2 + i + (a.rows >= 16 ? i / 2 : 0), lines[i].label, lines[i].text, lines[i].brief);
}
