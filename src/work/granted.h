/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tasks that a worker was granted and has not begun, first in, first out, with their inputs. Its memory is bounded
 * whatever is granted. */
#ifndef WORK_GRANTED_H
#define WORK_GRANTED_H

#include "wire/msg.h"

#define GRANTED_INPUTS_MAX (16u << 20) /* bytes of inputs */

struct granted {
	uint64_t next, end;         /* the range at hand: next..end-1 are not begun; the worker counts `next` up */
	uint32_t chunk;             /* of the range at hand */
	struct grant_range *queue;  /* owned; further ranges are queue[at..n) */
	uint32_t at, n, cap;
	struct str inputs;          /* [inputs_at..) belong to the tasks held, in order */
	size_t inputs_at;
};

/* Adds what a grant holds; `has_inputs` says whether the work reads inputs (else none may come). 0, or -1 with *err
 * when that is more than a worker may be given. */
int granted_add(struct granted *h, const struct grant *g, bool has_inputs, struct err *err);
/* Whether there is a task to begin; then next < end. */
bool granted_any(struct granted *h);
/* A reader at the input of task `next`; after reading it hand it back to granted_input_used. */
struct reader granted_input(const struct granted *h);
void granted_input_used(struct granted *h, const struct reader *r);
/* Takes everything out, as packed ranges. Returns their number. */
uint32_t granted_take_all(struct granted *h, struct str *ranges);
void granted_release(struct granted *h);

#endif
