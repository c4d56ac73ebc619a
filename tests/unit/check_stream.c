/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams against Random123: its published known answers, its header, and every way of taking elements. */
#include "work/stream.h"

#include <string.h>

/* The header's own arithmetic is not written for our warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#include <Random123/threefry.h>
#pragma GCC diagnostic pop

#include "tap.h"

/* From Random123's tests/kat_vectors: threefry4x64 20 rounds, counter 0 and key 0. */
START_TEST(known_answer)
{
	static const uint64_t want[4] = { 0x09218ebde6c85537, 0x55941f5266d86105, 0x4bd25e16282434dc, 0xee29ec846bd2e40b };
	const struct kern *levels[KERN_LEVELS + 1];

	kern_levels(levels);
	for (int i = 0; levels[i]; i++) {
		uint64_t got[4];

		levels[i]->fill(got, (uint64_t[4]){ 0, 0, 0, 0 }, 0, 1);
		ck_assert_mem_eq(got, want, sizeof(want));
	}
}
END_TEST

/* The published vectors have counters that a stream never reaches; the header is checked by them, and we by the
 * header. */
START_TEST(header_gives_the_published_vectors)
{
	static const struct {
		uint64_t counter[4], key[4], want[4];
	} kat[] = {
		{ { ~0ull, ~0ull, ~0ull, ~0ull }, { ~0ull, ~0ull, ~0ull, ~0ull },
		  { 0x29c24097942bba1b, 0x0371bbfb0f6f4e11, 0x3c231ffa33f83a1c, 0xcd29113fde32d168 } },
		{ { 0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89 },
		  { 0x452821e638d01377, 0xbe5466cf34e90c6c, 0xbe5466cf34e90c6c, 0xc0ac29b7c97c50dd },
		  { 0xa7e8fde591651bd9, 0xbaafd0c30138319b, 0x84a5c1a729e685b9, 0x901d406ccebc1ba4 } },
	};

	for (size_t i = 0; i < sizeof(kat) / sizeof(kat[0]); i++) {
		threefry4x64_ctr_t c, r;
		threefry4x64_key_t k;

		memcpy(c.v, kat[i].counter, sizeof(c.v));
		memcpy(k.v, kat[i].key, sizeof(k.v));
		r = threefry4x64(c, k);
		ck_assert_mem_eq(r.v, kat[i].want, sizeof(r.v));
	}
}
END_TEST

static uint64_t reference(uint64_t seed, uint64_t task, uint64_t substream, uint64_t element)
{
	threefry4x64_ctr_t c = { { element / 4, 0, 0, 0 } };
	threefry4x64_key_t k = { { seed, task, substream, 0 } };

	return threefry4x64(c, k).v[element % 4];
}

START_TEST(every_element_is_random123s)
{
	static const uint64_t keys[][3] = { { 507, 0, 0 }, { 507, 99, 0 }, { ~0ull, 1ull << 63, 7 }, { 1, 2, ~0ull } };
	static const uint64_t starts[] = { 0, 4, 1000000, 0xfffffffffffff00 };
	const struct kern *levels[KERN_LEVELS + 1];
	uint64_t words[203];
	double u[203];

	kern_levels(levels);
	for (int i = 0; levels[i]; i++) {
		for (size_t k = 0; k < 4; k++) {
			for (size_t f = 0; f < 4; f++) {
				struct stream s;

				stream_init(&s, levels[i], keys[k][0], keys[k][1], keys[k][2]);
				stream_seek(&s, starts[f] + 1);
				stream_words(&s, words, 203);
				stream_seek(&s, starts[f] + 1);
				stream_uniforms(&s, u, 203);
				for (size_t e = 0; e < 203; e++) {
					uint64_t want = reference(keys[k][0], keys[k][1], keys[k][2], starts[f] + 1 + e);

					ck_assert_uint_eq(words[e], want);
					ck_assert_double_eq(u[e], (double)(want >> 11) * 0x1p-53);
				}
			}
		}
	}
}
END_TEST

/* Singles, bulks of any size and jumps, in a random mixture, always give the element that is next. */
START_TEST(all_ways_agree)
{
	const struct kern *levels[KERN_LEVELS + 1];
	struct stream s;
	uint64_t state = 1, at = 0;

	kern_levels(levels);
	stream_init(&s, levels[0], 1, 2, 3);
	for (int round = 0; round < 3000; round++) {
		uint64_t words[40], choice;
		size_t n;

		state = state * 6364136223846793005u + 1442695040888963407u;
		choice = state >> 33;
		n = choice / 4 % 40;
		switch (choice % 4) {
		case 0:
			ck_assert_uint_eq(stream_word(&s), reference(1, 2, 3, at));
			at++;
			break;
		case 1:
			ck_assert_double_eq(stream_uniform(&s), (double)(reference(1, 2, 3, at) >> 11) * 0x1p-53);
			at++;
			break;
		case 2:
			stream_words(&s, words, n);
			for (size_t i = 0; i < n; i++)
				ck_assert_uint_eq(words[i], reference(1, 2, 3, at + i));
			at += n;
			break;
		default:
			at = choice / 4 % 2000;
			stream_seek(&s, at);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");

	tcase_add_test(t, known_answer);
	tcase_add_test(t, header_gives_the_published_vectors);
	tcase_add_test(t, every_element_is_random123s);
	tcase_add_test(t, all_ways_agree);
	suite_add_tcase(s, t);
	return tap_run(s);
}
