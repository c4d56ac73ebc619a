/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --json: one event a line. doc/events.md describes the fields; they are those of model/event.h by name. */
#ifndef UI_JSON_H
#define UI_JSON_H

#include "base/str.h"
#include "model/event.h"

/* Appends the event as one line of JSON, newline included:
 * {"v":1,"event":"state","number":12,"at":40123456789,"state":"running","reason":""} The number counts events from 0;
 * unknown numbers are null; only ASCII is written. Nothing for events without a meaning here (type 0). */
void json_event(struct str *out, const struct event *e, uint64_t n);

#endif
