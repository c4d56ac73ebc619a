/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What engine, node agent, worker and client say to each other: one struct a message, one put and one get function
 * each. doc/protocol.md is the same in prose.
 *
 * get functions return 0, or -1 with *err when the payload is malformed (the link is then broken: its peer is ended
 * or dropped). Arrays and slices in a received message are borrowed from the frame. Slots count from 0; generations
 * from 1. */
#ifndef WIRE_MSG_H
#define WIRE_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/link.h"

#define PROTOCOL_VERSION 1

/* Largest payloads, bytes */
#define MAX_WORKER_PAYLOAD (1u << 20)
#define MAX_AGENT_PAYLOAD  (16u << 20)
#define MAX_CLIENT_PAYLOAD (80u << 20) /* a workload file of 64 MB and some */

enum msg_type {
	/* engine → agent */
	MSG_AGENT_SETUP = 1,
	MSG_SLOT_START,
	MSG_SLOT_SIGNAL,
	MSG_SLOTS_SHOWN,
	/* agent → engine */
	MSG_AGENT_READY = 16,
	MSG_SLOT_STARTED,  /* carries one descriptor: the engine's end of the worker's link */
	MSG_SLOT_REFUSED,
	MSG_SLOT_EXITED,
	MSG_SAMPLES,
	MSG_AGENT_NOTE,
	/* engine → worker */
	MSG_SETUP = 32,
	MSG_GRANT,
	MSG_RECALL,
	MSG_STOP,
	MSG_PING,          /* answered by MSG_PONG within 1 ms of task time: the worker is not stuck */
	/* worker → engine */
	MSG_READY = 48,
	MSG_SETUP_FAILED,
	MSG_BEGUN,
	MSG_PROGRESS,
	MSG_RESULTS,
	MSG_TASK_FAILED,
	MSG_RETURNED,
	MSG_BYE,
	MSG_PONG,
	/* client → engine */
	MSG_HELLO = 64,
	MSG_RUN,
	MSG_COMMAND,
	/* engine → client */
	MSG_WELCOME = 80,
	MSG_REFUSED,
	MSG_EVENTS,
	MSG_FAREWELL,
};

enum start_method_wire { WIRE_SPAWN = 0, WIRE_FORK = 1 };

/* Task numbers are below this. */
#define WIRE_TASKS_MAX (UINT64_C(1) << 48)
/* Most ranges that a worker holds; more granted is a broken protocol. */
#define WIRE_RANGES_MAX 65000 /* all of them fit one RETURNED */

/* How the worker and the agent leave, so that a death can be named. */
enum helper_exit {
	HELPER_EXIT_OK = 0,       /* stopped, or its link has ended */
	HELPER_EXIT_USAGE = 2,
	HELPER_EXIT_PROTOCOL = 76, /* a message was broken or unknown (EX_PROTOCOL of sysexits.h) */
	HELPER_EXIT_SETUP = 78,    /* the work could not be prepared, or another protocol or build (EX_CONFIG) */
};

/* ---- engine → agent ---- */

/* First message. `work` is the MSG_SETUP payload for the template of the fork start method. */
struct agent_setup {
	uint32_t protocol;
	char build_id[64];
	char run_id[64];       /* POOLTOP_RUN of every process below */
	uint64_t grace_ns;     /* between asking and killing */
	struct slice work;
};
struct slot_start {
	uint32_t slot, generation;
	uint8_t method; /* start_method_wire */
};
struct slot_signal {
	uint32_t slot, generation;
	uint32_t signo;
};
/* Slots first..first+count-1 are sampled 4 times a second, the others once. */
struct slots_shown {
	uint32_t first, count;
};

/* ---- agent → engine ---- */
struct agent_ready {
	uint32_t protocol;
	char build_id[64];
	uint64_t pid;
	uint32_t max_workers; /* what descriptors allow */
};
struct slot_started {
	uint32_t slot, generation;
	uint64_t pid;
};
struct slot_refused { /* the start failed; no process exists */
	uint32_t slot, generation;
	char why[256];
};
/* The process is reaped, and its leftovers too. */
struct slot_exited {
	uint32_t slot, generation;
	uint8_t signaled;
	uint32_t code;         /* exit code, or signal */
	uint64_t cpu_ns;
	uint64_t max_rss;      /* bytes */
	uint32_t leftovers;    /* orphans ended with it */
};
struct sample_row {
	uint32_t slot, generation;
	uint64_t cpu_ns;       /* since the process began */
	uint64_t wait_ns;      /* ready without a CPU, since it began */
	uint64_t rss;          /* bytes */
};
struct samples {
	uint64_t at;           /* clock_now of the agent, ns */
	uint32_t n;
	struct slice rows;     /* n packed rows of 32 bytes; samples_row() reads row i */
};
struct agent_note { /* a line for the log */
	char text[512];
};

/* ---- engine → worker ---- */
/* MSG_SETUP's payload is made by work_spec_pack (plan/plan.h); it is opaque here. */

/* Tasks first..first+count-1, in leases of `chunk` tasks each (the last one may be shorter). Inputs, when the work
 * has axes, follow as count rows packed by plan_input_pack, in task order, in `inputs`. chunk 0 means carefully,
 * because a worker died in one of these tasks: leases of one task, each announced by MSG_BEGUN before it runs and its
 * result sent at once. */
struct grant_range {
	uint64_t first;
	uint32_t count;
	uint32_t chunk;
};
struct grant {
	uint32_t n;            /* ranges */
	struct slice ranges;   /* n × 16 bytes; range_at() reads one */
	struct slice inputs;
};
/* MSG_RECALL, MSG_STOP, MSG_PING and MSG_PONG have no payload. RECALL: give back every task not yet begun, go on with
 * the present one. STOP: the same, then MSG_BYE and exit 0. End of file is the hard form of STOP: leave at once. */

/* ---- worker → engine ---- */
struct worker_ready {
	uint32_t protocol;
	char build_id[64];
	uint64_t pid;
	char simd[8];          /* kernel level: "v1", "v3", "v4", "" */
};
struct setup_failed {
	char why[512];
};
/* Sent before a task that is expected to take 5 ms or more (or when no task time is known yet). */
struct begun {
	uint64_t task;
};
struct progress {
	uint64_t task;
	uint64_t done, of;
};
/* Results of `count` tasks in the order they were granted: the tasks are the head of what the slot holds. Tasks that
 * failed stand in the row with status TASK_FAILED; their sentence came before in MSG_TASK_FAILED. */
enum { RESULT_HAS_STATUS = 1 };
#define RESULTS_MAX 2048 /* results that a worker gathers at most before it sends them */
struct results {
	uint32_t generation;
	uint8_t flags;
	uint64_t first;        /* first task number, for checking */
	uint32_t count;
	uint64_t cpu_ns;       /* CPU time the worker used for these tasks */
	uint64_t begun_at;     /* clock_now when the first began */
	uint64_t ended_at;     /* clock_now when the last ended */
	struct slice status;   /* count bytes, only with RESULT_HAS_STATUS: 0 done, 1 failed */
	struct slice values;   /* count × f64 LE; may be unaligned */
	/* count × u32 LE, ns each. UINT32_MAX is 4.29 s or more: such a task has a frame of its own, and its time is
	 * ended_at − begun_at. */
	struct slice times;
};
struct task_failed {
	uint64_t task;
	char why[512];
};
/* The tail of what the slot held, as ranges (chunk as granted). Sent once for each RECALL or STOP, also when empty. */
struct returned {
	uint32_t n;
	struct slice ranges;
};
struct bye {
	uint64_t tasks;        /* executed in all */
};

/* ---- client ⇄ engine ---- */
struct hello {
	uint32_t protocol;
	char build_id[64];
};
/* Start a run: the workload's text and the settings on top of it, in order. settings: nsettings × (key z, value z,
 * place z), read with get_zdup in turn; place is the option's name, for messages. */
struct run_request {
	char origin[1024];     /* path or name, for messages */
	struct slice text;
	uint32_t nsettings;
	struct slice settings;
	char run_dir[1024];    /* "" = a fresh one below the state directory */
};
enum command_kind {
	COMMAND_WORKERS = 1, /* number: target 0..1024; UINT64_MAX = auto */
	COMMAND_CHUNK,       /* text: "guided", "64", … */
	COMMAND_PAUSE,
	COMMAND_RESUME,
	COMMAND_STOP,        /* number: 1 drain, 2 end, 3 kill */
	COMMAND_KILL_SLOT,   /* number: slot */
	COMMAND_BASELINE,    /* measure again */
	COMMAND_SHOWN,       /* number: first slot shown, number2: how many */
};
struct command {
	uint8_t kind;
	uint64_t number, number2;
	char text[64];
};
struct welcome {
	uint32_t protocol;
	char build_id[64];
	char run_id[64];
	char run_dir[1024];
};
/* Why nothing was started; status is the exit status to leave with. Lines are separated by newlines. */
struct refused {
	uint32_t status;
	struct slice text;
};
/* MSG_EVENTS: u64 number of the first event, then events packed by event_pack (model/event.h). */
struct farewell {
	uint32_t status;       /* the run's exit status */
};

/* put: packs and puts the frame. get: from a frame's payload. */
#define MSG_DECLARE(name, type) \
	void msg_put_##name(struct link *l, const struct type *m); \
	int msg_get_##name(struct slice payload, struct type *m, struct err *err)

MSG_DECLARE(agent_setup, agent_setup);
MSG_DECLARE(slot_start, slot_start);
MSG_DECLARE(slot_signal, slot_signal);
MSG_DECLARE(slots_shown, slots_shown);
MSG_DECLARE(agent_ready, agent_ready);
MSG_DECLARE(slot_started, slot_started);
MSG_DECLARE(slot_refused, slot_refused);
MSG_DECLARE(slot_exited, slot_exited);
MSG_DECLARE(samples, samples);
MSG_DECLARE(agent_note, agent_note);
MSG_DECLARE(grant, grant);
MSG_DECLARE(worker_ready, worker_ready);
MSG_DECLARE(setup_failed, setup_failed);
MSG_DECLARE(begun, begun);
MSG_DECLARE(progress, progress);
MSG_DECLARE(results, results);
MSG_DECLARE(task_failed, task_failed);
MSG_DECLARE(returned, returned);
MSG_DECLARE(bye, bye);
MSG_DECLARE(hello, hello);
MSG_DECLARE(run_request, run_request);
MSG_DECLARE(command, command);
MSG_DECLARE(welcome, welcome);
MSG_DECLARE(refused, refused);
MSG_DECLARE(farewell, farewell);

void msg_put_empty(struct link *l, enum msg_type type); /* RECALL, STOP, PING, PONG */

void range_pack(struct str *s, struct grant_range r);            /* 16 bytes */
/* Range i of a message that msg_get_ accepted: count is at least 1, the end within WIRE_TASKS_MAX. */
struct grant_range range_at(struct slice ranges, uint32_t i);
void sample_row_pack(struct str *s, const struct sample_row *r); /* 32 bytes */
struct sample_row sample_row_at(struct slice rows, uint32_t i);

/* "GRANT" for MSG_GRANT, for logs. */
const char *msg_name(unsigned type);

#endif
