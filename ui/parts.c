/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phrases, outside text and small numbers for the views. */
#include "ui/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"

/* Bytes of one piece of text on its way to the grid. */
#define PIECE 512

int put_outside(struct area a, int y, int x, int cells, enum role role, const char *z)
{
	char buf[PIECE];

	text_show_z(buf, sizeof buf, z);
	return put_words(a, y, x, cells, role, buf);
}

/* Bytes of z up to the last word that ends within `cells`; 0 when that would lose most of the line. */
static size_t words_that_fit(const struct grid *g, char *z, int cells)
{
	size_t best = 0;
	int used = 0;

	for (char *p = z; (p = strchr(p, ' ')); p++) {
		*p = '\0';
		used = grid_cells(g, z);
		*p = ' ';
		if (used > cells)
			break;
		if (used >= cells * 2 / 3)
			best = (size_t)(p - z);
	}
	while (best > 0 && strchr(" .,;:(", z[best - 1]))
		best--;
	return best;
}

int put_words(struct area a, int y, int x, int cells, enum role role, const char *z)
{
	/* One full stop behind a word would look like the end of a sentence. */
	const char *more = a.g->ascii ? "..." : glyph(a.g, GLYPH_ELLIPSIS);
	char buf[PIECE];
	size_t n;

	str_copy(buf, sizeof buf, z);
	if (cells <= 0 || grid_cells(a.g, buf) <= cells || (n = words_that_fit(a.g, buf, cells - text_cells(more))) == 0)
		return put_cut(a, y, x, cells, role, z);
	buf[n] = '\0';
	x = put(a, y, x, role, buf);
	return put(a, y, x, role, more);
}

void put_label(struct area a, int y, const char *z)
{
	put(a, y, LABEL_X, ROLE_LABEL, z);
}

void fill_glyph(struct area a, int y, int x, int cells, enum role role, enum glyph what)
{
	const char *z = glyph(a.g, what);
	int32_t cp;

	utf8_decode(z, strlen(z), &cp);
	if (cells > 0)
		put_fill(a, y, x, cells, role, cp);
}

int bar_end(struct area a, int cells, double share)
{
	double eighths = floor(fmin(fmax(share, 0), 1) * cells * 8 + 1e-9);

	if (share > 0 && eighths < 1)
		eighths = 1;
	return (int)(a.g->ascii ? floor(eighths / 8) : ceil(eighths / 8));
}

void rule(struct area a, int y)
{
	fill_glyph(a, y, 0, a.cols, ROLE_RULE, GLYPH_RULE);
}

struct phrase phrase_new(struct area a)
{
	struct phrase p;

	p.g = a.g;
	p.n = 0;
	p.cells = 0;
	return p;
}

static void phrase_append(struct phrase *p, enum role role, const char *z)
{
	struct phrase_part *part;

	if (p->n == PHRASE_PARTS)
		return;
	part = &p->part[p->n++];
	part->role = role;
	part->attr = 0;
	str_copy(part->z, sizeof part->z, z);
	p->cells += grid_cells(p->g, part->z);
}

void phrase_add(struct phrase *p, enum role role, const char *fmt, ...)
{
	char buf[PIECE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	phrase_append(p, role, buf);
}

void phrase_add_bold(struct phrase *p, enum role role, const char *fmt, ...)
{
	char buf[PIECE];
	va_list ap;
	int n = p->n;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	phrase_append(p, role, buf);
	if (p->n > n)
		p->part[n].attr = ATTR_BOLD;
}

void phrase_add_outside(struct phrase *p, enum role role, int cells, const char *z)
{
	char seen[PIECE], cut[160];

	text_show_z(seen, sizeof seen, z);
	text_cut(cut, sizeof cut, seen, cells, p->g->ascii);
	phrase_append(p, role, cut);
}

int phrase_put(struct area a, int y, int x, const struct phrase *p)
{
	for (int i = 0; i < p->n; i++) {
		int from = x;

		x = put(a, y, x, p->part[i].role, p->part[i].z);
		if (p->part[i].attr)
			put_attr(a, y, from, x - from, p->part[i].attr);
	}
	return x;
}

int phrase_right(struct area a, int y, int x_end, const struct phrase *p)
{
	phrase_put(a, y, x_end - p->cells, p);
	return x_end - p->cells;
}

/* Where the last unit of "2 min 41 s" begins (its blank), or the end. */
static size_t unit_at(const char *z)
{
	const char *blank = strrchr(z, ' ');

	return blank ? (size_t)(blank - z) : strlen(z);
}

char *range_text(char *buf, size_t size, double low_ns, double high_ns, const char *beside)
{
	char low[FMT_SIZE], high[FMT_SIZE];
	size_t l, h;

	fmt_duration(low, low_ns, false);
	fmt_duration(high, high_ns, false);
	l = unit_at(low);
	h = unit_at(high);
	if (strcmp(low, high) == 0)
		buf[0] = '\0';
	else if (strcmp(low + l, high + h) == 0)
		snprintf(buf, size, "%.*s–%.*s%s", (int)l, low, (int)h, high,
		         strcmp(high + h, beside + unit_at(beside)) == 0 ? "" : high + h);
	else
		snprintf(buf, size, "%s–%s", low, high);
	return buf;
}

char *about_left(char *buf, size_t size, double left_ns)
{
	char left[FMT_SIZE];

	snprintf(buf, size, "%s%s", left_ns >= 1e9 ? "≈ " : "", fmt_left(left, left_ns));
	return buf;
}

char *ratio_half(char *buf, size_t size, double half)
{
	double step = half < 0.995 ? 100 : 10;

	/* Rounded up, as every half-width. */
	snprintf(buf, size, "%.*f", step > 10 ? 2 : 1, ceil(half * step - 1e-9) / step);
	return buf;
}

char *table_rate(char *buf, double per_s)
{
	if (!(per_s > 0) || per_s >= 0.9995)
		return fmt_rate_bare(buf, per_s, false);
	fmt_rate(buf, per_s, false);
	if (strlen(buf) > 7)
		snprintf(buf, FMT_SIZE, "%.0f/min", per_s * 60);
	return buf;
}

char *duration_half(char *buf, size_t size, double ns, double half_ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "ns", 1 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "min", 60e9 }, { "h", 3600e9 } };
	char z[FMT_SIZE];
	const char *dot, *unit;
	double scale = 1e9, step = 1;
	int digits = 0;

	fmt_duration(z, ns, false);
	unit = z + unit_at(z);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (*unit && strcmp(unit + 1, units[i].unit) == 0)
			scale = units[i].ns;
	dot = strchr(z, '.');
	if (dot)
		digits = (int)(unit - dot) - 1;
	for (int i = 0; i < digits; i++)
		step *= 10;
	/* Rounded up: a half-width never looks smaller than it is, nor like nothing. */
	snprintf(buf, size, "%.*f", digits, ceil(half_ns / scale * step - 1e-9) / step);
	return buf;
}

bool serial_rough(const struct timing *t)
{
	return t->serial_estimated || (t->serial_sampled && t->serial_half > 0.05 * t->serial);
}

char *chunk_text(char *buf, size_t size, const char *chunk)
{
	char n[FMT_SIZE];
	uint64_t number;

	if (num_uint(chunk, 1, UINT64_MAX, &number, NULL) == 0)
		str_copy(buf, size, fmt_exact(n, number));
	else
		text_show_z(buf, size, chunk);
	return buf;
}

char *share_text(char *buf, size_t size, double share)
{
	if (!(share >= 0))
		snprintf(buf, size, "–");
	else
		snprintf(buf, size, "%.0f %%", floor(share * 100 + 1e-9));
	return buf;
}

bool scene_ended(const struct scene *s)
{
	return s->snap && s->snap->begun && run_state_is_end(s->snap->state);
}

uint64_t scene_now(const struct scene *s)
{
	if (!s->snap)
		return 0;
	return scene_ended(s) ? s->snap->state_at : s->now;
}
