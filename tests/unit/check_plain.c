/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain lines, the summary, and JSON: pinned texts of made-up runs, and what must hold for every run. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "tap.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/fold.h"
#include "screens/stream.h"
#include "ui/json.h"
#include "ui/plain.h"

static struct str out;

static const char *summary(void (*make)(struct str *), bool ascii)
{
	struct snapshot s;

	stream_snapshot(&s, make);
	str_clear(&out);
	plain_summary(&out, &s, ascii);
	snapshot_release(&s);
	return str_z(&out);
}

/* Plays the stream event by event, as the client does when each comes in a message of its own. */
static const char *follow(void (*make)(struct str *), bool ascii)
{
	struct str packed = STR_INIT;
	struct snapshot s;
	struct plain p = { .begun = false };
	struct reader r;
	struct event e;
	struct err err;

	make(&packed);
	snapshot_init(&s);
	str_clear(&out);
	r = reader_of((struct slice){ packed.p, packed.n });
	while (r.left) {
		ck_assert_int_eq(event_unpack(&r, &e, &err), 0);
		fold_apply(&s, &e);
		plain_follow(&p, &out, &s, s.now, STREAM_WALL_NS + s.now, ascii);
	}
	snapshot_release(&s);
	str_release(&packed);
	return str_z(&out);
}

START_TEST(the_summary_of_a_run)
{
	ck_assert_str_eq(summary(stream_done, false),
		"integral-average  400,000 tasks done in 21.3 s, 4 workers on 2 CPUs; serial 40.1 s; 1.89×, efficiency 94 %\n"
		"result 0.78519816 ±0.00000035 (95 %)   fingerprint 9f2c·61ab   run 20261121-1402-k7   (pooltop report k7)\n");
	ck_assert_str_eq(summary(stream_done, true),
		"integral-average  400,000 tasks done in 21.3 s, 4 workers on 2 CPUs; serial 40.1 s; 1.89x, efficiency 94 %\n"
		"result 0.78519816 +-0.00000035 (95 %)   fingerprint 9f2c.61ab   run 20261121-1402-k7   (pooltop report k7)\n");
}
END_TEST

/* A sample whose mean is hardly known: the serial time and what is made from it carry their half-widths. */
START_TEST(a_rough_serial_time_says_so)
{
	struct snapshot s;

	stream_snapshot(&s, stream_done);
	s.baseline.executed = 8;
	s.baseline.mean_ns = 100250;
	s.baseline.se_ns = 40000;
	s.baseline.t1_half = 31.4e9;
	str_clear(&out);
	plain_summary(&out, &s, false);
	ck_assert_msg(strstr(str_z(&out), "; serial ≈ 40.1 s ±") != NULL, "%s", str_z(&out));
	ck_assert_msg(strstr(str_z(&out), "; 1.89× ±") != NULL, "%s", str_z(&out));
	snapshot_release(&s);
}
END_TEST

START_TEST(lines_are_wrapped_between_words)
{
	str_clear(&out);
	plain_wrap(&out, "one two  three\nfour\n\nincomprehensible ±5 six\n", 11);
	ck_assert_str_eq(str_z(&out), "one two\n  three\nfour\n\nincomprehensible\n  ±5 six\n");
	for (int cells = 1; cells < 120; cells += 7) {
		struct str wrapped = STR_INIT;

		plain_wrap(&wrapped, summary(stream_done, false), cells);
		for (const char *z = str_z(&wrapped); *z; z += strcspn(z, "\n") + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(z, "\n"), z);
			ck_assert_msg(text_cells(line) <= cells || !strchr(line + strspn(line, " "), ' '), "%d: %s", cells, line);
		}
		str_release(&wrapped);
	}
}
END_TEST

START_TEST(failures_are_said_by_cause)
{
	const char *z = summary(stream_failed, false);

	ck_assert_ptr_nonnull(strstr(z, "9,593 of 9,600 tasks done, 7 failed, in "));
	ck_assert_ptr_nonnull(strstr(z, "\nfailed 3 × exit 1: not a TIFF file\n"));
	ck_assert_ptr_nonnull(strstr(z, "\nfailed 3 × timeout after 30 s\n"));
	ck_assert_ptr_nonnull(strstr(z, "\nfailed 1 × SIGKILL   (task "));
	ck_assert_ptr_nonnull(strstr(z, "serial ≈ "));
}
END_TEST

START_TEST(a_stopped_run_says_so)
{
	const char *z = summary(stream_stopped, false);

	ck_assert_ptr_nonnull(strstr(z, "integral-average  stopped: "));
	ck_assert_ptr_nonnull(strstr(z, " of 400,000 tasks done"));
	ck_assert_ptr_null(strstr(z, "fingerprint"));
}
END_TEST

START_TEST(lines_of_a_run)
{
	const char *z = follow(stream_done, false);
	struct str first = STR_INIT;

	str_add(&first, z, strcspn(z, "\n"));
	ck_assert_str_eq(str_z(&first), "integral-average  400,000 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507   "
	                                "2 workers on 2 CPUs, chunk 512, spawn   run 20261121-1402-k7");
	str_release(&first);
	ck_assert_ptr_nonnull(strstr(z, "  serial"));
	ck_assert_ptr_nonnull(strstr(z, "  running"));
	ck_assert_ptr_nonnull(strstr(z, " with workers   "));
	ck_assert_ptr_nonnull(strstr(z, "ends in ≈ "));
	ck_assert_ptr_nonnull(strstr(z, "worker 4, PID 48214, died: SIGKILL."));
}
END_TEST

START_TEST(lines_come_every_few_seconds)
{
	struct plain p = { .begun = false };
	struct snapshot s;
	int lines = 0;

	stream_snapshot(&s, stream_four_workers);
	str_clear(&out);
	plain_follow(&p, &out, &s, s.now, STREAM_WALL_NS, false);
	str_clear(&out);
	for (int i = 0; i < 200; i++) { /* 20 s in steps of 0.1 s */
		plain_follow(&p, &out, &s, s.now + (uint64_t)i * 100 * NS_PER_MS, STREAM_WALL_NS, false);
		ck_assert(plain_next(&p) > s.now + (uint64_t)i * 100 * NS_PER_MS);
	}
	for (const char *z = str_z(&out); *z; z++)
		lines += *z == '\n';
	ck_assert_int_eq(lines, 3);
	snapshot_release(&s);
}
END_TEST

START_TEST(many_deaths_are_few_lines)
{
	struct plain p = { .begun = false };
	struct snapshot s;
	struct event e = { .type = EV_DEATH };
	int lines = 0;

	stream_snapshot(&s, stream_four_workers);
	plain_follow(&p, &out, &s, s.now, STREAM_WALL_NS, false);
	str_clear(&out);
	strcpy(e.death.cause, "SIGSEGV");
	for (int i = 0; i < 1000; i++) {
		e.at = s.now + NS_PER_MS;
		e.death.generation = 10 + (uint32_t)i;
		e.death.slot = (uint32_t)i % 4;
		fold_apply(&s, &e);
		plain_follow(&p, &out, &s, s.now, STREAM_WALL_NS, false);
	}
	plain_follow(&p, &out, &s, s.now + 10 * NS_PER_S, STREAM_WALL_NS, false);
	for (const char *z = str_z(&out); *z; z++)
		lines += *z == '\n';
	ck_assert_int_eq(lines, 6); /* four of them (the stream has one death already), how many more, counts */
	ck_assert_ptr_nonnull(strstr(str_z(&out), "more like these\n"));
	snapshot_release(&s);
}
END_TEST

START_TEST(nothing_acts_on_a_terminal)
{
	for (const struct stream *st = streams; st->name; st++)
		for (int k = 0; k < 4; k++) {
			const char *z = k & 1 ? summary(st->make, k & 2) : follow(st->make, k & 2);
			size_t n = strlen(z), used;

			ck_assert_uint_eq(utf8_bad_at(z, n), n);
			for (; n; z += used, n -= used) {
				int32_t cp;

				used = utf8_decode(z, n, &cp);
				ck_assert_msg(cp == '\n' || (cp >= ' ' && cp != 0x7f && (cp < 0x80 || cp > 0x9f)), "%s", st->name);
				ck_assert(cp < 0x202a || cp > 0x202e);
				if (k & 2)
					ck_assert_int_lt(cp, 0x80);
			}
		}
}
END_TEST

START_TEST(every_event_is_one_line_of_json)
{
	for (const struct stream *st = streams; st->name; st++) {
		struct str packed = STR_INIT;
		struct reader r;
		struct event e;
		struct err err;
		uint64_t n = 0;

		st->make(&packed);
		r = reader_of((struct slice){ packed.p, packed.n });
		while (r.left) {
			json_t *o;

			ck_assert_int_eq(event_unpack(&r, &e, &err), 0);
			str_clear(&out);
			json_event(&out, &e, n);
			ck_assert(out.n > 1 && out.p[out.n - 1] == '\n' && memchr(out.p, '\n', out.n) == out.p + out.n - 1);
			for (size_t i = 0; i + 1 < out.n; i++)
				ck_assert(out.p[i] >= ' ' && out.p[i] < 0x7f);
			o = json_loads(str_z(&out), 0, NULL);
			ck_assert_ptr_nonnull(o);
			ck_assert_int_eq(json_integer_value(json_object_get(o, "v")), EVENT_VERSION);
			ck_assert_int_eq(json_integer_value(json_object_get(o, "number")), (json_int_t)n++);
			ck_assert_int_eq(json_integer_value(json_object_get(o, "at")), (json_int_t)e.at);
			ck_assert_str_eq(json_string_value(json_object_get(o, "event")), event_name(e.type));
			if (e.type == EV_TICK)
				ck_assert_uint_eq(json_array_size(json_object_get(o, "rows")), e.tick.n);
			json_decref(o);
		}
		str_release(&packed);
	}
}
END_TEST

START_TEST(json_of_odd_values)
{
	struct event e = { .type = EV_DONE, .at = 5 };

	str_clear(&out);
	e.done.mean = (double)NAN;
	e.done.half = (double)INFINITY;
	json_event(&out, &e, 1);
	ck_assert_str_eq(str_z(&out), "{\"v\":1,\"event\":\"done\",\"number\":1,\"at\":5,\"cancelled\":0,\"retried\":0,"
	                              "\"n\":0,\"mean\":null,\"half\":null,\"sd\":0.0,\"cpu_ns\":0.0,"
	                              "\"last_ns\":0,\"waiting\":0,\"rows\":[]}\n");
	str_clear(&out);
	memset(&e, 0, sizeof(e));
	e.type = EV_STATE;
	e.state.state = 200;
	strcpy(e.state.reason, "a\033[31m\xff\xe2\x80\xae");
	json_event(&out, &e, 2);
	ck_assert_str_eq(str_z(&out), "{\"v\":1,\"event\":\"state\",\"number\":2,\"at\":0,\"state\":\"unknown\","
	                              "\"reason\":\"a\\\\x1b[31m\\\\xff\\\\u{202e}\"}\n");
	str_clear(&out);
	memset(&e, 0, sizeof(e));
	e.type = EV_RUN;
	e.run.seed = UINT64_MAX;
	json_event(&out, &e, 0);
	ck_assert_ptr_nonnull(strstr(str_z(&out), "\"seed\":\"18446744073709551615\""));
	str_clear(&out);
	e.type = 0;
	json_event(&out, &e, 3);
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("plain");
	TCase *t = tcase_create("plain");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_summary_of_a_run);
	tcase_add_test(t, a_rough_serial_time_says_so);
	tcase_add_test(t, lines_are_wrapped_between_words);
	tcase_add_test(t, failures_are_said_by_cause);
	tcase_add_test(t, a_stopped_run_says_so);
	tcase_add_test(t, lines_of_a_run);
	tcase_add_test(t, lines_come_every_few_seconds);
	tcase_add_test(t, many_deaths_are_few_lines);
	tcase_add_test(t, nothing_acts_on_a_terminal);
	tcase_add_test(t, every_event_is_one_line_of_json);
	tcase_add_test(t, json_of_odd_values);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
