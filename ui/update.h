/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of ui_update (ui/action.h): what its parts share. */
#ifndef UI_UPDATE_H
#define UI_UPDATE_H

#include "ui/view.h"

/* Sets the echo, cut to its size, for the next 3 s. */
void ui_say(struct ui_state *ui, const struct scene *s, const char *fmt, ...) PRINTF(3, 4);

/* Answers of questions (ui/ask.c). */
struct effect ask_answer(struct ui_state *ui, const struct scene *s, int32_t key);
void ask_text(struct ui_state *ui, unsigned what);
struct effect ask_quit(struct ui_state *ui, const struct scene *s);
struct effect ask_kill(struct ui_state *ui, const struct scene *s);

/* Commands to the engine (ui/tune.c). Each counts from what the user asked for last, when the engine has not
 * confirmed it yet. */
struct effect tune_workers_by(struct ui_state *ui, const struct scene *s, int step);
struct effect tune_workers(struct ui_state *ui, const struct scene *s, uint64_t to); /* UINT64_MAX: auto */
struct effect tune_chunk_by(struct ui_state *ui, const struct scene *s, int step);
struct effect tune_chunk(struct ui_state *ui, const struct scene *s, const char *text);
struct effect tune_pause(struct ui_state *ui, const struct scene *s);
struct effect tune_baseline(struct ui_state *ui, const struct scene *s);
uint64_t tune_workers_now(const struct ui_state *ui, const struct scene *s);

#endif
