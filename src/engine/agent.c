/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node agent as the engine sees it: started, set up, started again after its death. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/turn.h"

#define AGENT_FAILURES_MAX 10

static void agent_setup_send(struct engine *e)
{
	struct agent_setup m = { .protocol = PROTOCOL_VERSION, .grace_ns = GRACE_NS };
	struct str work = STR_INIT;
	str_copy(m.build_id, sizeof(m.build_id), e->build_id);
	str_copy(m.run_id, sizeof(m.run_id), e->run_id);
	work_spec_pack(&work, &e->plan);
	m.work = (struct slice){ work.p, work.n };
	msg_put_agent_setup(&e->agent.link, &m);
	str_release(&work);
}

/* 0, 50 ms, doubling to 5 s. */
static uint64_t back_off(unsigned failures)
{
	if (failures <= 1)
		return 0;
	unsigned doublings = failures - 2 < 7 ? failures - 2 : 7;
	uint64_t ns = (50 * NS_PER_MS) << doublings;
	return ns < 5 * NS_PER_S ? ns : 5 * NS_PER_S;
}

static void agent_failed(struct engine *e, const char *why)
{
	e->agent_failures++;
	e->agent_again_at = e->now + back_off(e->agent_failures);
	if (e->agent_failures >= AGENT_FAILURES_MAX)
		run_fail(e, 1, "the node agent failed %u times in a row: %s", e->agent_failures, why);
}

static uint64_t results_so_far(const struct engine *e)
{
	return e->done + e->failed + e->retried + e->base.executed;
}

static void agent_start(struct engine *e)
{
	if (e->now < e->agent_again_at || e->state == RUN_ENDING || run_state_is_end(e->state))
		return;
	int fd;
	struct err err = { "" };
	if (e->outside.start_agent(e->outside.arg, &fd, &e->agent_pid, &err) < 0) {
		agent_failed(e, err.msg);
		return;
	}
	link_init(&e->agent.link, fd, MAX_AGENT_PAYLOAD);
	e->agent.open = true;
	e->agent.ready = false;
	e->agent_ready = false;
	e->agent_heard_at = e->now;
	e->agent_results = results_so_far(e);
	agent_setup_send(e);
}

/* The agent is gone, or not to be believed any more: everything below it is ended before any of its work is given
 * out again. */
void agent_lost(struct engine *e, const char *why)
{
	log_debug("agent %llu lost: %s", (unsigned long long)e->agent_pid, why);
	if (e->loop)
		loop_unwatch(e->loop, &e->agent.watch);
	link_release(&e->agent.link);
	e->agent.open = false;
	e->agent_ready = false;
	e->outside.sweep(e->outside.arg, e->agent_pid);
	for (uint32_t i = 0; i < e->nslots; i++) {
		struct slot *s = e->slots[i];
		if (!slot_is_live(s) || s->exited)
			continue;
		s->exited = true;
		if (!s->cause[0])
			str_copy(s->cause, sizeof(s->cause), "its node agent died");
		s->by_order = true;
		slot_set_state(s, SLOT_LOST, e->now);
		slot_show(e, s);
		s->peer.ready = true;
	}
	if (e->state == RUN_ENDING || run_state_is_end(e->state))
		return;
	emit_note(e, 2, "the node agent (PID %llu) died: %s. Its workers were ended, a new one starts",
		(unsigned long long)e->agent_pid, why);
	if (results_so_far(e) != e->agent_results)
		e->agent_failures = 0;
	agent_failed(e, why);
}

static int on_ready(struct engine *e, struct slice p, struct err *err)
{
	struct agent_ready m;
	if (msg_get_agent_ready(p, &m, err) < 0)
		return -1;
	if (m.protocol != PROTOCOL_VERSION || strcmp(m.build_id, e->build_id) != 0) {
		run_fail(e, 2, "pooltop-worker is of another build (%s) than pooltop (%s): install both from one build",
			m.build_id, e->build_id);
		return 0;
	}
	e->agent_ready = true;
	e->max_workers = m.max_workers < WORKERS_MAX ? m.max_workers : WORKERS_MAX;
	if (e->max_workers < e->target)
		pool_set_target(e, e->max_workers, e->auto_target, "limit of open files");
	return 0;
}

static int on_started(struct engine *e, struct slice p, struct err *err)
{
	struct slot_started m;
	if (msg_get_slot_started(p, &m, err) < 0)
		return -1;
	int fd = link_take_fd(&e->agent.link);
	if (fd < 0)
		return err_set(err, "a started worker came without its link");
	struct slot *s = pool_slot(e, m.slot, m.generation);
	if (!s || s->peer.open || s->pid) {
		close(fd);
		return s ? err_set(err, "slot %u was started twice", m.slot + 1) : 0;
	}
	link_init(&s->peer.link, fd, MAX_WORKER_PAYLOAD);
	s->peer.open = true;
	s->pid = m.pid;
	if (e->plan.start == START_SPAWN) {
		struct str *out = link_begin(&s->peer.link, MSG_SETUP);
		work_spec_pack(out, &e->plan);
		link_end(&s->peer.link);
	}
	slot_show(e, s);
	return 0;
}

static int on_refused(struct engine *e, struct slice p, struct err *err)
{
	struct slot_refused m;
	if (msg_get_slot_refused(p, &m, err) < 0)
		return -1;
	struct slot *s = pool_slot(e, m.slot, m.generation);
	if (s && (s->peer.open || s->pid))
		return err_set(err, "slot %u was started and then refused", m.slot + 1);
	if (s)
		slot_refused_start(e, s, m.why);
	return 0;
}

static int on_exited(struct engine *e, struct slice p, struct err *err)
{
	struct slot_exited m;
	if (msg_get_slot_exited(p, &m, err) < 0)
		return -1;
	struct slot *s = pool_slot(e, m.slot, m.generation);
	if (!s)
		return 0;
	s->exited = true;
	s->how = m;
	s->peer.ready = true;
	if (m.leftovers > 0)
		emit_note(e, 1, "worker %u left %u processes behind: ended", m.slot + 1, m.leftovers);
	return 0;
}

static uint16_t permille(uint64_t part, uint64_t whole)
{
	uint64_t v = whole ? part * 1000 / whole : 0;
	return v < UINT16_MAX ? (uint16_t)v : UINT16_MAX;
}

static void sample(struct engine *e, const struct sample_row *r, uint64_t at)
{
	struct slot *s = pool_slot(e, r->slot, r->generation);
	if (!s || !s->pid)
		return;
	uint64_t before = s->sampled_at;
	if (before && at > before && r->cpu_ns >= s->cpu_ns && r->wait_ns >= s->wait_ns) {
		uint16_t cpu = permille(r->cpu_ns - s->cpu_ns, at - before),
			 wait = permille(r->wait_ns - s->wait_ns, at - before);
		s->shown_dirty |= cpu != s->cpu_permille || wait != s->wait_permille || r->rss != s->rss;
		s->cpu_permille = cpu;
		s->wait_permille = wait;
		e->cpu_total_ns += (double)(r->cpu_ns - s->cpu_ns);
		e->wait_total_ns += (double)(r->wait_ns - s->wait_ns);
	}
	s->sampled_at = at;
	s->cpu_ns = r->cpu_ns;
	s->wait_ns = r->wait_ns;
	s->rss = r->rss;
}

static int on_samples(struct engine *e, struct slice p, struct err *err)
{
	struct samples m;
	if (msg_get_samples(p, &m, err) < 0)
		return -1;
	for (uint32_t i = 0; i < m.n; i++) {
		struct sample_row r = sample_row_at(m.rows, i);
		sample(e, &r, m.at);
	}
	return 0;
}

static int on_note(struct engine *e, struct slice p, struct err *err)
{
	struct agent_note m;
	if (msg_get_agent_note(p, &m, err) < 0)
		return -1;
	emit_note(e, 1, "%s", m.text);
	return 0;
}

static int agent_frame(struct engine *e, const struct frame *f, struct err *err)
{
	if (!e->agent_ready && f->type != MSG_AGENT_READY)
		return err_set(err, "%s before its greeting", msg_name(f->type));
	switch (f->type) {
	case MSG_AGENT_READY:
		return on_ready(e, f->payload, err);
	case MSG_SLOT_STARTED:
		return on_started(e, f->payload, err);
	case MSG_SLOT_REFUSED:
		return on_refused(e, f->payload, err);
	case MSG_SLOT_EXITED:
		return on_exited(e, f->payload, err);
	case MSG_SAMPLES:
		return on_samples(e, f->payload, err);
	case MSG_AGENT_NOTE:
		return on_note(e, f->payload, err);
	default:
		return err_set(err, "unexpected message %u", f->type);
	}
}

void absorb_agent(struct engine *e)
{
	if (!e->agent.open || (e->loop && !e->agent.ready))
		return;
	e->agent.ready = false;
	struct err err = { "its link was closed" };
	struct frame f;
	long n = link_read(&e->agent.link, 4 * READ_BUDGET, &err);
	int rc;
	if (n > 0)
		e->agent_heard_at = e->now;
	while ((rc = link_next(&e->agent.link, &f, &err)) == 1)
		if (agent_frame(e, &f, &err) < 0) {
			rc = -1;
			break;
		}
	if (n < 0 || rc < 0)
		agent_lost(e, err.msg);
}

/* Must it say something? Its greeting, samples of running workers, the end of a killed one. */
static bool agent_must_speak(const struct engine *e)
{
	if (!e->agent_ready)
		return true;
	for (uint32_t i = 0; i < e->nslots; i++) {
		const struct slot *s = e->slots[i];
		if (slot_is_live(s) && !s->exited && (s->pid || s->state == SLOT_ENDING))
			return true;
	}
	return false;
}

void agent_keep_up(struct engine *e)
{
	if (!e->agent.open) {
		agent_start(e);
	} else if (!agent_must_speak(e)) {
		e->agent_heard_at = e->now;
	} else if (e->now - e->agent_heard_at > AGENT_LIMIT_NS) {
		agent_lost(e, "it did not answer for 10 s: stuck or stopped");
	}
}
