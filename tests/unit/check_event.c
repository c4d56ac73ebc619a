/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events survive packing bit for bit; bytes that are not events are refused; events of a later version are stepped
 * over. */
#include "model/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/screens/stream.h"
#include "tap.h"

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static struct slice slice_of(const struct str *s)
{
	return (struct slice){ s->p, s->n };
}

/* One event of each type with every field set. */
static void sample(struct event *e, uint8_t type, struct str *rows)
{
	memset(e, 0, sizeof *e);
	e->type = type;
	e->at = 0x0102030405060708;
	switch (type) {
	case EV_RUN:
		e->run = (struct ev_run){ .run_id = "20261121-1402-k7",
			.name = "a",
			.title = "400,000 × ∫",
			.kind = "integrate",
			.method = "m",
			.start = "spawn",
			.chunk = "guided",
			.host = "h",
			.version = "0.1.0",
			.tasks = UINT64_C(1) << 48,
			.seed = UINT64_MAX,
			.wall_ns = 1,
			.mono_ns = 2,
			.workers = 3,
			.cpus = 4,
			.baseline = 1,
			.pure = true,
			.has_result = true, .waits = true };
		break;
	case EV_SIZED:
		e->sized = (struct ev_sized){ .tasks = 7, .title = "7 × spin" };
		break;
	case EV_STATE:
		e->state = (struct ev_state){ .state = RUN_FAILED, .reason = "10 starts failed" };
		break;
	case EV_CPUS:
		e->cpus = (struct ev_cpus){ .usable = 2, .text = "your cgroup allows 2" };
		break;
	case EV_TARGET:
		e->target = (struct ev_target){ .from = 2, .to = 1024, .by = "key +" };
		break;
	case EV_CHUNK:
		e->chunk = (struct ev_chunk){ .chunk = "guided:16", .by = "key ]" };
		break;
	case EV_SLOT:
		e->slot = (struct ev_slot){
			.slot = 3, .generation = 2, .state = SLOT_BUSY, .pid = 48260, .ready_ns = 800000
		};
		break;
	case EV_DEATH:
		e->death = (struct ev_death){
			.slot = 3, .generation = 1, .pid = 48214, .given_back = 437, .cause = "SIGKILL"
		};
		break;
	case EV_BASELINE:
		e->baseline = (struct ev_baseline){ .phase = BASE_MEASURED,
			.executed = 11,
			.mean_ns = 1.5,
			.se_ns = NAN,
			.elapsed_ns = -0.0,
			.t1_ns = INFINITY,
			.t1_half = 1e-300,
			.text = "why" };
		break;
	case EV_TICK:
		for (uint32_t i = 0; i < 3; i++) {
			struct tick_row r = { .slot = (uint16_t)i,
				.flags = 7,
				.task = 1 + i,
				.held = 2,
				.age_ms = 3,
				.progress = 4,
				.lease_done = 5,
				.lease_of = 6,
				.leases = 7,
				.cpu = 8,
				.wait = 9,
				.rss_kib = 10 };
			tick_row_pack(rows, &r);
		}
		e->tick = (struct ev_tick){ .waiting = 1,
			.chunk_now = 2,
			.active = 3,
			.mean_ns = 4,
			.q10_ns = 5,
			.q50_ns = 6,
			.q90_ns = 7,
			.others_held = 8,
			.others = 9,
			.others_busy = 10,
			.rss_kib = 11,
			.n = 3,
			.rows = slice_of(rows) };
		break;
	case EV_DONE:
		for (uint32_t i = 0; i < 2; i++) {
			struct done_row r = {
				.slot = (uint16_t)(i + 5), .done = 100 + i, .failed = 3, .busy_ns = UINT64_MAX
			};
			done_row_pack(rows, &r);
		}
		e->done = (struct ev_done){ .cancelled = 1,
			.retried = 2,
			.n = 3,
			.mean = NAN,
			.half = 4,
			.sd = 5,
			.cpu_ns = 6,
			.last_ns = 7,
			.nrows = 2,
			.rows = slice_of(rows) };
		break;
	case EV_FAIL:
		e->fail = (struct ev_fail){ .count = 3, .task = 88, .slot = UINT32_MAX, .cause = "exit 1" };
		break;
	case EV_NOTE:
		e->note = (struct ev_note){ .level = 2, .text = "disk full" };
		break;
	case EV_END:
		e->end = (struct ev_end){
			.state = RUN_DONE, .status = 143, .parallel_ns = 21269000000, .fingerprint = "9f2c"
		};
		break;
	default:
		ck_abort();
	}
}

START_TEST(every_type_survives)
{
	for (uint8_t type = EV_RUN; type <= EV_END; type++) {
		struct str rows = STR_INIT, first = STR_INIT, second = STR_INIT;
		struct event e, back;
		struct reader r;
		struct err err;

		sample(&e, type, &rows);
		event_pack(&first, &e);
		r = reader_of(slice_of(&first));
		ck_assert_msg(event_unpack(&r, &back, &err) == 0, "%s: %s", event_name(type), err.msg);
		ck_assert_uint_eq(r.left, 0);
		ck_assert_uint_eq(back.type, type);
		ck_assert_uint_eq(back.at, e.at);
		event_pack(&second, &back);
		ck_assert_uint_eq(first.n, second.n);
		ck_assert_mem_eq(first.p, second.p, first.n);
		str_release(&rows);
		str_release(&first);
		str_release(&second);
	}
}
END_TEST

START_TEST(fields_come_back)
{
	struct str rows = STR_INIT, s = STR_INIT;
	struct event e, back;
	struct reader r;

	sample(&e, EV_RUN, &rows);
	event_pack(&s, &e);
	sample(&e, EV_TICK, &rows);
	event_pack(&s, &e);
	sample(&e, EV_DEATH, &rows);
	event_pack(&s, &e);
	r = reader_of(slice_of(&s));
	ck_assert_int_eq(event_unpack(&r, &back, NULL), 0);
	ck_assert_str_eq(back.run.title, "400,000 × ∫");
	ck_assert_uint_eq(back.run.tasks, UINT64_C(1) << 48);
	ck_assert(back.run.pure && back.run.has_result && back.run.waits);
	ck_assert_int_eq(event_unpack(&r, &back, NULL), 0);
	ck_assert_uint_eq(back.tick.n, 3);
	ck_assert_uint_eq(back.tick.others_busy, 10);
	struct tick_row row = tick_row_at(back.tick.rows, 2);
	ck_assert_uint_eq(row.slot, 2);
	ck_assert_uint_eq(row.task, 3);
	ck_assert_uint_eq(row.wait, 9);
	ck_assert_uint_eq(row.rss_kib, 10);
	ck_assert_int_eq(event_unpack(&r, &back, NULL), 0);
	ck_assert_str_eq(back.death.cause, "SIGKILL");
	ck_assert_uint_eq(back.death.given_back, 437);
	ck_assert_uint_eq(r.left, 0);
	str_release(&rows);
	str_release(&s);
}
END_TEST

START_TEST(rows_have_the_size_the_header_says)
{
	struct str s = STR_INIT;
	struct tick_row t = { 0 };
	struct done_row d = { .slot = 1023, .done = 1, .failed = 2, .busy_ns = 3 };

	tick_row_pack(&s, &t);
	ck_assert_uint_eq(s.n, TICK_ROW_BYTES);
	str_clear(&s);
	done_row_pack(&s, &d);
	ck_assert_uint_eq(s.n, DONE_ROW_BYTES);
	d = done_row_at(slice_of(&s), 0);
	ck_assert(d.slot == 1023 && d.done == 1 && d.failed == 2 && d.busy_ns == 3);
	str_release(&s);
}
END_TEST

START_TEST(cut_anywhere_is_an_error)
{
	for (uint8_t type = EV_RUN; type <= EV_END; type++) {
		struct str rows = STR_INIT, s = STR_INIT;
		struct event e;

		sample(&e, type, &rows);
		event_pack(&s, &e);
		for (size_t n = 0; n < s.n; n++) {
			struct err err = { "" };
			struct reader r = reader_of((struct slice){ s.p, n });

			ck_assert_int_eq(event_unpack(&r, &e, &err), -1);
			ck_assert(err.msg[0]);
		}
		str_release(&rows);
		str_release(&s);
	}
}
END_TEST

/* The outer length is right but the payload lacks its last byte, or has one more. */
START_TEST(length_of_the_payload_counts)
{
	for (uint8_t type = EV_RUN; type <= EV_END; type++) {
		struct str rows = STR_INIT, s = STR_INIT, t = STR_INIT;
		struct event e, back;
		struct reader r;
		struct err err;

		sample(&e, type, &rows);
		event_pack(&s, &e);
		str_add(&t, s.p, 9);
		pack_bytes(&t, s.p + 13, s.n - 14);
		r = reader_of(slice_of(&t));
		ck_assert_int_eq(event_unpack(&r, &back, &err), -1);

		str_addc(&s, 'x'); /* a field of a later version */
		str_clear(&t);
		str_add(&t, s.p, 9);
		pack_bytes(&t, s.p + 13, s.n - 13);
		r = reader_of(slice_of(&t));
		ck_assert_int_eq(event_unpack(&r, &back, &err), 0);
		ck_assert_uint_eq(back.type, type);
		ck_assert_uint_eq(r.left, 0);
		str_release(&rows);
		str_release(&s);
		str_release(&t);
	}
}
END_TEST

START_TEST(unknown_types_are_stepped_over)
{
	struct str s = STR_INIT, rows = STR_INIT;
	struct event e, back;
	struct reader r;

	pack_u8(&s, 200);
	pack_u64(&s, 12);
	pack_bytes(&s, "whatever a later version says", 29);
	sample(&e, EV_NOTE, &rows);
	event_pack(&s, &e);
	r = reader_of(slice_of(&s));
	ck_assert_int_eq(event_unpack(&r, &back, NULL), 0);
	ck_assert_uint_eq(back.type, 0);
	ck_assert_uint_eq(back.at, 12);
	ck_assert_int_eq(event_unpack(&r, &back, NULL), 0);
	ck_assert_uint_eq(back.type, EV_NOTE);
	ck_assert_str_eq(back.note.text, "disk full");
	str_release(&s);
	str_release(&rows);
}
END_TEST

START_TEST(row_counts_that_lie_are_refused)
{
	struct str s = STR_INIT, rows = STR_INIT;
	struct event e;
	struct reader r;

	sample(&e, EV_TICK, &rows);
	event_pack(&s, &e);
	/* the count stands before the three rows at the end */
	memset(s.p + s.n - 3 * TICK_ROW_BYTES - 4, 0xff, 4);
	r = reader_of(slice_of(&s));
	ck_assert_int_eq(event_unpack(&r, &e, NULL), -1);
	str_release(&s);
	str_release(&rows);
}
END_TEST

/* Any bytes give events or an error; what gives an event gives the same one when packed again. */
START_TEST(random_changes_do_no_harm)
{
	uint64_t random = 4711;
	struct str packed = STR_INIT, again = STR_INIT;
	unsigned accepted = 0;

	stream_lost(&packed);
	for (int round = 0; round < 300; round++) {
		struct reader r;
		struct event e;
		char *copy = malloc(packed.n);

		memcpy(copy, packed.p, packed.n);
		for (int i = 0; i < 3; i++)
			copy[next_random(&random) % packed.n] = (char)next_random(&random);
		r = reader_of((struct slice){ copy, packed.n });
		while (r.left && event_unpack(&r, &e, NULL) == 0) {
			if (!e.type)
				continue;
			struct event twice;
			struct reader r2;

			str_clear(&again);
			event_pack(&again, &e);
			r2 = reader_of(slice_of(&again));
			ck_assert_int_eq(event_unpack(&r2, &twice, NULL), 0);
			ck_assert_uint_eq(twice.type, e.type);
			accepted++;
		}
		free(copy);
	}
	ck_assert_uint_gt(accepted, 1000);
	str_release(&packed);
	str_release(&again);
}
END_TEST

START_TEST(names_and_classes)
{
	ck_assert_str_eq(event_name(EV_RUN), "run");
	ck_assert_str_eq(event_name(EV_END), "end");
	ck_assert_str_eq(event_name(0), "unknown");
	ck_assert_str_eq(event_name(99), "unknown");
	for (unsigned type = 0; type < 100; type++)
		ck_assert_int_eq(event_is_claim(type), type == EV_DONE || type == EV_FAIL || type == EV_END);
	for (unsigned i = 0; i < RUN_STATES; i++)
		ck_assert_int_eq(run_state_is_end((enum run_state)i), i >= RUN_DONE);
	ck_assert_str_eq(run_state_names[RUN_DRAINING], "draining");
	ck_assert_str_eq(slot_state_names[SLOT_RETIRING], "leaving");
	ck_assert_str_eq(slot_state_names[SLOT_LOST], "lost");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_add_test(t, every_type_survives);
	tcase_add_test(t, fields_come_back);
	tcase_add_test(t, rows_have_the_size_the_header_says);
	tcase_add_test(t, cut_anywhere_is_an_error);
	tcase_add_test(t, length_of_the_payload_counts);
	tcase_add_test(t, unknown_types_are_stepped_over);
	tcase_add_test(t, row_counts_that_lie_are_refused);
	tcase_add_test(t, random_changes_do_no_harm);
	tcase_add_test(t, names_and_classes);
	suite_add_tcase(s, t);
	return tap_run(s);
}
