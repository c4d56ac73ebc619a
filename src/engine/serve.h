/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine as a process: `pooltop engine`, with its first client on a descriptor. */
#ifndef ENGINE_SERVE_H
#define ENGINE_SERVE_H

#define ENGINE_FD 3 /* where the first client's socket is */

/* Serves one run until its end. Returns the process's exit status. */
int engine_serve(int fd, const char *build_id, const char *version);

#endif
