/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a workload file to a plan. The table of keys (type, unit, range, default, help) is the only description of
 * the file format: the loader, --set, `pooltop check` and the printed reference all walk it. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "plan/plan.h"

#define CONFIG_FILE_MAX (64ul << 20) /* bytes */
#define CONFIG_DEPTH_MAX 64

/* One setting from the command line: "tasks" = "1000", "work.samples" or plainly "samples" = "100", "pool.workers"
 * or "workers" = "4". `place` names it in messages ("--set", "-w"). */
struct setting {
	const char *key, *value, *place;
};

/* Everything that is wrong with a file, in one go: "FILE:LINE:COL: what is wrong; what would be right", sorted by
 * place; settings last as "--set KEY=VALUE: …". Lines are visible text (already escaped). */
struct problems {
	struct {
		int line, col;
		char *text;
	} *items; /* owned */
	size_t n, cap;
};
void problems_release(struct problems *p);
/* All of them, a line each. */
void problems_print(struct str *out, const struct problems *p);

/* text: n bytes as read; origin is the name used in messages. Returns 0 and fills *plan (the caller releases it),
 * or -1 with at least one problem. Without errors, problems stays empty. Never prints, never reads other files
 * than those the text names. */
int config_load(const char *origin, const char *text, size_t n, const struct setting *settings, size_t nsettings,
	struct plan *plan, struct problems *problems);

/* WORKLOAD|FILE as the user wrote it: a path (has a slash, ends in .yaml or .yml, or "-" for stdin) or the name of
 * a shipped workload. Reads it whole: *text (owned by the caller, NUL added), *n, *origin (owned). 0, or -1 with
 * *err (nearest shipped name offered). */
int config_read(const char *what, char **text, size_t *n, char **origin, struct err *err);

/* The shipped workloads, sorted by name. */
struct shipped {
	char *name, *about, *path; /* owned */
	uint64_t tasks;
};
/* Loads every *.yaml of dir (path_data_dir() when NULL). Returns their number (*out owned, shipped_free), or -1. */
long config_shipped(const char *dir, struct shipped **out, struct err *err);
void shipped_free(struct shipped *list, long n);

/* The reference of all keys and kinds, made from the tables: plain text for `pooltop help keys` and the manual
 * page (roff). */
void config_reference(struct str *out, bool roff);

/* The nearest of the candidates by edit distance, or NULL when none is near: at most a third of the letters differ
 * (nearest_word of plan/kind.h). */
const char *config_nearest(const char *word, const char *const *candidates, size_t n);

#endif
