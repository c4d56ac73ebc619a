/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `!`: every finding with what was measured, its threshold and since when; then earlier ones. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "ui/overlay.h"

/* Words of z in lines of at most `cells`; returns the row after them. */
static int put_wrapped(struct area a, int y, int x, int cells, enum role role, const char *z)
{
	char line[512] = "", word[256];
	size_t n = 0;

	while (*z) {
		size_t len = strcspn(z, " ");

		snprintf(word, sizeof word, "%.*s", (int)len, z);
		if (n > 0 && grid_cells(a.g, line) + 1 + grid_cells(a.g, word) > cells) {
			put_cut(a, y++, x, cells, role, line);
			n = 0;
		}
		snprintf(line + n, sizeof line - n, "%s%s", n ? " " : "", word);
		n = strlen(line);
		z += len;
		z += strspn(z, " ");
	}
	if (n > 0)
		put_cut(a, y++, x, cells, role, line);
	return y;
}

static int draw_finding(struct area a, int y, const struct finding *f, bool now)
{
	char buf[FMT_SIZE], since[FMT_SIZE + 32];
	int cells = a.cols - 1 - 3;

	put(a, y, LABEL_X, now ? ROLE_FINDING : ROLE_LABEL, glyph(a.g, GLYPH_FINDING));
	y = put_wrapped(a, y, 3, cells, now ? ROLE_FINDING : ROLE_PLAIN, a.cols >= 60 || !f->brief[0] ? f->text : f->brief);
	y = put_wrapped(a, y, 3, cells, ROLE_LABEL, f->evidence);
	snprintf(since, sizeof since, "%s %s", now ? "since" : "last seen after",
	         fmt_duration(buf, (double)(now ? f->since : f->shown_at), false));
	put(a, y, 3, ROLE_LABEL, since);
	return y + 2;
}

void draw_evidence(struct area a, const struct scene *s)
{
	const struct findings *f = s->findings;
	int y = 2, holding = 0, earlier = 0;

	draw_page_header(a, s, "what the findings rest on", "WHY");
	for (uint32_t i = 0; f && i < f->n && i < FINDINGS_MAX; i++) {
		if (!f->rows[i].holds)
			continue;
		y = draw_finding(a, y, &f->rows[i], true);
		holding++;
	}
	if (!holding) {
		put(a, y, LABEL_X, ROLE_PLAIN, "Nothing to report: no finding holds now.");
		y += 2;
	}
	for (uint32_t i = 0; f && i < f->n && i < FINDINGS_MAX; i++) {
		if (f->rows[i].holds || f->rows[i].shown_at == 0)
			continue;
		if (!earlier++)
			put(a, y++, LABEL_X, ROLE_KEY, "Earlier");
		y = draw_finding(a, y, &f->rows[i], false);
	}
}
