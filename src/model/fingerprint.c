/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MurmurHash3_x64_128, written from the published algorithm, and the sum of its values. */
#include "model/fingerprint.h"

#include <stdio.h>
#include <string.h>

static const uint64_t C1 = 0x87c37b91114253d5, C2 = 0x4cf5ad432745937f;

static inline uint64_t rotl(uint64_t v, int n)
{
	return v << n | v >> (64 - n);
}

static inline uint64_t load64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

static inline uint64_t mix(uint64_t k)
{
	k = (k ^ k >> 33) * 0xff51afd7ed558ccd;
	k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53;
	return k ^ k >> 33;
}

static inline void block(uint64_t h[2], uint64_t k1, uint64_t k2)
{
	h[0] ^= rotl(k1 * C1, 31) * C2;
	h[0] = (rotl(h[0], 27) + h[1]) * 5 + 0x52dce729;
	h[1] ^= rotl(k2 * C2, 33) * C1;
	h[1] = (rotl(h[1], 31) + h[0]) * 5 + 0x38495ab5;
}

static inline void finish(uint64_t h[2], size_t n)
{
	h[0] ^= n;
	h[1] ^= n;
	h[0] += h[1];
	h[1] += h[0];
	h[0] = mix(h[0]);
	h[1] = mix(h[1]);
	h[0] += h[1];
	h[1] += h[0];
}

void murmur3_128(const void *data, size_t n, uint32_t seed, uint64_t out[2])
{
	const unsigned char *p = data;
	unsigned char rest[16] = { 0 };

	out[0] = out[1] = seed;
	for (size_t i = 0; i + 16 <= n; i += 16)
		block(out, load64(p + i), load64(p + i + 8));
	if (n % 16) {
		memcpy(rest, p + n / 16 * 16, n % 16);
		out[1] ^= rotl(load64(rest + 8) * C2, 33) * C1;
		out[0] ^= rotl(load64(rest) * C1, 31) * C2;
	}
	finish(out, n);
}

static inline void add(struct fingerprint *f, const uint64_t h[2])
{
	f->low += h[0];
	f->high += h[1] + (f->low < h[0]);
}

void fingerprint_add(struct fingerprint *f, uint64_t task, const void *result, size_t n)
{
	const unsigned char *p = result;
	uint64_t h[2] = { 0, 0 };
	unsigned char rest[16] = { 0 };
	size_t first = n < 8 ? n : 8, blocks;

	/* The message is the task's eight bytes followed by the result: blocks lie 8 bytes before the result's own. */
	if (n >= 8) {
		block(h, task, load64(p));
		blocks = (n - 8) / 16;
		for (size_t i = 0; i < blocks; i++)
			block(h, load64(p + 8 + 16 * i), load64(p + 16 + 16 * i));
		memcpy(rest, p + 8 + 16 * blocks, (n - 8) % 16);
		if ((n - 8) % 16) {
			h[1] ^= rotl(load64(rest + 8) * C2, 33) * C1;
			h[0] ^= rotl(load64(rest) * C1, 31) * C2;
		}
	} else {
		memcpy(rest + 8, p, first);
		h[1] ^= rotl(load64(rest + 8) * C2, 33) * C1;
		h[0] ^= rotl(task * C1, 31) * C2;
	}
	finish(h, n + 8);
	add(f, h);
	f->n++;
}

void fingerprint_add_f64(struct fingerprint *f, uint64_t task, double result)
{
	uint64_t bits, h[2] = { 0, 0 };

	memcpy(&bits, &result, sizeof(bits));
	if (result == 0)
		bits = 0;
	if (result != result)
		bits = 0x7ff8000000000000;
	block(h, task, bits);
	finish(h, 16);
	add(f, h);
	f->n++;
}

void fingerprint_merge(struct fingerprint *to, const struct fingerprint *from)
{
	uint64_t h[2] = { from->low, from->high };

	add(to, h);
	to->n += from->n;
}

char *fingerprint_text(char buf[FINGERPRINT_SIZE], const struct fingerprint *f)
{
	unsigned char whole[24];
	uint64_t h[2];

	for (int i = 0; i < 8; i++) {
		whole[i] = (unsigned char)(f->low >> 8 * i);
		whole[8 + i] = (unsigned char)(f->high >> 8 * i);
		whole[16 + i] = (unsigned char)(f->n >> 8 * i);
	}
	murmur3_128(whole, sizeof(whole), 0, h);
	snprintf(buf, FINGERPRINT_SIZE, "%016llx%016llx", (unsigned long long)h[0], (unsigned long long)h[1]);
	return buf;
}

char *fingerprint_short(char buf[FINGERPRINT_SHORT_SIZE], const char *text)
{
	snprintf(buf, FINGERPRINT_SHORT_SIZE, "%.4s\u00b7%.4s", text, strlen(text) >= 4 ? text + 4 : "");
	return buf;
}
