/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages over a view: the list of keys, the evidence of the findings; and the marked-up lines of the explanations. */
#ifndef UI_OVERLAY_H
#define UI_OVERLAY_H

#include "ui/parts.h"

/* A line of an explanation. "@d" switches to a role by its letter in goldens (l label, k key, d done, r running, t todo, w waiting,
 * y lost, f failed, s serial, m model, a finding); lines begin as labels. */
void phrase_markup(struct phrase *p, const char *z);
/* One explained line: its label, and the first of the two texts that fits behind it. */
void explain(struct area a, int y, const char *label, const char *text, const char *brief);
/* The header of a page over a view: "what each line means   HELP". */
void draw_page_header(struct area a, const struct scene *s, const char *what, const char *badge);

void draw_key_list(struct area a, const struct scene *s);
void draw_evidence(struct area a, const struct scene *s);

#endif
