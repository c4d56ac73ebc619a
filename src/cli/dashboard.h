/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running jobs one after the other for one user: start an engine, show it, and again as the user wishes. */
#ifndef CLI_DASHBOARD_H
#define CLI_DASHBOARD_H

#include "cli/engine_start.h"
#include "ui/app.h"

/* Runs the job and whatever follows from "again" and "ten times". Returns the exit status; *to_start says that the
 * user went back to the start screen instead of leaving. Prints the summary of each run that ended (not with
 * --json). */
int run_job(struct app *a, struct job *job, bool json, bool *to_start);
/* Makes it the same job with ten times the `tasks` it has. */
void job_ten_times(struct job *job, uint64_t tasks);
/* The app for these options; NULL after a complaint. */
struct app *make_app(const struct given *g, bool start_screen);
/* The summary of a run to stdout. */
int print_summary(const struct snapshot *s, bool ascii);

#endif
