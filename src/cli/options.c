/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From argv to struct given, by the tables of commands and options. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "cli/cli.h"
#include "config/config.h"

#define OPTIONS_MAX 32

const struct cli_command *cli_find(const char *name)
{
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void add_setting(struct given *g, const char *key, size_t nkey, const char *value, const char *place)
{
	g->settings = xrealloc(g->settings, g->nsettings + 1, sizeof(*g->settings));
	char *k = xcalloc(nkey + 1, 1);
	memcpy(k, key, nkey);
	g->settings[g->nsettings++] =
		(struct given_setting){ .key = k, .value = xstrdup(value), .place = xstrdup(place) };
}

void given_release(struct given *g)
{
	for (size_t i = 0; i < g->nsettings; i++) {
		free(g->settings[i].key);
		free(g->settings[i].value);
		free(g->settings[i].place);
	}
	free(g->settings);
	free(g->operands);
	*g = (struct given){ 0 };
}

static int take_option(struct given *g, const struct cli_option *o, const char *value, struct err *err)
{
	char place[80];
	if (o->key) {
		snprintf(place, sizeof(place), "--%s", o->name);
		add_setting(g, o->key, strlen(o->key), value, place);
		return 0;
	}
	switch (o->id) {
	case OPT_SET: {
		const char *eq = strchr(value, '=');
		if (!eq || eq == value)
			return err_set(err, "--set %s: KEY=VALUE is wanted, like --set tasks=1000", value);
		snprintf(place, sizeof(place), "--set %.*s", (int)(eq - value < 60 ? eq - value : 60), value);
		add_setting(g, value, (size_t)(eq - value), eq + 1, place);
		return 0;
	}
	case OPT_PLAIN:
		g->plain = true;
		return 0;
	case OPT_JSON:
		g->json = true;
		return 0;
	case OPT_THEME:
		g->theme = value;
		return 0;
	case OPT_LOG:
		g->log = true;
		return 0;
	case OPT_NAMES:
		g->names = true;
		return 0;
	case OPT_RUNS_ALL:
		g->all = true;
		return 0;
	case OPT_HELP:
		g->help = true;
		return 0;
	default:
		BUG("option %s has no meaning", o->name);
	}
}

/* getopt's tables from ours: option i returns 256 + i, or its letter. */
static size_t make_tables(const struct cli_option *rows, struct option *longs, char *letters)
{
	size_t n = 0;
	*letters++ = ':';
	for (; rows[n].name; n++) {
		BUG_ON(n + 1 >= OPTIONS_MAX);
		longs[n] = (struct option){ .name = rows[n].name,
			.has_arg = rows[n].argument ? required_argument : no_argument,
			.val = 256 + (int)n };
		if (!rows[n].letter)
			continue;
		*letters++ = rows[n].letter;
		if (rows[n].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[n] = (struct option){ 0 };
	return n;
}

static int bad_option(const struct given *g, int code, const char *word, struct err *err)
{
	const char *names[OPTIONS_MAX];
	size_t n = 0;
	for (; g->command->options[n].name; n++)
		names[n] = g->command->options[n].name;
	if (code == ':')
		return err_set(err, "%s: a value is missing; `pooltop %s --help` says which", word, g->command->name);
	const char *near = strncmp(word, "--", 2) == 0 ? config_nearest(word + 2, names, n) : NULL;
	if (near)
		return err_set(
			err, "%s: no such option of `pooltop %s`; did you mean --%s?", word, g->command->name, near);
	return err_set(err, "%s: no such option of `pooltop %s`; see `pooltop %s --help`", word, g->command->name,
		g->command->name);
}

static int parse_options(int argc, char *const *argv, struct given *g, struct err *err)
{
	struct option longs[OPTIONS_MAX];
	char letters[2 * OPTIONS_MAX + 2];
	const struct cli_option *rows = g->command->options;
	size_t n = make_tables(rows, longs, letters);
	char **words = xcalloc((size_t)argc + 1, sizeof(char *)); /* getopt moves operands to the end */
	memcpy(words, argv, (size_t)argc * sizeof(char *));
	int rc = 0, c;
	g->operands = xcalloc((size_t)argc + 1, sizeof(char *));
	optind = 0; /* GNU: begin anew */
	opterr = 0;
	for (int before = optind; rc == 0 && (c = getopt_long(argc, words, letters, longs, NULL)) != -1;
		before = optind) {
		size_t i = c >= 256 ? (size_t)(c - 256) : 0;
		if (c == '?' && optopt == '1' && optind > before &&
			strcmp(words[optind - 1], "-1") == 0) { /* a whole word: the newest run */
			g->operands[g->noperands++] = words[optind - 1];
			continue;
		}
		if (c == ':' || c == '?') {
			rc = bad_option(g, c, optind > 0 && optind <= argc ? words[optind - 1] : "", err);
			break;
		}
		for (; c < 256 && i < n && rows[i].letter != c; i++)
			;
		BUG_ON(i >= n);
		rc = take_option(g, &rows[i], optarg, err);
	}
	for (int i = optind; rc == 0 && i < argc; i++)
		g->operands[g->noperands++] = words[i];
	free(words);
	return rc;
}

static int check_operands(const struct given *g, struct err *err)
{
	const struct cli_command *c = g->command;
	if (g->noperands < c->min_operands)
		return err_set(err, "%s is missing: pooltop %s %s", c->operands, c->name, c->operands);
	if (g->noperands > c->max_operands)
		return err_set(err, "%s: one word too many; pooltop %s %s", g->operands[c->max_operands], c->name,
			c->operands);
	return 0;
}

static int unknown_command(const char *word, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!c->hidden)
			names[n++] = c->name;
	const char *near = config_nearest(word, names, n);
	if (near)
		return err_set(err, "%s: no such command; did you mean `pooltop %s`?", word, near);
	return err_set(err, "%s: no such command; `pooltop --help` lists them", word);
}

int cli_parse(int argc, char *const *argv, struct given *out, struct err *err)
{
	*out = (struct given){ 0 };
	const char *word = argc > 1 ? argv[1] : "start";
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		word = "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		word = "version";
	bool at_start = word[0] == '-'; /* options without a command belong to the start screen */
	out->command = cli_find(at_start ? "start" : word);
	if (!out->command)
		return unknown_command(word, err);
	int skip = argc > 1 && !at_start ? 1 : 0;
	int rc = argc > 1 ? parse_options(argc - skip, argv + skip, out, err) : 0;
	if (rc == 0 && !out->help)
		rc = check_operands(out, err);
	if (rc == 0 && out->plain && out->json)
		rc = err_set(err, "--plain and --json exclude each other");
	if (rc < 0)
		given_release(out);
	return rc;
}

void cli_help(struct str *out, const struct cli_command *c)
{
	if (!c) {
		str_adds(out,
			"usage: pooltop [COMMAND] [OPTIONS]\n\nRuns work over a pool of worker processes and shows it "
			"live.\n"
			"Without a command the start screen opens: shipped workloads and recent runs.\n\nCommands:\n");
		for (c = cli_commands; c->name; c++)
			if (!c->hidden)
				str_addf(out, "  %-8s %-14s %s\n", c->name, c->operands, c->about);
		str_adds(out,
			"\n`pooltop COMMAND --help` says more of each; `pooltop help keys` lists the keys of a "
			"workload file.\n"
			"\nExit status: 0 all done, 1 some task failed, 2 usage or configuration, 3 storage failed,\n"
			"4 stopped by a key or command, 128+n ended because of signal n.\n");
		return;
	}
	str_addf(out, "usage: pooltop %s%s%s%s\n\n%s.\n", c->name, c->options[0].name ? " [OPTIONS]" : "",
		*c->operands ? " " : "", c->operands, c->about);
	if (c->options[0].name)
		str_adds(out, "\nOptions:\n");
	for (const struct cli_option *o = c->options; o->name; o++) {
		char left[64];
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			o->letter ? "," : " ", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
		str_addf(out, "  %-30s %s\n", left, o->help);
	}
}
