/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growable byte string. `p` is always NUL-terminated once something was added (and may hold NULs inside); an
 * all-zero struct is a valid empty string and owns nothing. Growth dies when memory is gone. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stddef.h>
#include <stdarg.h>

#include "base/err.h"

struct str {
	char *p;
	size_t n;   /* bytes in use, without the final NUL */
	size_t cap; /* bytes allocated */
};
#define STR_INIT { 0, 0, 0 }

/* A borrowed piece of memory: never owned, valid as long as what it points into. */
struct slice {
	const void *p;
	size_t n;
};

void str_add(struct str *s, const void *p, size_t n);
void str_adds(struct str *s, const char *z);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) PRINTF(2, 3);
void str_addv(struct str *s, const char *fmt, va_list ap) PRINTF(2, 0);
/* Room for n more bytes at s->p + s->n; the caller fills them and then adds to s->n itself. */
char *str_room(struct str *s, size_t n);
/* Keeps the memory, forgets the contents. */
void str_clear(struct str *s);
/* Removes the first n bytes. */
void str_drop(struct str *s, size_t n);
/* Frees the memory; the struct is then an empty string. */
void str_release(struct str *s);
/* The contents as a C string ("" when empty); valid until the next change. */
const char *str_z(const struct str *s);

/* Copies z into a fixed buffer of `size` bytes, cut at a UTF-8 boundary; always terminated. */
void str_copy(char *buf, size_t size, const char *z);

#endif
