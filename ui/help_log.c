/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `?` over the Log view. */
#include "ui/overlay.h"
#include "ui/view_log.h"

void view_log_help(struct area a, const struct scene *s)
{
	static const struct {
		const char *label, *text, *brief;
	} lines[] = {
		{ "Log", "everything that happened, oldest first; the last 2,000 lines", "what happened, oldest first" },
		{ "13.2 s", "the time since the run began, as the clock at the top", "the time since the run began" },
		{ "Colours", "@yyellow@l a warning, @fred@l a death or failure, @sserial@l the baseline",
		  "@ywarning @ffailure @sserial baseline" },
		{ "↑ ↓", "select a line, @k▸@l; moving up stops following the newest", "select a line, @k▸@l" },
		{ "f", "follows the newest line, or stays", "follows the newest line" },
		{ "\\", "shows one kind of lines only, at last all again", "shows one kind of lines only" },
		{ "/ n N", "searches; next, previous place (reverse; the other places bold)", "searches; next, previous" },
		{ "Enter", "goes to the worker of the selected line", "goes to the line's worker" },
	};

	draw_page_header(a, s, "what each line means", "HELP");
	for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++)
		explain(a, 2 + i, lines[i].label, lines[i].text, lines[i].brief);
}
