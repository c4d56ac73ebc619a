/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML text → a tree of nodes, each with its place. Of YAML only what a workload file needs is accepted: one
 * document of maps, lists and scalars; anchors, aliases, tags and repeated keys are problems. */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "config/problems.h"

#define YAML_NODES_MAX 8000000 /* keys and values of a file: about 400 MB of nodes */
#define YAML_KEYS_MAX 1000     /* in one map */

enum node_type {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
	NODE_REFUSED, /* an alias: its problem is recorded, nothing more is to be said of it */
};

struct node {
	enum node_type type;
	int line, col;      /* 1-based, in characters */
	int text_col;       /* SCALAR: column of its first character; 0 when columns do not map (escapes, more lines) */
	bool plain;         /* SCALAR without quotes */
	unsigned n;         /* items of a list, keys of a map */
	const char *text;   /* SCALAR: NUL-terminated, holds no NUL */
	struct node *child; /* LIST: first item; MAP: first key */
	struct node *next;  /* next item or key */
	struct node *value; /* of a key */
};

struct arena;
struct tree {
	struct node *root;   /* NULL for a file without any value */
	struct arena *arena; /* owns all nodes and texts */
};

/* Reads text (n bytes). 0 and *tree, which the caller releases: what is wrong with single nodes is then in
 * *problems and the tree is still good for finding more. -1: the text as a whole cannot be read, *problems says
 * where and why. */
int yaml_read(const char *origin, const char *text, size_t n, struct tree *tree, struct problems *problems);
void tree_release(struct tree *tree);

/* The key's value in a map, or NULL (also when map is NULL or no map). */
struct node *node_get(const struct node *map, const char *key);

#endif
