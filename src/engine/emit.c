/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one way an event leaves the engine: into the store's batch, and to clients: at once, or for claims after the
 * commit. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/turn.h"

/* Ticks are stored once a second, everything else always. */
static bool is_stored(struct engine *e, const struct event *ev)
{
	if (ev->type != EV_TICK)
		return true;
	if (e->tick_stored_at && e->now - e->tick_stored_at < NS_PER_S)
		return false;
	e->tick_stored_at = e->now;
	return true;
}

void emit(struct engine *e, struct event *ev)
{
	ev->at = e->now - e->begun_at;
	str_clear(&e->scratch);
	event_pack(&e->scratch, ev);
	struct slice packed = { e->scratch.p, e->scratch.n };
	if (is_stored(e, ev)) {
		if (e->batch->event_count == 0)
			e->batch->event_first = e->next_event;
		e->batch->event_count++;
		str_add(&e->batch->events, packed.p, packed.n);
		e->next_event++;
	}
	if (event_is_claim(ev->type))
		str_add(&e->claims[e->batch - e->batches], packed.p, packed.n);
	else
		clients_send(e, packed, ev->type == EV_TICK);
}

void emit_note(struct engine *e, unsigned level, const char *fmt, ...)
{
	struct event ev = { .type = EV_NOTE, .note = { .level = (uint8_t)level } };
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(ev.note.text, sizeof(ev.note.text), fmt, ap);
	va_end(ap);
	log_debug("note: %s", ev.note.text);
	emit(e, &ev);
}

void emit_baseline(struct engine *e, enum baseline_phase phase, const char *text)
{
	const struct baseline *b = &e->base;
	struct event ev = { .type = EV_BASELINE };
	struct ev_baseline *o = &ev.baseline;
	o->phase = (uint8_t)phase;
	str_copy(o->text, sizeof(o->text), text ? text : "");
	if (b->executed > 0) {
		double n = (double)e->plan.tasks;
		o->executed = b->executed;
		o->mean_ns = b->mean;
		o->se_ns = baseline_se(b);
		o->elapsed_ns = b->mean * (double)b->executed;
		o->t1_ns = n * b->mean;
		o->t1_half = b->executed > 1 ? 1.96 * n * o->se_ns : NAN;
	}
	emit(e, &ev);
}

void emit_run(struct engine *e, const char *version)
{
	struct event ev = { .type = EV_RUN };
	struct ev_run *r = &ev.run;
	const struct plan *p = &e->plan;
	struct str s = STR_INIT;
	str_copy(r->run_id, sizeof(r->run_id), e->run_id);
	str_copy(r->name, sizeof(r->name), p->name);
	plan_title(&s, p, p->tasks);
	str_copy(r->title, sizeof(r->title), str_z(&s));
	str_clear(&s);
	chunk_print(&s, &e->chunk);
	str_copy(r->chunk, sizeof(r->chunk), str_z(&s));
	str_release(&s);
	str_copy(r->kind, sizeof(r->kind), p->kind->name);
	str_copy(r->method, sizeof(r->method), p->kind->method(p->values));
	str_copy(r->start, sizeof(r->start), start_method_names[p->start]);
	str_copy(r->version, sizeof(r->version), version);
	if (gethostname(r->host, sizeof(r->host) - 1) != 0)
		str_copy(r->host, sizeof(r->host), "unknown");
	r->tasks = p->tasks;
	r->seed = p->seed;
	r->wall_ns = e->outside.wall(e->outside.arg);
	r->mono_ns = e->begun_at;
	r->workers = e->target;
	r->cpus = e->cpus;
	r->baseline = (uint8_t)p->baseline;
	r->pure = p->kind->pure;
	r->has_result = p->kind->has_result;
	r->waits = p->kind->waits;
	emit(e, &ev);
}
