/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Following a run without a dashboard: plain lines, or one JSON object an event. */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "model/snapshot.h"
#include "wire/link.h"

/* Follows the run on the link until its end and writes to stdout. SIGINT (first drains, then ends, then kills), SIGTERM (ends), SIGQUIT (kills)
 * and SIGHUP (leaves at once, which ends the run) are obeyed. `*s` is filled by the events. Returns the exit status. */
int follow(struct link *engine, bool json, struct snapshot *s);

/* ASCII when the locale is not UTF-8. */
bool output_is_ascii(void);
/* Writes the summary of a run to stdout. */
int print_summary(const struct snapshot *s);

#endif
