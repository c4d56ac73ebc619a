/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between engine and worker. */
#include "wire/msg.h"

#include <string.h>

#include "wire/msg_get.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns of results are sent as they lie in memory");

#define RANGE_BYTES 16

void msg_put_grant(struct link *l, const struct grant *m)
{
	struct str *s = link_begin(l, MSG_GRANT);

	pack_u32(s, m->n);
	str_add(s, m->ranges.p, m->ranges.n);
	pack_bytes(s, m->inputs.p, m->inputs.n);
	link_end(l);
}

int msg_get_grant(struct slice payload, struct grant *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->n = get_u32(&r);
	m->ranges = get_raw(&r, (size_t)m->n * RANGE_BYTES);
	m->inputs = get_bytes(&r);
	if (msg_end(&r, MSG_GRANT, err) < 0)
		return -1;
	return msg_check_ranges(m->ranges, m->n, MSG_GRANT, err);
}

void msg_put_worker_ready(struct link *l, const struct worker_ready *m)
{
	struct str *s = link_begin(l, MSG_READY);

	pack_u32(s, m->protocol);
	pack_z(s, m->build_id);
	pack_u64(s, m->pid);
	pack_z(s, m->simd);
	link_end(l);
}

int msg_get_worker_ready(struct slice payload, struct worker_ready *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->protocol = get_u32(&r);
	get_z(&r, m->build_id, sizeof(m->build_id));
	m->pid = get_u64(&r);
	get_z(&r, m->simd, sizeof(m->simd));
	return msg_end(&r, MSG_READY, err);
}

void msg_put_setup_failed(struct link *l, const struct setup_failed *m)
{
	struct str *s = link_begin(l, MSG_SETUP_FAILED);

	pack_z(s, m->why);
	link_end(l);
}

int msg_get_setup_failed(struct slice payload, struct setup_failed *m, struct err *err)
{
	struct reader r = reader_of(payload);

	get_z(&r, m->why, sizeof(m->why));
	return msg_end(&r, MSG_SETUP_FAILED, err);
}

void msg_put_begun(struct link *l, const struct begun *m)
{
	struct str *s = link_begin(l, MSG_BEGUN);

	pack_u64(s, m->task);
	link_end(l);
}

int msg_get_begun(struct slice payload, struct begun *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->task = get_u64(&r);
	return msg_end(&r, MSG_BEGUN, err);
}

void msg_put_progress(struct link *l, const struct progress *m)
{
	struct str *s = link_begin(l, MSG_PROGRESS);

	pack_u64(s, m->task);
	pack_u64(s, m->done);
	pack_u64(s, m->of);
	link_end(l);
}

int msg_get_progress(struct slice payload, struct progress *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->task = get_u64(&r);
	m->done = get_u64(&r);
	m->of = get_u64(&r);
	return msg_end(&r, MSG_PROGRESS, err);
}

void msg_put_results(struct link *l, const struct results *m)
{
	struct str *s = link_begin(l, MSG_RESULTS);

	/* one growth for the whole frame */
	str_room(s, 64 + m->status.n + m->values.n + m->times.n);
	pack_u32(s, m->generation);
	pack_u8(s, m->flags);
	pack_u64(s, m->first);
	pack_u32(s, m->count);
	pack_u64(s, m->cpu_ns);
	pack_u64(s, m->begun_at);
	pack_u64(s, m->ended_at);
	if (m->flags & RESULT_HAS_STATUS)
		str_add(s, m->status.p, m->status.n);
	str_add(s, m->values.p, m->values.n);
	str_add(s, m->times.p, m->times.n);
	link_end(l);
}

/* Whatever the columns claim is checked here once, so that nobody above meets a status or a number that cannot be. */
static int check_columns(const struct results *m, struct err *err)
{
	const unsigned char *status = m->status.p;
	const unsigned char *values = m->values.p;
	uint32_t bad = 0;

	for (uint32_t i = 0; i < m->status.n; i++)
		bad |= status[i] > 1;
	if (bad)
		return err_set(err, "broken RESULTS message: a status that does not exist");
	for (uint32_t i = 0; i < m->count; i++) {
		uint64_t bits;

		memcpy(&bits, values + (size_t)i * 8, sizeof(bits));
		bad |= (bits >> 52 & 0x7ff) == 0x7ff;
	}
	if (bad)
		return err_set(err, "broken RESULTS message: a result that is no finite number");
	return 0;
}

int msg_get_results(struct slice payload, struct results *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->generation = get_u32(&r);
	m->flags = get_u8(&r);
	m->first = get_u64(&r);
	m->count = get_u32(&r);
	m->cpu_ns = get_u64(&r);
	m->begun_at = get_u64(&r);
	m->ended_at = get_u64(&r);
	m->status = get_raw(&r, m->flags & RESULT_HAS_STATUS ? m->count : 0);
	m->values = get_raw(&r, (size_t)m->count * 8);
	m->times = get_raw(&r, (size_t)m->count * 4);
	if (msg_end(&r, MSG_RESULTS, err) < 0)
		return -1;
	if (m->flags & ~RESULT_HAS_STATUS)
		return err_set(err, "broken RESULTS message: unknown flags %#x", m->flags);
	if (m->count == 0 || m->first > WIRE_TASKS_MAX || m->count > WIRE_TASKS_MAX - m->first)
		return err_set(err, "broken RESULTS message: tasks that cannot be");
	if (m->ended_at < m->begun_at)
		return err_set(err, "broken RESULTS message: it ends before it begins");
	return check_columns(m, err);
}

void msg_put_task_failed(struct link *l, const struct task_failed *m)
{
	struct str *s = link_begin(l, MSG_TASK_FAILED);

	pack_u64(s, m->task);
	pack_z(s, m->why);
	link_end(l);
}

int msg_get_task_failed(struct slice payload, struct task_failed *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->task = get_u64(&r);
	get_z(&r, m->why, sizeof(m->why));
	return msg_end(&r, MSG_TASK_FAILED, err);
}

void msg_put_returned(struct link *l, const struct returned *m)
{
	struct str *s = link_begin(l, MSG_RETURNED);

	pack_u32(s, m->n);
	str_add(s, m->ranges.p, m->ranges.n);
	link_end(l);
}

int msg_get_returned(struct slice payload, struct returned *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->n = get_u32(&r);
	m->ranges = get_raw(&r, (size_t)m->n * RANGE_BYTES);
	if (msg_end(&r, MSG_RETURNED, err) < 0)
		return -1;
	return msg_check_ranges(m->ranges, m->n, MSG_RETURNED, err);
}

void msg_put_bye(struct link *l, const struct bye *m)
{
	struct str *s = link_begin(l, MSG_BYE);

	pack_u64(s, m->tasks);
	link_end(l);
}

int msg_get_bye(struct slice payload, struct bye *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->tasks = get_u64(&r);
	return msg_end(&r, MSG_BYE, err);
}
