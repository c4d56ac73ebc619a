/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunk rules: how many tasks the next lease has. Pure functions in one const table. */
#ifndef PLAN_CHUNK_H
#define PLAN_CHUNK_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct chunk_state {
	uint64_t tasks;     /* all tasks of the run, n */
	uint64_t remaining; /* not yet leased, >= 1 */
	uint32_t workers;   /* target worker count, >= 1 */
};

struct chunk_rule {
	const char *name; /* "fixed", "static", "pool", "guided" */
	const char *formula;
	const char *help; /* with the source of the definition */
	/* size is the number given with the rule (fixed: the chunk; others: the smallest chunk, 1 by default). The result is
	 * clamped to 1..remaining by chunk_next. */
	uint64_t (*next)(const struct chunk_state *s, uint64_t size);
};
extern const struct chunk_rule chunk_rules[]; /* ended by name NULL */

struct chunk {
	const struct chunk_rule *rule;
	uint64_t size; /* see above, >= 1 */
};

/* "64", "guided", "guided:16". 0, or -1 with *err that names the nearest rule. */
int chunk_parse(const char *text, struct chunk *out, struct err *err);
void chunk_print(struct str *out, const struct chunk *c);
/* Tasks of the next lease, 1..min(remaining, UINT32_MAX). */
uint32_t chunk_next(const struct chunk *c, const struct chunk_state *s);

#endif
