/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every message: what is put is what is got; every shorter, longer or impossible payload is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "tap.h"
#include "wire/msg.h"

/* A link to nowhere: what is put stays in its buffer. */
static void open_link(struct link *l)
{
	int fds[2];

	ck_assert_int_eq(link_pair(fds, NULL), 0);
	close(fds[1]);
	link_init(l, fds[0], MAX_CLIENT_PAYLOAD);
}

/* The one frame in the buffer. */
static struct slice put_payload(const struct link *l, unsigned type)
{
	struct reader r = reader_of((struct slice){ l->out.p, l->out.n });
	uint32_t n = get_u32(&r);

	ck_assert_uint_eq(get_u16(&r), type);
	ck_assert_uint_eq(get_u16(&r), 0);
	ck_assert_uint_eq(n, r.left);
	return get_raw(&r, n);
}

/* A get function as the tables below need it. */
typedef int get_fn(struct slice payload, struct err *err);

/* All prefixes, and one byte more, are refused with a sentence that names the message. The bytes are copied to memory
 * of their exact size, so that a sanitizer sees a read beyond it. */
static void check_lengths(struct slice whole, get_fn *get, const char *name)
{
	for (size_t n = 0; n <= whole.n + 1; n++) {
		struct err err = { "" };
		char *copy = calloc(1, n ? n : 1);
		int rc;

		memcpy(copy, whole.p, n <= whole.n ? n : whole.n);
		rc = get((struct slice){ copy, n }, &err);
		if (n == whole.n) {
			ck_assert_msg(rc == 0, "%s: %s", name, err.msg);
		} else {
			ck_assert_msg(rc == -1, "%s of %zu instead of %zu bytes was accepted", name, n, whole.n);
			ck_assert_msg(strstr(err.msg, name) != NULL, "%s: %s", name, err.msg);
		}
		free(copy);
	}
}

#define LENGTHS(name) \
	static int lengths_of_##name(struct slice payload, struct err *err) \
	{ \
		struct name m; \
		return msg_get_##name(payload, &m, err); \
	}
LENGTHS(agent_setup)
LENGTHS(slot_start)
LENGTHS(slot_signal)
LENGTHS(slots_shown)
LENGTHS(agent_ready)
LENGTHS(slot_started)
LENGTHS(slot_refused)
LENGTHS(slot_exited)
LENGTHS(samples)
LENGTHS(agent_note)
LENGTHS(grant)
LENGTHS(worker_ready)
LENGTHS(setup_failed)
LENGTHS(begun)
LENGTHS(progress)
LENGTHS(results)
LENGTHS(task_failed)
LENGTHS(returned)
LENGTHS(bye)
LENGTHS(hello)
LENGTHS(run_request)
LENGTHS(command)
LENGTHS(welcome)
LENGTHS(refused)
LENGTHS(farewell)

/* Puts `in`, gets it into `out`, and checks all lengths. */
#define ROUND_TRIP(name, type, in, out) \
	do { \
		struct link trip; \
		struct err trip_err = { "" }; \
		struct slice trip_payload; \
		open_link(&trip); \
		msg_put_##name(&trip, &(in)); \
		trip_payload = put_payload(&trip, type); \
		check_lengths(trip_payload, lengths_of_##name, msg_name(type)); \
		ck_assert_int_eq(msg_get_##name(trip_payload, &(out), &trip_err), 0); \
		kept = trip; \
	} while (0)

#define SAME(field) ck_assert_uint_eq(a.field, b.field)
#define SAME_TEXT(field) ck_assert_str_eq(a.field, b.field)
#define SAME_BYTES(field) \
	do { \
		ck_assert_uint_eq(a.field.n, b.field.n); \
		ck_assert_mem_eq(a.field.p, b.field.p, a.field.n); \
	} while (0)

/* The link of the last trip: what was got borrows from it. */
static struct link kept;

START_TEST(agent_messages)
{
	{
		struct agent_setup b, a = { .protocol = 3, .build_id = "0.1-abc", .run_id = "r1", .grace_ns = 1u << 31,
					    .work = { "work", 4 } };

		ROUND_TRIP(agent_setup, MSG_AGENT_SETUP, a, b);
		SAME(protocol);
		SAME_TEXT(build_id);
		SAME_TEXT(run_id);
		SAME(grace_ns);
		SAME_BYTES(work);
		link_release(&kept);
	}
	{
		struct slot_start b, a = { 5, 77, WIRE_FORK };

		ROUND_TRIP(slot_start, MSG_SLOT_START, a, b);
		SAME(slot);
		SAME(generation);
		SAME(method);
		link_release(&kept);
	}
	{
		struct slot_signal b, a = { 5, 77, 15 };

		ROUND_TRIP(slot_signal, MSG_SLOT_SIGNAL, a, b);
		SAME(slot);
		SAME(generation);
		SAME(signo);
		link_release(&kept);
	}
	{
		struct slots_shown b, a = { 10, 20 };

		ROUND_TRIP(slots_shown, MSG_SLOTS_SHOWN, a, b);
		SAME(first);
		SAME(count);
		link_release(&kept);
	}
	{
		struct agent_ready b, a = { .protocol = 1, .build_id = "x", .pid = UINT64_MAX, .max_workers = 9 };

		ROUND_TRIP(agent_ready, MSG_AGENT_READY, a, b);
		SAME(protocol);
		SAME_TEXT(build_id);
		SAME(pid);
		SAME(max_workers);
		link_release(&kept);
	}
	{
		struct slot_started b, a = { 1, 2, 3 };

		ROUND_TRIP(slot_started, MSG_SLOT_STARTED, a, b);
		SAME(slot);
		SAME(generation);
		SAME(pid);
		link_release(&kept);
	}
	{
		struct slot_refused b, a = { .slot = 1, .generation = 2, .why = "no more processes" };

		ROUND_TRIP(slot_refused, MSG_SLOT_REFUSED, a, b);
		SAME(slot);
		SAME(generation);
		SAME_TEXT(why);
		link_release(&kept);
	}
	{
		struct slot_exited b, a = { 1, 2, 1, 9, 1000, 4096, 3 };

		ROUND_TRIP(slot_exited, MSG_SLOT_EXITED, a, b);
		SAME(slot);
		SAME(generation);
		SAME(signaled);
		SAME(code);
		SAME(cpu_ns);
		SAME(max_rss);
		SAME(leftovers);
		link_release(&kept);
	}
	{
		struct agent_note b, a = { .text = "hello" };

		ROUND_TRIP(agent_note, MSG_AGENT_NOTE, a, b);
		SAME_TEXT(text);
		link_release(&kept);
	}
}
END_TEST

START_TEST(sample_rows)
{
	struct str rows = STR_INIT;
	struct samples b, a = { .at = 12345, .n = 3 };

	for (uint32_t i = 0; i < 3; i++)
		sample_row_pack(&rows, &(struct sample_row){ i, i + 1, i * 100, i * 10, i * 4096 });
	a.rows = (struct slice){ rows.p, rows.n };
	ROUND_TRIP(samples, MSG_SAMPLES, a, b);
	SAME(at);
	SAME(n);
	for (uint32_t i = 0; i < 3; i++) {
		struct sample_row r = sample_row_at(b.rows, i);

		ck_assert_uint_eq(r.slot, i);
		ck_assert_uint_eq(r.generation, i + 1);
		ck_assert_uint_eq(r.cpu_ns, i * 100);
		ck_assert_uint_eq(r.wait_ns, i * 10);
		ck_assert_uint_eq(r.rss, i * 4096);
	}
	link_release(&kept);
	str_release(&rows);
}
END_TEST

START_TEST(worker_messages)
{
	{
		struct worker_ready b, a = { .protocol = 1, .build_id = "id", .pid = 42, .simd = "v4" };

		ROUND_TRIP(worker_ready, MSG_READY, a, b);
		SAME(protocol);
		SAME_TEXT(build_id);
		SAME(pid);
		SAME_TEXT(simd);
		link_release(&kept);
	}
	{
		struct setup_failed b, a = { .why = "no such function" };

		ROUND_TRIP(setup_failed, MSG_SETUP_FAILED, a, b);
		SAME_TEXT(why);
		link_release(&kept);
	}
	{
		struct begun b, a = { 99 };

		ROUND_TRIP(begun, MSG_BEGUN, a, b);
		SAME(task);
		link_release(&kept);
	}
	{
		struct progress b, a = { 99, 5, 10 };

		ROUND_TRIP(progress, MSG_PROGRESS, a, b);
		SAME(task);
		SAME(done);
		SAME(of);
		link_release(&kept);
	}
	{
		struct task_failed b, a = { .task = 7, .why = "timeout after 30 s" };

		ROUND_TRIP(task_failed, MSG_TASK_FAILED, a, b);
		SAME(task);
		SAME_TEXT(why);
		link_release(&kept);
	}
	{
		struct bye b, a = { 1u << 20 };

		ROUND_TRIP(bye, MSG_BYE, a, b);
		SAME(tasks);
		link_release(&kept);
	}
}
END_TEST

START_TEST(ranges_and_inputs)
{
	static const struct grant_range ranges[] = { { 0, 1, 1 }, { 17, 100, 0 }, { WIRE_TASKS_MAX - 3, 3, 1000 } };
	struct str packed = STR_INIT;
	struct grant b, a = { .n = 3, .inputs = { "inputs", 6 } };
	struct returned back, give = { .n = 3 };

	for (size_t i = 0; i < 3; i++)
		range_pack(&packed, ranges[i]);
	ck_assert_uint_eq(packed.n, 48);
	give.ranges = a.ranges = (struct slice){ packed.p, packed.n };
	ROUND_TRIP(grant, MSG_GRANT, a, b);
	SAME(n);
	SAME_BYTES(inputs);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(range_at(b.ranges, i).first, ranges[i].first);
		ck_assert_uint_eq(range_at(b.ranges, i).count, ranges[i].count);
		ck_assert_uint_eq(range_at(b.ranges, i).chunk, ranges[i].chunk);
	}
	link_release(&kept);
	ROUND_TRIP(returned, MSG_RETURNED, give, back);
	ck_assert_uint_eq(back.n, 3);
	ck_assert_mem_eq(back.ranges.p, packed.p, packed.n);
	link_release(&kept);
	give = (struct returned){ 0 };
	ROUND_TRIP(returned, MSG_RETURNED, give, back);
	ck_assert_uint_eq(back.n, 0);
	link_release(&kept);
	str_release(&packed);
}
END_TEST

START_TEST(impossible_ranges)
{
	static const struct grant_range bad[] = {
		{ 0, 0, 1 }, { WIRE_TASKS_MAX, 1, 1 }, { UINT64_MAX, 1, 1 }, { WIRE_TASKS_MAX - 2, 3, 1 },
		{ UINT64_MAX - 1, UINT32_MAX, 1 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct str packed = STR_INIT;
		struct link l;
		struct grant m;
		struct returned r;
		struct err err = { "" };

		range_pack(&packed, (struct grant_range){ 1, 1, 1 });
		range_pack(&packed, bad[i]);
		open_link(&l);
		msg_put_grant(&l, &(struct grant){ .n = 2, .ranges = { packed.p, packed.n } });
		ck_assert_int_eq(msg_get_grant(put_payload(&l, MSG_GRANT), &m, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.msg, "range 1"));
		link_release(&l);
		open_link(&l);
		msg_put_returned(&l, &(struct returned){ .n = 2, .ranges = { packed.p, packed.n } });
		ck_assert_int_eq(msg_get_returned(put_payload(&l, MSG_RETURNED), &r, &err), -1);
		link_release(&l);
		str_release(&packed);
	}
}
END_TEST

static struct results make_results(double *values, uint32_t *times, unsigned char *status, uint32_t n, bool failures)
{
	for (uint32_t i = 0; i < n; i++) {
		values[i] = i * 0.1 - 3;
		times[i] = i * 1000 + 1;
		status[i] = i % 3 == 0;
	}
	return (struct results){
		.generation = 3, .flags = failures ? RESULT_HAS_STATUS : 0, .first = 100, .count = n, .cpu_ns = 55,
		.begun_at = 1000, .ended_at = 2000,
		.status = { status, failures ? n : 0 },
		.values = { values, n * sizeof(*values) },
		.times = { times, n * sizeof(*times) },
	};
}

START_TEST(columns)
{
	for (int failures = 0; failures < 2; failures++)
		for (uint32_t n = 1; n < 40; n += 13) {
			double values[40];
			uint32_t times[40];
			unsigned char status[40];
			struct results b, a = make_results(values, times, status, n, failures);

			ROUND_TRIP(results, MSG_RESULTS, a, b);
			SAME(generation);
			SAME(flags);
			SAME(first);
			SAME(count);
			SAME(cpu_ns);
			SAME(begun_at);
			SAME(ended_at);
			SAME_BYTES(status);
			SAME_BYTES(values);
			SAME_BYTES(times);
			link_release(&kept);
		}
}
END_TEST

static void spoil_nan(struct results *r, double *values, unsigned char *status)
{
	(void)r;
	(void)status;
	values[4] = NAN;
}

static void spoil_infinite(struct results *r, double *values, unsigned char *status)
{
	(void)r;
	(void)status;
	values[0] = -INFINITY;
}

static void spoil_status(struct results *r, double *values, unsigned char *status)
{
	(void)r;
	(void)values;
	status[2] = 2;
}

static void spoil_flags(struct results *r, double *values, unsigned char *status)
{
	(void)values;
	(void)status;
	r->flags |= 4;
}

static void spoil_times(struct results *r, double *values, unsigned char *status)
{
	(void)values;
	(void)status;
	r->ended_at = r->begun_at - 1;
}

static void spoil_first(struct results *r, double *values, unsigned char *status)
{
	(void)values;
	(void)status;
	r->first = WIRE_TASKS_MAX - 4;
}

START_TEST(impossible_results)
{
	static void (*const spoil[])(struct results *, double *, unsigned char *) = {
		spoil_nan, spoil_infinite, spoil_status, spoil_flags, spoil_times, spoil_first,
	};

	for (size_t i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		double values[5];
		uint32_t times[5];
		unsigned char status[5];
		struct results b, a = make_results(values, times, status, 5, true);
		struct link l;
		struct err err = { "" };

		spoil[i](&a, values, status);
		open_link(&l);
		msg_put_results(&l, &a);
		ck_assert_int_eq(msg_get_results(put_payload(&l, MSG_RESULTS), &b, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.msg, "broken RESULTS message"));
		link_release(&l);
	}
}
END_TEST

START_TEST(client_messages)
{
	{
		struct hello b, a = { .protocol = 1, .build_id = "id" };

		ROUND_TRIP(hello, MSG_HELLO, a, b);
		SAME(protocol);
		SAME_TEXT(build_id);
		link_release(&kept);
	}
	{
		struct str settings = STR_INIT;
		struct run_request b, a = { .origin = "x.yaml", .text = { "work:", 5 }, .nsettings = 2, .run_dir = "/tmp/r" };

		pack_z(&settings, "tasks");
		pack_z(&settings, "10");
		pack_z(&settings, "--tasks");
		pack_z(&settings, "seed");
		pack_z(&settings, "7");
		pack_z(&settings, "--seed");
		a.settings = (struct slice){ settings.p, settings.n };
		ROUND_TRIP(run_request, MSG_RUN, a, b);
		SAME_TEXT(origin);
		SAME_BYTES(text);
		SAME(nsettings);
		SAME_BYTES(settings);
		SAME_TEXT(run_dir);
		link_release(&kept);
		for (uint32_t n = 0; n < 4; n++) { /* not the number of settings that there are */
			struct link l;
			struct err err = { "" };

			if (n == 2)
				continue;
			a.nsettings = n;
			open_link(&l);
			msg_put_run_request(&l, &a);
			ck_assert_int_eq(msg_get_run_request(put_payload(&l, MSG_RUN), &b, &err), -1);
			ck_assert_ptr_nonnull(strstr(err.msg, "key, value and place"));
			link_release(&l);
		}
		str_release(&settings);
	}
	{
		struct command b, a = { .kind = COMMAND_CHUNK, .number = 4, .number2 = 5, .text = "guided:16" };

		ROUND_TRIP(command, MSG_COMMAND, a, b);
		SAME(kind);
		SAME(number);
		SAME(number2);
		SAME_TEXT(text);
		link_release(&kept);
	}
	{
		struct welcome b, a = { .protocol = 1, .build_id = "id", .run_id = "r", .run_dir = "/d" };

		ROUND_TRIP(welcome, MSG_WELCOME, a, b);
		SAME(protocol);
		SAME_TEXT(build_id);
		SAME_TEXT(run_id);
		SAME_TEXT(run_dir);
		link_release(&kept);
	}
	{
		struct refused b, a = { .status = 2, .text = { "line 1\nline 2", 13 } };

		ROUND_TRIP(refused, MSG_REFUSED, a, b);
		SAME(status);
		SAME_BYTES(text);
		link_release(&kept);
	}
	{
		struct farewell b, a = { 4 };

		ROUND_TRIP(farewell, MSG_FAREWELL, a, b);
		SAME(status);
		link_release(&kept);
	}
}
END_TEST

START_TEST(impossible_words)
{
	struct link l;
	struct err err = { "" };
	struct command command;
	struct slot_start start;
	struct slot_signal sig;

	open_link(&l);
	msg_put_command(&l, &(struct command){ .kind = 0 });
	ck_assert_int_eq(msg_get_command(put_payload(&l, MSG_COMMAND), &command, &err), -1);
	link_release(&l);
	open_link(&l);
	msg_put_command(&l, &(struct command){ .kind = 200 });
	ck_assert_int_eq(msg_get_command(put_payload(&l, MSG_COMMAND), &command, &err), -1);
	link_release(&l);
	open_link(&l);
	msg_put_slot_start(&l, &(struct slot_start){ 0, 1, 2 });
	ck_assert_int_eq(msg_get_slot_start(put_payload(&l, MSG_SLOT_START), &start, &err), -1);
	link_release(&l);
	open_link(&l);
	msg_put_slot_signal(&l, &(struct slot_signal){ 0, 1, 0 });
	ck_assert_int_eq(msg_get_slot_signal(put_payload(&l, MSG_SLOT_SIGNAL), &sig, &err), -1);
	link_release(&l);
	open_link(&l);
	msg_put_slot_signal(&l, &(struct slot_signal){ 0, 1, 65 });
	ck_assert_int_eq(msg_get_slot_signal(put_payload(&l, MSG_SLOT_SIGNAL), &sig, &err), -1);
	link_release(&l);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(msg_name(MSG_GRANT), "GRANT");
	ck_assert_str_eq(msg_name(MSG_PONG), "PONG");
	ck_assert_str_eq(msg_name(9999), "unknown");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("msg");
	TCase *t = tcase_create("msg");

	tcase_add_test(t, agent_messages);
	tcase_add_test(t, sample_rows);
	tcase_add_test(t, worker_messages);
	tcase_add_test(t, ranges_and_inputs);
	tcase_add_test(t, impossible_ranges);
	tcase_add_test(t, columns);
	tcase_add_test(t, impossible_results);
	tcase_add_test(t, client_messages);
	tcase_add_test(t, impossible_words);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return tap_run(s);
}
