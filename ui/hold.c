/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames between two with new numbers: bars move, text stands still. What would contradict each other (a bar and the number of
 * the task it is about) changes together, as the view has marked it. */
#include "ui/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"

/* How a cell is treated; the first is the rule for what was not marked. */
enum { SHAPES_MOVE = 0, STANDS, MOVES };

void put_pace(struct area a, int y, int x, int cols, enum pace pace)
{
	struct grid *g = a.g;
	struct area at = area_cut(a, y, x, 1, cols);

	if (at.rows == 0 || at.cols == 0)
		return;
	if (g->npaced == g->paced_cap) {
		g->paced_cap = g->paced_cap ? 2 * g->paced_cap : 32;
		g->paced = xrealloc(g->paced, (unsigned long)g->paced_cap, sizeof(*g->paced));
	}
	g->paced[g->npaced++] = (struct paced){ at.y, at.x, at.cols, a.x, a.cols, pace };
}

/* Signs that bars, sparklines and plots are made of. */
static bool is_shape(const struct cell *c)
{
	int32_t cp = c->cp[0];

	return cp == ' ' || cp == 0xb7 || (cp >= 0x2500 && cp <= 0x259f) || (cp >= 0x2800 && cp <= 0x28ff);
}

static bool same_sign(const struct cell *a, const struct cell *b)
{
	return a->cp[0] == b->cp[0] && a->cp[1] == b->cp[1];
}

/* What the row is about has changed: all of it is new. */
static bool another_one(const struct paced *p, const struct cell *next, const struct cell *shown)
{
	for (int x = p->x; x < p->x + p->cols; x++)
		if (!same_sign(&next[x], &shown[x]))
			return true;
	return false;
}

static void treat_row(uint8_t *how, int y, const struct grid *g, const struct cell *next, const struct cell *shown)
{
	memset(how, SHAPES_MOVE, (size_t)g->cols);
	for (int i = 0; i < g->npaced; i++) {
		const struct paced *p = &g->paced[i];

		if (p->y == y && p->pace != PACE_NAME)
			memset(how + p->x, p->pace == PACE_STILL ? STANDS : MOVES, (size_t)p->cols);
	}
	for (int i = 0; i < g->npaced; i++) {
		const struct paced *p = &g->paced[i];

		if (p->y == y && p->pace == PACE_NAME && another_one(p, next, shown))
			memset(how + p->row_x, MOVES, (size_t)p->row_cols);
	}
}

void grid_hold(struct grid *next, const struct grid *shown)
{
	uint8_t *how;

	if (next->rows != shown->rows || next->cols != shown->cols)
		return;
	how = xcalloc((unsigned long)next->cols, 1);
	for (int y = 0; y < next->rows; y++) {
		struct cell *new = &next->cells[y * next->cols];
		const struct cell *old = &shown->cells[y * next->cols];

		treat_row(how, y, next, new, old);
		for (int x = 0; x < next->cols; x++)
			if (how[x] == STANDS || (how[x] == SHAPES_MOVE && !(is_shape(&new[x]) && is_shape(&old[x]))))
				new[x] = old[x];
	}
	free(how);
}
