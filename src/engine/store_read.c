/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a run's store; see store_read.h. */
#include "engine/store_read.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/path.h"
#include "engine/run_dir.h"
#include "engine/store.h"

#define BUSY_MS 2000 /* a writer is in its commit for a moment only */

struct store_reader {
	sqlite3 *db;
	sqlite3_stmt *fact;
	char *path;
};

static int read_error(struct store_reader *r, struct err *err)
{
	return err_set(err, "%s: cannot be read: %s", r->path, r->db ? sqlite3_errmsg(r->db) : "out of memory");
}

static int user_version(struct store_reader *r)
{
	sqlite3_stmt *st;
	int v = -1;
	if (sqlite3_prepare_v2(r->db, "PRAGMA user_version", -1, &st, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* A store that nobody writes and that has no journal cannot change: read as such it leaves no files of SQLite's
 * own beside it. */
static bool is_closed(const char *path, const char *dir)
{
	struct str wal = STR_INIT;
	str_addf(&wal, "%s-wal", path);
	bool closed = access(str_z(&wal), F_OK) != 0 && !run_dir_locked(dir);
	str_release(&wal);
	return closed;
}

/* As a URI (sqlite.org/uri.html): everything but letters, digits and slashes is quoted. */
static char *database_name(const char *path, const char *dir)
{
	struct str uri = STR_INIT;
	str_adds(&uri, "file:");
	for (const char *p = path; *p; p++) {
		if (isalnum((unsigned char)*p) || *p == '/')
			str_addc(&uri, *p);
		else
			str_addf(&uri, "%%%02x", (unsigned char)*p);
	}
	str_adds(&uri, is_closed(path, dir) ? "?immutable=1" : "");
	return uri.p;
}

static int open_checked(struct store_reader *r, const char *dir, struct err *err)
{
	if (access(r->path, R_OK) != 0)
		return err_set(err, "%s: this run has no store: it was ended before its first commit", r->path);
	char *name = database_name(r->path, dir);
	int rc = sqlite3_open_v2(name, &r->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	free(name);
	if (rc != SQLITE_OK)
		return read_error(r, err);
	sqlite3_busy_timeout(r->db, BUSY_MS);
	int v = user_version(r);
	if (v < 0)
		return read_error(r, err);
	if (v == 0)
		return err_set(err, "%s: this run was ended before its first commit", r->path);
	if (v > STORE_SCHEMA)
		return err_set(
			err, "%s: written by a newer pooltop (schema %d, this one knows %d)", r->path, v, STORE_SCHEMA);
	if (sqlite3_prepare_v2(r->db, "SELECT value FROM run WHERE key=?", -1, &r->fact, NULL) != SQLITE_OK)
		return read_error(r, err);
	return 0;
}

struct store_reader *store_reader_open(const char *dir, struct err *err)
{
	struct store_reader *r = xcalloc(1, sizeof(*r));
	r->path = path_join(dir, "run.db");
	if (open_checked(r, dir, err) == 0)
		return r;
	store_reader_close(r);
	return NULL;
}

void store_reader_close(struct store_reader *r)
{
	if (!r)
		return;
	sqlite3_finalize(r->fact);
	sqlite3_close(r->db);
	free(r->path);
	free(r);
}

bool store_reader_fact(struct store_reader *r, const char *key, struct str *out)
{
	str_clear(out);
	sqlite3_bind_text(r->fact, 1, key, -1, SQLITE_STATIC);
	bool found = sqlite3_step(r->fact) == SQLITE_ROW;
	if (found)
		str_add(out, sqlite3_column_blob(r->fact, 0), (size_t)sqlite3_column_bytes(r->fact, 0));
	sqlite3_reset(r->fact);
	return found;
}

int store_reader_events(struct store_reader *r, int (*fn)(struct slice events, void *arg), void *arg, struct err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(r->db, "SELECT data FROM event ORDER BY first", -1, &st, NULL) != SQLITE_OK)
		return read_error(r, err);
	int rc, told = 0;
	while (told == 0 && (rc = sqlite3_step(st)) == SQLITE_ROW)
		told = fn((struct slice){ sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0) }, arg);
	if (told == 0 && rc != SQLITE_DONE)
		told = read_error(r, err);
	sqlite3_finalize(st);
	return told;
}
