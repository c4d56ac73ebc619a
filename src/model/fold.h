/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only interpreter of events: live client, report, replay and tests all use it. */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include "model/snapshot.h"

/* Applies one event. Events that cannot be (a slot above the limit, counts past the tasks) are clamped, never
 * believed into memory. */
void fold_apply(struct snapshot *s, const struct event *e);
/* Applies a packed batch. 0, or -1 with *err when malformed (events before the bad one are applied). */
int fold_apply_packed(struct snapshot *s, struct slice packed, struct err *err);

/* Tasks a second up to `now`: over the last 5 s (or since r->begin) if there were 20 results, else over the last 20
 * of them, or all when there were fewer. NaN before there is anything. */
double rates_now(const struct rates *r, uint64_t now);
/* Relative variance of what rates_now() says as a forecast of the mean rate of the next `ahead` seconds, without what
 * counting alone makes it scatter: from the unrest of the last blocks of a second (longer for slow work, a quarter
 * early on), and never less than what has been seen of the run allows to know. */
double rates_noise(const struct rates *r, uint64_t now, double ahead);
/* Done in second (now's second − age), for a sparkline; 0 when it is no longer or not yet kept. */
uint64_t rates_second(const struct rates *r, uint64_t now, unsigned age);
/* The same for the queue: tasks waiting in that second. */
uint64_t queue_at_second(const struct snapshot *s, uint64_t now, unsigned age);

/* After a change of workers or chunk in a running pool: 2 s and 8 results (or 5 s and one) are not reached, so that a
 * rate would mix before and after. */
bool fold_settling(const struct snapshot *s, uint64_t now);

#endif
