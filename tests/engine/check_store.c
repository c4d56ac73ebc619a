/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run store on a real directory: schema 1 as doc/store.md has it, batches as whole commits, its thread, and
 * what a reader refuses. */
#include "engine/store.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/store_read.h"
#include "model/event.h"

#include "tap.h"

static char dir[] = "/tmp/pooltop-check-XXXXXX";

static void make_dir(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static const char *at(const char *name)
{
	static char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static struct store *open_store(bool keep_values)
{
	struct err err = { "" };
	struct store *s = store_new(dir, keep_values, NULL, NULL, &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_msg(store_poll(s, &err) == STORE_OPENED, "%s", err.msg);
	ck_assert_int_eq(store_poll(s, &err), STORE_NOTHING);
	ck_assert(store_ready(s));
	return s;
}

static void note(struct store_batch *b, uint64_t number)
{
	struct event ev = { .type = EV_NOTE, .at = number };
	snprintf(ev.note.text, sizeof(ev.note.text), "note %llu", (unsigned long long)number);
	if (b->event_count++ == 0)
		b->event_first = number;
	event_pack(&b->events, &ev);
}

static void chunk(
	struct store_batch *b, uint64_t first, uint32_t n, double value, double step, uint32_t ns, const char *status)
{
	struct store_chunk c = {
		.first = first, .count = n, .slot = 3, .generation = 2, .begun = 100, .ended = 200, .cpu_ns = 50
	};
	double values[64];
	uint32_t times[64];
	for (uint32_t i = 0; i < n; i++) {
		values[i] = value + step * i;
		times[i] = ns + i;
	}
	store_batch_chunk(b, &c, values, times, status);
}

static void commit(struct store *s, struct store_batch *b)
{
	struct err err = { "" };
	store_submit(s, b);
	ck_assert(!store_ready(s)); /* until its end is asked for */
	ck_assert_msg(store_poll(s, &err) == STORE_COMMITTED, "%s", err.msg);
	store_batch_clear(b);
	ck_assert(store_batch_empty(b) && store_batch_bytes(b) == 0);
}

/* One number or text from a query. */
static const char *ask(const char *sql)
{
	static char answer[4096];
	sqlite3 *db;
	sqlite3_stmt *st;
	ck_assert_int_eq(sqlite3_open_v2(at("run.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
	answer[0] = '\0';
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const unsigned char *text = sqlite3_column_text(st, i);
			size_t n = strlen(answer);
			snprintf(answer + n, sizeof(answer) - n, "%s%s", n ? " " : "", text ? (const char *)text : "-");
		}
	sqlite3_finalize(st);
	sqlite3_close(db);
	return answer;
}

START_TEST(schema)
{
	struct store *s = open_store(true);
	ck_assert_str_eq(ask("PRAGMA user_version"), "1");
	ck_assert_str_eq(ask("PRAGMA journal_mode"), "wal");
	ck_assert_str_eq(
		ask("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name"), "chunk event run task");
	ck_assert_str_eq(ask("SELECT name FROM pragma_table_info('run')"), "key value");
	ck_assert_str_eq(ask("SELECT name FROM pragma_table_info('event')"), "first count data");
	ck_assert_str_eq(ask("SELECT name FROM pragma_table_info('chunk')"),
		"id first count slot generation begun ended cpu form value time status");
	ck_assert_str_eq(ask("SELECT name FROM pragma_table_info('task')"), "task state tries deaths cause");
	store_free(s);
	/* a clean end leaves one file */
	ck_assert(access(at("run.db"), F_OK) == 0 && access(at("run.db-wal"), F_OK) != 0 &&
		  access(at("run.db-shm"), F_OK) != 0);
}
END_TEST

START_TEST(rows)
{
	struct store *s = open_store(true);
	struct store_batch b = { 0 };
	struct store_failure f = { .task = 77, .tries = 3, .deaths = 1, .slot = 0, .cause = "it's \"so\"" };
	chunk(&b, 10, 4, 1.5, 0, 1000, NULL); /* constant values, short times */
	chunk(&b, 14, 3, 2, 1, 70000, NULL);  /* neither */
	chunk(&b, 17, 2, 5, 1, 1, "\0\1");
	store_batch_failure(&b, &f);
	store_batch_fact(&b, "name", "x\0y", 3);
	store_batch_fact(&b, "state", "running", 7);
	note(&b, 0);
	note(&b, 1);
	ck_assert(!store_batch_empty(&b) && store_batch_bytes(&b) > 9 * 12);
	commit(s, &b);
	store_batch_fact(&b, "state", "done", 4);
	note(&b, 2);
	f.tries = 4;
	store_batch_failure(&b, &f);
	commit(s, &b);
	ck_assert_str_eq(ask("SELECT id,first,count,slot,generation,begun,ended,cpu,form,hex(value),hex(time),status "
			     "FROM chunk WHERE first=10"),
		"1 10 4 3 2 100 200 50 3 000000000000F83F E803E903EA03EB03 -");
	ck_assert_str_eq(ask("SELECT form,length(value),hex(time),status FROM chunk WHERE first=14"),
		"0 24 701101007111010072110100 -");
	ck_assert_str_eq(ask("SELECT form,hex(status) FROM chunk WHERE first=17"), "2 0001");
	ck_assert_str_eq(ask("SELECT task,state,tries,deaths,cause FROM task"), "77 failed 4 1 it's \"so\"");
	ck_assert_str_eq(ask("SELECT first,count FROM event ORDER BY first"), "0 2 2 1");
	ck_assert_str_eq(ask("SELECT value FROM run WHERE key='state'"), "done");
	ck_assert_str_eq(ask("SELECT length(value) FROM run WHERE key='name'"), "3");
	store_batch_release(&b);
	store_free(s);
}
END_TEST

START_TEST(sums_keep_no_values)
{
	struct store *s = open_store(false);
	struct store_batch b = { 0 };
	chunk(&b, 0, 4, 1, 1, 1000, "\0\0\1\0");
	commit(s, &b);
	ck_assert_str_eq(ask("SELECT first,count,value,time,hex(status) FROM chunk"), "0 4 - - 00000100");
	store_batch_release(&b);
	store_free(s);
}
END_TEST

static int append(struct slice events, void *arg)
{
	str_add(arg, events.p, events.n);
	return 0;
}

static int stop_at_once(struct slice events, void *arg)
{
	(void)events;
	++*(int *)arg;
	return 42;
}

START_TEST(reading)
{
	struct store *s = open_store(true);
	struct store_batch b = { 0 };
	struct str want = STR_INIT, got = STR_INIT;
	struct err err = { "" };
	int calls = 0;
	for (uint64_t i = 0; i < 300; i++) {
		note(&b, i);
		if (i % 7 == 0) {
			str_add(&want, b.events.p, b.events.n);
			store_batch_fact(&b, "state", "running", 7);
			commit(s, &b);
		}
		if (i == 200) { /* while it is written */
			struct store_reader *r = store_reader_open(dir, &err);
			ck_assert_msg(r != NULL, "%s", err.msg);
			ck_assert_int_eq(store_reader_events(r, append, &got, &err), 0);
			ck_assert(got.n == want.n && memcmp(got.p, want.p, want.n) == 0);
			store_reader_close(r);
			str_clear(&got);
		}
	}
	store_free(s);
	struct store_reader *r = store_reader_open(dir, &err);
	ck_assert_msg(r != NULL, "%s", err.msg);
	ck_assert_int_eq(store_reader_events(r, append, &got, &err), 0);
	ck_assert(got.n == want.n && memcmp(got.p, want.p, want.n) == 0);
	ck_assert_int_eq(store_reader_events(r, stop_at_once, &calls, &err), 42);
	ck_assert_int_eq(calls, 1);
	ck_assert(store_reader_fact(r, "state", &got) && strcmp(str_z(&got), "running") == 0);
	ck_assert(!store_reader_fact(r, "nothing", &got) && got.n == 0);
	store_reader_close(r);
	str_release(&want);
	str_release(&got);
	store_batch_release(&b);
}
END_TEST

static void write_file(const char *text, size_t n)
{
	FILE *f = fopen(at("run.db"), "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	fclose(f);
}

START_TEST(refused)
{
	struct err err = { "" };
	sqlite3 *db;
	ck_assert_ptr_null(store_reader_open(dir, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "no store"));
	write_file("", 0);
	ck_assert_ptr_null(store_reader_open(dir, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "before its first commit"));
	write_file("this is no database at all, but a text of some length, as somebody may put there by mistake "
		   "......................",
		112);
	ck_assert_ptr_null(store_reader_open(dir, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "cannot be read"));
	unlink(at("run.db"));
	ck_assert_int_eq(sqlite3_open(at("run.db"), &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(db, "PRAGMA user_version=2; CREATE TABLE run(key,value);", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	ck_assert_ptr_null(store_reader_open(dir, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "newer pooltop (schema 2, this one knows 1)"));
}
END_TEST

/* A batch goes in as a whole or not at all, and again when there is space. */
START_TEST(all_or_nothing)
{
	struct store *s = open_store(true);
	struct store_batch b = { 0 };
	struct err err = { "" };
	struct stat st;
	struct rlimit r;
	note(&b, 0);
	commit(s, &b);
	for (uint64_t i = 0; i < 5000; i++)
		chunk(&b, i * 64, 64, 0.5, 0.25, 100000, NULL);
	store_batch_fact(&b, "state", "full", 4);
	note(&b, 1);
	ck_assert_int_eq(stat(at("run.db-wal"), &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = (rlim_t)st.st_size + 300000; /* in the middle of it */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &r), 0);
	for (int i = 0; i < 3; i++) {
		store_submit(s, &b);
		ck_assert_int_eq(store_poll(s, &err), STORE_FAILED);
		ck_assert_ptr_nonnull(strstr(err.msg, "run store: cannot write"));
		ck_assert_str_eq(ask("SELECT count(*) FROM chunk"), "0");
		ck_assert_str_eq(ask("SELECT count(*) FROM event"), "1");
		ck_assert_str_eq(ask("SELECT value FROM run WHERE key='state'"), "");
	}
	r.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &r), 0);
	commit(s, &b);
	ck_assert_str_eq(ask("SELECT count(*),sum(count) FROM chunk"), "5000 320000");
	ck_assert_str_eq(ask("PRAGMA integrity_check"), "ok");
	store_batch_release(&b);
	store_free(s);
}
END_TEST

static void wake(void *arg)
{
	ck_assert_int_eq(write(*(int *)arg, "", 1), 1);
}

static enum store_news await(struct store *s, int fd, struct err *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;
	ck_assert_int_eq(poll(&p, 1, 60000), 1);
	ck_assert_int_eq(read(fd, &c, 1), 1);
	return store_poll(s, err);
}

/* With its thread: each order is answered by one wake. */
START_TEST(thread)
{
	struct err err = { "" };
	struct store_batch b[2] = { { 0 }, { 0 } };
	int pipe_fds[2];
	ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	struct store *s = store_new(dir, true, wake, &pipe_fds[1], &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_msg(await(s, pipe_fds[0], &err) == STORE_OPENED, "%s", err.msg);
	for (uint64_t i = 0; i < 50; i++) {
		struct store_batch *now = &b[i % 2];
		store_batch_clear(now);
		note(now, i);
		store_submit(s, now);
		ck_assert_msg(await(s, pipe_fds[0], &err) == STORE_COMMITTED, "%s", err.msg);
	}
	ck_assert_str_eq(ask("SELECT count(*),sum(count) FROM event"), "50 50");
	store_batch_clear(&b[0]);
	note(&b[0], 50);
	store_submit(s, &b[0]); /* the end waits for what was given */
	store_free(s);
	ck_assert_str_eq(ask("SELECT count(*) FROM event"), "51");
	store_batch_release(&b[0]);
	store_batch_release(&b[1]);
}
END_TEST

START_TEST(cannot_be_opened)
{
	struct err err = { "" };
	struct store *s = store_new("/proc/no-such-place", true, NULL, NULL, &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(store_poll(s, &err), STORE_FAILED);
	ck_assert_ptr_nonnull(strstr(err.msg, "run store: cannot be opened"));
	ck_assert(!store_ready(s));
	store_retry(s);
	ck_assert_int_eq(store_poll(s, &err), STORE_FAILED);
	store_free(s);
	ck_assert(!store_on_network(dir) && !store_on_network("/proc/no-such-place"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: run store");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, make_dir, remove_dir);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, schema);
	tcase_add_test(t, rows);
	tcase_add_test(t, sums_keep_no_values);
	tcase_add_test(t, reading);
	tcase_add_test(t, refused);
	tcase_add_test(t, all_or_nothing);
	tcase_add_test(t, thread);
	tcase_add_test(t, cannot_be_opened);
	suite_add_tcase(s, t);
	return tap_run(s);
}
