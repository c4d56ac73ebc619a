/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas run over blocks of values through the kernels; the same bits at every level and however the values are
 * cut. */
#ifndef WORK_EVAL_H
#define WORK_EVAL_H

#include <stddef.h>

#include "work/kern.h"

struct eval; /* a formula made ready; used by one thread at a time */

/* e must outlive the result. NULL with *err when a function's library is missing. Freed by eval_free. */
struct eval *eval_new(const struct expr *e, const struct kern *kern, struct err *err);
void eval_free(struct eval *ev); /* NULL is fine */

/* out[i] = formula of vars[0][i], vars[1][i], …; out overlaps none of them. */
void eval_run(struct eval *ev, const double *const *vars, size_t n, double *out);

/* A guess at the time of one value, ns: for deciding how often to look up from the work. */
double eval_cost(const struct eval *ev);

#endif
