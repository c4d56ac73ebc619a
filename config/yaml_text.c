/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libyaml does not do for us: it gives no place for bytes it cannot read, so they are looked for first. */
#include "config/yaml_text.h"

#include "base/text.h"

/* YAML 1.1 §5.1: the characters a file may have. */
static bool printable(int32_t c)
{
	return c == 0x09 || c == 0x0a || c == 0x0d || (c >= 0x20 && c <= 0x7e) || c == 0x85 ||
	       (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
}

static bool line_break(int32_t c)
{
	return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* The next character; lines end as in libyaml: LF, CR, CR LF, NEL, LS, PS. */
static int32_t step(struct text_place *at, const char *text, size_t n)
{
	int32_t c;
	size_t used = utf8_decode(text + at->offset, n - at->offset, &c);

	at->offset += used;
	if (line_break(c) || (c == '\r' && !(at->offset < n && text[at->offset] == '\n'))) {
		at->line++;
		at->col = 1;
	} else if (c != '\r') {
		at->col++;
	}
	return c;
}

static struct text_place start(const char *text, size_t n)
{
	struct text_place at = { 0, 1, 1 };

	if (n >= 3 && (unsigned char)text[0] == 0xef && (unsigned char)text[1] == 0xbb &&
		(unsigned char)text[2] == 0xbf)
		at.offset = 3; /* a byte order mark is no character */
	return at;
}

bool text_unreadable(const char *text, size_t n, struct text_place *at, int32_t *c)
{
	struct text_place here = start(text, n);

	while (here.offset < n) {
		*at = here;
		*c = step(&here, text, n);
		if (*c < 0 || !printable(*c))
			return true;
	}
	return false;
}

size_t text_offset(const char *text, size_t n, int line, int col)
{
	struct text_place at = start(text, n);

	while (at.offset < n && (at.line < line || (at.line == line && at.col < col)))
		step(&at, text, n);
	return at.offset;
}

struct text_place text_place_of(const char *text, size_t n, size_t offset)
{
	struct text_place at = start(text, n);

	while (at.offset < n && at.offset < offset)
		step(&at, text, n);
	return at;
}
