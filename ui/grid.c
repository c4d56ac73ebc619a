/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells, areas, and putting text into them. */
#include "ui/grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "ui/signs.h"

#define TEXT_MAX 2048 /* bytes put at once; more than any screen's row can show */

static const struct cell blank = { { ' ', 0 }, ROLE_PLAIN, 0 };

void grid_init(struct grid *g, int rows, int cols, bool ascii)
{
	memset(g, 0, sizeof(*g));
	g->rows = rows < 1 ? 1 : rows;
	g->cols = cols < 1 ? 1 : cols;
	g->ascii = ascii;
	g->cells = xcalloc((unsigned long)g->rows * (unsigned long)g->cols, sizeof(*g->cells));
	grid_clear(g);
}

void grid_release(struct grid *g)
{
	free(g->cells);
	free(g->hits);
	free(g->paced);
	memset(g, 0, sizeof(*g));
}

void grid_clear(struct grid *g)
{
	for (int i = 0; i < g->rows * g->cols; i++)
		g->cells[i] = blank;
	g->page = 0;
	g->nhits = 0;
	g->npaced = 0;
}

void grid_copy(struct grid *to, const struct grid *from)
{
	if (to->rows != from->rows || to->cols != from->cols) {
		grid_release(to);
		grid_init(to, from->rows, from->cols, from->ascii);
	}
	to->ascii = from->ascii;
	to->page = from->page;
	memcpy(to->cells, from->cells, (size_t)from->rows * (size_t)from->cols * sizeof(*to->cells));
	to->nhits = 0;
	for (int i = 0; i < from->nhits; i++) {
		struct hit h = from->hits[i];

		put_hit(grid_all(to), h.y, h.x, h.rows, h.cols, h.kind, h.value);
	}
}

struct area grid_all(struct grid *g)
{
	return (struct area){ .g = g, .y = 0, .x = 0, .rows = g->rows, .cols = g->cols };
}

/* Where begin..begin+n lies within 0..max. */
static void clip(int *begin, int *n, int max)
{
	long from = *begin, to = from + (*n > 0 ? *n : 0);

	if (from < 0)
		from = 0;
	if (from > max)
		from = max;
	if (to > max)
		to = max;
	*begin = (int)from;
	*n = to > from ? (int)(to - from) : 0;
}

struct area area_cut(struct area a, int y, int x, int rows, int cols)
{
	clip(&y, &rows, a.rows);
	clip(&x, &cols, a.cols);
	return (struct area){ .g = a.g, .y = a.y + y, .x = a.x + x, .rows = rows, .cols = cols };
}

static struct cell *cell_at(struct area a, int y, int x)
{
	return &a.g->cells[(a.y + y) * a.g->cols + a.x + x];
}

/* Half a wide sign cannot stay when the other half is overwritten: blanks both halves of what lies there. */
static void free_cell(struct area a, int y, int x)
{
	int gx = a.x + x;
	struct cell *row = cell_at(a, y, x) - gx;

	if (row[gx].cp[0] == 0 && gx > 0)
		row[gx - 1].cp[0] = ' ', row[gx - 1].cp[1] = 0;
	if (gx + 1 < a.g->cols && row[gx + 1].cp[0] == 0)
		row[gx + 1].cp[0] = ' ', row[gx + 1].cp[1] = 0;
}

/* Puts one sign of 1 or 2 cells; a wide one that does not fit in whole leaves a blank. */
static void put_sign(struct area a, int y, int x, int width, enum role role, int32_t cp)
{
	if (y < 0 || y >= a.rows || x + width <= 0 || x >= a.cols || a.cols <= 0)
		return;
	if (width == 2 && (x < 0 || x + 1 >= a.cols)) {
		x = x < 0 ? 0 : x;
		width = 1;
		cp = ' ';
	}
	for (int i = 0; i < width; i++) {
		free_cell(a, y, x + i);
		*cell_at(a, y, x + i) = (struct cell){ { i ? 0 : cp, 0 }, (uint8_t)role, 0 };
	}
}

static void put_mark(struct area a, int y, int x, int32_t cp)
{
	struct cell *c;

	if (y < 0 || y >= a.rows || x < 0 || x >= a.cols)
		return;
	c = cell_at(a, y, x);
	if (c->cp[0] == 0 && x > 0)
		c--;
	if (c->cp[0] != ' ' && c->cp[1] == 0)
		c->cp[1] = cp;
}

int put(struct area a, int y, int x, enum role role, const char *z)
{
	char text[TEXT_MAX];
	const char *p = text;
	size_t n, used;

	sign_text(text, sizeof(text), z, a.g->ascii);
	for (n = strlen(text); n; p += used, n -= used) {
		int32_t cp;
		int width;

		used = utf8_decode(p, n, &cp);
		width = cell_width(cp);
		if (width == 0)
			put_mark(a, y, x - 1, cp);
		else
			put_sign(a, y, x, width, role, cp);
		x += width;
	}
	return x;
}

int putf(struct area a, int y, int x, enum role role, const char *fmt, ...)
{
	struct str s = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	x = put(a, y, x, role, str_z(&s));
	str_release(&s);
	return x;
}

int grid_cells(const struct grid *g, const char *z)
{
	char text[TEXT_MAX];

	return text_cells(sign_text(text, sizeof(text), z, g->ascii));
}

int put_right(struct area a, int y, int x_end, enum role role, const char *z)
{
	int x = x_end - grid_cells(a.g, z);

	put(a, y, x, role, z);
	return x;
}

int put_cut(struct area a, int y, int x, int cells, enum role role, const char *z)
{
	char text[TEXT_MAX], cut[TEXT_MAX];

	if (cells <= 0)
		return x;
	sign_text(text, sizeof(text), z, a.g->ascii);
	text_cut(cut, sizeof(cut), text, cells, a.g->ascii);
	return put(a, y, x, role, cut);
}

void put_fill(struct area a, int y, int x, int cells, enum role role, int32_t cp)
{
	const char *form = a.g->ascii && cp >= 0x80 ? sign_ascii(cp) : NULL;

	if (form)
		cp = form[0];
	else if (a.g->ascii && cp >= 0x80)
		cp = '?';
	if (y < 0 || y >= a.rows || cell_width(cp) != 1)
		return;
	clip(&x, &cells, a.cols);
	for (int i = 0; i < cells; i++)
		put_sign(a, y, x + i, 1, role, cp);
}

void put_attr(struct area a, int y, int x, int cells, uint8_t attr)
{
	if (y < 0 || y >= a.rows)
		return;
	clip(&x, &cells, a.cols);
	for (int i = 0; i < cells; i++)
		cell_at(a, y, x + i)->attr |= attr;
}

void put_hit(struct area a, int y, int x, int rows, int cols, enum hit_kind kind, int64_t value)
{
	struct grid *g = a.g;
	struct area at = area_cut(a, y, x, rows, cols);

	if (at.rows == 0 || at.cols == 0)
		return;
	if (g->nhits == g->hits_cap) {
		g->hits_cap = g->hits_cap ? 2 * g->hits_cap : 32;
		g->hits = xrealloc(g->hits, (unsigned long)g->hits_cap, sizeof(*g->hits));
	}
	g->hits[g->nhits++] = (struct hit){ at.y, at.x, at.rows, at.cols, kind, value };
}

struct hit grid_hit(const struct grid *g, int row, int col)
{
	for (int i = g->nhits - 1; i >= 0; i--) {
		const struct hit *h = &g->hits[i];

		if (row >= h->y && row < h->y + h->rows && col >= h->x && col < h->x + h->cols)
			return *h;
	}
	return (struct hit){ .kind = HIT_NONE };
}

static const char role_letters[ROLES] = {
	[ROLE_PLAIN] = ' ', [ROLE_LABEL] = 'l', [ROLE_KEY] = 'k', [ROLE_DONE] = 'd', [ROLE_RUNNING] = 'r', [ROLE_TODO] = 't',
	[ROLE_WAITING] = 'w', [ROLE_LOST] = 'y', [ROLE_FAILED] = 'f', [ROLE_SERIAL] = 's', [ROLE_MODEL] = 'm',
	[ROLE_FINDING] = 'a', [ROLE_RULE] = '-', [ROLE_SELECTED] = 'e', [ROLE_BADGE] = 'b',
};

static char role_letter(const struct cell *c)
{
	char letter = role_letters[c->role < ROLES ? c->role : ROLE_PLAIN];

	if (!(c->attr & ATTR_REVERSE))
		return letter;
	return letter >= 'a' ? (char)(letter - 'a' + 'A') : letter == ' ' ? 'P' : '=';
}

static void end_line(struct str *out, size_t begin)
{
	while (out->n > begin && out->p[out->n - 1] == ' ')
		out->n--;
	str_addc(out, '\n');
}

void grid_print(struct str *out, const struct grid *g, bool roles)
{
	for (int y = 0; y < g->rows; y++) {
		const struct cell *row = &g->cells[y * g->cols];
		size_t begin = out->n;

		for (int x = 0; x < g->cols; x++)
			for (int i = 0; i < 2 && row[x].cp[i]; i++) {
				char buf[4];

				str_add(out, buf, utf8_encode(row[x].cp[i], buf));
			}
		end_line(out, begin);
		if (!roles)
			continue;
		begin = out->n;
		for (int x = 0; x < g->cols; x++)
			str_addc(out, row[x].cp[0] == ' ' && !row[x].attr ? ' ' : role_letter(&row[x]));
		end_line(out, begin);
	}
}
