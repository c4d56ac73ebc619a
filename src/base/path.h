/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things lie. All results are fresh memory that the caller frees. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/err.h"

/* a + "/" + b, one slash between them; b alone when it is absolute. */
char *path_join(const char *a, const char *b);
/* The last part of a path ("x.yaml" of "a/x.yaml"), borrowed from z. */
const char *path_base(const char *z);
/* $XDG_STATE_HOME/pooltop or ~/.local/state/pooltop (an absolute XDG value only, as its specification says). */
char *path_state_dir(struct err *err);
/* state dir + "/runs". */
char *path_runs_dir(struct err *err);
/* Makes the directory and its parents (0700). 0 or -1. */
int path_mkdirs(const char *dir, struct err *err);
/* The directory of the running program (/proc/self/exe), and of a program that belongs to it: beside it when
 * uninstalled, else in `libexec`. name is "pooltop-worker". */
char *path_program_dir(struct err *err);
char *path_helper_program(const char *name, struct err *err);
/* A shipped data file: in the source or build tree when uninstalled (POOLTOP_DATA_DIR overrides), else the installed
 * one. */
char *path_data_dir(struct err *err);
/* The whole file as fresh memory, NUL added, *n its bytes; more than max bytes is an error. path "-" is stdin. */
char *path_read_file(const char *path, unsigned long max, unsigned long *n, struct err *err);

#endif
