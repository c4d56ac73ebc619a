/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run of UI.md's pictures and what may become of it: four workers on two CPUs, one death, then pause, stop or
 * the end. The counts at 13.2 s are those of the pictures to the last task. */
#include "tests/screens/stream.h"

#include <math.h>
#include <string.h>

#include "base/die.h"
#include "tests/screens/stream_make.h"

#define POOL_AT 2.13 /* s: the serial baseline took so long */
#define STEP 0.05
#define PICTURE 264 /* steps: 13.2 s after the begin of the pool */
#define TASKS 400000
#define CHUNK 512
#define HELD 352 /* a worker */

static const double born[4] = { 0, 0, 4.0, 7.0 };                     /* s after the begin of the pool */
static const uint64_t at_picture[4] = { 85632, 85440, 47968, 29280 }; /* done at 13.2 s */
static const uint64_t at_end[4] = { 123552, 123360, 85888, 67200 };

/* Tasks one worker does until t when `n` workers share 18,800 a second. */
static double one_worker(double t)
{
	double a = fmin(t, 4), b = fmin(fmax(t - 4, 0), 3), c = fmax(t - 7, 0);

	return 18800 * (a / 2 + b / 3 + c / 4);
}

/* Never quite the same rate in the seconds before the picture, though the same on average. */
static double unrest(uint32_t slot, double t)
{
	double ease = fmin(fmax(t - 7.5, 0), 1);

	return ease * 220 * sin(M_PI / 4.2 * (slot + 2) * (t - PICTURE * STEP));
}

static uint64_t done_by(uint32_t slot, unsigned step)
{
	double t = step * STEP, share, n;

	if (t <= born[slot])
		return 0;
	if (step >= PICTURE) {
		n = (double)at_picture[slot] + 4700 * (t - PICTURE * STEP);
		return n > (double)at_end[slot] ? at_end[slot] : (uint64_t)n;
	}
	share = (one_worker(t) - one_worker(born[slot])) / (one_worker(PICTURE * STEP) - one_worker(born[slot]));
	n = (double)at_picture[slot] * share + unrest(slot, t);
	return n > 0 ? (uint64_t)n : 0;
}

static void begin(struct maker *m, struct str *out)
{
	struct ev_run run = { .name = "integral-average",
		.title = "400,000 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507",
		.kind = "integrate",
		.method = "slides' method",
		.start = "spawn",
		.chunk = "512",
		.tasks = TASKS,
		.seed = 507,
		.workers = 2,
		.cpus = 2,
		.pure = true,
		.has_result = true };

	make_init(m, out);
	m->at = 0;
	make_run(m, run);
	m->tick.chunk_now = CHUNK;
}

static void baseline(struct maker *m, double until)
{
	m->at = make_s(0.001);
	make_state(m, RUN_SERIAL, "");
	make_order(m, 0);
	m->at = make_s(0.0018);
	make_ready(m, 0, 48210, make_s(0.0008));
	make_baseline(m, BASE_RUNNING, 0, 0, NAN);
	for (double t = 0.1; t < until; t += 0.1) {
		m->at = make_s(t);
		make_baseline(m, BASE_RUNNING, (uint64_t)(t / 100.25e-6), 100250, 382.7 * sqrt(POOL_AT / t));
		m->slots[0].row = (struct tick_row){
			.held = 16, .flags = TICK_HAS_LEASE, .lease_of = 16, .cpu = 1000, .rss_kib = 3174
		};
		m->slots[0].row.leases = (uint32_t)(t / 100.25e-6 / 16);
		make_tick(m);
	}
}

static void pool_begins(struct maker *m)
{
	m->at = make_s(POOL_AT - 0.002);
	make_baseline(m, BASE_MEASURED, 21240, 100250, 382.7);
	make_slot_state(m, 0, SLOT_EMPTY);
	m->at = make_s(POOL_AT);
	make_state(m, RUN_RUNNING, "");
	make_order(m, 0);
	make_order(m, 1);
	m->at += make_s(0.0007);
	make_ready(m, 0, 48211, make_s(0.0007));
	m->at += make_s(0.0001);
	make_ready(m, 1, 48212, make_s(0.0008));
}

static void worker_joins(struct maker *m, uint32_t slot, uint64_t pid)
{
	make_target(m, slot, slot + 1, "key +");
	make_order(m, slot);
	m->at += make_s(0.0007);
	make_ready(m, slot, pid, make_s(0.0007));
}

static void step_happens(struct maker *m, unsigned step)
{
	m->at = make_s(POOL_AT + step * STEP);
	if (step == 80)
		worker_joins(m, 2, 48213);
	if (step == 140)
		worker_joins(m, 3, 48214);
	if (step == 182)
		make_death(m, 3, "SIGKILL", 437);
}

static void worker_returns(struct maker *m)
{
	m->at += make_s(0.0001);
	make_order(m, 3);
	m->at += make_s(0.0008);
	make_ready(m, 3, 48260, make_s(0.0008));
}

/* DONE and TICK of one step. */
static void counts(struct maker *m, unsigned step)
{
	static const uint16_t cpu[4] = { 500, 490, 500, 510 };
	uint64_t done[4] = { 0 }, busy = 0;
	double n;

	m->at = make_s(POOL_AT + step * STEP + 0.001);
	for (uint32_t i = 0; i < m->nslots; i++) {
		done[i] = done_by(i, step);
		busy += m->slots[i].pid != 0;
	}
	m->result.n = done[0] + done[1] + done[2] + done[3];
	n = (double)m->result.n;
	m->result.sd = 0.000112;
	m->result.half = n > 1 ? 1.96 * 0.000112 / sqrt(n) : NAN;
	m->result.mean = n > 0 ? 0.78519818 - 1.45e-5 / sqrt(n) : NAN;
	m->result.cpu_ns = n * 103000;
	make_done(m, done, NULL, m->nslots, 168000);
	if (step % 2)
		return;
	for (uint32_t i = 0; i < m->nslots; i++) {
		struct tick_row *r = &m->slots[i].row;
		uint64_t share = busy == 4 ? cpu[i] : busy ? 2000 / busy : 0;

		if (!m->slots[i].pid)
			continue;
		*r = (struct tick_row){
			.flags = TICK_HAS_LEASE, .held = HELD, .task = m->result.n + i * CHUNK, .lease_of = CHUNK
		};
		r->lease_done = (uint32_t)(done[i] % CHUNK);
		r->leases = (uint32_t)(done[i] / CHUNK);
		r->cpu = (uint16_t)(share > 1000 ? 1000 : share);
		r->wait = (uint16_t)(1000 - r->cpu);
		r->rss_kib = i == 3 ? 3072 : 3174;
	}
	m->waiting = m->tasks - m->done > busy * HELD ? m->tasks - m->done - busy * HELD : 0;
	m->tick.mean_ns = 168000;
	m->tick.q10_ns = 101000;
	m->tick.q50_ns = 143000;
	m->tick.q90_ns = 251000;
	make_tick(m);
}

static void run_until(struct maker *m, unsigned steps)
{
	for (unsigned step = 1; step <= steps; step++) {
		step_happens(m, step);
		if (step == 182)
			worker_returns(m);
		counts(m, step);
	}
}

static void picture(struct maker *m, struct str *out)
{
	begin(m, out);
	baseline(m, POOL_AT - 0.01);
	pool_begins(m);
	run_until(m, PICTURE);
}

static void leave(struct maker *m, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		make_slot_state(m, i, SLOT_EMPTY);
}

void stream_four_workers(struct str *out)
{
	struct maker m;

	picture(&m, out);
}

void stream_lost(struct str *out)
{
	struct maker m;

	begin(&m, out);
	baseline(&m, POOL_AT - 0.01);
	pool_begins(&m);
	run_until(&m, 181);
	step_happens(&m, 182);
}

void stream_death(struct str *out)
{
	struct maker m;

	begin(&m, out);
	baseline(&m, POOL_AT - 0.01);
	pool_begins(&m);
	run_until(&m, 186);
}

void stream_done(struct str *out)
{
	struct maker m;
	unsigned step = PICTURE;

	picture(&m, out);
	while (m.done < m.tasks)
		counts(&m, ++step);
	m.waiting = 0;
	m.at = make_s(POOL_AT + 21.275);
	leave(&m, 4);
	make_end(&m, RUN_DONE, 0, make_s(21.269), "9f2c5d0be1374a86c0d2f38e77b961ab");
}

void stream_paused(struct str *out)
{
	struct maker m;

	picture(&m, out);
	m.at += make_s(0.01);
	make_state(&m, RUN_PAUSING, "");
	for (uint32_t i = 0; i < 4; i++)
		m.slots[i].row.held = m.slots[i].row.flags = 0;
	m.waiting = m.tasks - m.done;
	m.at += make_s(0.0005);
	make_state(&m, RUN_PAUSED, "");
	for (uint32_t i = 0; i < 4; i++)
		make_slot_state(&m, i, SLOT_IDLE);
	make_tick(&m);
	m.at += make_s(2.5);
	for (uint32_t i = 0; i < 4; i++)
		m.slots[i].row.cpu = m.slots[i].row.wait = 0;
	make_tick(&m);
}

void stream_settling(struct str *out)
{
	struct maker m;

	picture(&m, out);
	m.at += make_s(0.01);
	worker_joins(&m, 4, 48301);
	for (unsigned i = 1; i <= 5; i++) {
		uint64_t done[5];

		for (uint32_t k = 0; k < 5; k++)
			done[k] = m.slots[k].done + 376;
		m.at += make_s(0.1);
		m.result.n = m.done + 5 * 376;
		make_done(&m, done, NULL, 5, 212000);
		m.slots[4].row = m.slots[3].row;
		for (uint32_t k = 0; k < 5; k++) {
			m.slots[k].row.cpu = 400;
			m.slots[k].row.wait = 600;
		}
		m.waiting = m.tasks - m.done - UINT64_C(5) * HELD;
		make_tick(&m);
	}
}

void stream_leaving(struct str *out)
{
	struct maker m;

	picture(&m, out);
	m.at += make_s(0.01);
	make_target(&m, 4, 3, "key −");
	make_slot_state(&m, 3, SLOT_RETIRING);
}

static void drain(struct maker *m, struct str *out)
{
	picture(m, out);
	m->at += make_s(0.01);
	make_state(m, RUN_DRAINING, "Ctrl-C");
	for (uint32_t i = 0; i < 4; i++) {
		make_slot_state(m, i, SLOT_RETIRING);
		m->slots[i].row.held = 1;
	}
	m->waiting = m->tasks - m->done - 4;
	make_tick(m);
}

void stream_draining(struct str *out)
{
	struct maker m;

	drain(&m, out);
}

void stream_stopped(struct str *out)
{
	struct maker m;
	uint64_t done[4];

	drain(&m, out);
	m.at += make_s(0.2);
	for (uint32_t i = 0; i < 4; i++)
		done[i] = m.slots[i].done + 1;
	m.result.n = m.done + 4;
	make_done(&m, done, NULL, 4, 212000);
	leave(&m, 4);
	make_end(&m, RUN_STOPPED, 4, make_s(13.411), "");
}

void stream_starting(struct str *out)
{
	struct maker m;

	begin(&m, out);
	m.at = make_s(0.001);
	make_order(&m, 0);
	make_order(&m, 1);
	m.at = make_s(0.0014);
	make_tick(&m);
}

void stream_serial(struct str *out)
{
	struct maker m;

	begin(&m, out);
	baseline(&m, 1.21);
}

void stream_short(struct str *out)
{
	struct ev_run run = { .name = "integral-average",
		.title = "100 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507",
		.kind = "integrate",
		.method = "slides' method",
		.start = "spawn",
		.chunk = "guided",
		.tasks = 100,
		.seed = 507,
		.workers = 2,
		.cpus = 2,
		.pure = true,
		.has_result = true };
	uint64_t done[2] = { 54, 46 };
	struct maker m;

	make_init(&m, out);
	make_run(&m, run);
	m.at = make_s(0.0011);
	make_state(&m, RUN_SERIAL, "");
	make_order(&m, 0);
	m.at += make_s(0.0007);
	make_ready(&m, 0, 48210, make_s(0.0007));
	make_baseline(&m, BASE_RUNNING, 0, 0, NAN);
	m.at += make_s(0.0021);
	make_baseline(&m, BASE_MEASURED, 11, 185000, 1700);
	m.at += make_s(0.0002);
	make_state(&m, RUN_RUNNING, "");
	make_order(&m, 1);
	m.at += make_s(0.0008);
	make_ready(&m, 1, 48212, make_s(0.0008));
	m.at += make_s(0.0102);
	m.result = (struct ev_done){ .n = 100, .mean = 0.7851917, .half = 0.000022, .sd = 0.000112, .cpu_ns = 18.6e6 };
	make_done(&m, done, NULL, 2, 186000);
	leave(&m, 2);
	make_end(&m, RUN_DONE, 0, make_s(0.011), "41d07c9be1374a86c0d2f38e77b9e502");
}
