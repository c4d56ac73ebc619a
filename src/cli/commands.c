/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of commands and options. */
#include "cli/cli.h"

#define HELP_ROW                                                                                                       \
	{                                                                                                              \
		'h', "help", NULL, NULL, OPT_HELP, "this text"                                                         \
	}
#define SCREEN_ROWS                                                                                                    \
	{ 0, "theme", "auto|dark|light|mono", NULL, OPT_THEME, "colours of the dashboard (key T)" },                   \
	{                                                                                                              \
		'v', "verbose", NULL, NULL, OPT_LOG, "write a debug log to debug.log in the state directory"           \
	}

static const struct cli_option run_options[] = {
	{ 'w', "workers", "N|auto", "pool.workers", 0, "worker processes; auto: one a usable CPU" },
	{ 'c', "chunk", "N|RULE", "pool.chunk", 0, "tasks a lease: a number, static, pool, guided" },
	{ 0, "set", "KEY=VALUE", NULL, OPT_SET, "set any key of the workload file" },
	{ 0, "tasks", "N", "tasks", 0, "how many tasks" },
	{ 0, "for", "TIME", "for", 0, "as many tasks as take about this long: 20s, 2m" },
	{ 0, "seed", "N", "seed", 0, "seed of the random streams" },
	{ 0, "start", "spawn|fork", "pool.start", 0, "how workers are started" },
	{ 0, "baseline", "measure|estimate|none", "baseline", 0, "where the serial time comes from" },
	{ 0, "plain", NULL, NULL, OPT_PLAIN, "lines instead of the dashboard (the default without a terminal)" },
	{ 0, "json", NULL, NULL, OPT_JSON, "one JSON object an event a line" },
	SCREEN_ROWS,
	HELP_ROW,
	{ 0 },
};
static const struct cli_option start_options[] = { SCREEN_ROWS, HELP_ROW, { 0 } };
static const struct cli_option report_options[] = {
	{ 0, "json", NULL, NULL, OPT_JSON, "all its events, one JSON object a line" },
	HELP_ROW,
	{ 0 },
};
static const struct cli_option ps_options[] = {
	{ 'a', "all", NULL, NULL, OPT_RUNS_ALL, "all runs, not only the last twenty" },
	HELP_ROW,
	{ 0 },
};
static const struct cli_option list_options[] = {
	{ 0, "names", NULL, NULL, OPT_NAMES, "only the names of the workloads" },
	HELP_ROW,
	{ 0 },
};
static const struct cli_option plain_options[] = { HELP_ROW, { 0 } };

const struct cli_command cli_commands[] = {
	{ "start", "", 0, 0, "Open the start screen: shipped workloads and recent runs", start_options, cmd_start,
		false },
	{ "run", "WORKLOAD|FILE", 1, 1, "Run a workload over a pool of workers and show it", run_options, cmd_run,
		false },
	{ "ps", "", 0, 0, "List runs: state, tasks, times", ps_options, cmd_ps, false },
	{ "report", "[RUN]", 0, 1, "Print what a run came to; RUN is the beginning or end of its id, -1 the newest",
		report_options, cmd_report, false },
	{ "check", "FILE", 1, 1, "Only look for mistakes in a workload file", plain_options, cmd_check, false },
	{ "list", "", 0, 0, "List the shipped workloads, the kinds of work and the chunk rules", list_options, cmd_list,
		false },
	{ "cpus", "", 0, 0, "Say how many CPUs are usable, and why", plain_options, cmd_cpus, false },
	{ "help", "[COMMAND|keys|man|man5|completion]", 0, 1,
		"Explain a command, or print: the keys of a workload file, the manual pages, bash completion",
		plain_options, cmd_help, false },
	{ "version", "", 0, 0, "Print the version", plain_options, cmd_help, true },
	{ "engine", "", 0, 0, "The engine of a run, started by the other commands", plain_options, cmd_engine, true },
	{ 0 },
};
