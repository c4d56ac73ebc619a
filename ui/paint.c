/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells to ncurses, which finds the cheapest way to write them. */
#include "ui/paint.h"

#include <curses.h>

#include <string.h>
#include <wchar.h>

/* Each role has its own pair of colours; pair 0 is the terminal's default. */
static short pair_of(int role)
{
	return (short)(role + 1);
}

void paint_palette(enum palette p)
{
	if (p == PALETTE_MONO)
		return;
	for (int role = 0; role < ROLES; role++)
		init_pair(pair_of(role), theme_style(p, (enum role)role, 0).fg, -1);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->cp[0] == b->cp[0] && a->cp[1] == b->cp[1] && a->role == b->role && a->attr == b->attr;
}

static void put_cell(int y, int x, const struct cell *c, enum palette p)
{
	struct style style = theme_style(p, (enum role)c->role, c->attr);
	wchar_t text[3] = { (wchar_t)c->cp[0], (wchar_t)c->cp[1], L'\0' };
	attr_t attr = A_NORMAL;
	cchar_t cc;

	if (style.bold)
		attr |= A_BOLD;
	if (style.reverse)
		attr |= A_REVERSE;
	if (setcchar(&cc, text, attr, style.fg < 0 ? 0 : pair_of(c->role), NULL) == OK)
		mvadd_wchnstr(y, x, &cc, 1);
}

/* Returns whether anything differed. */
static bool put_changed(const struct grid *next, const struct grid *shown, enum palette p)
{
	bool changed = false;

	for (int y = 0; y < next->rows; y++)
		for (int x = 0; x < next->cols; x++) {
			int i = y * next->cols + x;

			if (shown && same_cell(&next->cells[i], &shown->cells[i]))
				continue;
			changed = true;
			if (next->cells[i].cp[0] != 0)
				put_cell(y, x, &next->cells[i], p);
		}
	return changed;
}

void paint(const struct grid *next, const struct grid *shown, enum palette p)
{
	if (put_changed(next, shown, p))
		refresh();
}

void paint_anew(const struct grid *next, enum palette p)
{
	erase();
	put_changed(next, NULL, p);
	clearok(curscr, TRUE);
	refresh();
}
