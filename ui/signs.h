/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signs that the screens use and what stands for them where only ASCII can be shown. */
#ifndef UI_SIGNS_H
#define UI_SIGNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ASCII form of a sign ("~" for U+2248), at most 9 characters; NULL when it has none. */
const char *sign_ascii(int32_t cp);
/* The i-th sign of the table, 0 past its end: for asking the terminal's locale whether each is one cell wide. */
int32_t sign_at(size_t i);
/* Copies visible text; in `ascii` signs are replaced by their ASCII forms and what has none by '?'. Control bytes and
 * broken UTF-8 become '?' in both. Returns out. */
char *sign_text(char *out, size_t size, const char *z, bool ascii);

/* Filled by eighths: "▏" … "█" for n 1..8; and levels "▁" … "▇" for n 0..6, "_" … "#" for n 0..7 in ASCII. */
int32_t sign_eighth(int n);
int32_t sign_level(int n, bool ascii);
#define SIGN_LEVELS 7
#define SIGN_LEVELS_ASCII 8

#endif
