/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, rates, amounts and values. A number that rounds to 1000 of its unit is shown in the next one, so that no
 * column ever needs a fourth digit. Times are in fmt_time.c. */
#include "base/fmt.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN "\xe2\x80\x93"
#define TIMES   "\xc3\x97"

static char *unknown(char *buf, bool ascii)
{
	return strcpy(buf, ascii ? "-" : UNKNOWN);
}

/* Below 1000 once rounded to three digits. */
static int decimals3(double v)
{
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

/* v >= 0 with three digits and a power of `base` as unit from units[]; nothing above the last unit. */
static char *scaled(char *buf, double v, const char *const *units, const char *tail)
{
	while (v >= 999.5 && units[1]) {
		v /= 1000;
		units++;
	}
	snprintf(buf, FMT_SIZE, "%.*f%s%s", decimals3(v), v, *units, tail);
	return buf;
}

static const char *const powers[] = { "", " k", " M", " G", " T", " P", " E", NULL };

char *fmt_exact(char *buf, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *p = buf;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return buf;
}

char *fmt_count(char *buf, uint64_t n)
{
	return n <= 999999 ? fmt_exact(buf, n) : scaled(buf, (double)n / 1e6, powers + 2, "");
}

char *fmt_count_narrow(char *buf, uint64_t n)
{
	const char *const *unit = powers;
	double v = (double)n;

	if (n < 1000)
		return fmt_exact(buf, n);
	do {
		v /= 1000;
		unit++;
	} while (v >= 999.5 && unit[1]);
	snprintf(buf, FMT_SIZE, "%.*f%s", v < 9.95 ? 1 : 0, v, *unit);
	return buf;
}

char *fmt_rate(char *buf, double per_s, bool ascii)
{
	if (!(per_s >= 0) || isinf(per_s))
		return unknown(buf, ascii);
	if (per_s == 0)
		return strcpy(buf, "0/s");
	if (per_s * 60 >= 59.95)
		return scaled(buf, per_s, powers, "/s");
	if (per_s * 3600 >= 59.95)
		snprintf(buf, FMT_SIZE, "%.1f/min", per_s * 60);
	else if (per_s * 3600 >= 0.05)
		snprintf(buf, FMT_SIZE, "%.1f/h", per_s * 3600);
	else
		strcpy(buf, "< 0.1/h");
	return buf;
}

char *fmt_rate_bare(char *buf, double per_s, bool ascii)
{
	if (!(per_s >= 0) || isinf(per_s))
		return unknown(buf, ascii);
	if (per_s == 0)
		return strcpy(buf, "0");
	if (per_s < 0.0005)
		return strcpy(buf, "<0.001");
	if (per_s < 0.9995) {
		snprintf(buf, FMT_SIZE, "%.3f", per_s);
		return buf;
	}
	return scaled(buf, per_s, powers, "");
}

char *fmt_bytes(char *buf, double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL };
	const char *const *unit = units;

	if (!(bytes >= 0) || isinf(bytes))
		return unknown(buf, false);
	while (bytes >= 999.5 && unit[1]) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, FMT_SIZE, "%.*f %s", unit == units || bytes >= 99.95 ? 0 : 1, bytes, *unit);
	return buf;
}

char *fmt_percent(char *buf, uint64_t done, uint64_t all)
{
	if (!all)
		return unknown(buf, false);
	if (done > all)
		done = all;
	snprintf(buf, FMT_SIZE, "%d %%", (int)((unsigned __int128)done * 100 / all));
	return buf;
}

char *fmt_ratio(char *buf, double x, bool ascii)
{
	if (!(fabs(x) < 1e15))
		return unknown(buf, ascii);
	snprintf(buf, FMT_SIZE, "%.2f%s", x, ascii ? "x" : TIMES);
	return buf;
}

/* ---- values with their half-width ---- */

/* The decimal exponent of v once it is rounded to `digits` digits: 0.0996 with two is 0.10, exponent -1. v is finite,
 * not 0. */
static int exponent10(double v, int digits)
{
	char text[48];

	snprintf(text, sizeof(text), "%.*e", digits - 1, v);
	return atoi(strchr(text, 'e') + 1);
}

static bool known_half(double half)
{
	return half > 0 && !isinf(half);
}

/* Decimals that show two digits of half. Below none and above what a column holds the exponent form is used. */
static int decimals_of(double half)
{
	int d = 1 - exponent10(half, 2);

	return d < 0 ? 0 : d;
}

#define MOST_DECIMALS 20
#define PLAIN_LIMIT   1e15 /* larger values are shown with an exponent */

char *fmt_value(char *buf, double v, double half)
{
	int d;

	if (isnan(v))
		return unknown(buf, false);
	if (isinf(v))
		return strcpy(buf, v < 0 ? "-inf" : "inf");
	if (!known_half(half) || half < fabs(v) * 1e-16) { /* a double has no more digits to show */
		snprintf(buf, FMT_SIZE, "%.15g", v);
		return buf;
	}
	d = decimals_of(half);
	if (fabs(v) >= PLAIN_LIMIT || half >= PLAIN_LIMIT || d > MOST_DECIMALS) {
		int digits = v == 0 ? 0 : exponent10(v, 17) - exponent10(half, 2) + 1;

		snprintf(buf, FMT_SIZE, "%.*e", digits < 0 ? 0 : digits > 16 ? 16 : digits, v);
		return buf;
	}
	snprintf(buf, FMT_SIZE, "%.*f", d, v);
	if (buf[0] == '-' && !buf[1 + strspn(buf + 1, "0.")])
		memmove(buf, buf + 1, strlen(buf)); /* no "-0.00" */
	return buf;
}

char *fmt_half(char *buf, double half)
{
	if (half == 0)
		return strcpy(buf, "0");
	if (!known_half(half))
		return unknown(buf, false);
	if (half >= PLAIN_LIMIT || decimals_of(half) > MOST_DECIMALS)
		snprintf(buf, FMT_SIZE, "%.1e", half);
	else
		snprintf(buf, FMT_SIZE, "%.*f", decimals_of(half), half);
	return buf;
}
