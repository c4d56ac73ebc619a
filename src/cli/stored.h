/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stored runs as the commands see them. */
#ifndef CLI_STORED_H
#define CLI_STORED_H

#include "engine/store_read.h"
#include "model/snapshot.h"

/* Folds all stored events of the run in dir. For a run that has no end and no engine any more the state is said as
 * "died". 0 or -1. */
int stored_snapshot(const char *dir, struct snapshot *s, struct err *err);
/* "done", "running", … or "died": no end was stored and nobody holds its lock. */
const char *stored_state(const char *dir, const struct snapshot *s);

#endif
