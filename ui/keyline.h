/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of keys and the names of the views. */
#ifndef UI_KEYLINE_H
#define UI_KEYLINE_H

#include "ui/parts.h"

/* The keys of a view that work now, those that fit, help and quit always among them. With `with_views` the digits of the views too
 * (when there is no row for their names). */
void draw_keys(struct area a, int y, const struct scene *s, bool with_views);
/* The keys of a page over a view. */
void draw_page_keys(struct area a, int y, const struct scene *s);
void draw_view_names(struct area a, int y, const struct scene *s);

#endif
