/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stack machine of formulas. An entry of the stack is a scalar, or a block of values that lies in a variable or
 * in one of the two buffers of its height (two, because a kernel's output may not be its input). */
#include "work/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "work/sleef.h"

struct entry {
	const double *block; /* NULL: a scalar */
	double scalar;
};

struct eval {
	const struct expr *e;
	const struct kern *kern;
	void *library;
	kern_function **calls; /* of each op, where it is of the library */
	uint8_t *takes;        /* operands of each op */
	struct entry *stack;
	double *buffers; /* two blocks for each height */
	double cost;
};

static double op_cost(int code)
{
	if (code == EXPR_CONST || code == EXPR_VAR)
		return 0.01;
	if (code >= EXPR_LIBRARY)
		return 12;
	return code == EXPR_LOG || code == EXPR_EXP ? 2 : code >= EXPR_MOD ? 15 : 0.4;
}

static int find_calls(struct eval *ev, struct err *err)
{
	for (size_t i = 0; i < ev->e->ncode; i++) {
		int code = ev->e->code[i].code;

		if (code < EXPR_LIBRARY)
			continue;
		if (!ev->library)
			ev->library = sleef_open(expr_function_of(code)->name, err);
		if (!ev->library)
			return -1;
		ev->calls[i] = sleef_function(ev->library, code, ev->kern, err);
		if (!ev->calls[i])
			return -1;
	}
	return 0;
}

struct eval *eval_new(const struct expr *e, const struct kern *kern, struct err *err)
{
	struct eval *ev = xcalloc(1, sizeof(*ev));

	ev->e = e;
	ev->kern = kern;
	ev->calls = xcalloc(e->ncode, sizeof(*ev->calls));
	ev->takes = xcalloc(e->ncode, sizeof(*ev->takes));
	ev->stack = xcalloc(e->depth, sizeof(*ev->stack));
	ev->buffers = xcalloc(2 * e->depth * KERN_BLOCK, sizeof(double));
	for (size_t i = 0; i < e->ncode; i++) {
		ev->takes[i] = (uint8_t)expr_op_takes(e->code[i]);
		ev->cost += op_cost(e->code[i].code);
	}
	if (find_calls(ev, err) < 0) {
		eval_free(ev);
		return NULL;
	}
	return ev;
}

void eval_free(struct eval *ev)
{
	if (!ev)
		return;
	sleef_close(ev->library);
	free(ev->calls);
	free(ev->takes);
	free(ev->stack);
	free(ev->buffers);
	free(ev);
}

double eval_cost(const struct eval *ev)
{
	return ev->cost;
}

/* The buffer of that height which the entry does not use now. */
static double *other_buffer(const struct eval *ev, size_t height)
{
	double *first = ev->buffers + 2 * height * KERN_BLOCK;

	return ev->stack[height].block == first ? first + KERN_BLOCK : first;
}

/* The entry's values as a block. */
static const double *block_of(struct eval *ev, size_t height, size_t n)
{
	struct entry *s = &ev->stack[height];

	if (!s->block) {
		double *b = ev->buffers + 2 * height * KERN_BLOCK;

		for (size_t i = 0; i < n; i++)
			b[i] = s->scalar;
		s->block = b;
	}
	return s->block;
}

/* Those functions of libm whose result IEEE 754 or C defines to the last bit. */
static void run_exact(int code, double *out, const double *a, const double *b, const double *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (code) {
		case EXPR_MOD: out[i] = fmod(a[i], b[i]); break;
		case EXPR_REMAINDER: out[i] = remainder(a[i], b[i]); break;
		case EXPR_FMA: out[i] = fma(a[i], b[i], c[i]); break;
		case EXPR_LDEXP: out[i] = b[i] != b[i] ? b[i] : ldexp(a[i], (int)fmax(fmin(b[i], 100000), -100000)); break;
		case EXPR_LOGB: out[i] = logb(a[i]); break;
		case EXPR_NEXTAFTER: out[i] = nextafter(a[i], b[i]); break;
		default: BUG("no exact function has code %d", code);
		}
	}
}

/* The four rules of arithmetic, with a scalar on one side where there is one. */
static bool run_arithmetic(struct eval *ev, int code, size_t at, double *out, size_t n)
{
	struct entry *a = &ev->stack[at], *b = &ev->stack[at + 1];
	const struct kern *k = ev->kern;
	bool swaps = code == EXPR_ADD || code == EXPR_MUL;

	if (a->block && !b->block && k->with_scalar[code])
		k->with_scalar[code](out, a->block, b->scalar, n);
	else if (!a->block && b->block && swaps)
		k->with_scalar[code](out, b->block, a->scalar, n);
	else if (!a->block && b->block && k->scalar_with[code])
		k->scalar_with[code](out, b->block, a->scalar, n);
	else
		return false;
	return true;
}

/* min, max, sum and avg: from the first operand on. The result may end in either buffer of `at`. */
static double *run_chain(struct eval *ev, struct expr_op op, size_t at, size_t n)
{
	double *out = other_buffer(ev, at);

	if (op.arg == 1)
		memcpy(out, block_of(ev, at, n), n * sizeof(double));
	for (size_t i = 1; i < (size_t)op.arg; i++) {
		const double *a = block_of(ev, at, n), *b = block_of(ev, at + i, n);

		out = other_buffer(ev, at);
		ev->kern->binary[op.code](out, a, b, n);
		ev->stack[at].block = out;
	}
	if (op.code == EXPR_AVG) {
		ev->stack[at].block = out;
		out = other_buffer(ev, at);
		ev->kern->with_scalar[EXPR_DIV](out, ev->stack[at].block, op.arg, n);
	}
	return out;
}

/* Runs one op whose operands begin at height `at`; its result goes there, and may lie in `last` if that is not NULL. */
static void run_op(struct eval *ev, size_t i, size_t at, size_t n, double *last)
{
	struct expr_op op = ev->e->code[i];
	const struct kern *k = ev->kern;
	int takes = ev->takes[i];
	double *out = last ? last : other_buffer(ev, at);

	if (op.code >= EXPR_MIN && op.code <= EXPR_AVG) {
		out = run_chain(ev, op, at, n);
	} else if (takes == 2 && run_arithmetic(ev, op.code, at, out, n)) {
		;
	} else {
		const double *a = block_of(ev, at, n);
		const double *b = takes > 1 ? block_of(ev, at + 1, n) : NULL;
		const double *c = takes > 2 ? block_of(ev, at + 2, n) : NULL;

		if (!last)
			out = other_buffer(ev, at); /* a may have become a block */
		if (op.code == EXPR_POWI)
			k->powi(out, a, op.arg, n);
		else if (op.code == EXPR_SELECT)
			k->select(out, a, b, c, n);
		else if (op.code >= EXPR_LIBRARY && takes == 1)
			k->call1(ev->calls[i], out, a, n);
		else if (op.code >= EXPR_LIBRARY)
			k->call2(ev->calls[i], out, a, b, n);
		else if (takes == 1 && k->unary[op.code])
			k->unary[op.code](out, a, n);
		else if (takes == 2 && k->binary[op.code])
			k->binary[op.code](out, a, b, n);
		else
			run_exact(op.code, out, a, b, c, n);
	}
	ev->stack[at] = (struct entry){ out, 0 };
}

static void run_block(struct eval *ev, const double *const *vars, size_t from, size_t n, double *out)
{
	const struct expr *e = ev->e;
	size_t top = 0;

	for (size_t i = 0; i < e->ncode; i++) {
		struct expr_op op = e->code[i];

		if (op.code == EXPR_CONST) {
			ev->stack[top++] = (struct entry){ NULL, e->consts[op.arg] };
		} else if (op.code == EXPR_VAR) {
			ev->stack[top++] = (struct entry){ vars[op.arg] + from, 0 };
		} else {
			top -= ev->takes[i];
			run_op(ev, i, top, n, i + 1 == e->ncode ? out : NULL);
			top++;
		}
	}
	BUG_ON(top != 1);
	if (block_of(ev, 0, n) != out)
		memcpy(out, ev->stack[0].block, n * sizeof(double));
}

void eval_run(struct eval *ev, const double *const *vars, size_t n, double *out)
{
	for (size_t from = 0; from < n; from += KERN_BLOCK)
		run_block(ev, vars, from, n - from < KERN_BLOCK ? n - from : KERN_BLOCK, out + from);
}
