/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client of the faked world: it folds every event and looks at each one with suspicion. */
#include <stdio.h>

#include "engine/fake_agent.h"

void fake_command(struct fake *f, enum command_kind kind, uint64_t number, const char *text)
{
	struct command c = { .kind = (uint8_t)kind, .number = number };
	str_copy(c.text, sizeof(c.text), text ? text : "");
	msg_put_command(&f->client, &c);
	link_flush(&f->client, NULL);
}

bool fake_said(struct fake *f, const char *text)
{
	return strstr(str_z(&f->log), text) != NULL;
}

static void add_done(struct fake *f, const struct ev_done *d)
{
	uint64_t before = f->told_done + f->told_failed;
	for (uint32_t i = 0; i < d->nrows; i++) {
		struct done_row r = done_row_at(d->rows, i);
		f->told_done += r.done;
		f->told_failed += r.failed;
	}
	FAKE_CHECK(f, f->told_done + f->told_failed > before, "an empty claim");
	FAKE_CHECK(f, f->told_done <= f->e->committed.done && f->told_failed <= f->e->committed.failed,
		"claimed %llu done and %llu failed, committed are %llu and %llu", (unsigned long long)f->told_done,
		(unsigned long long)f->told_failed, (unsigned long long)f->e->committed.done,
		(unsigned long long)f->e->committed.failed);
}

/* The event in words, for tests that look for it and for whoever reads a failure. */
static void write_down(struct fake *f, const struct event *ev)
{
	str_addf(&f->log, "%.3f %s", (double)ev->at / 1e9, event_name(ev->type));
	switch (ev->type) {
	case EV_STATE:
		str_addf(&f->log, " %s %s", run_state_names[ev->state.state], ev->state.reason);
		break;
	case EV_TARGET:
		str_addf(&f->log, " %u to %u by %s", ev->target.from, ev->target.to, ev->target.by);
		break;
	case EV_CHUNK:
		str_addf(&f->log, " %s", ev->chunk.chunk);
		break;
	case EV_SLOT:
		str_addf(&f->log, " %u.%u %s", ev->slot.slot, ev->slot.generation, slot_state_names[ev->slot.state]);
		break;
	case EV_DEATH:
		str_addf(&f->log, " %u.%u gives back %llu: %s", ev->death.slot, ev->death.generation,
			(unsigned long long)ev->death.given_back, ev->death.cause);
		break;
	case EV_BASELINE:
		str_addf(&f->log, " phase %u, %llu executed, T1 %.9g: %s", ev->baseline.phase,
			(unsigned long long)ev->baseline.executed, ev->baseline.t1_ns, ev->baseline.text);
		break;
	case EV_FAIL:
		str_addf(&f->log, " %llu of task %llu: %s", (unsigned long long)ev->fail.count,
			(unsigned long long)ev->fail.task, ev->fail.cause);
		break;
	case EV_NOTE:
		str_addf(&f->log, " %u %s", ev->note.level, ev->note.text);
		break;
	case EV_SIZED:
		str_addf(&f->log, " %llu", (unsigned long long)ev->sized.tasks);
		break;
	case EV_END:
		str_addf(&f->log, " %s status %u, %s", run_state_names[ev->end.state], ev->end.status,
			ev->end.fingerprint);
		break;
	default:
		break;
	}
	str_addc(&f->log, '\n');
}

static void check_snapshot(struct fake *f, const struct event *ev)
{
	const struct snapshot *s = &f->snap;
	FAKE_CHECK(f, s->run.tasks == s->waiting + s->held + s->done + s->failed + s->cancelled,
		"after %s: %llu = %llu + %llu + %llu + %llu", event_name(ev->type), (unsigned long long)s->run.tasks,
		(unsigned long long)s->waiting, (unsigned long long)s->held, (unsigned long long)s->done,
		(unsigned long long)s->failed);
	FAKE_CHECK(f, s->done == f->told_done && s->failed == f->told_failed, "the fold counts otherwise");
	FAKE_CHECK(f, s->state == f->told_state, "state %u, told %u", s->state, f->told_state);
	/* a claim waits for its commit and so may come later than what happened after it */
	FAKE_CHECK(f, s->now == ev->at || (event_is_claim(ev->type) && ev->at < s->now), "%s at %llu came after %llu",
		event_name(ev->type), (unsigned long long)ev->at, (unsigned long long)s->now);
}

static void on_event(struct fake *f, const struct event *ev)
{
	FAKE_CHECK(f, ev->type != 0, "an unknown event");
	FAKE_CHECK(f, f->told_events > 0 || ev->type == EV_RUN, "the first event is %s", event_name(ev->type));
	FAKE_CHECK(f, !f->end_told || !event_is_claim(ev->type), "a claim after the end");
	f->told_events++;
	if (ev->type != EV_TICK && ev->type != EV_DONE)
		write_down(f, ev);
	if (ev->type == EV_DONE)
		add_done(f, &ev->done);
	if (ev->type == EV_FAIL)
		f->told_named += ev->fail.count;
	if (ev->type == EV_STATE && !run_state_is_end(ev->state.state))
		f->told_state = ev->state.state;
	if (ev->type == EV_END) {
		f->told_state = ev->end.state;
		f->end_told = true;
	}
	fold_apply(&f->snap, ev);
	check_snapshot(f, ev);
}

static void on_events(struct fake *f, struct slice payload)
{
	struct reader r = reader_of(payload);
	struct err err = { "" };
	struct event ev;
	get_u64(&r);
	while (r.left) {
		FAKE_CHECK(f, event_unpack(&r, &ev, &err) == 0, "%s", err.msg);
		on_event(f, &ev);
	}
	FAKE_CHECK(f, !r.bad, "cut short");
}

void fake_client(struct fake *f)
{
	struct err err = { "" };
	struct frame fr;
	long n;
	while ((n = link_read(&f->client, 1 << 20, &err)) > 0)
		while (link_next(&f->client, &fr, &err) == 1) {
			if (fr.type == MSG_FAREWELL) {
				f->farewell = true;
				continue;
			}
			FAKE_CHECK(f, fr.type == MSG_EVENTS, "%s", msg_name(fr.type));
			on_events(f, fr.payload);
		}
	FAKE_CHECK(f, n == 0, "the engine has dropped its client: %s", err.msg);
}

void fake_check_sums(struct fake *f, uint64_t tasks)
{
	const struct engine *e = f->e;
	struct fingerprint want = { 0 };
	char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE];
	for (uint64_t t = 0; t < tasks; t++) {
		bool failed = false;
		for (size_t i = 0; i < f->nfailed && !failed; i++)
			failed = f->failed[i] == t;
		if (!failed)
			fingerprint_add_f64(&want, t, fake_value(t, false));
	}
	FAKE_CHECK(f, e->committed.done + e->committed.failed == tasks, "%llu done and %llu failed of %llu",
		(unsigned long long)e->committed.done, (unsigned long long)e->committed.failed,
		(unsigned long long)tasks);
	FAKE_CHECK(f, f->told_done == e->committed.done && f->told_failed == e->committed.failed,
		"the client knows otherwise");
	FAKE_CHECK(f, f->told_failed == f->nfailed && f->told_named == f->nfailed,
		"%llu failed, %zu are stored, %llu were named", (unsigned long long)f->told_failed, f->nfailed,
		(unsigned long long)f->told_named);
	FAKE_CHECK(f, f->end_told, "the end was not told");
	fingerprint_text(a, &want);
	fingerprint_text(b, &e->committed.fingerprint);
	FAKE_CHECK(f, strcmp(a, b) == 0, "fingerprint %s, computed directly %s", b, a);
	FAKE_CHECK(f, f->nfailed > 0 || strcmp(f->snap.end.fingerprint, a) == 0, "the end says %s",
		f->snap.end.fingerprint);
	FAKE_CHECK(f, f->snap.waiting == 0 && f->snap.held == 0, "tasks are left over");
}
