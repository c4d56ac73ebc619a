/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing the run store with SQLite; the thread around it is in store_thread.c. */
#include "engine/store_db.h"

#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/die.h"
#include "base/path.h"

static const char schema[] =
	"CREATE TABLE run(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;"
	"CREATE TABLE event(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, data BLOB NOT NULL);"
	"CREATE TABLE chunk(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, slot INTEGER NOT "
	"NULL,"
	" generation INTEGER NOT NULL, begun INTEGER NOT NULL, ended INTEGER NOT NULL, cpu INTEGER NOT NULL, form "
	"INTEGER NOT NULL,"
	" value BLOB, time BLOB, status BLOB);"
	"CREATE TABLE task(task INTEGER PRIMARY KEY, state TEXT NOT NULL, tries INTEGER NOT NULL, deaths INTEGER NOT "
	"NULL,"
	" cause TEXT NOT NULL);";

enum { ST_BEGIN, ST_COMMIT, ST_EVENT, ST_CHUNK, ST_TASK, ST_FACT, STATEMENTS };
static const char *const statements[STATEMENTS] = {
	[ST_BEGIN] = "BEGIN IMMEDIATE",
	[ST_COMMIT] = "COMMIT",
	[ST_EVENT] = "INSERT INTO event VALUES(?,?,?)",
	[ST_CHUNK] = "INSERT INTO chunk VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?)",
	[ST_TASK] = "INSERT OR REPLACE INTO task VALUES(?,'failed',?,?,?)",
	[ST_FACT] = "INSERT OR REPLACE INTO run VALUES(?,?)",
};

struct store_db {
	sqlite3 *db;
	sqlite3_stmt *st[STATEMENTS];
	bool keep_values;
};

/* Magic numbers of statfs(2) for file systems that live on another machine. */
bool store_on_network(const char *dir)
{
	static const unsigned long network[] = { 0x6969 /* NFS */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */,
		0x517b /* SMB */, 0x00c36400 /* Ceph */, 0x0bd00bd0 /* Lustre */, 0x01021997 /* 9p */,
		0x47504653 /* GPFS */, 0x5346414f /* AFS */, 0x65735546 /* FUSE: sshfs and the like */ };
	struct statfs f;
	if (statfs(dir, &f) != 0)
		return false;
	for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++)
		if ((unsigned long)f.f_type == network[i])
			return true;
	return false;
}

static int db_error(struct store_db *d, const char *what, struct err *err)
{
	const char *why = d->db ? sqlite3_errmsg(d->db) : "out of memory";
	int system = d->db ? sqlite3_system_errno(d->db) : 0;
	return err_set(
		err, "run store: cannot %s: %s%s%s", what, why, system ? ": " : "", system ? strerror(system) : "");
}

static int db_exec(struct store_db *d, const char *sql, const char *what, struct err *err)
{
	return sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(d, what, err);
}

static int db_prepare(struct store_db *d, struct err *err)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(d->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &d->st[i], NULL) !=
			SQLITE_OK)
			return db_error(d, "prepare", err);
	return 0;
}

/* The whole creation is one durable step: schema and pragma in one transaction. */
static int db_create(struct store_db *d, bool network, struct err *err)
{
	const char *journal = network ? "PRAGMA journal_mode=TRUNCATE;" : "PRAGMA journal_mode=WAL;";
	if (db_exec(d, "PRAGMA page_size=8192; PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY;", "set up", err) <
			0 ||
		db_exec(d, journal, "choose a journal", err) < 0 ||
		db_exec(d, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000; BEGIN IMMEDIATE;", "set up", err) <
			0 ||
		db_exec(d, schema, "create its tables", err) < 0 ||
		db_exec(d, "PRAGMA user_version=1; COMMIT;", "create", err) < 0)
		return -1;
	return 0;
}

struct store_db *store_db_open(const char *dir, bool keep_values, struct err *err)
{
	struct store_db *d = xcalloc(1, sizeof(*d));
	d->keep_values = keep_values;
	bool memory = strcmp(dir, ":memory:") == 0;
	char *path = memory ? xstrdup(dir) : path_join(dir, "run.db");
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, &d->db, flags, NULL) != SQLITE_OK)
		db_error(d, "be opened", err);
	else if (db_create(d, !memory && store_on_network(dir), err) == 0 && db_prepare(d, err) == 0) {
		free(path);
		return d;
	}
	store_db_close(d);
	/* A half-made file would be in the way of the next try; nothing was claimed from it. */
	if (!memory)
		unlink(path);
	free(path);
	return NULL;
}

void store_db_close(struct store_db *d)
{
	if (!d)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(d->st[i]);
	sqlite3_close(d->db);
	free(d);
}

static int run_statement(struct store_db *d, int which)
{
	int rc = sqlite3_step(d->st[which]);
	sqlite3_reset(d->st[which]);
	return rc == SQLITE_DONE ? 0 : -1;
}

static void bind_column(sqlite3_stmt *st, int at, struct slice s)
{
	sqlite3_bind_blob64(st, at, s.p, s.n, SQLITE_STATIC);
}

static int insert_chunk(struct store_db *d, const struct store_batch *b, const struct store_chunk *c)
{
	sqlite3_stmt *st = d->st[ST_CHUNK];
	struct store_columns columns = store_chunk_columns(b, c);
	const uint64_t numbers[] = { c->first, c->count, c->slot, c->generation, c->begun, c->ended, c->cpu_ns,
		c->form };
	for (int i = 0; i < 8; i++)
		sqlite3_bind_int64(st, i + 1, (sqlite3_int64)numbers[i]);
	for (int i = 9; i <= 11; i++)
		sqlite3_bind_null(st, i);
	if (d->keep_values) {
		bind_column(st, 9, columns.values);
		bind_column(st, 10, columns.times);
	}
	if (c->has_status)
		bind_column(st, 11, columns.status);
	return run_statement(d, ST_CHUNK);
}

static int insert_failure(struct store_db *d, const struct store_failure *f)
{
	sqlite3_stmt *st = d->st[ST_TASK];
	sqlite3_bind_int64(st, 1, (sqlite3_int64)f->task);
	sqlite3_bind_int64(st, 2, f->tries);
	sqlite3_bind_int64(st, 3, f->deaths);
	sqlite3_bind_text(st, 4, f->cause, -1, SQLITE_STATIC);
	return run_statement(d, ST_TASK);
}

static int insert_facts(struct store_db *d, const struct store_batch *b)
{
	struct reader r = reader_of((struct slice){ b->facts.p, b->facts.n });
	for (uint32_t i = 0; i < b->nfacts; i++) {
		struct slice key = get_bytes(&r), value = get_bytes(&r);
		BUG_ON(r.bad);
		sqlite3_bind_text(d->st[ST_FACT], 1, key.p, (int)key.n, SQLITE_STATIC);
		sqlite3_bind_blob64(d->st[ST_FACT], 2, value.n ? value.p : "", value.n, SQLITE_STATIC);
		if (run_statement(d, ST_FACT) < 0)
			return -1;
	}
	return 0;
}

static int insert_all(struct store_db *d, const struct store_batch *b)
{
	if (b->event_count > 0) {
		sqlite3_bind_int64(d->st[ST_EVENT], 1, (sqlite3_int64)b->event_first);
		sqlite3_bind_int64(d->st[ST_EVENT], 2, (sqlite3_int64)b->event_count);
		sqlite3_bind_blob64(d->st[ST_EVENT], 3, b->events.p, b->events.n, SQLITE_STATIC);
		if (run_statement(d, ST_EVENT) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->nchunks; i++)
		if (insert_chunk(d, b, &b->chunks[i]) < 0)
			return -1;
	for (size_t i = 0; i < b->nfailures; i++)
		if (insert_failure(d, &b->failures[i]) < 0)
			return -1;
	return insert_facts(d, b);
}

int store_db_commit(struct store_db *d, const struct store_batch *b, struct err *err)
{
	if (run_statement(d, ST_BEGIN) == 0 && insert_all(d, b) == 0 && run_statement(d, ST_COMMIT) == 0)
		return 0;
	db_error(d, "write", err);
	if (!sqlite3_get_autocommit(d->db))
		sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
