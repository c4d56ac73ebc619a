/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients: commands in, events out. The pool never waits for one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/log.h"
#include "engine/turn.h"

#define SLOW_AT (256u << 10) /* unsent bytes: a client that is slow gets no ticks, and DONE events as one sum later … */
#define CLIENT_LOST_AT (64u << 20) /* … and in the end loses its connection */

static uint64_t events_in(struct slice packed)
{
	struct reader r = reader_of(packed);
	struct event ev;
	struct err err;
	uint64_t n = 0;
	for (; r.left > 0; n++)
		BUG_ON(event_unpack(&r, &ev, &err) < 0);
	return n;
}

/* Events are numbered in the order in which this client gets them. */
static void client_send(struct client *c, struct slice packed)
{
	struct str *out = link_begin(&c->peer.link, MSG_EVENTS);
	pack_u64(out, c->next_event);
	str_add(out, packed.p, packed.n);
	link_end(&c->peer.link);
	c->next_event += events_in(packed);
}

struct client *engine_add_client(struct engine *e, struct link link, bool owner)
{
	BUG_ON(e->nclients == CLIENTS_MAX);
	struct client *c = &e->clients[e->nclients++];
	*c = (struct client){ .peer = { .link = link, .open = true }, .owner = owner, .shown_count = 64 };
	/* The first client comes before the first commit: what was said until now is all in the open batch. */
	BUG_ON(e->commit || e->batch->event_first > 0);
	client_send(c, (struct slice){ e->batch->events.p, e->batch->events.n });
	return c;
}

static bool is_slow(const struct client *c)
{
	return link_unsent(&c->peer.link) > SLOW_AT;
}

void clients_send(struct engine *e, struct slice packed, bool droppable)
{
	for (uint32_t i = 0; i < e->nclients; i++) {
		struct client *c = &e->clients[i];
		if (c->peer.open && !(droppable && is_slow(c)))
			client_send(c, packed);
	}
}

/* Everything missed, before what comes next. */
static void client_catch_up(struct client *c)
{
	struct str sum = STR_INIT;
	late_take(&c->late, &sum);
	if (sum.n)
		client_send(c, (struct slice){ sum.p, sum.n });
	str_release(&sum);
}

/* A client that does not read gets the sum of all DONE events later, the other claims in their order. */
static void client_claims_late(struct client *c, struct slice packed)
{
	struct reader r = reader_of(packed);
	struct err err;
	while (r.left > 0) {
		struct event ev;
		struct slice one = { r.p, r.left };
		BUG_ON(event_unpack(&r, &ev, &err) < 0);
		one.n -= r.left;
		if (ev.type == EV_DONE) {
			late_add(&c->late, &ev);
		} else {
			if (ev.type == EV_END)
				client_catch_up(c);
			client_send(c, one);
		}
	}
}

void clients_send_claims(struct engine *e, struct slice packed)
{
	for (uint32_t i = 0; i < e->nclients; i++) {
		struct client *c = &e->clients[i];
		if (!c->peer.open)
			continue;
		if (is_slow(c) || c->late.any)
			client_claims_late(c, packed);
		else
			client_send(c, packed);
	}
}

static void client_lost(struct engine *e, struct client *c, const char *why)
{
	log_debug("client lost: %s", why);
	if (e->loop)
		loop_unwatch(e->loop, &c->peer.watch);
	link_release(&c->peer.link);
	late_release(&c->late);
	c->peer.open = false;
	if (c->owner)
		engine_stop(e, 3, "its terminal has gone");
}

void clients_flush(struct engine *e)
{
	struct err err;
	for (uint32_t i = 0; i < e->nclients; i++) {
		struct client *c = &e->clients[i];
		if (!c->peer.open)
			continue;
		if (link_unsent(&c->peer.link) == 0)
			client_catch_up(c);
		if (link_flush(&c->peer.link, &err) < 0)
			client_lost(e, c, "it closed its link");
		else if (link_unsent(&c->peer.link) > CLIENT_LOST_AT)
			client_lost(e, c, "it did not read for too long");
	}
}

static void clients_farewell(struct engine *e)
{
	struct farewell m = { .status = e->exit_status };
	for (uint32_t i = 0; i < e->nclients; i++)
		if (e->clients[i].peer.open)
			msg_put_farewell(&e->clients[i].peer.link, &m);
}

/* Has somebody not got everything? The owner is waited for as long as it lives (it may be suspended), the others
 * for a while. */
static bool clients_wait(struct engine *e, bool others)
{
	bool wait = false;
	for (uint32_t i = 0; i < e->nclients; i++) {
		struct client *c = &e->clients[i];
		if (!c->peer.open || !link_unsent(&c->peer.link) || !(c->owner || others))
			continue;
		loop_events(e->loop, &c->peer.watch, LOOP_OUT);
		wait = true;
	}
	return wait;
}

void engine_farewell(struct engine *e, uint64_t wait_ns)
{
	store_free(e->store);
	e->store = NULL;
	for (uint32_t i = 0; i < e->nclients; i++)
		if (e->clients[i].peer.open)
			client_catch_up(&e->clients[i]);
	clients_farewell(e);
	clients_flush(e);
	uint64_t until = clock_now() + wait_ns;
	struct err err;
	while (clients_wait(e, clock_now() < until)) {
		if (loop_turn(e->loop, NS_PER_S, &err) < 0)
			return;
		clients_flush(e);
	}
}

/* ---- commands ---- */

static void set_chunk(struct engine *e, const char *text)
{
	struct chunk c;
	struct err err = { "" };
	if (chunk_parse(text, &c, &err) < 0) {
		emit_note(e, 1, "chunk: %s", err.msg);
		return;
	}
	if (c.rule == e->chunk.rule && c.size == e->chunk.size)
		return;
	e->chunk = c;
	e->chunk_changed = true;
	struct event ev = { .type = EV_CHUNK, .chunk = { .by = "key or command" } };
	struct str s = STR_INIT;
	chunk_print(&s, &c);
	str_copy(ev.chunk.chunk, sizeof(ev.chunk.chunk), str_z(&s));
	str_release(&s);
	emit(e, &ev);
	e->tick_dirty = true;
}

static void set_workers(struct engine *e, uint64_t n)
{
	if (n == UINT64_MAX)
		pool_set_target(e, e->cpus, true, "key or command");
	else
		pool_set_target(e, n < WORKERS_MAX ? (uint32_t)n : WORKERS_MAX, false, "key or command");
}

static void end_slot(struct engine *e, uint64_t no)
{
	if (no < e->nslots)
		slot_condemn(e, e->slots[no], true, "ended by key or command");
}

static void obey(struct engine *e, struct client *client, const struct command *c)
{
	log_debug("command %u %" PRIu64 " %s", c->kind, c->number, c->text);
	switch (c->kind) {
	case COMMAND_WORKERS:
		set_workers(e, c->number);
		break;
	case COMMAND_CHUNK:
		set_chunk(e, c->text);
		break;
	case COMMAND_PAUSE:
		run_pause(e, true, "key or command");
		break;
	case COMMAND_RESUME:
		run_pause(e, false, "key or command");
		break;
	case COMMAND_STOP:
		engine_stop(e,
			c->number < 1   ? 1
			: c->number > 3 ? 3
					: (unsigned)c->number,
			"stopped by key or command");
		break;
	case COMMAND_KILL_SLOT:
		end_slot(e, c->number);
		break;
	case COMMAND_BASELINE:
		run_measure(e);
		break;
	case COMMAND_SHOWN:
		client->shown_first = c->number < WORKERS_MAX ? (uint32_t)c->number : WORKERS_MAX;
		client->shown_count = c->number2 < WORKERS_MAX ? (uint32_t)c->number2 : WORKERS_MAX;
		e->tick_dirty = e->shown_changed = true;
		break;
	default:
		emit_note(e, 1, "a client sent an unknown command (%u): it is ignored", c->kind);
	}
}

static void absorb_client(struct engine *e, struct client *c)
{
	struct err err = { "it closed its link" };
	struct frame f;
	long n = link_read(&c->peer.link, READ_BUDGET, &err);
	int rc;
	while ((rc = link_next(&c->peer.link, &f, &err)) == 1) {
		struct command m;
		if (f.type != MSG_COMMAND || msg_get_command(f.payload, &m, &err) < 0) {
			rc = -1;
			break;
		}
		obey(e, c, &m);
	}
	if (n < 0 || rc < 0)
		client_lost(e, c, err.msg);
}

void absorb_clients(struct engine *e)
{
	for (uint32_t i = 0; i < e->nclients; i++) {
		struct client *c = &e->clients[i];
		if (!c->peer.open || (e->loop && !c->peer.ready))
			continue;
		c->peer.ready = false;
		absorb_client(e, c);
	}
}
