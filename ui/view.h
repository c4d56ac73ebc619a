/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views are rows of one table: a const struct of functions. Drawing is a pure function of what is in struct scene. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "model/finding.h"
#include "ui/action.h"
#include "ui/grid.h"

enum view_id { VIEW_START, VIEW_RUN, VIEW_LOG, VIEWS };

/* What the user has set on screen; never the state of the run. */
struct ui_state {
	enum view_id view;
	bool run_over_start;      /* there is a start screen to go back to */
	uint32_t selected;        /* slot, in Run */
	uint32_t first_slot;      /* scrolled to */
	bool log_follow; uint64_t log_top; int log_filter; /* 0 all, else an event type */
	char search[64];
	int help;                 /* 0 off, 1 the screen explained, 2 the keys */
	uint32_t help_top;        /* first row of the keys shown (the view clips it) */
	bool evidence;            /* `!` */
	/* speaking line */
	enum { ASK_NOTHING, ASK_QUIT, ASK_KILL_SLOT, ASK_WORKERS, ASK_CHUNK, ASK_SEARCH, ASK_STOP } ask;
	char input[64];           /* of ASK_WORKERS, ASK_CHUNK, ASK_SEARCH */
	char echo[160]; uint64_t echo_at; /* › for 3 s (clock of the client) */
	bool mouse;
	int stop_step;            /* Ctrl-C steps said */
	/* start screen */
	uint32_t start_row; uint64_t start_workers;
};

struct start_list;                /* ui/start.h: shipped workloads, recent runs */

struct scene {
	const struct snapshot *snap;
	const struct timing *timing;
	const struct findings *findings;
	const struct ui_state *ui;
	const struct start_list *start;
	uint64_t now;             /* ns since the run began */
	uint64_t now_ui;          /* client's clock, for the echo */
	uint64_t wall_ns;         /* time of day */
	bool ascii, mono;
	bool no_braille;          /* the terminal's font has block signs but no braille (Linux console) */
};

struct view {
	const char *name;         /* "Run": in the view bar */
	char digit;               /* '1' */
	void (*draw)(struct area a, const struct scene *s);       /* the whole screen but the last lines (frame.c: speaking line, keys, views) */
	void (*help)(struct area a, const struct scene *s);       /* `?`: every line in its own place says what it is */
	const char *keys;         /* action names for the key line, most important first: "workers-more workers-less …" */
};
extern const struct view views[VIEWS];

/* Draws the whole screen: view, help or evidence, speaking line, key line, view names; for any size from 1×1. */
void screen_draw(struct grid *g, const struct scene *s);
/* "62 % integral-average" */
void screen_title(char *buf, size_t size, const struct scene *s);

#endif
