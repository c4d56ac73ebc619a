/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door for text from outside: every byte becomes visible, none acts. */
#include "base/text.h"

#include <string.h>

#include "base/die.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define PIECE_SIZE 16 /* one shown character: at most `\u{10ffff}` */

/* Well-formed code points that a terminal obeys, or shows as nothing, or as anything: controls of direction, invisible
 * and format characters, fillers, private use and noncharacters. Sorted. */
static const struct {
	int32_t first, last;
} hidden[] = {
	{ 0x00, 0x1f },       { 0x7f, 0x9f },       { 0xad, 0xad },       { 0x61c, 0x61c },     { 0x115f, 0x1160 },
	{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },   { 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
	{ 0xf0000, 0x10ffff },
};

static bool is_hidden(int32_t cp)
{
	size_t low = 0, high = sizeof(hidden) / sizeof(hidden[0]);

	if ((cp & 0xfffe) == 0xfffe)
		return true;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > hidden[mid].last)
			low = mid + 1;
		else if (cp < hidden[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

/* Shows the character at p..p+n in out; returns its bytes there, *used those taken from p. */
static size_t show_one(const char *p, size_t n, char out[PIECE_SIZE], size_t *used)
{
	int32_t cp;

	*used = utf8_decode(p, n, &cp);
	if (cp == '\t') {
		out[0] = ' ';
		return 1;
	}
	if (cp < 0)
		return (size_t)snprintf(out, PIECE_SIZE, "\\x%02x", (unsigned)(unsigned char)p[0]);
	if (cp < 0xa0 && is_hidden(cp))
		return (size_t)snprintf(out, PIECE_SIZE, "\\x%02x", (unsigned)cp);
	if (is_hidden(cp))
		return (size_t)snprintf(out, PIECE_SIZE, "\\u{%x}", (unsigned)cp);
	memcpy(out, p, *used);
	return *used;
}

/* Plain ASCII is nearly everything: bytes at p that need no look at all. */
static size_t plain_run(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= 0x20 && p[i] <= 0x7e)
		i++;
	return i;
}

void text_show(struct str *out, const void *bytes, size_t n)
{
	const char *p = bytes;
	char piece[PIECE_SIZE];

	while (n) {
		size_t used = plain_run(p, n);

		if (used)
			str_add(out, p, used);
		else
			str_add(out, piece, show_one(p, n, piece, &used));
		p += used;
		n -= used;
	}
}

void text_show_z(char *buf, size_t size, const char *z)
{
	size_t n = strlen(z), at = 0, keep = 0; /* keep: up to where it may stay with an ellipsis behind it */
	char piece[PIECE_SIZE];

	if (!size)
		return;
	while (n) {
		size_t used, len = show_one(z, n, piece, &used);

		if (at + len + 1 > size) {
			if (sizeof(ELLIPSIS) <= size)
				memcpy(buf + keep, ELLIPSIS, sizeof(ELLIPSIS));
			else
				buf[at] = '\0';
			return;
		}
		memcpy(buf + at, piece, len);
		at += len;
		if (at + sizeof(ELLIPSIS) <= size)
			keep = at;
		z += used;
		n -= used;
	}
	buf[at] = '\0';
}

void text_complain(FILE *f, const char *z)
{
	char line[4 * sizeof(((struct err *)0)->msg)] = "pooltop: "; /* on the stack: also when memory is gone or broken */
	size_t n = strlen(line);

	text_show_z(line + n, sizeof(line) - n - 1, z);
	n += strlen(line + n);
	line[n++] = '\n';
	fwrite(line, 1, n, f);
	fflush(f);
}

int text_cells(const char *z)
{
	size_t n = strlen(z);
	int cells = 0;
	int32_t cp;

	while (n) {
		size_t used = utf8_decode(z, n, &cp);

		cells += cell_width(cp);
		z += used;
		n -= used;
	}
	return cells;
}

int text_cut(char *out, size_t size, const char *z, int cells, bool ascii)
{
	const char *mark = ascii ? "." : ELLIPSIS;
	size_t n = strlen(z), at = 0, keep = 0, room;
	int have = 0, keep_cells = 0;
	int32_t cp;

	if (!size)
		return 0;
	out[0] = '\0';
	room = size - 1;
	while (n) {
		size_t used = utf8_decode(z, n, &cp);
		int wide = cell_width(cp);

		if (have + wide > cells || at + used > room)
			break;
		memcpy(out + at, cp < 0 ? "?" : z, used);
		at += used;
		have += wide;
		if (have < cells && at + strlen(mark) <= room) {
			keep = at;
			keep_cells = have;
		}
		z += used;
		n -= used;
	}
	out[at] = '\0';
	if (!n || cells <= 0 || strlen(mark) > room)
		return have;
	memcpy(out + keep, mark, strlen(mark) + 1);
	return keep_cells + 1;
}
