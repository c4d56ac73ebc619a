/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop without a command: the start screen, and the runs chosen there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpus.h"
#include "base/die.h"
#include "base/path.h"
#include "base/process.h"
#include "cli/dashboard.h"
#include "cli/stored.h"
#include "config/config.h"
#include "engine/run_dir.h"
#include "model/timing.h"
#include "ui/parts.h"

#define RUNS_LISTED 50

static int list_workloads(struct start_list *l, struct err *err)
{
	struct shipped *shipped;
	long n = config_shipped(NULL, &shipped, err);
	if (n < 0)
		return -1;
	for (long i = 0; i < n; i++) {
		struct start_workload w = { .tasks = shipped[i].tasks, .seconds = NAN, .speedup = NAN };
		str_copy(w.name, sizeof(w.name), shipped[i].name);
		str_copy(w.about, sizeof(w.about), shipped[i].about);
		start_list_add_workload(l, &w);
	}
	shipped_free(shipped, n);
	return 0;
}

static void list_run(struct start_list *l, const char *dir, const char *id)
{
	struct snapshot s;
	struct err err;
	snapshot_init(&s);
	if (stored_snapshot(dir, &s, &err) == 0) {
		struct timing t;
		timing_of(&s, s.now, &t);
		struct start_run r = { .tasks = s.run.tasks,
			.done = s.done,
			.seconds = t.parallel / (double)NS_PER_S,
			.speedup = t.speedup,
			.rough = serial_rough(&t),
			.when = s.run.wall_ns };
		str_copy(r.id, sizeof(r.id), id);
		str_copy(r.name, sizeof(r.name), s.run.name);
		str_copy(r.state, sizeof(r.state), stored_state(dir, &s));
		start_list_add_run(l, &r);
	}
	snapshot_release(&s);
}

/* Runs that cannot be read are left out here; `pooltop ps` names them. */
static void list_runs(struct start_list *l)
{
	struct err err;
	char **ids;
	char *runs = path_runs_dir(&err);
	long n = runs ? run_ids(runs, &ids, &err) : -1;
	for (long i = 0; i < n && i < RUNS_LISTED; i++) {
		char *dir = path_join(runs, ids[i]);
		list_run(l, dir, ids[i]);
		free(dir);
	}
	if (n >= 0)
		run_ids_free(ids, n);
	free(runs);
}

static int fill(struct start_list *l, struct err *err)
{
	struct cpus c;
	struct str s = STR_INIT;
	start_list_init(l);
	cpus_read(&c, "");
	cpus_explain(&s, &c);
	l->cpus = (uint32_t)c.usable;
	str_copy(l->cpus_text, sizeof(l->cpus_text), str_z(&s));
	str_release(&s);
	if (list_workloads(l, err) < 0)
		return -1;
	list_runs(l);
	start_list_join(l);
	return 0;
}

/* The settings of a stored run, one "key=value" a line (a line without "=" goes on with the value before). */
static void take_settings(struct job *job, const char *text, const char *place)
{
	struct str key = STR_INIT, value = STR_INIT;
	for (const char *z = text; *z;) {
		size_t n = strcspn(z, "\n"), k = strcspn(z, "=\n");
		if (k < n && key.n > 0)
			job_set(job, str_z(&key), str_z(&value), place);
		if (k < n) {
			str_clear(&key);
			str_clear(&value);
			str_add(&key, z, k);
			str_add(&value, z + k + 1, n - k - 1);
		} else if (key.n > 0) {
			str_addc(&value, '\n');
			str_add(&value, z, n);
		}
		z += n + (z[n] == '\n');
	}
	if (key.n > 0)
		job_set(job, str_z(&key), str_z(&value), place);
	str_release(&key);
	str_release(&value);
}

/* A recent run as it was: its own copy of the workload file, and its settings. */
static int job_of_run(struct job *job, const char *id, struct err *err)
{
	char *runs = path_runs_dir(err), *dir = runs ? path_join(runs, id) : NULL;
	struct store_reader *r = dir ? store_reader_open(dir, err) : NULL;
	struct str text = STR_INIT, origin = STR_INIT, settings = STR_INIT;
	int rc = -1;
	*job = (struct job){ 0 };
	if (r && (!store_reader_fact(r, "text", &text) || !store_reader_fact(r, "origin", &origin))) {
		err_set(err, "run %s does not hold its workload file", id);
	} else if (r) {
		job->origin = xstrdup(str_z(&origin));
		job->n = text.n;
		job->text = xcalloc(text.n + 1, 1);
		memcpy(job->text, str_z(&text), text.n);
		if (store_reader_fact(r, "settings", &settings))
			take_settings(job, str_z(&settings), id);
		rc = 0;
	}
	if (r)
		store_reader_close(r);
	str_release(&text);
	str_release(&origin);
	str_release(&settings);
	free(dir);
	free(runs);
	return rc;
}

/* A row: a workload with the workers chosen on the screen, or a recent run as it was but for workers chosen there. */
static int run_row(struct app *a, const struct start_list *l, const struct app_choice *c, bool *to_start)
{
	struct job job;
	struct err err = { "" };
	char workers[24] = "auto";
	bool recent = c->row >= l->nworkloads;
	uint64_t tasks = recent ? l->runs[c->row - l->nworkloads].tasks : l->workloads[c->row].tasks;
	if (c->workers)
		snprintf(workers, sizeof(workers), "%llu", (unsigned long long)c->workers);
	if ((recent ? job_of_run(&job, l->runs[c->row - l->nworkloads].id, &err) :
		      job_init(&job, start_list_name(l, c->row), NULL, 0, &err)) < 0) {
		app_leave_screen(a);
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	}
	if (c->workers || !recent)
		job_set(&job, "pool.workers", workers, "start screen");
	if (c->ten_times)
		job_ten_times(&job, tasks);
	int status = run_job(a, &job, false, to_start);
	job_release(&job);
	return status;
}

static int start_loop(struct app *a)
{
	struct err err = { "" };
	int status = EXIT_DONE;
	for (bool again = true; again;) {
		struct start_list list;
		struct app_choice choice;
		again = false;
		int rc = fill(&list, &err);
		if (rc == 0)
			rc = app_start(a, &list, &choice, &err);
		if (rc == 1)
			status = run_row(a, &list, &choice, &again);
		app_leave_screen(a);
		if (rc < 0)
			status = cli_fail(EXIT_TASK_FAILED, "%s", err.msg);
		start_list_release(&list);
	}
	return status;
}

int cmd_start(const struct given *g)
{
	struct err err = { "" };
	if (!isatty(STDOUT_FILENO)) {
		struct str s = STR_INIT;
		cli_help(&s, NULL);
		int rc = cli_print(&s);
		str_release(&s);
		return rc;
	}
	if (process_become_subreaper(&err) < 0)
		return cli_fail(EXIT_TASK_FAILED, "%s", err.msg);
	struct app *a = make_app(g, true);
	if (!a)
		return EXIT_USAGE;
	int status = app_output_now(a) == APP_SCREEN
			     ? start_loop(a)
			     : cli_fail(EXIT_USAGE, "the start screen needs a terminal with a cursor; `pooltop --help` "
						    "lists the commands");
	app_free(a);
	return status;
}
