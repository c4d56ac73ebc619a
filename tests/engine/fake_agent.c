/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The faked world: agent, client, clock. */
#include "engine/fake_agent.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "engine/turn.h"

/* ---- chance (SplitMix64: Steele, Lea and Flood 2014) ---- */

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t fake_random(struct fake *f)
{
	return mix(f->rng += UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t fake_below(struct fake *f, uint64_t n)
{
	return n ? fake_random(f) % n : 0;
}

bool fake_chance(struct fake *f, unsigned of_10000)
{
	return of_10000 > 0 && fake_below(f, 10000) < of_10000;
}

double fake_value(uint64_t task, bool serial)
{
	(void)serial;
	return (double)(mix(task + 1) >> 11) * 0x1p-53;
}

void fake_complain(struct fake *f, const char *file, int line, const char *what, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	const char *log = str_z(&f->log);
	size_t n = strlen(log), tail = n > 1500 ? n - 1500 : 0;
	ck_abort_msg("seed %llu, step %llu, %.6f s, run %s: %s:%d: %s: %s\nlast events:\n%s",
		(unsigned long long)f->seed, (unsigned long long)f->steps, (double)(f->now - f->e->begun_at) / 1e9,
		run_state_names[f->e->state], file, line, what, text, log + tail);
	abort();
}

/* ---- what the engine asks the world for ---- */

static int start_agent(void *arg, int *fd, uint64_t *pid, struct err *err)
{
	struct fake *f = arg;
	int pair[2];
	ck_assert(!f->agent_open);
	f->agents++;
	if (f->agent_fails)
		return err_set(err, "no agent to be had");
	ck_assert_int_eq(link_pair(pair, err), 0);
	link_init(&f->agent, pair[1], MAX_AGENT_PAYLOAD);
	f->agent_open = true;
	*fd = pair[0];
	*pid = f->next_pid++;
	return 0;
}

/* Ends all workers; what they had written before stays in their links. */
static void sweep(void *arg, uint64_t agent_pid)
{
	struct fake *f = arg;
	(void)agent_pid;
	f->sweeps++;
	for (size_t i = 0; i < f->nworkers; i++) {
		if (!f->workers[i]->dead)
			fake_worker_die(f, f->workers[i], true, SIGKILL);
		fake_worker_free(f->workers[i]);
	}
	f->nworkers = 0;
	if (f->agent_open)
		link_release(&f->agent);
	f->agent_open = false;
}

static uint32_t usable_cpus(void *arg, char *text, size_t size)
{
	struct fake *f = arg;
	snprintf(text, size, "%u CPUs", f->cpus);
	return f->cpus;
}

static uint64_t wall(void *arg)
{
	(void)arg;
	return UINT64_C(1763733600) * NS_PER_S;
}

/* ---- beginning and end ---- */

void fake_init(struct fake *f, uint64_t seed)
{
	*f = (struct fake){ .now = 1000 * NS_PER_S,
		.seed = seed,
		.rng = mix(seed),
		.cpus = 2,
		.max_workers = WORKERS_MAX,
		.next_pid = 1000,
		.rules = { .honest_end = true,
			.start_ns = 5 * NS_PER_MS,
			.end_ns = NS_PER_MS,
			.kill_ns = NS_PER_MS,
			.task_ns = 100 * NS_PER_US,
			.burst = 50,
			.flush = 2000,
			.value = fake_value } };
	struct rlimit r;
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

void fake_plan(struct plan *p, const char *kind, uint64_t tasks, const char *chunk, uint32_t workers)
{
	struct err err = { "" };
	plan_init(p);
	p->name = strdup("faked");
	p->about = strdup("");
	p->kind = kind_find(kind);
	p->values = calloc(p->kind->nparams, sizeof(*p->values));
	for (size_t i = 0; i < p->kind->nparams; i++)
		ck_assert_int_eq(
			param_parse(&p->kind->params[i], p->kind->params[i].fallback, &p->values[i], NULL, &err), 0);
	p->tasks = tasks;
	p->workers = workers;
	p->baseline = BASELINE_NONE;
	p->keep = KEEP_SUMS;
	ck_assert_msg(chunk_parse(chunk, &p->chunk, &err) == 0, "%s", err.msg);
}

void fake_begin(struct fake *f, struct plan *p, const char *dir)
{
	struct err err = { "" };
	struct engine_setup setup = { .plan = p,
		.origin = "test",
		.text = { "", 0 },
		.settings = "",
		.run_id = "test",
		.run_dir = dir,
		.build_id = FAKE_BUILD,
		.version = "0",
		.outside = { start_agent, sweep, usable_cpus, wall, f },
		.now = f->now };
	struct link l;
	int pair[2];
	f->e = engine_new(&setup, &err);
	ck_assert_msg(f->e != NULL, "%s", err.msg);
	ck_assert_int_eq(link_pair(pair, &err), 0);
	link_init(&l, pair[0], MAX_CLIENT_PAYLOAD);
	link_init(&f->client, pair[1], MAX_CLIENT_PAYLOAD);
	f->client_open = true;
	snapshot_init(&f->snap);
	engine_add_client(f->e, l, true);
}

void fake_end(struct fake *f)
{
	sweep(f, 0);
	engine_free(f->e);
	if (f->client_open)
		link_release(&f->client);
	snapshot_release(&f->snap);
	str_release(&f->log);
	free(f->workers);
	free(f->failed);
}

/* ---- the agent ---- */

static void agent_greets(struct fake *f)
{
	struct agent_ready m = { .protocol = PROTOCOL_VERSION, .pid = 1, .max_workers = f->max_workers };
	str_copy(m.build_id, sizeof(m.build_id), f->agent_build ? f->agent_build : FAKE_BUILD);
	msg_put_agent_ready(&f->agent, &m);
}

static void agent_starts(struct fake *f, const struct slot_start *o)
{
	f->starts++;
	f->started_at = f->now;
	if (fake_chance(f, f->rules.refuse)) {
		struct slot_refused no = {
			.slot = o->slot, .generation = o->generation, .why = "no room for a process"
		};
		f->refusals++;
		msg_put_slot_refused(&f->agent, &no);
		return;
	}
	int fd;
	struct fake_worker *w = fake_worker_new(f, o->slot, o->generation, &fd);
	if (f->nworkers == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 16;
		f->workers = realloc(f->workers, f->cap * sizeof(struct fake_worker *));
	}
	f->workers[f->nworkers++] = w;
	w->set_up = f->e->plan.start == START_FORK;
	struct slot_started yes = { .slot = o->slot, .generation = o->generation, .pid = w->pid };
	link_put_fd(&f->agent, fd);
	msg_put_slot_started(&f->agent, &yes);
	if (f->rules.on_start)
		f->rules.on_start(f, w);
}

struct fake_worker *fake_worker_of(struct fake *f, uint32_t slot)
{
	for (size_t i = 0; i < f->nworkers; i++)
		if (f->workers[i]->slot == slot && !f->workers[i]->dead)
			return f->workers[i];
	return NULL;
}

static void agent_signals(struct fake *f, const struct slot_signal *o)
{
	struct fake_worker *w = fake_worker_of(f, o->slot);
	FAKE_CHECK(f, o->signo == SIGKILL, "signal %u", o->signo);
	f->kills++;
	if (w && w->generation == o->generation && !w->kill_at)
		w->kill_at = f->now + fake_below(f, f->rules.kill_ns + 1) + 1;
}

static void agent_frame(struct fake *f, const struct frame *fr)
{
	struct err err = { "" };
	struct agent_setup setup;
	struct slot_start start;
	struct slot_signal signal;
	switch (fr->type) {
	case MSG_AGENT_SETUP:
		FAKE_CHECK(f, msg_get_agent_setup(fr->payload, &setup, &err) == 0, "%s", err.msg);
		agent_greets(f);
		break;
	case MSG_SLOT_START:
		FAKE_CHECK(f, msg_get_slot_start(fr->payload, &start, &err) == 0, "%s", err.msg);
		agent_starts(f, &start);
		break;
	case MSG_SLOT_SIGNAL:
		FAKE_CHECK(f, msg_get_slot_signal(fr->payload, &signal, &err) == 0, "%s", err.msg);
		agent_signals(f, &signal);
		break;
	case MSG_SLOTS_SHOWN:
		break;
	default:
		fake_complain(f, __FILE__, __LINE__, "known message", "%s", msg_name(fr->type));
	}
}

/* Its workers live on until the engine sweeps. */
void fake_agent_die(struct fake *f)
{
	if (f->agent_open)
		link_release(&f->agent);
	f->agent_open = false;
}

static void report_dead(struct fake *f)
{
	for (size_t i = 0; i < f->nworkers;) {
		struct fake_worker *w = f->workers[i];
		if (!w->dead || f->now < w->report_at) {
			i++;
			continue;
		}
		struct slot_exited m = {
			.slot = w->slot, .generation = w->generation, .signaled = w->signaled, .code = w->code
		};
		msg_put_slot_exited(&f->agent, &m);
		fake_worker_free(w);
		f->workers[i] = f->workers[--f->nworkers];
	}
}

/* CPU shares of one half, a quarter of it ready without a CPU. */
static void send_samples(struct fake *f)
{
	struct samples m = { .at = f->now };
	struct str rows = STR_INIT;
	if (f->nworkers == 0 || f->now < f->sampled_at + 250 * NS_PER_MS)
		return;
	f->sampled_at = f->now;
	for (size_t i = 0; i < f->nworkers; i++) {
		const struct fake_worker *w = f->workers[i];
		struct sample_row r = { .slot = w->slot,
			.generation = w->generation,
			.cpu_ns = f->now / 2,
			.wait_ns = f->now / 8,
			.rss = 1 << 20 };
		if (w->dead)
			continue;
		sample_row_pack(&rows, &r);
		m.n++;
	}
	m.rows = (struct slice){ str_z(&rows), rows.n };
	msg_put_samples(&f->agent, &m);
	str_release(&rows);
}

void fake_agent_step(struct fake *f)
{
	struct err err = { "" };
	struct frame fr;
	if (!f->agent_open || f->agent_deaf)
		return;
	if (fake_chance(f, f->rules.agent_dies)) {
		fake_agent_die(f);
		return;
	}
	long n = link_read(&f->agent, 1 << 20, &err);
	while (f->agent_open && link_next(&f->agent, &fr, &err) == 1)
		agent_frame(f, &fr);
	if (n < 0) {
		fake_agent_die(f);
		return;
	}
	report_dead(f);
	send_samples(f);
	link_flush(&f->agent, NULL);
}

/* ---- the clock ---- */

/* Has anything gone to the engine since the last look? Then it wakes up for it. */
static bool something_sent(struct fake *f)
{
	uint64_t sum = f->agents + f->deaths + f->client.sent_total + f->agent.sent_total;
	for (size_t i = 0; i < f->nworkers; i++)
		sum += f->workers[i]->link.sent_total;
	bool changed = sum != f->sent;
	f->sent = sum;
	return changed || (f->e->commit && !f->e->store_failed); /* the store's wake */
}

static uint64_t next_time(struct fake *f)
{
	bool sent = something_sent(f);
	uint64_t due = sent ? f->now : engine_due(f->e);
	f->spins = !sent && due <= f->now ? f->spins + 1 : 0;
	FAKE_CHECK(f, f->spins < 10, "the engine turns round and round");
	for (size_t i = 0; i < f->nworkers; i++) {
		uint64_t d = fake_worker_due(f->workers[i], f->now);
		due = d < due ? d : due;
	}
	if (due <= f->now) /* the way of a message */
		return f->now + 1 + fake_below(f, 200 * NS_PER_US);
	return due + fake_below(f, 20 * NS_PER_US);
}

/* Failures by number: events only name the first of each cause. */
static void harvest_failures(struct fake *f)
{
	const struct store_batch *b = f->e->commit;
	if (!b || f->harvested_at == f->e->commit_began_at)
		return;
	f->harvested_at = f->e->commit_began_at;
	for (size_t i = 0; i < b->nfailures; i++) {
		if (f->nfailed == f->failed_cap) {
			f->failed_cap = f->failed_cap ? f->failed_cap * 2 : 16;
			f->failed = realloc(f->failed, f->failed_cap * sizeof(*f->failed));
		}
		f->failed[f->nfailed++] = b->failures[i].task;
	}
}

void fake_step(struct fake *f)
{
	f->steps++;
	engine_turn(f->e, f->now);
	harvest_failures(f);
	fake_agent_step(f);
	for (size_t i = 0; i < f->nworkers; i++)
		if (!f->workers[i]->dead)
			fake_worker_step(f, f->workers[i]);
	if (f->client_open)
		fake_client(f);
	f->now = next_time(f);
}

void fake_until(struct fake *f, bool (*cond)(struct fake *f), uint64_t steps)
{
	for (uint64_t i = 0; i < steps; i++) {
		if (cond ? cond(f) : f->e->finished)
			return;
		FAKE_CHECK(f, !f->e->finished, "the run is over");
		fake_step(f);
	}
	FAKE_CHECK(f, cond ? cond(f) : f->e->finished, "not within %llu steps: %llu wait, %llu are held, %zu workers",
		(unsigned long long)steps, (unsigned long long)f->e->queue.depth, (unsigned long long)f->e->held,
		f->nworkers);
}

void fake_for(struct fake *f, uint64_t ns)
{
	uint64_t end = f->now + ns;
	while (f->now < end && !f->e->finished)
		fake_step(f);
}
