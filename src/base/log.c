/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log. A line is made in one buffer and written with one write(2), so that lines of several processes
 * never mix; a full disk loses lines, nothing else. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/str.h"
#include "base/text.h"

#define MAX_TEXT 4000

static struct {
	int fd; /* 0 = closed: a log never has one of the standard descriptors */
	char *path;
	char who[32];
} log_state;

int log_open(const char *path, const char *who, struct err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	char *own = xstrdup(path); /* the caller may give log_path() again */

	if (fd >= 0 && fd < 3) {
		int low = fd;

		fd = fcntl(low, F_DUPFD_CLOEXEC, 3);
		close(low);
	}
	if (fd < 0) {
		int code = errno;

		free(own);
		return err_sys(err, code, "cannot open the log file %s", path);
	}
	if (log_state.fd)
		close(log_state.fd);
	free(log_state.path);
	log_state.fd = fd;
	log_state.path = own;
	str_copy(log_state.who, sizeof(log_state.who), who);
	return 0;
}

bool log_on(void)
{
	return log_state.fd != 0;
}

const char *log_path(void)
{
	return log_state.path;
}

void log_line(const char *fmt, ...)
{
	char text[MAX_TEXT], line[MAX_TEXT + 200];
	uint64_t now;
	va_list ap;
	size_t n;
	int saved = errno;

	if (!log_on())
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	now = clock_now();
	n = (size_t)snprintf(line, sizeof(line), "%" PRIu64 ".%06" PRIu64 " %d %s: ", now / NS_PER_S,
	                     now % NS_PER_S / NS_PER_US, (int)getpid(), log_state.who);
	text_show_z(line + n, sizeof(line) - n - 1, text);
	n += strlen(line + n);
	line[n++] = '\n';
	(void)!write(log_state.fd, line, n); /* nobody to tell when it fails */
	errno = saved;
}
