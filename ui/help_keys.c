/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second page of the help: every key, from the table of actions. */
#include <stdio.h>
#include <string.h>

#include "ui/overlay.h"

#define KEYS_CELLS 20  /* "PgDn Ctrl-F Space" and a gap */
#define WORDS_FROM 66  /* columns from which the sentence is shown, else the label */

/* Keys as people see them: a minus sign for the hyphen, arrows for their names. */
static void keys_text(char *buf, size_t size, const char *keys)
{
	static const struct {
		const char *name, *sign;
	} names[] = { { "-", "−" }, { "Up", "↑" }, { "Down", "↓" } };
	char word[32];
	size_t n = 0;

	buf[0] = '\0';
	for (const char *z = keys; *z; z += strcspn(z, " "), z += *z == ' ') {
		const char *sign = word;

		snprintf(word, sizeof word, "%.*s", (int)strcspn(z, " "), z);
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (strcmp(word, names[i].name) == 0)
				sign = names[i].sign;
		snprintf(buf + n, size - n, "%s%s", n ? " " : "", sign);
		n = strlen(buf);
	}
}

static void draw_action(struct area a, int y, const struct action *act, const struct scene *s)
{
	bool here = action_applies(act, s);
	char buf[96];

	keys_text(buf, sizeof buf, act->keys);
	put_cut(a, y, LABEL_X, KEYS_CELLS - 1, here ? ROLE_KEY : ROLE_LABEL, buf);
	put_cut(a, y, LABEL_X + KEYS_CELLS, a.cols - LABEL_X - KEYS_CELLS - 1, here ? ROLE_PLAIN : ROLE_LABEL,
	        a.cols >= WORDS_FROM ? act->help : act->label);
}

void draw_key_list(struct area a, const struct scene *s)
{
	int n = 0, rows = a.rows - 2, first, y = 2;
	char buf[48];

	while (actions[n].name)
		n++;
	draw_page_header(a, s, "all keys; bold: they work here and now", "KEYS");
	a.g->page = rows > 1 ? rows - 1 : 1;
	if (n > rows)
		rows--; /* for "+12 more" */
	if (rows < 1)
		return;
	first = s->ui->help_top > (uint32_t)(n - rows > 0 ? n - rows : 0) ? n - rows > 0 ? n - rows : 0 : (int)s->ui->help_top;
	for (int i = first; i < n && i < first + rows; i++)
		draw_action(a, y++, &actions[i], s);
	if (first + rows < n)
		snprintf(buf, sizeof buf, "+%d more below", n - first - rows);
	else
		snprintf(buf, sizeof buf, "+%d more above", first);
	if (n > rows)
		put(a, y, LABEL_X, ROLE_LABEL, buf);
}
