/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all messages share: names, ranges, rows, and the check that a payload was exactly one message. */
#include "wire/msg.h"

#include "wire/msg_get.h"

static const struct {
	uint16_t type;
	const char *name;
} names[] = {
	{ MSG_AGENT_SETUP, "AGENT_SETUP" },
	{ MSG_SLOT_START, "SLOT_START" },
	{ MSG_SLOT_SIGNAL, "SLOT_SIGNAL" },
	{ MSG_SLOTS_SHOWN, "SLOTS_SHOWN" },
	{ MSG_AGENT_READY, "AGENT_READY" },
	{ MSG_SLOT_STARTED, "SLOT_STARTED" },
	{ MSG_SLOT_REFUSED, "SLOT_REFUSED" },
	{ MSG_SLOT_EXITED, "SLOT_EXITED" },
	{ MSG_SAMPLES, "SAMPLES" },
	{ MSG_AGENT_NOTE, "AGENT_NOTE" },
	{ MSG_SETUP, "SETUP" },
	{ MSG_GRANT, "GRANT" },
	{ MSG_RECALL, "RECALL" },
	{ MSG_STOP, "STOP" },
	{ MSG_PING, "PING" },
	{ MSG_READY, "READY" },
	{ MSG_SETUP_FAILED, "SETUP_FAILED" },
	{ MSG_BEGUN, "BEGUN" },
	{ MSG_PROGRESS, "PROGRESS" },
	{ MSG_RESULTS, "RESULTS" },
	{ MSG_TASK_FAILED, "TASK_FAILED" },
	{ MSG_RETURNED, "RETURNED" },
	{ MSG_BYE, "BYE" },
	{ MSG_PONG, "PONG" },
	{ MSG_HELLO, "HELLO" },
	{ MSG_RUN, "RUN" },
	{ MSG_COMMAND, "COMMAND" },
	{ MSG_WELCOME, "WELCOME" },
	{ MSG_REFUSED, "REFUSED" },
	{ MSG_EVENTS, "EVENTS" },
	{ MSG_FAREWELL, "FAREWELL" },
};

const char *msg_name(unsigned type)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return names[i].name;
	return "unknown";
}

int msg_end(const struct reader *r, unsigned type, struct err *err)
{
	if (r->bad)
		return err_set(err, "broken %s message: it ends too early", msg_name(type));
	if (r->left > 0)
		return err_set(err, "broken %s message: %zu bytes too many", msg_name(type), r->left);
	return 0;
}

void msg_put_empty(struct link *l, enum msg_type type)
{
	link_put(l, (uint16_t)type, "", 0);
}

#define RANGE_BYTES 16
#define ROW_BYTES   32

static struct reader reader_at(struct slice s, uint32_t i, size_t bytes)
{
	return reader_of((struct slice){ (const char *)s.p + (size_t)i * bytes, bytes });
}

void range_pack(struct str *s, struct grant_range r)
{
	pack_u64(s, r.first);
	pack_u32(s, r.count);
	pack_u32(s, r.chunk);
}

struct grant_range range_at(struct slice ranges, uint32_t i)
{
	struct reader r = reader_at(ranges, i, RANGE_BYTES);
	struct grant_range g;

	g.first = get_u64(&r);
	g.count = get_u32(&r);
	g.chunk = get_u32(&r);
	return g;
}

int msg_check_ranges(struct slice ranges, uint32_t n, unsigned type, struct err *err)
{
	for (uint32_t i = 0; i < n; i++) {
		struct grant_range g = range_at(ranges, i);

		if (g.count == 0)
			return err_set(err, "broken %s message: range %u is empty", msg_name(type), i);
		if (g.first > WIRE_TASKS_MAX || g.count > WIRE_TASKS_MAX - g.first)
			return err_set(err, "broken %s message: range %u ends beyond the last possible task",
				       msg_name(type), i);
	}
	return 0;
}

void sample_row_pack(struct str *s, const struct sample_row *r)
{
	pack_u32(s, r->slot);
	pack_u32(s, r->generation);
	pack_u64(s, r->cpu_ns);
	pack_u64(s, r->wait_ns);
	pack_u64(s, r->rss);
}

struct sample_row sample_row_at(struct slice rows, uint32_t i)
{
	struct reader r = reader_at(rows, i, ROW_BYTES);
	struct sample_row row;

	row.slot = get_u32(&r);
	row.generation = get_u32(&r);
	row.cpu_ns = get_u64(&r);
	row.wait_ns = get_u64(&r);
	row.rss = get_u64(&r);
	return row;
}
