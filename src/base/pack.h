/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Little-endian packing of numbers and strings into a str, and a reader that never reads past the end.
 *
 * A reader is given a slice; once anything did not fit it is `bad` for good and every further get returns 0 or an
 * empty string, so that callers check `bad` once at the end. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct reader {
	const unsigned char *p;
	size_t left; /* bytes */
	bool bad;
};

void pack_u8(struct str *s, uint8_t v);
void pack_u16(struct str *s, uint16_t v);
void pack_u32(struct str *s, uint32_t v);
void pack_u64(struct str *s, uint64_t v);
void pack_f64(struct str *s, double v); /* IEEE 754 bits, little-endian */
void pack_bytes(struct str *s, const void *p, size_t n); /* u32 length, then the bytes; n < 2^32 */
void pack_z(struct str *s, const char *z);               /* as pack_bytes without the NUL; NULL is "" */

struct reader reader_of(struct slice s);
uint8_t get_u8(struct reader *r);
uint16_t get_u16(struct reader *r);
uint32_t get_u32(struct reader *r);
uint64_t get_u64(struct reader *r);
double get_f64(struct reader *r);
/* The bytes stay in the frame: valid as long as it. */
struct slice get_bytes(struct reader *r);
/* n bytes without a length in front. */
struct slice get_raw(struct reader *r, size_t n);
/* Copies a packed string into buf (cut at a UTF-8 boundary, NULs inside become '?'); always terminated. */
void get_z(struct reader *r, char *buf, size_t size);
/* As get_z, into fresh memory that the caller frees; "" when bad. */
char *get_zdup(struct reader *r);

#endif
