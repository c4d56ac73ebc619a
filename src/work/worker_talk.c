/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's conversation with the engine, between tasks and during them. */
#include "work/worker_state.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define PROGRESS_EVERY (100 * NS_PER_MS)
#define PROGRESS_STEPS 50           /* a waiting task wakes up for progress no more often */
#define RETRY_WRITE    (10 * NS_PER_MS)

void worker_leave(struct worker *w, int status, const char *why)
{
	log_debug("leaving, task %llu was the last begun: %s", (unsigned long long)w->task.number, why);
	if (status != HELPER_EXIT_OK)
		text_complain(stderr, why);
	exit(status);
}

void worker_send(struct worker *w)
{
	struct err err;
	int rc = link_flush(&w->link, &err);

	if (rc > 0 && link_unsent(&w->link) > WORKER_UNSENT_MAX)
		rc = link_drain(&w->link, &err);
	if (rc < 0)
		worker_leave(w, HELPER_EXIT_OK, err.msg);
}

void worker_close_frame(struct worker *w)
{
	if (w->rec->n > 0)
		records_put(w->rec, &w->link, w->generation, clock_thread_cpu());
}

void worker_flush(struct worker *w)
{
	worker_close_frame(w);
	worker_send(w);
	w->oldest = 0;
	w->now = clock_now();
}

void worker_say_begun(struct worker *w, uint64_t task)
{
	struct begun m = { .task = task };

	w->said = task;
	worker_close_frame(w);
	msg_put_begun(&w->link, &m);
	worker_send(w);
	w->oldest = 0;
	w->now = clock_now();
	w->progress_at = w->now + PROGRESS_EVERY;
}

static void give_back(struct worker *w)
{
	struct str ranges = STR_INIT;
	struct returned m;

	m.n = granted_take_all(&w->granted, &ranges);
	m.ranges = (struct slice){ str_z(&ranges), ranges.n };
	msg_put_returned(&w->link, &m);
	str_release(&ranges);
	w->burst_end = 0; /* the burst ends with the task at hand */
}

static int obey(struct worker *w, const struct frame *f, struct err *err)
{
	struct grant g;

	if (f->type == MSG_GRANT && w->stopping)
		return err_set(err, "a GRANT message after STOP");
	if (f->type == MSG_GRANT)
		return msg_get_grant(f->payload, &g, err) < 0 ? -1
			: granted_add(&w->granted, &g, w->work->spec.naxes > 0, err);
	if (f->type != MSG_RECALL && f->type != MSG_STOP && f->type != MSG_PING)
		return err_set(err, "a message that no worker knows: %s (%u)", msg_name(f->type), f->type);
	if (f->payload.n > 0)
		return err_set(err, "broken %s message: %zu bytes too many", msg_name(f->type), f->payload.n);
	if (f->type == MSG_PING) {
		msg_put_empty(&w->link, MSG_PONG);
		return 0;
	}
	w->stopping |= f->type == MSG_STOP;
	give_back(w);
	return 0;
}

void worker_absorb(struct worker *w)
{
	struct frame f;
	struct err err;
	long got = link_read(&w->link, WORKER_READ_BUDGET, &err);
	int rc = 0;

	if (got < 0)
		worker_leave(w, w->link.broken ? HELPER_EXIT_PROTOCOL : HELPER_EXIT_OK, err.msg);
	while (rc >= 0 && (rc = link_next(&w->link, &f, &err)) > 0)
		rc = obey(w, &f, &err);
	if (rc < 0)
		worker_leave(w, HELPER_EXIT_PROTOCOL, err.msg);
	if (w->link.eof) /* nobody is there to hear more */
		worker_leave(w, HELPER_EXIT_OK, "the engine has closed the link");
}

void worker_look(struct worker *w, uint64_t now)
{
	worker_absorb(w);
	if (link_unsent(&w->link) > 0)
		worker_send(w);
	w->look_at = now + WORKER_LOOK_EVERY;
}

static int time_over(const struct worker *w, struct err *err)
{
	double s = (double)w->timeout / (double)NS_PER_S;

	return s < 1 ? err_set(err, "timeout after %.15g ms", s * 1e3) : err_set(err, "timeout after %.15g s", s);
}

static void say_progress(struct worker *w, uint64_t done, uint64_t of, uint64_t every)
{
	struct progress m = { .task = w->task.number, .done = done, .of = of };

	w->progress_at = w->now + every;
	if (link_unsent(&w->link) > 0)
		return; /* the engine is behind: progress may be dropped */
	msg_put_progress(&w->link, &m);
	worker_send(w);
}

/* What is due in the middle of a task. */
static void attend(struct worker *w, uint64_t done, uint64_t of, uint64_t every)
{
	worker_look(w, w->now);
	if (w->said != w->task.number && w->now - w->begun >= WORKER_LONG)
		worker_say_begun(w, w->task.number);
	if (w->oldest && w->now - w->oldest >= WORKER_FLUSH_AGE)
		worker_flush(w);
	if (w->rec->n && !w->oldest)
		w->oldest = w->begun;
	if (w->now >= w->progress_at && w->said == w->task.number)
		say_progress(w, done, of, every);
}

int worker_task_poll(const struct task *t, uint64_t done, uint64_t of, struct err *err)
{
	struct worker *w = t->worker;
	uint64_t now = clock_now();

	if (now < w->look_at)
		return 0;
	w->now = now;
	if (w->timeout && now - w->begun >= w->timeout)
		return time_over(w, err);
	attend(w, done, of, PROGRESS_EVERY);
	return 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int worker_task_wait(const struct task *t, uint64_t ns, struct err *err)
{
	struct worker *w = t->worker;
	uint64_t start = clock_now(), end = start + ns;
	uint64_t every = ns / PROGRESS_STEPS > PROGRESS_EVERY ? ns / PROGRESS_STEPS : PROGRESS_EVERY;

	w->now = start;
	if (ns >= WORKER_LONG && w->said != t->number)
		worker_say_begun(w, t->number);
	while (w->now < end) {
		uint64_t until = end;

		if (w->timeout)
			until = least(until, w->begun + w->timeout);
		if (w->said == t->number)
			until = least(until, w->progress_at);
		if (w->oldest)
			until = least(until, w->oldest + WORKER_FLUSH_AGE);
		if (link_unsent(&w->link) > 0)
			until = least(until, w->now + RETRY_WRITE);
		if (until > w->now)
			link_wait(&w->link, until - w->now);
		w->now = clock_now();
		if (w->timeout && w->now - w->begun >= w->timeout && w->now < end)
			return time_over(w, err);
		attend(w, w->now < end ? w->now - start : ns, ns, every);
	}
	return 0;
}
