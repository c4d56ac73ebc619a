/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling a struct err. The new text is made beside the old one first, so that a message may quote what it replaces. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static void keep(struct err *err, const char *text)
{
	str_copy(err->msg, sizeof(err->msg), text);
}

int err_set(struct err *err, const char *fmt, ...)
{
	char text[sizeof(err->msg) + 4];
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	keep(err, text);
	return -1;
}

static void keep_with(struct err *err, const char *tail, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

/* The formatted text, ": " and the tail (which may be the present message). */
static void keep_with(struct err *err, const char *tail, const char *fmt, va_list ap)
{
	char text[sizeof(err->msg) + 4];
	size_t n;

	vsnprintf(text, sizeof(text), fmt, ap);
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, ": %s", tail);
	keep(err, text);
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	char why[128];
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	keep_with(err, strerror_r(code, why, sizeof(why)), fmt, ap);
	va_end(ap);
	return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	keep_with(err, err->msg, fmt, ap);
	va_end(ap);
	return -1;
}
