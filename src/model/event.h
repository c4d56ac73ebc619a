/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in a run, as facts in order: the engine emits events, the store keeps them, clients get them, and
 * fold_apply() (model/fold.h) is their only interpreter. doc/events.md and `--json` describe the same fields.
 *
 * Claims (DONE, FAIL, END) are emitted only after their results are committed; appearances (all others) at once. */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pack.h"

#define EVENT_VERSION 1
#define CAUSE_MAX 256

enum run_state {
	RUN_STARTING,
	RUN_SERIAL,
	RUN_RUNNING,
	RUN_PAUSING,
	RUN_PAUSED,
	RUN_DRAINING,
	RUN_ENDING,
	RUN_DONE,
	RUN_FAILED,
	RUN_STOPPED,
	RUN_STATES
};
enum slot_state { SLOT_EMPTY, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY, SLOT_RETIRING, SLOT_ENDING, SLOT_LOST, SLOT_STATES };
extern const char *const run_state_names[RUN_STATES]; /* "starting" … */
/* "empty", "starting", "idle", "busy", "leaving", "ending", "lost" */
extern const char *const slot_state_names[SLOT_STATES];
bool run_state_is_end(enum run_state s);

enum event_type {
	EV_RUN = 1,
	EV_SIZED,
	EV_STATE,
	EV_CPUS,
	EV_TARGET,
	EV_CHUNK,
	EV_SLOT,
	EV_DEATH,
	EV_BASELINE,
	EV_TICK,
	EV_DONE,
	EV_FAIL,
	EV_NOTE,
	EV_END
};

/* First event. */
struct ev_run {
	char run_id[64], name[128], title[256], kind[32], method[64], start[16], chunk[32], host[64], version[32];
	uint64_t tasks, seed;
	uint64_t wall_ns; /* time of day at `at` 0, ns since 1970 */
	uint64_t mono_ns; /* CLOCK_MONOTONIC at `at` 0 on the engine's machine */
	uint32_t workers; /* first target */
	uint32_t cpus;
	uint8_t baseline; /* enum baseline_mode */
	bool pure, has_result;
	bool waits;             /* tasks need no CPU while they run: more workers than CPUs can be of use */
};
/* --for has set the number of tasks. */
struct ev_sized {
	uint64_t tasks;
	char title[256];
};
struct ev_state {
	uint8_t state;
	char reason[CAUSE_MAX];
};
struct ev_cpus {
	uint32_t usable;
	char text[CAUSE_MAX];
};
struct ev_target {
	uint32_t from, to;
	char by[32]; /* "key or command", "auto", "limit of descriptors" */
};
struct ev_chunk {
	char chunk[32];
	char by[32];
};
struct ev_slot {
	uint32_t slot, generation;
	uint8_t state;
	uint64_t pid;
	uint64_t ready_ns; /* start order → READY, with IDLE */
};
struct ev_death {
	uint32_t slot, generation;
	uint64_t pid;
	uint64_t given_back; /* tasks */
	char cause[CAUSE_MAX];
};

enum baseline_phase { BASE_NONE, BASE_RUNNING, BASE_MEASURED, BASE_ESTIMATED, BASE_REFUSED, BASE_MISMATCH };
struct ev_baseline {
	uint8_t phase;
	uint64_t executed;     /* tasks executed for it */
	double mean_ns, se_ns; /* of one task */
	double elapsed_ns;
	double t1_ns, t1_half; /* the whole run serially, 95 % half-width */
	char text[CAUSE_MAX];  /* REFUSED, MISMATCH: why */
};

enum { TICK_HAS_TASK = 1, TICK_HAS_PROGRESS = 2, TICK_HAS_LEASE = 4 };
struct tick_row {
	uint16_t slot;
	uint8_t flags;
	uint64_t task;                 /* the present one (or the next) */
	uint64_t held;                 /* tasks the slot holds */
	uint32_t age_ms;               /* of the present task */
	uint16_t progress;             /* per mille of the present task */
	uint32_t lease_done, lease_of; /* of the present lease */
	uint32_t leases;               /* finished leases in all, modulo 2^32 */
	uint16_t cpu, wait; /* per mille of the last sample interval: on a CPU (may pass 1000), ready without one */
	uint32_t rss_kib;
};
#define TICK_ROW_BYTES 45
struct ev_tick {
	uint64_t waiting;                       /* tasks no worker holds */
	uint32_t chunk_now;                     /* size of the next lease, 0 unknown */
	uint32_t active;                        /* worker processes alive (active children) */
	double mean_ns, q10_ns, q50_ns, q90_ns; /* task time, 0 before 5 are done */
	uint64_t others_held;                   /* sum over live slots without a row */
	uint32_t others, others_busy;
	uint64_t rss_kib; /* all workers together */
	uint32_t n;
	struct slice rows; /* n × TICK_ROW_BYTES */
};

struct done_row {
	uint16_t slot;
	uint64_t done, failed; /* tasks since the last DONE */
	uint64_t busy_ns;      /* sum of their task times */
};
#define DONE_ROW_BYTES 26
struct ev_done {
	uint64_t cancelled, retried; /* in all so far */
	uint64_t n;                  /* tasks in the mean, in all so far */
	double mean, half, sd; /* of the results: mean, its 95 % half-width, standard deviation; NaN when unknown */
	double cpu_ns;         /* CPU time of all accepted tasks so far */
	uint64_t last_ns;      /* `at` of the last result in it */
	uint64_t waiting;       /* tasks no worker holds, at `at` */
	uint32_t nrows;
	struct slice rows; /* nrows × DONE_ROW_BYTES */
};
/* Tasks that failed for good with the same cause, since the last commit. */
struct ev_fail {
	uint64_t count, task;
	uint32_t slot;
	char cause[CAUSE_MAX];
};
struct ev_note {
	uint8_t level; /* 0 info, 1 warning, 2 error */
	char text[512];
};
struct ev_end {
	uint8_t state;
	uint32_t status;      /* exit status */
	uint64_t parallel_ns; /* first start order → last committed result, less pauses */
	char fingerprint[40]; /* 32 hex digits, "" when not complete */
};

struct event {
	uint8_t type;
	uint64_t at; /* ns since the run began */
	union {
		struct ev_run run;
		struct ev_sized sized;
		struct ev_state state;
		struct ev_cpus cpus;
		struct ev_target target;
		struct ev_chunk chunk;
		struct ev_slot slot;
		struct ev_death death;
		struct ev_baseline baseline;
		struct ev_tick tick;
		struct ev_done done;
		struct ev_fail fail;
		struct ev_note note;
		struct ev_end end;
	};
};

/* Appends one event (u8 type, u64 at, u32 payload bytes, payload). */
void event_pack(struct str *s, const struct event *e);
/* Reads the next one; slices in it are borrowed from r's memory. An unknown type is skipped by its length (type 0 is
 * returned). 0, or -1 with *err when malformed. */
int event_unpack(struct reader *r, struct event *e, struct err *err);
const char *event_name(unsigned type); /* "run", "tick" … */
bool event_is_claim(unsigned type);

void tick_row_pack(struct str *s, const struct tick_row *r);
struct tick_row tick_row_at(struct slice rows, uint32_t i);
void done_row_pack(struct str *s, const struct done_row *r);
struct done_row done_row_at(struct slice rows, uint32_t i);

#endif
