/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The integral of a formula by random points: what one task of the kind `integrate` computes (doc/integrate.md).
 *
 * A task draws n uniform points on [a, b], already sorted: x_k = a + (b − a) (E_1 + … + E_k) / (E_1 + … + E_{n+1}) with
 * exponential spacings E from stream(seed, task, 0). METHOD_SLIDES gives Σ f(x_{k+1}) (x_{k+1} − x_k) for k = 1 … n −
 * 1, METHOD_TRAPEZOID the trapezoid rule over a, x_1, …, x_n, b. Memory is bounded whatever n is. */
#ifndef WORK_INTEGRATE_H
#define WORK_INTEGRATE_H

#include <stdint.h>

#include "plan/expr.h"
#include "plan/kind.h"
#include "work/eval.h"

#define INTEGRATE_ROWS 128                          /* of KERN_LANES spacings each: one block */
#define INTEGRATE_BLOCK (INTEGRATE_ROWS * KERN_LANES)
#define INTEGRATE_KEEP 32768                        /* with more points, spacings are computed twice instead of kept */

struct integrate {
	const struct kern *kern;
	struct eval *f;
	double a, b;
	uint64_t n;
	int method;            /* METHOD_SLIDES or METHOD_TRAPEZOID */
	double fa, fb;         /* f at the ends (trapezoid) */
	uint64_t poll_blocks;  /* blocks of work between two looks up */
	double *spacings;      /* all of them when n <= INTEGRATE_KEEP, else one block */
	uint64_t *words;       /* one block */
	double *x, *y, *w;     /* points, values, weights: one block each */
};

/* Called about every 0.2 to 1 ms of work with points done of all; -1 with *err ends the task with that. */
typedef int integrate_poll(void *arg, uint64_t done, uint64_t of, struct err *err);

/* f (of one variable) must outlive *in. 0, or -1 with *err (a not below b, no points, a missing library, f not finite
 * at an end for the trapezoid rule); then there is nothing to release. */
int integrate_init(struct integrate *in, const struct expr *f, double a, double b, uint64_t n, int method,
	struct err *err);
void integrate_release(struct integrate *in);

/* The value of one task; poll may be NULL. -1 with *err when f is not finite somewhere, or as poll said. */
int integrate_task(struct integrate *in, uint64_t seed, uint64_t task, integrate_poll *poll, void *arg, double *out,
		   struct err *err);

#endif
