/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the loader share while one file becomes a plan. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config/keys.h"
#include "config/yaml.h"

/* What is known of one parameter of the kind. */
struct given {
	struct spot work;  /* where `work:` or a setting gives it; line 0 and no setting: nowhere */
	struct spot input; /* where `inputs:` varies it */
};

struct loader {
	const char *origin;
	const struct setting *setting; /* whose value is being read; NULL: the file's */
	struct plan *plan;
	struct problems *problems;
	struct given given[KIND_PARAMS_MAX];
	struct spot tasks; /* where they are given, as above */
	struct spot inputs;
	bool inputs_set; /* a setting gives an axis: what the file says of that parameter and of tasks is replaced */
	bool inputs_bad; /* some axis has a problem already: its length says nothing */
};

/* Where this node was written: its place, or the setting that is being read. */
struct spot spot_of_node(const struct loader *l, const struct node *n);
bool spot_given(struct spot s);

/* Adds a problem; "NAME: " goes in front when the spot is in the file (a setting shows its key already) and name
 * is not NULL. */
void complain(struct loader *l, struct spot at, const char *name, const char *fmt, ...) PRINTF(4, 5);
/* The names that may be in a map: rows of the table, and parameters of the kind in `work` and `inputs`. At most max,
 * their number is returned. */
size_t known_keys(const struct loader *l, const char *parent, const char **names, size_t max);
/* "unknown key; did you mean …?" for a key of the map `parent` ("", "work", "inputs", "pool"). */
void complain_unknown(struct loader *l, const struct node *key, const char *parent);
/* The node's text when it is a scalar with something in it, else NULL and a problem. */
const char *scalar_text(struct loader *l, const struct node *key_or_item, const struct node *n, const char *name);
/* Parses a node as a value of the parameter; expressions are blamed at their column. 0, or -1 and a problem. */
int load_value(struct loader *l, const struct param *p, const struct node *n, struct value *out);

/* A row of the table from a node (any type but MAP, INPUTS, KIND). */
void load_key(struct loader *l, const struct key *k, const struct node *key, const struct node *n);
/* The map `inputs:`; one key of it (for settings); and, when all is read, whether the axes go together. */
void load_inputs(struct loader *l, const struct node *n);
void load_inputs_key(struct loader *l, const struct node *key, const struct node *n);
void load_inputs_check(struct loader *l);

#endif
