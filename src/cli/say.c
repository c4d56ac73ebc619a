/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands say on their two outputs, and the commands that only print what the tables hold. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "build-id.h"
#include "cli/manual.h"
#include "config/config.h"
#include "engine/serve.h"

int cli_fail(int status, const char *fmt, ...)
{
	struct str s = STR_INIT;
	va_list ap;
	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	text_complain(stderr, str_z(&s));
	str_release(&s);
	return status;
}

int cli_complain_lines(const struct str *lines)
{
	const char *p = str_z(lines);
	while (*p) {
		size_t n = strcspn(p, "\n");
		struct str line = STR_INIT;
		str_add(&line, p, n);
		text_complain(stderr, str_z(&line));
		str_release(&line);
		p += n + (p[n] == '\n');
	}
	return EXIT_USAGE;
}

int cli_print(const struct str *text)
{
	size_t at = 0;
	while (at < text->n) {
		ssize_t n = write(STDOUT_FILENO, text->p + at, text->n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return EXIT_DONE;
		if (n < 0)
			return cli_fail(EXIT_STORE, "standard output: cannot be written: %s", strerror(errno));
		at += (size_t)n;
	}
	return EXIT_DONE;
}

int cmd_help(const struct given *g)
{
	struct str s = STR_INIT;
	const char *what = g->noperands ? g->operands[0] : NULL;
	if (strcmp(g->command->name, "version") == 0)
		str_addf(&s, "pooltop %s (build %s)\n", POOLTOP_VERSION, POOLTOP_BUILD_ID);
	else if (what && strcmp(what, "keys") == 0)
		config_reference(&s, false);
	else if (what && strcmp(what, "man") == 0)
		manual_program(&s);
	else if (what && strcmp(what, "man5") == 0)
		manual_file(&s);
	else if (what && strcmp(what, "completion") == 0)
		manual_completion(&s);
	else if (what && !cli_find(what))
		return cli_fail(EXIT_USAGE, "%s: no such command; `pooltop --help` lists them", what);
	else
		cli_help(&s, what ? cli_find(what) : NULL);
	int rc = cli_print(&s);
	str_release(&s);
	return rc;
}

int cmd_engine(const struct given *g)
{
	(void)g;
	return engine_serve(ENGINE_FD, POOLTOP_BUILD_ID, POOLTOP_VERSION);
}
