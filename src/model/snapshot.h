/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a run as events tell it: what views draw and reports print. Times are ns since the run began (`at` of
 * events). */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include "model/event.h"

#define SPARK_CELLS 60 /* one second each */
#define SERIES_CELLS 512
#define TRIED_MAX 16
#define CAUSES_MAX 16
#define LOG_MAX 2000
#define FINE_CELLS 24  /* quarter seconds */
#define RECENT_MAX 20  /* results whose times are kept */
#define SLOTS_MAX 1024 /* slots are numbered 0..SLOTS_MAX−1; events about others are not believed */
#define DEATHS_KEPT 3
#define LEASE_MARKS 6 /* one a second */

/* A quantity over the whole run in at most SERIES_CELLS cells; when full, pairs are joined and the width doubles. */
struct series {
	double v[SERIES_CELLS]; /* mean over the cell; of the newest one over the part of it that is known */
	uint32_t n;
	uint64_t begin, width; /* ns; width 0 = not begun */
	uint64_t end;          /* known up to here */
};

/* Done tasks by the clock: the last minute by seconds, the last 6 seconds by quarters. */
struct rates {
	uint64_t second[SPARK_CELLS]; /* [at second % SPARK_CELLS] */
	uint64_t fine[FINE_CELLS];
	uint64_t second_no, fine_no; /* number of the newest cell, counted from the begin of the run */
	uint64_t begin;              /* the rate counts from here: begin of the pool, or its last change or pause */
	uint64_t first;              /* its very first begin, 0 none yet */
	uint64_t since;              /* results since then */
	uint64_t last_at;            /* of the last rates_add() */
	uint64_t recent[RECENT_MAX]; /* times of the last results since then, a ring */
	uint64_t nrecent;            /* ever since then; the newest is [(nrecent − 1) % RECENT_MAX] */
};

struct slot_view {
	uint8_t state; /* enum slot_state */
	uint32_t generation;
	uint64_t pid;
	uint64_t started_at; /* of this generation */
	uint64_t ready_ns;
	uint64_t done, failed, busy_ns; /* by all generations */
	uint32_t deaths;
	uint64_t died_at;
	uint64_t death_at[DEATHS_KEPT]; /* death i at [i % DEATHS_KEPT] */
	bool restarting;                /* died, its successor is not ready yet */
	char cause[CAUSE_MAX];          /* of the last death */
	struct tick_row tick;           /* last one; .flags 0 and zeros when idle */
	uint64_t tick_at;
	double leases_per_s; /* finished leases, over the last 5 s; 0 before there are two seconds of them */
	struct {
		uint64_t at;
		uint32_t leases;
	} lease_marks[LEASE_MARKS]; /* a ring; mark i at [i % LEASE_MARKS] */
	uint32_t nlease_marks;
	uint64_t lease_since; /* the lease in `tick` was first seen then */
	struct rates rates;
	uint64_t bar_since; /* when the present kind of bar was chosen */
	uint8_t bar;        /* enum bar_kind */
};
/* The four kinds of bars of UI.md, "Bars of the worker rows"; kept 5 s at least, but for BAR_SECOND when a lease turns
 * out to be long. */
enum bar_kind { BAR_NONE, BAR_PROGRESS, BAR_LEASE, BAR_AGE, BAR_SECOND };

#define TRIED_MIN_NS (UINT64_C(500000000)) /* a count seen for less tells no rate */
struct tried { /* rate at a worker count, while it had settled */
	uint32_t workers;
	uint64_t done, ns;
};

struct cause {
	char text[CAUSE_MAX];
	uint64_t count, task;
};

struct log_line {
	uint64_t at;
	uint8_t level; /* 0 plain, 1 warning, 2 error, 3 serial */
	uint8_t type;  /* enum event_type, for the filter */
	int32_t slot;  /* -1 none */
	char text[200];
};

struct snapshot {
	struct ev_run run; /* as begun; tasks and title follow EV_SIZED */
	bool begun;
	uint64_t events; /* applied */
	uint64_t now;    /* `at` of the newest event */

	uint8_t state; /* enum run_state */
	uint64_t state_at;
	char reason[CAUSE_MAX];

	/* tasks = waiting + held + done + failed + cancelled, in every snapshot */
	uint64_t waiting, held, done, failed, cancelled, retried;
	uint64_t waiting_at;     /* `at` of the event that told `waiting`: TICK and DONE may come in either order */
	uint64_t last_result_at; /* 0 none yet */

	uint32_t target, cpus, active;
	char cpus_text[CAUSE_MAX];
	char chunk[32];
	uint32_t chunk_now;
	uint64_t rss_kib;
	double mean_ns, q10_ns, q50_ns, q90_ns;

	struct slot_view *slots; /* owned; slots ever used */
	uint32_t nslots;
	uint32_t others, others_busy;
	uint64_t others_held;

	struct ev_baseline baseline;
	uint64_t start_at; /* first start order while STARTING: the pool's, unless a serial baseline follows; 0 none */
	uint64_t parallel_at; /* first start order of the pool, 0 before */
	uint64_t paused_ns;   /* finished pauses; the present one is now − paused_at */
	uint64_t paused_at;   /* 0 = not paused */
	uint64_t unmanned_ns; /* up to ideal_at, without pauses: the target was 0 and no worker was left */
	double ideal_ns;      /* ∫ snapshot_ideal() dt without pauses and unmanned time, up to ideal_at */
	uint64_t ideal_at;
	uint32_t width_last;           /* snapshot_width() when the target was last not 0 */
	uint64_t settling_at;          /* last change of workers or chunk, 0 none */
	uint64_t settling_done;        /* done at that time */
	double rate_before;            /* tasks/s before the last change or pause; NaN unknown */
	double noise_before;           /* rates_noise() before it */
	uint32_t width_before;         /* snapshot_width() before it */
	struct tried tried[TRIED_MAX]; /* in the order of workers */
	uint32_t ntried;
	uint64_t tried_from;   /* rate of the present count is known up to here, 0 = not settled */
	uint64_t rate_pending; /* results not yet in rate_series */
	struct rates rates;
	struct series rate_series, queue_series;
	uint64_t queue_spark[SPARK_CELLS];
	uint64_t queue_second; /* waiting at the end of the seconds before this one: read with queue_at_second() */

	struct ev_done result;           /* last DONE's totals (its rows are not kept) */
	struct cause causes[CAUSES_MAX]; /* by count, the last one sums the rest as "other causes" */
	uint32_t ncauses;

	struct log_line *log; /* owned ring of LOG_MAX */
	uint64_t nlog;        /* ever; line i of the kept ones is log[i % LOG_MAX] */

	bool ended;
	uint64_t ended_at;
	struct ev_end end;
};

void snapshot_init(struct snapshot *s);
void snapshot_release(struct snapshot *s);
/* How many tasks can really go on at once, the ideal speed-up: min(target, CPUs); for work that only waits, target. */
uint32_t snapshot_width(const struct snapshot *s);
/* The same for the ideal that is integrated over time: while a target of 0 drains it stays what it was. */
uint32_t snapshot_ideal(const struct snapshot *s);
/* The target is 0 and nobody works any more: like a pause. */
bool snapshot_unmanned(const struct snapshot *s);
/* Line i (0 = the oldest kept); NULL past the end. */
const struct log_line *snapshot_log(const struct snapshot *s, uint64_t i);
uint64_t snapshot_log_count(const struct snapshot *s);

#endif
