/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collecting what is wrong with a file: every problem with its place, sorted at the end. */
#ifndef CONFIG_PROBLEMS_H
#define CONFIG_PROBLEMS_H

#include "config/config.h"

#define PROBLEMS_MAX 1000 /* more are counted in one last line */

/* Where a value was written: in the file, or in a setting. */
struct spot {
	int line, col;
	const struct setting *setting; /* NULL: in the file */
};

/* Adds "ORIGIN:LINE:COL: …", or "--set KEY=VALUE: …" for a setting. The text may hold anything: it is made visible
 * here. */
void problems_add(struct problems *p, const char *origin, struct spot at, const char *fmt, ...) PRINTF(4, 5);
/* By place, settings last, otherwise in the order they were added. */
void problems_sort(struct problems *p);

#endif
