/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things lie, and the debug log, which is a file too. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "tap.h"

static char dir[] = "/tmp/check_path.XXXXXX";
static struct err err;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static void joins(const char *a, const char *b, const char *expect)
{
	char *z = path_join(a, b);

	ck_assert_str_eq(z, expect);
	free(z);
}

START_TEST(parts)
{
	joins("a", "b", "a/b");
	joins("a/", "b", "a/b");
	joins("a", "/b", "/b");
	joins("", "b", "b");
	joins("/", "b", "/b");
	joins("a", "", "a/");
	joins("", "", "");
	ck_assert_str_eq(path_base("a/x.yaml"), "x.yaml");
	ck_assert_str_eq(path_base("x.yaml"), "x.yaml");
	ck_assert_str_eq(path_base("a/"), "");
}
END_TEST

static void is(char *z, const char *expect)
{
	ck_assert_msg(z != NULL, "%s", err.msg);
	ck_assert_str_eq(z, expect);
	free(z);
}

START_TEST(state)
{
	setenv("HOME", "/home/x", 1);
	setenv("XDG_STATE_HOME", "/st/", 1);
	is(path_state_dir(&err), "/st/pooltop");
	is(path_runs_dir(&err), "/st/pooltop/runs");
	setenv("XDG_STATE_HOME", "relative", 1);
	is(path_state_dir(&err), "/home/x/.local/state/pooltop");
	unsetenv("XDG_STATE_HOME");
	is(path_runs_dir(&err), "/home/x/.local/state/pooltop/runs");
	unsetenv("HOME"); /* then the user database, which has an absolute path or none */
	char *z = path_state_dir(&err);

	ck_assert(z ? *z == '/' : strstr(err.msg, "XDG_STATE_HOME") != NULL);
	free(z);
}
END_TEST

START_TEST(directories)
{
	char *deep = path_join(dir, "a//b/c/"), *file = path_join(dir, "file"), *below = path_join(file, "x/y");
	struct stat st;

	ck_assert_int_eq(path_mkdirs(deep, &err), 0);
	ck_assert_int_eq(path_mkdirs(deep, &err), 0);
	ck_assert_int_eq(stat(deep, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(path_mkdirs("/", &err), 0);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(path_mkdirs(below, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "a file of this name is in the way"));
	ck_assert_int_eq(path_mkdirs("", &err), -1);
	free(deep);
	free(file);
	free(below);
}
END_TEST

START_TEST(whole_files)
{
	char *file = path_join(dir, "file"), *text;
	unsigned long n = 0;
	int fd = open(file, O_CREAT | O_RDWR, 0600);
	char block[1000];

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(write(fd, block, sizeof(block)), sizeof(block));
	text = path_read_file(file, 200000, &n, &err);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(n, 200000);
	ck_assert_uint_eq(strlen(text), 200000);
	free(text);
	ck_assert_ptr_null(path_read_file(file, 199999, &n, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "larger than 199999 bytes"));
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	text = path_read_file(file, 0, &n, &err);
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(n, 0);
	free(text);
	ck_assert_int_eq(pwrite(fd, "a\0b", 3, 0), 3);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	dup2(fd, 0);
	text = path_read_file("-", 100, &n, &err);
	ck_assert_uint_eq(n, 3);
	ck_assert_mem_eq(text, "a\0b", 4);
	free(text);
	ck_assert_ptr_null(path_read_file("/nowhere/x", 100, &n, &err));
	ck_assert_str_eq(err.msg, "cannot open /nowhere/x: No such file or directory");
	ck_assert_ptr_null(path_read_file(dir, 100, &n, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "Is a directory"));
	close(fd);
	free(file);
}
END_TEST

/* An unending source is given up at the limit. */
START_TEST(endless_files)
{
	unsigned long n;

	ck_assert_ptr_null(path_read_file("/dev/zero", 1000000, &n, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "larger than"));
}
END_TEST

START_TEST(programs_and_data)
{
	char *own = path_program_dir(&err), *z;

	ck_assert_ptr_nonnull(own);
	ck_assert_int_eq(*own, '/');
	z = path_helper_program("check_path", &err); /* beside this very program */
	ck_assert_ptr_nonnull(z);
	ck_assert_int_eq(access(z, X_OK), 0);
	ck_assert(!strncmp(z, own, strlen(own)));
	free(z);
	free(own);
	ck_assert_ptr_null(path_helper_program("no-such-program", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "no-such-program"));
	setenv("POOLTOP_DATA_DIR", "/my/data", 1);
	is(path_data_dir(&err), "/my/data");
	unsetenv("POOLTOP_DATA_DIR");
	z = path_data_dir(&err);
	ck_assert_ptr_nonnull(z);
	if (getenv("top_builddir")) { /* under make check: the source tree's */
		char *shipped = path_join(z, "integral-average.yaml");

		ck_assert_msg(access(shipped, R_OK) == 0, "%s", shipped);
		free(shipped);
	}
	free(z);
}
END_TEST

/* ---- the log ---- */

START_TEST(a_log_has_whole_lines)
{
	char *file = path_join(dir, "log"), *text, *line, *rest;
	unsigned long n;
	int lines = 0;

	ck_assert(!log_on());
	ck_assert_ptr_null(log_path());
	log_line("lost");
	log_debug("lost, and %d never asked for", lines++);
	ck_assert_int_eq(lines, 0);
	ck_assert_int_eq(log_open("/nowhere/log", "x", &err), -1);
	ck_assert(!log_on());
	ck_assert_int_eq(log_open(file, "check", &err), 0);
	ck_assert_str_eq(log_path(), file);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			ck_assert_int_eq(log_open(log_path(), "child", &err), 0);
			for (int k = 0; k < 200; k++)
				log_debug("line %d\n\x1b[31m of %d", k, i);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	log_line("%s", "last");
	rest = text = path_read_file(file, 1 << 20, &n, &err);
	ck_assert_ptr_nonnull(text);
	while ((line = strsep(&rest, "\n")) && *line) {
		double at;
		int pid, k, end = 0;
		char who[16];

		ck_assert_int_eq(sscanf(line, "%lf %d %15[a-z]: %n", &at, &pid, who, &end), 3);
		if (!strcmp(who, "child"))
			ck_assert_int_eq(sscanf(line + end, "line %d\\x0a\\x1b[31m of %d", &k, &k), 2);
		else
			ck_assert_str_eq(line + end, "last");
		lines++;
	}
	ck_assert_int_eq(lines, 801);
	free(text);
	free(file);
}
END_TEST

START_TEST(a_log_never_is_a_standard_descriptor)
{
	char *file = path_join(dir, "log");

	close(0);
	ck_assert_int_eq(log_open(file, "check", &err), 0);
	ck_assert_int_eq(fcntl(0, F_GETFD), -1);
	free(file);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("path");
	TCase *t = tcase_create("path");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, parts);
	tcase_add_test(t, state);
	tcase_add_test(t, directories);
	tcase_add_test(t, whole_files);
	tcase_add_test(t, endless_files);
	tcase_add_test(t, programs_and_data);
	tcase_add_test(t, a_log_has_whole_lines);
	tcase_add_test(t, a_log_never_is_a_standard_descriptor);
	suite_add_tcase(s, t);
	return tap_run(s);
}
