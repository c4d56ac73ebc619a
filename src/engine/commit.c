/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches to the store and what follows from a commit: only now are its claims true. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/turn.h"

#define STORE_RETRY_NS NS_PER_S
#define STORE_TRIES 3 /* of a run that is ending; else it waits for space as long as it takes */

bool engine_holds_back(const struct engine *e)
{
	if (e->store_lost) /* it will never be less */
		return false;
	size_t n = store_batch_bytes(e->batch);
	if (e->commit)
		n += store_batch_bytes(e->commit);
	return n > UNCOMMITTED_MAX;
}

bool all_committed(const struct engine *e)
{
	return !e->commit && store_batch_empty(e->batch) && e->filling.done + e->filling.failed == 0;
}

bool all_results_committed(const struct engine *e)
{
	return !e->commit && e->filling.done + e->filling.failed == 0 && e->batch->nchunks == 0;
}

/* Results and events wait together; claims are made when the batch is closed. */
static bool something_waits(const struct engine *e)
{
	return !store_batch_empty(e->batch) || e->filling.done + e->filling.failed > 0;
}

uint64_t commit_due(const struct engine *e)
{
	if (e->store_failed)
		return e->store_lost ? UINT64_MAX : e->store_again_at;
	if (!e->store_open || e->commit || !something_waits(e))
		return UINT64_MAX;
	return e->commit_began_at + COMMIT_NS;
}

static bool at_the_end(const struct engine *e)
{
	return e->state == RUN_ENDING || run_state_is_end(e->state) ||
	       (e->queue.depth == 0 && e->held == 0 && e->state == RUN_RUNNING);
}

void commit_if_due(struct engine *e)
{
	if (e->store_failed || !e->store_open || e->commit || !something_waits(e))
		return;
	if (e->now < e->commit_began_at + COMMIT_NS && !at_the_end(e))
		return;
	emit_claims(e);
	e->committing = e->filling;
	e->filling = (struct tally){ 0 };
	e->commit = e->batch;
	e->batch = e->batch == &e->batches[0] ? &e->batches[1] : &e->batches[0];
	e->commit_began_at = e->now;
	store_submit(e->store, e->commit);
}

static void committed(struct engine *e)
{
	struct str *claims = &e->claims[e->commit - e->batches];
	tally_merge(&e->committed, &e->committing);
	e->committing = (struct tally){ 0 };
	if (claims->n)
		clients_send_claims(e, (struct slice){ claims->p, claims->n });
	str_clear(claims);
	store_batch_clear(e->commit);
	e->commit = NULL;
	e->tick_dirty = true;
	if (e->store_failures > 0) {
		emit_note(e, 0, "the store can be written again: the run goes on");
		e->store_failures = 0;
		run_pause(e, false, "store");
	}
}

/* Nothing is lost: the batch stays and is tried again. Meanwhile no further work is given out. */
static void store_trouble(struct engine *e, const struct err *err)
{
	log_debug("%s", err->msg);
	e->store_failed = true;
	e->store_again_at = e->now + STORE_RETRY_NS;
	e->store_failures++;
	bool hopeless = e->state == RUN_ENDING || run_state_is_end(e->state) || e->stop_step > 0;
	if (!e->store_open || (hopeless && e->store_failures >= STORE_TRIES)) {
		/* A run without a store has nothing to lose yet, and waiting helps only against a full disk. */
		e->store_lost = true;
		run_fail(e, 3, "%s", err->msg);
	} else if (e->store_failures == 1) {
		emit_note(e, 2, "%s. Paused until it can be written; make room, or stop", err->msg);
		run_pause(e, true, "store");
	}
}

void absorb_store(struct engine *e)
{
	struct err err = { "" };
	switch (store_poll(e->store, &err)) {
	case STORE_NOTHING:
		break;
	case STORE_OPENED:
		e->store_open = true;
		if (e->store_failures > 0) {
			e->store_failures = 0;
			run_pause(e, false, "store");
		}
		break;
	case STORE_COMMITTED:
		committed(e);
		break;
	case STORE_FAILED:
		store_trouble(e, &err);
		break;
	}
	if (!e->store_failed || e->now < e->store_again_at || e->store_lost)
		return;
	e->store_failed = false;
	if (!e->store_open)
		store_retry(e->store);
	else if (e->commit)
		store_submit(e->store, e->commit);
}
