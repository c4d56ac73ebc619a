/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Line plots: values are gathered by column of dots, neighbours are joined, dots become signs. */
#include "ui/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

#define LABEL_CELLS 6 /* "400 k" and a gap */
#define DOTS_MOST 1024 /* columns of dots: 512 cells */

static const struct {
	int across, down; /* dots in a cell */
} shapes[] = { [PLOT_BRAILLE] = { 2, 4 }, [PLOT_BLOCKS] = { 2, 2 }, [PLOT_ASCII] = { 1, 3 } };

/* The sign of a cell whose dots are set: bit (row × across + column). */
static int32_t dots_sign(enum plot_dots kind, unsigned bits)
{
	static const unsigned char braille[8] = { 0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80 };
	static const int32_t quadrants[16] = { ' ', 0x2598, 0x259d, 0x2580, 0x2596, 0x258c, 0x259e, 0x259b,
	                                       0x2597, 0x259a, 0x2590, 0x259c, 0x2584, 0x2599, 0x259f, 0x2588 };
	int32_t cp = 0x2800;

	if (kind == PLOT_BLOCKS)
		return quadrants[bits & 15];
	if (kind == PLOT_ASCII) /* one height a cell: the highest dot speaks */
		return bits & 1 ? '\'' : bits & 2 ? ':' : '.';
	for (int i = 0; i < 8; i++)
		if (bits & (1u << i))
			cp += braille[i];
	return cp;
}

double plot_round_up(double v)
{
	static const double steps[] = { 1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10 };
	double power;

	if (!(v > 0) || isinf(v))
		return 1;
	power = pow(10, floor(log10(v)));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (v <= steps[i] * power * (1 + 1e-9))
			return steps[i] * power;
	return 10 * power;
}

/* Height of the line in dots from the top for each column of dots, −1 in gaps: the mean of the values in it, or the value that
 * covers it. */
static void heights(const struct plot *p, int *y, int columns, int rows)
{
	double step = (p->x_to - p->x_from) / columns;

	for (int i = 0; i < columns; i++) {
		double from = (p->x_from + i * step - p->x0) / p->dx, to = from + step / p->dx;
		double first = floor(from < 0 ? 0 : from), last = ceil(to), sum = 0;
		int n = 0;

		y[i] = -1;
		if (!(to > 0) || !(first < p->n))
			continue;
		for (double k = first; k < last && k < p->n; k++)
			if (!isnan(p->v[(size_t)k])) {
				sum += p->v[(size_t)k];
				n++;
			}
		if (n == 0)
			continue;
		y[i] = (int)lround((1 - fmin(fmax(sum / n / p->y_max, 0), 1)) * (rows - 1));
	}
}

/* At x two dots, for one is thin on a projector, and upright dots that join them to the left neighbour. */
static void draw_line(unsigned char *cells, const struct plot *p, const int *y, int columns, int width, int rows)
{
	int across = shapes[p->dots].across, down = shapes[p->dots].down;

	for (int x = 0; x < columns; x++) {
		int from = y[x], to = y[x];

		if (y[x] < 0)
			continue;
		if (x > 0 && y[x - 1] >= 0 && p->dots != PLOT_ASCII) {
			from = y[x - 1] < y[x] ? y[x - 1] + 1 : y[x];
			to = y[x - 1] > y[x] ? y[x - 1] - 1 : y[x];
		}
		if (p->dots == PLOT_BRAILLE)
			to = to + 1 < rows ? to + 1 : to;
		for (int k = from; k <= to; k++)
			cells[k / down * width + x / across] |= (unsigned char)(1u << (k % down * across + x % across));
	}
}

static void draw_axes(struct area a, const struct plot *p, int x0, int bottom)
{
	static const double marks[] = { 1, 0.5, 0 };
	char buf[64];

	for (int y = 1; y <= bottom; y++)
		put(a, y, x0 - 1, ROLE_RULE, "│");
	for (int i = 0; i < 3; i++) {
		int y = 1 + (int)lround((1 - marks[i]) * (bottom - 1));

		p->y_text(buf, sizeof buf, p->y_max * marks[i]);
		put_right(a, y, x0 - 2, ROLE_LABEL, buf);
		put(a, y, x0 - 1, ROLE_RULE, "┤");
	}
	put(a, bottom + 1, x0 - 1, ROLE_RULE, "└");
	put_fill(a, bottom + 1, x0, a.cols - x0 - 1, ROLE_RULE, 0x2500);
	put(a, bottom + 2, x0, ROLE_LABEL, p->from_text);
	put_right(a, bottom + 2, a.cols - 1, ROLE_LABEL, p->to_text);
}

void plot_draw(struct area a, const struct plot *p)
{
	int x0 = LABEL_CELLS + 2, bottom = a.rows - 3, width = a.cols - x0 - 1;
	int across = shapes[p->dots].across, down = shapes[p->dots].down;
	unsigned char *cells;
	int y[DOTS_MOST];

	if (a.rows < 5 || width < 8)
		return;
	if (width * across > DOTS_MOST)
		width = DOTS_MOST / across;
	put_cut(a, 0, x0, a.cols - x0 - 1, ROLE_LABEL, p->title);
	draw_axes(a, p, x0, bottom);
	if (p->n == 0 || !(p->x_to > p->x_from) || !(p->y_max > 0) || !(p->dx > 0))
		return;
	heights(p, y, width * across, bottom * down);
	cells = xcalloc((unsigned long)bottom, (unsigned long)width);
	draw_line(cells, p, y, width * across, width, bottom * down);
	for (int r = 0; r < bottom; r++)
		for (int c = 0; c < width; c++)
			if (cells[r * width + c])
				put_fill(a, 1 + r, x0 + c, 1, p->role, dots_sign(p->dots, cells[r * width + c]));
	free(cells);
}
