/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases: which run, and what the user did. */
#include "tests/screens/scenes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "tests/screens/stream.h"
#include "ui/start_list.h"

static void many_32(struct str *out)
{
	stream_many_workers(out, 32);
}

static void many_1024(struct str *out)
{
	stream_many_workers(out, 1024);
}

static void at_log(struct stage *t)
{
	t->ui.view = VIEW_LOG;
}

static void at_help(struct stage *t)
{
	t->ui.help = 1;
}

static void at_keys(struct stage *t)
{
	t->ui.help = 2;
}

static void at_log_help(struct stage *t)
{
	t->ui.view = VIEW_LOG;
	t->ui.help = 1;
}

static void at_evidence(struct stage *t)
{
	t->ui.evidence = true;
}

static void at_question(struct stage *t)
{
	t->ui.ask = ASK_QUIT;
}

static void at_echo(struct stage *t)
{
	str_copy(t->ui.echo, sizeof t->ui.echo, "4 → 3 workers: slot 4 leaves after its task");
	t->ui.echo_at = t->scene.now_ui;
}

static void scrolled(struct stage *t)
{
	t->ui.selected = 20;
	t->ui.first_slot = 17;
}

static void at_start(struct stage *t)
{
	static const struct start_workload workloads[] = {
		{ "integral-average", "average of random-point integrals", 100, 0.011, 1.7, true },
		{ "integral-convergence", "the integral as samples grow", 40, NAN, NAN, false },
		{ "long-tail", "uneven tasks: why chunks matter", 64, 20.3, 2.78, false },
		{ "sleep", "tasks that only wait", 200, NAN, NAN, false },
		{ "spin", "exact microseconds of CPU, to show the pool itself", 10000, NAN, NAN, false },
	};
	static const struct start_run runs[] = {
		{ "20261121-1402-k7", "integral-average", "done", 400000, 400000, 21.3, 1.88, false, STREAM_WALL_NS },
		{ "20261120-1100-k6", "long-tail", "stopped", 9600, 1206, 3720, NAN, false, STREAM_WALL_NS - 97200 * NS_PER_S },
		{ "20261120-1059-k5", "long-tail", "failed", 64, 57, 20.3, NAN, false, STREAM_WALL_NS - 97300 * NS_PER_S },
	};

	t->ui.view = VIEW_START;
	t->start = xcalloc(1, sizeof *t->start);
	start_list_init(t->start);
	for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
		start_list_add_workload(t->start, &workloads[i]);
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
		start_list_add_run(t->start, &runs[i]);
	t->start->cpus = 2;
	str_copy(t->start->cpus_text, sizeof t->start->cpus_text, "2 usable CPUs: your cgroup allows 2 of the 16 in this machine.");
	t->scene.start = t->start;
}

static void at_start_help(struct stage *t)
{
	at_start(t);
	t->ui.help = 1;
}

const struct screen_case screen_cases[] = {
	{ "running", stream_four_workers, NULL },
	{ "starting", stream_starting, NULL },
	{ "serial", stream_serial, NULL },
	{ "paused", stream_paused, NULL },
	{ "settling", stream_settling, NULL },
	{ "leaving", stream_leaving, at_echo },
	{ "lost", stream_lost, NULL },
	{ "death", stream_death, NULL },
	{ "draining", stream_draining, NULL },
	{ "stopped", stream_stopped, NULL },
	{ "done", stream_done, NULL },
	{ "short", stream_short, NULL },
	{ "long-tasks", stream_long_tasks, NULL },
	{ "failures", stream_failures, NULL },
	{ "failed", stream_failed, NULL },
	{ "workers-32", many_32, NULL },
	{ "workers-32-scrolled", many_32, scrolled },
	{ "workers-1024", many_1024, NULL },
	{ "hostile", stream_hostile, NULL },
	{ "question", stream_four_workers, at_question },
	{ "log", stream_death, at_log },
	{ "help", stream_four_workers, at_help },
	{ "help-long", stream_long_tasks, at_help },
	{ "help-log", stream_four_workers, at_log_help },
	{ "keys", stream_four_workers, at_keys },
	{ "evidence", stream_four_workers, at_evidence },
	{ "start", NULL, at_start },
	{ "help-start", NULL, at_start_help },
	{ NULL, NULL, NULL },
};

const struct screen_case *screen_case_named(const char *name)
{
	for (const struct screen_case *c = screen_cases; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

void stage_init(struct stage *t, const struct screen_case *c, bool ascii, bool mono)
{
	memset(t, 0, sizeof *t);
	if (c->make)
		stream_snapshot(&t->snap, c->make);
	else
		snapshot_init(&t->snap);
	findings_init(&t->findings);
	ui_state_init(&t->ui);
	t->ui.view = VIEW_RUN;
	t->scene = (struct scene){ .snap = &t->snap, .timing = &t->timing, .findings = &t->findings, .ui = &t->ui,
	                           .now = t->snap.now, .now_ui = t->snap.now, .wall_ns = STREAM_WALL_NS + t->snap.now,
	                           .ascii = ascii, .mono = mono };
	/* A finding must hold for a while: the same moment is looked at again and again. */
	for (uint64_t back = 30; back <= 30; back--) {
		uint64_t at = t->snap.now > back * 100 * NS_PER_MS ? t->snap.now - back * 100 * NS_PER_MS : 0;

		timing_of(&t->snap, t->snap.now, &t->timing);
		findings_update(&t->findings, &t->snap, &t->timing, at);
	}
	if (c->adjust)
		c->adjust(t);
}

void stage_release(struct stage *t)
{
	snapshot_release(&t->snap);
	if (t->start) {
		start_list_release(t->start);
		free(t->start);
	}
}
