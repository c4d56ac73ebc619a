/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of the file format, made from the tables that the loader walks. */
#include "config/keys.h"

#include <string.h>

#include "base/fmt.h"
#include "base/text.h"

#define WIDTH 78

struct writer {
	struct str *out;
	bool roff;
	bool begun;
};

/* Text for roff: a backslash, and a point or quote that would begin a request. */
static void add_text(struct writer *w, const char *z)
{
	if (w->roff && (*z == '.' || *z == '\''))
		str_adds(w->out, "\\&");
	for (; *z; z++) {
		if (w->roff && *z == '\\')
			str_adds(w->out, "\\e");
		else if (w->roff && *z == '-')
			str_adds(w->out, "\\-");
		else
			str_addc(w->out, *z);
	}
}

static void heading(struct writer *w, const char *z)
{
	if (w->roff)
		str_adds(w->out, ".SS ");
	else if (w->begun)
		str_adds(w->out, "\n");
	w->begun = true;
	add_text(w, z);
	str_adds(w->out, "\n");
}

/* A line of words; in plain text indented and broken at WIDTH cells. */
static void sentence(struct writer *w, const char *z, int indent)
{
	int used = 0;

	if (w->roff) {
		add_text(w, z);
		str_adds(w->out, "\n");
		return;
	}
	for (size_t n; *z; z += n) {
		struct str word = STR_INIT;
		int cells;

		z += strspn(z, " ");
		n = strcspn(z, " ");
		str_add(&word, z, n);
		cells = text_cells(str_z(&word));
		if (used && used + 1 + cells > WIDTH) {
			str_adds(w->out, "\n");
			used = 0;
		}
		if (used == 0)
			str_addf(w->out, "%*s", indent, "");
		used += used ? 1 + cells : indent + cells;
		str_addf(w->out, "%s%s", used == indent + cells ? "" : " ", str_z(&word));
		str_release(&word);
	}
	str_adds(w->out, "\n");
}

/* A name, what may be written there, what holds without it (or ""), and below that what it means. */
static void entry(struct writer *w, const char *name, const char *form, const char *help, const char *absent)
{
	struct str line = STR_INIT;

	str_addf(&line, "%s%s%s", name, *form ? ": " : "", form);
	if (*absent)
		str_addf(&line, " (%s)", absent);
	if (w->roff)
		str_adds(w->out, ".TP\n.B ");
	sentence(w, str_z(&line), 2);
	sentence(w, help, 6);
	str_release(&line);
}

static void add_words(struct str *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		str_addf(out, "%s%s", i ? " | " : "", words[i]);
}

static void add_limits(struct str *out, uint64_t min, uint64_t max)
{
	char a[FMT_SIZE], b[FMT_SIZE];

	str_addf(out, "%s to %s", fmt_exact(a, min), fmt_exact(b, max));
}

/* What a key takes: its type, unit and range. */
static void key_form(struct str *out, const struct key *k)
{
	switch (k->type) {
	case KEY_KIND:
		for (const struct kind *kind = kinds; kind->name; kind++)
			str_addf(out, "%s%s", kind == kinds ? "" : " | ", kind->name);
		break;
	case KEY_TEXT:
		str_addf(out, "TEXT, at most %llu characters", (unsigned long long)k->max);
		break;
	case KEY_COUNT:
	case KEY_SMALL:
		str_adds(out, "NUMBER, ");
		add_limits(out, k->min, k->max);
		break;
	case KEY_WORKERS:
		str_adds(out, "auto | NUMBER, ");
		add_limits(out, k->min, k->max);
		break;
	case KEY_DURATION:
		str_adds(out, "none | DURATION, 1ms to 30d");
		break;
	case KEY_WORD:
		add_words(out, k->words);
		break;
	case KEY_BOOL:
		str_adds(out, "true | false");
		break;
	case KEY_CHUNK:
		str_adds(out, "NUMBER | RULE | RULE:SMALLEST");
		break;
	case KEY_MAP:
	case KEY_INPUTS:
		str_adds(out, "{ … }");
		break;
	case KEY_LATER:
		break;
	}
}

/* What holds without the key: "needed", "default 1". */
static void key_absent(struct str *out, const struct key *k)
{
	if (k->type == KEY_KIND || strcmp(k->path, "work") == 0)
		str_adds(out, "needed");
	else if (k->fallback && *k->fallback)
		str_addf(out, "default %s", k->fallback);
	else if (k->absent)
		str_adds(out, k->absent);
}

static void write_keys(struct writer *w)
{
	heading(w, "Keys of a workload file");
	for (const struct key *k = config_keys; k->path; k++) {
		struct str form = STR_INIT, absent = STR_INIT;

		if (k->type == KEY_LATER)
			continue;
		key_form(&form, k);
		key_absent(&absent, k);
		entry(w, k->path, str_z(&form), k->help, str_z(&absent));
		str_release(&form);
		str_release(&absent);
	}
}

static void param_form(struct str *out, const struct param *p)
{
	struct value lo = { .i = (int64_t)0, .r = p->min }, hi = { .i = (int64_t)0, .r = p->max };
	const char *word;
	size_t n;

	switch (p->type) {
	case PARAM_EXPR:
		str_addf(out, "EXPRESSION in %s", p->choices);
		return;
	case PARAM_CHOICE:
		for (size_t i = 0; (word = param_choice(p->choices, i, &n)); i++) {
			str_adds(out, i ? " | " : "");
			str_add(out, word, n);
		}
		return;
	case PARAM_REAL:
		str_adds(out, "REAL");
		if (p->max > 1e300)
			return;
		break;
	case PARAM_INT:
	case PARAM_DURATION:
		str_adds(out, p->type == PARAM_INT ? "NUMBER" : "DURATION");
		lo.i = (int64_t)p->min;
		hi.i = (int64_t)p->max;
		break;
	}
	str_adds(out, ", ");
	(p->type == PARAM_INT ? param_show : param_print)(out, p, &lo);
	str_adds(out, " to ");
	(p->type == PARAM_INT ? param_show : param_print)(out, p, &hi);
	str_addf(out, "%s%s", *p->unit ? " " : "", p->unit);
}

static void write_params(struct writer *w, const struct kind *k)
{
	for (size_t i = 0; i < k->nparams; i++) {
		const struct param *p = &k->params[i];
		struct str form = STR_INIT, absent = STR_INIT;

		param_form(&form, p);
		if (p->fallback)
			str_addf(&absent, "default %s", p->fallback);
		else
			str_adds(&absent, "needed");
		entry(w, p->name, str_z(&form), p->help, str_z(&absent));
		str_release(&form);
		str_release(&absent);
	}
}

static void write_kinds(struct writer *w)
{
	for (const struct kind *k = kinds; k->name; k++) {
		struct str line = STR_INIT;

		str_addf(&line, "work: {kind: %s, …}", k->name);
		heading(w, str_z(&line));
		sentence(w, k->help, 2);
		write_params(w, k);
		str_release(&line);
	}
}

static void write_rules(struct writer *w)
{
	heading(w, "Rules of pool.chunk");
	for (const struct chunk_rule *r = chunk_rules; r->name; r++)
		entry(w, r == chunk_rules ? r->formula : r->name, r == chunk_rules ? "" : r->formula, r->help, "");
}

static void write_forms(struct writer *w)
{
	heading(w, "Values");
	entry(w, "NUMBER", "", "digits, as in 1000, 1,000, 1_000, 10k, 10M, 1e6", "");
	entry(w, "REAL", "", "a decimal number, as in 0.5, -3 or 1e-3", "");
	entry(w, "DURATION", "",
		"a number with its unit ns, us, ms, s, m, h or d, as in 250ms or 1.5s; without a unit, seconds", "");
	entry(w, "inputs.NAME", "[A, B, …]", "parameter NAME has these values, one a task", "");
	entry(w, "inputs.NAME", "A..B step S", "A, A + S, … up to B; the step of a NUMBER may be left out and is 1",
		"");
	entry(w, "inputs.NAME", "{from: A, to: B, step: S}", "the same", "");
}

void config_reference(struct str *out, bool roff)
{
	struct writer w = { .out = out, .roff = roff };

	write_keys(&w);
	write_kinds(&w);
	write_rules(&w);
	write_forms(&w);
}
