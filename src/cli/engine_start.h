/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting an engine as its first client. */
#ifndef CLI_ENGINE_START_H
#define CLI_ENGINE_START_H

#include "cli/cli.h"
#include "config/config.h"
#include "wire/msg.h"

/* What is to be run, kept for "again" and "ten times". All owned. */
struct job {
	char *origin, *text;
	size_t n;
	struct given_setting *settings;
	size_t nsettings;
};
/* Reads the workload (name, file or "-") and copies the settings. 0, or -1 with *err. */
int job_init(struct job *j, const char *what, const struct given_setting *settings, size_t nsettings, struct err *err);
void job_release(struct job *j);
/* Adds a setting after the others (it wins). */
void job_set(struct job *j, const char *key, const char *value, const char *place);

/* The settings as the loader wants them: an array of nsettings (strings are the job's), to be freed. */
struct setting *job_settings(const struct job *j);

/* Starts the engine process and sends the request. 0: *link is connected and *welcome received. Otherwise an exit
 * status, *why has the lines to say (the caller releases it); nothing runs. *pid is the engine, a child; *pidfd
 * (the caller closes it) can be polled for its end. */
int engine_start(
	const struct job *j, struct link *link, struct welcome *welcome, int *pid, int *pidfd, struct str *why);

#endif
