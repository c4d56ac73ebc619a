/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start screen, for the table of views. */
#ifndef UI_VIEW_START_H
#define UI_VIEW_START_H

#include "ui/view.h"

void view_start_draw(struct area a, const struct scene *s);
void view_start_help(struct area a, const struct scene *s);

#endif
