/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client: shows one run (dashboard, plain lines or JSON), sends the user's commands to the engine, and says what
 * the user wants next. Used by the sub-commands, which start the engine and connect the link. */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/snapshot.h"
#include "ui/start_list.h"
#include "ui/theme.h"
#include "wire/link.h"

enum app_output { APP_SCREEN, APP_PLAIN, APP_JSON };

struct app_options {
	enum app_output output; /* APP_SCREEN falls back to APP_PLAIN where there is no terminal for a screen */
	enum theme theme;
	int out;                /* descriptor of plain and JSON lines; stays the caller's */
	bool start_screen;      /* a run can be left for the start screen */
};

enum app_next { NEXT_QUIT, NEXT_AGAIN, NEXT_TEN_TIMES, NEXT_START };

struct app_result {
	enum app_next next;
	/* To leave with, when NEXT_QUIT: the run's (FAREWELL), or 128 + signal when that ended the run, 141 when the output
	 * was closed, 129 when the terminal went away. */
	int status;
	bool refused;           /* nothing was started: why says it in lines (raw text) */
	struct str why;         /* owned */
	char run_id[64], run_dir[1024]; /* of MSG_WELCOME, "" when the caller took that message */
};
void app_result_release(struct app_result *r);

struct app_choice {
	uint32_t row;           /* of the start list */
	uint64_t workers;       /* 0 auto, or as a recent run had it */
	bool ten_times;         /* with ten times the tasks */
};

struct app;

/* One a process: it takes the signals INT, TERM, QUIT, HUP, WINCH, CONT, TSTP and PIPE over. -1 with *err. */
int app_new(struct app **out, const struct app_options *o, struct err *err);
void app_free(struct app *a);
/* What it came to: APP_SCREEN or the fallback. */
enum app_output app_output_now(const struct app *a);
bool app_ascii(const struct app *a);

/* The start screen. 1 and *choice; 0 the user quits; -1 with *err. */
int app_start(struct app *a, const struct start_list *list, struct app_choice *choice, struct err *err);

/* Follows the run at the other end of the link until its end; the dashboard then stays until the user leaves it. The
 * caller has said HELLO and RUN; WELCOME and REFUSED may be taken by either. *snap is initialised by the caller and
 * his afterwards, for the summary: nothing but plain and JSON lines is printed here. Leaving before the end closes
 * nothing: releasing the link does, which ends the run. 0 and *r; or -1 with *err when the engine has ended without a
 * farewell (the run did not end) or spoke nonsense. */
int app_run(struct app *a, struct link *engine, struct snapshot *snap, struct app_result *r, struct err *err);

/* Brings the user's screen back, for printing; app_run and app_start take it again. */
void app_leave_screen(struct app *a);

#endif
