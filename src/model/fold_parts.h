/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the fold, for fold*.c only. */
#ifndef MODEL_FOLD_PARTS_H
#define MODEL_FOLD_PARTS_H

#include "model/fold.h"

/* `at` of an event, made safe: never before 1, never beyond 36 years. */
#define AT_MAX (UINT64_C(1) << 60)

/* The slot, made when it is new; NULL when the number is above the limit. The pointer holds until the next call. */
struct slot_view *fold_slot(struct snapshot *s, uint32_t slot);
void fold_slot_event(struct snapshot *s, const struct ev_slot *e, uint64_t at);
void fold_death(struct snapshot *s, const struct ev_death *e, uint64_t at);
void fold_tick_row(struct snapshot *s, const struct tick_row *row, uint64_t at);

/* Time: the integral of the ideal, pauses, the begin of the pool, settling. */
void fold_clock(struct snapshot *s, uint64_t at); /* before anything of an event at `at` is applied */
void fold_state_time(struct snapshot *s, uint8_t to, uint64_t at);
void fold_pool_begins(struct snapshot *s, uint64_t at);
void fold_changed(struct snapshot *s, uint64_t at); /* workers or chunk */
void fold_results_time(struct snapshot *s, uint64_t n, uint64_t at);
void fold_queue_time(struct snapshot *s, uint64_t at); /* before s->waiting changes */
void fold_end_time(struct snapshot *s, uint64_t at);
void fold_tried_forget(struct snapshot *s); /* the present count, when it was passed through too quickly */

/* Lines for people; slots are counted from 1 there. */
void fold_log(struct snapshot *s, const struct event *e, uint64_t at);

#endif
