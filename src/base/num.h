/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict parsing of what users write. The whole string must be the value: no blanks, no octal, no sexagesimal, no wrap,
 * no locale. Errors say what is wrong and what would be right, without naming the place (the caller prefixes it). */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/err.h"

/* Decimal digits with an optional sign; `_` or `,` between digits groups of three are accepted ("1,000,000"), and the
 * exact forms 1e6, 10k, 10M, 10G (powers of 1000). min..max inclusive. Returns 0 or -1. */
int num_int(const char *z, int64_t min, int64_t max, int64_t *out, struct err *err);
int num_uint(const char *z, uint64_t min, uint64_t max, uint64_t *out, struct err *err);
/* A finite decimal floating-point number (also 1e-3); min..max inclusive. */
int num_real(const char *z, double min, double max, double *out, struct err *err);
/* "250ms", "1.5s", "30s", "2m", "1h", "10us", "5ns"; a bare number is in seconds. Result in ns, 0..INT64_MAX. */
int num_duration(const char *z, uint64_t *out_ns, struct err *err);
/* "64", "3KiB", "10MB", "1.5GiB": bytes. */
int num_bytes(const char *z, uint64_t *out, struct err *err);
/* true, false, yes, no, on, off. */
int num_bool(const char *z, int *out, struct err *err);

#endif
