/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen in memory: cells with a role each. Views draw here (pure functions), ui/paint.c brings it to a terminal,
 * tests print it. */
#ifndef UI_GRID_H
#define UI_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* What a cell means; ui/theme.h gives it a colour. */
enum role {
	ROLE_PLAIN,   /* terminal's default */
	ROLE_LABEL,   /* labels, units, context */
	ROLE_KEY,     /* key values and keys: bold */
	ROLE_DONE, ROLE_RUNNING, ROLE_TODO, ROLE_WAITING, ROLE_LOST, ROLE_FAILED, ROLE_SERIAL, ROLE_MODEL, ROLE_FINDING,
	ROLE_RULE,
	ROLE_SELECTED, /* reverse: selection, present view */
	ROLE_BADGE,    /* reverse in the default colour; a coloured badge is that role with ATTR_REVERSE | ATTR_BOLD */
	ROLES
};
enum { ATTR_BOLD = 1, ATTR_REVERSE = 2 };

struct cell {
	int32_t cp[2];  /* the sign and at most one combining mark; cp[0] 0 = right half of a wide sign */
	uint8_t role, attr;
};

/* What a click on a place means: a key as if it were pressed (enum key or a code point), or a row of the list on screen
 * (slot number, number of the log line, row of the start screen). */
enum hit_kind { HIT_NONE, HIT_KEY, HIT_ROW };
struct hit {
	int y, x, rows, cols;
	enum hit_kind kind;
	int64_t value;
};

/* How a place changes in frames between two with new numbers (grid_hold). */
enum pace {
	PACE_STILL, /* not at all: a bar that belongs to numbers elsewhere */
	PACE_MOVES, /* all of it: a bar and the text beside it */
	PACE_NAME,  /* says what its row is about: when that is another one, the whole row of the area is new */
};
struct paced {
	int y, x, cols, row_x, row_cols;
	enum pace pace;
};

struct grid {
	int rows, cols;
	struct cell *cells; /* owned, rows × cols */
	bool ascii;         /* put() turns every sign into its ASCII form */
	int page;           /* set by the view: rows of its list that fit, for paging; 0 = no list */
	struct hit *hits;   /* owned; later ones lie on top */
	int nhits, hits_cap;
	struct paced *paced; /* owned */
	int npaced, paced_cap;
};
/* A part of a grid: views get one and cannot draw outside it. */
struct area {
	struct grid *g;
	int y, x, rows, cols;
};

void grid_init(struct grid *g, int rows, int cols, bool ascii); /* blanks; 1×1 at least */
void grid_release(struct grid *g);
void grid_clear(struct grid *g); /* also forgets hits and page */
/* Makes *to (initialised) an equal grid. */
void grid_copy(struct grid *to, const struct grid *from);
struct area grid_all(struct grid *g);
struct area area_cut(struct area a, int y, int x, int rows, int cols); /* clipped to a */

/* Puts text (from our own code, or made visible before: control bytes become '?') at y, x of the area, clipped.
 * Returns the x after it. In an ASCII grid signs become their ASCII forms here, so callers need not care. */
int put(struct area a, int y, int x, enum role role, const char *z);
int putf(struct area a, int y, int x, enum role role, const char *fmt, ...) PRINTF(5, 6);
/* Right-aligned so that it ends before column x_end. Returns its first column. */
int put_right(struct area a, int y, int x_end, enum role role, const char *z);
/* Cut with an ellipsis to `cells`. */
int put_cut(struct area a, int y, int x, int cells, enum role role, const char *z);
void put_fill(struct area a, int y, int x, int cells, enum role role, int32_t cp);
/* Cells that z takes in this grid when put: ASCII forms may be longer ("±" is "+-"). */
int grid_cells(const struct grid *g, const char *z);
/* Makes a place clickable; grid_hit finds it again (kind HIT_NONE where nothing is). */
void put_hit(struct area a, int y, int x, int rows, int cols, enum hit_kind kind, int64_t value);
struct hit grid_hit(const struct grid *g, int row, int col);
void put_pace(struct area a, int y, int x, int cols, enum pace pace);
/* A frame without new numbers: makes *next what *shown is, but for shapes (bars, graphs) and the places marked otherwise. */
void grid_hold(struct grid *next, const struct grid *shown);
void put_attr(struct area a, int y, int x, int cells, uint8_t attr); /* adds attributes to cells */

/* Signs with an ASCII form; the table is in grid.c. */
enum glyph {
	GLYPH_FULL,      /* █ # */   GLYPH_MEASURED, /* ▆ * */  GLYPH_EXPECTED,  /* ░ - */  GLYPH_ESTIMATED, /* ▒ : */
	GLYPH_WAITING,   /* · . */   GLYPH_RULE,     /* ─ - */  GLYPH_VBAR,      /* │ | */  GLYPH_CROSS,     /* ✗ X */
	GLYPH_BEST,      /* ▸ > */   GLYPH_NOW,      /* ◂ < */  GLYPH_FINDING,   /* ▲ ! */  GLYPH_ECHO,      /* › > */
	GLYPH_ABOUT,     /* ≈ ~ */   GLYPH_PLUSMINUS,/* ± +- */ GLYPH_TIMES,     /* × x */  GLYPH_MINUS,     /* − - */
	GLYPH_DASH,      /* – - */   GLYPH_ELLIPSIS, /* … . */
	GLYPH_HELD,      /* ▒ % : given to a worker, in the Tasks bar in mono */
	GLYPH_ARROW,     /* → -> */
	GLYPHS
};
const char *glyph(const struct grid *g, enum glyph what); /* UTF-8 */

/* A bar of `cells` cells from x, filled to share (0..1) in eighths (whole cells in ASCII), rounded down: full only at
 * 1; the rest is left alone. */
void bar(struct area a, int y, int x, int cells, double share, enum role role);
/* Levels v[0..n) as ▁…▇ (ASCII _.:-=+*#) against max; NaN is blank. Never higher than ▇. */
void sparkline(struct area a, int y, int x, const double *v, int n, double max, enum role role);
/* The grid as text: a line a row, trailing blanks cut; with `roles` each row is followed by a line of role letters
 * (goldens): blank plain, l label, k key, d done, r running, t todo, w waiting, y lost, f failed, s serial, m model,
 * a finding, - rule, e selected, b badge; capitals are reverse. */
void grid_print(struct str *out, const struct grid *g, bool roles);

#endif
