/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: it owns the pool, the queue, the claims and the clients of one run.
 *
 * Callbacks of the loop only mark peers as ready. engine_turn() is the only place that decides, in one order, read
 * from top to bottom. Time is an argument. The outside is the agent at the other end of a link and the `outside`
 * functions. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/baseline.h"
#include "engine/late.h"
#include "engine/slot.h"
#include "engine/store.h"
#include "engine/tally.h"
#include "plan/plan.h"

#define CLIENTS_MAX 64

/* What the engine needs from the world besides links. A test gives its own. */
struct outside {
	/* Starts a node agent; the engine's end of its control link in *fd, its pid in *pid. 0 or -1. */
	int (*start_agent)(void *arg, int *fd, uint64_t *pid, struct err *err);
	/* The agent `pid` is gone or silent: ends it and every process left below us, waits for them. */
	void (*sweep)(void *arg, uint64_t agent_pid);
	/* CPUs this run may use now, with a sentence. */
	uint32_t (*usable_cpus)(void *arg, char *text, size_t size);
	uint64_t (*wall)(void *arg); /* ns since 1970 */
	void *arg;
};

struct client {
	struct peer peer;
	bool owner;
	uint32_t shown_first, shown_count; /* slots on its screen */
	struct late late;
	uint64_t next_event; /* number of the next one it gets */
};

struct engine {
	/* given */
	struct plan plan;
	struct outside outside;
	struct loop *loop; /* NULL in tests: every peer counts as ready */
	char run_id[64], run_dir[1024], origin[1024];
	char build_id[64];

	uint64_t begun_at; /* clock at `at` 0 */
	uint64_t now;      /* of this turn */
	enum run_state state;
	uint64_t state_at;
	char reason[CAUSE_MAX]; /* of the end */
	unsigned stop_step;     /* 0, 1 drain, 2 end, 3 kill */
	bool stop_by_failure;   /* on-failure: stop or stop-now */
	uint32_t exit_status;
	uint64_t settled_at;     /* when the last result was committed, 0 not yet */
	uint64_t ending_at; /* when ENDING began, or its last step was asked for */
	bool failing;       /* the run itself has failed: see reason */
	bool finished;      /* nothing more to do: leave */

	/* pool */
	struct slot **slots; /* nslots ever used */
	uint32_t nslots;
	uint32_t target;      /* wanted workers */
	bool auto_target;     /* follows the usable CPUs */
	uint32_t max_workers; /* what the agent's descriptors allow */
	uint32_t cpus;
	uint64_t cpus_read_at;
	struct chunk chunk;
	uint64_t birth_until;    /* no work is given until then, or until all first workers are born; 0: it is */
	uint64_t failed_starts;        /* in a row, of all slots */
	uint64_t parallel_at;          /* first start order of the pool, 0 before */
	uint64_t paused_ns, paused_at; /* finished pauses; begin of the present one, 0 none */
	bool pause_wanted, pause_by_store;
	bool chunk_changed;                 /* unbegun work is to be called back */
	double cpu_total_ns, wait_total_ns; /* of all samples: for the estimate of the serial time */
	uint64_t estimated_at;

	/* agent */
	struct peer agent;
	uint64_t agent_pid, agent_heard_at, agent_again_at;
	bool agent_ready;
	unsigned agent_failures; /* in a row, without a result between them */
	uint64_t agent_results;  /* results there were when it was started */

	/* tasks */
	struct queue queue;
	uint64_t held;                  /* tasks with workers, not yet accepted */
	uint64_t done, failed, retried; /* accepted (not yet committed ones too) */
	struct tally filling, committing, committed;
	struct time_histogram times;
	double times_sum_ns;
	double task_ns; /* recent mean over the pool, 0 unknown */

	struct baseline base;

	/* store */
	struct store *store;
	struct store_batch batches[2], *batch, *commit; /* commit NULL: none under way */
	struct str claims[2]; /* packed claim events of the two batches, for clients after the commit */
	uint64_t commit_began_at;
	bool store_open, store_failed;
	uint64_t store_again_at;
	uint64_t store_failures;
	bool store_lost;     /* given up: the run fails with what was committed */
	bool workers_unread; /* held back in this turn: nobody's silence is held against him */

	/* events */
	uint64_t next_event; /* number of the next one stored */
	uint64_t tick_at, tick_stored_at;
	bool tick_dirty, shown_changed;
	struct client clients[CLIENTS_MAX];
	uint32_t nclients;
	struct str scratch;
};

/* The plan is taken over (the caller must not release it). origin and text are kept in the store with the
 * settings' text. Starts nothing yet: the first turn does. `wake` is for the store's thread (NULL in tests:
 * commits happen in the turn). 0 or -1. */
struct engine_setup {
	struct plan *plan;
	const char *origin;
	struct slice text;            /* the workload file */
	const char *settings;         /* "key=value" lines */
	const char *run_id, *run_dir; /* run_dir ":memory:" in tests */
	const char *build_id, *version;
	struct outside outside;
	struct loop *loop;
	void (*wake)(void *arg);
	void *wake_arg;
	uint64_t now;
};
struct engine *engine_new(const struct engine_setup *setup, struct err *err);
void engine_free(struct engine *e);
/* Adds a connected client (its greeting is done) before the first turn; the engine takes over the link. It gets
 * all events from the first. */
struct client *engine_add_client(struct engine *e, struct link link, bool owner);
/* absorb → advance → reconcile → feed → tick → commit. */
void engine_turn(struct engine *e, uint64_t now);
/* When the next turn is due even if nothing comes in; UINT64_MAX: not at all. */
uint64_t engine_due(const struct engine *e);
/* Are workers not read at present, because too much waits for the store? */
bool engine_holds_back(const struct engine *e);
/* After `finished`: closes the store, tells every client the exit status and waits until they have it: for the
 * owner as long as it lives, for the others at most `wait_ns`. */
void engine_farewell(struct engine *e, uint64_t wait_ns);
/* A stop from outside (a signal): as COMMAND_STOP. */
void engine_stop(struct engine *e, unsigned step, const char *why);

#endif
