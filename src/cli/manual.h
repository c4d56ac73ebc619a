/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual pages (roff) and the shell completion, made from the tables. doc/pooltop.1, doc/pooltop.5 and
 * doc/pooltop.bash are their output; a test compares them. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/cli.h"

void manual_program(struct str *out);    /* pooltop(1) */
void manual_file(struct str *out);       /* pooltop(5) */
void manual_completion(struct str *out); /* bash */

#endif
