/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling and searching the start screen's list (ui/start.h): shipped workloads first, then recent runs. */
#ifndef UI_START_LIST_H
#define UI_START_LIST_H

#include "ui/start.h"

void start_list_init(struct start_list *l);
void start_list_release(struct start_list *l);
/* Appends one. */
void start_list_add_workload(struct start_list *l, const struct start_workload *w);
void start_list_add_run(struct start_list *l, const struct start_run *r);
/* Takes the newest complete run of every workload, with the workload's own number of tasks, into its seconds and speedup (after all
 * were added). */
void start_list_join(struct start_list *l);

/* Rows of the screen count over both lists: 0..nworkloads−1, then the runs. */
uint32_t start_list_rows(const struct start_list *l);
const char *start_list_name(const struct start_list *l, uint32_t row); /* "" past the end */
/* The nearest row from `from` in direction `step` (1, −1), round the end, whose name or description has `text`
 * (capitals count as small letters); `from` itself comes last. UINT32_MAX when there is none. */
uint32_t start_list_find(const struct start_list *l, uint32_t from, int step, const char *text);
/* The part of a run's id that people type: "k7" of "20261121-1402-k7". */
const char *run_id_short(const char *id);

#endif
