/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the start screen lists: the shipped workloads, then the recent runs. The caller (cli) fills it, the view draws it; rows are
 * numbered from 0 through both lists (ui_state.start_row). */
#ifndef UI_START_H
#define UI_START_H

#include <stdbool.h>
#include <stdint.h>

struct start_workload {
	char name[128], about[256];
	uint64_t tasks;
	double seconds, speedup;      /* last complete run here; NaN = never run, no baseline */
	bool rough;                   /* the speed-up stands on an estimated serial time or a small sample */
};

struct start_run {
	char id[64], name[128];
	char state[16];               /* run_state_names */
	uint64_t tasks, done;
	double seconds, speedup;      /* parallel time; NaN = unknown */
	bool rough;                   /* as above */
	uint64_t when;                /* time of day of its begin, ns since 1970 */
};

struct start_list {
	struct start_workload *workloads; /* owned by the caller, as runs; raw text (the view makes it visible) */
	uint32_t nworkloads;
	struct start_run *runs;           /* newest first */
	uint32_t nruns;
	uint32_t cpus;                    /* usable */
	char cpus_text[256];              /* cpus_explain() */
};

#endif
