/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQLite side of the store, used by its thread only. */
#ifndef ENGINE_STORE_DB_H
#define ENGINE_STORE_DB_H

#include <sqlite3.h>

#include "engine/store.h"

struct store_db;
/* Creates dir/run.db (":memory:" for tests); NULL with *err. */
struct store_db *store_db_open(const char *dir, bool keep_values, struct err *err);
void store_db_close(struct store_db *d);
/* One transaction with everything in b. 0, or -1 with *err and nothing kept. */
int store_db_commit(struct store_db *d, const struct store_batch *b, struct err *err);

#endif
