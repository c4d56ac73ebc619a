/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actions: one table for keys, help, key line, manual and tests. A key is read, looked up, and handed to ui_update,
 * which changes the ui state and says what must follow; it never does it itself. */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msg.h"

/* Keys: a code point, or one of these. */
enum key {
	KEY_UP_ = 0x110000, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME_, KEY_END_, KEY_ENTER_,
	KEY_ESC, KEY_TAB, KEY_SHIFT_TAB, KEY_BACKSPACE_, KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8,
	KEY_F9, KEY_F10,
	KEY_MOUSE_, KEY_RESIZE_, KEY_NONE
};
struct input {
	int32_t key;
	/* KEY_MOUSE_ only */
	int row, col; bool wheel_up, wheel_down, double_click;
};

/* Where an action works; 0 is everywhere. RUN: views of a run; LIVE: and it has not ended; AT_END: and it has; LOG:
 * the Log view; LIST: anything with rows to move in; START: also (with another flag) or only the start screen. */
enum { ACT_NEEDS_RUN = 1, ACT_NEEDS_LIVE = 2, ACT_NEEDS_LIST = 4, ACT_AT_END = 8, ACT_START = 16, ACT_NEEDS_LOG = 32 };
enum action_id {
	DO_VIEW_RUN, DO_VIEW_LOG, DO_VIEW_NEXT, DO_VIEW_PREVIOUS, DO_HELP, DO_EVIDENCE,
	DO_WORKERS_MORE, DO_WORKERS_LESS, DO_WORKERS_SET, DO_CHUNK_HALVE, DO_CHUNK_DOUBLE, DO_CHUNK_SET, DO_PAUSE, DO_BASELINE,
	DO_KILL, DO_AGAIN, DO_TEN_TIMES,
	DO_UP, DO_DOWN, DO_PAGE_UP, DO_PAGE_DOWN, DO_HOME, DO_END, DO_OPEN, DO_CLOSE,
	DO_SEARCH, DO_FIND_NEXT, DO_FIND_PREVIOUS, DO_FILTER, DO_FOLLOW,
	DO_PLAIN, DO_THEME, DO_MOUSE, DO_QUIT, DO_INTERRUPT, DO_SUSPEND, DO_REDRAW
};
struct action {
	const char *name;   /* "workers-more" */
	const char *keys;   /* as written for people: "+ = F8" */
	const char *label;  /* "workers": in the key line after the key; equal neighbours share it ("+ − workers") */
	const char *help;   /* one sentence for the key list and manual */
	unsigned where;
	enum action_id id;
};
extern const struct action actions[]; /* ended by name NULL */

struct ui_state;
struct scene;
const struct action *action_named(const char *name);      /* or NULL */
/* True when the action does something on this screen now: what is false is not shown among the keys. */
bool action_applies(const struct action *a, const struct scene *s);
/* The action of a key on this screen, or NULL. */
const struct action *action_of_key(int32_t key, const struct scene *s);
/* The i-th of the action's keys ("+", "F8") into buf and as a code; KEY_NONE when there are fewer. */
int32_t action_key(const struct action *a, int i, char *buf, size_t size);

enum { EFF_REDRAW = 1, EFF_COMMAND = 2, EFF_QUIT = 4, EFF_SUSPEND = 8, EFF_CLEAR = 16, EFF_THEME = 32, EFF_MOUSE = 64,
       EFF_RUN = 128, EFF_AGAIN = 256, EFF_TEN_TIMES = 512, EFF_PLAIN = 1024, EFF_TO_START = 2048 };
struct effect {
	unsigned flags;
	struct command command;  /* EFF_COMMAND */
	uint32_t row;            /* EFF_RUN: row of the start screen (with EFF_TEN_TIMES: ten times its tasks) */
	bool stop_run;           /* EFF_QUIT: end the run too */
};
/* One input. Pure but for *ui. `s` is what is on the screen (s->ui == ui). */
struct effect ui_update(struct ui_state *ui, const struct scene *s, struct input in);
void ui_state_init(struct ui_state *ui);
/* Ctrl-C: each step is announced in the echo; repeats within 0.3 s count once. */
struct effect ui_interrupt(struct ui_state *ui, const struct scene *s);
/* Announces a step of stopping (1–3) that has been taken. */
void ui_say_step(struct ui_state *ui, const struct scene *s, int step);
/* The question of the speaking line, without its sign ("End worker 4, PID 48260? Its 352 tasks run elsewhere. y yes, n no.",
 * brief "End worker 4, PID 48260? y yes, n no."); "" when none is asked. Typed text is in it. At most 76 cells without typed text. */
void ui_question(char *buf, size_t size, const struct scene *s, bool brief);
/* Brings the state in line with a newer snapshot: wishes that came true are forgotten, the selection is on a row that
 * exists. */
void ui_follow(struct ui_state *ui, const struct scene *s);

#endif
