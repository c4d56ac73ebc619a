/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal: a fresh open of /dev/tty, brought into a state for the dashboard and back on every way out. One at a
 * time: the library behind it has one screen. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct term;

/* Opens /dev/tty and prepares it; nothing is shown yet. -1 with *err when there is none, or TERM says that it is not
 * for screens: plain lines are the remedy. term_free brings everything back. Locale: LC_CTYPE must have been set
 * (term_locale). */
int term_open(struct term **out, struct err *err);
void term_free(struct term *t);

/* Sets LC_CTYPE from the environment (numbers keep their form) and tells whether only ASCII can be shown: no UTF-8,
 * or one of our signs is not one cell wide there. */
bool term_locale(void);

/* The alternate screen, keys as bytes, the mouse. A hook for sudden ends is set while it is shown. */
void term_enter(struct term *t);
/* Back to the user's screen and modes. */
void term_leave(struct term *t);
/* Back to the user's screen, but keys still come one by one and unseen: for plain lines that a key ends. */
void term_leave_for_lines(struct term *t);
/* Leaves, stops the process group as Ctrl-Z does, and returns when it goes on again; the caller enters the screen
 * again (plain lines go on by themselves). t may be NULL: no terminal is in use. */
void term_suspend(struct term *t);

/* Non-blocking; read keys from it, and watch it for its end. */
int term_fd(const struct term *t);
/* Reads at most n bytes: their number, 0 none now, -1 the terminal is gone. */
long term_read(struct term *t, void *buf, size_t n);
/* False while the terminal takes nothing more: a frame is better dropped than waited for. Writes what was kept back
 * first. */
bool term_takes_more(struct term *t);
/* Writes what was painted, in one piece, without waiting; what the terminal does not take is kept. */
void term_flush(struct term *t);
bool term_flushed(const struct term *t);

void term_size(const struct term *t, int *rows, int *cols); /* 80x24 when it does not say */
/* Takes the new size over. */
void term_resize(struct term *t, int rows, int cols);
int term_colors(const struct term *t);
bool term_has_braille(const struct term *t);
void term_mouse(struct term *t, bool on);
/* Shown in tabs and window lists where the terminal has that; visible text. */
void term_title(struct term *t, const char *z);
/* Asks for the background colour; the answer comes as input (struct decoder). Nothing happens where that is not known
 * to be safe. */
void term_ask_background(struct term *t);

#endif
