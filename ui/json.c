/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as JSON, the only place that knows the library for it. */
#include "ui/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"

static void set(json_t *o, const char *name, json_t *value)
{
	if (!value || json_object_set_new(o, name, value) < 0)
		die("out of memory");
}

/* JSON text is UTF-8: what is not is shown as it would be on a screen. */
static void set_text(json_t *o, const char *name, const char *z)
{
	size_t n = strlen(z);
	struct str shown = STR_INIT;

	if (utf8_bad_at(z, n) != n) {
		text_show(&shown, z, n);
		z = str_z(&shown);
	}
	set(o, name, json_string(z));
	str_release(&shown);
}

/* Above 2^63 − 1 (a seed may be) as a string of digits: readers would round it. */
static void set_count(json_t *o, const char *name, uint64_t v)
{
	struct str digits = STR_INIT;

	if (v <= INT64_MAX) {
		set(o, name, json_integer((json_int_t)v));
		return;
	}
	str_addf(&digits, "%llu", (unsigned long long)v);
	set_text(o, name, str_z(&digits));
	str_release(&digits);
}

static void set_real(json_t *o, const char *name, double v)
{
	set(o, name, isfinite(v) ? json_real(v) : json_null());
}

static void set_bool(json_t *o, const char *name, bool v)
{
	set(o, name, json_boolean(v));
}

static void set_name(json_t *o, const char *name, const char *const *names, unsigned n, unsigned i)
{
	set_text(o, name, i < n ? names[i] : "unknown");
}

static void add_run(json_t *o, const struct ev_run *e)
{
	static const char *const baselines[] = { "measure", "estimate", "none" };

	set_text(o, "run_id", e->run_id);
	set_text(o, "name", e->name);
	set_text(o, "title", e->title);
	set_text(o, "kind", e->kind);
	set_text(o, "method", e->method);
	set_text(o, "start", e->start);
	set_text(o, "chunk", e->chunk);
	set_text(o, "host", e->host);
	set_text(o, "version", e->version);
	set_count(o, "tasks", e->tasks);
	set_count(o, "seed", e->seed);
	set_count(o, "wall_ns", e->wall_ns);
	set_count(o, "mono_ns", e->mono_ns);
	set_count(o, "workers", e->workers);
	set_count(o, "cpus", e->cpus);
	set_name(o, "baseline", baselines, 3, e->baseline);
	set_bool(o, "pure", e->pure);
	set_bool(o, "has_result", e->has_result);
	set_bool(o, "waits", e->waits);
}

static void add_baseline(json_t *o, const struct ev_baseline *e)
{
	static const char *const phases[] = { "none", "running", "measured", "estimated", "refused", "mismatch" };

	set_name(o, "phase", phases, 6, e->phase);
	set_count(o, "executed", e->executed);
	set_real(o, "mean_ns", e->mean_ns);
	set_real(o, "se_ns", e->se_ns);
	set_real(o, "elapsed_ns", e->elapsed_ns);
	set_real(o, "t1_ns", e->t1_ns);
	set_real(o, "t1_half", e->t1_half);
	set_text(o, "text", e->text);
}

/* What a row does not know is left out. */
static json_t *tick_row(const struct tick_row *r)
{
	json_t *o = json_object();

	set_count(o, "slot", r->slot);
	if (r->flags & TICK_HAS_TASK)
		set_count(o, "task", r->task);
	set_count(o, "held", r->held);
	if (r->flags & TICK_HAS_TASK)
		set_count(o, "age_ms", r->age_ms);
	if (r->flags & TICK_HAS_PROGRESS)
		set_count(o, "progress", r->progress);
	if (r->flags & TICK_HAS_LEASE) {
		set_count(o, "lease_done", r->lease_done);
		set_count(o, "lease_of", r->lease_of);
	}
	set_count(o, "leases", r->leases);
	set_count(o, "cpu", r->cpu);
	set_count(o, "wait", r->wait);
	set_count(o, "rss_kib", r->rss_kib);
	return o;
}

static void add_tick(json_t *o, const struct ev_tick *e)
{
	json_t *rows = json_array();

	set_count(o, "waiting", e->waiting);
	set_count(o, "chunk_now", e->chunk_now);
	set_count(o, "active", e->active);
	set_real(o, "mean_ns", e->mean_ns);
	set_real(o, "q10_ns", e->q10_ns);
	set_real(o, "q50_ns", e->q50_ns);
	set_real(o, "q90_ns", e->q90_ns);
	set_count(o, "others_held", e->others_held);
	set_count(o, "others", e->others);
	set_count(o, "others_busy", e->others_busy);
	set_count(o, "rss_kib", e->rss_kib);
	for (uint32_t i = 0; i < e->n; i++) {
		struct tick_row r = tick_row_at(e->rows, i);

		json_array_append_new(rows, tick_row(&r));
	}
	set(o, "rows", rows);
}

static void add_done(json_t *o, const struct ev_done *e)
{
	json_t *rows = json_array();

	set_count(o, "cancelled", e->cancelled);
	set_count(o, "retried", e->retried);
	set_count(o, "n", e->n);
	set_real(o, "mean", e->mean);
	set_real(o, "half", e->half);
	set_real(o, "sd", e->sd);
	set_real(o, "cpu_ns", e->cpu_ns);
	set_count(o, "last_ns", e->last_ns);
	set_count(o, "waiting", e->waiting);
	for (uint32_t i = 0; i < e->nrows; i++) {
		struct done_row r = done_row_at(e->rows, i);
		json_t *row = json_object();

		set_count(row, "slot", r.slot);
		set_count(row, "done", r.done);
		set_count(row, "failed", r.failed);
		set_count(row, "busy_ns", r.busy_ns);
		json_array_append_new(rows, row);
	}
	set(o, "rows", rows);
}

static void add_death(json_t *o, const struct ev_death *e)
{
	set_count(o, "slot", e->slot);
	set_count(o, "generation", e->generation);
	set_count(o, "pid", e->pid);
	set_count(o, "given_back", e->given_back);
	set_text(o, "cause", e->cause);
}

static void add_slot(json_t *o, const struct ev_slot *e)
{
	set_count(o, "slot", e->slot);
	set_count(o, "generation", e->generation);
	set_name(o, "state", slot_state_names, SLOT_STATES, e->state);
	set_count(o, "pid", e->pid);
	set_count(o, "ready_ns", e->ready_ns);
}

static void add_end(json_t *o, const struct ev_end *e)
{
	set_name(o, "state", run_state_names, RUN_STATES, e->state);
	set_count(o, "status", e->status);
	set_count(o, "parallel_ns", e->parallel_ns);
	set_text(o, "fingerprint", e->fingerprint);
}

static void add_fields(json_t *o, const struct event *e)
{
	static const char *const levels[] = { "info", "warning", "error" };

	switch (e->type) {
	case EV_RUN:
		add_run(o, &e->run);
		break;
	case EV_SIZED:
		set_count(o, "tasks", e->sized.tasks);
		set_text(o, "title", e->sized.title);
		break;
	case EV_STATE:
		set_name(o, "state", run_state_names, RUN_STATES, e->state.state);
		set_text(o, "reason", e->state.reason);
		break;
	case EV_CPUS:
		set_count(o, "usable", e->cpus.usable);
		set_text(o, "text", e->cpus.text);
		break;
	case EV_TARGET:
		set_count(o, "from", e->target.from);
		set_count(o, "to", e->target.to);
		set_text(o, "by", e->target.by);
		break;
	case EV_CHUNK:
		set_text(o, "chunk", e->chunk.chunk);
		set_text(o, "by", e->chunk.by);
		break;
	case EV_SLOT:
		add_slot(o, &e->slot);
		break;
	case EV_DEATH:
		add_death(o, &e->death);
		break;
	case EV_BASELINE:
		add_baseline(o, &e->baseline);
		break;
	case EV_TICK:
		add_tick(o, &e->tick);
		break;
	case EV_DONE:
		add_done(o, &e->done);
		break;
	case EV_FAIL:
		set_count(o, "count", e->fail.count);
		set_count(o, "task", e->fail.task);
		set_count(o, "slot", e->fail.slot);
		set_text(o, "cause", e->fail.cause);
		break;
	case EV_NOTE:
		set_name(o, "level", levels, 3, e->note.level);
		set_text(o, "text", e->note.text);
		break;
	case EV_END:
		add_end(o, &e->end);
		break;
	default:
		break;
	}
}

void json_event(struct str *out, const struct event *e, uint64_t n)
{
	json_t *o;
	char *line;

	if (e->type == 0 || e->type > EV_END)
		return;
	o = json_object();
	set(o, "v", json_integer(EVENT_VERSION));
	set_text(o, "event", event_name(e->type));
	set_count(o, "number", n);
	set_count(o, "at", e->at);
	add_fields(o, e);
	/* ASCII only: no byte of a job's text can act on a terminal that shows the lines. */
	line = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!line)
		die("out of memory");
	str_adds(out, line);
	str_addc(out, '\n');
	free(line);
	json_decref(o);
}
