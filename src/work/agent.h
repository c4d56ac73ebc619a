/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node agent: starts, watches, samples and ends the workers of one machine, at the engine's orders. */
#ifndef WORK_AGENT_H
#define WORK_AGENT_H

/* Runs the agent over its control link (taken over) until that ends; then nothing below it is left. Returns the exit
 * status (enum helper_exit, or 128 + n when signal n ended it). */
int agent_run(int fd);

#endif
