/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growable strings, struct err and the hooks of die. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/die.h"
#include "base/err.h"
#include "base/str.h"
#include "base/text.h"
#include "tap.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

START_TEST(grows_and_stays_terminated)
{
	struct str s = STR_INIT;
	char expect[5000] = "";

	ck_assert_str_eq(str_z(&s), "");
	for (int i = 0; i < 1000; i++) {
		str_addf(&s, "%d,", i);
		sprintf(expect + strlen(expect), "%d,", i);
		ck_assert_uint_eq(s.n, strlen(expect));
		ck_assert_uint_eq(s.p[s.n], 0);
		ck_assert_uint_lt(s.n, s.cap);
	}
	ck_assert_str_eq(s.p, expect);
	str_clear(&s);
	ck_assert_str_eq(str_z(&s), "");
	str_add(&s, "a\0b", 3);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_mem_eq(s.p, "a\0b", 4);
	str_release(&s);
	ck_assert_ptr_null(s.p);
	ck_assert_uint_eq(s.cap, 0);
}
END_TEST

START_TEST(long_formats_fit)
{
	struct str s = STR_INIT;

	for (int width = 1; width < 2000; width += 7) {
		str_clear(&s);
		str_addc(&s, '<');
		str_addf(&s, "%*d", width, 7);
		str_adds(&s, ">");
		ck_assert_uint_eq(s.n, (size_t)width + 2);
		ck_assert_str_eq(s.p + width, "7>");
	}
	str_release(&s);
}
END_TEST

START_TEST(drop_removes_the_front)
{
	struct str s = STR_INIT;

	str_drop(&s, 0);
	str_adds(&s, "abcdef");
	str_drop(&s, 2);
	ck_assert_str_eq(s.p, "cdef");
	str_drop(&s, 4);
	ck_assert_str_eq(s.p, "");
	str_release(&s);
}
END_TEST

START_TEST(dropping_too_much_is_a_bug)
{
	struct str s = STR_INIT;

	str_adds(&s, "ab");
	str_drop(&s, 3);
}
END_TEST

START_TEST(room_is_for_the_caller)
{
	struct str s = STR_INIT;

	str_adds(&s, "x");
	memset(str_room(&s, 1000), 'y', 1000);
	s.n += 1000;
	str_addc(&s, 'z');
	ck_assert_uint_eq(s.n, 1002);
	ck_assert_int_eq(s.p[1000], 'y');
	ck_assert_str_eq(s.p + 1001, "z");
	str_release(&s);
}
END_TEST

START_TEST(copy_cuts_between_characters)
{
	const char *z = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"; /* a é € 😀 z: 1, 2, 3, 4, 1 bytes */
	const size_t ends[] = { 0, 1, 3, 6, 10, 11 };

	for (size_t size = 1; size < 16; size++) {
		char buf[16];
		size_t best = 0;

		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (ends[i] < size)
				best = ends[i];
		memset(buf, 'X', sizeof(buf));
		str_copy(buf, size, z);
		ck_assert_uint_eq(strlen(buf), best);
		ck_assert_mem_eq(buf, z, best);
		for (size_t i = size; i < sizeof(buf); i++)
			ck_assert_int_eq(buf[i], 'X');
	}
}
END_TEST

START_TEST(errors_keep_one_sentence)
{
	struct err e;
	char longest[3000];

	ck_assert_int_eq(err_set(&e, "a %d", 1), -1);
	ck_assert_str_eq(e.msg, "a 1");
	ck_assert_int_eq(err_prefix(&e, "f%s", "oo"), -1);
	ck_assert_str_eq(e.msg, "foo: a 1");
	err_set(&e, "again: %s", e.msg);
	ck_assert_str_eq(e.msg, "again: foo: a 1");
	ck_assert_int_eq(err_sys(&e, 2, "cannot open %s", "x"), -1);
	ck_assert_str_eq(e.msg, "cannot open x: No such file or directory");
	memset(longest, 0, sizeof(longest));
	for (size_t i = 0; i + 3 < sizeof(longest); i += 2)
		memcpy(longest + i, "\xc3\xa9", 2);
	err_set(&e, "%s", longest);
	ck_assert_uint_eq(strlen(e.msg), sizeof(e.msg) - 2); /* 1023 is odd: the last half character is left out */
	err_set(&e, "x%s", longest);
	ck_assert_uint_eq(utf8_bad_at(e.msg, strlen(e.msg)), sizeof(e.msg) - 1);
	ck_assert_int_eq(err_set(NULL, "nobody listens"), -1);
	ck_assert_int_eq(err_sys(NULL, 2, "nobody listens"), -1);
	ck_assert_int_eq(err_prefix(NULL, "nobody listens"), -1);
}
END_TEST

/* ---- die ---- */

static char order[32];

static void note(void *arg)
{
	size_t n = strlen(order);

	if (n + 2 < sizeof(order))
		order[n] = *(const char *)arg;
}

START_TEST(hooks_run_last_first)
{
	char names[] = "abcdefgh";

	for (int i = 0; i < 8; i++)
		die_add_hook(note, &names[i]);
	die_run_hooks();
	ck_assert_str_eq(order, "hgfedcba");
	die_remove_hook(note, &names[1]);
	die_remove_hook(note, &names[7]);
	memset(order, 0, sizeof(order));
	die_add_hook(note, &names[1]);
	die_add_hook(note, &names[7]);
	die_run_hooks();
	ck_assert_str_eq(order, "hbgfedca");
	for (int i = 0; i < 8; i++)
		die_remove_hook(note, &names[i]);
	memset(order, 0, sizeof(order));
	die_run_hooks();
	ck_assert_str_eq(order, "");
}
END_TEST

static int told; /* a pipe's end: what hooks write there is seen after the death */

static void tell(void *arg)
{
	if (write(told, arg, 1) != 1)
		_exit(9);
}

/* Runs `act` in a child with a hook; returns what came out of the pipe, *status how it ended. stderr goes to the pipe
 * too. */
static size_t after_death(void (*act)(void), int *status, char *out, size_t size)
{
	int fds[2];
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		char h = 'H';

		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		told = fds[1];
		dup2(fds[1], 2);
		close(fds[0]);
		die_add_hook(tell, &h);
		act();
		_exit(8);
	}
	close(fds[1]);
	while ((got = read(fds[0], out + n, size - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, status, 0), pid);
	return n;
}

static void act_die(void)
{
	die_status(3, "no %s\x1b[31m left", "beer");
}

static void act_bug(void)
{
	BUG("impossible %d", 7);
}

static void act_memory(void)
{
	if (xcalloc(1ul << 40, 1 << 10))
		_exit(7);
}

START_TEST(the_last_words)
{
	char out[1000];
	int status;

	after_death(act_die, &status, out, sizeof(out));
	ck_assert_str_eq(out, "Hpooltop: no beer\\x1b[31m left\n");
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	after_death(act_bug, &status, out, sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "Hpooltop: bug at "));
	ck_assert_ptr_nonnull(strstr(out, "check_str.c:"));
	ck_assert_ptr_nonnull(strstr(out, ": impossible 7\n"));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#ifndef __SANITIZE_ADDRESS__ /* which ends the program by itself */
	after_death(act_memory, &status, out, sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "Hpooltop: out of memory\n"));
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
#else
	(void)act_memory;
#endif
}
END_TEST

static int fatal;

static void act_signal(void)
{
	signal(SIGSEGV, SIG_DFL); /* a sanitizer's report is not wanted here */
	signal(SIGBUS, SIG_DFL);
	signal(SIGFPE, SIG_DFL);
	signal(SIGILL, SIG_IGN);
	die_catch_fatal_signals();
	die_catch_fatal_signals();
	raise(fatal);
}

static void act_abort(void)
{
	die_catch_fatal_signals();
	BUG_ON(1 + 1 == 2);
}

static __attribute__((noinline)) int dig(volatile int *deep)
{
	volatile char big[4096];

	big[0] = (char)*deep;
	if (++*deep < 0)
		return 0;
	return dig(deep) + big[0]; /* not a tail call */
}

static void act_overflow(void)
{
	volatile int deep = 0;

	signal(SIGSEGV, SIG_DFL);
	die_catch_fatal_signals();
	dig(&deep);
}

START_TEST(fatal_signals_run_the_hooks_and_stay_fatal)
{
	static const int all[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP };
	char out[1000];
	int status;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fatal = all[i];
		after_death(act_signal, &status, out, sizeof(out));
		ck_assert_str_eq(out, "H");
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), all[i]);
	}
	after_death(act_abort, &status, out, sizeof(out));
	ck_assert_ptr_nonnull(strstr(out, "1 + 1 == 2\nH")); /* once by BUG, once by the signal */
	ck_assert_int_eq(out[0], 'H');
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	after_death(act_overflow, &status, out, sizeof(out));
	ck_assert_str_eq(out, "H");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("str");
	TCase *t = tcase_create("str");

	tcase_add_test(t, grows_and_stays_terminated);
	tcase_add_test(t, long_formats_fit);
	tcase_add_test(t, drop_removes_the_front);
	tcase_add_test_raise_signal(t, dropping_too_much_is_a_bug, SIGABRT);
	tcase_add_test(t, room_is_for_the_caller);
	tcase_add_test(t, copy_cuts_between_characters);
	tcase_add_test(t, errors_keep_one_sentence);
	tcase_add_test(t, hooks_run_last_first);
	tcase_add_test(t, the_last_words);
	tcase_add_test(t, fatal_signals_run_the_hooks_and_stay_fatal);
	suite_add_tcase(s, t);
	return tap_run(s);
}
