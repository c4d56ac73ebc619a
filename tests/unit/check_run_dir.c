/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of run directories: fresh names, locks, and the run that a user means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/run_dir.h"

#include "tap.h"

#define NOON UINT64_C(1763726400000000000)

static char runs[] = "/tmp/pooltop-check-XXXXXX";

static void set_up(void)
{
	strcpy(runs + strlen(runs) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(runs));
}

static void tear_down(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", runs);
	ck_assert_int_eq(system(command), 0);
}

static int make(char *id, char *dir)
{
	struct err err = { "" };
	int fd = -1;
	ck_assert_msg(run_dir_make(runs, NOON, id, dir, &fd, &err) == 0, "%s", err.msg);
	return fd;
}

START_TEST(names_are_fresh_and_directories_private)
{
	char ids[40][64], dir[1024];
	for (int i = 0; i < 40; i++) {
		struct stat st;
		close(make(ids[i], dir));
		ck_assert_int_eq(stat(dir, &st), 0);
		ck_assert_uint_eq(st.st_mode & 0777, 0700);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(ids[i], ids[k]);
	}
}
END_TEST

START_TEST(the_lock_tells_who_lives)
{
	char id[64], dir[1024];
	int fd = make(id, dir);
	ck_assert(run_dir_locked(dir));
	close(fd);
	ck_assert(!run_dir_locked(dir));
}
END_TEST

START_TEST(newest_comes_first)
{
	char first[64], last[64], dir[1024], **ids;
	struct err err = { "" };
	close(make(first, dir));
	close(make(last, dir));
	ck_assert_int_eq(run_ids(runs, &ids, &err), 2);
	ck_assert_str_eq(ids[0], last);
	ck_assert_str_eq(ids[1], first);
	run_ids_free(ids, 2);
	char *found = run_find(runs, "-1", &err);
	ck_assert_str_eq(path_base(found), last);
	free(found);
}
END_TEST

START_TEST(a_run_is_meant_by_its_begin_or_its_last_part)
{
	char id[64], other[64], dir[1024];
	struct err err = { "" };
	close(make(id, dir));
	char *found = run_find(runs, strrchr(id, '-') + 1, &err);
	ck_assert_str_eq(path_base(found), id);
	free(found);
	found = run_find(runs, id, &err);
	ck_assert_str_eq(path_base(found), id);
	free(found);
	ck_assert_ptr_null(run_find(runs, "nothing", &err));
	ck_assert_str_eq(err.msg, "nothing: no such run; `pooltop ps` lists them");
	close(make(other, dir));
	ck_assert_ptr_null(run_find(runs, "2025", &err));
	ck_assert_str_eq(err.msg, "2025: 2 runs begin or end so; say more of its name");
}
END_TEST

START_TEST(no_runs_is_no_error_but_none_can_be_meant)
{
	char **ids;
	struct err err = { "" };
	ck_assert_int_eq(run_ids("/nonexistent/runs", &ids, &err), 0);
	run_ids_free(ids, 0);
	ck_assert_ptr_null(run_find("/nonexistent/runs", "-1", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "there are no runs yet"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run_dir");
	TCase *t = tcase_create("run directories");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, names_are_fresh_and_directories_private);
	tcase_add_test(t, the_lock_tells_who_lives);
	tcase_add_test(t, newest_comes_first);
	tcase_add_test(t, a_run_is_meant_by_its_begin_or_its_last_part);
	tcase_add_test(t, no_runs_is_no_error_but_none_can_be_meant);
	suite_add_tcase(s, t);
	return tap_run(s);
}
