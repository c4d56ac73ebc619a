/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors that a user, a job, a disk or a peer can cause.
 *
 * A function that can fail for such a reason takes a `struct err *` as its last argument, returns 0 or a
 * useful value on success (leaving *err untouched) and -1 on failure (with *err set). Libraries never print.
 * A bug of our own aborts (BUG); out of memory dies (die). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

struct err {
	char msg[1024]; /* one sentence, no newline, no "pooltop:" in front; may hold text from outside, so it is
	                   shown only through text_show() */
};

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Sets the message (cut at the end if too long) and returns -1, so that `return err_set(err, ...)` reads well.
 * err may be NULL: then nothing is kept. */
int err_set(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* As err_set, followed by ": " and the text of the errno value `code`. */
int err_sys(struct err *err, int code, const char *fmt, ...) PRINTF(3, 4);

/* Puts "prefix: " (formatted) in front of what err holds already; returns -1. */
int err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

#endif
