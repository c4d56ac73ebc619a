/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as bytes, and back: one put and one get function each, rows of one table. Nothing is interpreted here;
 * fold.c does that.
 *
 * A get function reads the fields it knows and leaves the rest of the payload alone, so that a later version may add
 * fields at the end of an event and this one still reads it. */
#include "model/event.h"

#include <string.h>

#include "base/die.h"

const char *const run_state_names[RUN_STATES] = {
	"starting",
	"serial",
	"running",
	"pausing",
	"paused",
	"draining",
	"ending",
	"done",
	"failed",
	"stopped",
};
const char *const slot_state_names[SLOT_STATES] = { "empty", "starting", "idle", "busy", "leaving", "ending", "lost" };

bool run_state_is_end(enum run_state s)
{
	return s == RUN_DONE || s == RUN_FAILED || s == RUN_STOPPED;
}

static void put_run(struct str *s, const struct event *e)
{
	const struct ev_run *v = &e->run;

	pack_z(s, v->run_id);
	pack_z(s, v->name);
	pack_z(s, v->title);
	pack_z(s, v->kind);
	pack_z(s, v->method);
	pack_z(s, v->start);
	pack_z(s, v->chunk);
	pack_z(s, v->host);
	pack_z(s, v->version);
	pack_u64(s, v->tasks);
	pack_u64(s, v->seed);
	pack_u64(s, v->wall_ns);
	pack_u64(s, v->mono_ns);
	pack_u32(s, v->workers);
	pack_u32(s, v->cpus);
	pack_u8(s, v->baseline);
	pack_u8(s, v->pure);
	pack_u8(s, v->has_result);
	pack_u8(s, v->waits);
}

static void get_run(struct reader *r, struct event *e)
{
	struct ev_run *v = &e->run;

	get_z(r, v->run_id, sizeof v->run_id);
	get_z(r, v->name, sizeof v->name);
	get_z(r, v->title, sizeof v->title);
	get_z(r, v->kind, sizeof v->kind);
	get_z(r, v->method, sizeof v->method);
	get_z(r, v->start, sizeof v->start);
	get_z(r, v->chunk, sizeof v->chunk);
	get_z(r, v->host, sizeof v->host);
	get_z(r, v->version, sizeof v->version);
	v->tasks = get_u64(r);
	v->seed = get_u64(r);
	v->wall_ns = get_u64(r);
	v->mono_ns = get_u64(r);
	v->workers = get_u32(r);
	v->cpus = get_u32(r);
	v->baseline = get_u8(r);
	v->pure = get_u8(r) != 0;
	v->has_result = get_u8(r) != 0;
	v->waits = get_u8(r) != 0;
}

static void put_sized(struct str *s, const struct event *e)
{
	pack_u64(s, e->sized.tasks);
	pack_z(s, e->sized.title);
}

static void get_sized(struct reader *r, struct event *e)
{
	e->sized.tasks = get_u64(r);
	get_z(r, e->sized.title, sizeof e->sized.title);
}

static void put_state(struct str *s, const struct event *e)
{
	pack_u8(s, e->state.state);
	pack_z(s, e->state.reason);
}

static void get_state(struct reader *r, struct event *e)
{
	e->state.state = get_u8(r);
	get_z(r, e->state.reason, sizeof e->state.reason);
}

static void put_cpus(struct str *s, const struct event *e)
{
	pack_u32(s, e->cpus.usable);
	pack_z(s, e->cpus.text);
}

static void get_cpus(struct reader *r, struct event *e)
{
	e->cpus.usable = get_u32(r);
	get_z(r, e->cpus.text, sizeof e->cpus.text);
}

static void put_target(struct str *s, const struct event *e)
{
	pack_u32(s, e->target.from);
	pack_u32(s, e->target.to);
	pack_z(s, e->target.by);
}

static void get_target(struct reader *r, struct event *e)
{
	e->target.from = get_u32(r);
	e->target.to = get_u32(r);
	get_z(r, e->target.by, sizeof e->target.by);
}

static void put_chunk(struct str *s, const struct event *e)
{
	pack_z(s, e->chunk.chunk);
	pack_z(s, e->chunk.by);
}

static void get_chunk(struct reader *r, struct event *e)
{
	get_z(r, e->chunk.chunk, sizeof e->chunk.chunk);
	get_z(r, e->chunk.by, sizeof e->chunk.by);
}

static void put_slot(struct str *s, const struct event *e)
{
	pack_u32(s, e->slot.slot);
	pack_u32(s, e->slot.generation);
	pack_u8(s, e->slot.state);
	pack_u64(s, e->slot.pid);
	pack_u64(s, e->slot.ready_ns);
}

static void get_slot(struct reader *r, struct event *e)
{
	e->slot.slot = get_u32(r);
	e->slot.generation = get_u32(r);
	e->slot.state = get_u8(r);
	e->slot.pid = get_u64(r);
	e->slot.ready_ns = get_u64(r);
}

static void put_death(struct str *s, const struct event *e)
{
	pack_u32(s, e->death.slot);
	pack_u32(s, e->death.generation);
	pack_u64(s, e->death.pid);
	pack_u64(s, e->death.given_back);
	pack_z(s, e->death.cause);
}

static void get_death(struct reader *r, struct event *e)
{
	e->death.slot = get_u32(r);
	e->death.generation = get_u32(r);
	e->death.pid = get_u64(r);
	e->death.given_back = get_u64(r);
	get_z(r, e->death.cause, sizeof e->death.cause);
}

static void put_baseline(struct str *s, const struct event *e)
{
	const struct ev_baseline *v = &e->baseline;

	pack_u8(s, v->phase);
	pack_u64(s, v->executed);
	pack_f64(s, v->mean_ns);
	pack_f64(s, v->se_ns);
	pack_f64(s, v->elapsed_ns);
	pack_f64(s, v->t1_ns);
	pack_f64(s, v->t1_half);
	pack_z(s, v->text);
}

static void get_baseline(struct reader *r, struct event *e)
{
	struct ev_baseline *v = &e->baseline;

	v->phase = get_u8(r);
	v->executed = get_u64(r);
	v->mean_ns = get_f64(r);
	v->se_ns = get_f64(r);
	v->elapsed_ns = get_f64(r);
	v->t1_ns = get_f64(r);
	v->t1_half = get_f64(r);
	get_z(r, v->text, sizeof v->text);
}

/* n rows of `size` bytes: the slice must be exactly as long as the count says, so that nobody reads past it later. */
static void put_rows(struct str *s, uint32_t n, struct slice rows, size_t size)
{
	BUG_ON(rows.n < (size_t)n * size);
	pack_u32(s, n);
	if (n)
		str_add(s, rows.p, (size_t)n * size);
}

static void get_rows(struct reader *r, uint32_t *n, struct slice *rows, size_t size)
{
	*n = get_u32(r);
	*rows = get_raw(r, (size_t)*n * size);
}

static void put_tick(struct str *s, const struct event *e)
{
	const struct ev_tick *v = &e->tick;

	pack_u64(s, v->waiting);
	pack_u32(s, v->chunk_now);
	pack_u32(s, v->active);
	pack_f64(s, v->mean_ns);
	pack_f64(s, v->q10_ns);
	pack_f64(s, v->q50_ns);
	pack_f64(s, v->q90_ns);
	pack_u64(s, v->others_held);
	pack_u32(s, v->others);
	pack_u32(s, v->others_busy);
	pack_u64(s, v->rss_kib);
	put_rows(s, v->n, v->rows, TICK_ROW_BYTES);
}

static void get_tick(struct reader *r, struct event *e)
{
	struct ev_tick *v = &e->tick;

	v->waiting = get_u64(r);
	v->chunk_now = get_u32(r);
	v->active = get_u32(r);
	v->mean_ns = get_f64(r);
	v->q10_ns = get_f64(r);
	v->q50_ns = get_f64(r);
	v->q90_ns = get_f64(r);
	v->others_held = get_u64(r);
	v->others = get_u32(r);
	v->others_busy = get_u32(r);
	v->rss_kib = get_u64(r);
	get_rows(r, &v->n, &v->rows, TICK_ROW_BYTES);
}

static void put_done(struct str *s, const struct event *e)
{
	const struct ev_done *v = &e->done;

	pack_u64(s, v->cancelled);
	pack_u64(s, v->retried);
	pack_u64(s, v->n);
	pack_f64(s, v->mean);
	pack_f64(s, v->half);
	pack_f64(s, v->sd);
	pack_f64(s, v->cpu_ns);
	pack_u64(s, v->last_ns);
	pack_u64(s, v->waiting);
	put_rows(s, v->nrows, v->rows, DONE_ROW_BYTES);
}

static void get_done(struct reader *r, struct event *e)
{
	struct ev_done *v = &e->done;

	v->cancelled = get_u64(r);
	v->retried = get_u64(r);
	v->n = get_u64(r);
	v->mean = get_f64(r);
	v->half = get_f64(r);
	v->sd = get_f64(r);
	v->cpu_ns = get_f64(r);
	v->last_ns = get_u64(r);
	v->waiting = get_u64(r);
	get_rows(r, &v->nrows, &v->rows, DONE_ROW_BYTES);
}

static void put_fail(struct str *s, const struct event *e)
{
	pack_u64(s, e->fail.count);
	pack_u64(s, e->fail.task);
	pack_u32(s, e->fail.slot);
	pack_z(s, e->fail.cause);
}

static void get_fail(struct reader *r, struct event *e)
{
	e->fail.count = get_u64(r);
	e->fail.task = get_u64(r);
	e->fail.slot = get_u32(r);
	get_z(r, e->fail.cause, sizeof e->fail.cause);
}

static void put_note(struct str *s, const struct event *e)
{
	pack_u8(s, e->note.level);
	pack_z(s, e->note.text);
}

static void get_note(struct reader *r, struct event *e)
{
	e->note.level = get_u8(r);
	get_z(r, e->note.text, sizeof e->note.text);
}

static void put_end(struct str *s, const struct event *e)
{
	pack_u8(s, e->end.state);
	pack_u32(s, e->end.status);
	pack_u64(s, e->end.parallel_ns);
	pack_z(s, e->end.fingerprint);
}

static void get_end(struct reader *r, struct event *e)
{
	e->end.state = get_u8(r);
	e->end.status = get_u32(r);
	e->end.parallel_ns = get_u64(r);
	get_z(r, e->end.fingerprint, sizeof e->end.fingerprint);
}

static const struct event_row {
	const char *name;
	void (*put)(struct str *s, const struct event *e);
	void (*get)(struct reader *r, struct event *e);
	bool claim;
} event_rows[] = {
	[EV_RUN] = { "run", put_run, get_run, false },
	[EV_SIZED] = { "sized", put_sized, get_sized, false },
	[EV_STATE] = { "state", put_state, get_state, false },
	[EV_CPUS] = { "cpus", put_cpus, get_cpus, false },
	[EV_TARGET] = { "target", put_target, get_target, false },
	[EV_CHUNK] = { "chunk", put_chunk, get_chunk, false },
	[EV_SLOT] = { "slot", put_slot, get_slot, false },
	[EV_DEATH] = { "death", put_death, get_death, false },
	[EV_BASELINE] = { "baseline", put_baseline, get_baseline, false },
	[EV_TICK] = { "tick", put_tick, get_tick, false },
	[EV_DONE] = { "done", put_done, get_done, true },
	[EV_FAIL] = { "fail", put_fail, get_fail, true },
	[EV_NOTE] = { "note", put_note, get_note, false },
	[EV_END] = { "end", put_end, get_end, true },
};

static const struct event_row *event_row(unsigned type)
{
	if (type >= sizeof event_rows / sizeof *event_rows || !event_rows[type].name)
		return NULL;
	return &event_rows[type];
}

const char *event_name(unsigned type)
{
	const struct event_row *row = event_row(type);

	return row ? row->name : "unknown";
}

bool event_is_claim(unsigned type)
{
	const struct event_row *row = event_row(type);

	return row && row->claim;
}

void event_pack(struct str *s, const struct event *e)
{
	const struct event_row *row = event_row(e->type);
	size_t length_at, payload;
	uint32_t n;

	if (!row)
		BUG("event of type %u", e->type);
	pack_u8(s, e->type);
	pack_u64(s, e->at);
	length_at = s->n;
	pack_u32(s, 0);
	payload = s->n;
	row->put(s, e);
	n = (uint32_t)(s->n - payload);
	for (unsigned i = 0; i < 4; i++)
		s->p[length_at + i] = (char)(n >> (8 * i));
}

int event_unpack(struct reader *r, struct event *e, struct err *err)
{
	const struct event_row *row;
	struct reader payload;
	uint8_t type = get_u8(r);
	uint64_t at = get_u64(r);
	struct slice body = get_bytes(r);

	if (r->bad)
		return err_set(err, "an event of type %u is cut off; the sender or the stored run is damaged", type);
	memset(e, 0, sizeof *e);
	e->at = at;
	row = event_row(type);
	if (!row)
		return 0;
	payload = reader_of(body);
	row->get(&payload, e);
	if (payload.bad) {
		memset(e, 0, sizeof *e);
		return err_set(err, "a `%s` event of %zu bytes is too short; the sender or the stored run is damaged",
			row->name, body.n);
	}
	e->type = type;
	return 0;
}
