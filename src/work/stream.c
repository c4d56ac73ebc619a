/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams: one by one from a buffer, in bulk straight from the kernel. */
#include "work/stream.h"

void stream_init(struct stream *s, const struct kern *kern, uint64_t seed, uint64_t task, uint64_t substream)
{
	s->kern = kern;
	s->key[0] = seed;
	s->key[1] = task;
	s->key[2] = substream;
	s->key[3] = 0;
	s->at = s->from = s->ready = 0;
}

void stream_seek(struct stream *s, uint64_t element)
{
	s->at = element;
}

uint64_t stream_word(struct stream *s)
{
	if (s->at < s->from || s->at - s->from >= s->ready) {
		s->from = s->at & ~3ull;
		s->ready = STREAM_BUFFER;
		s->kern->fill(s->words, s->key, s->from / 4, STREAM_BUFFER / 4);
	}
	return s->words[s->at++ - s->from];
}

double stream_uniform(struct stream *s)
{
	return (double)(stream_word(s) >> 11) * 0x1p-53;
}

void stream_words(struct stream *s, uint64_t *out, size_t n)
{
	size_t whole;

	/* A counter gives four elements: single ones up to the next counter and after the last whole one. */
	while (n > 0 && s->at % 4) {
		*out++ = stream_word(s);
		n--;
	}
	whole = n / 4;
	s->kern->fill(out, s->key, s->at / 4, whole);
	s->at += 4 * whole;
	for (size_t i = 4 * whole; i < n; i++)
		out[i] = stream_word(s);
}

void stream_uniforms(struct stream *s, double *out, size_t n)
{
	uint64_t words[STREAM_BUFFER];

	while (n > 0) {
		size_t m = n < STREAM_BUFFER ? n : STREAM_BUFFER;

		stream_words(s, words, m);
		s->kern->uniforms(out, words, m);
		out += m;
		n -= m;
	}
}
