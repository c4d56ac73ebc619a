/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: the command line. One argument a line, the command first. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "cli/cli.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *argv[ARGS_MAX + 2], *at = text;
	char program[] = "pooltop";
	int argc = 0;

	memcpy(text, data, size);
	argv[argc++] = program;
	while (at && argc <= ARGS_MAX)
		argv[argc++] = strsep(&at, "\n");
	argv[argc] = NULL;

	struct given g;
	struct err err = { "" };
	if (cli_parse(argc, argv, &g, &err) < 0) {
		BUG_ON(err.msg[0] == '\0');
	} else {
		struct str help = STR_INIT;
		BUG_ON(!g.command || (!g.help && g.noperands > g.command->max_operands));
		cli_help(&help, g.command);
		str_release(&help);
		given_release(&g);
	}
	free(text);
	return 0;
}
