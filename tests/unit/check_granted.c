/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tasks a worker holds: against a plain list of task numbers, in random schedules; and its bounds. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "work/granted.h"

/* A small generator of its own, so that a failure is the same everywhere. */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

struct model {
	uint64_t tasks[100000];
	size_t at, n;
};

/* Grants 1 to 5 ranges; each task's input is its number. */
static void grant_some(struct granted *g, struct model *m, uint64_t *state, bool inputs)
{
	struct str ranges = STR_INIT, rows = STR_INIT;
	uint32_t n = 1 + next_random(state) % 5;
	struct grant grant = { .n = n };
	struct err err = { "" };

	for (uint32_t i = 0; i < n; i++) {
		struct grant_range r = { next_random(state), 1 + next_random(state) % 20, next_random(state) % 7 };

		range_pack(&ranges, r);
		for (uint32_t k = 0; k < r.count; k++) {
			m->tasks[m->n++] = r.first + k;
			if (inputs)
				pack_u64(&rows, r.first + k);
		}
	}
	grant.ranges = (struct slice){ ranges.p, ranges.n };
	grant.inputs = (struct slice){ rows.p, rows.n };
	ck_assert_int_eq(granted_add(g, &grant, inputs, &err), 0);
	str_release(&ranges);
	str_release(&rows);
}

static void execute_some(struct granted *g, struct model *m, uint32_t n, bool inputs)
{
	for (; n > 0 && granted_any(g); n--) {
		uint64_t task = g->next++;

		ck_assert_uint_lt(m->at, m->n);
		ck_assert_uint_eq(task, m->tasks[m->at++]);
		if (inputs) {
			struct reader r = granted_input(g);

			ck_assert_uint_eq(get_u64(&r), task);
			ck_assert(!r.bad);
			granted_input_used(g, &r);
		}
	}
}

static void recall(struct granted *g, struct model *m)
{
	struct str ranges = STR_INIT;
	uint32_t n = granted_take_all(g, &ranges);

	for (uint32_t i = 0; i < n; i++) {
		struct grant_range r = range_at((struct slice){ ranges.p, ranges.n }, i);

		ck_assert_uint_gt(r.count, 0);
		for (uint32_t k = 0; k < r.count; k++)
			ck_assert_uint_eq(m->tasks[m->at++], r.first + k);
	}
	ck_assert_uint_eq(m->at, m->n);
	ck_assert(!granted_any(g));
	str_release(&ranges);
}

START_TEST(is_a_queue_of_tasks)
{
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct granted g = { 0 };
		struct model *m = calloc(1, sizeof(*m));
		uint64_t state = seed;
		bool inputs = seed % 2;

		while (m->n < 5000) {
			uint32_t what = next_random(&state) % 20;

			if (what < 9)
				grant_some(&g, m, &state, inputs);
			else if (what < 19)
				execute_some(&g, m, next_random(&state) % 60, inputs);
			else
				recall(&g, m);
		}
		execute_some(&g, m, UINT32_MAX, inputs);
		ck_assert_uint_eq(m->at, m->n);
		recall(&g, m);
		granted_release(&g);
		free(m);
	}
}
END_TEST

/* A stream of grants that are executed as they come needs no more memory than the largest. */
START_TEST(memory_stays)
{
	struct granted g = { 0 };
	struct model *m = calloc(1, sizeof(*m));
	uint64_t state = 1;

	for (int i = 0; i < 4000; i++) {
		m->at = m->n = 0;
		grant_some(&g, m, &state, true);
		execute_some(&g, m, i % 500 ? UINT32_MAX : 0, true); /* now and then one waits */
		if (granted_any(&g))
			recall(&g, m);
	}
	ck_assert_uint_le(g.cap, 64);
	ck_assert_uint_le(g.inputs.cap, 8192);
	granted_release(&g);
	free(m);
}
END_TEST

START_TEST(bounds)
{
	struct granted g = { 0 };
	struct str ranges = STR_INIT;
	struct err err = { "" };
	struct grant grant;
	char *bytes = calloc(1, 1 << 20);
	int i = 0;

	for (; i < WIRE_RANGES_MAX; i++)
		range_pack(&ranges, (struct grant_range){ 0, 1, 1 });
	grant = (struct grant){ .n = WIRE_RANGES_MAX, .ranges = { ranges.p, ranges.n } };
	ck_assert_int_eq(granted_add(&g, &grant, false, &err), 0);
	grant.n = 1;
	ck_assert_int_eq(granted_add(&g, &grant, false, &err), -1);
	ck_assert(granted_any(&g)); /* takes one out */
	ck_assert_int_eq(granted_add(&g, &grant, false, &err), 0);
	str_clear(&ranges);
	ck_assert_uint_eq(granted_take_all(&g, &ranges), WIRE_RANGES_MAX + 1);
	ck_assert_uint_le(ranges.n + 4, MAX_WORKER_PAYLOAD); /* fits one RETURNED */
	/* inputs */
	grant = (struct grant){ .n = 0, .inputs = { bytes, 1 << 20 } };
	ck_assert_int_eq(granted_add(&g, &grant, false, &err), -1);
	for (i = 0; i < (int)(GRANTED_INPUTS_MAX >> 20); i++)
		ck_assert_int_eq(granted_add(&g, &grant, true, &err), 0);
	ck_assert_int_eq(granted_add(&g, &grant, true, &err), -1);
	granted_release(&g);
	str_release(&ranges);
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("granted");
	TCase *t = tcase_create("granted");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, is_a_queue_of_tasks);
	tcase_add_test(t, memory_stays);
	tcase_add_test(t, bounds);
	suite_add_tcase(s, t);
	return tap_run(s);
}
