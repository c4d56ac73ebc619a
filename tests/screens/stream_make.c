/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes events one by one, with the counts an engine would have kept. */
#include "tests/screens/stream_make.h"

#include <math.h>
#include <string.h>

#include "base/die.h"

static void put(struct maker *m, struct event *e)
{
	e->at = m->at;
	event_pack(m->out, e);
}

void make_init(struct maker *m, struct str *out)
{
	memset(m, 0, sizeof *m);
	m->out = out;
	m->result.mean = m->result.half = m->result.sd = NAN;
}

void make_run(struct maker *m, struct ev_run run)
{
	struct event e = { .type = EV_RUN, .run = run };

	str_copy(e.run.run_id, sizeof e.run.run_id, "20261121-1402-k7");
	str_copy(e.run.host, sizeof e.run.host, "lecture");
	str_copy(e.run.version, sizeof e.run.version, "0.1.0");
	e.run.wall_ns = STREAM_WALL_NS;
	e.run.mono_ns = make_s(1000);
	m->tasks = m->waiting = run.tasks;
	put(m, &e);
}

void make_state(struct maker *m, enum run_state state, const char *reason)
{
	struct event e = { .type = EV_STATE, .state = { .state = (uint8_t)state } };

	str_copy(e.state.reason, sizeof e.state.reason, reason);
	put(m, &e);
}

void make_target(struct maker *m, uint32_t from, uint32_t to, const char *by)
{
	struct event e = { .type = EV_TARGET, .target = { .from = from, .to = to } };

	str_copy(e.target.by, sizeof e.target.by, by);
	put(m, &e);
}

static void say_slot(struct maker *m, uint32_t slot, uint64_t ready)
{
	struct make_slot *s = &m->slots[slot];
	struct event e = { .type = EV_SLOT,
		.slot = { .slot = slot,
			.generation = s->generation,
			.state = s->state,
			.pid = s->pid,
			.ready_ns = ready } };

	put(m, &e);
}

void make_order(struct maker *m, uint32_t slot)
{
	BUG_ON(slot >= MAKE_SLOTS);
	if (slot >= m->nslots)
		m->nslots = slot + 1;
	m->slots[slot].generation++;
	m->slots[slot].pid = 0;
	m->slots[slot].state = SLOT_STARTING;
	say_slot(m, slot, 0);
}

void make_ready(struct maker *m, uint32_t slot, uint64_t pid, uint64_t ready)
{
	m->slots[slot].pid = pid;
	m->slots[slot].state = SLOT_IDLE;
	m->slots[slot].row = (struct tick_row){ .slot = (uint16_t)slot };
	m->slots[slot].shown = true;
	say_slot(m, slot, ready);
	make_slot_state(m, slot, SLOT_BUSY);
}

void make_slot_state(struct maker *m, uint32_t slot, enum slot_state state)
{
	m->slots[slot].state = (uint8_t)state;
	if (state == SLOT_EMPTY) {
		m->slots[slot].pid = 0;
		m->slots[slot].shown = false;
	}
	say_slot(m, slot, 0);
}

void make_death(struct maker *m, uint32_t slot, const char *cause, uint64_t given_back)
{
	struct make_slot *s = &m->slots[slot];
	struct event e = { .type = EV_DEATH, .death = { .slot = slot, .generation = s->generation, .pid = s->pid } };

	e.death.given_back = given_back;
	str_copy(e.death.cause, sizeof e.death.cause, cause);
	put(m, &e);
	m->waiting += given_back;
	s->pid = 0;
	s->shown = false;
	make_slot_state(m, slot, SLOT_LOST);
}

void make_baseline(struct maker *m, enum baseline_phase phase, uint64_t executed, double mean_ns, double se_ns)
{
	struct event e = { .type = EV_BASELINE, .baseline = { .phase = (uint8_t)phase, .executed = executed } };
	struct ev_baseline *b = &e.baseline;

	b->mean_ns = mean_ns;
	b->se_ns = se_ns;
	b->elapsed_ns = (double)executed * mean_ns;
	b->t1_ns = (double)m->tasks * mean_ns;
	b->t1_half = 1.96 * (double)m->tasks * se_ns;
	put(m, &e);
}

void make_done(struct maker *m, const uint64_t *done, const uint64_t *failed, uint32_t n, double task_ns)
{
	struct event e = { .type = EV_DONE, .done = m->result };
	struct str rows = STR_INIT;
	uint64_t fresh = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct make_slot *s = &m->slots[i];
		struct done_row r = {
			.slot = (uint16_t)i, .done = done[i] - s->done, .failed = failed ? failed[i] - s->failed : 0
		};

		BUG_ON(done[i] < s->done);
		if (!r.done && !r.failed)
			continue;
		r.busy_ns = (uint64_t)((double)(r.done + r.failed) * task_ns);
		done_row_pack(&rows, &r);
		e.done.nrows++;
		s->done += r.done;
		s->failed += r.failed;
		fresh += r.done + r.failed;
		m->done += r.done;
		m->failed += r.failed;
	}
	e.done.last_ns = m->at;
	/* for each result another task is handed out, as long as there are some */
	m->waiting -= m->waiting < fresh ? m->waiting : fresh;
	e.done.waiting = m->waiting;
	e.done.rows = (struct slice){ rows.p, rows.n };
	put(m, &e);
	str_release(&rows);
}

void make_fail(struct maker *m, uint64_t count, uint64_t task, uint32_t slot, const char *cause)
{
	struct event e = { .type = EV_FAIL, .fail = { .count = count, .task = task, .slot = slot } };

	str_copy(e.fail.cause, sizeof e.fail.cause, cause);
	put(m, &e);
}

void make_note(struct maker *m, unsigned level, const char *text)
{
	struct event e = { .type = EV_NOTE, .note = { .level = (uint8_t)level } };

	str_copy(e.note.text, sizeof e.note.text, text);
	put(m, &e);
}

void make_tick(struct maker *m)
{
	struct event e = { .type = EV_TICK, .tick = m->tick };
	struct str rows = STR_INIT;

	e.tick.waiting = m->waiting;
	for (uint32_t i = 0; i < m->nslots; i++) {
		e.tick.active += m->slots[i].pid != 0;
		if (!m->slots[i].shown)
			continue;
		m->slots[i].row.slot = (uint16_t)i;
		tick_row_pack(&rows, &m->slots[i].row);
		e.tick.rss_kib += m->slots[i].row.rss_kib;
		e.tick.n++;
	}
	e.tick.rows = (struct slice){ rows.p, rows.n };
	put(m, &e);
	str_release(&rows);
}

void make_end(struct maker *m, enum run_state state, uint32_t status, uint64_t parallel, const char *fingerprint)
{
	struct event e = { .type = EV_END,
		.end = { .state = (uint8_t)state, .status = status, .parallel_ns = parallel } };

	make_state(m, state, "");
	str_copy(e.end.fingerprint, sizeof e.end.fingerprint, fingerprint);
	put(m, &e);
}
