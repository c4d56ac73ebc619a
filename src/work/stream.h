/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that belong to a task: the same whoever computes it, and in whatever order.
 *
 * stream(seed, task, substream) is Threefry4x64-20 with the key {seed, task, substream, 0}; element 4i+j is word j of
 * counter {i, 0, 0, 0}. So any element can be had without those before it, and one by one or in bulk is the same. */
#ifndef WORK_STREAM_H
#define WORK_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "work/kern.h"

#define STREAM_BUFFER 256 /* words computed at once for single gets */

struct stream {
	const struct kern *kern;
	uint64_t key[4];
	uint64_t at;    /* the next element */
	uint64_t from;  /* the element that words[0] is; a multiple of 4 */
	uint64_t ready; /* elements in words */
	uint64_t words[STREAM_BUFFER];
};

/* Starts at element 0. Nothing to release; copying is allowed. */
void stream_init(struct stream *s, const struct kern *kern, uint64_t seed, uint64_t task, uint64_t substream);
void stream_seek(struct stream *s, uint64_t element);
/* The next element: 64 random bits, or the upper 53 of them as a number in [0, 1). */
uint64_t stream_word(struct stream *s);
double stream_uniform(struct stream *s);
/* The next n elements. */
void stream_words(struct stream *s, uint64_t *out, size_t n);
void stream_uniforms(struct stream *s, double *out, size_t n);

#endif
