/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log: a file, never the screen. Off until log_open(); one line per call with monotonic time, pid and
 * place. Async use from several processes is fine (O_APPEND, one write a line). Lines are made visible. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/err.h"

/* Opens (appends to) the file; `who` names the process in each line ("engine"). Returns 0 or -1 with *err. */
int log_open(const char *path, const char *who, struct err *err);
bool log_on(void);
/* The path given to log_open, or NULL: it is handed on to child programs. */
const char *log_path(void);
void log_line(const char *fmt, ...) PRINTF(1, 2);
#define log_debug(...) do { if (log_on()) log_line(__VA_ARGS__); } while (0)

#endif
