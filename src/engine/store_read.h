/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a run's store, also while its engine writes it. Nothing is ever written. */
#ifndef ENGINE_STORE_READ_H
#define ENGINE_STORE_READ_H

#include "base/pack.h"

struct store_reader;
/* Opens dir/run.db read-only. NULL with *err (no such file, no pooltop store, a newer schema). */
struct store_reader *store_reader_open(const char *dir, struct err *err);
void store_reader_close(struct store_reader *r);
/* A row of table run (a copy in *out, replaced). False when there is none. */
bool store_reader_fact(struct store_reader *r, const char *key, struct str *out);
/* Calls fn with the packed events of each commit, in order; stops when fn returns non-zero and returns that. -1
 * with *err when the file cannot be read. */
int store_reader_events(struct store_reader *r, int (*fn)(struct slice events, void *arg), void *arg, struct err *err);

#endif
