/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 as Unicode 15, table 3-7 defines it: no surrogates, no overlong forms, at most U+10FFFF. */
#include "base/text.h"

/* Bytes of the sequence that b begins (0: b begins none), and the bounds of its second byte, which are what keeps out
 * overlong forms, surrogates and numbers that are too large. */
static size_t lead(unsigned char b, unsigned char *low, unsigned char *high)
{
	*low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
	*high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
	if (b < 0x80)
		return 1;
	if (b >= 0xc2 && b <= 0xdf)
		return 2;
	if (b >= 0xe0 && b <= 0xef)
		return 3;
	if (b >= 0xf0 && b <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_decode(const char *p, size_t n, int32_t *cp)
{
	const unsigned char *b = (const unsigned char *)p;
	unsigned char low, high;
	size_t len;
	int32_t v;

	*cp = -1;
	if (!n)
		return 0;
	len = lead(b[0], &low, &high);
	if (len == 1) {
		*cp = b[0];
		return 1;
	}
	if (!len || len > n || b[1] < low || b[1] > high)
		return 1;
	v = b[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (b[i] & 0x3f);
	}
	*cp = v;
	return len;
}

size_t utf8_encode(int32_t cp, char out[4])
{
	uint32_t c = (uint32_t)cp;

	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (c >> 18 & 7));
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_bad_at(const char *p, size_t n)
{
	size_t at = 0;
	int32_t cp;

	while (at < n) {
		size_t used = utf8_decode(p + at, n - at, &cp);

		if (cp < 0)
			return at;
		at += used;
	}
	return n;
}
