/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packing and reading numbers byte by byte in little-endian order; the compiler makes single moves of it. */
#include "base/pack.h"

#include <string.h>

#include "base/die.h"

static void pack_le(struct str *s, uint64_t v, size_t bytes)
{
	unsigned char *to = (unsigned char *)str_room(s, bytes);

	for (size_t i = 0; i < bytes; i++)
		to[i] = (unsigned char)(v >> (8 * i));
	s->n += bytes;
	s->p[s->n] = '\0';
}

void pack_u8(struct str *s, uint8_t v)
{
	pack_le(s, v, 1);
}

void pack_u16(struct str *s, uint16_t v)
{
	pack_le(s, v, 2);
}

void pack_u32(struct str *s, uint32_t v)
{
	pack_le(s, v, 4);
}

void pack_u64(struct str *s, uint64_t v)
{
	pack_le(s, v, 8);
}

void pack_f64(struct str *s, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	pack_le(s, bits, 8);
}

void pack_bytes(struct str *s, const void *p, size_t n)
{
	if (n > UINT32_MAX)
		BUG("packing %zu bytes as one field", n);
	pack_u32(s, (uint32_t)n);
	str_add(s, p, n);
}

void pack_z(struct str *s, const char *z)
{
	pack_bytes(s, z ? z : "", z ? strlen(z) : 0);
}

struct reader reader_of(struct slice s)
{
	return (struct reader){ .p = s.p, .left = s.n, .bad = false };
}

/* Takes n bytes, or makes the reader bad and returns NULL. */
static const unsigned char *take(struct reader *r, size_t n)
{
	const unsigned char *p = r->p;

	if (r->bad || n > r->left) {
		r->bad = true;
		r->left = 0;
		return NULL;
	}
	if (n)
		r->p += n;
	r->left -= n;
	return p;
}

static uint64_t get_le(struct reader *r, size_t bytes)
{
	const unsigned char *p = take(r, bytes);
	uint64_t v = 0;

	if (!p)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint8_t get_u8(struct reader *r)
{
	return (uint8_t)get_le(r, 1);
}

uint16_t get_u16(struct reader *r)
{
	return (uint16_t)get_le(r, 2);
}

uint32_t get_u32(struct reader *r)
{
	return (uint32_t)get_le(r, 4);
}

uint64_t get_u64(struct reader *r)
{
	return get_le(r, 8);
}

double get_f64(struct reader *r)
{
	uint64_t bits = get_le(r, 8);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

struct slice get_raw(struct reader *r, size_t n)
{
	const unsigned char *p = take(r, n);

	return p ? (struct slice){ p, n } : (struct slice){ "", 0 };
}

struct slice get_bytes(struct reader *r)
{
	return get_raw(r, get_u32(r));
}

/* NULs inside would hide the rest of the text from everything that reads C strings. */
static char *dup_visible(struct slice s)
{
	char *z = xcalloc(s.n + 1, 1);

	for (size_t i = 0; i < s.n; i++) {
		char c = ((const char *)s.p)[i];

		z[i] = c ? c : '?';
	}
	return z;
}

char *get_zdup(struct reader *r)
{
	return dup_visible(get_bytes(r));
}

void get_z(struct reader *r, char *buf, size_t size)
{
	struct slice s = get_bytes(r);
	const char *p = s.p;
	size_t n = s.n;

	if (!size)
		return;
	if (n >= size) { /* cut before the character that does not fit: at most three bytes back */
		n = size - 1;
		for (int back = 0; back < 3 && n && ((unsigned char)p[n] & 0xc0) == 0x80; back++)
			n--;
	}
	for (size_t i = 0; i < n; i++)
		buf[i] = p[i] ? p[i] : '?';
	buf[n] = '\0';
}
