/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the client (ui/app.h): its state, and what its parts offer each other. */
#ifndef UI_APP_PARTS_H
#define UI_APP_PARTS_H

#include "base/loop.h"
#include "ui/app.h"
#include "ui/input.h"
#include "ui/plain.h"
#include "ui/term.h"
#include "ui/view.h"

enum { SIGNAL_MAX = 65 };

struct app {
	struct app_options options;
	enum app_output output;  /* what is shown now: key L changes between screen and plain lines */
	bool ascii;
	struct loop *loop;

	/* facts that callbacks recorded, for the next turn's decisions */
	bool keys_ready, link_ready, esc_due;
	bool signals[SIGNAL_MAX];

	/* the run; all NULL on the start screen */
	struct link *engine;
	struct watch engine_watch;
	struct snapshot *snap;
	struct app_result *result;
	const struct start_list *start;
	bool farewell;
	bool done;               /* leave the loop */
	int outcome;             /* of the loop: -1 with *err; 1 a row of the start screen was chosen */
	bool ten_times;          /* that one with ten times its tasks */
	struct err *err;
	int stop_signal;         /* the signal that asked for the end, 0 none */

	/* screen */
	struct term *term;       /* NULL without one */
	struct watch key_watch;
	struct timer esc_timer, frame_timer;
	struct timer deaf_timer; /* from the third step of stopping */
	struct decoder decoder;
	bool screen_on;
	bool continued;          /* by ourselves, after a stop: the signal that says so brings nothing new */
	enum theme theme;
	enum palette palette;
	struct theme_facts facts;
	struct grid next, shown; /* next: being drawn */
	bool shown_valid;
	struct ui_state ui;
	struct timing timing;
	struct findings findings;
	uint64_t frame_at;       /* client's clock: of the last frame, and of the last one whose numbers are new */
	uint64_t numbers_at;
	uint64_t want_at;        /* the next frame is due; UINT64_MAX none */
	bool want_numbers;       /* that one shows everything */
	uint32_t told_first, told_count; /* slots that the engine was told are shown */

	/* lines */
	struct plain plain;
	struct timer line_timer;
	struct str lines;        /* to be written */
};

/* ns since the run began, on the client's clock. */
uint64_t app_run_now(const struct app *a);
struct scene app_scene(struct app *a);
void app_send(struct app *a, const struct command *c);
/* What follows from an input or a signal (ui/app.c). */
void app_effect(struct app *a, struct effect e);

/* ui/app_screen.c */
int screen_open(struct app *a, struct err *err);
void screen_close(struct app *a);
void screen_on(struct app *a);
void screen_off(struct app *a);
void screen_keys(struct app *a);                /* reads keys and acts on them */
/* Something has changed: by the user or a state (at_once), or by the run's going on. */
void screen_want(struct app *a, bool at_once);
void screen_turn(struct app *a);                /* draws when it is due, sets the timer for the next time */
void screen_resize(struct app *a);
void screen_anew(struct app *a);
void screen_theme(struct app *a);
void screen_suspend(struct app *a);
void screen_continued(struct app *a);           /* somebody has stopped us and let us go on */

/* ui/app_lines.c */
void lines_event(struct app *a, const struct event *e, uint64_t number);
void lines_turn(struct app *a);                 /* says what is due and writes it */
void lines_say(struct app *a, const char *text);
void lines_write(struct app *a);

#endif
