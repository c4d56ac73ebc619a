/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of the slot table: which fit, and where they stand. */
#include "ui/view_run.h"

#define BAR_USUAL  16  /* columns leave while the bar has fewer cells, */
#define BAR_LEAST  10  /* and it never has fewer than these */
#define TEXT_CELLS 12  /* a gap and "3.9× median" */
#define GRAPH_LEAST 13 /* its heading "TASKS/s, 60 s" */
#define GRAPH_MOST 59
#define NUMBER_CELLS 4 /* slot number and mark */

enum {
	HAS_DIED = 1, HAS_AGE = 2, HAS_GRAPH = 4, HAS_MIB = 8, HAS_PID = 16, HAS_WORK = 32, HAS_CPU = 64, HAS_DONE = 128,
	HAS_WAIT = 256, HAS_ALL = 511
};

/* The order in which they leave. With long tasks there are no rates, and waiting for a CPU matters less than the work; with long
 * leases the text beside the bar says what WORK says, and PID is what other programs ask for. */
static const int leaves[] = { HAS_DIED, HAS_AGE, HAS_GRAPH, HAS_MIB, HAS_PID, HAS_WORK, HAS_CPU, HAS_DONE, HAS_WAIT };
static const int leaves_leases[] = { HAS_DIED, HAS_AGE, HAS_GRAPH, HAS_MIB, HAS_WORK, HAS_PID, HAS_CPU, HAS_DONE, HAS_WAIT };
static const int leaves_tasks[] = { HAS_GRAPH, HAS_DIED, HAS_AGE, HAS_MIB, HAS_WAIT, HAS_PID, HAS_WORK, HAS_CPU, HAS_DONE };

/* Cells with the gap before them (before the bar: after them). */
static int width_of(int has, enum table_form form)
{
	switch (has) {
	case HAS_PID: return 8;
	case HAS_WORK: return form == TABLE_SECOND ? 13 : form == TABLE_LEASES ? 12 : 11;
	case HAS_DONE: return form == TABLE_TASKS ? 8 : 9;
	case HAS_GRAPH: return 2 + GRAPH_LEAST;
	case HAS_CPU: return 5;
	case HAS_WAIT: return 6;
	case HAS_MIB: return 7;
	case HAS_AGE: return 11;
	case HAS_DIED: return 6;
	default: return 0;
	}
}

/* What is left for the bar (and its text). */
static int bar_room(int cols, int has, enum table_form form)
{
	int room = cols - 1 - NUMBER_CELLS - 1 - 9 - (form == TABLE_TASKS ? 11 : 8);

	for (int i = 1; i < HAS_ALL; i *= 2)
		if (has & i)
			room -= width_of(i, form);
	return room;
}

/* The right end of the next column from the left, −1 when it has left. */
static int next_end(int *x, int has, int which, enum table_form form)
{
	if (!(has & which))
		return -1;
	*x += width_of(which, form);
	return *x;
}

void run_columns(struct columns *c, int cols, enum table_form form)
{
	const int *order = form == TABLE_TASKS ? leaves_tasks : form == TABLE_LEASES ? leaves_leases : leaves;
	int text = form == TABLE_SECOND ? 0 : TEXT_CELLS, usual = form == TABLE_SECOND ? BAR_USUAL : BAR_LEAST;
	int has = form == TABLE_TASKS ? HAS_ALL & ~HAS_GRAPH : HAS_ALL, room, x;

	for (int i = 0; i < 9 && bar_room(cols, has, form) < usual + text; i++)
		has &= ~order[i];
	room = bar_room(cols, has, form) - text;
	if (room < BAR_LEAST && text > 0) {
		room += text;
		text = 0;
	}
	c->form = form;
	c->graph_cells = 0;
	if (has & HAS_GRAPH) {
		int more = room > BAR_USUAL ? (room - BAR_USUAL) / 2 : 0;

		c->graph_cells = GRAPH_LEAST + more < GRAPH_MOST ? GRAPH_LEAST + more : GRAPH_MOST;
		room -= c->graph_cells - GRAPH_LEAST;
	}
	c->text_cells = text;
	c->bar_cells = room > 1 ? room : 1;

	c->pid_end = has & HAS_PID ? NUMBER_CELLS + 7 : -1;
	c->state = has & HAS_PID ? NUMBER_CELLS + 9 : NUMBER_CELLS + 1;
	x = c->state + 9;
	c->work = has & HAS_WORK ? x - 1 : -1;
	c->work_cells = width_of(HAS_WORK, form);
	x += has & HAS_WORK ? c->work_cells : 0;
	c->bar = x;
	x += c->bar_cells + text;
	c->rate_end = -1;
	if (form == TABLE_TASKS) { /* TIME comes before DONE */
		x += 11;
		c->rate_end = x;
	}
	c->done_end = next_end(&x, has, HAS_DONE, form);
	if (form != TABLE_TASKS) {
		x += 8;
		c->rate_end = x;
	}
	c->graph = has & HAS_GRAPH ? x + 2 : -1;
	x += has & HAS_GRAPH ? 2 + c->graph_cells : 0;
	c->cpu_end = next_end(&x, has, HAS_CPU, form);
	c->wait_end = next_end(&x, has, HAS_WAIT, form);
	c->mib_end = next_end(&x, has, HAS_MIB, form);
	c->age_end = next_end(&x, has, HAS_AGE, form);
	c->died_end = next_end(&x, has, HAS_DIED, form);
}
