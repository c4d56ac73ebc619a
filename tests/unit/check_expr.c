/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formula parser: what is accepted and how it binds, what is refused and where, the normal form, constants,
 * limits. */
#include "plan/expr.h"

#include <string.h>

#include "tap.h"

static const char *const names[] = { "x", "y", "long_name1" };

static struct expr *parse(const char *text)
{
	struct expr_error error = { 0, "" };
	struct expr *e = expr_parse(text, names, 3, &error);

	ck_assert_msg(e != NULL, "%s: column %d: %s", text, error.col, error.msg);
	return e;
}

/* The formula in brackets everywhere, from its source ops: how it was understood. */
static void show(const struct expr *e, size_t *end, struct str *out)
{
	struct expr_op op = e->source[--*end];
	int takes = expr_op_takes(op);
	struct str parts[EXPR_MAX_ARGS];

	memset(parts, 0, sizeof(parts));
	for (int k = takes - 1; k >= 0; k--)
		show(e, end, &parts[k]);
	if (op.code == EXPR_CONST)
		str_addf(out, "%g", e->consts[op.arg]);
	else if (op.code == EXPR_VAR)
		str_adds(out, e->vars[op.arg]);
	else
		str_addf(out, "%d[", op.code);
	for (int k = 0; k < takes; k++) {
		str_addf(out, k ? " %s" : "%s", str_z(&parts[k]));
		str_release(&parts[k]);
	}
	if (takes)
		str_addc(out, ']');
}

static void assert_same_meaning(const char *a, const char *b)
{
	struct str as = STR_INIT, bs = STR_INIT;
	struct expr *ae = parse(a), *be = parse(b);
	size_t an = ae->nsource, bn = be->nsource;

	show(ae, &an, &as);
	show(be, &bn, &bs);
	ck_assert_msg(strcmp(str_z(&as), str_z(&bs)) == 0, "%s is %s, %s is %s", a, str_z(&as), b, str_z(&bs));
	str_release(&as);
	str_release(&bs);
	expr_free(ae);
	expr_free(be);
}

START_TEST(binding)
{
	static const char *const same[][2] = {
		{ "1+x*2", "1+(x*2)" }, { "1-x-y", "(1-x)-y" }, { "x/y*2", "(x/y)*2" }, { "x%y*2", "(x%y)*2" },
		{ "x^y^2", "x^(y^2)" }, { "x**y**2", "x^(y^2)" }, { "-x^2", "-(x^2)" }, { "-x*y", "(-x)*y" },
		{ "2^-x", "2^(-x)" }, { "2^-x^y", "2^(-(x^y))" }, { "--x", "-(-x)" }, { "+x", "x" }, { "!x^2", "!(x^2)" },
		{ "!x == y", "(!x) == y" }, { "x < y == 1", "(x < y) == 1" }, { "x || y && 1", "x || (y && 1)" },
		{ "x == 1 && y == 2", "(x == 1) && (y == 2)" }, { "x ? 1 : y ? 2 : 3", "x ? 1 : (y ? 2 : 3)" },
		{ "x ? y ? 1 : 2 : 3", "x ? (y ? 1 : 2) : 3" }, { "x || y ? 1 : 2", "(x || y) ? 1 : 2" },
		{ "x + 1 < y * 2", "(x+1) < (y*2)" }, { "x\u00b2", "x^2" }, { "x\u00b3+y\u00b2", "x^3+y^2" },
		{ "-x\u00b2", "-(x^2)" }, { "2^x\u00b2", "2^(x^2)" }, { "x\u00b2^3", "(x^2)^3" }, { "2\u00d7x", "2*x" },
		{ "2\u00b7\u03c0\u00b7x", "2*pi*x" }, { "x \u00f7 2 \u2212 1", "x/2-1" }, { "x \u2264 1", "x <= 1" },
		{ "fmod(x, y)", "x % y" }, { "pow(x, y)", "x^y" }, { " ( ( x ) ) ", "x" }, { "ln(x)", "log(x)" },
		{ "min(x, y, 1)", "min( x,y ,1 )" }, { ".5e1", "5" }, { "5.", "5" }, { "1e-3", "0.001" }, { "1E3", "1000" },
		{ "long_name1", "(long_name1)" }, { "x\n+\ty", "x+y" }, { "tgamma(x)", "gamma(x)" },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_same_meaning(same[i][0], same[i][1]);
}
END_TEST

/* Text, column, and a word that the message must have. */
START_TEST(errors_have_their_place)
{
	static const struct {
		const char *text;
		int col;
		const char *word;
	} bad[] = {
		{ "", 1, "empty" }, { "   ", 1, "empty" }, { "x +", 4, "ends" }, { "x + * y", 5, "`*`" },
		{ "sine(x)", 1, "did you mean sin" },
		{ "1 + sqroot(x)", 5, "did you mean sqrt" }, { "long_nam1", 1, "long_name1" },
		{ "Pi", 1, "mean pi" }, { "q(x)", 1, "function `q`" },
		{ "zzzz", 1, "the variable is x" }, { "2x", 2, "product" }, { "2 x", 3, "product" }, { "(2x)", 3, "product" },
		{ "x(2)", 1, "x*(" }, { "sin x", 1, "sin(" }, { "1 + atan2(x)", 5, "atan2 takes 2 arguments, not 1" },
		{ "1+exp(x, y)", 3, "exp takes 1 argument, not 2" }, { "min()", 1, "not 0" }, { "min(x,)", 7, "missing" },
		{ "1,5", 2, "point" }, { "(1,5)", 3, "point" }, { "x = 3", 3, "==" }, { "x & y", 3, "&&" },
		{ "x | y", 3, "||" },
		{ "0 < x < 1", 7, "&&" }, { "x == y == 1", 8, "&&" }, { "(x", 1, "never closed" },
		{ "1+((x)", 3, "never closed" },
		{ "sin(x", 4, "never closed" }, { "x)", 2, "closes nothing" }, { "()", 1, "nothing" }, { "x ? 1", 3, "`:`" },
		{ "x : 1", 3, "`?`" }, { "x ? : 1", 5, "value" }, { "x $ y", 3, "`$`" }, { "\u03c0\u00b7\u03c0 $", 5, "`$`" },
		{ "1e999", 1, "too large" }, { "x\u00b2\u00b2\u00b2 y", 6, "product" },
		{ "x ! y", 3, "operator" }, { "1 2", 3, "product" },
		{ "0x10", 2, "product" }, { "1..2", 3, "product" }, { "\xff", 1, "meaning" },
		{ "x + \u65e5", 5, "meaning" }, { "1/(1+x2)", 6, "x2" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct expr_error error = { -1, "" };
		struct expr *e = expr_parse(bad[i].text, names, 3, &error);

		ck_assert_msg(e == NULL, "%s is accepted", bad[i].text);
		ck_assert_msg(error.col == bad[i].col && strstr(error.msg, bad[i].word), "%s: column %d: %s", bad[i].text, error.col,
			      error.msg);
		ck_assert_ptr_null(expr_parse(bad[i].text, names, 3, NULL));
	}
}
END_TEST

START_TEST(normal_form)
{
	static const struct {
		const char *text, *sign, *ascii;
	} forms[] = {
		{ "1 / (1 + (x ^ 2))", "1/(1+x\u00b2)", "1/(1+x^2)" }, { "2*pi*x", "2\u00b7\u03c0\u00b7x", "2*pi*x" },
		{ "(-x)**2", "(-x)\u00b2", "(-x)^2" }, { "-(x**2)", "-x\u00b2", "-x^2" },
		{ "(x^2)^2", "x\u00b2\u00b2", "(x^2)^2" },
		{ "x^y^2", "x^y\u00b2", "x^y^2" }, { "(x^y)^2", "(x^y)\u00b2", "(x^y)^2" },
		{ "(x^2)^y", "x\u00b2^y", "(x^2)^y" },
		{ "x-(y-1)", "x-(y-1)", "x-(y-1)" }, { "(x-y)-1", "x-y-1", "x-y-1" },
		{ "x*(y*2)", "x\u00b7(y\u00b72)", "x*(y*2)" },
		{ "0.1+1e-300", "0.1+1e-300", "0.1+1e-300" }, { "x<=y", "x \u2264 y", "x <= y" },
		{ "x?y:(1?2:3)", "x ? y : 1 ? 2 : 3", "x ? y : 1 ? 2 : 3" }, { "(x?1:2)+1", "(x ? 1 : 2)+1", "(x ? 1 : 2)+1" },
		{ "max( x,y )", "max(x, y)", "max(x, y)" }, { "pow(x,y)", "x^y", "x^y" },
		{ "fmin(x,y)", "min(x, y)", "min(x, y)" },
		{ "!(x&&y)", "!(x && y)", "!(x && y)" }, { "(x<y)==1", "x < y == 1", "x < y == 1" },
		{ "x%(y%2)", "x%(y%2)", "x%(y%2)" },
		{ "1e22", "1e+22", "1e+22" }, { "4/3", "4/3", "4/3" },
		{ "0.30000000000000004", "0.30000000000000004", "0.30000000000000004" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct str s = STR_INIT, a = STR_INIT;
		struct expr *e = parse(forms[i].text);

		expr_print(e, false, &s);
		expr_print(e, true, &a);
		ck_assert_str_eq(str_z(&s), forms[i].sign);
		ck_assert_str_eq(str_z(&a), forms[i].ascii);
		assert_same_meaning(forms[i].text, forms[i].sign);
		assert_same_meaning(forms[i].text, forms[i].ascii);
		str_release(&s);
		str_release(&a);
		expr_free(e);
	}
}
END_TEST

static unsigned pick(uint64_t *state, unsigned n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % n;
}

/* A random formula in words. */
static void grow(uint64_t *state, int depth, struct str *s)
{
	static const char *const leaves[] = { "x", "y", "1", "2", "3", "0.25", "pi", "e", "1e3" };
	static const char *const binary[] = { "+", "-", "*", "/", "%", "^", "**", "<", ">=", "==", "!=", "&&", "||" };
	static const char *const calls[] = { "sin(", "sqrt(", "-", "!", "+" };
	unsigned kind = depth > 6 ? 0 : pick(state, 6);

	if (kind < 2) {
		str_adds(s, leaves[pick(state, 9)]);
	} else if (kind < 4) {
		bool brackets = pick(state, 2);

		str_adds(s, "(");
		grow(state, depth + 1, s);
		str_adds(s, ")");
		str_adds(s, binary[pick(state, 13)]);
		str_adds(s, brackets ? "(" : "");
		grow(state, brackets ? depth + 1 : 7, s);
		str_adds(s, brackets ? ")" : "");
	} else if (kind == 4) {
		const char *call = calls[pick(state, 5)];

		str_adds(s, call);
		str_adds(s, call[1] ? "" : "(");
		grow(state, depth + 1, s);
		str_adds(s, ")");
	} else {
		str_adds(s, "max(");
		grow(state, depth + 1, s);
		str_adds(s, ",(");
		grow(state, depth + 1, s);
		str_adds(s, ")?(");
		grow(state, depth + 1, s);
		str_adds(s, "):");
		grow(state, depth + 1, s);
		str_adds(s, ")");
	}
}

/* Printing and parsing again gives the same formula, and printing that the same text. */
START_TEST(normal_form_reads_back)
{
	uint64_t state = 1;

	for (int i = 0; i < 3000; i++) {
		struct str text = STR_INIT, form = STR_INIT, again = STR_INIT;
		struct expr *e, *f;

		grow(&state, 0, &text);
		e = expr_parse(str_z(&text), names, 3, NULL);
		if (e) {
			expr_print(e, i % 2, &form);
			f = parse(str_z(&form));
			expr_print(f, i % 2, &again);
			ck_assert_str_eq(str_z(&form), str_z(&again));
			ck_assert_uint_le(form.n, text.n * 4);
			ck_assert_uint_eq(e->nsource, f->nsource);
			for (size_t k = 0; k < e->nsource; k++)
				ck_assert(e->source[k].code == f->source[k].code &&
					  (e->source[k].code == EXPR_CONST ?
						   e->consts[e->source[k].arg] == f->consts[f->source[k].arg] :
						   e->source[k].arg == f->source[k].arg));
			expr_free(f);
		}
		expr_free(e);
		str_release(&text);
		str_release(&form);
		str_release(&again);
	}
}
END_TEST

/* The code of a formula, for the cases that are joined or changed. */
START_TEST(constants_and_powers)
{
	static const struct {
		const char *text;
		size_t n;
		int last;
	} cases[] = {
		{ "1+2*3", 1, EXPR_CONST }, { "x*(2+1)", 3, EXPR_MUL }, { "x+1+2", 5, EXPR_ADD }, { "x^2", 2, EXPR_POWI },
		{ "x^-2", 2, EXPR_POWI }, { "x^0.5", 2, EXPR_SQRT }, { "x^65", 3, EXPR_POW }, { "x^2.5", 3, EXPR_POW },
		{ "e^x", 2, EXPR_EXP }, { "e^(x+1)", 4, EXPR_EXP }, { "2^x", 3, EXPR_POW }, { "2^10", 1, EXPR_CONST },
		{ "sin(1)", 2, EXPR_SIN }, { "log(2)", 2, EXPR_LOG }, { "0/0", 3, EXPR_DIV }, { "1 ? x : y", 4, EXPR_SELECT },
		{ "min(1,2)", 1, EXPR_CONST }, { "min(1,2,x)", 4, EXPR_MIN }, { "-5", 1, EXPR_CONST },
		{ "avg(1,2)", 1, EXPR_CONST },
		{ "x^(1+1)", 2, EXPR_POWI }, { "e^2", 1, EXPR_CONST }, { "x*e^(2*y)", 6, EXPR_MUL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct expr *e = parse(cases[i].text);

		ck_assert_msg(e->ncode == cases[i].n && e->code[e->ncode - 1].code == cases[i].last, "%s: %zu ops, last %d",
			      cases[i].text, e->ncode, e->code[e->ncode - 1].code);
		expr_free(e);
	}
}
END_TEST

START_TEST(folded_values)
{
	static const struct {
		const char *text;
		double v;
	} cases[] = {
		{ "-2^2", -4 }, { "2^-1", 0.5 }, { "2^3^2", 512 }, { "1+2*3", 7 }, { "7-2-1", 4 }, { "8/2/2", 2 }, { "2<3", 1 },
		{ "!(2<3)", 0 }, { "1 && 0 || 1", 1 }, { "0 ? 1 : 2", 2 }, { "max(1,3,2)", 3 },
		{ "avg(1,2,6)", 3 }, { "abs(-2)", 2 },
		{ "3\u00b2", 9 }, { "0.1+0.2", 0.30000000000000004 },
		{ "sum(0.1,0.2,0.3)", 0.6000000000000001 }, { "4^0.5", 2 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct expr *e = parse(cases[i].text);

		ck_assert_uint_eq(e->ncode, 1);
		ck_assert_double_eq(e->consts[e->code[0].arg], cases[i].v);
		expr_free(e);
	}
}
END_TEST

static void refuse(struct str *s, const char *word)
{
	struct expr_error error = { 0, "" };

	ck_assert_ptr_null(expr_parse(str_z(s), names, 3, &error));
	ck_assert_msg(strstr(error.msg, word), "%s", error.msg);
	str_release(s);
}

static void repeat(struct str *s, const char *z, int n)
{
	while (n-- > 0)
		str_adds(s, z);
}

START_TEST(limits)
{
	struct str s = STR_INIT;
	struct expr *e;

	repeat(&s, "(", EXPR_MAX_DEPTH + 1);
	refuse(&s, "too deeply");
	repeat(&s, "-", EXPR_MAX_DEPTH + 1);
	refuse(&s, "too deeply");
	repeat(&s, "x^", EXPR_MAX_DEPTH + 1);
	refuse(&s, "too deeply");
	repeat(&s, "x?1:", EXPR_MAX_DEPTH + 1);
	refuse(&s, "too deeply");
	repeat(&s, "max(x,x,x,", EXPR_MAX_DEPTH / 2);
	refuse(&s, "too deeply");
	repeat(&s, "x+", EXPR_MAX_TEXT / 2);
	str_adds(&s, "x");
	refuse(&s, "too long");
	str_adds(&s, "min(x");
	repeat(&s, ",x", EXPR_MAX_ARGS);
	str_adds(&s, ")");
	refuse(&s, "too many arguments");

	/* Just within. */
	repeat(&s, "(", EXPR_MAX_DEPTH);
	str_adds(&s, "x");
	repeat(&s, ")", EXPR_MAX_DEPTH);
	expr_free(parse(str_z(&s)));
	str_clear(&s);
	repeat(&s, "x+", EXPR_MAX_TEXT / 2 - 1);
	str_adds(&s, "x");
	e = parse(str_z(&s));
	ck_assert_uint_eq(e->depth, 2);
	expr_free(e);
	str_clear(&s);
	str_adds(&s, "0.1");
	for (int i = 1; i < 600; i++)
		str_addf(&s, "+%d", i);
	expr_free(parse(str_z(&s)));
	str_release(&s);
}
END_TEST

/* One row a name, sorted, and every code that is not an operator's has one. */
START_TEST(function_table)
{
	size_t n;
	const struct expr_function *f = expr_functions(&n);

	for (size_t i = 0; i + 1 < n; i++)
		ck_assert_str_lt(f[i].name, f[i + 1].name);
	for (int c = EXPR_MIN; c < EXPR_NCODES; c++)
		ck_assert_msg(expr_function_of(c) != NULL, "code %d has no name", c);
	ck_assert_str_eq(expr_function_of(EXPR_TGAMMA)->name, "tgamma");
	ck_assert_str_eq(expr_function_of(EXPR_ABS)->name, "abs");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("expr");
	TCase *t = tcase_create("expr");

	tcase_add_test(t, binding);
	tcase_add_test(t, errors_have_their_place);
	tcase_add_test(t, normal_form);
	tcase_add_test(t, normal_form_reads_back);
	tcase_add_test(t, constants_and_powers);
	tcase_add_test(t, folded_values);
	tcase_add_test(t, limits);
	tcase_add_test(t, function_table);
	suite_add_tcase(s, t);
	return tap_run(s);
}
