/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way from text to plan: the tree is walked along the table of keys, then the settings, then what must fit
 * together. */
#include "config/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/path.h"

/* ---- the kind comes first: it decides which keys `work:` has ---- */

static void set_kind(struct loader *l, const struct kind *k)
{
	l->plan->kind = k;
	l->plan->values = xcalloc(k->nparams ? k->nparams : 1, sizeof *l->plan->values);
	for (size_t i = 0; i < k->nparams; i++) {
		struct err err;

		if (k->params[i].fallback &&
			param_parse(&k->params[i], k->params[i].fallback, &l->plan->values[i], NULL, &err) < 0)
			BUG("default of %s: %s", k->params[i].name, err.msg);
	}
}

static void no_kind(struct loader *l, struct spot at, const char *text)
{
	const char *names[16], *near = NULL;
	struct str all = STR_INIT;
	char shown[48];
	size_t n = 0;

	for (; n < 16 && kinds[n].name; n++) {
		names[n] = kinds[n].name;
		str_addf(&all, "%s%s", n == 0 ? "" : kinds[n + 1].name ? ", " : " or ", kinds[n].name);
	}
	if (text)
		near = nearest_word(text, names, n);
	str_copy(shown, sizeof shown, text ? text : "");
	if (near) {
		complain(l, at, "kind", "'%s' is no kind of work; did you mean %s?", shown, near);
		set_kind(l, kind_find(near)); /* so that its parameters are looked at in the same run */
	}
	if (!near && text)
		complain(l, at, "kind", "'%s' is no kind of work; write %s", shown, str_z(&all));
	if (!text)
		complain(l, at, NULL, "work has no kind; write kind: %s", str_z(&all));
	str_release(&all);
}

static const struct setting *setting_for(const struct setting *settings, size_t n, const char *a, const char *b)
{
	const struct setting *last = NULL;

	for (size_t i = 0; i < n; i++)
		if (strcmp(settings[i].key, a) == 0 || strcmp(settings[i].key, b) == 0)
			last = &settings[i];
	return last;
}

/* Whether the file says with a later version's word what a task does: then a missing kind is not the mistake. */
static bool says_later(const struct node *work)
{
	for (const struct key *k = config_keys; k->path; k++)
		if (k->type == KEY_LATER && key_in(k, "work") && node_get(work, key_leaf(k)))
			return true;
	return false;
}

static void find_kind(struct loader *l, const struct node *root, const struct setting *settings, size_t nsettings)
{
	const struct setting *s = setting_for(settings, nsettings, "work.kind", "kind");
	const struct node *work = node_get(root, "work"), *n = node_get(work, "kind");
	struct spot at = { 1, 1, s };
	const char *text = NULL;
	const struct kind *k;

	if (s) {
		text = s->value;
	} else if (n) {
		text = scalar_text(l, n, n, "kind");
		at = spot_of_node(l, n);
		if (!text)
			return;
	} else if (work) {
		at = spot_of_node(l, work);
		if (work->type != NODE_MAP || says_later(work))
			return; /* that is said when the key is read */
	} else {
		complain(l, at, NULL, "no work is given; write work: {kind: …}");
		return;
	}
	k = text ? kind_find(text) : NULL;
	if (k)
		set_kind(l, k);
	else
		no_kind(l, at, text);
}

/* ---- walking the tree ---- */

static void load_param(struct loader *l, int i, const struct node *n)
{
	const struct param *p = &l->plan->kind->params[i];
	struct value v;

	l->given[i].work = spot_of_node(l, n);
	if (load_value(l, p, n, &v) < 0)
		return;
	value_release(&l->plan->values[i]);
	l->plan->values[i] = v;
}

static void load_map(struct loader *l, const struct node *map, const char *parent);

/* One key of the map `parent`, whatever its type. */
static void load_entry(struct loader *l, const struct node *key, const struct node *n, const char *parent)
{
	struct str path = STR_INIT;
	const struct key *k;
	int i = -1;

	str_addf(&path, "%s%s%s", parent, *parent ? "." : "", key->text);
	k = strchr(key->text, '.') ? NULL : key_find(str_z(&path));
	str_release(&path);
	if (!k && strcmp(parent, "work") == 0 && l->plan->kind)
		i = kind_param(l->plan->kind, key->text);
	if (i >= 0)
		load_param(l, i, n);
	else if (!k && strcmp(parent, "work") == 0 && !l->plan->kind)
		return; /* a parameter of a kind that is not known: the kind is the problem */
	else if (!k)
		complain_unknown(l, key, parent);
	else if (k->type == KEY_INPUTS)
		load_inputs(l, n);
	else if (k->type == KEY_MAP)
		load_map(l, n, k->path);
	else if (k->type != KEY_KIND)
		load_key(l, k, key, n);
}

static void load_map(struct loader *l, const struct node *map, const char *parent)
{
	if (map->type == NODE_REFUSED)
		return;
	if (map->type != NODE_MAP) {
		struct spot at = spot_of_node(l, map);

		if (*parent)
			complain(l, at, parent, "a map is needed here; write {key: value}, or its keys indented below");
		else
			complain(l, at, NULL, "a workload file is a map of keys, beginning with work: {kind: …}");
		return;
	}
	for (const struct node *k = map->child; k; k = k->next)
		load_entry(l, k, k->value, parent);
}

/* ---- settings ---- */

/* The path a setting's key means: itself, or the only path that ends in it. Empty: none. */
static void full_path(const struct loader *l, const char *name, struct str *out)
{
	if (key_find(name)) {
		str_adds(out, name);
		return;
	}
	if (strncmp(name, "inputs.", 7) == 0 || strncmp(name, "work.", 5) == 0) {
		const char *leaf = strchr(name, '.') + 1;

		if (l->plan->kind && kind_param(l->plan->kind, leaf) >= 0)
			str_adds(out, name);
		return;
	}
	if (l->plan->kind && kind_param(l->plan->kind, name) >= 0) {
		str_addf(out, "work.%s", name);
		return;
	}
	for (const struct key *k = config_keys; k->path; k++)
		if (k->type != KEY_LATER && strcmp(key_leaf(k), name) == 0) {
			str_adds(out, k->path);
			return;
		}
}

/* A full path is compared with its like: only its last part may be the mistake, unless the map is. */
static void unknown_setting(struct loader *l, const struct setting *s)
{
	static const char *const maps[] = { "work", "inputs", "pool" };
	const char *names[64], *dot = strchr(s->key, '.'), *near;
	struct spot at = { 0, 0, s };
	char map[16] = "";
	size_t n = 0;

	if (dot && (size_t)(dot - s->key) < sizeof map)
		str_copy(map, (size_t)(dot - s->key) + 1, s->key);
	if (dot && !nearest_word(map, maps, 3)) {
		complain(l, at, NULL, "unknown key; `pooltop help keys` lists them");
		return;
	}
	if (dot)
		str_copy(map, sizeof map, nearest_word(map, maps, 3));
	n = known_keys(l, map, names, 64);
	for (size_t i = 0; !dot && i < 3; i++)
		n += known_keys(l, maps[i], names + n, 64 - n);
	near = nearest_word(dot ? dot + 1 : s->key, names, n);
	if (near)
		complain(l, at, NULL, "unknown key; did you mean %s%s%s?", map, dot ? "." : "", near);
	else if (l->plan->kind) /* else it may be a parameter: the kind is the problem */
		complain(l, at, NULL, "unknown key; `pooltop help keys` lists them");
}

/* The setting's value as YAML, so that an input can be a list: --set 'inputs.samples=[10, 100]'. */
static void load_input_setting(struct loader *l, const struct setting *s, const struct node *key)
{
	struct problems inner = { 0 };
	struct tree tree;

	if (yaml_read("value", s->value, strlen(s->value), &tree, &inner) < 0 || inner.n || !tree.root) {
		complain(l, (struct spot){ 0, 0, s }, NULL, "neither a list nor a range; write [10, 100] or 10..100");
		problems_release(&inner);
		tree_release(&tree);
		return;
	}
	load_inputs_key(l, key, tree.root);
	tree_release(&tree);
}

/* A setting that would do, for a map that was set as if it were one value. */
static const char *example_in(const struct key *map)
{
	if (map->type == KEY_INPUTS)
		return "inputs.repeat=10";
	return strcmp(map->path, "pool") == 0 ? "pool.workers=4" : "work.kind=spin";
}

static void load_setting(struct loader *l, const struct setting *s)
{
	struct str path = STR_INIT;
	struct node key = { .type = NODE_SCALAR }, value = { .type = NODE_SCALAR, .text = s->value };
	const struct key *k;

	full_path(l, s->key, &path);
	k = key_find(str_z(&path));
	l->setting = s;
	key.text = path.n ? strrchr(str_z(&path), '.') ? strrchr(str_z(&path), '.') + 1 : str_z(&path) : s->key;
	if (!path.n)
		unknown_setting(l, s);
	else if (k && (k->type == KEY_MAP || k->type == KEY_INPUTS))
		complain(l, (struct spot){ 0, 0, s }, NULL, "%s holds keys of its own; write one of them, such as %s",
			k->path, example_in(k));
	else if (k && k->type == KEY_KIND)
		; /* find_kind has used it */
	else if (k)
		load_key(l, k, &key, &value);
	else if (strncmp(str_z(&path), "inputs.", 7) == 0)
		load_input_setting(l, s, &key);
	else
		load_param(l, kind_param(l->plan->kind, key.text), &value);
	l->setting = NULL;
	str_release(&path);
}

/* ---- what must fit together ---- */

static void check_tasks(struct loader *l)
{
	struct plan *p = l->plan;
	uint64_t n = inputs_count(&p->inputs);

	if (l->inputs_bad || (!spot_given(l->inputs) && spot_given(l->tasks)))
		return;
	if (n == 0 && !spot_given(l->tasks)) {
		complain(l, (struct spot){ 1, 1, NULL }, NULL,
			"the number of tasks is missing; write tasks: 100, or inputs:");
		return;
	}
	if (n == UINT64_MAX) {
		complain(l, l->inputs, "inputs", "more than %llu tasks; make the lists or ranges shorter",
			(unsigned long long)TASKS_MAX);
		return;
	}
	if (n && spot_given(l->tasks) && p->tasks != n && !(l->inputs_set && !l->tasks.setting))
		complain(l, l->tasks, "tasks",
			"%llu, but the inputs make %llu tasks; leave tasks out, or see inputs.repeat",
			(unsigned long long)p->tasks, (unsigned long long)n);
	if (n)
		p->tasks = n;
}

/* --for chooses the number of tasks: a number beside it would be a wish that is not heard. */
static void check_for(struct loader *l)
{
	if (l->plan->for_ns && l->tasks.setting)
		complain(l, l->tasks, NULL,
			"`for` chooses the number of tasks, so tasks cannot be set too; leave one out (--set for=none)");
}

static void check_required(struct loader *l, const struct node *root)
{
	const struct node *work = node_get(root, "work");

	for (size_t i = 0; i < l->plan->kind->nparams; i++)
		if (!l->plan->kind->params[i].fallback && !spot_given(l->given[i].work) &&
			!spot_given(l->given[i].input))
			complain(l, work ? spot_of_node(l, work) : (struct spot){ 1, 1, NULL }, NULL,
				"work has no %s; write %s: …", l->plan->kind->params[i].name,
				l->plan->kind->params[i].name);
}

static void default_name(struct loader *l)
{
	const char *base = path_base(l->origin);
	size_t n = strlen(base);
	char name[65];

	if (l->plan->name)
		return;
	for (size_t end = 4; end <= 5; end++)
		if (n > end && strcmp(base + n - end, end == 4 ? ".yml" : ".yaml") == 0)
			n -= end;
	str_copy(name, n + 1 < sizeof name ? n + 1 : sizeof name, base);
	l->plan->name = xstrdup(*name ? name : "workload");
}

static void load_root(struct loader *l, const struct node *root, const struct setting *settings, size_t nsettings)
{
	if (!root) {
		complain(l, (struct spot){ 1, 1, NULL }, NULL,
			"the file is empty; write at least work: {kind: …} and tasks: 100");
		return;
	}
	if (root->type == NODE_MAP)
		find_kind(l, root, settings, nsettings);
	load_map(l, root, "");
	for (size_t i = 0; i < nsettings; i++)
		load_setting(l, &settings[i]);
	if (root->type != NODE_MAP || !l->plan->kind)
		return;
	check_required(l, root);
	load_inputs_check(l);
	check_tasks(l);
	check_for(l);
}

int config_load(const char *origin, const char *text, size_t n, const struct setting *settings, size_t nsettings,
	struct plan *plan, struct problems *problems)
{
	struct loader l = { .origin = origin, .plan = plan, .problems = problems };
	struct tree tree;

	memset(problems, 0, sizeof *problems);
	plan_init(plan);
	if (yaml_read(origin, text, n, &tree, problems) == 0) {
		load_root(&l, tree.root, settings, nsettings);
		tree_release(&tree);
	}
	if (problems->n == 0) {
		default_name(&l);
		if (!plan->about)
			plan->about = xstrdup("");
		return 0;
	}
	plan_release(plan);
	problems_sort(problems);
	return -1;
}
