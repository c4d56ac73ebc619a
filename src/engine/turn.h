/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of one engine turn, each in a file of its own. Only engine.c calls the absorb … commit functions, in
 * that order. */
#ifndef ENGINE_TURN_H
#define ENGINE_TURN_H

#include "engine/engine.h"

#define READ_BUDGET (256u << 10)    /* bytes read from one peer a turn */
#define UNCOMMITTED_MAX (64u << 20) /* bytes waiting for the store; above it workers are not read */
#define COMMIT_NS (30 * NS_PER_MS)  /* from one commit's begin to the next */
#define TICK_NS (100 * NS_PER_MS)
#define IDLE_SHOWN_NS (100 * NS_PER_MS) /* a shorter idle time between two leases is not worth a word */
#define LINK_END_NS                                                                                                    \
	(200 * NS_PER_MS)         /* from the end of a worker's link to the report of its death: it tells the cause */
#define KILL_NS (300 * NS_PER_MS) /* from the third step of stopping to the end of an agent that does nothing */
#define GRACE_NS (2 * NS_PER_S)   /* between asking and killing */
#define START_LIMIT_NS (10 * NS_PER_S) /* from start order to READY */
#define PING_AFTER_NS (3 * NS_PER_S)
#define PING_LIMIT_NS (10 * NS_PER_S)
#define AGENT_LIMIT_NS (10 * NS_PER_S) /* it speaks at least once a second while a worker lives */
#define DEATHS_MAX 3
#define START_FAILURES_MAX 10

/* agent.c */
void absorb_agent(struct engine *e);
void agent_lost(struct engine *e, const char *why);
void agent_keep_up(struct engine *e); /* starts it, again after its death; ends one that is deaf */
/* absorb.c */
void absorb_workers(struct engine *e);
/* client.c */
void absorb_clients(struct engine *e);
void clients_send(struct engine *e, struct slice packed, bool droppable);
void clients_send_claims(struct engine *e, struct slice packed);
void clients_flush(struct engine *e);
/* commit.c */
void absorb_store(struct engine *e);
void commit_if_due(struct engine *e);
uint64_t commit_due(const struct engine *e);
bool all_committed(const struct engine *e);         /* nothing waits, nothing is under way */
bool all_results_committed(const struct engine *e); /* no result waits or is under way */

/* advance.c */
void advance(struct engine *e);
void run_set_state(struct engine *e, enum run_state to, const char *reason);
void run_fail(struct engine *e, uint32_t status, const char *fmt, ...) PRINTF(3, 4);
void run_pause(struct engine *e, bool on, const char *by);
void run_measure(struct engine *e);
bool run_feeds(const struct engine *e); /* tasks may be given to workers */
/* pool.c */
void pool_reconcile(struct engine *e);
void pool_set_target(struct engine *e, uint32_t target, bool automatic, const char *by);
void pool_read_cpus(struct engine *e);
struct slot *pool_slot(struct engine *e, uint32_t no, uint32_t generation); /* NULL: not that generation any more */
void slot_show(struct engine *e, struct slot *s);
/* Ends a worker with SIGKILL. by_order: not its task's fault. */
void slot_condemn(struct engine *e, struct slot *s, bool by_order, const char *fmt, ...) PRINTF(4, 5);
/* Its link has ended: most likely it has died by itself. If not, it is ended. */
void slot_link_ended(struct engine *e, struct slot *s);
void slot_ask_to_leave(struct engine *e, struct slot *s);
void slot_recall(struct engine *e, struct slot *s);
void recall_all(struct engine *e);
bool pool_is_idle(const struct engine *e); /* no slot holds a task */
uint32_t pool_live(const struct engine *e);
void slot_start_failed(struct engine *e, struct slot *s, const char *why);
void slot_refused_start(struct engine *e, struct slot *s, const char *why);
/* bury.c */
void slot_bury(struct engine *e, struct slot *s);
void task_failed(struct engine *e, struct slot *s, struct span task, const char *why);
/* feed.c */
void feed(struct engine *e);
/* emit.c */
void emit(struct engine *e, struct event *ev);
void emit_note(struct engine *e, unsigned level, const char *fmt, ...) PRINTF(3, 4);
void emit_baseline(struct engine *e, enum baseline_phase phase, const char *text);
void emit_run(struct engine *e, const char *version);
/* tick.c */
void tick_if_due(struct engine *e);
void tick(struct engine *e); /* now: before a change of state, so that its counts are true */
/* claims.c */
void emit_claims(struct engine *e); /* DONE and FAIL of the batch that is about to be committed */

#endif
