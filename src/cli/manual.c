/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual pages and the shell completion, made from the tables of commands, options, actions and keys. */
#include "cli/manual.h"

#include <string.h>

#include "build-id.h"
#include "config/config.h"
#include "plan/chunk.h"
#include "plan/plan.h"
#include "ui/action.h"

/* Text for roff: backslashes, hyphens that are typed, and lines that begin with a control character. */
static void roff(struct str *out, const char *z)
{
	if (*z == '.' || *z == '\'')
		str_adds(out, "\\&");
	for (; *z; z++) {
		if (*z == '\\')
			str_adds(out, "\\e");
		else if (*z == '-')
			str_adds(out, "\\-");
		else
			str_addc(out, *z);
	}
}

static void row(struct str *out, const char *head, const char *text)
{
	str_adds(out, ".TP\n.B ");
	roff(out, head);
	str_addc(out, '\n');
	roff(out, text);
	str_addc(out, '\n');
}

static void option_row(struct str *out, const struct cli_option *o)
{
	str_adds(out, ".TP\n");
	if (o->letter)
		str_addf(out, "\\fB\\-%c\\fR, ", o->letter);
	str_adds(out, "\\fB\\-\\-");
	roff(out, o->name);
	str_adds(out, "\\fR");
	if (o->argument) {
		str_adds(out, " \\fI");
		roff(out, o->argument);
		str_adds(out, "\\fR");
	}
	str_addc(out, '\n');
	roff(out, o->help);
	str_addc(out, '\n');
}

static void commands(struct str *out)
{
	str_adds(out, ".SH COMMANDS\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		if (c->hidden)
			continue;
		str_addf(out, ".SS pooltop %s \\fI", c->name);
		roff(out, c->operands);
		str_adds(out, "\\fR\n");
		roff(out, c->about);
		str_adds(out, ".\n");
		for (const struct cli_option *o = c->options; o->name; o++)
			option_row(out, o);
	}
}

static void keys(struct str *out)
{
	str_adds(out, ".SH KEYS\nThe line above the names of the views shows the keys that work there; \\fB?\\fR "
		      "explains the screen.\n");
	for (const struct action *a = actions; a->name; a++)
		row(out, a->keys, a->help);
	str_adds(out, ".PP\nMouse: a click chooses a view, a key's name or a row; a double click is Enter; the wheel "
		      "scrolls.\n");
}

static const struct {
	const char *head, *text;
} statuses[] = {
	{ "0", "all tasks are done" },
	{ "1", "some task failed, or the run itself did" },
	{ "2", "usage or configuration: nothing was started" },
	{ "3", "the run store could not be written" },
	{ "4", "stopped by a key or command; what was done is kept" },
	{ "128+n", "ended because of signal n" },
}, variables[] = {
	{ "XDG_STATE_HOME", "where runs are kept: $XDG_STATE_HOME/pooltop, else ~/.local/state/pooltop" },
	{ "NO_COLOR", "when set and not empty: no colours" },
	{ "COLORFGBG", "tells whether the terminal is light or dark, for --theme auto" },
	{ "POOLTOP_SIMD", "v1, v3 or v4: the level of the vector code (the results are the same)" },
	{ "POOLTOP_DATA_DIR", "where the shipped workloads are read from" },
	{ "POOLTOP_RUN", "set in every process of a run: its id" },
}, files[] = {
	{ "runs/ID/run.db", "a run's store, one SQLite file (doc/store.md)" },
	{ "runs/ID/lock", "locked while the run's engine lives" },
	{ "debug.log", "written with -v" },
};

#define ROWS(title, table)                                                                                             \
	do {                                                                                                           \
		str_adds(out, ".SH " title "\n");                                                                      \
		for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)                                        \
			row(out, (table)[i].head, (table)[i].text);                                                    \
	} while (0)

void manual_program(struct str *out)
{
	str_addf(out, ".TH POOLTOP 1 \"\" \"pooltop %s\" \"User Commands\"\n", POOLTOP_VERSION);
	str_adds(out, ".SH NAME\npooltop \\- run work over a pool of worker processes and show it live\n"
		      ".SH SYNOPSIS\n.B pooltop\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR] [\\fIOPERANDS\\fR]\n"
		      ".SH DESCRIPTION\n.B pooltop\nlaunches a configured workload across a pool of worker processes "
		      "and shows a bar for each\n"
		      "worker, the active children, the queue depth and the serial against the parallel time, while "
		      "the number of workers\n"
		      "and the chunk size can be changed. Without a command the start screen opens. Without a "
		      "terminal, plain lines are\n"
		      "written instead of the dashboard. Workload files are described in\n.BR pooltop (5).\n");
	commands(out);
	keys(out);
	ROWS("EXIT STATUS", statuses);
	ROWS("ENVIRONMENT", variables);
	ROWS("FILES", files);
	str_adds(out, ".SH SEE ALSO\n.BR pooltop (5),\n.BR parallel (1),\n.BR htop (1)\n");
}

void manual_file(struct str *out)
{
	str_addf(out, ".TH POOLTOP 5 \"\" \"pooltop %s\" \"File Formats\"\n", POOLTOP_VERSION);
	str_adds(out, ".SH NAME\npooltop \\- workload files of pooltop(1)\n.SH DESCRIPTION\nA workload file is YAML: "
		      "one document, a map of the keys\n"
		      "below. Anchors, tags and repeated keys are refused; all mistakes are listed in one run, with "
		      "line and column.\n"
		      ".B pooltop check\nonly looks for them.\n");
	config_reference(out, true);
	str_adds(out, ".SH EXAMPLE\n.nf\nname: integral-average\nabout: average of random-point integrals\nwork:\n  "
		      "kind: integrate\n  f: 1/(1 + x^2)\n"
		      "  samples: 10000\ntasks: 100\nseed: 507\npool: {workers: auto, chunk: guided}\nbaseline: "
		      "measure\n.fi\n"
		      ".SH SEE ALSO\n.BR pooltop (1)\n");
}

/* Words for one option's argument: "a|b|c" lists them. */
static void option_words(struct str *out, const struct cli_option *o)
{
	str_addf(out, "\t\t--%s", o->name);
	if (o->letter)
		str_addf(out, "|-%c", o->letter);
	str_adds(out, ") COMPREPLY=($(compgen -W '");
	for (const char *p = o->argument; *p; p++)
		str_addc(out, *p == '|' ? ' ' : *p);
	str_adds(out, "' -- \"$cur\")); return;;\n");
}

void manual_completion(struct str *out)
{
	str_adds(out, "# bash completion of pooltop, made by `pooltop help completion`\n_pooltop() {\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=${COMP_WORDS[1]}\n"
		      "\tif [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -W '");
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!c->hidden)
			str_addf(out, "%s ", c->name);
	str_adds(out, "' -- \"$cur\")); return; fi\n\tcase $cmd in\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		if (c->hidden)
			continue;
		str_addf(out, "\t%s)\n\t\tcase $prev in\n", c->name);
		for (const struct cli_option *o = c->options; o->name; o++)
			if (o->argument && strchr(o->argument, '|'))
				option_words(out, o);
		str_adds(out, "\t\tesac\n\t\tCOMPREPLY=($(compgen -W '");
		for (const struct cli_option *o = c->options; o->name; o++)
			str_addf(out, "--%s ", o->name);
		bool workload = strstr(c->operands, "WORKLOAD") != NULL;
		str_addf(out, "%s' -- \"$cur\") $(compgen -f -- \"$cur\"));;\n",
			workload ? "'\"$(pooltop list --names)\"'" : "");
	}
	str_adds(out, "\tesac\n}\ncomplete -o filenames -F _pooltop pooltop\n");
}
