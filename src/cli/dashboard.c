/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running jobs for one user; see dashboard.h. */
#include "cli/dashboard.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/process.h"
#include "config/config.h"
#include "ui/plain.h"
#include "ui/theme.h"

#define ENGINE_END_MS 3000 /* an engine ends within milliseconds of its farewell; a full disk may take it longer to close its store */

/* Cells of a line on the terminal at stdout; 0 when there is none: programs want a line to stay one. */
static int terminal_cells(void)
{
	struct winsize size;
	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int print_summary(const struct snapshot *s, bool ascii)
{
	struct str lines = STR_INIT, out = STR_INIT;
	int cells = terminal_cells();
	plain_summary(&lines, s, ascii);
	if (cells > 0)
		plain_wrap(&out, str_z(&lines), cells);
	int rc = cli_print(cells > 0 ? &out : &lines);
	str_release(&lines);
	str_release(&out);
	return rc;
}

struct app *make_app(const struct given *g, bool start_screen)
{
	bool lines = g->plain || !isatty(STDOUT_FILENO); /* a pipe or a file wants no screen, though /dev/tty be there */
	struct app_options o = { .output = g->json ? APP_JSON : lines ? APP_PLAIN : APP_SCREEN, .theme = THEME_AUTO, .out = STDOUT_FILENO,
				 .start_screen = start_screen };
	struct err err = { "" };
	struct app *a;
	if (g->theme && theme_parse(g->theme, &o.theme, &err) < 0)
		cli_fail(EXIT_USAGE, "--theme: %s", err.msg);
	else if (app_new(&a, &o, &err) < 0)
		cli_fail(EXIT_TASK_FAILED, "%s", err.msg);
	else
		return a;
	return NULL;
}

/* The engine leaves by itself; whatever it may have left behind (it was killed) has come to us and is ended. */
static void see_engine_off(int pid, int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct process_exit how;
	if (pidfd < 0 || poll(&p, 1, ENGINE_END_MS) > 0)
		process_reap(pid, &how);
	if (pidfd >= 0)
		close(pidfd);
}

/* One run of *tasks tasks. *next is what the user wants after it. */
static int run_once(struct app *a, const struct job *job, bool json, enum app_next *next, uint64_t *tasks)
{
	struct link link;
	struct welcome welcome;
	struct snapshot s;
	struct str why = STR_INIT;
	struct err err = { "" };
	int pid, pidfd;
	*next = NEXT_QUIT;
	int status = engine_start(job, &link, &welcome, &pid, &pidfd, &why);
	if (status != EXIT_DONE) {
		app_leave_screen(a);
		cli_complain_lines(&why);
		str_release(&why);
		return status;
	}
	struct app_result r = { 0 };
	snapshot_init(&s);
	bool died = app_run(a, &link, &s, &r, &err) < 0;
	link_release(&link);
	if (died || r.next == NEXT_QUIT)
		app_leave_screen(a);
	if (died) /* or it does not answer: it is ours, as is all that comes from it */
		process_signal(pid, SIGKILL, false);
	see_engine_off(pid, pidfd);
	if (died)
		process_sweep(NULL, NULL);
	status = died ? EXIT_TASK_FAILED : r.status;
	if (!json && s.begun && r.next == NEXT_QUIT)
		print_summary(&s, app_ascii(a));
	if (died)
		cli_fail(status, "%s; what was committed is kept: `pooltop report %s`", err.msg, welcome.run_id);
	*tasks = s.run.tasks;
	*next = died ? NEXT_QUIT : r.next;
	app_result_release(&r);
	snapshot_release(&s);
	return status;
}

/* Ten times the tasks of the run as it was: inputs are repeated, --for would size it anew. */
void job_ten_times(struct job *job, uint64_t tasks)
{
	char number[32];
	struct plan plan;
	struct problems none = { 0 };
	struct setting *settings = job_settings(job);
	plan_init(&plan);
	if (config_load(job->origin, job->text, job->n, settings, job->nsettings, &plan, &none) == 0) {
		bool inputs = plan.inputs.naxes > 0;
		snprintf(number, sizeof(number), "%llu", (unsigned long long)(inputs ? plan.inputs.repeat * 10 : tasks * 10));
		if (plan.for_ns)
			job_set(job, "for", "none", "key *");
		job_set(job, inputs ? "inputs.repeat" : "tasks", number, "key *");
	}
	plan_release(&plan);
	problems_release(&none);
	free(settings);
}

int run_job(struct app *a, struct job *job, bool json, bool *to_start)
{
	enum app_next next;
	int status;
	*to_start = false;
	do {
		uint64_t tasks = 0;
		status = run_once(a, job, json, &next, &tasks);
		if (next == NEXT_TEN_TIMES)
			job_ten_times(job, tasks);
	} while (next == NEXT_AGAIN || next == NEXT_TEN_TIMES);
	*to_start = next == NEXT_START;
	return status;
}
