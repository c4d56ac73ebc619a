/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the start screen lists: shipped workloads first, then recent runs. Filled by the caller, who knows where they are kept. */
#ifndef UI_START_LIST_H
#define UI_START_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct start_workload {
	char name[64], about[160];
	uint64_t tasks;
	double last_ns, last_speedup; /* of the newest run here; NaN without one */
};
struct start_run {
	char id[64], name[128];
	uint8_t state;                /* enum run_state; a run that has not ended is open or was broken off */
	uint64_t tasks, done;
	double seconds, speedup;      /* NaN when unknown */
	uint64_t when;                /* ns since 1970, its begin */
};
struct start_list {
	struct start_workload *workloads; /* owned */
	struct start_run *runs;           /* owned, newest first */
	uint32_t nworkloads, nruns;
	uint32_t cpus;
	char cpus_text[256];              /* why so many */
};

void start_list_init(struct start_list *l);
void start_list_release(struct start_list *l);
/* Appends one; sets its texts (cut) and numbers. */
void start_list_add_workload(struct start_list *l, const struct start_workload *w);
void start_list_add_run(struct start_list *l, const struct start_run *r);
/* Takes the newest run of every workload into its last_* (after all were added). */
void start_list_join(struct start_list *l);

/* Rows of the screen count over both lists: 0..nworkloads−1, then the runs. */
uint32_t start_list_rows(const struct start_list *l);
const char *start_list_name(const struct start_list *l, uint32_t row); /* "" past the end */
/* The nearest row from `from` in direction `step` (1, −1) whose name or description has `text` (capitals count as small letters), round the end; `from` when
 * there is none. */
uint32_t start_list_find(const struct start_list *l, uint32_t from, int step, const char *text);
/* The part of a run's id that people type: "k7" of "20261121-1402-k7". */
const char *run_id_short(const char *id);

#endif
