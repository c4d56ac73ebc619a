/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template: a process that has prepared the work and is forked into workers. It talks to the agent only, in these
 * messages of their own, after MSG_SETUP with the work:
 *   TEMPLATE_READY; TEMPLATE_FAILED {why}; TEMPLATE_FORK {slot, generation} and the worker's end of its link;
 *   TEMPLATE_FORKED {slot, generation, pid}; TEMPLATE_REFUSED {slot, generation, why}. */
#ifndef WORK_TEMPLATE_H
#define WORK_TEMPLATE_H

enum template_msg {
	TEMPLATE_READY = 200,
	TEMPLATE_FAILED,
	TEMPLATE_FORK,
	TEMPLATE_FORKED,
	TEMPLATE_REFUSED,
};

/* Most requests unanswered at a time; each carries a descriptor. */
#define TEMPLATE_IN_FLIGHT 32

/* Runs the template over its link to the agent (taken over). Also returns in each forked worker, when that has ended.
 * `title` is the program's second argument, overwritten in the workers so that ps can tell them. Returns the exit
 * status. */
int template_run(int fd, char *title);

#endif
