/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the loader: settings written as on the command line. */
#ifndef TESTS_UNIT_SETTINGS_H
#define TESTS_UNIT_SETTINGS_H

#include <check.h>
#include <string.h>

#include "config/config.h"

#define SETTINGS_MAX 8
#define SET(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct settings {
	struct setting list[SETTINGS_MAX];
	char keys[SETTINGS_MAX][64];
};

/* KEY=VALUE texts, ended by NULL (or none: NULL), as settings of --set; values are borrowed from the texts. Returns
 * their number. */
static inline size_t make_settings(const char *const *texts, struct settings *out)
{
	size_t n = 0;

	for (; texts && texts[n]; n++) {
		const char *equal = strchr(texts[n], '=');

		ck_assert_uint_lt(n, SETTINGS_MAX);
		ck_assert_ptr_nonnull(equal);
		str_copy(out->keys[n], (size_t)(equal - texts[n]) + 1, texts[n]);
		out->list[n] = (struct setting){ out->keys[n], equal + 1, "--set" };
	}
	return n;
}

#endif
