/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real worker program against an engine that is not to be believed: it leaves, with a word on why. */
#include <signal.h>

#include "worker/hear.h"

static void put_raw(struct link *l, const void *bytes, size_t n)
{
	str_add(&l->out, bytes, n);
	l->put_total += n;
}

static void put_header(struct link *l, uint32_t n, uint16_t type, uint16_t zero)
{
	struct str s = STR_INIT;

	pack_u32(&s, n);
	pack_u16(&s, type);
	pack_u16(&s, zero);
	put_raw(l, s.p, s.n);
	str_release(&s);
}

static void bad_header(struct link *l)
{
	put_header(l, 0, MSG_RECALL, 1);
}

static void bad_length(struct link *l)
{
	put_header(l, MAX_WORKER_PAYLOAD + 1, MSG_GRANT, 0);
}

static void bad_type(struct link *l)
{
	link_put(l, 999, "", 0);
}

static void bad_direction(struct link *l)
{
	link_put(l, MSG_BEGUN, "12345678", 8);
}

static void bad_grant(struct link *l)
{
	link_put(l, MSG_GRANT, "\1\0\0\0only a part", 15);
}

static void bad_empty(struct link *l)
{
	link_put(l, MSG_RECALL, "x", 1);
}

static void bad_range(struct link *l)
{
	struct str s = STR_INIT;

	range_pack(&s, (struct grant_range){ WIRE_TASKS_MAX - 1, 2, 1 });
	msg_put_grant(l, &(struct grant){ .n = 1, .ranges = { s.p, s.n } });
	str_release(&s);
}

static void bad_inputs(struct link *l)
{
	struct str s = STR_INIT;

	range_pack(&s, (struct grant_range){ 0, 2, 1 });
	msg_put_grant(l, &(struct grant){ .n = 1, .ranges = { s.p, s.n }, .inputs = { "abcd", 4 } });
	str_release(&s);
}

static void too_many_ranges(struct link *l)
{
	struct str s = STR_INIT;

	for (int i = 0; i < 33000; i++)
		range_pack(&s, (struct grant_range){ 0, 1, 1 });
	for (int i = 0; i < 2; i++)
		msg_put_grant(l, &(struct grant){ .n = 33000, .ranges = { s.p, s.n } });
	str_release(&s);
}

static void setup_again(struct link *l)
{
	link_put(l, MSG_SETUP, "", 0);
}

static void grant_after_stop(struct link *l)
{
	struct str s = STR_INIT;

	msg_put_empty(l, MSG_STOP);
	range_pack(&s, (struct grant_range){ 0, 2, 1 });
	msg_put_grant(l, &(struct grant){ .n = 1, .ranges = { s.p, s.n } });
	str_release(&s);
}

static const struct {
	void (*send)(struct link *l);
	const char *complaint;
} broken[] = {
	{ bad_header, "broken frame" },
	{ bad_length, "broken frame" },
	{ bad_type, "999" },
	{ bad_direction, "BEGUN" },
	{ bad_grant, "broken GRANT message" },
	{ bad_empty, "broken RECALL message" },
	{ bad_range, "broken GRANT message" },
	{ bad_inputs, "broken GRANT message" },
	{ too_many_ranges, "ranges granted" },
	{ setup_again, "SETUP" },
	{ grant_after_stop, "after STOP" },
};

/* During a long task and between tasks: the worker leaves and says why. */
START_TEST(leaves_a_broken_engine)
{
	for (int busy = 0; busy < 2; busy++) {
		struct drive d;
		struct plan p;
		struct heard h = { 0 };
		char text[4096];

		drive_plan(&p, "sleep", an_hour);
		start_ready(&d, &p);
		if (busy) {
			drive_grant(&d.link, &p, 0, 1, 1);
			drive_send(&d.link);
			while (h.begun == 0)
				ck_assert(hear(&d, &h));
		}
		broken[_i].send(&d.link);
		link_drain(&d.link, NULL); /* it may have left before all is written */
		ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_PROTOCOL);
		drive_complaints(&d, text, sizeof(text));
		ck_assert_msg(strstr(text, broken[_i].complaint) != NULL, "%s", text);
		drive_release(&d);
		forget(&h, &p);
	}
}
END_TEST

START_TEST(leaves_when_inputs_are_missing)
{
	static const char *const times[] = { "1ms", "2ms", NULL };
	struct drive d;
	struct plan p, without;
	struct heard h = { 0 };

	drive_plan(&p, "sleep", NULL);
	drive_plan(&without, "sleep", NULL);
	drive_axis(&p, "time", times);
	start_ready(&d, &p);
	drive_grant(&d.link, &without, 0, 1, 1);
	drive_send(&d.link);
	while (hear(&d, &h))
		;
	ck_assert_uint_eq(h.n, 0);
	ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_PROTOCOL);
	drive_release(&d);
	plan_release(&without);
	forget(&h, &p);
}
END_TEST

START_TEST(refuses_work_it_cannot_prepare)
{
	struct drive d;
	struct setup_failed m;
	struct err err = { "" };

	drive_start(&d, "worker");
	link_put(&d.link, MSG_SETUP, "nonsense", 8);
	drive_send(&d.link);
	ck_assert_int_eq(msg_get_setup_failed(drive_expect(&d.link, MSG_SETUP_FAILED), &m, &err), 0);
	ck_assert_str_ne(m.why, "");
	ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_SETUP);
	drive_release(&d);
	/* and says nothing to an engine that begins with something else */
	drive_start(&d, "worker");
	msg_put_empty(&d.link, MSG_STOP);
	drive_send(&d.link);
	ck_assert_int_eq(drive_wait(&d), HELPER_EXIT_PROTOCOL);
	drive_release(&d);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("worker_broken");
	TCase *t = tcase_create("worker_broken");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, leaves_a_broken_engine, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	tcase_add_test(t, leaves_when_inputs_are_missing);
	tcase_add_test(t, refuses_work_it_cannot_prepare);
	suite_add_tcase(s, t);
	return drive_run(s);
}
