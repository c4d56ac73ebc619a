/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growable byte string. Its capacity doubles, so that n appended bytes cost O(n) in all. */
#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"

#define FIRST_CAP 64

char *str_room(struct str *s, size_t n)
{
	size_t need, cap;

	if (n >= SIZE_MAX / 2 - s->n)
		die("out of memory: a text of %zu bytes is too long", n);
	need = s->n + n + 1;
	if (need > s->cap) {
		cap = s->cap ? s->cap : FIRST_CAP;
		while (cap < need)
			cap *= 2;
		s->p = xrealloc(s->p, cap, 1);
		s->cap = cap;
		s->p[s->n] = '\0';
	}
	return s->p + s->n;
}

void str_add(struct str *s, const void *p, size_t n)
{
	char *to = str_room(s, n);

	if (n)
		memcpy(to, p, n);
	s->n += n;
	s->p[s->n] = '\0';
}

void str_adds(struct str *s, const char *z)
{
	str_add(s, z, strlen(z));
}

void str_addc(struct str *s, char c)
{
	*str_room(s, 1) = c;
	s->p[++s->n] = '\0';
}

void str_addv(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	str_room(s, FIRST_CAP - 1);
	n = vsnprintf(s->p + s->n, s->cap - s->n, fmt, ap);
	if (n < 0)
		BUG("cannot format \"%s\"", fmt);
	if ((size_t)n >= s->cap - s->n) {
		str_room(s, (size_t)n);
		vsnprintf(s->p + s->n, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	s->n += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_addv(s, fmt, ap);
	va_end(ap);
}

void str_clear(struct str *s)
{
	s->n = 0;
	if (s->p)
		s->p[0] = '\0';
}

void str_drop(struct str *s, size_t n)
{
	if (n > s->n)
		BUG("dropping %zu of %zu bytes", n, s->n);
	if (!n)
		return;
	s->n -= n;
	memmove(s->p, s->p + n, s->n + 1);
}

void str_release(struct str *s)
{
	free(s->p);
	memset(s, 0, sizeof(*s));
}

const char *str_z(const struct str *s)
{
	return s->p ? s->p : "";
}

/* The longest prefix of z[0..n) that does not end inside a character; n is less than z's length. Bytes that are no
 * UTF-8 anyway may be parted anywhere. */
static size_t cut_at_character(const char *z, size_t n)
{
	size_t back = 0;
	int32_t cp;

	while (back < 3 && back < n && ((unsigned char)z[n - back] & 0xc0) == 0x80)
		back++;
	if (back && utf8_decode(z + n - back, strlen(z + n - back), &cp) > back)
		return n - back;
	return n;
}

void str_copy(char *buf, size_t size, const char *z)
{
	size_t n = strlen(z);

	if (!size)
		return;
	if (n >= size)
		n = cut_at_character(z, size - 1);
	memmove(buf, z, n);
	buf[n] = '\0';
}
