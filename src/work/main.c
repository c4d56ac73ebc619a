/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooltop-worker: node agent, template or worker, by its first argument. Started by pooltop with its link as
 * descriptor 3.
 *
 * Its start is part of every pool's start: nothing is read, opened or allocated here that is not needed at once. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"
#include "base/num.h"
#include "base/process.h"
#include "build-id.h"
#include "wire/msg.h"
#include "work/agent.h"
#include "work/template.h"
#include "work/worker.h"

#define LINK_FD 3

static void open_log(const char *who)
{
	const char *path = getenv("POOLTOP_LOG");

	if (path && *path)
		log_open(path, who, NULL); /* a log that cannot be written is not worth a run */
}

static int usage(void)
{
	static const char text[] =
		"usage: pooltop-worker agent | worker [SLOT GENERATION] | --version\n"
		"It is started by pooltop, with its link as descriptor 3.\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		log_debug("%s", text); /* there is no other place to say it */
	return HELPER_EXIT_USAGE;
}

static int version(void)
{
	static const char text[] = POOLTOP_BUILD_ID "\n";

	return write(STDOUT_FILENO, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1 ? 0 : HELPER_EXIT_USAGE;
}

static int worker(int argc, char **argv)
{
	uint64_t slot = 0, generation = 1;
	struct err err;

	if (argc == 4 && (num_uint(argv[2], 0, UINT32_MAX, &slot, &err) < 0 ||
			  num_uint(argv[3], 1, UINT32_MAX, &generation, &err) < 0))
		return usage();
	process_become_subreaper(NULL);
	return worker_run(LINK_FD, (uint32_t)generation, NULL);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 2 && strcmp(what, "--version") == 0)
		return version();
	if (fcntl(LINK_FD, F_GETFD) < 0)
		return usage();
	open_log(what);
	if (strcmp(what, "worker") == 0 && (argc == 2 || argc == 4))
		return worker(argc, argv);
	if (strcmp(what, "agent") == 0 && argc == 2)
		return agent_run(LINK_FD);
	if (strcmp(what, "template") == 0 && argc == 2)
		return template_run(LINK_FD, argv[1]);
	return usage();
}
