/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line a fact that somebody may want to read later, made before the event is applied. Text from outside stays as
 * it came: whoever shows a line makes it visible. */
#include <stdarg.h>
#include <stdio.h>

#include "base/die.h"
#include "base/fmt.h"
#include "model/fold_parts.h"

enum { PLAIN, WARNING, ERROR, SERIAL };

static void add_line(struct snapshot *s, const struct event *e, uint64_t at, int level, int32_t slot, const char *fmt,
	...) PRINTF(6, 7);

static void add_line(
	struct snapshot *s, const struct event *e, uint64_t at, int level, int32_t slot, const char *fmt, ...)
{
	struct log_line *l;
	struct str text = STR_INIT;
	va_list ap;

	if (!s->log)
		s->log = xcalloc(LOG_MAX, sizeof *s->log);
	l = &s->log[s->nlog++ % LOG_MAX];
	l->at = at;
	l->level = (uint8_t)level;
	l->type = e->type;
	l->slot = slot;
	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	str_copy(l->text, sizeof l->text, str_z(&text));
	str_release(&text);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void log_run(struct snapshot *s, const struct event *e, uint64_t at)
{
	char n[FMT_SIZE];

	if (s->begun)
		return;
	add_line(s, e, at, PLAIN, -1, "run %s of %s: %s task%s, seed %llu", e->run.run_id, e->run.name,
		fmt_exact(n, e->run.tasks), plural(e->run.tasks), (unsigned long long)e->run.seed);
}

static void log_running(struct snapshot *s, const struct event *e, uint64_t at)
{
	char d[FMT_SIZE];

	if ((s->state == RUN_PAUSED || s->state == RUN_SERIAL) && s->paused_at)
		add_line(s, e, at, PLAIN, -1, "going on after a pause of %s",
			fmt_duration(d, (double)(at - s->paused_at), false));
	else if (s->state == RUN_PAUSING || s->state == RUN_PAUSED)
		add_line(s, e, at, PLAIN, -1, "going on");
	else if (s->state == RUN_STARTING || s->state == RUN_SERIAL)
		add_line(s, e, at, PLAIN, -1, "parallel part started: %u worker%s, chunk %s, %s", s->target,
			plural(s->target), s->chunk, s->run.start);
}

static void log_state(struct snapshot *s, const struct event *e, uint64_t at)
{
	const char *why = e->state.reason, *join = why[0] ? ": " : "";

	if (s->ended || e->state.state == s->state)
		return;
	switch (e->state.state) {
	case RUN_RUNNING:
		log_running(s, e, at);
		break;
	case RUN_PAUSING:
		add_line(s, e, at, PLAIN, -1, "pausing, running tasks end first%s%s", join, why);
		break;
	case RUN_PAUSED:
		add_line(s, e, at, PLAIN, -1, "paused%s%s", join, why);
		break;
	case RUN_DRAINING:
		add_line(s, e, at, WARNING, -1, "draining: running tasks end, no others begin%s%s", join, why);
		break;
	case RUN_ENDING: /* without a reason everything is done */
		if (why[0])
			add_line(s, e, at, WARNING, -1, "ending, workers are stopped: %s", why);
		break;
	case RUN_FAILED:
	case RUN_STOPPED:
		if (why[0])
			add_line(s, e, at, ERROR, -1, "%s: %s", run_state_names[e->state.state], why);
		break;
	default:
		break;
	}
}

static void log_slot(struct snapshot *s, const struct event *e, uint64_t at)
{
	const struct ev_slot *v = &e->slot;
	const struct slot_view *old = v->slot < s->nslots ? &s->slots[v->slot] : NULL;
	char d[FMT_SIZE], ready[FMT_SIZE + 16] = "";

	if (!old || v->generation < old->generation)
		return;
	if (v->state == SLOT_IDLE && old->restarting) {
		if (v->ready_ns)
			snprintf(ready, sizeof ready, ", ready after %s", fmt_duration(d, (double)v->ready_ns, false));
		add_line(s, e, at, PLAIN, (int32_t)v->slot, "worker %u started again, PID %llu%s", v->slot + 1,
			(unsigned long long)(v->pid ? v->pid : old->pid), ready);
	} else if (v->state == SLOT_EMPTY && old->state == SLOT_RETIRING && s->state == RUN_RUNNING && s->waiting) {
		add_line(s, e, at, PLAIN, (int32_t)v->slot, "worker %u left after its task", v->slot + 1);
	}
}

static void log_death(struct snapshot *s, const struct event *e, uint64_t at)
{
	const struct ev_death *v = &e->death;
	char n[FMT_SIZE];

	if (v->slot >= SLOTS_MAX)
		return;
	if (v->given_back)
		add_line(s, e, at, ERROR, (int32_t)v->slot,
			"worker %u, PID %llu, died: %s. %s unfinished task%s given back.", v->slot + 1,
			(unsigned long long)v->pid, v->cause, fmt_exact(n, v->given_back), plural(v->given_back));
	else
		add_line(s, e, at, ERROR, (int32_t)v->slot, "worker %u, PID %llu, died: %s. It held no tasks.",
			v->slot + 1, (unsigned long long)v->pid, v->cause);
}

static void log_baseline(struct snapshot *s, const struct event *e, uint64_t at)
{
	const struct ev_baseline *b = &e->baseline;
	char t[FMT_SIZE], n[FMT_SIZE];

	if (b->phase == s->baseline.phase)
		return; /* more of the same */
	switch (b->phase) {
	case BASE_RUNNING:
		add_line(s, e, at, PLAIN, -1, "serial baseline started: %s task%s in one process",
			fmt_exact(n, s->run.tasks), plural(s->run.tasks));
		break;
	case BASE_MEASURED:
		if (b->executed < s->run.tasks)
			add_line(s, e, at, SERIAL, -1, "serial baseline done: %s, from %s of the tasks",
				fmt_duration(t, b->t1_ns, false), fmt_exact(n, b->executed));
		else
			add_line(s, e, at, SERIAL, -1, "serial baseline done: %s", fmt_duration(t, b->t1_ns, false));
		break;
	case BASE_ESTIMATED:
		add_line(s, e, at, SERIAL, -1, "serial time estimated from the pool's task times: ≈ %s",
			fmt_duration(t, b->t1_ns, false));
		break;
	case BASE_REFUSED:
		add_line(s, e, at, WARNING, -1, "no serial baseline: %s", b->text);
		break;
	case BASE_MISMATCH:
		add_line(s, e, at, ERROR, -1, "the serial baseline and the pool disagree: %s", b->text);
		break;
	default:
		break;
	}
}

static void log_fail(struct snapshot *s, const struct event *e, uint64_t at)
{
	const struct ev_fail *f = &e->fail;
	int32_t slot = f->slot < SLOTS_MAX ? (int32_t)f->slot : -1;
	char task[FMT_SIZE], n[FMT_SIZE];

	fmt_exact(task, f->task);
	if (f->count > 1)
		add_line(s, e, at, ERROR, slot, "%s tasks failed, the first one %s: %s", fmt_exact(n, f->count), task,
			f->cause);
	else
		add_line(s, e, at, ERROR, slot, "task %s failed: %s", task, f->cause);
}

static void log_end(struct snapshot *s, const struct event *e, uint64_t at)
{
	uint64_t cancelled = s->cancelled;
	struct str more = STR_INIT;
	char n[FMT_SIZE], d[FMT_SIZE];

	if (s->ended)
		return;
	if (s->failed)
		str_addf(&more, ", %s failed", fmt_exact(n, s->failed));
	if (cancelled)
		str_addf(&more, ", %s cancelled", fmt_exact(n, cancelled));
	if (s->done + s->failed + cancelled < s->run.tasks)
		str_addf(&more, ", %s not done", fmt_exact(n, s->run.tasks - s->done - s->failed - cancelled));
	add_line(s, e, at, e->end.state == RUN_DONE ? PLAIN : ERROR, -1, "%s: %s task%s done in %s%s",
		e->end.state < RUN_STATES ? run_state_names[e->end.state] : "ended", fmt_exact(n, s->done),
		plural(s->done), fmt_duration(d, (double)e->end.parallel_ns, false), str_z(&more));
	str_release(&more);
}

void fold_log(struct snapshot *s, const struct event *e, uint64_t at)
{
	char n[FMT_SIZE];

	switch (e->type) {
	case EV_RUN:
		log_run(s, e, at);
		break;
	case EV_SIZED:
		add_line(s, e, at, PLAIN, -1, "sized to %s task%s", fmt_exact(n, e->sized.tasks),
			plural(e->sized.tasks));
		break;
	case EV_STATE:
		log_state(s, e, at);
		break;
	case EV_CPUS:
		if (e->cpus.usable != s->cpus)
			add_line(s, e, at, WARNING, -1, "usable CPUs %u → %u%s%s", s->cpus, e->cpus.usable,
				e->cpus.text[0] ? ": " : "", e->cpus.text);
		break;
	case EV_TARGET:
		if (e->target.to != s->target)
			add_line(s, e, at, PLAIN, -1, "workers %u → %u%s%s", s->target, e->target.to,
				e->target.by[0] ? " by " : "", e->target.by);
		break;
	case EV_CHUNK:
		add_line(s, e, at, PLAIN, -1, "chunk %s → %s%s%s", s->chunk, e->chunk.chunk,
			e->chunk.by[0] ? " by " : "", e->chunk.by);
		break;
	case EV_SLOT:
		log_slot(s, e, at);
		break;
	case EV_DEATH:
		log_death(s, e, at);
		break;
	case EV_BASELINE:
		log_baseline(s, e, at);
		break;
	case EV_FAIL:
		log_fail(s, e, at);
		break;
	case EV_NOTE:
		add_line(s, e, at, e->note.level > ERROR ? ERROR : e->note.level, -1, "%s", e->note.text);
		break;
	case EV_END:
		log_end(s, e, at);
		break;
	default:
		break;
	}
}
