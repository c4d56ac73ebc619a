/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How numbers look. Each pair is a sentence of the specification; the sweeps look for numbers with a digit too many. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/text.h"
#include "tap.h"

#define IS(call, expect) ck_assert_str_eq(call, expect)

static char buf[FMT_SIZE];

START_TEST(counts)
{
	IS(fmt_exact(buf, 0), "0");
	IS(fmt_exact(buf, 999), "999");
	IS(fmt_exact(buf, 1000), "1,000");
	IS(fmt_exact(buf, UINT64_MAX), "18,446,744,073,709,551,615");
	IS(fmt_count(buf, 0), "0");
	IS(fmt_count(buf, 248320), "248,320");
	IS(fmt_count(buf, 999999), "999,999");
	IS(fmt_count(buf, 1000000), "1.00 M");
	IS(fmt_count(buf, 1250000), "1.25 M");
	IS(fmt_count(buf, 12500000), "12.5 M");
	IS(fmt_count(buf, 999499999), "999 M");
	IS(fmt_count(buf, 999500000), "1.00 G");
	IS(fmt_count(buf, UINT64_MAX), "18.4 E");
	IS(fmt_count_narrow(buf, 999), "999");
	IS(fmt_count_narrow(buf, 1000), "1.0 k");
	IS(fmt_count_narrow(buf, 1408), "1.4 k");
	IS(fmt_count_narrow(buf, 9960), "10 k");
	IS(fmt_count_narrow(buf, 248320), "248 k");
	IS(fmt_count_narrow(buf, 999600), "1.0 M");
	IS(fmt_count_narrow(buf, 4200000000), "4.2 G");
}
END_TEST

START_TEST(rates)
{
	IS(fmt_rate(buf, 18800, false), "18.8 k/s");
	IS(fmt_rate(buf, 4710, false), "4.71 k/s");
	IS(fmt_rate(buf, 151, false), "151/s");
	IS(fmt_rate(buf, 9.2, false), "9.20/s");
	IS(fmt_rate(buf, 1, false), "1.00/s");
	IS(fmt_rate(buf, 0.325, false), "19.5/min");
	IS(fmt_rate(buf, 1.0 / 60, false), "1.0/min");
	IS(fmt_rate(buf, 3.2 / 3600, false), "3.2/h");
	IS(fmt_rate(buf, 1e-9, false), "< 0.1/h");
	IS(fmt_rate(buf, 0, false), "0/s");
	IS(fmt_rate(buf, 999.7, false), "1.00 k/s");
	IS(fmt_rate(buf, 1.3e7, false), "13.0 M/s");
	IS(fmt_rate(buf, -1, false), "\xe2\x80\x93");
	IS(fmt_rate(buf, NAN, true), "-");
	IS(fmt_rate(buf, INFINITY, true), "-");
	IS(fmt_rate_bare(buf, 4710, false), "4.71 k");
	IS(fmt_rate_bare(buf, 151.4, false), "151");
	IS(fmt_rate_bare(buf, 0.325, false), "0.325");
	IS(fmt_rate_bare(buf, 0.0001, false), "<0.001");
	IS(fmt_rate_bare(buf, 0, false), "0");
	IS(fmt_rate_bare(buf, NAN, false), "\xe2\x80\x93");
}
END_TEST

START_TEST(durations)
{
	IS(fmt_duration(buf, 0, false), "0 s");
	IS(fmt_duration(buf, 0.25, false), "0.2 ns");
	IS(fmt_duration(buf, 5, false), "5 ns");
	IS(fmt_duration(buf, 480, false), "480 ns");
	IS(fmt_duration(buf, 999.6, false), "1.0 \xc2\xb5s");
	IS(fmt_duration(buf, 6300, false), "6.3 \xc2\xb5s");
	IS(fmt_duration(buf, 6300, true), "6.3 us");
	IS(fmt_duration(buf, 48.2e6, false), "48.2 ms");
	IS(fmt_duration(buf, 151.3e6, false), "151 ms");
	IS(fmt_duration(buf, 999.6e6, false), "1.0 s");
	IS(fmt_duration(buf, 13.2e9, false), "13.2 s");
	IS(fmt_duration(buf, 119.4e9, false), "119 s");
	IS(fmt_duration(buf, 119.6e9, false), "2 min 00 s");
	IS(fmt_duration(buf, 161e9, false), "2 min 41 s");
	IS(fmt_duration(buf, 3599.6e9, false), "1 h 00 min");
	IS(fmt_duration(buf, 3720e9, false), "1 h 02 min");
	IS(fmt_duration(buf, 47.5 * 3600e9, false), "47 h 30 min");
	IS(fmt_duration(buf, 48 * 3600e9 - 1e9, false), "2 d 00 h");
	IS(fmt_duration(buf, 76 * 3600e9, false), "3 d 04 h");
	IS(fmt_duration(buf, 1e300, false), "> 999,999 d");
	IS(fmt_duration(buf, -1, false), "\xe2\x80\x93");
	IS(fmt_duration(buf, NAN, true), "-");
	IS(fmt_left(buf, 0), "< 1 s");
	IS(fmt_left(buf, 0.4e9), "< 1 s");
	IS(fmt_left(buf, 8.3e9), "8 s");
	IS(fmt_left(buf, 119.4e9), "119 s");
	IS(fmt_left(buf, 119.6e9), "2 min 00 s");
	IS(fmt_left(buf, 7 * 3600e9 + 11 * 60e9), "7 h 11 min");
	IS(fmt_left(buf, NAN), "\xe2\x80\x93");
}
END_TEST

START_TEST(amounts_and_shares)
{
	IS(fmt_bytes(buf, 0), "0 B");
	IS(fmt_bytes(buf, 512), "512 B");
	IS(fmt_bytes(buf, 1000), "1.0 KiB");
	IS(fmt_bytes(buf, 3.1 * 1048576), "3.1 MiB");
	IS(fmt_bytes(buf, 12 * 1048576.0), "12.0 MiB");
	IS(fmt_bytes(buf, 300 * 1048576.0), "300 MiB");
	IS(fmt_bytes(buf, 1023 * 1048576.0), "1.0 GiB");
	IS(fmt_bytes(buf, 14.9 * 1073741824), "14.9 GiB");
	IS(fmt_bytes(buf, -1), "\xe2\x80\x93");
	IS(fmt_percent(buf, 0, 0), "\xe2\x80\x93");
	IS(fmt_percent(buf, 248320, 400000), "62 %");
	IS(fmt_percent(buf, 999999999, 1000000000), "99 %");
	IS(fmt_percent(buf, UINT64_MAX - 1, UINT64_MAX), "99 %");
	IS(fmt_percent(buf, 7, 7), "100 %");
	IS(fmt_percent(buf, 0, 7), "0 %");
	IS(fmt_ratio(buf, 1.88, false), "1.88\xc3\x97");
	IS(fmt_ratio(buf, 1.875, true), "1.88x");
	IS(fmt_ratio(buf, NAN, true), "-");
}
END_TEST

START_TEST(values)
{
	char half[FMT_SIZE];

	IS(fmt_value(buf, 0.785198151, 4.4e-7), "0.78519815");
	IS(fmt_value(buf, 0.5, 1.6e-19), "0.5");
	IS(fmt_half(half, 4.4e-7), "0.00000044");
	IS(fmt_value(buf, 0.78519818, 0.00000035), "0.78519818");
	IS(fmt_value(buf, 40.123, 0.3), "40.12");
	IS(fmt_half(half, 0.3), "0.30");
	IS(fmt_value(buf, 1234.5, 0.0996), "1234.50");
	IS(fmt_half(half, 0.0996), "0.10");
	IS(fmt_value(buf, 1234.5, 12.3), "1234");
	IS(fmt_half(half, 12.3), "12");
	IS(fmt_value(buf, 1234.4, 123), "1234");
	IS(fmt_half(half, 123), "123");
	IS(fmt_value(buf, -1e-9, 0.01), "0.000");
	IS(fmt_value(buf, 1.0 / 3, 0), "0.333333333333333");
	IS(fmt_value(buf, 1.0 / 3, NAN), "0.333333333333333");
	IS(fmt_value(buf, NAN, 1), "\xe2\x80\x93");
	IS(fmt_value(buf, -INFINITY, 1), "-inf");
	IS(fmt_value(buf, 3.14159e-25, 2e-28), "3.1416e-25");
	IS(fmt_half(half, 2e-28), "2.0e-28");
	IS(fmt_value(buf, 1.5e300, 1e290), "1.50000000000e+300");
	IS(fmt_half(half, 0), "0");
	IS(fmt_half(half, NAN), "\xe2\x80\x93");
}
END_TEST

/* v and its half-width have the same decimals, and the half-width two digits or whole ones. */
START_TEST(value_and_half_width_agree)
{
	srand(5);
	for (int i = 0; i < 20000; i++) {
		double half = pow(10, rand() % 25 - 17) * (1 + rand() % 9000 / 1000.0), v = half * (rand() % 2000000 - 1000000) / 7;
		char value[FMT_SIZE], width[FMT_SIZE], *pv, *pw;

		fmt_value(value, v, half);
		fmt_half(width, half);
		pv = strchr(value, '.');
		pw = strchr(width, '.');
		if (strchr(width, 'e') || strchr(value, 'e'))
			continue;
		ck_assert_int_eq(!pv, !pw);
		if (pv)
			ck_assert_uint_eq(strlen(pv), strlen(pw));
		ck_assert_double_le(fabs(atof(value) - v), half * 0.06 + 0.5 * !pv + fabs(v) * 1e-14);
		if (half < 9.9)
			ck_assert_uint_eq(strlen(width + strspn(width, "0.")) - (width[0] != '0'), 2);
	}
}
END_TEST

static unsigned digits(const char *z)
{
	unsigned n = 0;

	for (; *z; z++)
		n += *z >= '0' && *z <= '9';
	return n;
}

START_TEST(never_a_digit_too_many)
{
	unsigned bad = 0;

	for (double v = 1e-3; v < 1e18; v *= 1.0007) {
		unsigned n;

		n = digits(fmt_rate(buf, v, false));
		bad += n > 3 || strlen(buf) >= FMT_SIZE;
		n = digits(fmt_duration(buf, v, false));
		bad += n > (v < 99 * 86400e9 ? 4 : 7);
		n = digits(fmt_bytes(buf, v));
		bad += n > 3;
		bad += v > 1 && digits(fmt_count_narrow(buf, (uint64_t)v)) > 3;
		bad += v > 1 && digits(fmt_count(buf, (uint64_t)v)) > 6;
		bad += text_cells(fmt_duration(buf, v, true)) > (v < 99 * 86400e9 ? 11 : 12);
	}
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(times_of_day)
{
	uint64_t day = 86400 * NS_PER_S, t = UINT64_C(1795355000) * NS_PER_S; /* 22 November 2026, 13:43:20 UTC */

	setenv("TZ", "UTC", 1);
	tzset();
	IS(fmt_clock(buf, t, t + 3600 * NS_PER_S), "13:43:20");
	IS(fmt_clock(buf, t, t + day), "22 Nov 13:43");
	IS(fmt_clock(buf, t + 10 * day, t), "2 Dec 13:43");
	IS(fmt_clock(buf, t + 365 * day, t), "22 Nov 13:43");
	setenv("TZ", "XYZ-2", 1);
	tzset();
	IS(fmt_clock(buf, t, t), "15:43:20");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fmt");
	TCase *t = tcase_create("fmt");

	tcase_add_test(t, counts);
	tcase_add_test(t, rates);
	tcase_add_test(t, durations);
	tcase_add_test(t, amounts_and_shares);
	tcase_add_test(t, values);
	tcase_add_test(t, value_and_half_width_agree);
	tcase_add_test(t, never_a_digit_too_many);
	tcase_add_test(t, times_of_day);
	suite_add_tcase(s, t);
	return tap_run(s);
}
