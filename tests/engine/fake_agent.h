/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world around an engine, in the same process and on a faked clock: the node agent, its workers and one
 * client, at the other ends of real socket pairs. What they do is drawn from a seed, so that a schedule that fails
 * can be run again. */
#ifndef TESTS_ENGINE_FAKE_AGENT_H
#define TESTS_ENGINE_FAKE_AGENT_H

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "model/fold.h"
#include "model/snapshot.h"

#include "tap.h"

#define FAKE_BUILD "build of the test"

/* Fails the test and names the seed. */
#define FAKE_CHECK(f, cond, ...)                                                                                       \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			fake_complain(f, __FILE__, __LINE__, #cond, __VA_ARGS__);                                      \
	} while (0)

struct fake;
struct fake_worker;

struct fake_held {
	uint64_t task;
	uint32_t chunk; /* as granted; 0 careful */
};

/* What a worker may tell or do that is wrong. */
enum lie {
	LIE_NONE,
	LIE_RESULTS_NOT_HELD,
	LIE_RESULTS_SKIP,
	LIE_RESULTS_TWICE,
	LIE_GENERATION,
	LIE_NAN,
	LIE_RETURNED_UNASKED,
	LIE_RETURNED_OTHER,
	LIE_RETURNED_MORE,
	LIE_BEGUN_OTHER,
	LIE_UNKNOWN_TYPE,
	LIE_OVERSIZE,
	LIE_HEADER,
	LIE_READY_TWICE,
	LIE_READY_OTHER_BUILD,
	LIE_BEFORE_READY,
	LIE_SETUP_FAILED_LATE,
	LIE_BYE_UNASKED,
	LIE_CLOSED_LINK,
	LIE_TOO_MANY_SENTENCES,
	LIE_DESCRIPTORS,
	LIE_SHORT_PAYLOAD,
	LIES
};
extern const char *const lie_names[LIES];

struct fake_rules {
	/* chances in 10,000, drawn for each worker in each step */
	unsigned die;  /* by a signal at this instant, with what it has not sent, or half a frame */
	unsigned deaf; /* from now on it answers nothing and does nothing */
	unsigned agent_dies;
	/* chances in 10,000 of each start */
	unsigned refuse, die_starting, never_ready;
	bool honest_end;                    /* it leaves properly when told to stop */
	uint64_t start_ns, end_ns, kill_ns; /* at most: start order → READY, death → report, KILL order → death */
	uint64_t task_ns;                   /* mean length of a task */
	unsigned burst;                     /* short tasks done in one step */
	unsigned flush;                     /* chance in 10,000 to send results after a task */
	bool announce;                      /* says BEGUN before each task; else only when careful */
	bool mute;                          /* answers PING, but neither works nor gives back */
	double (*value)(uint64_t task, bool serial);
	uint64_t (*length)(struct fake *f, uint64_t task); /* ns; NULL: about task_ns */
	bool (*poison)(uint64_t task);                     /* whoever begins it dies */
	bool (*fails)(struct fake *f, uint64_t task);      /* with the sentence "task N fails" */
	void (*on_grant)(struct fake *f, struct fake_worker *w, struct grant_range r);
	void (*on_start)(struct fake *f, struct fake_worker *w);
};

struct fake_worker {
	uint32_t slot, generation;
	uint64_t pid;
	struct link link; /* the worker's end */
	bool set_up, ready, stopping, deaf, never_ready, running, said_bye, called_back;
	uint64_t ready_at, ends_at, begun_at, kill_at; /* kill_at 0: none */
	struct fake_held *held;                        /* owned; held[0] is the next one (or the running one) */
	size_t nheld, cap;
	uint64_t first; /* results not yet put into a frame */
	uint32_t n;
	bool failures;
	struct str values, times, status;
	uint64_t executed;
	enum lie lie; /* told at the next chance */
	bool dead, signaled;
	uint32_t code;
	uint64_t report_at;
};

struct fake {
	struct engine *e;
	uint64_t now, seed, rng;
	struct fake_rules rules;
	uint32_t cpus;
	/* agent */
	struct link agent;
	bool agent_open, agent_deaf, agent_fails;
	const char *agent_build; /* NULL: ours */
	uint32_t max_workers;
	uint64_t agents, sweeps, starts, refusals, deaths, kills, pings; /* so far; kills are orders */
	uint64_t started_at;                                             /* last start order */
	uint64_t sampled_at;
	struct fake_worker **workers;
	size_t nworkers, cap;
	uint64_t next_pid;
	/* client */
	struct link client;
	bool client_open;
	struct snapshot snap;
	struct str log;                                           /* a line for each event that is no tick */
	uint64_t told_done, told_failed, told_named, told_events; /* told_named: failures that came with a cause */
	uint8_t told_state;
	uint64_t *failed; /* owned: tasks that failed for good, in the order in which they went to the store */
	size_t nfailed, failed_cap;
	uint64_t harvested_at; /* begin of the last commit whose failures are in `failed` */
	bool end_told, farewell;
	uint64_t steps;
	uint64_t spins; /* turns in a row that asked for the next one at once, though nothing had come */
	uint64_t sent;  /* a sum that changes whenever something was sent to the engine */
};

/* A world with honest rules; plan with defaults for tests. */
void fake_init(struct fake *f, uint64_t seed);
void fake_plan(struct plan *p, const char *kind, uint64_t tasks, const char *chunk, uint32_t workers);
/* The engine for a plan (taken over) in a directory, or ":memory:". */
void fake_begin(struct fake *f, struct plan *p, const char *dir);
/* One turn of the engine, then everybody else, then the clock. */
void fake_step(struct fake *f);
/* Steps until cond(f) (NULL: the engine has finished); the test fails after `steps` steps. */
void fake_until(struct fake *f, bool (*cond)(struct fake *f), uint64_t steps);
/* Steps until the clock has gone on by ns, or the engine has finished. */
void fake_for(struct fake *f, uint64_t ns);
void fake_end(struct fake *f);

uint64_t fake_random(struct fake *f);
uint64_t fake_below(struct fake *f, uint64_t n);
bool fake_chance(struct fake *f, unsigned of_10000);
void fake_complain(struct fake *f, const char *file, int line, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6), noreturn));

void fake_command(struct fake *f, enum command_kind kind, uint64_t number, const char *text);
bool fake_said(struct fake *f, const char *text);
/* The client reads all there is, folds it, and checks each event. */
void fake_client(struct fake *f);

struct fake_worker *fake_worker_of(struct fake *f, uint32_t slot); /* alive, or NULL */
void fake_agent_step(struct fake *f);
void fake_agent_die(struct fake *f);
struct fake_worker *fake_worker_new(struct fake *f, uint32_t slot, uint32_t generation, int *engine_end);
void fake_worker_free(struct fake_worker *w);
void fake_worker_step(struct fake *f, struct fake_worker *w);
/* Ends its process: what is not yet sent is lost, or half of it. */
void fake_worker_die(struct fake *f, struct fake_worker *w, bool signaled, uint32_t code);
/* When it has something to do next, UINT64_MAX never by itself. */
uint64_t fake_worker_due(const struct fake_worker *w, uint64_t now);

double fake_value(uint64_t task, bool serial);
/* What the run must come to: all tasks but `failed` are done, exactly once. */
void fake_check_sums(struct fake *f, uint64_t tasks);

#endif
