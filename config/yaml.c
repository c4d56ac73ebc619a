/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only user of libyaml: its events become a tree with places. */
#include "config/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/die.h"
#include "config/yaml_text.h"

#define BLOCK_SIZE (64u << 10)

/* Blocks of memory that are freed together. */
struct arena {
	struct arena *next;
	size_t used, size;
	_Alignas(16) char data[];
};

struct frame {
	struct node *node; /* list or map being filled */
	struct node *last; /* its last item or key */
	struct node *key;  /* of a map: waits for its value */
};

struct reader_state {
	const char *origin, *text;
	size_t n;
	struct tree *tree;
	struct problems *problems;
	struct frame stack[CONFIG_DEPTH_MAX];
	int depth;
	unsigned nodes;
	bool document; /* one was begun */
};

static void *arena_get(struct arena **a, size_t n)
{
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!*a || (*a)->size - (*a)->used < n) {
		size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
		struct arena *fresh = xcalloc(1, sizeof *fresh + size);

		fresh->size = size;
		fresh->next = *a;
		*a = fresh;
	}
	p = (*a)->data + (*a)->used;
	(*a)->used += n;
	return p;
}

void tree_release(struct tree *tree)
{
	while (tree->arena) {
		struct arena *next = tree->arena->next;

		free(tree->arena);
		tree->arena = next;
	}
	tree->root = NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
	if (!map || map->type != NODE_MAP)
		return NULL;
	for (struct node *k = map->child; k; k = k->next)
		if (k->type == NODE_SCALAR && strcmp(k->text, key) == 0)
			return k->value;
	return NULL;
}

static struct spot spot_of(const yaml_mark_t *m)
{
	return (struct spot){ (int)m->line + 1, (int)m->column + 1, NULL };
}

/* ---- problems of the whole text ---- */

static int unreadable(struct reader_state *r)
{
	struct text_place at;
	struct spot spot;
	int32_t c;

	if (!text_unreadable(r->text, r->n, &at, &c))
		return 0;
	spot = (struct spot){ at.line, at.col, NULL };
	if (c < 0)
		problems_add(r->problems, r->origin, spot, "byte 0x%02x is not UTF-8; save the file as UTF-8",
			(unsigned char)r->text[at.offset]);
	else if (c == 0)
		problems_add(r->problems, r->origin, spot, "a NUL byte; a workload file is text, remove it");
	else
		problems_add(r->problems, r->origin, spot, "control character U+%04X; remove it", (unsigned)c);
	return -1;
}

/* libyaml's words for the mistakes people make, in ours. */
static const struct {
	const char *theirs, *ours;
} syntax_words[] = {
	{ "mapping values are not allowed in this context",
		"a colon where no key can be; check the indentation, or quote a value that holds \": \"" },
	{ "could not find expected ':'",
		"the line above is no \"key: value\"; write a colon and a blank after the key" },
	{ "did not find expected key", "no key here; check the indentation and the quotes above" },
	{ "did not find expected ',' or '}'", "a map in braces is not closed; write , or }" },
	{ "did not find expected ',' or ']'", "a list in brackets is not closed; write , or ]" },
	{ "found unexpected end of stream", "the file ends inside a quoted value; close the quotes" },
	{ "block sequence entries are not allowed in this context",
		"a list item where no list can be; check the indentation" },
};

static void syntax_error(struct reader_state *r, const yaml_parser_t *parser)
{
	struct spot at = spot_of(&parser->problem_mark);
	const char *what = parser->problem ? parser->problem : "unknown mistake";
	size_t offset = text_offset(r->text, r->n, at.line, at.col);
	char c = offset < r->n ? r->text[offset] : '\0';

	if (parser->error == YAML_READER_ERROR) {
		struct text_place p = text_place_of(r->text, r->n, parser->problem_offset);

		problems_add(r->problems, r->origin, (struct spot){ p.line, p.col, NULL }, "not valid YAML: %s", what);
		return;
	}
	if (strcmp(what, "found character that cannot start any token") == 0) {
		if (c == '\t')
			problems_add(r->problems, r->origin, at, "a tab cannot indent in YAML; use blanks");
		else
			problems_add(r->problems, r->origin, at, "%c cannot start a value; put the value in quotes", c);
		return;
	}
	for (size_t i = 0; i < sizeof syntax_words / sizeof *syntax_words; i++)
		if (strcmp(what, syntax_words[i].theirs) == 0) {
			problems_add(r->problems, r->origin, at, "%s", syntax_words[i].ours);
			return;
		}
	problems_add(r->problems, r->origin, at, "not valid YAML: %s%s%s", parser->context ? parser->context : "",
		parser->context ? ", " : "", what);
}

/* ---- building the tree ---- */

static struct node *node_new(struct reader_state *r, enum node_type type, const yaml_event_t *e)
{
	struct spot at = spot_of(&e->start_mark);
	struct node *n;

	if (++r->nodes > YAML_NODES_MAX) {
		problems_add(r->problems, r->origin, at, "more than %d values in a file; use a range", YAML_NODES_MAX);
		return NULL;
	}
	n = arena_get(&r->tree->arena, sizeof *n);
	n->type = type;
	n->line = at.line;
	n->col = at.col;
	return n;
}

/* A key that a map has already, or that is none. True: it is not to be kept. */
static bool bad_key(struct reader_state *r, const struct frame *f, const struct node *key)
{
	struct spot at = { key->line, key->col, NULL };
	char shown[64];

	if (key->type == NODE_REFUSED)
		return true;
	if (key->type != NODE_SCALAR) {
		problems_add(r->problems, r->origin, at, "a key must be a word, not a list or a map");
		return true;
	}
	for (const struct node *k = f->node->child; k; k = k->next) {
		if (strcmp(k->text, key->text) != 0)
			continue;
		str_copy(shown, sizeof shown, key->text);
		problems_add(r->problems, r->origin, at, "key %s is given twice, first in line %d; remove one", shown,
			k->line);
		return true;
	}
	return false;
}

static int attach_key(struct reader_state *r, struct frame *f, struct node *key)
{
	if (f->node->n == YAML_KEYS_MAX) {
		problems_add(r->problems, r->origin, (struct spot){ key->line, key->col, NULL },
			"more than %d keys in a map; a workload file needs no more than a few", YAML_KEYS_MAX);
		return -1;
	}
	f->key = key; /* its value is read and checked for syntax even when it is not kept */
	if (bad_key(r, f, key))
		return 0;
	if (f->last)
		f->last->next = key;
	else
		f->node->child = key;
	f->last = key;
	f->node->n++;
	return 0;
}

/* Puts a node where it belongs: the root, an item, a key or a key's value. 0 or -1. */
static int attach(struct reader_state *r, struct node *n)
{
	struct frame *f = r->depth ? &r->stack[r->depth - 1] : NULL;

	if (!f) {
		r->tree->root = n;
	} else if (f->node->type == NODE_LIST) {
		if (f->last)
			f->last->next = n;
		else
			f->node->child = n;
		f->last = n;
		f->node->n++;
	} else if (f->key) {
		f->key->value = n;
		f->key = NULL;
	} else {
		return attach_key(r, f, n);
	}
	return 0;
}

static void refuse_anchor_and_tag(
	struct reader_state *r, const yaml_event_t *e, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct spot at = spot_of(&e->start_mark);
	char shown[64];

	if (anchor) {
		str_copy(shown, sizeof shown, (const char *)anchor);
		problems_add(r->problems, r->origin, at,
			"anchor &%s; anchors and aliases are not used here, write the value out", shown);
	}
	if (tag) {
		str_copy(shown, sizeof shown, (const char *)tag);
		problems_add(r->problems, r->origin, at, "tag %s; tags are not used here, remove it", shown);
	}
}

static size_t characters(const char *z)
{
	size_t n = 0;

	for (; *z; z++)
		n += ((unsigned char)*z & 0xc0) != 0x80;
	return n;
}

static int on_scalar(struct reader_state *r, const yaml_event_t *e)
{
	struct node *n = node_new(r, NODE_SCALAR, e);
	size_t length = e->data.scalar.length, width;
	char *text;

	if (!n)
		return -1;
	refuse_anchor_and_tag(r, e, e->data.scalar.anchor, e->data.scalar.tag);
	if (memchr(e->data.scalar.value, '\0', length)) {
		problems_add(r->problems, r->origin, spot_of(&e->start_mark), "a NUL character in a value; remove \\0");
		n->type = NODE_REFUSED;
		return attach(r, n);
	}
	text = arena_get(&r->tree->arena, length + 1);
	memcpy(text, e->data.scalar.value, length);
	text[length] = '\0';
	n->text = text;
	n->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	width = e->end_mark.column - e->start_mark.column;
	if (e->start_mark.line == e->end_mark.line && !e->data.scalar.anchor && !e->data.scalar.tag)
		n->text_col = width == characters(text) + (n->plain ? 0 : 2) ? n->col + !n->plain : 0;
	return attach(r, n);
}

static int on_start(struct reader_state *r, enum node_type type, const yaml_event_t *e)
{
	struct node *n;

	if (r->depth == CONFIG_DEPTH_MAX) {
		problems_add(r->problems, r->origin, spot_of(&e->start_mark),
			"nested more than %d deep; a workload file needs no more than four", CONFIG_DEPTH_MAX);
		return -1;
	}
	n = node_new(r, type, e);
	if (!n)
		return -1;
	if (type == NODE_LIST)
		refuse_anchor_and_tag(r, e, e->data.sequence_start.anchor, e->data.sequence_start.tag);
	else
		refuse_anchor_and_tag(r, e, e->data.mapping_start.anchor, e->data.mapping_start.tag);
	if (attach(r, n) < 0)
		return -1;
	r->stack[r->depth++] = (struct frame){ .node = n };
	return 0;
}

static int on_alias(struct reader_state *r, const yaml_event_t *e)
{
	struct node *n = node_new(r, NODE_REFUSED, e);
	char shown[64];

	if (!n)
		return -1;
	str_copy(shown, sizeof shown, (const char *)e->data.alias.anchor);
	problems_add(r->problems, r->origin, spot_of(&e->start_mark),
		"alias *%s; anchors and aliases are not used here, write the value out", shown);
	return attach(r, n);
}

static int on_document(struct reader_state *r, const yaml_event_t *e)
{
	if (r->document) {
		problems_add(r->problems, r->origin, spot_of(&e->start_mark),
			"a second document; a file is one workload, write another file");
		return -1;
	}
	r->document = true;
	if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
		problems_add(r->problems, r->origin, spot_of(&e->start_mark),
			"a %%TAG directive; tags are not used here, remove it");
	return 0;
}

static int on_event(struct reader_state *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(r, e);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, e);
	case YAML_ALIAS_EVENT:
		return on_alias(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(r, NODE_LIST, e);
	case YAML_MAPPING_START_EVENT:
		return on_start(r, NODE_MAP, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return 0;
	default:
		return 0;
	}
}

static int read_events(struct reader_state *r, yaml_parser_t *parser)
{
	for (bool end = false; !end;) {
		yaml_event_t e;
		int ret;

		if (!yaml_parser_parse(parser, &e)) {
			if (parser->error == YAML_MEMORY_ERROR)
				die("out of memory while reading %s", r->origin);
			syntax_error(r, parser);
			return -1;
		}
		end = e.type == YAML_STREAM_END_EVENT;
		ret = on_event(r, &e);
		yaml_event_delete(&e);
		if (ret < 0)
			return -1;
	}
	return 0;
}

int yaml_read(const char *origin, const char *text, size_t n, struct tree *tree, struct problems *problems)
{
	struct reader_state r = { .origin = origin, .text = text, .n = n, .tree = tree, .problems = problems };
	yaml_parser_t parser;
	int ret;

	*tree = (struct tree){ 0 };
	if (n > CONFIG_FILE_MAX) {
		problems_add(problems, origin, (struct spot){ 1, 1, NULL },
			"%zu bytes; a workload file has at most 64 MB", n);
		return -1;
	}
	if (unreadable(&r) < 0)
		return -1;
	if (!yaml_parser_initialize(&parser))
		die("out of memory while reading %s", origin);
	yaml_parser_set_input_string(&parser, (const unsigned char *)(n ? text : ""), n);
	ret = read_events(&r, &parser);
	yaml_parser_delete(&parser);
	if (ret < 0)
		tree_release(tree);
	return ret;
}
