/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that never ran: each function appends the packed events of a made-up run, in order, to *out, for golden
 * screens and for tests of whatever reads events. Same call, same bytes. Play them with fold_apply_packed(); then
 * the snapshot's `now` is the moment the screen is to be drawn at (unless the comment names a later one). */
#ifndef TESTS_SCREENS_STREAM_H
#define TESTS_SCREENS_STREAM_H

#include "model/fold.h"

/* Time of day at `at` 0 of every stream: 2026-11-21 14:02:07.7 UTC, ns since 1970. */
#define STREAM_WALL_NS UINT64_C(1795269727700000000)

/* The run of UI.md's pictures: integral-average, 400,000 tasks; serial time 40.1 s ±0.3 from 2.1 s of measuring; the
 * pool began with 2 workers on 2 CPUs, 3 since second 4.0, 4 since 7.0; worker 4 died at 9.1 by SIGKILL and came
 * back; now 13.2 s after the begin of the pool: 248,320 done, 1,408 with workers, 150,272 waiting. */
void stream_four_workers(struct str *out);
/* The same until 0.2 s after the death of worker 4: its successor is ready. */
void stream_death(struct str *out);
/* The same at the very moment of the death: slot 4 is lost, nobody is there yet. */
void stream_lost(struct str *out);
/* The same, to the end: 400,000 done, fingerprint. */
void stream_done(struct str *out);
/* The same, paused at 13.2 s, for 2.5 s so far. */
void stream_paused(struct str *out);
/* The same, + pressed at 13.2 s: the fifth worker is ready, 0.5 s of 2 are settled. */
void stream_settling(struct str *out);
/* The same, - pressed at 13.2 s: slot 4 is leaving. */
void stream_leaving(struct str *out);
/* The same, Ctrl-C at 13.2 s: draining; and ended by that 0.2 s later. */
void stream_draining(struct str *out);
void stream_stopped(struct str *out);

/* Nothing but EV_RUN and STARTING with two start orders. */
void stream_starting(struct str *out);
/* 1.2 s into the serial baseline. */
void stream_serial(struct str *out);
/* 100 tasks in 11 ms: too short to watch. */
void stream_short(struct str *out);
/* `long-tail` with 4 workers, 64 tasks of about 2 s: slots with bars by age (one at 3.9× the median), by lease, with
 * own progress; no baseline; 20 done. */
void stream_long_tasks(struct str *out);
/* 9,600 tasks of a few seconds: 1,206 done, 7 failed for three causes, 4 with workers; serial time estimated. */
void stream_failures(struct str *out);
/* The same at its end: FAILED 7. */
void stream_failed(struct str *out);
/* n workers (at most 1,024) on 16 CPUs; rows for the first 64 of them, the others as a sum. */
void stream_many_workers(struct str *out, uint32_t n);

/* Names, title, causes and notes full of terminal sequences, bidi controls and broken UTF-8. */
void stream_hostile(struct str *out);

/* All of the above in a table, for tests that want every stream: stream_many_workers with 32. Ended by name NULL. */
struct stream {
	const char *name;
	void (*make)(struct str *out);
};
extern const struct stream streams[];

/* A snapshot of the stream; snapshot_release() it. Aborts when the stream cannot be read. */
void stream_snapshot(struct snapshot *s, void (*make)(struct str *out));

#endif
