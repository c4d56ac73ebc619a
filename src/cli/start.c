/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop without a command: the start screen. */
#include "cli/cli.h"

int cmd_start(const struct given *g)
{
	(void)g;
	return cli_fail(EXIT_USAGE, "the start screen needs a terminal; `pooltop --help` lists the commands");
}
