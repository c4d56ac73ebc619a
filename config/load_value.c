/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single values of a file and what is said when they are wrong. */
#include "config/load.h"

#include <string.h>

struct spot spot_of_node(const struct loader *l, const struct node *n)
{
	if (l->setting)
		return (struct spot){ 0, 0, l->setting };
	return (struct spot){ n->line, n->col, NULL };
}

bool spot_given(struct spot s)
{
	return s.line || s.setting;
}

void complain(struct loader *l, struct spot at, const char *name, const char *fmt, ...)
{
	struct str s = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	if (name && !at.setting)
		problems_add(l->problems, l->origin, at, "%s: %s", name, str_z(&s));
	else
		problems_add(l->problems, l->origin, at, "%s", str_z(&s));
	str_release(&s);
}

size_t known_keys(const struct loader *l, const char *parent, const char **names, size_t max)
{
	bool params = strcmp(parent, "work") == 0 || strcmp(parent, "inputs") == 0;
	size_t n = 0;

	for (const struct key *k = config_keys; k->path && n < max; k++)
		if (k->type != KEY_LATER && key_in(k, parent))
			names[n++] = key_leaf(k);
	for (size_t i = 0; params && l->plan->kind && i < l->plan->kind->nparams && n < max; i++)
		names[n++] = l->plan->kind->params[i].name;
	return n;
}

/* The map another key of this name is in, or NULL. */
static const char *lives_in(const struct loader *l, const char *name, const char *parent)
{
	if (l->plan->kind && kind_param(l->plan->kind, name) >= 0 && strcmp(parent, "work") != 0)
		return "work";
	for (const struct key *k = config_keys; k->path; k++) {
		const char *dot = strchr(k->path, '.');

		if (k->type == KEY_LATER || strcmp(key_leaf(k), name) != 0)
			continue;
		if (!dot)
			return "";
		return strncmp(k->path, "work", 4) == 0 ? "work" : strncmp(k->path, "pool", 4) == 0 ? "pool" : "inputs";
	}
	return NULL;
}

void complain_unknown(struct loader *l, const struct node *key, const char *parent)
{
	struct spot at = spot_of_node(l, key);
	const char *names[64], *near, *home, *dot = strchr(key->text, '.');
	struct str all = STR_INIT;
	size_t n = known_keys(l, parent, names, 64);
	char shown[48];

	if (dot && key_find(key->text)) { /* as --set would have it */
		complain(l, at, NULL, "unknown key %s; write %.*s: {%s: …}", key->text, (int)(dot - key->text),
			key->text, dot + 1);
		return;
	}
	str_copy(shown, sizeof shown, key->text);
	home = lives_in(l, key->text, parent);
	near = nearest_word(key->text, names, n);
	if (home && *home)
		complain(l, at, NULL, "unknown key %s here; it belongs in %s: {%s: …}", shown, home, shown);
	else if (home)
		complain(l, at, NULL, "unknown key %s here; it belongs at the left margin", shown);
	else if (near)
		complain(l, at, NULL, "unknown key %s; did you mean %s?", shown, near);
	else {
		for (size_t i = 0; i < n; i++)
			str_addf(&all, "%s%s", i ? ", " : "", names[i]);
		complain(l, at, NULL, "unknown key %s; known %s%s are %s", shown, *parent ? "in " : "here", parent,
			str_z(&all));
		str_release(&all);
	}
}

const char *scalar_text(struct loader *l, const struct node *place, const struct node *n, const char *name)
{
	if (n->type == NODE_REFUSED)
		return NULL;
	if (n->type != NODE_SCALAR) {
		complain(l, spot_of_node(l, n), name, "one value is needed here, not a %s",
			n->type == NODE_MAP ? "map" : "list");
		return NULL;
	}
	if (!l->setting && n->plain && (!*n->text || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0)) {
		complain(l, spot_of_node(l, place), name, "no value is given; write one, or remove the key");
		return NULL;
	}
	return n->text;
}

int load_value(struct loader *l, const struct param *p, const struct node *n, struct value *out)
{
	const char *text = scalar_text(l, n, n, p->name);
	struct spot at = spot_of_node(l, n);
	struct err err;
	int col;

	if (!text)
		return -1;
	if (param_parse(p, text, out, &col, &err) == 0)
		return 0;
	if (col && !at.setting && n->text_col) {
		at.col = n->text_col + col - 1;
		complain(l, at, p->name, "%s", err.msg);
	} else if (col) {
		complain(l, at, p->name, "column %d: %s", col, err.msg);
	} else {
		complain(l, at, p->name, "%s", err.msg);
	}
	return -1;
}

void load_key(struct loader *l, const struct key *k, const struct node *key, const struct node *n)
{
	struct spot at = spot_of_node(l, k->type == KEY_LATER ? key : n);
	const char *text = k->type == KEY_LATER ? "" : NULL;
	struct err err;

	if (k->type == KEY_TEXT && n->type == NODE_SCALAR)
		text = n->text;
	if (!text)
		text = scalar_text(l, key, n, key_leaf(k));
	if (strcmp(k->path, "tasks") == 0)
		l->tasks = at;
	if (text && key_set(k, text, l->plan, &err) < 0)
		complain(l, at, key_leaf(k), "%s", err.msg);
}
