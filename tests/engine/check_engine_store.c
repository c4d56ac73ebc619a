/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims and the store: nothing is claimed before its commit, a store that cannot be written stops the clock and
 * not the run, and what is read back is what was told. */
#include "engine/fake_agent.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/store_read.h"
#include "engine/turn.h"

#define STEPS 200000

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

static void begin(struct fake *f, uint64_t tasks, uint64_t task_ns, enum keep_mode keep, const char *where)
{
	struct plan p;
	fake_init(f, tasks);
	fake_plan(&p, "integrate", tasks, "16", 4);
	p.keep = keep;
	f->rules.task_ns = task_ns;
	fake_begin(f, &p, where);
}

/* A file may not grow beyond this; SIGXFSZ is ignored, so that a write only fails. */
static void limit_files(rlim_t bytes)
{
	struct rlimit r;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static bool store_has_failed(struct fake *f)
{
	return f->e->store_failures > 0;
}

static bool is_paused(struct fake *f)
{
	return f->snap.state == RUN_PAUSED;
}

/* ---- reading back ---- */

static int fold_batch(struct slice events, void *arg)
{
	struct err err = { "" };
	ck_assert_msg(fold_apply_packed(arg, events, &err) == 0, "%s", err.msg);
	return 0;
}

static void same_as_told(const struct fake *f, const char *where)
{
	struct err err = { "" };
	struct snapshot s;
	struct store_reader *r = store_reader_open(where, &err);
	ck_assert_msg(r != NULL, "%s", err.msg);
	snapshot_init(&s);
	ck_assert_int_eq(store_reader_events(r, fold_batch, &s, &err), 0);
	ck_assert_uint_eq(s.done, f->snap.done);
	ck_assert_uint_eq(s.failed, f->snap.failed);
	ck_assert_uint_eq(s.run.tasks, f->snap.run.tasks);
	ck_assert_int_eq(s.state, f->snap.state);
	ck_assert_int_eq(s.ended, f->snap.ended);
	ck_assert_str_eq(s.end.fingerprint, f->snap.end.fingerprint);
	ck_assert_uint_eq(s.end.parallel_ns, f->snap.end.parallel_ns);
	ck_assert(memcmp(&s.result.mean, &f->snap.result.mean, 8) == 0);
	ck_assert_str_eq(s.reason, f->snap.reason);
	snapshot_release(&s);
	store_reader_close(r);
}

START_TEST(read_back)
{
	struct fake f;
	begin(&f, 3000, NS_PER_MS, _i ? KEEP_SUMS : KEEP_ALL, dir);
	f.rules.die = 5;
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 3000);
	same_as_told(&f, dir);
	fake_end(&f);
}
END_TEST

/* A copy made in the middle of a run, the file and its journal as they are: it opens, and has only what was
 * committed by then. */
START_TEST(torn_copies)
{
	struct fake f;
	struct err err = { "" };
	char command[512], copy[64];
	begin(&f, 3000, NS_PER_MS, KEEP_ALL, dir);
	snprintf(copy, sizeof(copy), "%s/copy", dir);
	snprintf(command, sizeof(command),
		"rm -rf %s && mkdir %s && cp %s/run.db* %s/ && truncate -s -%d %s/run.db-wal", copy, copy, dir, copy,
		_i * 1777, copy);
	for (int i = 0; i < 8 && !f.e->finished; i++) {
		fake_for(&f, 90 * NS_PER_MS);
		ck_assert_int_eq(system(command), 0);
		uint64_t committed = f.e->committed.done + (f.e->commit ? f.e->committing.done : 0);
		struct store_reader *r = store_reader_open(copy, &err);
		if (!r) { /* cut before its tables were whole */
			FAKE_CHECK(&f, _i > 0, "%s", err.msg);
			continue;
		}
		struct snapshot s;
		snapshot_init(&s);
		ck_assert_msg(store_reader_events(r, fold_batch, &s, &err) == 0, "%s", err.msg);
		FAKE_CHECK(&f, s.done <= committed && (_i > 0 || s.done == committed),
			"%llu in the copy, %llu committed", (unsigned long long)s.done, (unsigned long long)committed);
		FAKE_CHECK(&f, i < 3 || _i > 4 || s.done > 0, "nothing is kept");
		snapshot_release(&s);
		store_reader_close(r);
	}
	fake_end(&f);
}
END_TEST

/* ---- a store that fails ---- */

/* Pauses, says so, claims nothing; with space again all goes on and nothing is lost. */
START_TEST(full_and_space_again)
{
	struct fake f;
	struct stat st;
	char path[64];
	begin(&f, 4000, NS_PER_MS, KEEP_ALL, dir);
	fake_for(&f, 200 * NS_PER_MS);
	snprintf(path, sizeof(path), "%s/run.db-wal", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	limit_files((rlim_t)st.st_size);
	fake_until(&f, store_has_failed, STEPS);
	fake_until(&f, is_paused, STEPS);
	ck_assert(fake_said(&f, "run store: cannot write"));
	uint64_t told = f.told_done, accepted = f.e->done;
	FAKE_CHECK(&f, told < accepted && told > 0, "%llu told, %llu accepted", (unsigned long long)told,
		(unsigned long long)accepted);
	fake_for(&f, 600 * NS_PER_S);
	FAKE_CHECK(&f, f.told_done == told && is_paused(&f) && f.nworkers == 4 && f.kills == 0, "%llu told since",
		(unsigned long long)(f.told_done - told));
	limit_files(RLIM_INFINITY);
	fake_until(&f, NULL, STEPS);
	fake_check_sums(&f, 4000);
	ck_assert(fake_said(&f, "the store can be written again"));
	ck_assert_uint_eq(f.e->exit_status, 0);
	same_as_told(&f, dir);
	fake_end(&f);
}
END_TEST

/* Stopped while nothing can be written: the run ends, with what was committed and status 3. */
START_TEST(full_and_stopped)
{
	struct fake f;
	begin(&f, 4000, NS_PER_MS, KEEP_ALL, dir);
	fake_for(&f, 200 * NS_PER_MS);
	limit_files(16384);
	fake_until(&f, store_has_failed, STEPS);
	fake_for(&f, 5 * NS_PER_S);
	uint64_t told = f.told_done;
	fake_command(&f, COMMAND_STOP, 1 + (unsigned)_i, NULL);
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.e->exit_status, 3);
	FAKE_CHECK(&f, f.told_done == told && !f.end_told && f.nworkers == 0, "a claim without a commit");
	limit_files(RLIM_INFINITY);
	fake_end(&f);
}
END_TEST

/* Full at the last commit of all: it does not wait for ever, and does not claim its end. */
START_TEST(full_at_the_end)
{
	struct fake f;
	begin(&f, 500, NS_PER_MS, KEEP_ALL, dir);
	for (uint64_t i = 0; !run_state_is_end(f.e->state); i++) {
		fake_step(&f);
		FAKE_CHECK(&f, i < STEPS, "no end");
		if (f.e->state == RUN_ENDING)
			limit_files(8192);
	}
	uint64_t at = f.now;
	fake_until(&f, NULL, STEPS);
	FAKE_CHECK(
		&f, f.e->exit_status == 3 && !f.end_told && f.now - at < 60 * NS_PER_S, "status %u", f.e->exit_status);
	limit_files(RLIM_INFINITY);
	fake_end(&f);
}
END_TEST

/* No directory: there is nothing to lose yet, so the run ends at once and says why. */
START_TEST(not_to_be_opened)
{
	struct fake f;
	char sub[64];
	snprintf(sub, sizeof(sub), "%s/later", dir);
	begin(&f, 500, NS_PER_MS, KEEP_ALL, sub);
	uint64_t at = f.now;
	fake_until(&f, NULL, STEPS);
	ck_assert_uint_eq(f.e->exit_status, 3);
	ck_assert(!f.end_told && f.told_done == 0);
	ck_assert_ptr_nonnull(strstr(f.e->reason, "run store: cannot be opened"));
	FAKE_CHECK(&f, f.now - at < 5 * NS_PER_S, "it took %llu ns", (unsigned long long)(f.now - at));
	fake_end(&f);
}
END_TEST

/* More than 64 MiB uncommitted: workers are not read, and not blamed for it. */
START_TEST(held_back)
{
	struct fake f;
	static char megabytes[UNCOMMITTED_MAX];
	begin(&f, 4000, NS_PER_MS, KEEP_ALL, dir);
	fake_for(&f, 100 * NS_PER_MS);
	limit_files(16384);
	store_batch_fact(f.e->batch, "ballast", megabytes,
		sizeof(megabytes)); /* as if results had come faster than the disk takes them */
	fake_until(&f, store_has_failed, STEPS);
	ck_assert(engine_holds_back(f.e));
	fake_worker_die(&f, fake_worker_of(&f, 2), true, SIGSEGV);
	fake_for(&f, 100 * NS_PER_S);
	FAKE_CHECK(&f, f.kills == 0 && !fake_said(&f, "death"), "a worker was blamed");
	if (_i == 0) {
		limit_files(RLIM_INFINITY);
		fake_until(&f, NULL, STEPS);
		fake_check_sums(&f, 4000);
		ck_assert(fake_said(&f, "death 2.1") && f.kills == 0);
	} else {
		fake_command(&f, COMMAND_STOP, 2, NULL);
		fake_until(&f, NULL, STEPS);
		ck_assert_uint_eq(f.e->exit_status, 3);
		limit_files(RLIM_INFINITY);
	}
	fake_end(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: claims and the store");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, make_dir, remove_dir);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, read_back, 0, 2);
	tcase_add_loop_test(t, torn_copies, 0, 12);
	tcase_add_test(t, full_and_space_again);
	tcase_add_loop_test(t, full_and_stopped, 0, 3);
	tcase_add_test(t, full_at_the_end);
	tcase_add_test(t, not_to_be_opened);
	tcase_add_loop_test(t, held_back, 0, 2);
	suite_add_tcase(s, t);
	return tap_run(s);
}
