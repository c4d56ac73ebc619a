/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How numbers look, everywhere (screen, plain output, report). All functions write into buf (FMT_SIZE is enough for
 * each) and return buf. `ascii` replaces U+00B5, U+2248, U+00D7, U+00B1, U+2013 by u, ~, x, +-, -. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FMT_SIZE 64

/* Exact with commas up to 999,999, then three digits and k, M, G: "1.25 M". Narrow: k from 1,000 ("248 k", "1.4 k"). */
char *fmt_count(char *buf, uint64_t n);
char *fmt_count_narrow(char *buf, uint64_t n);
/* Always exact with commas. */
char *fmt_exact(char *buf, uint64_t n);
/* A rate in events a second: three digits, "18.8 k/s", "151 /s" as "151/s", "4.71 k/s"; below 1/s "19.5/min", below
 * that "3.2/h"; 0 is "0/s"; negative or NaN is unknown: "–". */
char *fmt_rate(char *buf, double per_s, bool ascii);
/* The same number without its unit, for a column whose heading has it: "4.71 k". */
char *fmt_rate_bare(char *buf, double per_s, bool ascii);
/* "6.3 µs", "48.2 ms", "13.2 s"; from 2 min "2 min 41 s", from 1 h "1 h 02 min", from 2 days "3 d 04 h". At most two
 * units. Below 1 µs in ns ("480 ns"); 0 is "0 s". Negative or NaN is "–". */
char *fmt_duration(char *buf, double ns, bool ascii);
/* Time left for a person: whole seconds below 2 min ("8 s"), "< 1 s" below one, else as fmt_duration. */
char *fmt_left(char *buf, double ns);
/* "3.1 MiB", three digits. */
char *fmt_bytes(char *buf, double bytes);
/* Whole per cent rounded down; 99 until done == all. "62 %". all == 0 is "–". */
char *fmt_percent(char *buf, uint64_t done, uint64_t all);
/* "1.88×". */
char *fmt_ratio(char *buf, double x, bool ascii);
/* A value with as many digits as its half-width has with two: (0.785198151, 4.4e-7) → "0.78519815". Half-width 0
 * or NaN: 15 significant digits. */
char *fmt_value(char *buf, double v, double half);
/* The half-width with two digits, in the same decimals as fmt_value: "0.00000044". */
char *fmt_half(char *buf, double half);
/* Local time of day "14:02:31"; with the day in front ("22 Nov 14:02") when not the same day as now_wall. ns since
 * 1970. */
char *fmt_clock(char *buf, uint64_t wall_ns, uint64_t now_wall_ns);

#endif
