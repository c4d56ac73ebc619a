/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actions: one table for keys, help, key line, manual and tests. A key is read, looked up, and handed to ui_update, which changes the
 * ui state and says what must follow; it never does it itself. */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msg.h"

/* Keys: a code point, or one of these. */
enum key {
	KEY_UP_ = 0x110000, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME_, KEY_END_, KEY_ENTER_, KEY_ESC,
	KEY_TAB, KEY_SHIFT_TAB, KEY_BACKSPACE_, KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10,
	KEY_MOUSE_, KEY_RESIZE_, KEY_NONE
};
struct input {
	int32_t key;
	/* KEY_MOUSE_ only */
	int row, col; bool wheel_up, wheel_down, double_click;
};

enum { ACT_NEEDS_RUN = 1, ACT_NEEDS_LIVE = 2, ACT_NEEDS_LIST = 4, ACT_AT_END = 8, ACT_START = 16 };
struct action {
	const char *name;   /* "workers-more" */
	const char *keys;   /* as written for people: "+ = F8" */
	const char *label;  /* "workers": in the key line after the key */
	const char *help;   /* one sentence for the key list and manual */
	unsigned where;
	int id;             /* enum in action.c's header part, for the switch in update.c */
};
extern const struct action actions[]; /* ended by name NULL */

struct ui_state;
struct scene;
enum { EFF_REDRAW = 1, EFF_COMMAND = 2, EFF_QUIT = 4, EFF_SUSPEND = 8, EFF_CLEAR = 16, EFF_THEME = 32, EFF_MOUSE = 64, EFF_RUN = 128,
       EFF_AGAIN = 256, EFF_TEN_TIMES = 512, EFF_PLAIN = 1024, EFF_TO_START = 2048, EFF_RESUME = 4096 };
struct effect {
	unsigned flags;
	struct command command;  /* EFF_COMMAND */
	uint32_t row;            /* EFF_RUN: row of the start screen */
	bool stop_run;           /* EFF_QUIT: end the run too */
};
/* One input. Pure but for *ui. `s` is what is on the screen (s->ui == ui). */
struct effect ui_update(struct ui_state *ui, const struct scene *s, struct input in);
void ui_state_init(struct ui_state *ui);
/* Ctrl-C: each step is announced in the echo; repeats within 0.3 s count once. */
struct effect ui_interrupt(struct ui_state *ui, const struct scene *s);

#endif
