/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of pooltop: rows of one table; options: rows of one table a command. Help, completion, the manual
 * and the parser are made from the rows. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Exit statuses, as doc/pooltop.1 lists them. 128 + n: ended because of signal n. */
enum { EXIT_DONE = 0, EXIT_TASK_FAILED = 1, EXIT_USAGE = 2, EXIT_STORE = 3, EXIT_STOPPED = 4 };

struct cli_option {
	char letter;          /* 0: none */
	const char *name;     /* long form */
	const char *argument; /* name of its value in help ("N|auto"), NULL: a switch */
	const char *key;      /* the workload key that it sets, NULL: see id */
	int id;               /* enum option_id when key is NULL */
	const char *help;
};
enum option_id { OPT_SET = 1, OPT_PLAIN, OPT_JSON, OPT_THEME, OPT_LOG, OPT_HELP, OPT_RUNS_ALL, OPT_NAMES };

struct given; /* options as parsed */
struct cli_command {
	const char *name;
	const char *operands; /* "WORKLOAD|FILE" */
	int min_operands, max_operands;
	const char *about;
	const struct cli_option *options; /* ended by name NULL */
	int (*run)(const struct given *g);
	bool hidden; /* not for people */
};
extern const struct cli_command cli_commands[]; /* ended by name NULL */

/* What a command line came to. */
struct given_setting {
	char *key, *value, *place; /* owned */
};
struct given {
	const struct cli_command *command;
	struct given_setting *settings;
	size_t nsettings;
	bool plain, json, all, names, help;
	const char *theme; /* borrowed from argv, NULL not given */
	bool log;
	const char **operands; /* borrowed strings */
	int noperands;
};

/* Parses argv (argv[0] is the program, argv[1] the command). 0, or -1 with *err. Prints nothing, starts nothing. */
int cli_parse(int argc, char *const *argv, struct given *out, struct err *err);
void given_release(struct given *g);
const struct cli_command *cli_find(const char *name);

/* Help for one command, or with NULL for the program. */
void cli_help(struct str *out, const struct cli_command *c);

/* The commands. */
int cmd_run(const struct given *g);
int cmd_start(const struct given *g);
int cmd_ps(const struct given *g);
int cmd_report(const struct given *g);
int cmd_check(const struct given *g);
int cmd_list(const struct given *g);
int cmd_cpus(const struct given *g);
int cmd_help(const struct given *g);
int cmd_engine(const struct given *g);

/* Says "pooltop: message" on stderr and returns status. */
int cli_fail(int status, const char *fmt, ...) PRINTF(2, 3);
/* Writes text to stdout; EXIT_STORE when it cannot be written (full disk), quietly 0 when nobody reads any more
 * (EPIPE). */
/* Says each line as "pooltop: line" on stderr; returns EXIT_USAGE. */
int cli_complain_lines(const struct str *lines);
int cli_print(const struct str *text);

#endif
