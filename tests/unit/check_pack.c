/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packing: what is put comes back, in little-endian bytes, and a reader never reads past the end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/text.h"
#include "tap.h"

static struct reader of(const struct str *s)
{
	return reader_of((struct slice){ str_z(s), s->n });
}

START_TEST(bytes_are_little_endian)
{
	static const unsigned char expect[] = { 0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a,
		                                0x09, 0x08, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 2, 0, 0, 0, 'h', 'i',
		                                0, 0, 0, 0 };
	struct str s = STR_INIT;

	pack_u8(&s, 0x01);
	pack_u16(&s, 0x0203);
	pack_u32(&s, 0x04050607);
	pack_u64(&s, 0x08090a0b0c0d0e0f);
	pack_f64(&s, 1.0);
	pack_z(&s, "hi");
	pack_z(&s, NULL);
	ck_assert_uint_eq(s.n, sizeof(expect));
	ck_assert_mem_eq(s.p, expect, sizeof(expect));
	str_release(&s);
}
END_TEST

START_TEST(what_is_put_comes_back)
{
	srand(1);
	for (int round = 0; round < 2000; round++) {
		uint64_t v = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
		double d = round % 5 ? (double)v / 3 : round % 2 ? NAN : -INFINITY;
		char text[40];
		size_t n = (size_t)rand() % sizeof(text);
		struct str s = STR_INIT;
		struct slice got;
		struct reader r;
		double back;

		for (size_t i = 0; i < n; i++)
			text[i] = (char)rand();
		pack_u8(&s, (uint8_t)v);
		pack_bytes(&s, text, n);
		pack_u64(&s, v);
		pack_f64(&s, d);
		pack_u32(&s, (uint32_t)v);
		pack_u16(&s, (uint16_t)v);
		r = of(&s);
		ck_assert_uint_eq(get_u8(&r), (uint8_t)v);
		got = get_bytes(&r);
		ck_assert_uint_eq(got.n, n);
		ck_assert(memcmp(got.p, text, n) == 0);
		ck_assert_uint_eq(get_u64(&r), v);
		back = get_f64(&r);
		ck_assert(memcmp(&back, &d, sizeof(d)) == 0);
		ck_assert_uint_eq(get_u32(&r), (uint32_t)v);
		ck_assert_uint_eq(get_u16(&r), (uint16_t)v);
		ck_assert(!r.bad);
		ck_assert_uint_eq(r.left, 0);
		str_release(&s);
	}
}
END_TEST

/* Every prefix of a message is bad exactly when it is shorter than the message; ASan sees a byte too much. */
START_TEST(a_cut_message_is_bad_for_good)
{
	struct str s = STR_INIT;

	pack_u16(&s, 7);
	pack_z(&s, "hello");
	pack_u64(&s, 9);
	for (size_t n = 0; n <= s.n; n++) {
		char *exact = malloc(n ? n : 1), z[4] = "xxx", *dup;
		struct reader r;

		memcpy(exact, s.p, n);
		r = reader_of((struct slice){ exact, n });
		get_u16(&r);
		get_z(&r, z, sizeof(z));
		ck_assert_str_eq(z, n >= 11 ? "hel" : "");
		get_u64(&r);
		ck_assert_int_eq(r.bad, n < s.n);
		if (r.bad) {
			ck_assert_uint_eq(get_u8(&r), 0);
			ck_assert_uint_eq(get_bytes(&r).n, 0);
			ck_assert_uint_eq(get_raw(&r, 1).n, 0);
			dup = get_zdup(&r);
			ck_assert_str_eq(dup, "");
			free(dup);
			ck_assert_double_eq(get_f64(&r), 0);
		}
		free(exact);
	}
	str_release(&s);
}
END_TEST

START_TEST(lengths_that_lie)
{
	static const unsigned char huge[] = { 0xff, 0xff, 0xff, 0xff, 'a' };
	struct reader r = reader_of((struct slice){ huge, sizeof(huge) });

	ck_assert_uint_eq(get_bytes(&r).n, 0);
	ck_assert(r.bad);
	r = reader_of((struct slice){ huge, sizeof(huge) });
	ck_assert_uint_eq(get_raw(&r, SIZE_MAX).n, 0);
	ck_assert(r.bad);
	r = reader_of((struct slice){ NULL, 0 });
	ck_assert_uint_eq(get_raw(&r, 0).n, 0);
	ck_assert(!r.bad);
	get_u8(&r);
	ck_assert(r.bad);
}
END_TEST

START_TEST(texts_are_terminated_and_whole)
{
	static const char text[] = "a\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	struct str s = STR_INIT;
	struct reader r;
	char *dup;

	pack_bytes(&s, text, sizeof(text) - 1);
	r = of(&s);
	dup = get_zdup(&r);
	ck_assert_str_eq(dup, "a?\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	for (size_t size = 1; size <= sizeof(text) + 1; size++) {
		char buf[20];

		r = of(&s);
		memset(buf, 'X', sizeof(buf));
		get_z(&r, buf, size);
		ck_assert_uint_lt(strlen(buf), size);
		ck_assert_uint_ge(strlen(buf) + 4, size < sizeof(text) ? size : sizeof(text));
		ck_assert_uint_eq(utf8_bad_at(buf, strlen(buf)), strlen(buf));
		ck_assert(!strncmp(buf, dup, strlen(buf)));
		ck_assert_int_eq(buf[size], 'X');
	}
	free(dup);
	str_release(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("pack");

	tcase_add_test(t, bytes_are_little_endian);
	tcase_add_test(t, what_is_put_comes_back);
	tcase_add_test(t, a_cut_message_is_bad_for_good);
	tcase_add_test(t, lengths_that_lie);
	tcase_add_test(t, texts_are_terminated_and_whole);
	suite_add_tcase(s, t);
	return tap_run(s);
}
