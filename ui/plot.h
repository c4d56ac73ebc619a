/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Line plots in cells: 2 × 4 dots a cell in braille, 2 × 2 in blocks, 1 × 3 heights in ASCII. */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "ui/grid.h"

enum plot_dots { PLOT_BRAILLE, PLOT_BLOCKS, PLOT_ASCII };

struct plot {
	enum plot_dots dots;
	const char *title;
	const double *v;      /* n values, v[i] over x0 + i·dx … x0 + (i + 1)·dx; NaN is a gap */
	uint32_t n;
	double x0, dx;
	double x_from, x_to;  /* the axis */
	const char *from_text, *to_text;
	double y_max;         /* the top of the axis; its bottom is 0 */
	void (*y_text)(char *buf, size_t size, double y);
	enum role role;
};
/* Title, axes with three marks, the line and the ends of the x axis fill the area. Nothing is drawn below 5 rows or 16 columns. */
void plot_draw(struct area a, const struct plot *p);
/* The next "round" number from v up: whose half is round too, such as 2, 3 or 24. 1 when v is not above 0. */
double plot_round_up(double v);

#endif
