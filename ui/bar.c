/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs by name, bars in eighths of a cell, and sparklines. */
#include "ui/grid.h"

#include <math.h>

#include "base/die.h"
#include "ui/signs.h"

static const struct {
	const char *utf8, *ascii;
} glyphs[GLYPHS] = {
	[GLYPH_FULL] = { "█", "#" },      [GLYPH_MEASURED] = { "▆", "*" },  [GLYPH_EXPECTED] = { "░", "-" },
	[GLYPH_ESTIMATED] = { "▒", ":" }, [GLYPH_WAITING] = { "·", "." },   [GLYPH_RULE] = { "─", "-" },
	[GLYPH_VBAR] = { "│", "|" },      [GLYPH_CROSS] = { "✗", "X" },     [GLYPH_BEST] = { "▸", ">" },
	[GLYPH_NOW] = { "◂", "<" },       [GLYPH_FINDING] = { "▲", "!" },   [GLYPH_ECHO] = { "›", ">" },
	[GLYPH_ABOUT] = { "≈", "~" },     [GLYPH_PLUSMINUS] = { "±", "+-" }, [GLYPH_TIMES] = { "×", "x" },
	[GLYPH_MINUS] = { "−", "-" },     [GLYPH_DASH] = { "–", "-" },      [GLYPH_ELLIPSIS] = { "…", "." },
	[GLYPH_HELD] = { "▒", "%" },      [GLYPH_ARROW] = { "→", "->" },
};

const char *glyph(const struct grid *g, enum glyph what)
{
	BUG_ON((unsigned)what >= GLYPHS);
	return g->ascii ? glyphs[what].ascii : glyphs[what].utf8;
}

void bar(struct area a, int y, int x, int cells, double share, enum role role)
{
	long eighths;
	int full, part;

	if (cells <= 0 || !(share > 0))
		return;
	if (share > 1)
		share = 1;
	/* The small addition keeps 0.62 × 50 from ending one step short by the error of its own rounding; 1 alone is full. */
	eighths = (long)floor(share * cells * 8 + 1e-9);
	if (share < 1 && eighths >= 8L * cells)
		eighths = 8L * cells - 1;
	if (eighths == 0)
		eighths = 1;
	full = (int)(eighths / 8);
	part = (int)(eighths % 8);
	put_fill(a, y, x, full, role, 0x2588);
	if (part && !a.g->ascii)
		put_fill(a, y, x + full, 1, role, sign_eighth(part));
}

void sparkline(struct area a, int y, int x, const double *v, int n, double max, enum role role)
{
	int levels = a.g->ascii ? SIGN_LEVELS_ASCII : SIGN_LEVELS;

	for (int i = 0; i < n; i++) {
		double share = max > 0 ? v[i] / max : 0;
		int level;

		if (isnan(v[i]))
			continue;
		level = (int)ceil(fmin(fmax(share, 0), 1) * levels) - 1;
		put_fill(a, y, x + i, 1, role, sign_level(level < 0 ? 0 : level, a.g->ascii));
	}
}
