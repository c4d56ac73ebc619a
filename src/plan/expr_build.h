/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the formula parser (expr_parse.c) and the rest of src/plan/expr*.c only. */
#ifndef PLAN_EXPR_BUILD_H
#define PLAN_EXPR_BUILD_H

#include "plan/expr.h"

/* The number of constant v (same bits) in e->consts, added if new. */
int16_t expr_add_const(struct expr *e, double v);
/* Appends one op to e->source. */
void expr_emit(struct expr *e, int code, int arg);
/* Makes e->code and e->depth from e->source. */
void expr_fold(struct expr *e);

#endif
