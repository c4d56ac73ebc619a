/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings a grid to the terminal: cells that changed, and nothing else. */
#ifndef UI_PAINT_H
#define UI_PAINT_H

#include "ui/grid.h"
#include "ui/theme.h"

/* Colours of all roles from now on; the screen is drawn anew at the next paint. The terminal must have been entered. */
void paint_palette(enum palette p);
/* Writes the cells of next that differ from *shown (of the same size; NULL: all of them). Nothing is written when
 * nothing differs. */
void paint(const struct grid *next, const struct grid *shown, enum palette p);
/* The same with everything sent again, for a screen that something else has written on. */
void paint_anew(const struct grid *next, enum palette p);

#endif
