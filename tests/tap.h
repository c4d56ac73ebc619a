/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How every test program of the library check ends: main() returns tap_run(suite).
 *
 * The environment of `make check` makes check write TAP to stdout (CK_TAP_LOG_FILE_NAME=-) and nothing else; run
 * by hand the program prints check's own text. Each test is a process of its own (CK_FORK=no for a debugger). */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite and frees it. Returns 0 when every test passed, else 1: the exit status. */
static inline int tap_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
