/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop: main. */
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"
#include "base/path.h"
#include "cli/cli.h"

/* The log is opened before anything else and its path handed down in POOLTOP_LOG. */
static int open_log(void)
{
	struct err err = { "" };
	char *dir = path_state_dir(&err);
	if (!dir || path_mkdirs(dir, &err) < 0) {
		free(dir);
		return cli_fail(EXIT_STORE, "%s", err.msg);
	}
	char *path = path_join(dir, "debug.log");
	int rc = log_open(path, "client", &err);
	if (rc == 0)
		setenv("POOLTOP_LOG", path, 1);
	else
		rc = cli_fail(EXIT_STORE, "%s", err.msg);
	free(dir);
	free(path);
	return rc;
}

/* A standard descriptor that is closed would be given to the next file opened, and output would go there. */
static void open_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct given g;
	struct err err = { "" };
	open_standard_descriptors();
	die_catch_fatal_signals(); /* the terminal comes back before we go */
	setlocale(LC_CTYPE, "");   /* never LC_NUMERIC: numbers look the same everywhere */
	if (cli_parse(argc, argv, &g, &err) < 0)
		return cli_fail(EXIT_USAGE, "%s", err.msg);
	int status = 0;
	if (g.help) {
		struct str s = STR_INIT;
		cli_help(&s, g.command);
		status = cli_print(&s);
		str_release(&s);
	} else {
		status = g.log ? open_log() : 0;
		if (status == 0)
			status = g.command->run(&g);
	}
	given_release(&g);
	return status;
}
