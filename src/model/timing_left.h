/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a task that has run for some time will still take, from quantiles of the finished ones. */
#ifndef MODEL_TIMING_LEFT_H
#define MODEL_TIMING_LEFT_H

#include "model/snapshot.h"

/* The p quantile (0 < p < 1) of the time left of a task of that age, given that it still runs. The distribution is
 * the piecewise linear one through q10, q50, q90, that begins at least at 0 and goes on beyond q90 as an exponential
 * with the slope it has between q50 and q90. ns. NaN when the quantiles are not known. */
double task_left(double q10, double q50, double q90, double age_ns, double p);

/* The longest such time over all slots that have a task at `now`: quantile p; 0 when none has. Tasks that report
 * their progress are taken at their word. */
double longest_left(const struct snapshot *s, uint64_t now, double p);

#endif
