/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain lines: what the dashboard says, for logs and pipes. One line at the start, at each change of state and every
 * few seconds; the summary at the end is the same after the dashboard. Its numbers are the screen's: same timing,
 * same formats. */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H

#include <stdbool.h>

#include "base/str.h"
#include "model/timing.h"

#define PLAIN_EVERY_NS (5 * UINT64_C(1000000000))

/* What has been said already. Zero it first. */
struct plain {
	bool begun;
	uint8_t state;
	uint64_t said_at;     /* ns since the run began: of the last line with counts or state */
	uint64_t log_at;      /* lines of the log that were looked at, as snapshot.nlog counts */
	uint64_t troubles;    /* warnings said since said_at */
};
/* Appends what is to be said now; nothing when nothing is. now: ns since the run began; wall: time of day in ns. */
void plain_follow(struct plain *p, struct str *out, const struct snapshot *s, uint64_t now, uint64_t wall, bool ascii);
/* When plain_follow would say something though nothing happens (ns since the run began). */
uint64_t plain_next(const struct plain *p);
/* A line of our own with the run's time in front ("draining: …"). */
void plain_say(struct str *out, uint64_t now, const char *text, bool ascii);

/* Appends lines (visible text) wrapped between words to `cells`; what goes on is indented. */
void plain_wrap(struct str *out, const char *text, int cells);
/* The summary: two lines, and one for each cause of failure. */
void plain_summary(struct str *out, const struct snapshot *s, bool ascii);

#endif
