/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas that users write: text → postfix byte code.
 *
 * Grammar, from the weakest to the strongest binding:
 *     c ? a : b                 right to left
 *     ||    &&                  every operand is computed; a value is true unless it is 0 (NaN is true)
 *     ==  !=    <  <=  >  >=    1 or 0; a chain such as 0 < x < 1 is refused
 *     +  -                      also − (U+2212)
 *     *  /  %                   also × · ÷; % is C's fmod: exact, sign of the left side
 *     -x  +x  !x
 *     a ^ b   a ** b   a²  a³   right to left, and stronger than a sign on its left: -2^2 is -4, 2^-1 is 0.5
 *     numbers (12, 1.5, .5, 1e-3), variables, pi π e, f(a, b), brackets
 * x^n with a small whole constant n is a fixed product of x, x^0.5 is sqrt(x) and e^x is exp(x).
 * There is no assignment and no implied product. The functions are those of expr_functions().
 *
 * The code is run by src/work/eval.c; here it is only made. Numbers are IEEE doubles; nothing is re-associated, and a
 * constant part is computed here only when every machine gives the same bits for it. */
#ifndef PLAN_EXPR_H
#define PLAN_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define EXPR_MAX_TEXT 4096 /* bytes */
#define EXPR_MAX_DEPTH 200 /* brackets, signs, powers and branches inside each other; also operands waiting */
#define EXPR_MAX_ARGS 64   /* of min, max, sum, avg */
#define EXPR_MAX_POWI 64   /* x^n for a whole constant |n| up to this is a fixed product of x */

enum expr_code {
	EXPR_CONST, /* push constant number arg */
	EXPR_VAR,   /* push variable number arg */
	EXPR_NEG, EXPR_NOT,
	EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV,
	EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE, EXPR_EQ, EXPR_NE, EXPR_AND, EXPR_OR,
	EXPR_SELECT, /* c a b → c ? a : b */
	EXPR_POWI,   /* x^arg as r = 1, b = x; for each bit of |arg| from the lowest: r *= b if set, b *= b; 1/r if arg < 0 */
	EXPR_MIN, EXPR_MAX, EXPR_SUM, EXPR_AVG, /* of arg operands, from the first on; NaN if any is NaN */
	EXPR_ABS, EXPR_SIGN, EXPR_SQRT, EXPR_RINT, EXPR_FLOOR, EXPR_CEIL, EXPR_TRUNC, EXPR_ROUND,
	EXPR_ISNAN, EXPR_ISINF, EXPR_ISFINITE, EXPR_SIGNBIT, EXPR_COPYSIGN, EXPR_FDIM,
	EXPR_LOG, EXPR_EXP, /* own kernels */
	EXPR_MOD, EXPR_REMAINDER, EXPR_FMA, EXPR_LDEXP, EXPR_LOGB, EXPR_NEXTAFTER, /* exact by definition in any libm */
	EXPR_LIBRARY,                                /* from here on: the vector library, loaded when needed */
	EXPR_POW = EXPR_LIBRARY,
	EXPR_SIN, EXPR_COS, EXPR_TAN, EXPR_ASIN, EXPR_ACOS, EXPR_ATAN, EXPR_ATAN2, EXPR_SINH, EXPR_COSH, EXPR_TANH, EXPR_ASINH,
	EXPR_ACOSH, EXPR_ATANH, EXPR_EXP2, EXPR_EXP10, EXPR_EXPM1, EXPR_LOG2, EXPR_LOG10, EXPR_LOG1P, EXPR_CBRT,
	EXPR_HYPOT, EXPR_ERF, EXPR_ERFC, EXPR_LGAMMA, EXPR_TGAMMA,
	EXPR_NCODES
};

struct expr_op {
	uint16_t code; /* enum expr_code */
	int16_t arg;
};

/* One row for each function a formula may call. */
struct expr_function {
	const char *name;
	uint8_t code;
	uint8_t min_args, max_args;
	const char *help; /* one line */
};
const struct expr_function *expr_functions(size_t *n);

/* A parsed formula; read only. */
struct expr {
	struct expr_op *code; /* what to run: constants joined, whole powers as EXPR_POWI */
	size_t ncode;
	struct expr_op *source; /* the formula as written, for expr_print */
	size_t nsource;
	double *consts; /* of both */
	size_t nconsts;
	size_t depth; /* operands on the stack at once while code runs, at least 1 */
	size_t nvars; /* as given to expr_parse */
	char **vars;
};

#define EXPR_PI 3.141592653589793238
#define EXPR_E 2.718281828459045235

struct expr_error {
	int col;       /* 1-based, in characters */
	char msg[256]; /* one sentence without the place; may hold text from outside */
};

/* Parses UTF-8 text with the given variable names (they must outlive nothing: they are copied). Returns the formula, to
 * be freed with expr_free, or NULL with *error set (error may be NULL). */
struct expr *expr_parse(const char *text, const char *const *vars, size_t nvars, struct expr_error *error);
void expr_free(struct expr *e); /* NULL is fine */

/* Appends the formula in its normal form: least brackets, e.g. 1/(1+x²), or 1/(1+x^2) when ascii. Parsing the result
 * gives the same formula. */
void expr_print(const struct expr *e, bool ascii, struct str *out);

/* How many operands an op takes from the stack (it puts one back). */
int expr_op_takes(struct expr_op op);
/* The function row of a code, or NULL if no function has it. */
const struct expr_function *expr_function_of(int code);
/* The first op of e->code that belongs to the vector library (code >= EXPR_LIBRARY), or -1. */
int expr_needs_library(const struct expr *e);

#endif
