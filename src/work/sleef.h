/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vector library SLEEF, opened only when a formula needs one of its functions: linked, it would double the time a
 * worker takes to start.
 *
 * Its Sleef_cinz_ functions ("consistent, no FMA") give the same bits at every width and on every machine, within 1
 * ulp (erfc 1.5). Another version of the library may give others. */
#ifndef WORK_SLEEF_H
#define WORK_SLEEF_H

#include "work/kern.h"

/* A handle to be closed by sleef_close, or NULL with *err, which names `function` as what needed it. */
void *sleef_open(const char *function, struct err *err);
void sleef_close(void *handle); /* NULL is fine */
/* The function for a formula's code (>= EXPR_LIBRARY) at the kernel's width, for call1 or call2; NULL with *err. */
kern_function *sleef_function(void *handle, int code, const struct kern *kern, struct err *err);

#endif
