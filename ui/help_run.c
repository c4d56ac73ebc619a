/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `?` over the Run view: every line keeps its place and says what it is (the definitions: doc/timings.md). */
#include <stdio.h>

#include "base/fmt.h"
#include "ui/overlay.h"
#include "ui/view_run.h"

struct line {
	enum zone zone;
	const char *label, *text, *brief;
};

static const struct line lines[] = {
	{ ZONE_TASKS, "Tasks", "@d██@l done  @r█@l given to a worker, not yet done  @w··@l waiting",
	  "@d██@l done @r█@l with a worker @w··@l waiting" },
	{ ZONE_COUNTS, "", "all tasks = done + with workers + waiting + failed + cancelled",
	  "all = done + out + waiting + failed + cancelled" },
	{ ZONE_RATE, "Rate", "tasks a second over the last 5 s; the graph: the last 60 s",
	  "tasks a second, mean of 5 s; the graph: 60 s" },
	{ ZONE_QUEUE, "Queue", "tasks no worker holds; @k≈@l an estimate, @k(a–b)@l its 80 % range",
	  "tasks no worker holds; @k≈@l an estimate" },
	{ ZONE_FAILED, "Failed", "here: how many tasks failed for good, by cause", "failed tasks by cause" },
	{ ZONE_SERIAL, "Serial", "@s██@l the same tasks, one process, one after the other",
	  "@s██@l the same tasks in one process" },
	{ ZONE_PARALLEL, "Parallel", "@r██@l so far  @t░░@l expected  @m│@l ideal = serial / ideal speed-up",
	  "@r█@l so far @t░@l expected @m│@l ideal end" },
	{ ZONE_GAIN, "Speed-up", "serial / parallel; ideal: min(workers, CPUs), averaged over time",
	  "serial / parallel; ideal: min(workers, CPUs)" },
	{ ZONE_BLANK_POOL, "", "efficiency = speed-up / ideal; overhead: a task beyond serial time", NULL },
	{ ZONE_POOL, "Pool", "CPUs: usable here (affinity, cgroup), not what the machine has",
	  "CPUs: usable here, not the machine's" },
	{ ZONE_TRIED, "Tried", "the rate measured at each worker count so far, @d▸@l the best",
	  "rate at each worker count, @d▸@l the best" },
	{ ZONE_RESULT, "Result", "mean ±95 %; one fingerprint for any workers, chunk, kills, retries",
	  "mean of the tasks ±95 %" },
};

/* What is otherwise for this run: the ideal of tasks that only wait, a serial time from a sample. */
static void explain_line(struct area a, int y, const struct line *line, const struct scene *s)
{
	char text[160], n[FMT_SIZE];

	if (line->zone == ZONE_GAIN && s->snap->run.waits) {
		explain(a, y, line->label, "serial / parallel; ideal: workers (tasks only wait), averaged over time",
		        "serial / parallel; ideal: workers (they wait)");
	} else if (line->zone == ZONE_SERIAL && s->timing->serial_sampled) {
		fmt_count(n, s->snap->baseline.executed);
		snprintf(text, sizeof text, "@s██@l all tasks, one process; @k≈@l from a sample of %s tasks", n);
		explain(a, y, line->label, text, "@s██@l one process; @k≈@l from a sample");
	} else {
		explain(a, y, line->label, line->text, line->brief);
	}
}

/* The table's columns, in the rows of the slots: the most important first. */
static const struct line columns_second[] = {
	{ ZONE_SLOTS, " #", "the slot; @f✗@l a process died in it (the Log names the cause)",
	  "the slot; @f✗@l a process died in it" },
	{ ZONE_SLOTS, " BAR", "@r▆▆@l on a CPU  @y░░@l ready but no CPU free  @w··@l nothing to do",
	  "@r▆@l on a CPU @y░@l no CPU free @w·@l idle" },
	{ ZONE_SLOTS, " CPU%", "share of one CPU; WAIT%: share of the time ready, without a CPU",
	  "of one CPU; WAIT%: ready, without a CPU" },
	{ ZONE_SLOTS, " WORK", "leases a second; a lease is the tasks given out at once (chunk)",
	  "leases: tasks given out at once" },
	{ ZONE_SLOTS, " STATE", "leaving: finishes its task, gives back the rest, then ends",
	  "leaving: finishes its task, then ends" },
	{ ZONE_SLOTS, " DONE", "tasks of this slot through all its processes; they add up to done",
	  "tasks done here by all its processes" },
	{ ZONE_SLOTS, " MiB", "memory in RAM; AGE: of the process; DIED: how often one died here", NULL },
};
static const struct line columns_progress[] = {
	{ ZONE_SLOTS, " #", "the slot; @f✗@l a process died in it (the Log names the cause)",
	  "the slot; @f✗@l a process died in it" },
	{ ZONE_SLOTS, " BAR", "@r██@l told by the task, or tasks done of its lease (5/8)",
	  "@r██@l told by the task, or 5/8 of its lease" },
	{ ZONE_SLOTS, "", "@r▒▒@l age against the median task, @k≈@l; @y▒▒@l above twice of it",
	  "@r▒▒@l age against the median; @y▒▒@l late" },
	{ ZONE_SLOTS, " TIME", "age of the present task; DONE: all tasks of this slot", "age of the present task" },
	{ ZONE_SLOTS, " CPU%", "share of one CPU; WAIT%: share of the time ready, without a CPU",
	  "of one CPU; WAIT%: ready, without a CPU" },
	{ ZONE_SLOTS, " STATE", "leaving: finishes its task, gives back the rest, then ends",
	  "leaving: finishes its task, then ends" },
	{ ZONE_SLOTS, " WORK", "number of the present task, or tasks of the present lease", NULL },
};
#define COLUMN_LINES 7

/* The form below 60 columns has no labels: each row says what it shows. */
static void small_help(struct area a)
{
	static const char *const rows[] = {
		"@d██@l done  @r█@l with workers  @w··@l waiting",
		"tasks done, failed; time left",
		"serial / parallel time of min(workers,",
		"CPUs); share of it reached; tasks a s",
		"",
		"slot, @f✗@l died; state; its last second:",
		"@r▆▆@l on a CPU  @y░░@l ready, no CPU free",
		"@w··@l nothing to do; tasks a second",
		"Long tasks: @r██@l progress, @r▒▒@l age",
	};

	for (int i = 0; i < (int)(sizeof rows / sizeof *rows) && 1 + i < a.rows; i++) {
		struct phrase p = phrase_new(a);

		phrase_markup(&p, rows[i]);
		phrase_put(a, 1 + i, LABEL_X, &p);
	}
}

void view_run_help(struct area a, const struct scene *s)
{
	const struct line *table = run_table_form(s) == TABLE_SECOND ? columns_second : columns_progress;
	struct run_layout l;
	struct area left;

	draw_page_header(a, s, "what each line means", "HELP");
	if (a.cols < RUN_FULL_COLS) {
		small_help(a);
		return;
	}
	run_layout(&l, a.rows, a.cols, run_slots_wanted(s));
	left = area_cut(a, 0, 0, a.rows, l.cols);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (l.rows[lines[i].zone])
			explain_line(left, l.y[lines[i].zone], &lines[i], s);
	if (l.rows[ZONE_RULE])
		rule(left, l.y[ZONE_RULE]);
	/* The heading's row and what is blank below the slots are theirs too. */
	for (int i = 0, y = l.y[ZONE_HEADING] >= 0 ? l.y[ZONE_HEADING] : l.y[ZONE_SLOTS];
	     i < COLUMN_LINES && y < l.y[ZONE_SLOTS] + l.rows[ZONE_SLOTS] + l.rows[ZONE_BLANK_SLOTS]; i++, y++)
		explain(left, y, table[i].label, table[i].text, table[i].brief);
	if (l.rows[ZONE_CHARTS]) {
		rule(left, l.y[ZONE_CHARTS]);
		explain(left, l.y[ZONE_CHARTS] + 1, "Charts",
		        "tasks a second and tasks no worker holds, from the run's begin to now", NULL);
	}
	if (l.rows[ZONE_LOG]) {
		rule(left, l.y[ZONE_LOG]);
		explain(left, l.y[ZONE_LOG] + 1, "Log", "the last events with their time since the run began; @k7@l has all", NULL);
	}
}
