/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations and times of day for people: at most two units, the smaller one of a pair with two digits. */
#include "base/fmt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define UNKNOWN  "\xe2\x80\x93"
#define LONGEST  (999999.0 * 86400) /* seconds */

/* s >= 120, rounded to the smaller unit. */
static char *two_units(char *buf, double s)
{
	double m = floor(s / 60 + 0.5), h = floor(s / 3600 + 0.5);

	s = floor(s + 0.5);
	if (s < 3600)
		snprintf(buf, FMT_SIZE, "%.0f min %02.0f s", floor(s / 60), fmod(s, 60));
	else if (m < 48 * 60)
		snprintf(buf, FMT_SIZE, "%.0f h %02.0f min", floor(m / 60), fmod(m, 60));
	else if (s <= LONGEST)
		snprintf(buf, FMT_SIZE, "%.0f d %02.0f h", floor(h / 24), fmod(h, 24));
	else
		strcpy(buf, "> 999,999 d");
	return buf;
}

/* v in `unit` with one decimal below 100. */
static char *one_unit(char *buf, double v, const char *unit)
{
	snprintf(buf, FMT_SIZE, "%.*f %s", v < 99.95 ? 1 : 0, v, unit);
	return buf;
}

char *fmt_duration(char *buf, double ns, bool ascii)
{
	if (!(ns >= 0) || isinf(ns))
		return strcpy(buf, ascii ? "-" : UNKNOWN);
	if (ns == 0)
		return strcpy(buf, "0 s");
	if (ns < 9.95 && ns != floor(ns))
		return one_unit(buf, ns, "ns");
	if (ns < 999.5) {
		snprintf(buf, FMT_SIZE, "%.0f ns", ns);
		return buf;
	}
	if (ns < 999.5e3)
		return one_unit(buf, ns / 1e3, ascii ? "us" : "\xc2\xb5s");
	if (ns < 999.5e6)
		return one_unit(buf, ns / 1e6, "ms");
	if (ns < 119.5e9)
		return one_unit(buf, ns / 1e9, "s");
	return two_units(buf, ns / 1e9);
}

char *fmt_left(char *buf, double ns)
{
	if (!(ns >= 0) || isinf(ns))
		return strcpy(buf, UNKNOWN);
	if (ns < 1e9)
		return strcpy(buf, "< 1 s");
	if (ns >= 119.5e9)
		return two_units(buf, ns / 1e9);
	snprintf(buf, FMT_SIZE, "%.0f s", ns / 1e9);
	return buf;
}

static struct tm local_time(uint64_t wall_ns)
{
	time_t s = (time_t)(wall_ns / NS_PER_S);
	struct tm t;

	memset(&t, 0, sizeof(t));
	localtime_r(&s, &t);
	return t;
}

char *fmt_clock(char *buf, uint64_t wall_ns, uint64_t now_wall_ns)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm t = local_time(wall_ns), now = local_time(now_wall_ns);

	if (t.tm_year == now.tm_year && t.tm_yday == now.tm_yday)
		snprintf(buf, FMT_SIZE, "%02d:%02d:%02d", t.tm_hour, t.tm_min, t.tm_sec);
	else
		snprintf(buf, FMT_SIZE, "%d %s %02d:%02d", t.tm_mday, months[t.tm_mon % 12], t.tm_hour, t.tm_min);
	return buf;
}
