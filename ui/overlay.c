/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages over a view share. */
#include "ui/overlay.h"

#include <string.h>

static enum role role_of_letter(char c)
{
	switch (c) {
	case 'k': return ROLE_KEY;
	case 'd': return ROLE_DONE;
	case 'r': return ROLE_RUNNING;
	case 't': return ROLE_TODO;
	case 'w': return ROLE_WAITING;
	case 'y': return ROLE_LOST;
	case 'f': return ROLE_FAILED;
	case 's': return ROLE_SERIAL;
	case 'm': return ROLE_MODEL;
	case 'a': return ROLE_FINDING;
	default: return ROLE_LABEL;
	}
}

void phrase_markup(struct phrase *p, const char *z)
{
	enum role role = ROLE_LABEL;

	while (*z) {
		size_t n = strcspn(z, "@");

		if (n > 0)
			phrase_add(p, role, "%.*s", (int)n, z);
		z += n;
		if (*z == '@' && z[1]) {
			role = role_of_letter(z[1]);
			z += 2;
		} else if (*z) {
			z++;
		}
	}
}

void explain(struct area a, int y, const char *label, const char *text, const char *brief)
{
	struct phrase p = phrase_new(a);

	put(a, y, LABEL_X, ROLE_KEY, label);
	phrase_markup(&p, text);
	if (brief && VALUE_X + p.cells >= a.cols) {
		p = phrase_new(a);
		phrase_markup(&p, brief);
	}
	phrase_put(a, y, VALUE_X, &p);
}

void draw_page_header(struct area a, const struct scene *s, const char *what, const char *badge)
{
	int end = a.cols - 1 - text_cells(badge) - 2;
	char name[160];
	int x;

	draw_badge(a, 0, a.cols - 1, ROLE_MODEL, badge);
	text_show_z(name, sizeof name, s->ui->view != VIEW_START && s->snap && s->snap->begun ? s->snap->run.name : "pooltop");
	x = put_cut(a, 0, LABEL_X, end - LABEL_X - 1, ROLE_KEY, name) + 2;
	put_words(a, 0, x, end - x - 1, ROLE_LABEL, what);
}
