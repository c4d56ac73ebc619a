/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The function table, the building of byte code, and the joining of constants. */
#include "plan/expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "plan/expr_build.h"

static const struct expr_function functions[] = {
	{ "abs", EXPR_ABS, 1, 1, "size without sign" },
	{ "acos", EXPR_ACOS, 1, 1, "arc cosine" },
	{ "acosh", EXPR_ACOSH, 1, 1, "inverse hyperbolic cosine" },
	{ "asin", EXPR_ASIN, 1, 1, "arc sine" },
	{ "asinh", EXPR_ASINH, 1, 1, "inverse hyperbolic sine" },
	{ "atan", EXPR_ATAN, 1, 1, "arc tangent" },
	{ "atan2", EXPR_ATAN2, 2, 2, "angle of the point (second, first)" },
	{ "atanh", EXPR_ATANH, 1, 1, "inverse hyperbolic tangent" },
	{ "avg", EXPR_AVG, 1, EXPR_MAX_ARGS, "mean of the arguments" },
	{ "cbrt", EXPR_CBRT, 1, 1, "cube root" },
	{ "ceil", EXPR_CEIL, 1, 1, "next whole number above" },
	{ "copysign", EXPR_COPYSIGN, 2, 2, "size of the first, sign of the second" },
	{ "cos", EXPR_COS, 1, 1, "cosine (radians)" },
	{ "cosh", EXPR_COSH, 1, 1, "hyperbolic cosine" },
	{ "erf", EXPR_ERF, 1, 1, "error function" },
	{ "erfc", EXPR_ERFC, 1, 1, "1 - erf" },
	{ "exp", EXPR_EXP, 1, 1, "e to the power" },
	{ "exp10", EXPR_EXP10, 1, 1, "10 to the power" },
	{ "exp2", EXPR_EXP2, 1, 1, "2 to the power" },
	{ "expm1", EXPR_EXPM1, 1, 1, "exp(x) - 1, exact near 0" },
	{ "fabs", EXPR_ABS, 1, 1, "as abs" },
	{ "fdim", EXPR_FDIM, 2, 2, "first - second if positive, else 0" },
	{ "floor", EXPR_FLOOR, 1, 1, "next whole number below" },
	{ "fma", EXPR_FMA, 3, 3, "first * second + third, rounded once" },
	{ "fmax", EXPR_MAX, 2, 2, "as max" },
	{ "fmin", EXPR_MIN, 2, 2, "as min" },
	{ "fmod", EXPR_MOD, 2, 2, "remainder of division, sign of the first" },
	{ "gamma", EXPR_TGAMMA, 1, 1, "as tgamma" },
	{ "hypot", EXPR_HYPOT, 2, 2, "sqrt(first^2 + second^2)" },
	{ "isfinite", EXPR_ISFINITE, 1, 1, "1 if neither infinite nor NaN" },
	{ "isinf", EXPR_ISINF, 1, 1, "1 if infinite" },
	{ "isnan", EXPR_ISNAN, 1, 1, "1 if not a number" },
	{ "ldexp", EXPR_LDEXP, 2, 2, "first * 2^second" },
	{ "lgamma", EXPR_LGAMMA, 1, 1, "logarithm of the size of gamma" },
	{ "ln", EXPR_LOG, 1, 1, "as log" },
	{ "log", EXPR_LOG, 1, 1, "natural logarithm" },
	{ "log10", EXPR_LOG10, 1, 1, "logarithm to base 10" },
	{ "log1p", EXPR_LOG1P, 1, 1, "log(1 + x), exact near 0" },
	{ "log2", EXPR_LOG2, 1, 1, "logarithm to base 2" },
	{ "logb", EXPR_LOGB, 1, 1, "binary exponent" },
	{ "max", EXPR_MAX, 1, EXPR_MAX_ARGS, "largest argument" },
	{ "min", EXPR_MIN, 1, EXPR_MAX_ARGS, "smallest argument" },
	{ "nearbyint", EXPR_RINT, 1, 1, "as rint" },
	{ "nextafter", EXPR_NEXTAFTER, 2, 2, "next number from the first towards the second" },
	{ "pow", EXPR_POW, 2, 2, "first to the power second" },
	{ "remainder", EXPR_REMAINDER, 2, 2, "first - n * second, n the nearest whole number" },
	{ "rint", EXPR_RINT, 1, 1, "nearest whole number, halves to even" },
	{ "round", EXPR_ROUND, 1, 1, "nearest whole number, halves away from 0" },
	{ "sign", EXPR_SIGN, 1, 1, "-1, 0 or 1" },
	{ "signbit", EXPR_SIGNBIT, 1, 1, "1 if negative, -0 included" },
	{ "sin", EXPR_SIN, 1, 1, "sine (radians)" },
	{ "sinh", EXPR_SINH, 1, 1, "hyperbolic sine" },
	{ "sqrt", EXPR_SQRT, 1, 1, "square root" },
	{ "sum", EXPR_SUM, 1, EXPR_MAX_ARGS, "sum of the arguments" },
	{ "tan", EXPR_TAN, 1, 1, "tangent (radians)" },
	{ "tanh", EXPR_TANH, 1, 1, "hyperbolic tangent" },
	{ "tgamma", EXPR_TGAMMA, 1, 1, "gamma function" },
	{ "trunc", EXPR_TRUNC, 1, 1, "whole part" },
};
#define NFUNCTIONS (sizeof(functions) / sizeof(functions[0]))

const struct expr_function *expr_functions(size_t *n)
{
	*n = NFUNCTIONS;
	return functions;
}

/* Among names of one code the one without "as …" is the function's own. */
const struct expr_function *expr_function_of(int code)
{
	const struct expr_function *best = NULL;

	for (size_t i = 0; i < NFUNCTIONS; i++) {
		const struct expr_function *f = &functions[i];

		if (f->code == code && (!best || strncmp(best->help, "as ", 3) == 0))
			best = f;
	}
	return best;
}

int expr_op_takes(struct expr_op op)
{
	switch (op.code) {
	case EXPR_CONST:
	case EXPR_VAR:
		return 0;
	case EXPR_NEG:
	case EXPR_NOT:
	case EXPR_POWI:
		return 1;
	case EXPR_SELECT:
		return 3;
	case EXPR_MIN:
	case EXPR_MAX:
	case EXPR_SUM:
	case EXPR_AVG:
		return op.arg;
	default:
		if (op.code >= EXPR_ADD && op.code <= EXPR_OR)
			return 2;
		const struct expr_function *f = expr_function_of(op.code);

		if (!f)
			BUG("no such code: %d", op.code);
		return f->max_args;
	}
}

int expr_needs_library(const struct expr *e)
{
	for (size_t i = 0; i < e->ncode; i++)
		if (e->code[i].code >= EXPR_LIBRARY)
			return (int)i;
	return -1;
}

int16_t expr_add_const(struct expr *e, double v)
{
	for (size_t i = 0; i < e->nconsts; i++)
		if (memcmp(&e->consts[i], &v, sizeof(v)) == 0)
			return (int16_t)i;
	if (e->nconsts >= INT16_MAX)
		BUG("%zu constants in a formula of at most %d bytes", e->nconsts, EXPR_MAX_TEXT);
	e->consts = xrealloc(e->consts, e->nconsts + 1, sizeof(*e->consts));
	e->consts[e->nconsts] = v;
	return (int16_t)e->nconsts++;
}

void expr_emit(struct expr *e, int code, int arg)
{
	if ((e->nsource & (e->nsource - 1)) == 0)
		e->source = xrealloc(e->source, e->nsource ? 2 * e->nsource : 1, sizeof(*e->source));
	e->source[e->nsource++] = (struct expr_op){ (uint16_t)code, (int16_t)arg };
}

static double powi(double x, int n)
{
	double r = 1, b = x;

	for (unsigned m = (unsigned)abs(n); m; m >>= 1, b *= b)
		if (m & 1)
			r *= b;
	return n < 0 ? 1 / r : r;
}

static double many(int code, const double *v, int n)
{
	double r = v[0];

	for (int i = 1; i < n; i++) {
		if (code == EXPR_MIN)
			r = r < v[i] || r != r ? r : v[i];
		else if (code == EXPR_MAX)
			r = r > v[i] || r != r ? r : v[i];
		else
			r += v[i];
	}
	return code == EXPR_AVG ? r / n : r;
}

/* Computes an op of constants where IEEE 754 fixes every bit. Returns false where it is left to the machine that runs
 * it. */
static bool fold_op(struct expr_op op, const double *v, double *out)
{
	switch (op.code) {
	case EXPR_NEG: *out = -v[0]; return true;
	case EXPR_NOT: *out = v[0] == 0; return true;
	case EXPR_ADD: *out = v[0] + v[1]; return true;
	case EXPR_SUB: *out = v[0] - v[1]; return true;
	case EXPR_MUL: *out = v[0] * v[1]; return true;
	case EXPR_DIV: *out = v[0] / v[1]; return true;
	case EXPR_LT: *out = v[0] < v[1]; return true;
	case EXPR_LE: *out = v[0] <= v[1]; return true;
	case EXPR_GT: *out = v[0] > v[1]; return true;
	case EXPR_GE: *out = v[0] >= v[1]; return true;
	case EXPR_EQ: *out = v[0] == v[1]; return true;
	case EXPR_NE: *out = v[0] != v[1]; return true;
	case EXPR_AND: *out = v[0] != 0 && v[1] != 0; return true;
	case EXPR_OR: *out = v[0] != 0 || v[1] != 0; return true;
	case EXPR_SELECT: *out = v[0] != 0 ? v[1] : v[2]; return true;
	case EXPR_POWI: *out = powi(v[0], op.arg); return true;
	case EXPR_ABS: *out = fabs(v[0]); return true;
	case EXPR_SQRT: *out = sqrt(v[0]); return true;
	case EXPR_MIN:
	case EXPR_MAX:
	case EXPR_SUM:
	case EXPR_AVG: *out = many(op.code, v, op.arg); return true;
	default: return false;
	}
}

/* What the fold knows about one operand on the stack. */
struct entry {
	size_t from; /* its first op in the code; its last is before the next entry's first */
	bool constant; /* it is one op, EXPR_CONST */
};

/* Replaces a power by what is exact or quick where one side is a constant: x^c with a small whole c is a fixed product,
 * x^0.5 the square root, e^x the exponential. The two operands are the last in the code; the constant is dropped. */
static bool simpler_power(struct expr *e, struct entry *two, size_t *n, struct expr_op *op)
{
	double c = two[1].constant ? e->consts[e->code[two[1].from].arg] : 0;

	if (two[1].constant && (c == 0.5 || (fabs(c) <= EXPR_MAX_POWI && c == (int)c))) {
		*op = c == 0.5 ? (struct expr_op){ EXPR_SQRT, 0 } : (struct expr_op){ EXPR_POWI, (int16_t)c };
		*n -= 1;
		return true;
	}
	if (two[0].constant && e->consts[e->code[two[0].from].arg] == EXPR_E) {
		*op = (struct expr_op){ EXPR_EXP, 0 };
		memmove(&e->code[two[0].from], &e->code[two[1].from], (*n - two[1].from) * sizeof(*e->code));
		two[0].constant = two[1].constant;
		*n -= 1;
		return true;
	}
	return false;
}

/* All operands constant, hence the last ops of the code: computes and drops them. A NaN is never made here, for its
 * sign is the machine's. */
static bool fold_constants(struct expr *e, const struct entry *operands, size_t takes, size_t *n, struct expr_op *op)
{
	double v[EXPR_MAX_ARGS], r;

	for (size_t k = 0; k < takes; k++) {
		if (!operands[k].constant)
			return false;
		v[k] = e->consts[e->code[operands[k].from].arg];
	}
	if (takes == 0 || !fold_op(*op, v, &r) || r != r)
		return false;
	*n -= takes;
	*op = (struct expr_op){ EXPR_CONST, expr_add_const(e, r) };
	return true;
}

void expr_fold(struct expr *e)
{
	struct entry stack[EXPR_MAX_DEPTH + 1];
	size_t top = 0, n = 0;

	e->code = xcalloc(e->nsource, sizeof(*e->code));
	e->depth = 1;
	for (size_t i = 0; i < e->nsource; i++) {
		struct expr_op op = e->source[i];
		size_t takes = (size_t)expr_op_takes(op), from;

		if (op.code == EXPR_POW && simpler_power(e, &stack[top - 2], &n, &op)) {
			takes = 1;
			top--;
		}
		top -= takes;
		from = takes ? stack[top].from : n;
		fold_constants(e, &stack[top], takes, &n, &op);
		e->code[n++] = op;
		stack[top++] = (struct entry){ from, op.code == EXPR_CONST };
		if (top > e->depth)
			e->depth = top;
	}
	e->ncode = n;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->nvars; i++)
		free(e->vars[i]);
	free(e->vars);
	free(e->code);
	free(e->source);
	free(e->consts);
	free(e);
}
