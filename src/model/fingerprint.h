/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One number for a set of results: equal sets have equal fingerprints, in whatever order and parts they came.
 *
 * Σ hash(task number, canonical result) mod 2^128, where hash is MurmurHash3_x64_128 with seed 0 (Austin Appleby,
 * public domain) over the task number as 8 little-endian bytes and then the result. What is shown is the hash of that
 * sum (low half first) and the count of results, 24 little-endian bytes. Not a defence against forgery. */
#ifndef MODEL_FINGERPRINT_H
#define MODEL_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* A plain struct; all-zero is the empty set, and copying is allowed. */
struct fingerprint {
	uint64_t low, high; /* the sum */
	uint64_t n;
};

#define FINGERPRINT_SIZE 33       /* 32 hex digits */
#define FINGERPRINT_SHORT_SIZE 11 /* "9f2c·61ab" */

/* Adds the result of a task: bytes, or a number in its canonical form (little-endian bits; −0 is 0, all NaN are one).
 * */
void fingerprint_add(struct fingerprint *f, uint64_t task, const void *result, size_t n);
void fingerprint_add_f64(struct fingerprint *f, uint64_t task, double result);
/* The sets must have no task in common. */
void fingerprint_merge(struct fingerprint *to, const struct fingerprint *from);

/* The finished fingerprint in 32 hex digits; returns buf. */
char *fingerprint_text(char buf[FINGERPRINT_SIZE], const struct fingerprint *f);
/* The first eight digits of such a text as people compare them; returns buf. */
char *fingerprint_short(char buf[FINGERPRINT_SHORT_SIZE], const char *text);

/* MurmurHash3_x64_128 of n bytes. */
void murmur3_128(const void *p, size_t n, uint32_t seed, uint64_t out[2]);

#endif
