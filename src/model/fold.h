/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only interpreter of events: live client, report, replay and tests all use it. */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include "model/snapshot.h"

/* Applies one event. Events that cannot be (a slot above the limit, counts past the tasks) are clamped, never believed into memory. */
void fold_apply(struct snapshot *s, const struct event *e);
/* Applies a packed batch. 0, or -1 with *err when malformed (events before the bad one are applied). */
int fold_apply_packed(struct snapshot *s, struct slice packed, struct err *err);

/* The order in which the slot's rate cells are to be read: tasks a second over the last 5 s (or 20 results) up to `now`; NaN
 * before there is anything. */
double rates_now(const struct rates *r, uint64_t now);
/* Done in second (now's second − age), for a sparkline. */
uint64_t rates_second(const struct rates *r, uint64_t now, unsigned age);

#endif
