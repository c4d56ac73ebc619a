/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serial and parallel time, speed-up, efficiency, overhead, time left: DESIGN's definitions (doc/timings.md) as one
 * pure function. */
#ifndef MODEL_TIMING_H
#define MODEL_TIMING_H

#include "model/snapshot.h"

/* Unknown numbers are NaN. ns unless said. */
struct timing {
	double elapsed;             /* since the begin of the run (its end once ended) */
	double serial, serial_half; /* T1 */
	bool serial_estimated;
	bool serial_sampled; /* measured, but only a part of the tasks: T1 is N × their mean */
	double parallel;                /* so far, without pauses and without time in which 0 workers were wanted and left */
	double expected, expected_half; /* at the end: so far + left; = parallel once ended */
	double speedup, speedup_half;   /* T1 / expected */
	double ideal;                   /* min(workers, CPUs), weighted over resizes by time */
	double ideal_ns;                /* T1 / ideal: where the ideal would end */
	double efficiency;              /* speedup / ideal, 0..1 (may pass 1) */
	double overhead_task;           /* (ideal × expected − T1) / N, ns a task */
	double rate;                    /* tasks/s now: last 5 s or 20 results; NaN before */
	bool settling;  /* after a change: 2 s and 8 results are not reached, the rate stands on too little */
	bool measuring; /* the rate of the present worker count is not known yet, but about to be */
	double left, left_low, left_high; /* time left and its 80 % range; NaN before 5 tasks are done, 0 at the end */
};
void timing_of(const struct snapshot *s, uint64_t now, struct timing *t);

/* Rate of a tried worker count, tasks/s; NaN when it never settled for half a second. */
double tried_rate(const struct tried *t);

#endif
