/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean …?": the nearest of some words by edit distance. */
#include "plan/kind.h"

#include <string.h>

#define WORD_MAX 64 /* longer words are not typing errors of any name here */

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Wagner and Fischer's table, three rows of it, where a swap of neighbours counts as one mistake ("optimal string
 * alignment"): it is the commonest one in typing. Both lengths are at most WORD_MAX. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		const size_t *before = rows[(i + 1) % 3], *above = rows[(i - 1) % 3];
		size_t *row = rows[i % 3];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			char x = small(a[i - 1]), y = small(b[j - 1]);

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == small(b[j - 2]) && y == small(a[i - 2]) &&
				before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[na % 3][nb];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
	const char *best = NULL;
	size_t best_d = WORD_MAX, nw = strlen(word);

	if (nw > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t nc = strlen(candidates[i]), d;

		if (nc > WORD_MAX)
			continue;
		d = distance(word, nw, candidates[i], nc);
		if (d * 3 <= (nw > nc ? nw : nc) && d < best_d) {
			best = candidates[i];
			best_d = d;
		}
	}
	return best;
}
