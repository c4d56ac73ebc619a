/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of keys of a workload file, and setting one from its text. Parameters of a kind are not here but in
 * plan/kind.h: they are keys of `work:` beside `kind`. */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "config/config.h"

enum key_type {
	KEY_MAP,      /* holds keys of its own: "pool" and "pool.workers" */
	KEY_INPUTS,   /* a map whose keys are parameters as well */
	KEY_KIND,     /* the name of a row of kinds[] */
	KEY_TEXT,     /* char *, min..max characters */
	KEY_COUNT,    /* uint64_t */
	KEY_SMALL,    /* uint32_t */
	KEY_WORKERS,  /* uint32_t, 0 written as auto */
	KEY_DURATION, /* uint64_t ns, 0 written as none */
	KEY_WORD,     /* an enum: index in words */
	KEY_BOOL,     /* bool */
	KEY_CHUNK,    /* struct chunk */
	KEY_LATER,    /* known, but not in this version: help says what it will be */
};

struct key {
	const char *path; /* "pool.workers" */
	enum key_type type;
	const char *fallback; /* default as a file would say it; NULL: `absent` says what happens */
	const char *absent;
	size_t offset;            /* in struct plan */
	uint64_t min, max;        /* TEXT characters, COUNT, SMALL, WORKERS; ns of DURATION */
	const char *const *words; /* WORD: ended by NULL */
	const char *help;         /* one line */
};

/* Ended by path NULL, in the order of the reference: a map before its keys. */
extern const struct key config_keys[];

/* The key with this path, or NULL. */
const struct key *key_find(const char *path);
/* The part behind the last dot. */
const char *key_leaf(const struct key *k);
/* Whether k is directly in the map `parent` ("" for the top). */
bool key_in(const struct key *k, const char *parent);
/* Sets a scalar key of the plan. 0, or -1 with *err (without the key's name). */
int key_set(const struct key *k, const char *text, struct plan *p, struct err *err);

#endif
