/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the table of workloads, one a file. */
#ifndef WORK_ROWS_H
#define WORK_ROWS_H

#include "work/workload.h"

extern const struct workload integrate_workload; /* integrate_work.c */
extern const struct workload sleep_workload;     /* sleep.c */
extern const struct workload spin_workload;      /* spin.c */

#endif
