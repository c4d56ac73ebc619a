/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles become colours here, and nowhere else. Each theme is a row for every role; never a background but by reverse,
 * never dim. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/grid.h"

/* What the user can ask for, as --theme and key T. */
enum theme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO, THEMES };
extern const char *const theme_names[THEMES + 1]; /* ended by NULL */
/* 0 and *out, or -1 with *err. */
int theme_parse(const char *z, enum theme *out, struct err *err);

/* What is drawn with. */
enum palette { PALETTE_MONO, PALETTE_8, PALETTE_16, PALETTE_DARK, PALETTE_LIGHT, PALETTES };

/* What is known of the terminal. */
struct theme_facts {
	int colors;             /* of its description; below 8 is none */
	const char *no_color;   /* NO_COLOR: any text but "" means no colour; NULL unset */
	const char *colorfgbg;  /* COLORFGBG: "15;0", NULL unset */
	int background;         /* as the terminal says itself: -1 unknown, 0 dark, 1 light */
};
enum palette theme_palette(enum theme t, const struct theme_facts *f);
/* Key T: from what is seen now to the next of dark, light, mono; colours only where the terminal has them. */
enum theme theme_next(enum theme t, const struct theme_facts *f);

struct style {
	short fg;               /* -1: the terminal's default */
	bool bold, reverse;
};
struct style theme_style(enum palette p, enum role role, unsigned attr);

#endif
