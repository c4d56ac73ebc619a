/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding of terminal input: ECMA-48 control sequences as xterm, the Linux console, rxvt and tmux send them. */
#include "ui/input.h"

#include <string.h>

#include "base/die.h"
#include "base/text.h"

#define ESC 0x1b
#define SEQUENCE_MAX 64   /* a control sequence that is longer is none */
#define STRING_MAX 256    /* the same for an answer of the terminal */
#define DOUBLE_CLICK_NS (400 * UINT64_C(1000000))

/* What a part of the decoder found at the beginning of the bytes. */
struct found {
	size_t used;              /* bytes; 0: more are needed */
	struct input in;          /* .key KEY_NONE: nothing to be told */
};

static struct found found_key(size_t used, int32_t key)
{
	return (struct found){ .used = used, .in = { .key = key } };
}

static const struct found need_more;

void decoder_init(struct decoder *d)
{
	memset(d, 0, sizeof(*d));
	d->background = -1;
}

size_t decoder_room(const struct decoder *d)
{
	return sizeof(d->buf) - d->n;
}

void decoder_add(struct decoder *d, const void *p, size_t n)
{
	BUG_ON(n > decoder_room(d));
	memcpy(d->buf + d->n, p, n);
	d->n += n;
}

bool decoder_waiting(const struct decoder *d)
{
	return d->n > 0;
}

/* Up to 4 decimal parameters between p and end; returns how many there are. */
static int parameters(const unsigned char *p, const unsigned char *end, int out[4])
{
	int n = 0;

	memset(out, 0, 4 * sizeof(*out));
	if (p == end)
		return 0;
	for (; p < end && n < 4; p++) {
		if (*p == ';')
			n++;
		else if (*p >= '0' && *p <= '9' && out[n] < 10000)
			out[n] = 10 * out[n] + (*p - '0');
	}
	return n < 4 ? n + 1 : 4;
}

static int32_t key_of_number(int n)
{
	static const struct { int n; int32_t key; } keys[] = {
		{ 1, KEY_HOME_ }, { 7, KEY_HOME_ }, { 4, KEY_END_ }, { 8, KEY_END_ }, { 5, KEY_PAGE_UP }, { 6, KEY_PAGE_DOWN },
		{ 11, KEY_F1 }, { 12, KEY_F2 }, { 13, KEY_F3 }, { 14, KEY_F4 }, { 15, KEY_F5 }, { 17, KEY_F6 }, { 18, KEY_F7 },
		{ 19, KEY_F8 }, { 20, KEY_F9 }, { 21, KEY_F10 },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].n == n)
			return keys[i].key;
	return KEY_NONE;
}

static int32_t key_of_letter(unsigned char c)
{
	switch (c) {
	case 'A':
		return KEY_UP_;
	case 'B':
		return KEY_DOWN_;
	case 'C':
		return KEY_RIGHT_;
	case 'D':
		return KEY_LEFT_;
	case 'F':
		return KEY_END_;
	case 'H':
		return KEY_HOME_;
	case 'M':
		return KEY_ENTER_; /* of the keypad, after ESC O only */
	case 'P':
		return KEY_F1;
	case 'Q':
		return KEY_F2;
	case 'R':
		return KEY_F3;
	case 'S':
		return KEY_F4;
	case 'Z':
		return KEY_SHIFT_TAB;
	default:
		return KEY_NONE;
	}
}

/* button as terminals encode it: bits 0-1 number, 2 shift, 5 motion, 6 wheel; x and y count from 1. */
static struct found mouse(struct decoder *d, size_t used, int button, int x, int y, bool press, uint64_t now)
{
	struct found f = found_key(used, KEY_NONE);

	if (!press || (button & (4 | 32)) || x < 1 || y < 1)
		return f;
	f.in.row = y - 1;
	f.in.col = x - 1;
	if (button & 64) {
		f.in.wheel_up = (button & 3) == 0;
		f.in.wheel_down = (button & 3) == 1;
		if (f.in.wheel_up || f.in.wheel_down)
			f.in.key = KEY_MOUSE_;
		return f;
	}
	if ((button & 3) != 0)
		return f;
	f.in.key = KEY_MOUSE_;
	f.in.double_click = d->click_at && now - d->click_at < DOUBLE_CLICK_NS && d->click_row == f.in.row &&
	                    d->click_col == f.in.col;
	d->click_row = f.in.row;
	d->click_col = f.in.col;
	d->click_at = f.in.double_click ? 0 : now;
	return f;
}

/* ESC [ … final. */
static struct found control_sequence(struct decoder *d, uint64_t now)
{
	const unsigned char *b = d->buf;
	size_t end = 2;
	int p[4], n;

	if (d->n > 2 && b[2] == '[') /* F1 to F5 of the Linux console */
		return d->n < 4 ? need_more : found_key(4, b[3] >= 'A' && b[3] <= 'E' ? KEY_F1 + (b[3] - 'A') : KEY_NONE);
	while (end < d->n && b[end] >= 0x20 && b[end] <= 0x3f && end < SEQUENCE_MAX)
		end++;
	if (end == d->n)
		return need_more;
	if (end == SEQUENCE_MAX || b[end] < 0x40 || b[end] > 0x7e)
		return found_key(end, KEY_NONE); /* broken off: what comes now is read as something new */
	if (b[2] == '<' && (b[end] == 'M' || b[end] == 'm')) {
		n = parameters(b + 3, b + end, p);
		return n == 3 ? mouse(d, end + 1, p[0], p[1], p[2], b[end] == 'M', now) : found_key(end + 1, KEY_NONE);
	}
	if (b[end] == 'M' && end == 2) { /* the old form: three bytes that each count from 32 */
		if (d->n < 6)
			return need_more;
		return mouse(d, 6, b[3] - 32, b[4] - 32, b[5] - 32, (b[3] & 3) != 3, now);
	}
	n = parameters(b + 2, b + end, p);
	if (b[end] == '~') {
		if (p[0] == 200)
			d->pasting = true;
		return found_key(end + 1, n > 0 ? key_of_number(p[0]) : KEY_NONE);
	}
	if (b[end] == 'M' || (b[end] >= 'P' && b[end] <= 'S' && (n < 2 || p[0] != 1)))
		return found_key(end + 1, KEY_NONE); /* reports, no keys */
	return found_key(end + 1, key_of_letter(b[end]));
}

/* "11;rgb:ffff/ffff/dddd": light when its luminance is above the middle. Each part has 1 to 4 hex digits; the first
 * two count. */
static void background_answer(struct decoder *d, const unsigned char *p, size_t n)
{
	static const char begin[] = "11;rgb:";
	static const int weight[3] = { 299, 587, 114 };
	long sum = 0;
	size_t at = sizeof(begin) - 1;

	if (n < at || memcmp(p, begin, at) != 0)
		return;
	for (int i = 0; i < 3; i++) {
		int value = 0, digits = 0;

		for (; at < n && p[at] != '/'; at++, digits++) {
			const char *hex = "0123456789abcdef", *c = strchr(hex, p[at] | 0x20);

			if (!c || !p[at])
				return;
			if (digits < 2)
				value = 16 * value + (int)(c - hex);
		}
		if (digits == 0)
			return;
		sum += weight[i] * (digits == 1 ? 17 * value : value);
		at++;
	}
	d->background = sum > 127500;
}

/* ESC ], P, _, ^ or X: a string of the terminal up to BEL or ESC \. */
static struct found string_sequence(struct decoder *d)
{
	for (size_t i = 2; i < d->n; i++) {
		bool st = d->buf[i] == ESC && i + 1 < d->n && d->buf[i + 1] == '\\';

		if (i >= STRING_MAX)
			return found_key(i, KEY_NONE);
		if (d->buf[i] == 7 || st) {
			if (d->buf[1] == ']')
				background_answer(d, d->buf + 2, i - 2);
			return found_key(i + (st ? 2 : 1), KEY_NONE);
		}
	}
	return need_more;
}

static struct found escape(struct decoder *d, uint64_t now)
{
	if (d->n < 2)
		return need_more;
	switch (d->buf[1]) {
	case '[':
		return control_sequence(d, now);
	case 'O':
		return d->n < 3 ? need_more : found_key(3, key_of_letter(d->buf[2]));
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X':
		return string_sequence(d);
	default:
		return found_key(1, KEY_ESC);
	}
}

/* Everything is dropped up to the end mark; what may be its beginning stays. */
static struct found pasted(struct decoder *d)
{
	static const char mark[] = "\033[201~";
	const size_t len = sizeof(mark) - 1;
	const unsigned char *at = memchr(d->buf, ESC, d->n);
	size_t before = at ? (size_t)(at - d->buf) : d->n, left = d->n - before;

	if (before > 0)
		return found_key(before, KEY_NONE);
	if (memcmp(d->buf, mark, left < len ? left : len) != 0)
		return found_key(1, KEY_NONE);
	if (left < len)
		return need_more;
	d->pasting = false;
	return found_key(len, KEY_NONE);
}

/* Bytes that a UTF-8 sequence with this first byte has. */
static size_t sequence_length(unsigned char c)
{
	return c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;
}

static struct found character(const struct decoder *d)
{
	unsigned char c = d->buf[0];
	size_t want = sequence_length(c), used;
	int32_t cp;

	if (c == '\r' || c == '\n')
		return found_key(1, KEY_ENTER_);
	if (c == '\t')
		return found_key(1, KEY_TAB);
	if (c == 0x7f || c == 8)
		return found_key(1, KEY_BACKSPACE_);
	if (c < 0x80)
		return found_key(1, c ? c : KEY_NONE);
	used = utf8_decode((const char *)d->buf, d->n, &cp);
	if (cp >= 0)
		return found_key(used, cp);
	/* Not whole yet, or never: the second byte tells already, so that a broken one swallows nothing. */
	for (size_t i = 1; i < d->n && i < want; i++)
		if ((d->buf[i] & 0xc0) != 0x80)
			return found_key(1, KEY_NONE);
	return d->n < want ? need_more : found_key(1, KEY_NONE);
}

bool decoder_next(struct decoder *d, uint64_t now, struct input *in)
{
	while (d->n > 0) {
		struct found f = d->pasting ? pasted(d) : d->buf[0] == ESC ? escape(d, now) : character(d);

		if (f.used == 0 && d->n < sizeof(d->buf))
			return false;
		if (f.used == 0)
			f = found_key(1, KEY_NONE); /* full of something endless */
		d->n -= f.used;
		memmove(d->buf, d->buf + f.used, d->n);
		if (f.in.key != KEY_NONE) {
			*in = f.in;
			return true;
		}
	}
	return false;
}

bool decoder_timeout(struct decoder *d, uint64_t now, struct input *in)
{
	bool lone = d->n == 1 && d->buf[0] == ESC && !d->pasting;

	if (decoder_next(d, now, in))
		return true;
	/* A paste is ended by its mark alone: its bytes may come late. */
	if (d->pasting)
		return false;
	d->n = 0;
	*in = (struct input){ .key = KEY_ESC };
	return lone;
}
