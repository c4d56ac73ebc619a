/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of actions and the reading of its keys. */
#include "ui/action.h"

#include <string.h>

#include "base/text.h"
#include "ui/view.h"

#define RUN  ACT_NEEDS_RUN
#define LIVE (ACT_NEEDS_RUN | ACT_NEEDS_LIVE)
#define LOG  ACT_NEEDS_LOG
#define LIST ACT_NEEDS_LIST

const struct action actions[] = {
	{ "view-run", "1", "Run", "The run: tasks, rate, serial against parallel, workers.", RUN, DO_VIEW_RUN },
	{ "view-log", "7", "Log", "Everything that happened, with its time.", RUN, DO_VIEW_LOG },
	{ "view-next", "Tab", "next view", "Goes to the next view.", RUN, DO_VIEW_NEXT },
	{ "view-previous", "Shift-Tab", "previous view", "Goes to the previous view.", RUN, DO_VIEW_PREVIOUS },
	{ "help", "? F1", "help", "Explains every line of this screen; again lists the keys.", 0, DO_HELP },
	{ "evidence", "!", "why", "What the finding was measured from; earlier findings.", RUN, DO_EVIDENCE },
	{ "workers-more", "+ = F8", "workers", "One worker more.", LIVE | ACT_START, DO_WORKERS_MORE },
	{ "workers-less", "- F7", "workers", "One worker less: it finishes its task first.", LIVE | ACT_START,
	  DO_WORKERS_LESS },
	{ "workers-set", "w", "set workers", "Asks for a worker count, or auto: one a usable CPU.", LIVE | ACT_START,
	  DO_WORKERS_SET },
	{ "chunk-halve", "[", "chunk", "Halves the chunk, the number of tasks given out at once.", LIVE, DO_CHUNK_HALVE },
	{ "chunk-double", "]", "chunk", "Doubles the chunk.", LIVE, DO_CHUNK_DOUBLE },
	{ "chunk-set", "c", "set chunk", "Asks for a chunk size or a rule: static, pool, guided.", LIVE, DO_CHUNK_SET },
	{ "pause", "p", "pause", "Pauses, or goes on: running tasks end, no new ones begin.", LIVE, DO_PAUSE },
	{ "baseline", "b", "serial", "Measures the serial time again.", LIVE, DO_BASELINE },
	{ "kill", "x F9", "kill", "Ends the selected worker (asks): its tasks run elsewhere.", LIVE, DO_KILL },
	{ "again", "R", "again", "Runs the same workload again, with the same settings.", RUN | ACT_AT_END | ACT_START, DO_AGAIN },
	{ "ten-times", "*", "ten times", "Runs it with ten times the tasks.", RUN | ACT_AT_END | ACT_START, DO_TEN_TIMES },
	{ "up", "Up k", "up", "Moves up.", LIST, DO_UP },
	{ "down", "Down j", "down", "Moves down.", LIST, DO_DOWN },
	{ "page-up", "PgUp Ctrl-B", "page up", "Moves a page up.", LIST, DO_PAGE_UP },
	{ "page-down", "PgDn Ctrl-F Space", "page down", "Moves a page down.", LIST, DO_PAGE_DOWN },
	{ "home", "Home g", "first", "Goes to the first row.", LIST, DO_HOME },
	{ "end", "End G", "last", "Goes to the last row.", LIST, DO_END },
	{ "open", "Enter", "open", "Opens the selected: a worker's log, a log line's worker.", RUN, DO_OPEN },
	{ "run", "Enter", "run", "Runs the selected workload.", ACT_START, DO_OPEN },
	{ "close", "Esc", "close", "Closes what is open, clears filter and search, goes back.", 0, DO_CLOSE },
	{ "search", "/ F3", "search", "Asks for a text and goes to the next row that has it.", LOG | ACT_START, DO_SEARCH },
	{ "find-next", "n", "next", "Goes to the next row with the text.", LOG | ACT_START, DO_FIND_NEXT },
	{ "find-previous", "N", "previous", "Goes to the previous row with the text.", LOG | ACT_START, DO_FIND_PREVIOUS },
	{ "filter", "\\ F4", "filter", "Shows the next kind of lines only; after the last one all.", LOG, DO_FILTER },
	{ "follow", "f", "follow", "Follows the newest line, or stays.", LOG, DO_FOLLOW },
	{ "plain", "L", "plain lines", "Leaves the screen for plain lines, and comes back.", RUN, DO_PLAIN },
	{ "theme", "T", "theme", "Next theme: dark, light, mono.", 0, DO_THEME },
	{ "mouse", "m", "mouse", "Mouse off and on: off leaves the mouse to the terminal.", 0, DO_MOUSE },
	{ "quit", "q F10", "quit", "Closes a page, else quits; asks while the run is on.", 0, DO_QUIT },
	{ "interrupt", "Ctrl-C", "stop", "Once: tasks end first. Twice: ends them. Three times: kills.", 0,
	  DO_INTERRUPT },
	{ "suspend", "Ctrl-Z", "suspend", "Back to the shell; fg returns. The run goes on.", 0, DO_SUSPEND },
	{ "redraw", "Ctrl-L", "redraw", "Draws the screen anew.", 0, DO_REDRAW },
	{ NULL, NULL, NULL, NULL, 0, 0 },
};

/* Keys that have a name in the table. */
static const struct {
	const char *name;
	int32_t key;
} named_keys[] = {
	{ "Up", KEY_UP_ }, { "Down", KEY_DOWN_ }, { "Left", KEY_LEFT_ }, { "Right", KEY_RIGHT_ }, { "PgUp", KEY_PAGE_UP },
	{ "PgDn", KEY_PAGE_DOWN }, { "Home", KEY_HOME_ }, { "End", KEY_END_ }, { "Enter", KEY_ENTER_ }, { "Esc", KEY_ESC },
	{ "Tab", KEY_TAB }, { "Shift-Tab", KEY_SHIFT_TAB }, { "Space", ' ' }, { "F1", KEY_F1 }, { "F2", KEY_F2 },
	{ "F3", KEY_F3 }, { "F4", KEY_F4 }, { "F5", KEY_F5 }, { "F6", KEY_F6 }, { "F7", KEY_F7 }, { "F8", KEY_F8 },
	{ "F9", KEY_F9 }, { "F10", KEY_F10 },
};

static int32_t key_of_name(const char *z)
{
	int32_t cp;
	size_t n = strlen(z);

	for (size_t i = 0; i < sizeof(named_keys) / sizeof(named_keys[0]); i++)
		if (strcmp(z, named_keys[i].name) == 0)
			return named_keys[i].key;
	if (n == 6 && strncmp(z, "Ctrl-", 5) == 0)
		return z[5] & 0x1f;
	return utf8_decode(z, n, &cp) == n && cp >= 0 ? cp : KEY_NONE;
}

int32_t action_key(const struct action *a, int i, char *buf, size_t size)
{
	char name[16];
	const char *z = a->keys;
	size_t n = strcspn(z, " ");

	for (; i > 0; i--) {
		z += n;
		if (!*z++)
			return KEY_NONE;
		n = strcspn(z, " ");
	}
	if (n >= sizeof(name))
		return KEY_NONE;
	memcpy(name, z, n);
	name[n] = '\0';
	if (buf)
		str_copy(buf, size, name);
	return key_of_name(name);
}

const struct action *action_named(const char *name)
{
	for (const struct action *a = actions; a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

bool action_applies(const struct action *a, const struct scene *s)
{
	const struct ui_state *ui = s->ui;
	bool ended = s->snap && s->snap->ended;

	if (ui->view == VIEW_START)
		return a->where == 0 || (a->where & (ACT_START | ACT_NEEDS_LIST));
	if (a->where == ACT_START)
		return false;
	if ((a->where & ACT_NEEDS_LIVE) && (ended || ui->leaving))
		return false;
	if ((a->where & ACT_AT_END) && !ended)
		return false;
	if ((a->where & ACT_NEEDS_LOG) && ui->view != VIEW_LOG)
		return false;
	if (a->id == DO_KILL && ui->view != VIEW_RUN)
		return false;
	return true;
}

const struct action *action_of_key(int32_t key, const struct scene *s)
{
	for (const struct action *a = actions; a->name; a++) {
		int32_t k;

		if (!action_applies(a, s))
			continue;
		for (int i = 0; (k = action_key(a, i, NULL, 0)) != KEY_NONE; i++)
			if (k == key)
				return a;
	}
	return NULL;
}
