/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's turn: look at the link, execute a burst of tasks, flush what is due.
 *
 * A burst is the hot path: one call, one clock reading and four stores a task. It ends where something else may be
 * due: at the end of the range, of the frame, or when the link has not been looked at for a millisecond. */
#include "work/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/log.h"
#include "build-id.h"
#include "work/kern.h"
#include "work/worker_state.h"

/* Tasks this long go out each by itself. */
#define SINGLE_NS (500 * NS_PER_US)

static void fail_task(struct worker *w, double v, const struct err *err, bool ran)
{
	struct task_failed m = { .task = w->task.number };

	if (ran)
		str_copy(m.why, sizeof(m.why), isnan(v) ? "the result is not a number" : "the result is infinite");
	else
		str_copy(m.why, sizeof(m.why), err->msg);
	msg_put_task_failed(&w->link, &m);
	w->rec->status[w->rec->n] = 1;
	w->rec->failed++;
	w->burst_end = w->granted.next; /* sentences take room: see whether they are to be flushed */
}

/* The input of the task at hand. */
static void read_input(struct worker *w)
{
	struct reader r = granted_input(&w->granted);
	struct err err;

	if (work_spec_input(&w->work->spec, &r, w->values, &err) < 0)
		worker_leave(w, HELPER_EXIT_PROTOCOL, err.msg);
	granted_input_used(&w->granted, &r);
}

/* Executes tasks up to w->burst_end. The task itself may change w->granted, w->rec and w->burst_end by its poll. */
static void burst(struct worker *w)
{
	int (*const run)(void *, const struct task *, double *, struct err *) = w->work->workload->run;
	const bool has_inputs = w->work->spec.naxes > 0;
	struct records *r = w->rec;
	struct err err;

	do {
		uint64_t end;
		double v = 0;
		int rc;

		w->task.number = w->granted.next++;
		w->begun = w->now;
		if (has_inputs)
			read_input(w);
		rc = run(w->work->state, &w->task, &v, &err);
		end = clock_now();
		if (__builtin_expect(rc < 0 || !isfinite(v), 0)) {
			fail_task(w, v, &err, rc >= 0);
			v = 0;
		}
		if (r->n == 0) {
			r->first = w->task.number;
			r->begun_at = w->begun;
		}
		r->values[r->n] = v;
		r->times[r->n++] = records_time(end - w->begun);
		r->ended_at = w->now = end;
	} while (w->granted.next < w->burst_end && w->now < w->look_at);
}

/* A time that its column cannot hold is told by its frame's begin and end: such a task gets a frame of its own. */
static void single_out_last(struct worker *w)
{
	struct records *r = w->rec;
	uint64_t cpu = clock_thread_cpu(), wall = w->begun - r->begun_at;
	uint32_t last = r->n - 1;
	double v = r->values[last];
	unsigned char status = r->status[last];

	r->status[last] = 0;
	r->failed -= status;
	r->n = last;
	r->ended_at = w->begun;
	records_put(r, &w->link, w->generation, cpu - r->cpu_at < wall ? cpu : r->cpu_at + wall);
	r->n = 1;
	r->failed = status;
	r->status[0] = status;
	r->values[0] = v;
	r->times[0] = UINT32_MAX;
	r->first = w->task.number;
	r->begun_at = w->begun;
	r->ended_at = w->now;
}

static void execute(struct worker *w)
{
	struct records *r = w->rec;
	uint64_t first = w->granted.next, most = w->granted.end - first, start, mean;
	bool careful = w->granted.chunk == 0;

	if (r->n && r->first + r->n != first)
		worker_close_frame(w);
	if (w->oldest && (w->mean > SINGLE_NS || w->now - w->oldest >= WORKER_FLUSH_AGE ||
			  r->n == RECORDS_MAX || link_unsent(&w->link) >= RECORDS_MAX * RECORD_BYTES))
		worker_flush(w);
	if (most > RECORDS_MAX - r->n)
		most = RECORDS_MAX - r->n;
	if (careful || w->mean > SINGLE_NS || !w->mean)
		most = 1;
	if (careful || w->mean >= WORKER_LONG || !w->mean)
		worker_say_begun(w, first);
	w->burst_end = first + most;
	start = w->now;
	burst(w);
	w->said = UINT64_MAX;
	w->executed += w->task.number + 1 - first;
	mean = (w->now - start) / (w->task.number + 1 - first);
	w->mean = (w->mean ? (3 * w->mean + mean) / 4 : mean) | 1;
	if (r->n && !w->oldest)
		w->oldest = r->begun_at + r->times[0];
	if (r->n > 1 && r->times[r->n - 1] == UINT32_MAX)
		single_out_last(w);
	if (careful)
		worker_flush(w);
}

/* Nothing to do: what there is goes out, then the engine's next message is awaited. */
static void idle(struct worker *w)
{
	struct err err;

	worker_flush(w);
	if (link_unsent(&w->link) > 0 && link_drain(&w->link, &err) < 0)
		worker_leave(w, HELPER_EXIT_OK, err.msg);
	link_wait(&w->link, UINT64_MAX);
	worker_absorb(w);
	w->now = clock_now();
	w->look_at = w->now + WORKER_LOOK_EVERY;
	w->rec->cpu_at = clock_thread_cpu();
}

static void say_ready(struct worker *w)
{
	struct worker_ready m = { .protocol = PROTOCOL_VERSION, .pid = (uint64_t)getpid() };

	str_copy(m.build_id, sizeof(m.build_id), POOLTOP_BUILD_ID);
	str_copy(m.simd, sizeof(m.simd), w->simd);
	msg_put_worker_ready(&w->link, &m);
	worker_send(w);
}

/* The last word of a worker that cannot do its work. */
static int refuse(struct worker *w, const struct err *err)
{
	struct setup_failed m;

	str_copy(m.why, sizeof(m.why), err->msg);
	msg_put_setup_failed(&w->link, &m);
	link_drain(&w->link, NULL);
	log_debug("cannot prepare the work: %s", err->msg);
	return HELPER_EXIT_SETUP;
}

/* Waits for MSG_SETUP, the first message of a spawned worker. 0, or the exit status. */
static int set_up(struct worker *w, struct prepared *own)
{
	struct frame f;
	struct err err;
	int rc;

	while ((rc = link_next(&w->link, &f, &err)) == 0) {
		link_wait(&w->link, UINT64_MAX);
		if (link_read(&w->link, WORKER_READ_BUDGET, &err) < 0)
			worker_leave(w, w->link.broken ? HELPER_EXIT_PROTOCOL : HELPER_EXIT_OK, err.msg);
	}
	if (rc > 0 && f.type != MSG_SETUP)
		rc = err_set(&err, "a %s message (%u) before SETUP", msg_name(f.type), f.type);
	if (rc < 0)
		worker_leave(w, HELPER_EXIT_PROTOCOL, err.msg);
	if (prepared_make(own, f.payload, &err) < 0)
		return refuse(w, &err);
	w->work = own;
	return 0;
}

/* Own copies of the values, as inputs are set in them. */
static void make_task(struct worker *w)
{
	const struct work_spec *s = &w->work->spec;

	w->values = xcalloc(s->kind->nparams + 1, sizeof(*w->values));
	for (size_t i = 0; i < s->kind->nparams; i++) {
		w->values[i] = s->values[i];
		if (s->values[i].z)
			w->values[i].z = xstrdup(s->values[i].z);
	}
	w->task.values = w->values;
	w->task.seed = s->seed;
	w->task.poll = worker_task_poll;
	w->task.wait = worker_task_wait;
	w->task.worker = w;
	w->timeout = s->timeout_ns;
}

static void release(struct worker *w)
{
	for (size_t i = 0; w->values && i < w->work->spec.kind->nparams; i++)
		value_release(&w->values[i]);
	free(w->values);
	free(w->rec);
	granted_release(&w->granted);
	link_release(&w->link);
}

static void say_bye(struct worker *w)
{
	struct bye m = { .tasks = w->executed };

	msg_put_bye(&w->link, &m);
	link_drain(&w->link, NULL);
}

static void serve(struct worker *w)
{
	w->now = clock_now();
	for (;;) {
		if (w->now >= w->look_at) {
			worker_look(w, w->now);
			w->now = clock_now();
		}
		if (granted_any(&w->granted))
			execute(w);
		else if (w->stopping)
			break;
		else
			idle(w);
	}
	worker_flush(w);
	say_bye(w);
}

int worker_run(int fd, uint32_t generation, const struct prepared *work)
{
	struct worker w = { .generation = generation, .work = work, .said = UINT64_MAX };
	struct prepared own = { 0 };
	const struct kern *level;
	struct err err;
	int status = 0;

	link_init(&w.link, fd, MAX_WORKER_PAYLOAD);
	level = kern_pick(&err);
	w.simd = level ? level->name : "";
	if (!level)
		status = refuse(&w, &err);
	else if (!work)
		status = set_up(&w, &own);
	if (status == 0) {
		w.rec = xrealloc(NULL, 1, sizeof(*w.rec));
		w.rec->n = w.rec->failed = 0;
		memset(w.rec->status, 0, sizeof(w.rec->status));
		make_task(&w);
		say_ready(&w);
		serve(&w);
	}
	release(&w);
	prepared_release(&own);
	return status;
}
