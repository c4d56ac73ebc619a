/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving in lists: slots, log lines, rows of the start screen, the list of keys; and searching in them. */
#ifndef UI_MOVE_H
#define UI_MOVE_H

#include "ui/view.h"

/* One of DO_UP … DO_END, on whatever list is on the screen. */
void move_by(struct ui_state *ui, const struct scene *s, enum action_id id);
/* The same by n rows up (negative) or down: the wheel. */
void move_rows(struct ui_state *ui, const struct scene *s, int n);
/* Goes to the next (step 1) or previous (−1) row that has ui->search; says so in the echo when there is none. */
void move_find(struct ui_state *ui, const struct scene *s, int step);
/* Shows the next kind of log lines of which there are any; after the last one all. */
void move_filter(struct ui_state *ui, const struct scene *s);
/* Log lines selected by a click or found: makes line `number` (as snapshot.nlog counts) the selected one and
 * visible. */
void move_to_line(struct ui_state *ui, const struct scene *s, uint64_t number);
/* The line with that number, NULL when it is no longer (or not yet) kept. */
const struct log_line *log_line_numbered(const struct snapshot *s, uint64_t number);

#endif
