/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which zones of the Run view fit, and where: what leaves first as the screen shrinks, what grows as it grows. */
#include "ui/view_run.h"

#include <string.h>

#define SLOTS_LEAST 3    /* slots that never leave */
#define SLOTS_USUAL 4    /* slots that zones make room for */
#define CHARTS_FROM 33   /* rows of the view: 36 of the screen */
#define CHARTS_LEAST 9   /* rule, titles, plot, axis */
#define CHARTS_MOST 41  /* two plots of 20 rows, one above the other */
#define LOG_LEAST 3      /* rule and two lines */
#define LOG_PART_FROM 160
#define LEFT_LEAST 101   /* columns that the run keeps beside the Log part */

/* UI.md, "Sizes": from the first to leave to the last. */
static const enum zone leaving[] = {
	ZONE_BLANK_SLOTS, ZONE_BLANK_TOP, ZONE_BLANK_POOL, ZONE_FAILED, ZONE_RESULT, ZONE_QUEUE, ZONE_TRIED, ZONE_RULE, ZONE_POOL,
	ZONE_RATE, ZONE_HEADING, ZONE_SERIAL, ZONE_PARALLEL,
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int rows_used(const struct run_layout *l)
{
	int sum = 0;

	for (int z = 0; z < ZONES; z++)
		sum += l->rows[z];
	return sum;
}

/* Too few rows for everything: zones leave in their order, at last slots above the third. */
static void shrink(struct run_layout *l, int rows)
{
	for (size_t i = 0; i < sizeof leaving / sizeof *leaving && rows_used(l) > rows; i++)
		l->rows[leaving[i]] = 0;
	while (l->rows[ZONE_SLOTS] > SLOTS_LEAST && rows_used(l) > rows)
		l->rows[ZONE_SLOTS]--;
}

/* Rows are left: slots and charts share them, the log and blank rows take the rest. */
static void grow(struct run_layout *l, int rows, int slots, bool log_apart)
{
	int spare = rows - rows_used(l), more = least(slots - l->rows[ZONE_SLOTS], spare);

	if (more < 0)
		more = 0;
	if (rows >= CHARTS_FROM && spare >= CHARTS_LEAST) {
		int charts = spare - more;
		int share = spare / 2 > CHARTS_LEAST ? spare / 2 : CHARTS_LEAST;
		int log = 0;

		if (charts < share)
			charts = share;
		more = least(more, spare - charts);
		charts = spare - more;
		if (!log_apart && charts >= CHARTS_LEAST + LOG_LEAST)
			log = LOG_LEAST + (charts - CHARTS_LEAST - LOG_LEAST) / 4;
		charts -= log;
		if (charts > CHARTS_MOST) {
			log += log_apart ? 0 : charts - CHARTS_MOST;
			charts = CHARTS_MOST;
		}
		l->rows[ZONE_CHARTS] = charts;
		l->rows[ZONE_LOG] = log;
	}
	l->rows[ZONE_SLOTS] += more;
}

void run_layout(struct run_layout *l, int rows, int cols, int slots)
{
	int y = 0, spare;

	memset(l, 0, sizeof *l);
	if (cols >= LOG_PART_FROM)
		l->log_x = cols - cols * 2 / 5 > LEFT_LEAST ? cols - cols * 2 / 5 : LEFT_LEAST;
	l->cols = l->log_x ? l->log_x - 1 : cols;
	for (int z = 0; z < ZONES; z++)
		l->rows[z] = z != ZONE_CHARTS && z != ZONE_LOG;
	if (slots < 1)
		slots = 1;
	l->rows[ZONE_SLOTS] = least(slots, SLOTS_USUAL);

	shrink(l, rows);
	grow(l, rows, slots, l->log_x > 0);
	/* Still slots without a row: the blank rows are theirs. */
	for (int i = 0; i < 3 && l->rows[ZONE_SLOTS] < slots; i++) {
		l->rows[ZONE_SLOTS] += l->rows[leaving[i]];
		l->rows[leaving[i]] = 0;
	}
	/* Result stays at the bottom: what is left over lies above it. */
	spare = rows - rows_used(l);
	if (spare > 0)
		l->rows[ZONE_BLANK_SLOTS] += spare;

	for (int z = 0; z < ZONES; z++) {
		l->y[z] = l->rows[z] > 0 ? y : -1;
		y += l->rows[z];
	}
}
