/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict numbers: what is accepted, what is refused, and that every refusal says so in words. */
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "tap.h"

static void good_int(const char *z, int64_t expect)
{
	struct err err = { "untouched" };
	int64_t v = 4711;

	ck_assert_msg(num_int(z, INT64_MIN, INT64_MAX, &v, &err) == 0, "%s: %s", z, err.msg);
	ck_assert_int_eq(v, expect);
	ck_assert_str_eq(err.msg, "untouched");
}

static void bad_int(const char *z)
{
	struct err err = { "" };
	int64_t v = 4711;
	uint64_t u = 4711;

	ck_assert_msg(num_int(z, INT64_MIN, INT64_MAX, &v, &err) == -1, "'%s' was accepted", z);
	ck_assert_int_eq(v, 4711);
	ck_assert_str_ne(err.msg, "");
	ck_assert_int_eq(num_int(z, INT64_MIN, INT64_MAX, &v, NULL), -1);
	if (strchr(z, '9') == NULL) { /* those are too large for one of them only */
		ck_assert_int_eq(num_uint(z, 0, UINT64_MAX, &u, &err), -1);
		ck_assert_uint_eq(u, 4711);
	}
}

START_TEST(whole_numbers)
{
	static const char *const bad[] = {
		"",        " 1",     "1 ",    "+",       "-",     "--1",    "0x10",  "010",     "00",      "1.0",   "1e",   "1e+3",
		"1e-3",    "1E3",    "k",     "1K",      "1kk",   "1kB",    "1_",    "_1",      "1,,000",  "1,00",  "10,00", "1,0000",
		"1000,000", "1,000_000", "1,000,", "12a",   "1:30",  "one",    "0b1",   "0o7",     "inf",     "nan",   "\n1",  "1\n",
		"\xd9\xa1", "9223372036854775808", "99999999999999999999999", "9e18k", "1,0", "1_000_00", "1_2"
	};

	good_int("0", 0);
	good_int("-0", 0);
	good_int("+7", 7);
	good_int("-12", -12);
	good_int("1000", 1000);
	good_int("1,000,000", 1000000);
	good_int("1_000_000", 1000000);
	good_int("12,345", 12345);
	good_int("999", 999);
	good_int("1e6", 1000000);
	good_int("0e99", 0);
	good_int("25e2", 2500);
	good_int("10k", 10000);
	good_int("10M", 10000000);
	good_int("-3G", -3000000000);
	good_int("1,000k", 1000000);
	good_int("9223372036854775807", INT64_MAX);
	good_int("-9223372036854775808", INT64_MIN);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		bad_int(bad[i]);
}
END_TEST

START_TEST(every_number_goes_round)
{
	srand(4);
	for (int i = 0; i < 2000; i++) {
		uint64_t u = ((uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^ (uint64_t)rand()) >> (rand() % 64), back = 0;
		int64_t s = (int64_t)u, sback = 0;
		char z[32];

		sprintf(z, "%" PRIu64, u);
		ck_assert_int_eq(num_uint(z, 0, UINT64_MAX, &back, NULL), 0);
		ck_assert_uint_eq(back, u);
		sprintf(z, "%" PRId64, s);
		ck_assert_int_eq(num_int(z, INT64_MIN, INT64_MAX, &sback, NULL), 0);
		ck_assert_int_eq(sback, s);
	}
}
END_TEST

START_TEST(limits_are_said)
{
	struct err err;
	int64_t v = 0;
	uint64_t u = 0;

	ck_assert_int_eq(num_int("5", 5, 5, &v, NULL), 0);
	ck_assert_int_eq(num_int("6", -5, 5, &v, &err), -1);
	ck_assert_str_eq(err.msg, "'6' is too large; at most 5 is allowed");
	ck_assert_int_eq(num_int("-6", -5, 5, &v, &err), -1);
	ck_assert_str_eq(err.msg, "'-6' is too small; at least -5 is allowed");
	ck_assert_int_eq(num_int("-99999999999999999999", -5, 5, &v, &err), -1);
	ck_assert_str_eq(err.msg, "'-99999999999999999999' is too small; at least -5 is allowed");
	ck_assert_int_eq(num_int("-9223372036854775809", INT64_MIN, 5, &v, NULL), -1);
	ck_assert_int_eq(num_uint("-1", 0, 5, &u, &err), -1);
	ck_assert_str_eq(err.msg, "'-1' is too small; at least 0 is allowed");
	ck_assert_int_eq(num_uint("-0", 0, 5, &u, NULL), 0);
	ck_assert_int_eq(num_uint("1025", 0, 1024, &u, &err), -1);
	ck_assert_str_eq(err.msg, "'1025' is too large; at most 1024 is allowed");
	ck_assert_int_eq(num_uint("18446744073709551616", 0, UINT64_MAX, &u, &err), -1);
	ck_assert_str_eq(err.msg, "'18446744073709551616' is too large; at most 18446744073709551615 is allowed");
	ck_assert_int_eq(num_uint("20000000000G", 0, UINT64_MAX, &u, NULL), -1);
	ck_assert_int_eq(num_uint("x", 0, UINT64_MAX, &u, &err), -1);
	ck_assert_str_eq(err.msg, "'x' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6");
	ck_assert_int_eq(num_uint("1x345678901234567890123456789012345678901234567890123456789", 0, 5, &u, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "...' is not"));
}
END_TEST

START_TEST(real_numbers)
{
	static const struct {
		const char *z;
		double v;
	} good[] = { { "0", 0 },        { "-0.0", -0.0 },   { "1.5", 1.5 },    { ".5", 0.5 },     { "5.", 5 },       { "1e-3", 1e-3 },
		     { "-2.5E+10", -2.5e10 }, { "+1", 1 },      { "0.1", 0.1 },    { "0e500", 0 },    { "1e308", 1e308 }, { "4.9e-324", 4.9e-324 } };
	static const char *const bad[] = { "",    ".",   "-",    "1e",  "e1",   "1e+", " 1",  "1 ",   "0x1p3", "inf",    "nan",
		                           "1,5", "1.5.2", "1e400", "-1e400", "1e-400", "01", "00.5", "1_0", "--1",  "1k", "infinity", "1e5x" };
	struct err err;
	double v;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(num_real(good[i].z, -INFINITY, INFINITY, &v, &err) == 0, "%s", good[i].z);
		ck_assert(memcmp(&v, &good[i].v, sizeof(v)) == 0);
	}
	v = 4711;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(num_real(bad[i], -INFINITY, INFINITY, &v, &err) == -1, "'%s' was accepted", bad[i]);
		ck_assert_double_eq(v, 4711);
	}
	ck_assert_int_eq(num_real("1.25", 0, 1, &v, &err), -1);
	ck_assert_str_eq(err.msg, "'1.25' is too large; at most 1 is allowed");
	ck_assert_int_eq(num_real("-0.5", 0, 1, &v, &err), -1);
	ck_assert_str_eq(err.msg, "'-0.5' is too small; at least 0 is allowed");
	ck_assert_int_eq(num_real("1", 0, 1, &v, &err), 0);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *z;
		uint64_t ns;
	} good[] = { { "250ms", 250000000 },    { "1.5s", 1500000000 }, { "30s", 30000000000 }, { "2m", 120000000000 },
		     { "2min", 120000000000 },  { "1h", 3600000000000 }, { "10us", 10000 },      { "10\xc2\xb5s", 10000 },
		     { "5ns", 5 },              { "0", 0 },              { "0s", 0 },            { "3", 3000000000 },
		     { "0.001", 1000000 },      { "0.5m", 30000000000 }, { "1d", 86400000000000 }, { "0.000000001", 1 },
		     { "2.50", 2500000000 },    { "106751d", 9223286400000000000u }, { "1.000000000000000000000000s", 1000000000 } };
	static const char *const bad[] = { "",    "s",   "-1s",  "+1s",  "1 s",  "1S",    "1.5.s", "1.s",  ".5s",   "1e3s", "01s",
		                           "1h30m", "106752d", "99999999999999999999d", "0.5ns", "0.0000000001", "1sec", "1:30", "inf" };
	struct err err;
	uint64_t ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(num_duration(good[i].z, &ns, &err) == 0, "%s", good[i].z);
		ck_assert_uint_eq(ns, good[i].ns);
	}
	ns = 4711;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(num_duration(bad[i], &ns, &err) == -1, "'%s' was accepted", bad[i]);
		ck_assert_uint_eq(ns, 4711);
	}
	num_duration("30 s", &ns, &err);
	ck_assert_str_eq(err.msg, "'30 s' is not a duration; write a number and its unit, as in 250ms, 1.5s, 2m or 1h");
}
END_TEST

START_TEST(amounts_of_memory)
{
	static const struct {
		const char *z;
		uint64_t n;
	} good[] = { { "64", 64 },          { "64B", 64 },         { "3KiB", 3072 },         { "10MB", 10000000 }, { "1.5GiB", 1610612736 },
		     { "1kB", 1000 },       { "1KB", 1000 },       { "2TiB", 2199023255552 }, { "1.3KiB", 1331 },   { "0", 0 },
		     { "16777215TiB", 18446742974197923840u } };
	static const char *const bad[] = { "", "KiB", "1kib", "1 MB", "-1", "1K", "1M", "1.B5", "16777216TiB", "010", "1e3", "1MBx" };
	struct err err;
	uint64_t n;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(num_bytes(good[i].z, &n, &err) == 0, "%s", good[i].z);
		ck_assert_uint_eq(n, good[i].n);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(num_bytes(bad[i], &n, &err) == -1, "'%s' was accepted", bad[i]);
}
END_TEST

START_TEST(truth)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
	static const char *const bad[] = { "", "True", "YES", "1", "0", "y", "n", " true", "truex" };
	struct err err;
	int v;

	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(num_bool(words[i], &v, &err), 0);
		ck_assert_int_eq(v, (int)(i % 2));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(num_bool(bad[i], &v, &err), -1);
}
END_TEST

/* A locale with a comma for the point changes nothing. */
START_TEST(no_locale)
{
	struct err err;
	double v = 0;

	if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
		setlocale(LC_ALL, ""); /* not installed: at least the user's own */
	ck_assert_int_eq(num_real("1.5", 0, 2, &v, &err), 0);
	ck_assert_double_eq(v, 1.5);
	ck_assert_int_eq(num_real("1,5", 0, 2, &v, &err), -1);
	setlocale(LC_ALL, "C");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("num");
	TCase *t = tcase_create("num");

	tcase_add_test(t, whole_numbers);
	tcase_add_test(t, every_number_goes_round);
	tcase_add_test(t, limits_are_said);
	tcase_add_test(t, real_numbers);
	tcase_add_test(t, durations);
	tcase_add_test(t, amounts_of_memory);
	tcase_add_test(t, truth);
	tcase_add_test(t, no_locale);
	suite_add_tcase(s, t);
	return tap_run(s);
}
