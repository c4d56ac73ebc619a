/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over cells of equal width. Each piece given is spread over the cells it covers, so that counts that arrive
 * in batches do not make teeth; when the cells are used up pairs are joined, which loses nothing but detail. */
#include "model/series.h"

void series_begin(struct series *s, uint64_t at, uint64_t width)
{
	s->n = 0;
	s->begin = s->end = at;
	s->width = width;
}

static void series_join(struct series *s)
{
	for (uint32_t i = 0; i < SERIES_CELLS / 2; i++)
		s->v[i] = (s->v[2 * i] + s->v[2 * i + 1]) / 2;
	s->n = SERIES_CELLS / 2;
	s->width *= 2;
}

void series_add(struct series *s, uint64_t to, double mean)
{
	if (!s->width || to <= s->end)
		return;
	while ((to - s->begin - 1) / s->width >= SERIES_CELLS) {
		/* all cells must be full before pairs are joined */
		uint64_t full = s->begin + s->width * SERIES_CELLS;

		if (s->end < full)
			series_add(s, full, mean);
		series_join(s);
	}
	while (s->end < to) {
		uint64_t no = (s->end - s->begin) / s->width;
		uint64_t cell = s->begin + no * s->width;
		uint64_t until = to - cell < s->width ? to : cell + s->width;
		double known = (double)(s->end - cell), more = (double)(until - s->end);

		if (no >= s->n) {
			s->n = (uint32_t)no + 1;
			s->v[no] = 0;
		}
		s->v[no] = (s->v[no] * known + mean * more) / (known + more);
		s->end = until;
	}
}
