/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunk rules: their definitions by known numbers, and that leases cover all tasks exactly, whatever the rule. */
#include "plan/chunk.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct chunk parse(const char *text)
{
	struct chunk c;
	struct err err;

	if (chunk_parse(text, &c, &err) < 0)
		ck_abort_msg("%s: %s", text, err.msg);
	return c;
}

/* The sizes of all leases of n tasks, joined by blanks. */
static const char *sizes(const char *rule, uint64_t n, uint32_t workers)
{
	static char buf[4096];
	struct chunk c = parse(rule);
	struct chunk_state s = { n, n, workers };
	size_t used = 0;

	buf[0] = '\0';
	while (s.remaining) {
		uint32_t k = chunk_next(&c, &s);

		used += (size_t)snprintf(buf + used, sizeof buf - used, "%s%u", used ? " " : "", k);
		ck_assert_uint_lt(used, sizeof buf);
		s.remaining -= k;
	}
	return buf;
}

START_TEST(fixed_is_always_the_same)
{
	ck_assert_str_eq(sizes("30", 100, 4), "30 30 30 10");
	ck_assert_str_eq(sizes("1", 3, 4), "1 1 1");
	ck_assert_str_eq(sizes("1000", 100, 4), "100");
}
END_TEST

START_TEST(static_is_one_piece_a_worker)
{
	ck_assert_str_eq(sizes("static", 100, 4), "25 25 25 25");
	ck_assert_str_eq(sizes("static", 10, 4), "3 3 3 1");
	ck_assert_str_eq(sizes("static", 2, 4), "1 1");
	ck_assert_str_eq(sizes("static:6", 20, 4), "6 6 6 2");
}
END_TEST

/* divmod(len, 4 × workers), one more with a remainder: 100 tasks on 2 workers are chunks of 13. */
START_TEST(pool_is_what_python_does)
{
	ck_assert_str_eq(sizes("pool", 100, 2), "13 13 13 13 13 13 13 9");
	ck_assert_str_eq(sizes("pool", 96, 4), "6 6 6 6 6 6 6 6 6 6 6 6 6 6 6 6");
	ck_assert_str_eq(sizes("pool", 3, 4), "1 1 1");
}
END_TEST

START_TEST(guided_falls_to_the_smallest)
{
	ck_assert_str_eq(sizes("guided", 100, 2), "25 19 14 11 8 6 5 3 3 2 1 1 1 1");
	ck_assert_str_eq(sizes("guided:10", 100, 2), "25 19 14 11 10 10 10 1");
}
END_TEST

START_TEST(a_resize_acts_on_the_next_lease)
{
	struct chunk c = parse("static");
	struct chunk_state s = { 100, 100, 4 };

	ck_assert_uint_eq(chunk_next(&c, &s), 25);
	s.remaining = 75;
	s.workers = 10;
	ck_assert_uint_eq(chunk_next(&c, &s), 10);
	s.workers = 0; /* no worker wanted: the lease is that of one */
	ck_assert_uint_eq(chunk_next(&c, &s), 75);
}
END_TEST

START_TEST(a_lease_never_wraps)
{
	struct chunk c = parse("static");
	struct chunk_state s = { UINT64_C(1) << 48, UINT64_C(1) << 48, 1 };

	ck_assert_uint_eq(chunk_next(&c, &s), UINT32_MAX);
	c = parse("pool");
	s.workers = UINT32_MAX;
	ck_assert_uint_eq(chunk_next(&c, &s), 16385); /* ceil(2^48 / (4 × (2^32 − 1))) */
}
END_TEST

/* A small generator of test cases (Steele and Vigna's splitmix64). */
static uint64_t next_random(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

START_TEST(leases_cover_all_tasks_exactly)
{
	uint64_t x = 507;

	for (int i = 0; i < 2000; i++) {
		const struct chunk_rule *rule = &chunk_rules[next_random(&x) % 4];
		struct chunk c = { rule, 1 + next_random(&x) % (1 + next_random(&x) % 100) };
		uint64_t n = 1 + next_random(&x) % 20000, sum = 0;
		struct chunk_state s = { n, n, 1 };
		uint32_t last = UINT32_MAX;

		while (s.remaining) {
			uint32_t k;

			if (next_random(&x) % 16 == 0) {
				s.workers = (uint32_t)(1 + next_random(&x) % 64);
				last = UINT32_MAX;
			}
			k = chunk_next(&c, &s);
			/* With the same workers no rule ever grows. (One check a lease: check tells its parent of each.) */
			if (k < 1 || k > s.remaining || k > last || (s.remaining >= c.size && k < c.size))
				ck_abort_msg("%s:%u gives %u of %u to %u workers, after %u", rule->name,
					(unsigned)c.size, k, (unsigned)s.remaining, s.workers, last);
			last = k;
			sum += k;
			s.remaining -= k;
		}
		ck_assert_uint_eq(sum, n);
	}
}
END_TEST

START_TEST(text_goes_there_and_back)
{
	static const char *const texts[] = { "1", "64", "static", "static:8", "pool", "pool:2", "guided", "guided:16" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct chunk c = parse(texts[i]);
		struct str s = STR_INIT;

		chunk_print(&s, &c);
		ck_assert_str_eq(str_z(&s), texts[i]);
		str_release(&s);
	}
	ck_assert_uint_eq(parse("fixed:64").size, 64);
	ck_assert_str_eq(parse("10k").rule->name, "fixed");
	ck_assert_uint_eq(parse("10k").size, 10000);
}
END_TEST

START_TEST(errors_say_what_would_be_right)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "guidd", "'guidd' is no chunk rule; did you mean guided?" },
		{ "Static", "'Static' is no chunk rule; did you mean static?" },
		{ "stattic:4", "'stattic:4' is no chunk rule; did you mean static?" },
		{ "", "'' is neither a number of tasks nor a chunk rule; write 64, static, pool, guided, or guided:16 "
		      "for at least 16" },
		{ "dynamically-chosen-by-the-machine-itself", "'dynamically-chosen-by-the-machine-itself' is neither a "
							      "number of tasks nor a chunk rule; write 64, static, "
							      "pool, guided, or guided:16 for at least 16" },
		{ "fixed", "fixed needs a number of tasks; write it alone, such as 64" },
		{ "0", "'0' is too small; at least 1 is allowed" },
		{ "-4", "'-4' is too small; at least 1 is allowed" },
		{ "1000000001", "'1000000001' is too large; at most 1000000000 is allowed" },
		{ "guided:", "guided: '' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6" },
		{ "guided:0", "guided: '0' is too small; at least 1 is allowed" },
		{ "guided:x", "guided: 'x' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6" },
		{ "1.5", "'1.5' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct chunk c = { NULL, 77 };
		struct err err;

		ck_assert_int_eq(chunk_parse(cases[i].text, &c, &err), -1);
		ck_assert_str_eq(err.msg, cases[i].message);
		ck_assert_uint_eq(c.size, 77);
	}
}
END_TEST

START_TEST(every_row_is_complete)
{
	int n = 0;

	for (const struct chunk_rule *r = chunk_rules; r->name; r++, n++) {
		ck_assert_ptr_nonnull(r->next);
		ck_assert_uint_gt(strlen(r->formula), 0);
		ck_assert_uint_gt(strlen(r->help), 0);
	}
	ck_assert_int_eq(n, 4);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("chunk");
	TCase *t = tcase_create("chunk");

	tcase_add_test(t, fixed_is_always_the_same);
	tcase_add_test(t, static_is_one_piece_a_worker);
	tcase_add_test(t, pool_is_what_python_does);
	tcase_add_test(t, guided_falls_to_the_smallest);
	tcase_add_test(t, a_resize_acts_on_the_next_lease);
	tcase_add_test(t, a_lease_never_wraps);
	tcase_add_test(t, leases_cover_all_tasks_exactly);
	tcase_add_test(t, text_goes_there_and_back);
	tcase_add_test(t, errors_say_what_would_be_right);
	tcase_add_test(t, every_row_is_complete);
	suite_add_tcase(s, t);
	return tap_run(s);
}
