/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers of the faked world: they do what pooltop-worker does, and whatever else a process can do. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/fake_agent.h"

const char *const lie_names[LIES] = {
	"none",
	"results not held",
	"results skip",
	"results twice",
	"generation",
	"not a number",
	"returned unasked",
	"returned other tasks",
	"returned too many",
	"begun another",
	"unknown type",
	"oversize",
	"broken header",
	"ready twice",
	"other build",
	"before ready",
	"setup failed late",
	"bye unasked",
	"closed link",
	"too many sentences",
	"descriptors",
	"short payload",
};

struct fake_worker *fake_worker_new(struct fake *f, uint32_t slot, uint32_t generation, int *engine_end)
{
	struct fake_worker *w = calloc(1, sizeof(*w));
	struct err err = { "" };
	int pair[2];
	ck_assert_ptr_nonnull(w);
	ck_assert_msg(link_pair(pair, &err) == 0, "%s", err.msg);
	link_init(&w->link, pair[1], MAX_WORKER_PAYLOAD);
	*engine_end = pair[0];
	w->slot = slot;
	w->generation = generation;
	w->pid = f->next_pid++;
	w->ready_at = f->now + fake_below(f, f->rules.start_ns + 1);
	w->never_ready = fake_chance(f, f->rules.never_ready);
	if (fake_chance(f, f->rules.die_starting))
		fake_worker_die(f, w, true, SIGSEGV);
	return w;
}

void fake_worker_free(struct fake_worker *w)
{
	if (!w->dead)
		link_release(&w->link);
	free(w->held);
	str_release(&w->values);
	str_release(&w->times);
	str_release(&w->status);
	free(w);
}

/* Results not yet framed become a frame in the link's buffer. */
static void put_results(struct fake *f, struct fake_worker *w, uint64_t first, uint32_t generation)
{
	(void)f;
	if (w->n == 0)
		return;
	struct results m = { .generation = generation,
		.flags = w->failures ? RESULT_HAS_STATUS : 0,
		.first = first,
		.count = w->n,
		.cpu_ns = w->n * 100u,
		.begun_at = w->begun_at,
		.ended_at = w->begun_at + 1000,
		.status = { str_z(&w->status), w->failures ? w->n : 0 },
		.values = { str_z(&w->values), w->values.n },
		.times = { str_z(&w->times), w->times.n } };
	msg_put_results(&w->link, &m);
	w->n = 0;
	w->failures = false;
	str_clear(&w->values);
	str_clear(&w->times);
	str_clear(&w->status);
}

static void flush(struct fake *f, struct fake_worker *w)
{
	put_results(f, w, w->first, w->generation);
	link_flush(&w->link, NULL);
}

void fake_worker_die(struct fake *f, struct fake_worker *w, bool signaled, uint32_t code)
{
	if (fake_chance(f, 5000))
		put_results(f, w, w->first, w->generation);
	size_t left = link_unsent(&w->link);
	if (left > 0) { /* a frame cut anywhere, also at its ends */
		size_t some = (size_t)fake_below(f, left + 1);
		if (some > 0 && send(w->link.fd, w->link.out.p + w->link.out_at, some, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			some = 0;
	}
	link_release(&w->link);
	w->dead = true;
	w->signaled = signaled;
	w->code = code;
	w->report_at = f->now + fake_below(f, f->rules.end_ns + 1);
	f->deaths++;
}

static void drop_head(struct fake_worker *w)
{
	memmove(w->held, w->held + 1, --w->nheld * sizeof(*w->held));
}

/* Everything behind the task at hand, as ranges. */
static void give_back(struct fake_worker *w)
{
	struct str ranges = STR_INIT;
	struct returned m = { 0 };
	size_t keep = w->running ? 1 : 0;
	for (size_t i = keep; i < w->nheld;) {
		struct grant_range r = { .first = w->held[i].task, .count = 1, .chunk = w->held[i].chunk };
		size_t k = i + 1;
		while (k < w->nheld && w->held[k].task == r.first + r.count && w->held[k].chunk == r.chunk) {
			r.count++;
			k++;
		}
		range_pack(&ranges, r);
		m.n++;
		i = k;
	}
	m.ranges = (struct slice){ str_z(&ranges), ranges.n };
	msg_put_returned(&w->link, &m);
	str_release(&ranges);
	w->nheld = keep < w->nheld ? keep : w->nheld;
}

static void granted(struct fake *f, struct fake_worker *w, struct slice payload)
{
	struct grant g;
	struct err err = { "" };
	FAKE_CHECK(f, msg_get_grant(payload, &g, &err) == 0, "%s", err.msg);
	FAKE_CHECK(f, !w->stopping, "a GRANT after STOP");
	for (uint32_t i = 0; i < g.n; i++) {
		struct grant_range r = range_at(g.ranges, i);
		if (f->rules.on_grant)
			f->rules.on_grant(f, w, r);
		for (uint32_t k = 0; k < r.count; k++) {
			if (w->nheld == w->cap) {
				w->cap = w->cap ? w->cap * 2 : 64;
				w->held = realloc(w->held, w->cap * sizeof(*w->held));
			}
			w->held[w->nheld++] = (struct fake_held){ .task = r.first + k, .chunk = r.chunk };
		}
	}
}

static void hear(struct fake *f, struct fake_worker *w)
{
	struct err err = { "" };
	struct frame fr;
	long n = link_read(&w->link, 1 << 20, &err);
	int rc;
	while ((rc = link_next(&w->link, &fr, &err)) == 1)
		switch (fr.type) {
		case MSG_SETUP:
			w->set_up = true;
			break;
		case MSG_GRANT:
			granted(f, w, fr.payload);
			break;
		case MSG_RECALL:
		case MSG_STOP:
			w->stopping |= fr.type == MSG_STOP;
			w->called_back = true;
			if (!f->rules.mute && w->lie == LIE_NONE)
				give_back(w);
			break;
		case MSG_PING:
			f->pings++;
			msg_put_empty(&w->link, MSG_PONG);
			break;
		default:
			fake_complain(f, __FILE__, __LINE__, "known message", "%s", msg_name(fr.type));
		}
	FAKE_CHECK(f, rc == 0 || w->link.eof, "%s", err.msg);
	if (n < 0)
		fake_worker_die(f, w, false, 0);
}

static void say_ready(struct fake_worker *w, const char *build)
{
	struct worker_ready m = { .protocol = PROTOCOL_VERSION, .pid = w->pid };
	str_copy(m.build_id, sizeof(m.build_id), build);
	msg_put_worker_ready(&w->link, &m);
	w->ready = true;
}

static void say_begun(struct fake *f, struct fake_worker *w, uint64_t task)
{
	struct begun m = { .task = task };
	put_results(f, w, w->first, w->generation);
	msg_put_begun(&w->link, &m);
	link_flush(&w->link, NULL);
}

static void say_failed(struct fake_worker *w, uint64_t task)
{
	struct task_failed m = { .task = task };
	snprintf(m.why, sizeof(m.why), "task %llu fails", (unsigned long long)task);
	msg_put_task_failed(&w->link, &m);
}

static bool is_serial(const struct fake *f, const struct fake_worker *w)
{
	const struct engine *e = f->e;
	return w->slot < e->nslots && e->slots[w->slot]->serial;
}

static void finish(struct fake *f, struct fake_worker *w)
{
	uint64_t task = w->held[0].task;
	bool failed = f->rules.fails && f->rules.fails(f, task), careful = w->held[0].chunk == 0;
	if (w->n > 0 && w->first + w->n != task)
		put_results(f, w, w->first, w->generation);
	if (w->n == 0)
		w->first = task;
	if (failed)
		say_failed(w, task);
	pack_f64(&w->values, failed ? 0 : f->rules.value(task, is_serial(f, w)));
	pack_u32(&w->times, (uint32_t)(f->now - w->begun_at + 1));
	pack_u8(&w->status, failed);
	w->failures |= failed;
	w->n++;
	w->executed++;
	w->running = false;
	drop_head(w);
	if (careful || w->nheld == 0 || fake_chance(f, f->rules.flush))
		flush(f, w);
}

/* False when it has died. */
static bool begin(struct fake *f, struct fake_worker *w)
{
	uint64_t task = w->held[0].task;
	if (f->rules.announce || w->held[0].chunk == 0)
		say_begun(f, w, task);
	w->begun_at = f->now;
	if (f->rules.poison && f->rules.poison(task)) {
		fake_worker_die(f, w, true, SIGSEGV);
		return false;
	}
	uint64_t ns = f->rules.length    ? f->rules.length(f, task)
		      : f->rules.task_ns ? fake_below(f, 2 * f->rules.task_ns)
					 : 0;
	w->running = true;
	w->ends_at = f->now + ns;
	return true;
}

static void work(struct fake *f, struct fake_worker *w)
{
	for (unsigned i = 0; i < f->rules.burst; i++) {
		if (!w->running && (w->nheld == 0 || !begin(f, w)))
			break;
		if (f->now < w->ends_at)
			break;
		finish(f, w);
	}
	if (w->n > 0 && w->nheld == 0) /* the rest was called back */
		flush(f, w);
}

static void leave(struct fake *f, struct fake_worker *w)
{
	struct bye m = { .tasks = w->executed };
	put_results(f, w, w->first, w->generation);
	msg_put_bye(&w->link, &m);
	if (link_flush(&w->link, NULL) == 0)
		fake_worker_die(f, w, false, 0);
}

static void lie_results(struct fake *f, struct fake_worker *w)
{
	uint64_t first = w->nheld ? w->held[0].task : 0;
	uint32_t n = w->nheld ? 1 : 0, generation = w->generation;
	double value = 0.5;
	if (w->lie == LIE_RESULTS_NOT_HELD)
		first += 1000000;
	else if (w->lie == LIE_RESULTS_SKIP)
		first += 1;
	else if (w->lie == LIE_GENERATION)
		generation++;
	else if (w->lie == LIE_NAN)
		value = NAN;
	for (uint32_t times = w->lie == LIE_RESULTS_TWICE ? 2 : 1; times > 0 && n; times--) {
		w->n = 1;
		str_clear(&w->values);
		str_clear(&w->times);
		pack_f64(&w->values, w->lie == LIE_RESULTS_TWICE ? f->rules.value(first, false) : value);
		pack_u32(&w->times, 1000);
		put_results(f, w, first, generation);
	}
}

static void lie_returned(struct fake_worker *w)
{
	struct str ranges = STR_INIT;
	uint64_t first = w->nheld ? w->held[0].task : 0;
	struct grant_range r = { .first = first, .count = 1, .chunk = 1 };
	if (w->lie == LIE_RETURNED_OTHER)
		r.first += 5000000;
	else if (w->lie == LIE_RETURNED_MORE)
		r.count = (uint32_t)w->nheld + 100;
	range_pack(&ranges, r);
	struct returned m = { .n = 1, .ranges = { str_z(&ranges), ranges.n } };
	msg_put_returned(&w->link, &m);
	str_release(&ranges);
}

/* Tells its lie as soon as it can be told; true when told. */
static bool tell_lie(struct fake *f, struct fake_worker *w)
{
	static const char zeros[64];
	bool needs_work = w->lie <= LIE_NAN || w->lie == LIE_BEGUN_OTHER || w->lie == LIE_RETURNED_UNASKED;
	bool needs_recall = w->lie == LIE_RETURNED_OTHER || w->lie == LIE_RETURNED_MORE;
	if ((needs_work && w->nheld == 0) || (needs_recall && !w->called_back))
		return false;
	switch (w->lie) {
	case LIE_RETURNED_UNASKED:
	case LIE_RETURNED_OTHER:
	case LIE_RETURNED_MORE:
		lie_returned(w);
		break;
	case LIE_BEGUN_OTHER: {
		struct begun m = { .task = w->held[0].task + 1 };
		msg_put_begun(&w->link, &m);
		break;
	}
	case LIE_UNKNOWN_TYPE:
		link_put(&w->link, 4711, zeros, sizeof(zeros));
		break;
	case LIE_OVERSIZE:
		send(w->link.fd, "\xff\xff\xff\x7f\x34\0\0\0", 8, MSG_NOSIGNAL);
		break;
	case LIE_HEADER:
		send(w->link.fd, "\4\0\0\0\x34\0\7\0zero", 12, MSG_NOSIGNAL);
		break;
	case LIE_READY_TWICE:
		say_ready(w, FAKE_BUILD);
		break;
	case LIE_READY_OTHER_BUILD:
	case LIE_BEFORE_READY:
		return false; /* told instead of READY */
	case LIE_SETUP_FAILED_LATE: {
		struct setup_failed m = { .why = "no setup" };
		msg_put_setup_failed(&w->link, &m);
		break;
	}
	case LIE_BYE_UNASKED:
		leave(f, w);
		return true;
	case LIE_CLOSED_LINK:
		flush(f, w);
		shutdown(w->link.fd, SHUT_WR);
		w->deaf = true;
		return true;
	case LIE_TOO_MANY_SENTENCES:
		for (uint64_t i = 0; i < WHYS_MAX + 2; i++)
			say_failed(w, i);
		break;
	case LIE_DESCRIPTORS:
		for (int i = 0; i < 80; i++) {
			link_put_fd(&w->link, dup(0));
			msg_put_empty(&w->link, MSG_PONG);
		}
		break;
	case LIE_SHORT_PAYLOAD:
		link_put(&w->link, MSG_RESULTS, zeros, 3);
		break;
	default:
		lie_results(f, w);
	}
	link_flush(&w->link, NULL);
	w->deaf = true; /* nothing else is needed of it */
	return true;
}

static void get_ready(struct fake *f, struct fake_worker *w)
{
	if (!w->set_up || w->never_ready || f->now < w->ready_at)
		return;
	if (w->lie == LIE_BEFORE_READY) {
		say_begun(f, w, 0);
		w->deaf = true;
		return;
	}
	say_ready(w, w->lie == LIE_READY_OTHER_BUILD ? "another build" : FAKE_BUILD);
	w->deaf |= w->lie == LIE_READY_OTHER_BUILD;
	link_flush(&w->link, NULL);
}

void fake_worker_step(struct fake *f, struct fake_worker *w)
{
	if (w->kill_at && f->now >= w->kill_at) {
		fake_worker_die(f, w, true, SIGKILL);
		return;
	}
	if (w->deaf) {
		link_flush(&w->link, NULL);
		return;
	}
	hear(f, w);
	if (!w->dead && !w->ready)
		get_ready(f, w);
	if (w->dead || !w->ready || w->deaf)
		return;
	if (w->lie != LIE_NONE && tell_lie(f, w))
		return;
	if (fake_chance(f, f->rules.die)) {
		fake_worker_die(f, w, true, SIGKILL);
		return;
	}
	if (fake_chance(f, f->rules.deaf)) {
		w->deaf = true;
		return;
	}
	if (!f->rules.mute)
		work(f, w);
	if (w->dead)
		return;
	if (w->stopping && w->nheld == 0 && !w->running && !f->rules.mute)
		leave(f, w);
	else
		link_flush(&w->link, NULL);
}

uint64_t fake_worker_due(const struct fake_worker *w, uint64_t now)
{
	if (w->dead)
		return w->report_at;
	uint64_t due = w->kill_at ? w->kill_at : UINT64_MAX;
	if (w->deaf)
		return due;
	if (!w->ready && w->set_up && !w->never_ready)
		due = w->ready_at < due ? w->ready_at : due;
	if (w->running)
		due = w->ends_at < due ? w->ends_at : due;
	else if (w->nheld > 0)
		due = now;
	return due;
}
