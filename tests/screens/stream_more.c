/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of other kinds of runs: long tasks with every kind of bar, failures, very many workers, and text that
 * means harm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "tests/screens/stream_make.h"

/* A pool of n workers without a serial baseline, ready 1 ms after their start orders. */
static void pool(struct maker *m, uint32_t n, uint64_t first_pid)
{
	m->at = make_s(0.001);
	for (uint32_t i = 0; i < n; i++)
		make_order(m, i);
	m->at = make_s(0.002);
	make_state(m, RUN_RUNNING, "");
	for (uint32_t i = 0; i < n; i++)
		make_ready(m, i, first_pid + i, make_s(0.001));
}

static void row(struct maker *m, uint32_t slot, struct tick_row r)
{
	m->slots[slot].row = r;
	m->slots[slot].shown = true;
}

void stream_long_tasks(struct str *out)
{
	static const uint64_t ends[20] = { 700, 1100, 1900, 2300, 2800, 3100, 3900, 4200, 4800, 5500, 6100, 6300, 7200,
		7900, 8400, 9000, 9700, 10300, 11000,
		11800 }; /* ms: when a task ended; slot 2 has none of them after 4.2 s */
	static const uint32_t by[20] = { 0, 1, 2, 3, 0, 1, 2, 2, 3, 0, 1, 3, 0, 1, 3, 0, 1, 3, 0, 1 };
	struct ev_run run = { .name = "long-tail",
		.title = "64 × sleep, log-normal lengths, mean 2 s, seed 507",
		.kind = "sleep",
		.start = "fork",
		.chunk = "static",
		.tasks = 64,
		.seed = 507,
		.workers = 4,
		.cpus = 2,
		.baseline = 1,
		.has_result = true };
	uint64_t done[4] = { 0 };
	struct maker m;

	make_init(&m, out);
	make_run(&m, run);
	pool(&m, 4, 21711);
	m.tick.chunk_now = 16;
	m.waiting = 0; /* all handed out at once */
	for (uint32_t i = 0; i < 20; i++) {
		m.at = make_s((double)ends[i] / 1000);
		done[by[i]]++;
		m.result = (struct ev_done){
			.n = i + 1, .mean = 2.04, .half = 0.7 / sqrt(i + 1), .sd = 1.1, .cpu_ns = 1e5 * (i + 1)
		};
		make_done(&m, done, NULL, 4, 2.04e9);
		if (i >= 4) {
			m.tick.mean_ns = 2.04e9;
			m.tick.q10_ns = 0.8e9;
			m.tick.q50_ns = 2.0e9;
			m.tick.q90_ns = 4.1e9;
		}
		/* one of each kind: done of the lease, tasks that report nothing, one that reports its progress */
		m.waiting = 0;
		for (uint32_t k = 0; k < 4; k++) {
			struct tick_row r = { .flags = TICK_HAS_TASK | (k == 0 ? TICK_HAS_LEASE : 0) |
						       (k == 3 ? TICK_HAS_PROGRESS : 0),
				.held = 16 - done[k],
				.task = k * 16 + done[k],
				.cpu = 2,
				.rss_kib = 400 };

			r.lease_done = k == 0 ? (uint32_t)done[k] : 0;
			r.lease_of = k == 0 ? 16 : 1;
			r.age_ms = k == 2 ? (uint32_t)(i > 7 ? ends[i] - ends[7] : 300) : (uint32_t)(200 + 90 * k);
			r.progress = k == 3 ? 620 : 0;
			row(&m, k, r);
		}
		make_tick(&m);
	}
	m.at = make_s(12.0);
	m.slots[2].row.age_ms = 7800; /* 3.9 × the median */
	m.slots[0].row.age_ms = 1000;
	make_tick(&m);
}

static void batch(struct maker *m, struct str *out)
{
	static const struct {
		unsigned minute;
		uint64_t task;
		uint32_t slot;
		const char *cause;
	} fails[] = {
		{ 4, 77, 1, "exit 1: not a TIFF file" },
		{ 9, 178, 0, "timeout after 30 s" },
		{ 17, 334, 2, "SIGKILL" },
		{ 30, 583, 3, "timeout after 30 s" },
		{ 38, 741, 3, "exit 1: not a TIFF file" },
		{ 60, 1172, 1, "timeout after 30 s" },
		{ 61, 1209, 3, "exit 1: not a TIFF file" },
	};
	static const uint64_t at_last[4] = { 302, 299, 304, 301 };
	struct ev_run run = { .name = "thumbnails",
		.title = "9,600 × spin, log-normal lengths, mean 11.6 s",
		.kind = "spin",
		.start = "spawn",
		.chunk = "1",
		.tasks = 9600,
		.seed = 1,
		.workers = 4,
		.cpus = 4,
		.baseline = 1 };
	uint64_t done[4] = { 0 }, failed[4] = { 0 };
	unsigned next = 0;

	make_init(m, out);
	make_run(m, run);
	pool(m, 4, 21711);
	m->waiting -= 4;
	m->tick = (struct ev_tick){
		.chunk_now = 1, .mean_ns = 11.6e9, .q10_ns = 8.1e9, .q50_ns = 11.4e9, .q90_ns = 16.2e9
	};
	for (unsigned t = 5; t <= 3710; t += 5) { /* s */
		m->at = make_s(t);
		for (uint32_t i = 0; i < 4; i++)
			done[i] = (at_last[i] * t + UINT64_C(900) * i) / 3710; /* not all four at once */
		if (next < 7 && t / 60 >= fails[next].minute) {
			failed[fails[next].slot]++;
			make_done(m, done, failed, 4, 11.6e9);
			make_fail(m, 1, fails[next].task, fails[next].slot, fails[next].cause);
			next++;
		} else {
			make_done(m, done, failed, 4, 11.6e9);
		}
		m->waiting = m->tasks - m->done - m->failed - 4;
		for (uint32_t i = 0; i < 4; i++)
			row(m, i,
				(struct tick_row){ .flags = TICK_HAS_TASK | (i == 2 ? TICK_HAS_PROGRESS : 0),
					.held = 1,
					.task = 1214 + i,
					.age_ms = i == 2 ? 7400 : 800 + 3100 * i,
					.progress = 620,
					.lease_of = 1,
					.leases = (uint32_t)done[i],
					.cpu = 980,
					.wait = 4,
					.rss_kib = 41000 });
		if (t % 60 == 0)
			make_baseline(m, BASE_ESTIMATED, 0, 11.6e9, NAN);
		make_tick(m);
	}
}

void stream_failures(struct str *out)
{
	struct maker m;

	batch(&m, out);
}

void stream_failed(struct str *out)
{
	uint64_t done[4], failed[4];
	struct maker m;

	batch(&m, out);
	/* the last four are under way for some time */
	for (unsigned last = 0; last < 2; last++) {
		for (uint32_t i = 0; i < 4; i++) {
			done[i] = last ? m.slots[i].done + 1 : m.slots[i].done + (i == 3 ? 2095 : 2096);
			failed[i] = m.slots[i].failed;
		}
		m.at = make_s(last ? 29531 : 29470);
		make_done(&m, done, failed, 4, 11.6e9);
	}
	m.waiting = 0;
	for (uint32_t i = 0; i < 4; i++)
		make_slot_state(&m, i, SLOT_EMPTY);
	make_end(&m, RUN_FAILED, 1, make_s(29530), "");
}

void stream_many_workers(struct str *out, uint32_t n)
{
	struct ev_run run = { .name = "spin",
		.title = "10,000,000 × spin, 100 µs",
		.kind = "spin",
		.start = "fork",
		.chunk = "guided",
		.tasks = 10000000,
		.seed = 507,
		.workers = n,
		.cpus = 16,
		.pure = true };
	uint64_t done[MAKE_SLOTS] = { 0 };
	struct maker m;

	BUG_ON(n < 1 || n > MAKE_SLOTS);
	make_init(&m, out);
	make_run(&m, run);
	pool(&m, n, 5001);
	m.waiting -= UINT64_C(64) * n;
	for (unsigned step = 1; step <= 100; step++) {
		m.at = make_s(0.002 + step * 0.1);
		for (uint32_t i = 0; i < n; i++)
			done[i] = UINT64_C(160000) * step / 10 / n + (i * 7 + step) % 5;
		make_done(&m, done, NULL, n, 1e9 * n / 160000);
		m.tick = (struct ev_tick){ .chunk_now = 9000,
			.mean_ns = 101000.0 * n / 16,
			.q10_ns = 99000,
			.q50_ns = 101000.0 * n / 16,
			.q90_ns = 140000.0 * n / 16 };
		for (uint32_t i = 0; i < n; i++) {
			struct tick_row r = { .flags = TICK_HAS_LEASE,
				.held = 64,
				.task = m.done + 64 * i,
				.lease_of = 64,
				.lease_done = (step * 13 + i) % 64,
				.leases = (uint32_t)(done[i] / 64),
				.rss_kib = 420 };

			r.cpu = (uint16_t)(n > 16 ? 16000 / n : 1000);
			r.wait = (uint16_t)(1000 - r.cpu);
			row(&m, i, r);
			m.slots[i].shown = i < 64;
			if (i >= 64) {
				m.tick.others++;
				m.tick.others_busy++;
				m.tick.others_held += 64;
			}
		}
		m.waiting = m.tasks - m.done - UINT64_C(64) * n;
		make_tick(&m);
	}
}

static void many_32(struct str *out)
{
	stream_many_workers(out, 32);
}

void stream_hostile(struct str *out)
{
	static const char evil[] = "\x1b]0;owned\a\x1b[2J\x1b[31m\xe2\x80\xae"
				   "evil\xff\xfe\n\r\t\x9b\xe2\x80\x8b"
				   "end";
	struct ev_run run = { .tasks = 10, .workers = 1, .cpus = 1 };
	uint64_t done[1] = { 3 }, failed[1] = { 2 };
	struct maker m;

	str_copy(run.name, sizeof run.name, evil);
	str_copy(run.title, sizeof run.title, evil);
	str_copy(run.kind, sizeof run.kind, evil);
	str_copy(run.method, sizeof run.method, evil);
	str_copy(run.start, sizeof run.start, evil);
	str_copy(run.chunk, sizeof run.chunk, evil);
	make_init(&m, out);
	make_run(&m, run);
	pool(&m, 1, 4711);
	make_note(&m, 2, evil);
	m.at = make_s(1);
	make_done(&m, done, failed, 1, 1e8);
	make_fail(&m, 2, 4, 0, evil);
	m.waiting = 4;
	row(&m, 0, (struct tick_row){ .flags = TICK_HAS_TASK, .held = 1, .task = 5, .age_ms = 100, .lease_of = 1 });
	make_tick(&m);
	m.at = make_s(1.5);
	make_death(&m, 0, evil, 1);
	make_tick(&m);
	make_state(&m, RUN_DRAINING, evil);
}

const struct stream streams[] = {
	{ "starting", stream_starting },
	{ "serial", stream_serial },
	{ "four-workers", stream_four_workers },
	{ "lost", stream_lost },
	{ "death", stream_death },
	{ "settling", stream_settling },
	{ "leaving", stream_leaving },
	{ "paused", stream_paused },
	{ "draining", stream_draining },
	{ "stopped", stream_stopped },
	{ "done", stream_done },
	{ "short", stream_short },
	{ "long-tasks", stream_long_tasks },
	{ "failures", stream_failures },
	{ "failed", stream_failed },
	{ "many-workers", many_32 },
	{ "hostile", stream_hostile },
	{ NULL, NULL },
};

void stream_snapshot(struct snapshot *s, void (*make)(struct str *out))
{
	struct str packed = STR_INIT;
	struct err err;

	snapshot_init(s);
	make(&packed);
	if (fold_apply_packed(s, (struct slice){ packed.p, packed.n }, &err) < 0)
		BUG("%s", err.msg);
	str_release(&packed);
}
