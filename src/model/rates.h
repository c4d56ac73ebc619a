/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting done tasks by the clock. Reading is in model/fold.h: rates_now, rates_second. */
#ifndef MODEL_RATES_H
#define MODEL_RATES_H

#include "model/snapshot.h"

/* n results at `at`. Times that go back count in the newest cell. */
void rates_add(struct rates *r, uint64_t at, uint64_t n);
/* From now on the rate counts from `at` only; sparklines keep what they have. */
void rates_restart(struct rates *r, uint64_t at);

#endif
