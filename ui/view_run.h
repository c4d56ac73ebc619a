/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Run view's inside: zones with their places, and the functions that fill them. Only ui/view_run*.c and the help (which
 * explains every line in its own place) see this. */
#ifndef UI_VIEW_RUN_H
#define UI_VIEW_RUN_H

#include "ui/parts.h"

/* From top to bottom. Blank rows are zones too: they leave first. */
enum zone {
	ZONE_HEADER, ZONE_BLANK_TOP, ZONE_TASKS, ZONE_COUNTS, ZONE_RATE, ZONE_QUEUE,
	ZONE_FAILED,      /* causes of failures; a blank row while nothing has failed, so that no event moves a row */
	ZONE_SERIAL, ZONE_PARALLEL, ZONE_GAIN, ZONE_BLANK_POOL, ZONE_POOL, ZONE_TRIED, ZONE_RULE, ZONE_HEADING, ZONE_SLOTS,
	ZONE_BLANK_SLOTS, ZONE_CHARTS, ZONE_LOG, ZONE_RESULT,
	ZONES
};
struct run_layout {
	int y[ZONES];     /* first row, −1 = left out */
	int rows[ZONES];  /* 0 = left out */
	int cols;         /* of the left part */
	int log_x;        /* first column of the Log part on the right, 0 = none */
};
/* Places for an area of rows × cols (without speaking line, keys, view names), `slots` worker rows being wanted. */
void run_layout(struct run_layout *l, int rows, int cols, int slots);
/* Rows that the slots of s ask for. */
int run_slots_wanted(const struct scene *s);

/* Smallest size of the full form; below it the small form, below RUN_LEAST_* one line (frame.c). */
#define RUN_FULL_COLS 60
#define RUN_LEAST_COLS 40
#define RUN_LEAST_ROWS 12

void run_draw_tasks(struct area a, int y, const struct scene *s);
/* `left`: with the time left at its end, when there is no Rate row for it. */
void run_draw_counts(struct area a, int y, const struct scene *s, bool left);
void run_draw_rate(struct area a, int y, const struct scene *s);
void run_draw_queue(struct area a, int y, const struct scene *s);
void run_draw_failed(struct area a, int y, const struct scene *s);
/* The Tasks bar alone. */
void run_draw_tasks_bar(struct area a, int y, int x, int cells, const struct scene *s);
/* "≈ 8 s (7.9–8.4), 14:02:31": 0 = short, 1 = with range, 2 = with the clock. */
void phrase_left(struct phrase *p, const struct scene *s, int detail);
/* The rate as it may be shown: "measuring…" while it mixes before and after. */
void phrase_rate(struct phrase *p, const struct scene *s);

void run_draw_serial(struct area a, int y, const struct scene *s);
void run_draw_parallel(struct area a, int y, const struct scene *s);
void run_draw_gain(struct area a, int y, const struct scene *s);

void run_draw_pool(struct area a, int y, const struct scene *s);
void run_draw_tried(struct area a, int y, const struct scene *s);
void run_draw_result(struct area a, int y, const struct scene *s);

/* What the slot table is about: the last second (at the end of the run: the share at work) and rates; leases of many short tasks,
 * their progress and rates; tasks of long duration, their progress and time. */
enum table_form { TABLE_SECOND, TABLE_LEASES, TABLE_TASKS, TABLE_FORMS };
enum table_form run_table_form(const struct scene *s);

/* Columns of the slot table for a width; −1 = left out. Where a name ends in _end, values are right-aligned before it. */
struct columns {
	enum table_form form;
	int pid_end, state, work, work_cells, bar, bar_cells, text_cells, done_end, rate_end, graph, graph_cells, cpu_end, wait_end;
	int mib_end, age_end, died_end;
};
void run_columns(struct columns *c, int cols, enum table_form form);
/* Heading (unless heading_y < 0) and one row a slot in rows y..y+rows. */
void run_draw_slots(struct area a, int heading_y, int y, int rows, const struct scene *s);
/* Slots first..first+result are shown in `rows` rows, the selected one among them; when they are not all, the last row is left for
 * run_draw_more(). */
uint32_t run_slot_window(const struct scene *s, int rows, uint32_t *first);
/* "+28 more: 26 busy, 2 leaving, 131 k/s" for the slots outside first..first+n; what they have done ends before done_end (−1: not
 * said). */
void run_draw_more(struct area a, int y, int done_end, const struct scene *s, uint32_t first, uint32_t n);
/* The slot's bar, with its text behind it when text_cells > 0; at the end of the run the share of it that the slot was at work. */
void run_draw_lane(struct area a, int y, int x, int cells, int text_cells, const struct scene *s, uint32_t slot);
/* Age of the slot's present task, ns. */
double run_task_age(const struct scene *s, uint32_t slot);
enum role slot_state_role(unsigned state);
/* The word for the slot's state. */
const char *slot_word(const struct scene *s, uint32_t slot);
/* Tasks a second now; over the whole run at its end. NaN when unknown. */
double slot_rate(const struct scene *s, uint32_t slot);
/* What the slot does, in the words of its WORK column. */
void run_work_text(char *buf, size_t size, const struct scene *s, uint32_t slot);

void run_draw_charts(struct area a, const struct scene *s);
/* The last lines of the log in all rows of a; with a heading when there is room for it. */
void run_draw_log(struct area a, const struct scene *s, bool heading);

/* The form below 60 columns. */
void run_draw_small(struct area a, const struct scene *s);
/* Below 40x12: state, per cent, failed, time left. */
void run_draw_line(struct area a, const struct scene *s);

/* Where the texts of the log begin: times need more room from two minutes on. */
int log_text_x(const struct snapshot *snap);
/* One line of the log: time, text; `mark` is what is searched for ("" nothing), told apart in the selected line. */
void draw_log_line(struct area a, int y, int text_x, const struct log_line *line, const char *mark, bool selected);

void view_run_draw(struct area a, const struct scene *s);
void view_run_help(struct area a, const struct scene *s);

#endif
