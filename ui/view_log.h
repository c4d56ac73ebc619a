/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Log view, for the table of views and the help. */
#ifndef UI_VIEW_LOG_H
#define UI_VIEW_LOG_H

#include "ui/view.h"

void view_log_draw(struct area a, const struct scene *s);
void view_log_help(struct area a, const struct scene *s);

#endif
