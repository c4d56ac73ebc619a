/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of problems of one file. */
#include "config/problems.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"

static void append(struct problems *p, int line, int col, char *text)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 8;
		p->items = xrealloc(p->items, p->cap, sizeof *p->items);
	}
	p->items[p->n].line = line;
	p->items[p->n].col = col;
	p->items[p->n].text = text;
	p->n++;
}

static void add_place(struct str *out, const char *origin, struct spot at)
{
	char shown[120];

	if (!at.setting) {
		str_addf(out, "%s:%d:%d: ", origin, at.line, at.col);
		return;
	}
	str_copy(shown, sizeof shown, at.setting->value);
	if (strcmp(at.setting->place, "--set") == 0)
		str_addf(out, "--set %s=%s: ", at.setting->key, shown);
	else
		str_addf(out, "%s %s: ", at.setting->place, shown);
}

void problems_add(struct problems *p, const char *origin, struct spot at, const char *fmt, ...)
{
	struct str raw = STR_INIT, shown = STR_INIT;
	va_list ap;

	if (p->n > PROBLEMS_MAX)
		return;
	if (p->n == PROBLEMS_MAX) {
		str_addf(&raw, "%s: more than %d problems; the others are not listed", origin, PROBLEMS_MAX);
		at = (struct spot){ INT_MAX, INT_MAX, NULL };
	} else {
		add_place(&raw, origin, at);
		va_start(ap, fmt);
		str_addv(&raw, fmt, ap);
		va_end(ap);
	}
	text_show(&shown, raw.p, raw.n);
	append(p, at.setting ? INT_MAX : at.line, at.setting ? 0 : at.col, xstrdup(str_z(&shown)));
	str_release(&raw);
	str_release(&shown);
}

/* Insertion: stable, and the list is short and nearly sorted. */
void problems_sort(struct problems *p)
{
	for (size_t i = 1; i < p->n; i++) {
		__typeof__(*p->items) x = p->items[i];
		size_t j = i;

		for (; j > 0; j--) {
			int line = p->items[j - 1].line, col = p->items[j - 1].col;

			if (line < x.line || (line == x.line && col <= x.col))
				break;
			p->items[j] = p->items[j - 1];
		}
		p->items[j] = x;
	}
}

void problems_release(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->items[i].text);
	free(p->items);
	memset(p, 0, sizeof *p);
}

void problems_print(struct str *out, const struct problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		str_addf(out, "%s\n", p->items[i].text);
}
