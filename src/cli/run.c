/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop run: one workload, shown until its user leaves. */
#include "base/process.h"
#include "cli/dashboard.h"

int cmd_run(const struct given *g)
{
	struct job job;
	struct err err = { "" };
	bool to_start;
	/* What an engine leaves behind when it is killed comes to us. */
	if (process_become_subreaper(&err) < 0)
		return cli_fail(EXIT_TASK_FAILED, "%s", err.msg);
	if (job_init(&job, g->operands[0], g->settings, g->nsettings, &err) < 0)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	struct app *a = make_app(g, false);
	int status = a ? run_job(a, &job, g->json, &to_start) : EXIT_USAGE;
	app_free(a);
	job_release(&job);
	return status;
}
