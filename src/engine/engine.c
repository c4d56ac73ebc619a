/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's making and its turn. */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "engine/turn.h"

#define HOUSEKEEPING_NS NS_PER_S /* CPUs, pings and limits are looked at this often when nothing else happens */

static void keep_facts(struct engine *e, const struct engine_setup *s)
{
	char wall[32], schema[8];
	snprintf(wall, sizeof(wall), "%llu", (unsigned long long)e->outside.wall(e->outside.arg));
	snprintf(schema, sizeof(schema), "%d", STORE_SCHEMA);
	const struct {
		const char *key, *value;
	} facts[] = {
		{ "schema", schema },
		{ "id", e->run_id },
		{ "name", e->plan.name },
		{ "origin", e->origin },
		{ "settings", s->settings ? s->settings : "" },
		{ "version", s->version },
		{ "build", s->build_id },
		{ "begun", wall },
		{ "state", "running" },
	};
	store_batch_fact(e->batch, "text", s->text.p, s->text.n);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		store_batch_fact(e->batch, facts[i].key, facts[i].value, strlen(facts[i].value));
}

static bool wants_baseline(const struct plan *p)
{
	return p->kind->pure && (p->baseline == BASELINE_MEASURE || p->for_ns > 0);
}

struct engine *engine_new(const struct engine_setup *s, struct err *err)
{
	struct engine *e = xcalloc(1, sizeof(*e));
	e->plan = *s->plan;
	plan_init(s->plan); /* ours now */
	e->outside = s->outside;
	e->loop = s->loop;
	str_copy(e->run_id, sizeof(e->run_id), s->run_id);
	str_copy(e->run_dir, sizeof(e->run_dir), s->run_dir);
	str_copy(e->origin, sizeof(e->origin), s->origin);
	str_copy(e->build_id, sizeof(e->build_id), s->build_id);
	e->begun_at = e->now = s->now;
	e->agent.link.fd = -1;
	e->chunk = e->plan.chunk;
	e->batch = &e->batches[0];
	char text[CAUSE_MAX];
	e->cpus = e->outside.usable_cpus(e->outside.arg, text, sizeof(text));
	e->cpus_read_at = e->now;
	e->auto_target = e->plan.workers == 0;
	e->target = e->auto_target ? e->cpus : e->plan.workers;
	e->base.wanted = wants_baseline(&e->plan);
	queue_init(&e->queue, e->plan.tasks);
	e->store = store_new(s->run_dir, e->plan.keep == KEEP_ALL, s->wake, s->wake_arg, err);
	if (!e->store) {
		engine_free(e);
		return NULL;
	}
	keep_facts(e, s);
	emit_run(e, s->version);
	struct event ev = { .type = EV_CPUS, .cpus = { .usable = e->cpus } };
	str_copy(ev.cpus.text, sizeof(ev.cpus.text), text);
	emit(e, &ev);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	store_free(e->store);
	for (uint32_t i = 0; i < e->nslots; i++)
		slot_free(e->slots[i]);
	free(e->slots);
	for (uint32_t i = 0; i < e->nclients; i++) {
		if (e->clients[i].peer.open)
			link_release(&e->clients[i].peer.link);
		late_release(&e->clients[i].late);
	}
	if (e->agent.open)
		link_release(&e->agent.link);
	for (int i = 0; i < 2; i++) {
		store_batch_release(&e->batches[i]);
		str_release(&e->claims[i]);
	}
	str_release(&e->scratch);
	queue_release(&e->queue);
	baseline_release(&e->base);
	plan_release(&e->plan);
	free(e);
}

/* Slots that clients show are sampled more often. */
static void tell_shown(struct engine *e)
{
	if (!e->shown_changed || !e->agent_ready)
		return;
	e->shown_changed = false;
	uint32_t first = UINT32_MAX, end = 0;
	for (uint32_t i = 0; i < e->nclients; i++) {
		const struct client *c = &e->clients[i];
		if (!c->peer.open || c->shown_count == 0)
			continue;
		first = c->shown_first < first ? c->shown_first : first;
		end = c->shown_first + c->shown_count > end ? c->shown_first + c->shown_count : end;
	}
	struct slots_shown m = { .first = first == UINT32_MAX ? 0 : first,
		.count = first == UINT32_MAX ? 0 : end - first };
	msg_put_slots_shown(&e->agent.link, &m);
}

static void flush_links(struct engine *e)
{
	struct err err;
	if (e->agent.open)
		link_flush(&e->agent.link, &err); /* its end is seen by reading */
	for (uint32_t i = 0; i < e->nslots; i++)
		if (e->slots[i]->peer.open && !e->slots[i]->peer.link.broken && link_unsent(&e->slots[i]->peer.link))
			link_flush(&e->slots[i]->peer.link, &err);
	clients_flush(e);
}

void engine_turn(struct engine *e, uint64_t now)
{
	e->now = now;
	absorb_agent(e);
	absorb_workers(e);
	absorb_clients(e);
	absorb_store(e);
	pool_read_cpus(e);
	advance(e);
	pool_reconcile(e);
	feed(e);
	tell_shown(e);
	tick_if_due(e);
	commit_if_due(e);
	flush_links(e);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t engine_due(const struct engine *e)
{
	uint64_t due = e->now + HOUSEKEEPING_NS;
	due = sooner(due, commit_due(e));
	if (e->tick_dirty)
		due = sooner(due, e->tick_at + TICK_NS);
	if (!e->agent.open && e->agent_again_at > e->now)
		due = sooner(due, e->agent_again_at);
	if (e->birth_until)
		due = sooner(due, e->birth_until);
	for (uint32_t i = 0; i < e->nslots; i++) {
		const struct slot *s = e->slots[i];
		if (s->shown_dirty)
			due = sooner(due, e->tick_at + TICK_NS);
		if (s->state == SLOT_IDLE && s->shown_busy)
			due = sooner(due, later(e->tick_at + TICK_NS, s->state_at + IDLE_SHOWN_NS));
		if (s->state == SLOT_EMPTY && s->start_again_at > e->now && i < e->target)
			due = sooner(due, s->start_again_at);
		if (s->link_ended && !s->exited)
			due = sooner(due, s->state_at + LINK_END_NS);
		if (s->exited && !e->workers_unread)
			return e->now;
	}
	return due;
}
