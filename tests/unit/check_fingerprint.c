/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash against its published check value, the fingerprint against its own definition. */
#include "model/fingerprint.h"

#include <math.h>
#include <string.h>

#include "tap.h"

/* SMHasher's VerificationTest: keys {0}, {0, 1}, … with seed 256 − length, then the hash of all hashes. For
 * MurmurHash3_x64_128 its first four bytes are 0x6384BA69. */
START_TEST(murmur_verification)
{
	unsigned char key[256], hashes[256 * 16];
	uint64_t h[2];

	for (unsigned i = 0; i < 256; i++) {
		key[i] = (unsigned char)i;
		murmur3_128(key, i, 256 - i, h);
		memcpy(hashes + 16 * i, h, 16);
	}
	murmur3_128(hashes, sizeof(hashes), 0, h);
	ck_assert_uint_eq((uint32_t)h[0], 0x6384BA69);
}
END_TEST

/* Every length: the sum of one result is the hash of number and bytes in one piece. */
START_TEST(is_the_hash_of_number_and_bytes)
{
	unsigned char message[8 + 100];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (unsigned char)(37 * i + 11);
	for (size_t n = 0; n <= 100; n++) {
		struct fingerprint f = { 0, 0, 0 };
		uint64_t task = 0, h[2];

		for (int i = 7; i >= 0; i--)
			task = task << 8 | message[i];
		murmur3_128(message, 8 + n, 0, h);
		fingerprint_add(&f, task, message + 8, n);
		ck_assert_uint_eq(f.low, h[0]);
		ck_assert_uint_eq(f.high, h[1]);
		ck_assert_uint_eq(f.n, 1);
	}
}
END_TEST

START_TEST(order_and_parts_do_not_matter)
{
	struct fingerprint all = { 0, 0, 0 }, back = { 0, 0, 0 }, odd = { 0, 0, 0 }, even = { 0, 0, 0 };
	char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE];

	for (uint64_t i = 0; i < 1000; i++) {
		fingerprint_add_f64(&all, i, sqrt((double)i));
		fingerprint_add_f64(&back, 999 - i, sqrt((double)(999 - i)));
		fingerprint_add_f64(i % 2 ? &odd : &even, i, sqrt((double)i));
	}
	ck_assert_str_eq(fingerprint_text(a, &all), fingerprint_text(b, &back));
	fingerprint_merge(&odd, &even);
	ck_assert_str_eq(a, fingerprint_text(b, &odd));
	/* Any other result, number or count shows. */
	fingerprint_add_f64(&odd, 1000, 0);
	ck_assert_str_ne(a, fingerprint_text(b, &odd));
	memset(&back, 0, sizeof(back));
	for (uint64_t i = 0; i < 1000; i++)
		fingerprint_add_f64(&back, i, i == 500 ? nextafter(sqrt(500), 100) : sqrt((double)i));
	ck_assert_str_ne(a, fingerprint_text(b, &back));
}
END_TEST

START_TEST(doubles_are_canonical)
{
	struct fingerprint a = { 0, 0, 0 }, b = { 0, 0, 0 };
	unsigned char one[8] = { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f };

	fingerprint_add_f64(&a, 1, -0.0);
	fingerprint_add_f64(&a, 2, NAN);
	fingerprint_add_f64(&a, 3, 1);
	fingerprint_add_f64(&b, 1, 0.0);
	fingerprint_add_f64(&b, 2, -NAN);
	fingerprint_add(&b, 3, one, sizeof(one));
	ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

START_TEST(text_forms)
{
	struct fingerprint f = { 0, 0, 0 };
	char text[FINGERPRINT_SIZE], brief[FINGERPRINT_SHORT_SIZE];

	for (uint64_t i = 0; i < 3; i++)
		fingerprint_add_f64(&f, i, 0.5 * (double)i);
	fingerprint_text(text, &f);
	ck_assert_uint_eq(strlen(text), 32);
	ck_assert_uint_eq(strspn(text, "0123456789abcdef"), 32);
	ck_assert_str_eq(fingerprint_short(brief, "9f2c61ab00000000000000000000ffff"), "9f2c\u00b761ab");
	/* Stored runs are compared by this text: it may never change. */
	ck_assert_str_eq(text, "b7559dd913c06bf7ab1d1d8d9f7c41be");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fingerprint");
	TCase *t = tcase_create("fingerprint");

	tcase_add_test(t, murmur_verification);
	tcase_add_test(t, is_the_hash_of_number_and_bytes);
	tcase_add_test(t, order_and_parts_do_not_matter);
	tcase_add_test(t, doubles_are_canonical);
	tcase_add_test(t, text_forms);
	suite_add_tcase(s, t);
	return tap_run(s);
}
