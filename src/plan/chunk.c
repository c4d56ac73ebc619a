/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chunk rules. Each is a published definition, so that what a course or a manual says of it can be tried here. */
#include "plan/chunk.h"

#include <string.h>

#include "base/num.h"
#include "plan/kind.h"

#define CHUNK_MAX UINT64_C(1000000000)

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

static uint64_t at_least(uint64_t n, uint64_t smallest)
{
	return n > smallest ? n : smallest;
}

/* A pool whose target is 0 leases nothing; should it be asked all the same, it is one that will have a worker. */
static uint64_t workers_of(const struct chunk_state *s)
{
	return s->workers ? s->workers : 1;
}

static uint64_t next_fixed(const struct chunk_state *s, uint64_t size)
{
	(void)s;
	return size;
}

static uint64_t next_static(const struct chunk_state *s, uint64_t size)
{
	return at_least(ceil_div(s->tasks, workers_of(s)), size);
}

static uint64_t next_pool(const struct chunk_state *s, uint64_t size)
{
	return at_least(ceil_div(s->tasks, 4 * workers_of(s)), size);
}

static uint64_t next_guided(const struct chunk_state *s, uint64_t size)
{
	return at_least(ceil_div(s->remaining, 2 * workers_of(s)), size);
}

const struct chunk_rule chunk_rules[] = {
	{ "fixed", "N", "always N tasks; OpenMP schedule(dynamic, N), and chunksize=N of Python's Pool.map",
		next_fixed },
	{ "static", "ceil(tasks / workers)",
		"one piece for each worker; OpenMP 5.2 §11.5.3 schedule(static): pieces approximately equal in size",
		next_static },
	{ "pool", "ceil(tasks / (4 × workers))",
		"Python's default: Pool._map_async in multiprocessing/pool.py divides by 4 × workers and rounds up",
		next_pool },
	{ "guided", "ceil(remaining / (2 × workers))",
		"large pieces first, small ones at the end: guided self-scheduling (Polychronopoulos and Kuck 1987), "
		"halved as "
		"LLVM's OpenMP runtime does (guided_int_param = 2)",
		next_guided },
	{ NULL, NULL, NULL, NULL },
};

static const struct chunk_rule *rule_find(const char *name, size_t n)
{
	for (const struct chunk_rule *r = chunk_rules; r->name; r++)
		if (strlen(r->name) == n && memcmp(r->name, name, n) == 0)
			return r;
	return NULL;
}

static int unknown_rule(const char *text, size_t nname, struct err *err)
{
	const char *names[8];
	char word[32], shown[48];
	size_t n = 0;
	const char *near = NULL;

	for (const struct chunk_rule *r = chunk_rules; r->name && n < 8; r++)
		names[n++] = r->name;
	if (nname < sizeof word) {
		memcpy(word, text, nname);
		word[nname] = '\0';
		near = nearest_word(word, names, n);
	}
	str_copy(shown, sizeof shown, text);
	if (near)
		return err_set(err, "'%s' is no chunk rule; did you mean %s?", shown, near);
	return err_set(err,
		"'%s' is neither a number of tasks nor a chunk rule; write 64, static, pool, guided, or guided:16 for "
		"at least 16",
		shown);
}

int chunk_parse(const char *text, struct chunk *out, struct err *err)
{
	const char *colon = strchr(text, ':');
	size_t nname = colon ? (size_t)(colon - text) : strlen(text);
	const struct chunk_rule *rule;
	uint64_t size = 1;

	if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-' || text[0] == '+') {
		if (num_uint(text, 1, CHUNK_MAX, &size, err) < 0)
			return -1;
		*out = (struct chunk){ &chunk_rules[0], size };
		return 0;
	}
	rule = rule_find(text, nname);
	if (!rule)
		return unknown_rule(text, nname, err);
	if (colon && num_uint(colon + 1, 1, CHUNK_MAX, &size, err) < 0)
		return err_prefix(err, "%s", rule->name);
	if (!colon && rule == &chunk_rules[0])
		return err_set(err, "fixed needs a number of tasks; write it alone, such as 64");
	*out = (struct chunk){ rule, size };
	return 0;
}

void chunk_print(struct str *out, const struct chunk *c)
{
	if (c->rule == &chunk_rules[0])
		str_addf(out, "%llu", (unsigned long long)c->size);
	else if (c->size > 1)
		str_addf(out, "%s:%llu", c->rule->name, (unsigned long long)c->size);
	else
		str_adds(out, c->rule->name);
}

uint32_t chunk_next(const struct chunk *c, const struct chunk_state *s)
{
	uint64_t n = c->rule->next(s, c->size);

	if (n > s->remaining)
		n = s->remaining;
	if (n > UINT32_MAX)
		n = UINT32_MAX;
	return n ? (uint32_t)n : 1;
}
