/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs on disk: $XDG_STATE_HOME/pooltop/runs/<id>/ with run.db and lock. */
#ifndef ENGINE_RUN_DIR_H
#define ENGINE_RUN_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Makes a fresh directory below `runs` and takes its lock, held until lock_fd is closed. id (>= 64 bytes) becomes
 * "20261121-1402-k7", dir (>= 1024 bytes) its path. 0 or -1. */
int run_dir_make(const char *runs, uint64_t wall_ns, char *id, char *dir, int *lock_fd, struct err *err);
/* Does an engine hold the lock of this run? */
bool run_dir_locked(const char *dir);
/* The ids below `runs`, newest first; *out and its strings are the caller's (run_ids_free). Their number (0 when
 * there is no such directory), or -1. */
long run_ids(const char *runs, char ***out, struct err *err);
void run_ids_free(char **ids, long n);
/* The run that a user means: "-1" or "" the newest, else a unique prefix of an id, or its last part ("k7"). Fresh
 * memory: the run's directory. NULL with *err. */
char *run_find(const char *runs, const char *what, struct err *err);

#endif
