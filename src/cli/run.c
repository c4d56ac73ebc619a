/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop run: starts an engine and follows it. */
#include "cli/cli.h"
#include "cli/engine_start.h"
#include "cli/follow.h"

int cmd_run(const struct given *g)
{
	struct job job;
	struct err err = { "" };
	struct link link;
	struct welcome welcome;
	struct snapshot s;
	struct str why = STR_INIT;
	int pid;
	if (job_init(&job, g->operands[0], g->settings, g->nsettings, &err) < 0)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	int status = engine_start(&job, &link, &welcome, &pid, &why);
	if (status != EXIT_DONE) {
		cli_complain_lines(&why);
	} else {
		snapshot_init(&s);
		status = follow(&link, g->json, &s);
		if (!g->json && s.begun)
			print_summary(&s);
		link_release(&link);
		snapshot_release(&s);
	}
	str_release(&why);
	job_release(&job);
	return status;
}
