/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings: one sentence each, the fact with its number, what it means, the key that helps. Rows of one table; the
 * costliest shows. */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include "model/timing.h"

struct finding {
	const char *name;   /* "too-many-workers" */
	char text[160];     /* at most 76 cells */
	char brief[80];     /* at most 36 cells */
	char evidence[240]; /* what was measured, its threshold */
	double cost;        /* share of the pool's time lost, for choosing */
	uint64_t since;     /* true since */
	uint64_t shown_at;  /* 0 = never shown */
	bool holds;
};
#define FINDINGS_MAX 8

/* Remembers since when each one holds: it must hold 2 s to appear (at once when the run has ended) and stays 5 s at
 * least. */
struct findings {
	struct finding rows[FINDINGS_MAX];
	uint32_t n;
};
void findings_init(struct findings *f);
void findings_update(struct findings *f, const struct snapshot *s, const struct timing *t, uint64_t now);
/* The one to show, or NULL. */
const struct finding *findings_best(const struct findings *f, uint64_t now);

#endif
