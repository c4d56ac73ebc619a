/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of work, as rows: what a workload file may say under `work:`, with each parameter's type, range and default. The worker
 * program has the functions that do them (work/workload.h), under the same names. */
#ifndef PLAN_KIND_H
#define PLAN_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"

enum param_type {
	PARAM_INT,      /* i */
	PARAM_REAL,     /* r */
	PARAM_DURATION, /* i, ns */
	PARAM_CHOICE,   /* i = index in choices; z the word */
	PARAM_EXPR,     /* z, an expression in `choices` = its variables, blank-separated ("x") */
};

struct param {
	const char *name;
	enum param_type type;
	const char *fallback; /* default as written in a file, NULL = must be given */
	double min, max;      /* of INT, REAL; ns of DURATION */
	const char *choices;  /* blank-separated */
	const char *unit;     /* "points", "s", "" */
	const char *help;     /* one line */
};

struct value {
	int64_t i;
	double r;
	char *z; /* owned; NULL when the type has none */
};

struct kind {
	const char *name;
	const char *help;
	const struct param *params;
	size_t nparams;
	bool pure;            /* may be executed twice without harm: a serial baseline can be measured */
	bool has_result;      /* its values are worth a mean (sleep and spin only repeat their length) */
	/* Appends "∫ 1/(1+x²), 10,000 points each, from 0 to 1": what one task does; varying parameters (varies[i]) by name. */
	void (*title)(struct str *out, const struct value *values, const bool *varies);
	/* Short word on the method for the Result row ("slides' method"), or "". */
	const char *(*method)(const struct value *values);
};

/* All kinds, ended by a row with name NULL. */
extern const struct kind kinds[];
const struct kind *kind_find(const char *name);
/* The parameter's index, or -1. */
int kind_param(const struct kind *k, const char *name);

/* Parses text as a value of the parameter (expressions are compiled to check them). 0, or -1 with *err; on success *out owns z. For
 * an error inside an expression *col (may be NULL) is its column in text, 1-based, else 0. */
int param_parse(const struct param *p, const char *text, struct value *out, int *col, struct err *err);
/* The value as a file would say it. */
void param_print(struct str *out, const struct param *p, const struct value *v);
void value_release(struct value *v);

#endif
