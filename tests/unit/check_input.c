/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terminal bytes to keys: sequences of several terminals, the mouse, pasted text, lone ESC, broken bytes, any
 * division into reads. */
#include <string.h>

#include "tap.h"
#include "ui/input.h"

#define MS UINT64_C(1000000)

static struct decoder d;

static void feed(const char *z, size_t n)
{
	decoder_add(&d, z, n);
}

static int32_t next(void)
{
	struct input in;

	return decoder_next(&d, 1, &in) ? in.key : KEY_NONE;
}

static int32_t key_of(const char *z)
{
	int32_t key;

	decoder_init(&d);
	feed(z, strlen(z));
	key = next();
	ck_assert_int_eq(next(), KEY_NONE);
	ck_assert(!decoder_waiting(&d));
	return key;
}

START_TEST(keys_of_many_terminals)
{
	static const struct { const char *z; int32_t key; } keys[] = {
		{ "a", 'a' }, { "+", '+' }, { " ", ' ' }, { "\x03", 3 }, { "\r", KEY_ENTER_ }, { "\n", KEY_ENTER_ },
		{ "\t", KEY_TAB }, { "\x7f", KEY_BACKSPACE_ }, { "\b", KEY_BACKSPACE_ }, { "é", 0xe9 }, { "∫", 0x222b },
		{ "\033[A", KEY_UP_ }, { "\033OA", KEY_UP_ }, { "\033[B", KEY_DOWN_ }, { "\033OB", KEY_DOWN_ },
		{ "\033[1;5A", KEY_UP_ }, { "\033[C", KEY_RIGHT_ }, { "\033OD", KEY_LEFT_ },
		{ "\033[H", KEY_HOME_ }, { "\033OH", KEY_HOME_ }, { "\033[1~", KEY_HOME_ }, { "\033[7~", KEY_HOME_ },
		{ "\033[F", KEY_END_ }, { "\033[4~", KEY_END_ }, { "\033[8~", KEY_END_ },
		{ "\033[5~", KEY_PAGE_UP }, { "\033[6~", KEY_PAGE_DOWN }, { "\033[Z", KEY_SHIFT_TAB },
		{ "\033OP", KEY_F1 }, { "\033[11~", KEY_F1 }, { "\033[[A", KEY_F1 }, { "\033[[E", KEY_F5 },
		{ "\033OS", KEY_F4 }, { "\033[1;2P", KEY_F1 }, { "\033[18~", KEY_F7 }, { "\033[19~", KEY_F8 },
		{ "\033[20~", KEY_F9 }, { "\033[21~", KEY_F10 }, { "\033OM", KEY_ENTER_ },
		/* no keys */
		{ "\033[24;80R", KEY_NONE }, { "\033[I", KEY_NONE }, { "\033[99~", KEY_NONE }, { "\033[?62;c", KEY_NONE },
		{ "\033[3~", KEY_NONE }, { "\033P1$r\033\\", KEY_NONE }, { "\033]4;1;rgb:0/0/0\a", KEY_NONE },
		{ "\xff", KEY_NONE }, { "\xc0\xaf", KEY_NONE }, { "\x9b", KEY_NONE },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		ck_assert_msg(key_of(keys[i].z) == keys[i].key, "sequence %zu", i);
}
END_TEST

START_TEST(a_lone_esc_is_a_key_after_its_time)
{
	struct input in;

	decoder_init(&d);
	feed("\033", 1);
	ck_assert_int_eq(next(), KEY_NONE);
	ck_assert(decoder_waiting(&d));
	ck_assert(decoder_timeout(&d, 1, &in));
	ck_assert_int_eq(in.key, KEY_ESC);
	ck_assert(!decoder_waiting(&d));
	ck_assert(!decoder_timeout(&d, 1, &in));
	/* What was begun and never ended is nothing. */
	feed("\033[1;", 4);
	ck_assert_int_eq(next(), KEY_NONE);
	ck_assert(!decoder_timeout(&d, 1, &in));
	ck_assert(!decoder_waiting(&d));
	/* Not followed by a sequence: both are keys. */
	feed("\033q", 2);
	ck_assert_int_eq(next(), KEY_ESC);
	ck_assert_int_eq(next(), 'q');
	feed("\033\033[A", 4);
	ck_assert_int_eq(next(), KEY_ESC);
	ck_assert_int_eq(next(), KEY_UP_);
}
END_TEST

START_TEST(broken_bytes_swallow_no_keys)
{
	decoder_init(&d);
	feed("\xe2q\xe2\x88x\xf0\x9f\x98y\xffz", 11);
	ck_assert_int_eq(next(), 'q');
	ck_assert_int_eq(next(), 'x');
	ck_assert_int_eq(next(), 'y');
	ck_assert_int_eq(next(), 'z');
	feed("\033[12\001q", 6); /* a control byte breaks the sequence off */
	ck_assert_int_eq(next(), 1);
	ck_assert_int_eq(next(), 'q');
}
END_TEST

START_TEST(pasted_text_is_no_keys)
{
	static const char paste[] = "\033[200~xyq\033[A\003\r\033[20\033[201~p";

	decoder_init(&d);
	for (size_t i = 0; i < sizeof(paste) - 2; i++) {
		struct input in;

		feed(paste + i, 1);
		ck_assert_int_eq(next(), KEY_NONE);
		/* A slow line between its bytes changes nothing, but for the begin mark itself, which is one write. */
		if (i > 5)
			ck_assert(!decoder_timeout(&d, 1, &in));
	}
	feed("p", 1);
	ck_assert_int_eq(next(), 'p');
}
END_TEST

START_TEST(the_mouse)
{
	struct input in;

	decoder_init(&d);
	feed("\033[<0;11;3M\033[<0;11;3m", 20);
	ck_assert(decoder_next(&d, 100 * MS, &in));
	ck_assert_int_eq(in.key, KEY_MOUSE_);
	ck_assert_int_eq(in.row, 2);
	ck_assert_int_eq(in.col, 10);
	ck_assert(!in.double_click && !in.wheel_up && !in.wheel_down);
	ck_assert(!decoder_next(&d, 110 * MS, &in)); /* letting go is nothing */
	feed("\033[<0;11;3M", 10);
	ck_assert(decoder_next(&d, 300 * MS, &in));
	ck_assert(in.double_click);
	feed("\033[<0;11;3M", 10); /* the third begins anew */
	ck_assert(decoder_next(&d, 400 * MS, &in));
	ck_assert(!in.double_click);
	feed("\033[<0;11;3M", 10); /* too late for a double one */
	ck_assert(decoder_next(&d, 900 * MS, &in));
	ck_assert(!in.double_click);
	feed("\033[<64;1;1M\033[<65;1;1M", 20);
	ck_assert(decoder_next(&d, 0, &in) && in.wheel_up);
	ck_assert(decoder_next(&d, 0, &in) && in.wheel_down);
	feed("\033[<2;5;5M\033[<32;5;5M\033[<4;5;5M\033[<0;0;5M", 37); /* other button, motion, with Shift, no place */
	ck_assert(!decoder_next(&d, 0, &in));
	feed("\033[M !!", 6); /* the old form */
	ck_assert(decoder_next(&d, 5000 * MS, &in));
	ck_assert(in.key == KEY_MOUSE_ && in.row == 0 && in.col == 0);
}
END_TEST

START_TEST(the_terminal_says_its_background)
{
	static const struct { const char *z; int is; } answers[] = {
		{ "\033]11;rgb:ffff/ffff/dddd\033\\", 1 }, { "\033]11;rgb:1d1d/1f1f/2121\a", 0 }, { "\033]11;rgb:f/f/f\a", 1 },
		{ "\033]11;rgb:0000/ffff/0000\a", 1 }, { "\033]11;rgb:0000/0000/ffff\a", 0 }, { "\033]11;rgb:zz/ff/ff\a", -1 },
		{ "\033]11;rgb:ff/ff\a", -1 }, { "\033]11;white\a", -1 }, { "\033]10;rgb:ff/ff/ff\a", -1 },
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		decoder_init(&d);
		feed(answers[i].z, strlen(answers[i].z));
		ck_assert_int_eq(next(), KEY_NONE);
		ck_assert_int_eq(d.background, answers[i].is);
	}
}
END_TEST

START_TEST(endless_sequences_end)
{
	decoder_init(&d);
	for (int i = 0; i < 5000; i++) {
		char c = i == 0 ? '\033' : i == 1 ? ']' : '1';

		ck_assert_int_gt((int)decoder_room(&d), 0);
		feed(&c, 1);
		while (next() != KEY_NONE)
			;
	}
	ck_assert_int_gt((int)decoder_room(&d), 0);
}
END_TEST

/* Decodes all of z in pieces of `step` bytes (0: at once) into keys; returns their number. */
static size_t decode(const char *z, size_t n, size_t step, struct input *keys, size_t max)
{
	size_t got = 0;

	decoder_init(&d);
	while (n > 0) {
		size_t k = step && step < n ? step : n;

		feed(z, k);
		while (got < max && decoder_next(&d, 1, &keys[got]))
			got++;
		z += k;
		n -= k;
	}
	return got;
}

START_TEST(reads_may_be_divided_anywhere)
{
	static const char *const parts[] = {
		"\033[A", "q", "\033", "\033[<0;3;4M", "∫", "\033[200~", "\033[201~", "\xe2", "\033[", "1;5", "~",
		"\033]11;rgb:0/0/0\a", "\033O", "\xf0\x9f", "\r", "\033[M",
	};
	unsigned seed = 7;

	for (int i = 0; i < 20000; i++) {
		char z[64];
		struct input whole[64], pieces[64];
		size_t n = 0, a, b;
		unsigned step;

		while (n < 40) {
			const char *part = parts[((seed = seed * 1103515245u + 12345u) >> 16) % 16];

			memcpy(z + n, part, strlen(part));
			n += strlen(part);
		}
		step = 1 + (seed >> 20) % 5;
		memset(whole, 0, sizeof(whole));
		memset(pieces, 0, sizeof(pieces));
		a = decode(z, n, 0, whole, 64);
		b = decode(z, n, step, pieces, 64);
		ck_assert_int_eq((int)a, (int)b);
		for (size_t k = 0; k < a; k++) {
			ck_assert_int_eq(whole[k].key, pieces[k].key);
			ck_assert_int_eq(whole[k].row, pieces[k].row);
		}
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("input");
	TCase *t = tcase_create("input");

	tcase_add_test(t, keys_of_many_terminals);
	tcase_add_test(t, a_lone_esc_is_a_key_after_its_time);
	tcase_add_test(t, broken_bytes_swallow_no_keys);
	tcase_add_test(t, pasted_text_is_no_keys);
	tcase_add_test(t, the_mouse);
	tcase_add_test(t, the_terminal_says_its_background);
	tcase_add_test(t, endless_sequences_end);
	tcase_add_test(t, reads_may_be_divided_anywhere);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
