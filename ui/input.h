/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the terminal's bytes to inputs: UTF-8, escape sequences, the mouse, pasted text. Never waits: what could go on
 * is kept until more bytes come, or the caller says that too much time has passed. */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/action.h"

#define INPUT_ESC_NS (25 * UINT64_C(1000000)) /* an ESC that nothing follows for so long is the key */

struct decoder {
	unsigned char buf[512];  /* bytes not yet decoded */
	size_t n;
	bool pasting;            /* what is pasted is no keys: it is dropped */
	int background;          /* the terminal's answer to a question for its background: -1 none, 0 dark, 1 light */
	int click_row, click_col;
	uint64_t click_at;       /* of the last click, for a double one; 0 none */
};

void decoder_init(struct decoder *d);
/* Bytes that can be added now (at least 1 after decoder_next has returned false). */
size_t decoder_room(const struct decoder *d);
/* Adds n <= decoder_room() bytes. */
void decoder_add(struct decoder *d, const void *p, size_t n);
/* The next whole input. False: none yet. */
bool decoder_next(struct decoder *d, uint64_t now, struct input *in);
/* The same when nothing came for INPUT_ESC_NS: a sequence that has not ended is over, a lone ESC is the key. */
bool decoder_timeout(struct decoder *d, uint64_t now, struct input *in);
/* Something is begun and not ended: decoder_timeout is to be called in INPUT_ESC_NS. */
bool decoder_waiting(const struct decoder *d);

#endif
