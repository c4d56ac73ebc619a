/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, cell widths, and the one door for text from outside.
 *
 * Output of jobs, names, paths, library errors and the environment may hold terminal sequences, bidi controls,
 * invisible or broken bytes. Such text is kept raw and reaches a screen, a log or stderr only through text_show()
 * (or text_print(), which calls it). */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

/* Decodes one code point from at most n bytes. Returns the bytes used (>= 1 when n > 0; 0 when n == 0); *cp is the
 * code point, or -1 for a byte that is not the start of a well-formed sequence (Unicode 15, table 3-7: no
 * surrogates, no overlong forms, at most U+10FFFF), of which then 1 byte is used. */
size_t utf8_decode(const char *p, size_t n, int32_t *cp);
/* Writes cp as 1 to 4 bytes and returns their number. */
size_t utf8_encode(int32_t cp, char out[4]);
/* The first offset where z..z+n is not well-formed UTF-8, or n when all of it is. */
size_t utf8_bad_at(const char *p, size_t n);

/* Terminal cells of one code point: 0 (combining), 1 or 2; of a visible text. Independent of the locale
 * (tables from Unicode's EastAsianWidth W and F, and general categories Mn, Me). */
int cell_width(int32_t cp);
int text_cells(const char *z);

/* Appends the bytes p..p+n so that every byte can be seen and none acts: well-formed printable text as it is; tab as
 * one blank; C0, DEL, C1 and bytes that are not UTF-8 (also surrogates) as `\x1b`; bidi controls (U+061C, 200E, 200F,
 * 202A-202E, 2066-2069), invisible and format characters (U+00AD, 180E, 200B-200D, 2028, 2029, 2060-206F, FEFF,
 * FFF0-FFFB, the Hangul fillers, E0000-E0FFF but the variation selectors), noncharacters and private use as
 * `\u{202e}`. */
void text_show(struct str *out, const void *p, size_t n);
/* The same for a C string, into a fixed buffer, cut at a character with `...` marked by the ellipsis U+2026. */
void text_show_z(char *buf, size_t size, const char *z);
/* Writes "pooltop: " and one visible line, newline added, to f. */
void text_complain(FILE *f, const char *z);

/* Cuts a visible UTF-8 text to at most `cells` cells, the last one being U+2026 when something was cut (ASCII "." when
 * ascii). out may not be z. Returns its cells. */
int text_cut(char *out, size_t size, const char *z, int cells, bool ascii);

#endif
