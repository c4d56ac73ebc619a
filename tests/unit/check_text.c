/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, cells, and the door for text from outside. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tap.h"

START_TEST(every_character_goes_round)
{
	unsigned bad = 0;

	for (int32_t cp = 0; cp <= 0x10ffff; cp++) {
		char buf[4];
		int32_t back;
		size_t n;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		n = utf8_encode(cp, buf);
		bad += utf8_decode(buf, n, &back) != n || back != cp;
		bad += n > 1 && (utf8_decode(buf, n - 1, &back) != 1 || back != -1);
	}
	ck_assert_uint_eq(bad, 0);
}
END_TEST

/* Well-formed is exactly what utf8_encode makes of a scalar value: all two- and three-byte sequences, and four-byte
 * ones around every border. */
START_TEST(nothing_else_is_well_formed)
{
	unsigned bad = 0;

	for (uint32_t v = 0; v < 1u << 24; v++) {
		char in[4] = { (char)(v >> 16 | 0x80), (char)(v >> 8), (char)v, (char)0x80 }, out[4];
		int32_t cp;
		size_t n = utf8_decode(in, 3, &cp);

		if (cp < 0)
			bad += n != 1;
		else
			bad += (cp >= 0xd800 && cp <= 0xdfff) || utf8_encode(cp, out) != n || memcmp(in, out, n) != 0;
	}
	for (uint32_t v = 0; v < 1u << 24; v++) {
		char in[4] = { (char)(0xf0 | (v >> 21 & 7)), (char)(v >> 13), (char)(v >> 5 & 0xf8), (char)(v << 2) }, out[4];
		int32_t cp;
		size_t n = utf8_decode(in, 4, &cp);

		if (cp < 0)
			bad += n != 1;
		else
			bad += cp > 0x10ffff || utf8_encode(cp, out) != n || memcmp(in, out, n) != 0;
	}
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(known_broken_sequences)
{
	static const struct {
		const char *z;
		size_t at;
	} t[] = {
		{ "abc", 3 },         { "ab\xff", 2 },        { "\xc0\x80", 0 },         { "x\xc1\xbf", 1 },
		{ "\xe0\x9f\xbf", 0 }, { "\xed\xa0\x80", 0 },   { "\xed\x9f\xbf", 3 },     { "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 }, { "\xf4\x8f\xbf\xbf", 4 }, { "\xf5\x80\x80\x80", 0 }, { "\xe2\x82", 0 },
		{ "\xc3\xa9\x80", 2 }, { "", 0 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		ck_assert_uint_eq(utf8_bad_at(t[i].z, strlen(t[i].z)), t[i].at);
}
END_TEST

START_TEST(known_widths)
{
	static const struct {
		int32_t cp;
		int cells;
	} t[] = {
		{ 'a', 1 },      { 0xe9, 1 },     { 0xb5, 1 },     { 0x2026, 1 },  { 0x2588, 1 },  { 0x28ff, 1 },  { 0x25cf, 1 },
		{ 0x2717, 1 },   { 0x301, 0 },    { 0x20dd, 0 },   { 0xfe0f, 0 },  { 0x483, 0 },   { 0x302a, 0 },  { 0x3099, 0 },
		{ 0x1100, 2 },   { 0x1161, 0 },   { 0x11a8, 0 },   { 0x3042, 2 },  { 0x4e2d, 2 },  { 0xac00, 2 },  { 0xd7a3, 2 },
		{ 0xff01, 2 },   { 0xff61, 1 },   { 0xffe0, 2 },   { 0x1f600, 2 }, { 0x1f1e6, 1 }, { 0x20000, 2 }, { 0x2fffd, 2 },
		{ 0x3fffd, 2 },  { 0x231a, 2 },   { 0x2614, 2 },   { 0x2615, 2 },  { 0x2616, 1 },  { 0x303f, 1 },  { 0xe0100, 0 },
		{ 0x1f3fb, 2 },  { 0x9fff, 2 },   { 0xa4d0, 1 },   { 0x5b0, 0 },   { 0x94d, 0 },   { 0x93e, 1 },   { '\n', 0 },
		{ 0x10ffff, 1 }, { 0x1f9ff, 2 },  { 0xfe10, 2 },   { 0xfe30, 2 },  { 0x16fe4, 0 }, { 0x17000, 2 }, { -1, 1 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		ck_assert_msg(cell_width(t[i].cp) == t[i].cells, "U+%04X", (unsigned)t[i].cp);
	ck_assert_int_eq(text_cells("a\xcc\x81" "b\xe4\xb8\xad"), 4);
}
END_TEST

static void shows(const char *in, size_t n, const char *out)
{
	struct str s = STR_INIT;

	text_show(&s, in, n);
	ck_assert_str_eq(str_z(&s), out);
	str_release(&s);
}

#define SHOWS(in, out) shows(in, sizeof(in) - 1, out)

START_TEST(everything_becomes_visible)
{
	SHOWS("", "");
	SHOWS("plain ~text", "plain ~text");
	SHOWS("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
	SHOWS("a\tb\n", "a b\\x0a");
	SHOWS("\x1b[2J\x07\r\0\x7f", "\\x1b[2J\\x07\\x0d\\x00\\x7f");
	SHOWS("\xc2\x9b" "31m", "\\x9b31m");
	SHOWS("\xff\xc3", "\\xff\\xc3");
	SHOWS("\xed\xa0\x80", "\\xed\\xa0\\x80");
	SHOWS("\xe2\x80\xae" "cod", "\\u{202e}cod");
	SHOWS("\xc2\xad\xd8\x9c\xe1\xa0\x8e", "\\u{ad}\\u{61c}\\u{180e}");
	SHOWS("\xef\xbb\xbf\xee\x80\x80", "\\u{feff}\\u{e000}");
	SHOWS("\xf3\xa0\x81\x81\xf4\x8f\xbf\xbd", "\\u{e0041}\\u{10fffd}");
	SHOWS("\xf3\xa0\x84\x80", "\xf3\xa0\x84\x80"); /* a variation selector */
}
END_TEST

/* The ranges named in the header, each wholly; their neighbours are shown as they are. */
START_TEST(hidden_ranges)
{
	static const int32_t ranges[][2] = {
		{ 0x80, 0x9f },     { 0xad, 0xad },     { 0x61c, 0x61c },   { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
		{ 0xe000, 0xf8ff }, { 0xf0000, 0x10ffff },
	};
	static const int32_t plain[] = { 0x20, 0x7e, 0xa0, 0xac, 0xae, 0x61b, 0x61d, 0x180d, 0x180f, 0x200a, 0x2010, 0x2027,
		                         0x202f, 0x205f, 0x2070, 0xf900, 0xfe0f, 0xfffc, 0xfffd, 0x10000, 0xe0100, 0xe01ef };
	unsigned acts = 0;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		for (int32_t cp = ranges[i][0]; cp <= ranges[i][1]; cp++) {
			struct str s = STR_INIT;
			char in[4];

			text_show(&s, in, utf8_encode(cp, in));
			acts += s.p[0] != '\\';
			str_release(&s);
		}
	ck_assert_uint_eq(acts, 0);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		char in[5] = "";

		utf8_encode(plain[i], in);
		shows(in, strlen(in), in);
	}
}
END_TEST

/* A text of n bytes that is nasty rather often. */
static void random_text(char *p, size_t n)
{
	static const char *const pieces[] = { "a", " ", "\t", "\x1b[", "\xc3\xa9", "\xe4\xb8\xad", "\xcc\x81", "\xe2\x80\xae",
		                              "\xff", "\xe2\x82", "\xf0\x9f\x98\x80", "\xc2\x9b", "\\", "zz" };
	size_t at = 0;

	while (at < n) {
		const char *z = pieces[(size_t)rand() % (sizeof(pieces) / sizeof(pieces[0]))];
		size_t len = strlen(z);

		if (len > n - at)
			len = n - at;
		memcpy(p + at, z, len);
		at += len;
	}
}

static bool harmless(const char *z)
{
	size_t n = strlen(z);
	struct str again = STR_INIT;
	bool same;

	text_show(&again, z, n);
	same = !strcmp(str_z(&again), z);
	str_release(&again);
	return same && utf8_bad_at(z, n) == n;
}

START_TEST(shown_text_stays_as_it_is)
{
	srand(2);
	for (int round = 0; round < 5000; round++) {
		char in[40], buf[64];
		size_t n = (size_t)rand() % sizeof(in), size = 1 + (size_t)rand() % sizeof(buf);
		struct str whole = STR_INIT;

		random_text(in, n);
		if (n)
			in[n - 1] = '\0';
		text_show(&whole, in, n ? n - 1 : 0);
		ck_assert(harmless(str_z(&whole)));
		memset(buf, 'X', sizeof(buf));
		text_show_z(buf, size, n ? in : "");
		ck_assert_uint_lt(strlen(buf), size);
		ck_assert(harmless(buf));
		if (whole.n < size) {
			ck_assert_str_eq(buf, str_z(&whole));
		} else if (size >= 4) {
			size_t kept = strlen(buf) - 3;

			ck_assert_str_eq(buf + kept, "\xe2\x80\xa6");
			ck_assert(!strncmp(buf, whole.p, kept));
			ck_assert_uint_ge(kept + 4 + 10, size); /* no more is lost than the longest piece */
		}
		for (size_t i = size; i < sizeof(buf); i++)
			ck_assert_int_eq(buf[i], 'X');
		str_release(&whole);
	}
}
END_TEST

START_TEST(cuts_keep_their_width)
{
	srand(3);
	for (int round = 0; round < 20000; round++) {
		char in[40], out[80];
		size_t n = (size_t)rand() % sizeof(in), size = round % 3 ? sizeof(out) : 1 + (size_t)rand() % 30;
		int cells = rand() % 30, got;
		bool ascii = round % 2;
		struct str z = STR_INIT;

		random_text(in, n);
		text_show(&z, in, n);
		got = text_cut(out, size, str_z(&z), cells, ascii);
		ck_assert_uint_lt(strlen(out), size);
		ck_assert_int_eq(got, text_cells(out));
		ck_assert_int_le(got, cells);
		ck_assert_uint_eq(utf8_bad_at(out, strlen(out)), strlen(out));
		if (text_cells(str_z(&z)) <= cells && z.n < size) {
			ck_assert_str_eq(out, str_z(&z));
		} else if (cells > 0 && size == sizeof(out)) {
			const char *mark = ascii ? "." : "\xe2\x80\xa6";

			ck_assert_str_eq(out + strlen(out) - strlen(mark), mark);
			ck_assert_int_ge(got, cells - 1); /* a wide character may leave one cell */
		}
		str_release(&z);
	}
}
END_TEST

START_TEST(known_cuts)
{
	char out[32];

	ck_assert_int_eq(text_cut(out, sizeof(out), "abcdef", 4, false), 4);
	ck_assert_str_eq(out, "abc\xe2\x80\xa6");
	ck_assert_int_eq(text_cut(out, sizeof(out), "abcdef", 4, true), 4);
	ck_assert_str_eq(out, "abc.");
	ck_assert_int_eq(text_cut(out, sizeof(out), "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 4, false), 3);
	ck_assert_str_eq(out, "\xe4\xb8\xad\xe2\x80\xa6");
	ck_assert_int_eq(text_cut(out, sizeof(out), "e\xcc\x81" "fg", 2, false), 2);
	ck_assert_str_eq(out, "e\xcc\x81\xe2\x80\xa6");
	ck_assert_int_eq(text_cut(out, sizeof(out), "abc", 0, false), 0);
	ck_assert_str_eq(out, "");
	ck_assert_int_eq(text_cut(out, sizeof(out), "abc", 1, false), 1);
	ck_assert_str_eq(out, "\xe2\x80\xa6");
}
END_TEST

START_TEST(complaints_are_one_line)
{
	char line[100] = "";
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	text_complain(f, "bad\nfile \x1b]0;x");
	rewind(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	ck_assert_str_eq(line, "pooltop: bad\\x0afile \\x1b]0;x\n");
	ck_assert_int_eq(fgetc(f), EOF);
	fclose(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, every_character_goes_round);
	tcase_add_test(t, nothing_else_is_well_formed);
	tcase_add_test(t, known_broken_sequences);
	tcase_add_test(t, known_widths);
	tcase_add_test(t, everything_becomes_visible);
	tcase_add_test(t, hidden_ranges);
	tcase_add_test(t, shown_text_stays_as_it_is);
	tcase_add_test(t, cuts_keep_their_width);
	tcase_add_test(t, known_cuts);
	tcase_add_test(t, complaints_are_one_line);
	suite_add_tcase(s, t);
	return tap_run(s);
}
