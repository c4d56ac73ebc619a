/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of work, as rows: what a workload file may say under `work:`, with each parameter's type, range and
 * default. The worker program has the functions that do them (work/workload.h), under the same names. */
#ifndef PLAN_KIND_H
#define PLAN_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/pack.h"
#include "base/str.h"

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

/* What a parameter was given: from a file, from the inputs or over a link. */
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
	bool pure;       /* may be executed twice without harm: a serial baseline can be measured */
	bool waits;      /* its tasks need no CPU while they run: the ideal is the number of workers, not of CPUs */
	bool has_result; /* its values are worth a mean (sleep and spin only repeat their length) */
	/* What no single parameter can say ("from is below to"): 0, or -1 with *err and the parameter to blame in
	 * *param. NULL: nothing. */
	int (*check)(const struct value *values, size_t *param, struct err *err);
	/* Appends "∫ 1/(1+x²), 10,000 points each, from 0 to 1": what one task does; varying parameters
	 * (varies[i]) by name. */
	void (*title)(struct str *out, const struct value *values, const bool *varies);
	/* Short word on the method for the Result row ("slides' method"), or "". */
	const char *(*method)(const struct value *values);
};

/* Most parameters a kind may have, so that callers can keep one flag or value each on the stack. */
#define KIND_PARAMS_MAX 16

/* Where the parameters of each kind are in struct kind.params and in every array of its values. */
enum { INTEGRATE_F, INTEGRATE_FROM, INTEGRATE_TO, INTEGRATE_SAMPLES, INTEGRATE_METHOD, INTEGRATE_PARAMS };
enum { WAIT_TIME, WAIT_SPREAD, WAIT_SIGMA, WAIT_PARAMS }; /* sleep and spin */

/* The choices of `method` and of `spread`, as value.i. The mean length is always `time`: uniform is 0..2 × time,
 * exponential has that mean, and log-normal is time × exp(sigma × z − sigma² / 2) with z standard normal. */
enum { METHOD_SLIDES, METHOD_TRAPEZOID };
enum { SPREAD_NONE, SPREAD_UNIFORM, SPREAD_EXPONENTIAL, SPREAD_LOG_NORMAL };

/* All kinds, ended by a row with name NULL. */
extern const struct kind kinds[];
const struct kind *kind_find(const char *name);
/* The parameter's index, or -1. */
int kind_param(const struct kind *k, const char *name);

/* Parses text as a value of the parameter (expressions are compiled to check them). 0, or -1 with *err; on success
 * *out owns z. For an error inside an expression *col (may be NULL) is its column in text, 1-based, else 0. */
int param_parse(const struct param *p, const char *text, struct value *out, int *col, struct err *err);
/* The value as a file would say it. */
void param_print(struct str *out, const struct param *p, const struct value *v);
/* The same for a person: "1,000", "10 ms", "0.5". z of *v is only read. */
void param_show(struct str *out, const struct param *p, const struct value *v);
/* 0, or -1 with *err when a number is out of the parameter's range (values that were computed, not parsed). */
int param_in_range(const struct param *p, const struct value *v, struct err *err);
/* The i-th of blank-separated words, *n its length; NULL when there are fewer. */
const char *param_choice(const char *choices, size_t i, size_t *n);
/* One value on a link: INT and DURATION 8 bytes, REAL 8, CHOICE and EXPR their words. Unpacking checks it as a
 * file's value is checked; 0, or -1 with *err (malformed or out of range); on success *out owns z. */
void value_pack(struct str *s, const struct param *p, const struct value *v);
int value_unpack(const struct param *p, struct reader *r, struct value *out, struct err *err);
void value_release(struct value *v);

/* Of the candidates the nearest to word by edit distance (Levenshtein's, a swap of neighbours counting once; capitals
 * count as small letters), or NULL when none is near: at most a third of the letters differ. For "did you mean …?". */
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

#endif
