/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula's normal form: as written, with the least brackets, no blanks but around comparisons and branches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "plan/expr.h"

/* How strongly a printed part holds together; the levels of the grammar. */
enum level { CHOICE, OR, AND, EQUALITY, ORDER, TERM, PRODUCT, UNARY, POWER, POSTFIX, PRIMARY };

static const struct look {
	enum expr_code code;
	enum level level;
	const char *ascii, *sign;
} looks[] = {
	{ EXPR_OR, OR, " || ", " || " }, { EXPR_AND, AND, " && ", " && " },
	{ EXPR_EQ, EQUALITY, " == ", " == " }, { EXPR_NE, EQUALITY, " != ", " \u2260 " },
	{ EXPR_LT, ORDER, " < ", " < " }, { EXPR_LE, ORDER, " <= ", " \u2264 " },
	{ EXPR_GT, ORDER, " > ", " > " }, { EXPR_GE, ORDER, " >= ", " \u2265 " },
	{ EXPR_ADD, TERM, "+", "+" }, { EXPR_SUB, TERM, "-", "-" },
	{ EXPR_MUL, PRODUCT, "*", "\u00b7" }, { EXPR_DIV, PRODUCT, "/", "/" }, { EXPR_MOD, PRODUCT, "%", "%" },
};

struct printer {
	const struct expr *e;
	size_t *len; /* ops of the part that ends with op i */
	bool ascii;
	struct str *out;
};

static void print_part(const struct printer *pr, size_t i, enum level least);

static const struct look *look_of(int code)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if ((int)looks[i].code == code)
			return &looks[i];
	return NULL;
}

/* The last op of operand k (0 = first) of the op at i. */
static size_t operand(const struct printer *pr, size_t i, int k)
{
	int takes = expr_op_takes(pr->e->source[i]);
	size_t at = i - 1;

	while (--takes > k)
		at -= pr->len[at];
	return at;
}

/* 2 or 3 when op i is that constant, which a power writes as a superscript; else 0. */
static int superscript(const struct printer *pr, size_t i)
{
	struct expr_op op = pr->e->source[i];

	if (op.code != EXPR_CONST || pr->ascii)
		return 0;
	return pr->e->consts[op.arg] == 2 ? 2 : pr->e->consts[op.arg] == 3 ? 3 : 0;
}

static enum level level_of(const struct printer *pr, size_t i)
{
	struct expr_op op = pr->e->source[i];
	const struct look *l = look_of(op.code);

	if (l)
		return l->level;
	switch (op.code) {
	case EXPR_SELECT:
		return CHOICE;
	case EXPR_NEG:
	case EXPR_NOT:
		return UNARY;
	case EXPR_POW:
		return superscript(pr, operand(pr, i, 1)) ? POSTFIX : POWER;
	default:
		return PRIMARY;
	}
}

/* The shortest decimals that read back as v; v >= 0, as in any text. */
static void print_number(const struct printer *pr, double v)
{
	char buf[40];

	if (v == EXPR_PI || v == EXPR_E) {
		str_adds(pr->out, v == EXPR_E ? "e" : pr->ascii ? "pi" : "\u03c0");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, sizeof(buf), "%.*g", digits, v);
		if (strtod(buf, NULL) == v)
			break;
	}
	str_adds(pr->out, buf);
}

static void print_power(const struct printer *pr, size_t i)
{
	size_t exponent = operand(pr, i, 1);
	int n = superscript(pr, exponent);

	print_part(pr, operand(pr, i, 0), POSTFIX);
	if (n) {
		str_adds(pr->out, n == 2 ? "\u00b2" : "\u00b3");
	} else {
		str_addc(pr->out, '^');
		print_part(pr, exponent, UNARY);
	}
}

static void print_call(const struct printer *pr, size_t i)
{
	struct expr_op op = pr->e->source[i];
	int n = expr_op_takes(op);

	str_adds(pr->out, expr_function_of(op.code)->name);
	for (int k = 0; k < n; k++) {
		str_adds(pr->out, k ? ", " : "(");
		print_part(pr, operand(pr, i, k), CHOICE);
	}
	str_addc(pr->out, ')');
}

static void print_bare(const struct printer *pr, size_t i)
{
	struct expr_op op = pr->e->source[i];
	const struct look *l = look_of(op.code);

	if (l) {
		bool chain = l->level != EQUALITY && l->level != ORDER;

		print_part(pr, operand(pr, i, 0), chain ? l->level : l->level + 1);
		str_adds(pr->out, pr->ascii ? l->ascii : l->sign);
		print_part(pr, operand(pr, i, 1), l->level + 1);
		return;
	}
	switch (op.code) {
	case EXPR_CONST:
		print_number(pr, pr->e->consts[op.arg]);
		return;
	case EXPR_VAR:
		str_adds(pr->out, pr->e->vars[op.arg]);
		return;
	case EXPR_NEG:
	case EXPR_NOT:
		str_addc(pr->out, op.code == EXPR_NEG ? '-' : '!');
		print_part(pr, operand(pr, i, 0), UNARY);
		return;
	case EXPR_POW:
		print_power(pr, i);
		return;
	case EXPR_SELECT:
		print_part(pr, operand(pr, i, 0), OR);
		str_adds(pr->out, " ? ");
		print_part(pr, operand(pr, i, 1), CHOICE);
		str_adds(pr->out, " : ");
		print_part(pr, operand(pr, i, 2), CHOICE);
		return;
	default:
		print_call(pr, i);
	}
}

/* Prints the part that ends with op i, in brackets unless it holds together as strongly as `least`. */
static void print_part(const struct printer *pr, size_t i, enum level least)
{
	bool brackets = level_of(pr, i) < least;

	if (brackets)
		str_addc(pr->out, '(');
	print_bare(pr, i);
	if (brackets)
		str_addc(pr->out, ')');
}

void expr_print(const struct expr *e, bool ascii, struct str *out)
{
	struct printer pr = { e, xcalloc(e->nsource, sizeof(size_t)), ascii, out };

	for (size_t i = 0; i < e->nsource; i++) {
		int takes = expr_op_takes(e->source[i]);

		pr.len[i] = 1;
		for (int k = 0; k < takes; k++)
			pr.len[i] += pr.len[i - pr.len[i]];
	}
	print_part(&pr, e->nsource - 1, CHOICE);
	free(pr.len);
}
