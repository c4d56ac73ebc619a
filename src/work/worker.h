/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker: executes the tasks it is granted, one after the other, and answers the engine between and during them. */
#ifndef WORK_WORKER_H
#define WORK_WORKER_H

#include "work/prepared.h"

/* Runs a worker over its link (taken over) until it is stopped or the link ends. `work` is what a template has
 * prepared, or NULL: then MSG_SETUP is awaited and prepared first. Returns the exit status (enum helper_exit); when
 * the link ends or breaks during a task, the process exits at once. */
int worker_run(int fd, uint32_t generation, const struct prepared *work);

#endif
