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
	/* Log: log_top is the number of the first line on screen, counted over all lines ever (as snapshot.nlog counts); with
	 * log_follow the newest lines show, whatever it is. Only lines that log_shown() accepts count. */
	bool log_follow; uint64_t log_top;
	int log_filter;           /* 0 all, else an event type */
	uint32_t log_slot;        /* 0 all, else only lines of slot log_slot − 1 */
	uint64_t log_at;          /* number of the selected line (found by search, clicked) + 1; 0 none */
	char search[64];
	int help;                 /* 0 off, 1 the screen explained, 2 the keys */
	uint32_t help_top;        /* first row of the keys shown (the view clips it) */
	bool evidence;            /* `!` */
	/* speaking line */
	enum { ASK_NOTHING, ASK_QUIT, ASK_KILL_SLOT, ASK_WORKERS, ASK_CHUNK, ASK_SEARCH } ask;
	uint32_t ask_slot;        /* ASK_KILL_SLOT: the victim, and its process as it was named */
	uint64_t ask_pid;
	char input[64];           /* of ASK_WORKERS, ASK_CHUNK, ASK_SEARCH */
	char echo[160]; uint64_t echo_at; /* without its sign; shows for 3 s (ECHO_NS) after echo_at on the client's clock */
	bool echo_step;           /* it announces a step of stopping: stays until the run's end, of no use afterwards */
	bool mouse;
	int stop_step; uint64_t stop_at; /* Ctrl-C steps said, and when */
	bool leaving;             /* the user has chosen to stop the run and quit: only its end is waited for */
	/* What the user asked for last and the engine has not yet confirmed: repeated keys count from there. */
	struct wish { bool set; uint64_t value, at; } want_workers, want_chunk, want_pause;
	/* Columns of the slot table: kept for 5 s though bars of slots come and go. held_at: since then, on the client's clock,
	 * another one is asked for. */
	struct table_choice { bool chosen, guess; unsigned form; uint64_t held_at; } table;
	/* start screen */
	uint32_t start_row; uint64_t start_workers;
};

struct start_list;                /* ui/start_list.h: shipped workloads, recent runs */
#define ECHO_NS (3 * UINT64_C(1000000000))

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
	/* What is on the screen now (clicks, page size); NULL before the first frame; not for drawing. */
	const struct grid *shown;
};

struct view {
	const char *name;         /* "Run": in the view bar */
	char digit;               /* '1' */
	/* The whole screen but the last lines (frame.c: speaking line, keys, views). */
	void (*draw)(struct area a, const struct scene *s);
	void (*help)(struct area a, const struct scene *s); /* `?`: every line in its own place says what it is */
	const char *keys;         /* action names for the key line, most important first: "workers-more workers-less …" */
};
extern const struct view views[VIEWS];

/* True when the Log shows this line (kind and slot; the search only marks). */
bool log_shown(const struct ui_state *ui, const struct log_line *line);

/* Follows what the slots' bars ask for (ui.table); before each frame. */
void run_follow_table(struct ui_state *ui, const struct scene *s);
/* Rows of the slot table: every slot ever used keeps its row, so that their DONE add up to all done. */
uint32_t run_rows(const struct snapshot *s);

/* Draws the whole screen: view, help or evidence, speaking line, key line, view names; for any size from 1×1. */
void screen_draw(struct grid *g, const struct scene *s);
/* "62 % integral-average" */
void screen_title(char *buf, size_t size, const struct scene *s);

#endif
