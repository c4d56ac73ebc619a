/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colour table and the choice of a theme. */
#include "ui/theme.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

const char *const theme_names[THEMES + 1] = { "auto", "dark", "light", "mono", NULL };

enum { NONE = -1, BOLD = 1, REVERSE = 2 };

/* The 256 colours have 4.4:1 or more against black and white (rules apart). 16 colours have no grey: many palettes
 * hide it. */
static const struct row {
	short color[PALETTES];
	unsigned char attr[PALETTES];
} rows[ROLES] = {
	/*                   mono  8     16    dark  light */
	[ROLE_PLAIN] =    { { NONE, NONE, NONE, NONE, NONE }, { 0, 0, 0, 0, 0 } },
	[ROLE_LABEL] =    { { NONE, NONE, NONE, 245, 241 }, { 0, 0, 0, 0, 0 } },
	[ROLE_KEY] =      { { NONE, NONE, NONE, NONE, NONE }, { BOLD, BOLD, BOLD, BOLD, BOLD } },
	[ROLE_DONE] =     { { NONE, 2, 2, 43, 29 }, { 0, 0, 0, 0, 0 } },
	[ROLE_RUNNING] =  { { NONE, 6, 12, 75, 25 }, { 0, 0, 0, 0, 0 } },
	[ROLE_TODO] =     { { NONE, 6, 12, 75, 25 }, { 0, 0, 0, 0, 0 } },
	[ROLE_WAITING] =  { { NONE, NONE, NONE, 245, 241 }, { 0, 0, 0, 0, 0 } },
	[ROLE_LOST] =     { { NONE, 3, 3, 179, 130 }, { 0, 0, 0, 0, 0 } },
	[ROLE_FAILED] =   { { NONE, 1, 1, 203, 160 }, { BOLD, 0, 0, 0, 0 } },
	[ROLE_SERIAL] =   { { NONE, 5, 5, 176, 90 }, { 0, 0, 0, 0, 0 } },
	[ROLE_MODEL] =    { { NONE, 6, 6, 116, 30 }, { 0, 0, 0, 0, 0 } },
	[ROLE_FINDING] =  { { NONE, 3, 3, 221, 94 }, { BOLD, BOLD, BOLD, BOLD, BOLD } },
	[ROLE_RULE] =     { { NONE, NONE, NONE, 239, 250 }, { 0, 0, 0, 0, 0 } },
	[ROLE_SELECTED] = { { NONE, NONE, NONE, NONE, NONE }, { REVERSE, REVERSE, REVERSE, REVERSE, REVERSE } },
	[ROLE_BADGE] =    { { NONE, NONE, NONE, NONE, NONE },
	                    { BOLD | REVERSE, BOLD | REVERSE, BOLD | REVERSE, BOLD | REVERSE, BOLD | REVERSE } },
};

int theme_parse(const char *z, enum theme *out, struct err *err)
{
	for (int i = 0; i < THEMES; i++)
		if (strcmp(z, theme_names[i]) == 0) {
			*out = (enum theme)i;
			return 0;
		}
	return err_set(err, "\"%s\" is no theme; auto, dark, light or mono would be right", z);
}

/* COLORFGBG ends in the background's number: 7 and 9..15 are light, 0..6 and 8 dark; -1 when it says nothing. */
static int background_of(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	int64_t n;

	if (!last || num_int(last + 1, 0, 255, &n, NULL) < 0)
		return -1;
	return n == 7 || (n >= 9 && n <= 15);
}

enum palette theme_palette(enum theme t, const struct theme_facts *f)
{
	int light;

	/* What is asked for by name on our own command line outweighs NO_COLOR, as its definition says. */
	if (t == THEME_AUTO && f->no_color && f->no_color[0])
		return PALETTE_MONO;
	if (t == THEME_MONO || f->colors < 8)
		return PALETTE_MONO;
	if (f->colors < 16)
		return PALETTE_8;
	if (f->colors < 256)
		return PALETTE_16;
	light = t == THEME_LIGHT;
	if (t == THEME_AUTO) {
		light = background_of(f->colorfgbg);
		if (light < 0)
			light = f->background > 0;
	}
	return light ? PALETTE_LIGHT : PALETTE_DARK;
}

enum theme theme_next(enum theme t, const struct theme_facts *f)
{
	enum palette now = theme_palette(t, f);

	/* With 8 or 16 colours the terminal's own palette decides what is dark and light. */
	if (f->colors < 256)
		return now == PALETTE_MONO ? THEME_DARK : THEME_MONO;
	return now == PALETTE_DARK ? THEME_LIGHT : now == PALETTE_LIGHT ? THEME_MONO : THEME_DARK;
}

struct style theme_style(enum palette p, enum role role, unsigned attr)
{
	const struct row *r = &rows[role < ROLES ? role : ROLE_PLAIN];

	return (struct style){
		.fg = r->color[p],
		.bold = (r->attr[p] & BOLD) || (attr & ATTR_BOLD),
		.reverse = (r->attr[p] & REVERSE) || (attr & ATTR_REVERSE),
	};
}
