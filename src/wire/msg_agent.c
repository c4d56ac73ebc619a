/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between engine and node agent. */
#include "wire/msg.h"

#include "wire/msg_get.h"

#define ROW_BYTES 32

void msg_put_agent_setup(struct link *l, const struct agent_setup *m)
{
	struct str *s = link_begin(l, MSG_AGENT_SETUP);

	pack_u32(s, m->protocol);
	pack_z(s, m->build_id);
	pack_z(s, m->run_id);
	pack_u64(s, m->grace_ns);
	pack_bytes(s, m->work.p, m->work.n);
	link_end(l);
}

int msg_get_agent_setup(struct slice payload, struct agent_setup *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->protocol = get_u32(&r);
	get_z(&r, m->build_id, sizeof(m->build_id));
	get_z(&r, m->run_id, sizeof(m->run_id));
	m->grace_ns = get_u64(&r);
	m->work = get_bytes(&r);
	return msg_end(&r, MSG_AGENT_SETUP, err);
}

void msg_put_slot_start(struct link *l, const struct slot_start *m)
{
	struct str *s = link_begin(l, MSG_SLOT_START);

	pack_u32(s, m->slot);
	pack_u32(s, m->generation);
	pack_u8(s, m->method);
	link_end(l);
}

int msg_get_slot_start(struct slice payload, struct slot_start *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->slot = get_u32(&r);
	m->generation = get_u32(&r);
	m->method = get_u8(&r);
	if (!r.bad && m->method > WIRE_FORK)
		return err_set(err, "broken SLOT_START message: start method %u is unknown", m->method);
	return msg_end(&r, MSG_SLOT_START, err);
}

void msg_put_slot_signal(struct link *l, const struct slot_signal *m)
{
	struct str *s = link_begin(l, MSG_SLOT_SIGNAL);

	pack_u32(s, m->slot);
	pack_u32(s, m->generation);
	pack_u32(s, m->signo);
	link_end(l);
}

int msg_get_slot_signal(struct slice payload, struct slot_signal *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->slot = get_u32(&r);
	m->generation = get_u32(&r);
	m->signo = get_u32(&r);
	if (!r.bad && (m->signo == 0 || m->signo > 64))
		return err_set(err, "broken SLOT_SIGNAL message: there is no signal %u", m->signo);
	return msg_end(&r, MSG_SLOT_SIGNAL, err);
}

void msg_put_slots_shown(struct link *l, const struct slots_shown *m)
{
	struct str *s = link_begin(l, MSG_SLOTS_SHOWN);

	pack_u32(s, m->first);
	pack_u32(s, m->count);
	link_end(l);
}

int msg_get_slots_shown(struct slice payload, struct slots_shown *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->first = get_u32(&r);
	m->count = get_u32(&r);
	return msg_end(&r, MSG_SLOTS_SHOWN, err);
}

void msg_put_agent_ready(struct link *l, const struct agent_ready *m)
{
	struct str *s = link_begin(l, MSG_AGENT_READY);

	pack_u32(s, m->protocol);
	pack_z(s, m->build_id);
	pack_u64(s, m->pid);
	pack_u32(s, m->max_workers);
	link_end(l);
}

int msg_get_agent_ready(struct slice payload, struct agent_ready *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->protocol = get_u32(&r);
	get_z(&r, m->build_id, sizeof(m->build_id));
	m->pid = get_u64(&r);
	m->max_workers = get_u32(&r);
	return msg_end(&r, MSG_AGENT_READY, err);
}

void msg_put_slot_started(struct link *l, const struct slot_started *m)
{
	struct str *s = link_begin(l, MSG_SLOT_STARTED);

	pack_u32(s, m->slot);
	pack_u32(s, m->generation);
	pack_u64(s, m->pid);
	link_end(l);
}

int msg_get_slot_started(struct slice payload, struct slot_started *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->slot = get_u32(&r);
	m->generation = get_u32(&r);
	m->pid = get_u64(&r);
	return msg_end(&r, MSG_SLOT_STARTED, err);
}

void msg_put_slot_refused(struct link *l, const struct slot_refused *m)
{
	struct str *s = link_begin(l, MSG_SLOT_REFUSED);

	pack_u32(s, m->slot);
	pack_u32(s, m->generation);
	pack_z(s, m->why);
	link_end(l);
}

int msg_get_slot_refused(struct slice payload, struct slot_refused *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->slot = get_u32(&r);
	m->generation = get_u32(&r);
	get_z(&r, m->why, sizeof(m->why));
	return msg_end(&r, MSG_SLOT_REFUSED, err);
}

void msg_put_slot_exited(struct link *l, const struct slot_exited *m)
{
	struct str *s = link_begin(l, MSG_SLOT_EXITED);

	pack_u32(s, m->slot);
	pack_u32(s, m->generation);
	pack_u8(s, m->signaled);
	pack_u32(s, m->code);
	pack_u64(s, m->cpu_ns);
	pack_u64(s, m->max_rss);
	pack_u32(s, m->leftovers);
	link_end(l);
}

int msg_get_slot_exited(struct slice payload, struct slot_exited *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->slot = get_u32(&r);
	m->generation = get_u32(&r);
	m->signaled = get_u8(&r);
	m->code = get_u32(&r);
	m->cpu_ns = get_u64(&r);
	m->max_rss = get_u64(&r);
	m->leftovers = get_u32(&r);
	if (!r.bad && m->signaled > 1)
		return err_set(err, "broken SLOT_EXITED message: neither exited nor killed");
	return msg_end(&r, MSG_SLOT_EXITED, err);
}

void msg_put_samples(struct link *l, const struct samples *m)
{
	struct str *s = link_begin(l, MSG_SAMPLES);

	pack_u64(s, m->at);
	pack_u32(s, m->n);
	str_add(s, m->rows.p, m->rows.n);
	link_end(l);
}

int msg_get_samples(struct slice payload, struct samples *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->at = get_u64(&r);
	m->n = get_u32(&r);
	m->rows = get_raw(&r, (size_t)m->n * ROW_BYTES);
	return msg_end(&r, MSG_SAMPLES, err);
}

void msg_put_agent_note(struct link *l, const struct agent_note *m)
{
	struct str *s = link_begin(l, MSG_AGENT_NOTE);

	pack_z(s, m->text);
	link_end(l);
}

int msg_get_agent_note(struct slice payload, struct agent_note *m, struct err *err)
{
	struct reader r = reader_of(payload);

	get_z(&r, m->text, sizeof(m->text));
	return msg_end(&r, MSG_AGENT_NOTE, err);
}
