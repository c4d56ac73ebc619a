/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client that does not read (suspended, a slow terminal) has missed of the DONE events: one sum, however
 * long it takes. */
#ifndef ENGINE_LATE_H
#define ENGINE_LATE_H

#include "engine/slot.h"

/* All-zero is empty. */
struct late {
	bool any;
	struct ev_done totals;     /* of the newest one; its rows are in slots */
	struct slot_claims *slots; /* owned; [slot] */
	uint32_t nslots;
	uint64_t at; /* of the newest one */
};

void late_release(struct late *l);
void late_add(struct late *l, const struct event *done);
/* Appends one DONE event with everything missed to out (it is then empty), or nothing. */
void late_take(struct late *l, struct str *out);

#endif
