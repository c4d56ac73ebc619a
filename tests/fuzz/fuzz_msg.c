/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: bytes from a peer, through a real socket, as frames and as every message. What a get function accepts
 * is read to its last byte, and put again: the same bytes must come out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/die.h"
#include "wire/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte of a borrowed slice, so that a sanitizer sees one that is none. */
static unsigned touch(struct slice s)
{
	const unsigned char *p = s.p;
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += p[i];
	return sum;
}

/* The one frame put into `l` must have this payload. */
static void check_same(struct link *l, const struct frame *f)
{
	struct str *out = &l->out;

	BUG_ON(out->n != FRAME_HEADER + f->payload.n);
	BUG_ON(f->payload.n && memcmp(out->p + FRAME_HEADER, f->payload.p, f->payload.n) != 0);
}

/* Texts may be cut or cleaned, so only messages without any come out as they came in. */
#define TRY(type, name, has_text, after) \
	case type: { \
		struct name m; \
		if (msg_get_##name(f->payload, &m, &err) < 0) { \
			BUG_ON(!err.msg[0]); \
			return; \
		} \
		after; \
		msg_put_##name(back, &m); \
		if (!(has_text)) \
			check_same(back, f); \
		return; \
	}

static void touch_ranges(struct slice ranges, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct grant_range g = range_at(ranges, i);

		BUG_ON(g.count == 0 || g.first + g.count > WIRE_TASKS_MAX);
	}
}

static void touch_rows(const struct samples *m)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < m->n; i++)
		sum += sample_row_at(m->rows, i).slot;
	(void)sum;
}

static void try_message(const struct frame *f, struct link *back)
{
	struct err err = { "" };

	switch (f->type) {
	TRY(MSG_AGENT_SETUP, agent_setup, true, touch(m.work))
	TRY(MSG_SLOT_START, slot_start, false, )
	TRY(MSG_SLOT_SIGNAL, slot_signal, false, )
	TRY(MSG_SLOTS_SHOWN, slots_shown, false, )
	TRY(MSG_AGENT_READY, agent_ready, true, )
	TRY(MSG_SLOT_STARTED, slot_started, false, )
	TRY(MSG_SLOT_REFUSED, slot_refused, true, )
	TRY(MSG_SLOT_EXITED, slot_exited, false, )
	TRY(MSG_SAMPLES, samples, false, touch_rows(&m))
	TRY(MSG_AGENT_NOTE, agent_note, true, )
	TRY(MSG_GRANT, grant, false, touch_ranges(m.ranges, m.n); touch(m.inputs))
	TRY(MSG_READY, worker_ready, true, )
	TRY(MSG_SETUP_FAILED, setup_failed, true, )
	TRY(MSG_BEGUN, begun, false, )
	TRY(MSG_PROGRESS, progress, false, )
	TRY(MSG_RESULTS, results, false, touch(m.status); touch(m.values); touch(m.times))
	TRY(MSG_TASK_FAILED, task_failed, true, )
	TRY(MSG_RETURNED, returned, false, touch_ranges(m.ranges, m.n))
	TRY(MSG_BYE, bye, false, )
	TRY(MSG_HELLO, hello, true, )
	TRY(MSG_RUN, run_request, true, touch(m.text); touch(m.settings))
	TRY(MSG_COMMAND, command, true, )
	TRY(MSG_WELCOME, welcome, true, )
	TRY(MSG_REFUSED, refused, false, touch(m.text))
	TRY(MSG_FAREWELL, farewell, false, )
	}
	BUG_ON(!msg_name(f->type)[0]);
}

static void forget_put(struct link *back)
{
	str_clear(&back->out);
	back->out_at = 0;
	back->sent_total = back->put_total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link in, back;
	struct frame f;
	struct err err;
	int fds[2], other[2];
	size_t at = 0;

	if (link_pair(fds, &err) < 0 || link_pair(other, &err) < 0)
		die("%s", err.msg);
	link_init(&in, fds[0], 65536);
	link_init(&back, other[0], MAX_CLIENT_PAYLOAD);
	while (!in.broken && !in.eof) {
		size_t n = size - at < 1000 ? size - at : 1000;

		if (n > 0 && send(fds[1], data + at, n, 0) != (ssize_t)n)
			die("cannot write to a pair of sockets");
		at += n;
		if (n == 0)
			shutdown(fds[1], SHUT_WR);
		if (link_read(&in, 4096, &err) < 0)
			break;
		while (link_next(&in, &f, &err) > 0) {
			try_message(&f, &back);
			forget_put(&back);
		}
	}
	link_release(&in);
	link_release(&back);
	close(fds[1]);
	close(other[1]);
	return 0;
}
