/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of keys and the names of the views: made from the tables, clickable. */
#include "ui/keyline.h"

#include <stdio.h>
#include <string.h>

#define ITEMS_MOST 24
#define KEYS_MOST  4

/* "+ − workers": neighbours in the table with the same label share it. */
struct item {
	char key[KEYS_MOST][16];
	int32_t code[KEYS_MOST];
	int nkeys;
	char label[64];
	bool always; /* help and quit */
};

struct item_list {
	struct item items[ITEMS_MOST];
	int n;
};

/* Keys as people see them. */
static const char *key_sign(const char *name)
{
	static const struct {
		const char *name, *sign;
	} signs[] = { { "-", "−" }, { "Up", "↑" }, { "Down", "↓" } };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strcmp(name, signs[i].name) == 0)
			return signs[i].sign;
	return name;
}

static int item_cells(const struct grid *g, const struct item *it)
{
	int cells = grid_cells(g, it->label);

	for (int i = 0; i < it->nkeys; i++)
		cells += grid_cells(g, it->key[i]) + 1;
	return cells;
}

static struct item *item_new(struct item_list *l, const char *label)
{
	struct item *it = &l->items[l->n < ITEMS_MOST ? l->n++ : ITEMS_MOST - 1];

	memset(it, 0, sizeof *it);
	str_copy(it->label, sizeof it->label, label);
	return it;
}

static void item_key(struct item *it, const char *name, int32_t code)
{
	if (it->nkeys == KEYS_MOST)
		return;
	str_copy(it->key[it->nkeys], sizeof it->key[0], key_sign(name));
	it->code[it->nkeys++] = code;
}

/* Some labels tell what the key would do now. */
static void label_of(char *buf, size_t size, const struct action *act, const struct scene *s)
{
	bool paused = s->snap && (s->snap->state == RUN_PAUSED || s->snap->state == RUN_PAUSING);

	if (act->id == DO_PAUSE && paused)
		str_copy(buf, size, "go on");
	else if (act->id == DO_FOLLOW && s->ui->log_follow)
		str_copy(buf, size, "following");
	else if (s->ui->view == VIEW_START && (act->id == DO_WORKERS_MORE || act->id == DO_WORKERS_LESS) && s->ui->start_workers)
		snprintf(buf, size, "workers: %llu", (unsigned long long)s->ui->start_workers);
	else if (s->ui->view == VIEW_START && (act->id == DO_WORKERS_MORE || act->id == DO_WORKERS_LESS))
		str_copy(buf, size, "workers: auto");
	else
		str_copy(buf, size, act->label);
}

static void add_action(struct item_list *l, const char *name, const struct scene *s, bool always)
{
	const struct action *act = action_named(name);
	char label[64], key[16];
	struct item *it;
	int32_t code;

	if (!act || !action_applies(act, s) || (code = action_key(act, 0, key, sizeof key)) == KEY_NONE)
		return;
	label_of(label, sizeof label, act, s);
	it = l->n > 0 && strcmp(l->items[l->n - 1].label, label) == 0 ? &l->items[l->n - 1] : item_new(l, label);
	item_key(it, key, code);
	it->always = always;
}

/* Behind the first two, before those that leave first. */
static void add_views(struct item_list *l)
{
	int at = l->n < 2 ? l->n : 2;
	struct item *it = item_new(l, "views"), last = *it;

	for (int i = l->n - 1; i > at; i--)
		l->items[i] = l->items[i - 1];
	it = &l->items[at];
	*it = last;

	for (int i = 0; i < VIEWS; i++) {
		char digit[2] = { views[i].digit, '\0' };

		if (views[i].digit)
			item_key(it, digit, views[i].digit);
	}
}

static int draw_item(struct area a, int y, int x, const struct item *it)
{
	int from = x, key_end = x;

	for (int i = 0; i < it->nkeys; i++) {
		x = put(a, y, key_end, ROLE_KEY, it->key[i]);
		put_hit(a, y, key_end, 1, x - key_end + 1, HIT_KEY, it->code[i]);
		key_end = x + 1;
	}
	x = put(a, y, key_end, ROLE_LABEL, it->label);
	if (it->nkeys == 1)
		put_hit(a, y, from, 1, x - from, HIT_KEY, it->code[0]);
	return x;
}

/* From the left what fits; what must be there is counted first. */
static void draw_items(struct area a, int y, const struct item_list *l)
{
	int room = a.cols - LABEL_X, x = LABEL_X;

	for (int i = 0; i < l->n; i++)
		if (l->items[i].always)
			room -= item_cells(a.g, &l->items[i]) + 2;
	for (int i = 0; i < l->n; i++) {
		int cells = item_cells(a.g, &l->items[i]) + 2;

		if (!l->items[i].always && (room -= cells) < 0)
			continue;
		x = draw_item(a, y, x, &l->items[i]) + 2;
	}
}

void draw_keys(struct area a, int y, const struct scene *s, bool with_views)
{
	struct item_list l = { .n = 0 };
	const char *z = views[s->ui->view].keys;
	char name[32];

	while (*z) {
		size_t n = strcspn(z, " ");

		snprintf(name, sizeof name, "%.*s", (int)n, z);
		add_action(&l, name, s, false);
		z += n + strspn(z + n, " ");
	}
	if (with_views && s->ui->view != VIEW_START)
		add_views(&l);
	add_action(&l, "help", s, true);
	add_action(&l, "quit", s, true);
	draw_items(a, y, &l);
}

void draw_page_keys(struct area a, int y, const struct scene *s)
{
	struct item_list l = { .n = 0 };
	struct item *it;

	if (s->ui->help == 1)
		item_key(item_new(&l, "keys"), "?", '?');
	if (s->ui->help > 1) {
		it = item_new(&l, "scroll");
		item_key(it, "Up", KEY_UP_);
		item_key(it, "Down", KEY_DOWN_);
	}
	it = item_new(&l, "close");
	item_key(it, "Esc", KEY_ESC);
	it->always = true;
	draw_items(a, y, &l);
}

void draw_view_names(struct area a, int y, const struct scene *s)
{
	int x = LABEL_X;

	for (int i = 0; i < VIEWS; i++) {
		char digit[4] = { ' ', views[i].digit, ' ', '\0' };
		int from = x;

		if (!views[i].digit)
			continue;
		x = put(a, y, x, ROLE_KEY, digit);
		x = put(a, y, x, (int)s->ui->view == i ? ROLE_KEY : ROLE_LABEL, views[i].name);
		x = put(a, y, x, ROLE_LABEL, " ");
		if ((int)s->ui->view == i) {
			put_fill(a, y, from, 1, ROLE_SELECTED, ' ');
			x = put(a, y, from, ROLE_SELECTED, digit);
			x = put(a, y, x, ROLE_SELECTED, views[i].name);
			x = put(a, y, x, ROLE_SELECTED, " ");
			put_attr(a, y, from, x - from, ATTR_BOLD | ATTR_REVERSE);
		}
		put_hit(a, y, from, 1, x - from, HIT_KEY, views[i].digit);
		x++;
	}
}
