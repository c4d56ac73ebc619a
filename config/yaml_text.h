/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, columns and characters of a text, counted as libyaml counts them. */
#ifndef CONFIG_YAML_TEXT_H
#define CONFIG_YAML_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_place {
	size_t offset; /* bytes */
	int line, col; /* 1-based, in characters */
};

/* Finds the first byte or character that YAML may not have: true, *at and *c (the character, 0 for NUL, -1 for a
 * byte that is not UTF-8). False when all can be read. */
bool text_unreadable(const char *text, size_t n, struct text_place *at, int32_t *c);
/* The byte at a place (n when it is behind the end), and the place of a byte. */
size_t text_offset(const char *text, size_t n, int line, int col);
struct text_place text_place_of(const char *text, size_t n, size_t offset);

#endif
