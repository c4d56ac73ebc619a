/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of a formula → tokens with columns → ops (precedence climbing). */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/num.h"
#include "base/text.h"
#include "plan/expr_build.h"
#include "plan/kind.h"

#define NAME_SIZE 64 /* bytes of a name or sign as quoted in a message */

enum token {
	T_END, T_NUMBER, T_NAME, T_OPEN, T_CLOSE, T_COMMA, T_QUESTION, T_COLON, T_NOT, T_POWER, T_SQUARE, T_CUBE,
	T_OR, T_AND, T_EQ, T_NE, T_LT, T_LE, T_GT, T_GE, T_PLUS, T_MINUS, T_TIMES, T_DIVIDE, T_MOD,
	T_ASSIGN, T_BIT_AND, T_BIT_OR, T_STRANGE
};

/* Longer signs first. */
static const struct sign {
	const char *text;
	enum token token;
} signs[] = {
	{ "**", T_POWER }, { "||", T_OR }, { "&&", T_AND }, { "==", T_EQ }, { "!=", T_NE }, { "<=", T_LE }, { ">=", T_GE },
	{ "(", T_OPEN }, { ")", T_CLOSE }, { ",", T_COMMA }, { "?", T_QUESTION }, { ":", T_COLON }, { "!", T_NOT },
	{ "^", T_POWER }, { "<", T_LT }, { ">", T_GT }, { "+", T_PLUS }, { "-", T_MINUS }, { "*", T_TIMES },
	{ "/", T_DIVIDE }, { "%", T_MOD }, { "=", T_ASSIGN }, { "&", T_BIT_AND }, { "|", T_BIT_OR },
	{ "\u2212", T_MINUS }, { "\u00d7", T_TIMES }, { "\u00b7", T_TIMES }, { "\u22c5", T_TIMES }, { "\u00f7", T_DIVIDE },
	{ "\u00b2", T_SQUARE }, { "\u00b3", T_CUBE }, { "\u2264", T_LE }, { "\u2265", T_GE }, { "\u2260", T_NE },
};

/* Operators with two operands; a higher level binds more. */
static const struct binary {
	enum token token;
	int level;
	enum expr_code code;
} binaries[] = {
	{ T_OR, 1, EXPR_OR }, { T_AND, 2, EXPR_AND },
	{ T_EQ, 3, EXPR_EQ }, { T_NE, 3, EXPR_NE },
	{ T_LT, 4, EXPR_LT }, { T_LE, 4, EXPR_LE }, { T_GT, 4, EXPR_GT }, { T_GE, 4, EXPR_GE },
	{ T_PLUS, 5, EXPR_ADD }, { T_MINUS, 5, EXPR_SUB },
	{ T_TIMES, 6, EXPR_MUL }, { T_DIVIDE, 6, EXPR_DIV }, { T_MOD, 6, EXPR_MOD },
};

struct parser {
	const char *p, *end; /* what follows the current token */
	int col;             /* of p */
	enum token token;
	const char *start;   /* of the current token */
	size_t len;
	int tcol;
	double number;
	int depth;  /* of nesting */
	int height; /* operands on the stack */
	struct expr *e;
	struct expr_error *error;
};

/* Always false, so that `return fail(...)` reads well. */
static bool fail(struct parser *ps, int col, const char *fmt, ...) PRINTF(3, 4);
static bool fail(struct parser *ps, int col, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!ps->error)
		return false;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	str_copy(ps->error->msg, sizeof(ps->error->msg), line);
	ps->error->col = col;
	return false;
}

/* The current token for a message. */
static const char *quoted(const struct parser *ps, char buf[NAME_SIZE])
{
	char whole[NAME_SIZE];
	size_t n = ps->len < sizeof(whole) - 1 ? ps->len : sizeof(whole) - 1;

	memcpy(whole, ps->start, n);
	whole[n] = '\0';
	str_copy(buf, NAME_SIZE, whole);
	return buf;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool lex_number(struct parser *ps)
{
	const char *p = ps->p;
	char buf[EXPR_MAX_TEXT + 1];
	struct err err;
	size_t n = 0;

	while (p < ps->end && is_digit(*p))
		p++;
	if (p < ps->end && *p == '.')
		p++;
	while (p < ps->end && is_digit(*p))
		p++;
	if (p < ps->end && (*p == 'e' || *p == 'E')) {
		const char *q = p + 1;

		if (q < ps->end && (*q == '+' || *q == '-'))
			q++;
		if (q < ps->end && is_digit(*q)) {
			while (q < ps->end && is_digit(*q))
				q++;
			p = q;
		}
	}
	ps->len = (size_t)(p - ps->start);
	if (*ps->p == '.')
		buf[n++] = '0'; /* .5 and 5. are numbers here */
	for (const char *q = ps->p; q < p; q++) {
		buf[n++] = *q;
		if (*q == '.' && (q + 1 == p || !is_digit(q[1])))
			buf[n++] = '0';
		if (n > EXPR_MAX_TEXT - 2)
			return fail(ps, ps->tcol, "this number has too many digits");
	}
	buf[n] = '\0';
	ps->token = T_NUMBER;
	if (num_real(buf, -HUGE_VAL, HUGE_VAL, &ps->number, &err) < 0 || !isfinite(ps->number))
		return fail(ps, ps->tcol, "%.40s is too large a number (at most 1.8e308)", buf);
	return true;
}

static void lex_sign(struct parser *ps)
{
	size_t left = (size_t)(ps->end - ps->p);
	int32_t cp;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i].text);

		if (n <= left && memcmp(ps->p, signs[i].text, n) == 0) {
			ps->token = signs[i].token;
			ps->len = n;
			return;
		}
	}
	ps->len = utf8_decode(ps->p, left, &cp);
	ps->token = cp == 0x3c0 ? T_NAME : T_STRANGE;
}

/* Reads the next token. Returns false, with the error set, when there is none. */
static bool next(struct parser *ps)
{
	char name[NAME_SIZE];
	bool ok = true;

	while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\n' || *ps->p == '\r')) {
		ps->p++;
		ps->col++;
	}
	ps->start = ps->p;
	ps->tcol = ps->col;
	ps->len = 0;
	if (ps->p == ps->end) {
		ps->token = T_END;
		return true;
	}
	if (is_digit(*ps->p) || (*ps->p == '.' && ps->p + 1 < ps->end && is_digit(ps->p[1]))) {
		ok = lex_number(ps);
	} else if (is_letter(*ps->p)) {
		ps->token = T_NAME;
		while (ps->p + ps->len < ps->end && (is_letter(ps->p[ps->len]) || is_digit(ps->p[ps->len])))
			ps->len++;
	} else {
		lex_sign(ps);
		if (ps->token == T_STRANGE)
			ok = fail(ps, ps->tcol, "`%s` has no meaning in a formula", quoted(ps, name));
	}
	/* Letters, digits and signs of one byte are one column each, a sign beyond ASCII is one as a whole. */
	ps->col += (unsigned char)*ps->p < 0x80 ? (int)ps->len : 1;
	ps->p += ps->len;
	return ok;
}

/* Emits an op and keeps the height of the stack within bounds. */
static bool emit(struct parser *ps, int col, int code, int arg)
{
	struct expr_op op = { (uint16_t)code, (int16_t)arg };

	ps->height += 1 - expr_op_takes(op);
	if (ps->height > EXPR_MAX_DEPTH)
		return fail(ps, col, "the formula is nested too deeply (at most %d operands wait)", EXPR_MAX_DEPTH);
	expr_emit(ps->e, code, arg);
	return true;
}

static bool enter(struct parser *ps, int col)
{
	if (++ps->depth > EXPR_MAX_DEPTH)
		return fail(ps, col, "the formula is nested too deeply (at most %d levels)", EXPR_MAX_DEPTH);
	return true;
}

static bool name_is(const struct parser *ps, const char *z)
{
	return strlen(z) == ps->len && memcmp(ps->start, z, ps->len) == 0;
}

static bool unknown_name(struct parser *ps, bool called, int col, const char *name)
{
	size_t nf, n = 0;
	const struct expr_function *f = expr_functions(&nf);
	const char **names = xcalloc(nf + ps->e->nvars + 1, sizeof(*names)), *best;

	for (size_t i = 0; i < ps->e->nvars && !called; i++)
		names[n++] = ps->e->vars[i];
	if (!called)
		names[n++] = "pi";
	for (size_t i = 0; i < nf; i++)
		names[n++] = f[i].name;
	best = nearest_word(name, names, n);
	free(names);
	if (best)
		return fail(ps, col, "unknown %s `%s`; did you mean %s?", called ? "function" : "name", name, best);
	if (called || ps->e->nvars == 0)
		return fail(ps, col, "unknown %s `%s`", called ? "function" : "name", name);
	return fail(ps, col, "unknown name `%s`; the variable is %s", name, ps->e->vars[0]);
}

/* The current token stands where a part of the formula should have ended or gone on. */
static bool leftover(struct parser *ps)
{
	char buf[NAME_SIZE];

	quoted(ps, buf);
	switch (ps->token) {
	case T_CLOSE:
		return fail(ps, ps->tcol, "this bracket closes nothing");
	case T_COMMA:
		return fail(ps, ps->tcol, "a comma outside of a function's arguments; decimals use a point");
	case T_ASSIGN:
		return fail(ps, ps->tcol, "there is no assignment; `==` compares");
	case T_BIT_AND:
	case T_BIT_OR:
		return fail(ps, ps->tcol, "there are no bit operators; `%s%s` joins conditions", buf, buf);
	case T_COLON:
		return fail(ps, ps->tcol, "this `:` has no `?`");
	case T_NUMBER:
	case T_NAME:
	case T_OPEN:
		return fail(ps, ps->tcol, "an operator is missing before `%s`; a product needs its sign `*`", buf);
	default:
		return fail(ps, ps->tcol, "`%s` where an operator is expected", buf);
	}
}

static bool parse_choice(struct parser *ps);
static bool parse_unary(struct parser *ps);

static bool wrong_arity(struct parser *ps, int col, const char *name, const struct expr_function *f, int n)
{
	if (f->min_args == f->max_args)
		return fail(ps, col, "%s takes %d argument%s, not %d", name, f->max_args, f->max_args == 1 ? "" : "s", n);
	return fail(ps, col, "%s takes %d to %d arguments, not %d", name, f->min_args, f->max_args, n);
}

/* After a function's name: its arguments in brackets. */
static bool parse_call(struct parser *ps, int col, const struct expr_function *f)
{
	int open = ps->tcol, n = 0;
	bool variadic = f->code >= EXPR_MIN && f->code <= EXPR_AVG;

	if (!next(ps))
		return false;
	while (ps->token != T_CLOSE) {
		if (!parse_choice(ps))
			return false;
		if (++n > EXPR_MAX_ARGS)
			return fail(ps, col, "%s has too many arguments (at most %d)", f->name, f->max_args);
		if (ps->token == T_END)
			return fail(ps, open, "this bracket is never closed");
		if (ps->token != T_COMMA && ps->token != T_CLOSE)
			return leftover(ps);
		if (ps->token == T_COMMA) {
			if (!next(ps))
				return false;
			if (ps->token == T_CLOSE)
				return fail(ps, ps->tcol, "an argument is missing before `)`");
		}
	}
	if (n < f->min_args || n > f->max_args)
		return wrong_arity(ps, col, f->name, f, n);
	return emit(ps, col, f->code, variadic ? n : 0) && next(ps);
}

/* A variable, a constant or a call; the current token is its name. */
static bool parse_name(struct parser *ps)
{
	char name[NAME_SIZE];
	size_t nf;
	int col = ps->tcol;
	struct parser was = *ps;
	const struct expr_function *f = expr_functions(&nf);
	int var = -1;

	quoted(ps, name);
	for (size_t i = 0; i < ps->e->nvars; i++)
		if (name_is(ps, ps->e->vars[i]))
			var = (int)i;
	if (!next(ps))
		return false;
	if (var >= 0 || name_is(&was, "pi") || name_is(&was, "\u03c0") || name_is(&was, "e")) {
		if (ps->token == T_OPEN)
			return fail(ps, col, "`%s` is no function; a product needs its sign: %s*(…)", name, name);
		if (var >= 0)
			return emit(ps, col, EXPR_VAR, var);
		return emit(ps, col, EXPR_CONST, expr_add_const(ps->e, name_is(&was, "e") ? EXPR_E : EXPR_PI));
	}
	for (size_t i = 0; i < nf; i++) {
		if (!name_is(&was, f[i].name))
			continue;
		if (ps->token != T_OPEN)
			return fail(ps, col, "%s is a function; its argument goes in brackets: %s(…)", name, name);
		if (!enter(ps, col) || !parse_call(ps, col, &f[i]))
			return false;
		ps->depth--;
		return true;
	}
	return unknown_name(ps, ps->token == T_OPEN, col, name);
}

static bool parse_brackets(struct parser *ps)
{
	int open = ps->tcol;

	if (!enter(ps, open) || !next(ps))
		return false;
	if (ps->token == T_CLOSE)
		return fail(ps, open, "nothing stands between these brackets");
	if (!parse_choice(ps))
		return false;
	if (ps->token == T_END)
		return fail(ps, open, "this bracket is never closed");
	if (ps->token != T_CLOSE)
		return leftover(ps);
	ps->depth--;
	return next(ps);
}

static bool parse_primary(struct parser *ps)
{
	char buf[NAME_SIZE];
	int col = ps->tcol;

	switch (ps->token) {
	case T_NUMBER:
		return emit(ps, col, EXPR_CONST, expr_add_const(ps->e, ps->number)) && next(ps);
	case T_NAME:
		return parse_name(ps);
	case T_OPEN:
		return parse_brackets(ps);
	case T_END:
		return fail(ps, col, "the formula ends where a value is expected");
	default:
		return fail(ps, col, "`%s` where a value is expected", quoted(ps, buf));
	}
}

/* a² a³ a^b a**b; the exponent may have a sign. */
static bool parse_power(struct parser *ps)
{
	if (!parse_primary(ps))
		return false;
	while (ps->token == T_SQUARE || ps->token == T_CUBE) {
		int16_t n = expr_add_const(ps->e, ps->token == T_SQUARE ? 2 : 3);

		if (!emit(ps, ps->tcol, EXPR_CONST, n) || !emit(ps, ps->tcol, EXPR_POW, 0) || !next(ps))
			return false;
	}
	if (ps->token != T_POWER)
		return true;

	int col = ps->tcol;

	if (!enter(ps, col) || !next(ps) || !parse_unary(ps))
		return false;
	ps->depth--;
	return emit(ps, col, EXPR_POW, 0);
}

static bool parse_unary(struct parser *ps)
{
	enum token t = ps->token;
	int col = ps->tcol;

	if (t != T_MINUS && t != T_PLUS && t != T_NOT)
		return parse_power(ps);
	if (!enter(ps, col) || !next(ps) || !parse_unary(ps))
		return false;
	ps->depth--;
	return t == T_PLUS || emit(ps, col, t == T_MINUS ? EXPR_NEG : EXPR_NOT, 0);
}

static const struct binary *binary_of(enum token t)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		if (binaries[i].token == t)
			return &binaries[i];
	return NULL;
}

static bool parse_binary(struct parser *ps, int level)
{
	const struct binary *b, *last = NULL;

	if (!parse_unary(ps))
		return false;
	while ((b = binary_of(ps->token)) && b->level >= level) {
		int col = ps->tcol;

		if (last && last->level == b->level && (b->level == 3 || b->level == 4))
			return fail(ps, col, "comparisons are not chained: write a < b && b < c");
		if (!next(ps) || !parse_binary(ps, b->level + 1) || !emit(ps, col, b->code, 0))
			return false;
		last = b;
	}
	return true;
}

static bool parse_choice(struct parser *ps)
{
	int col;

	if (!parse_binary(ps, 1))
		return false;
	if (ps->token != T_QUESTION)
		return true;
	col = ps->tcol;
	if (!enter(ps, col) || !next(ps) || !parse_choice(ps))
		return false;
	if (ps->token != T_COLON)
		return fail(ps, col, "this `?` has no `:`");
	if (!next(ps) || !parse_choice(ps))
		return false;
	ps->depth--;
	return emit(ps, col, EXPR_SELECT, 0);
}

static bool parse(struct parser *ps, size_t n)
{
	if (n > EXPR_MAX_TEXT)
		return fail(ps, 1, "the formula is too long: %zu bytes, at most %d", n, EXPR_MAX_TEXT);
	if (!next(ps))
		return false;
	if (ps->token == T_END)
		return fail(ps, 1, "the formula is empty; write for example 1/(1+x^2)");
	return parse_choice(ps) && (ps->token == T_END || leftover(ps));
}

struct expr *expr_parse(const char *text, const char *const *vars, size_t nvars, struct expr_error *error)
{
	size_t n = strlen(text);
	struct expr *e = xcalloc(1, sizeof(*e));
	struct parser ps = { .p = text, .end = text + n, .col = 1, .e = e, .error = error };

	BUG_ON(nvars > INT16_MAX);
	e->vars = nvars ? xcalloc(nvars, sizeof(*e->vars)) : NULL;
	for (size_t i = 0; i < nvars; i++)
		e->vars[i] = xstrdup(vars[i]);
	e->nvars = nvars;
	if (!parse(&ps, n)) {
		expr_free(e);
		return NULL;
	}
	expr_fold(e);
	return e;
}
