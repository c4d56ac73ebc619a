/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all views draw with: phrases of several roles, text from outside, the top line. */
#ifndef UI_PARTS_H
#define UI_PARTS_H

#include "model/timing.h"
#include "ui/view.h"

#define LABEL_X 1   /* a label starts its row here, */
#define VALUE_X 11  /* its value here */

/* Text from outside (names, causes, titles, paths): made visible, then cut to `cells`. Returns the x after it. */
int put_outside(struct area a, int y, int x, int cells, enum role role, const char *z);
/* Visible text, cut behind a word (a long word within it), with an ellipsis. Returns the x after it. */
int put_words(struct area a, int y, int x, int cells, enum role role, const char *z);
/* A label at LABEL_X. */
void put_label(struct area a, int y, const char *z);
/* `cells` times one sign of the glyph table. */
void fill_glyph(struct area a, int y, int x, int cells, enum role role, enum glyph what);
/* Cells that bar() fills or begins to fill. */
int bar_end(struct area a, int cells, double share);
/* A thin rule over the whole width. */
void rule(struct area a, int y);

/* Words of several roles that are measured before they are put: "**4** workers   **2** CPUs". */
#define PHRASE_PARTS 24
struct phrase {
	const struct grid *g;
	int n, cells;
	struct phrase_part {
		enum role role;
		uint8_t attr;
		char z[160];
	} part[PHRASE_PARTS];
};
struct phrase phrase_new(struct area a);
void phrase_add(struct phrase *p, enum role role, const char *fmt, ...) PRINTF(3, 4);
/* The same in bold: a value whose role has a colour. */
void phrase_add_bold(struct phrase *p, enum role role, const char *fmt, ...) PRINTF(3, 4);
/* Text from outside, cut with an ellipsis. */
void phrase_add_outside(struct phrase *p, enum role role, int cells, const char *z);
int phrase_put(struct area a, int y, int x, const struct phrase *p);
int phrase_right(struct area a, int y, int x_end, const struct phrase *p);

/* "7.9–8.4" beside "8 s": the unit is left out when all three have it; else "418–816 ms", "50.0 s–2 min 10 s"; "" when both ends look
 * the same. */
char *range_text(char *buf, size_t size, double low_ns, double high_ns, const char *beside);
/* "≈ 8 s", "< 1 s": what is small enough to be bounded is not called estimated too. */
char *about_left(char *buf, size_t size, double left_ns);
/* The half-width of a duration in the unit and decimals in which the duration is shown, rounded up: (40.1 s, 0.27 s) → "0.3". */
char *duration_half(char *buf, size_t size, double ns, double half_ns);
/* The half-width of a ratio: "0.02", from 1 on "2.3", rounded up. */
char *ratio_half(char *buf, size_t size, double half);
/* A rate for a column "TASKS/s" of 7 cells: its number alone, below 1/s with its unit ("12/min", "9.9/min", "3.2/h"). */
char *table_rate(char *buf, double per_s);
/* The serial time, and what is made from it, is known so badly (a sample of the tasks, ±5 % or worse; an estimate) that texts without
 * bars say so. */
bool serial_rough(const struct timing *t);
/* A chunk as the snapshot has it ("guided", "27437"), made visible, a number with commas. */
char *chunk_text(char *buf, size_t size, const char *chunk);
/* "94 %" of a share 0..1 (rounded down); "–" when unknown. */
char *share_text(char *buf, size_t size, double share);

/* `now` of the run: stands still at its end. */
uint64_t scene_now(const struct scene *s);
bool scene_ended(const struct scene *s);

/* The top line of every view: name, title, badge, clock. `title` NULL: the run's own. */
void draw_header(struct area a, const struct scene *s, const char *title);
/* "RUNNING", "FAILED 7": what the badge says, and its role. */
void badge_text(char *buf, size_t size, const struct scene *s, enum role *role);
void draw_badge(struct area a, int y, int x_end, enum role role, const char *z);

#endif
