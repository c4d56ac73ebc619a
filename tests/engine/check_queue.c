/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of waiting tasks against a plain table of them. */
#include "engine/queue.h"

#include <signal.h>
#include <string.h>

#include "tap.h"

#define TASKS 500

struct past {
	bool waits;
	uint8_t deaths;
	uint16_t tries;
};

static uint64_t state;

static uint64_t below(uint64_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % n;
}

START_TEST(ranges_are_free)
{
	struct queue q;
	struct span s;
	queue_init(&q, UINT64_C(1) << 47);
	ck_assert_uint_eq(q.depth, UINT64_C(1) << 47);
	ck_assert(queue_take(&q, 1000, &s));
	ck_assert(s.first == 0 && s.count == 1000 && s.deaths == 0 && s.tries == 0);
	ck_assert(queue_take(&q, 5, &s));
	ck_assert(s.first == 1000 && s.count == 5);
	ck_assert(!queue_take(&q, 0, &s));
	ck_assert_uint_eq(q.nback, 0);
	queue_release(&q);
}
END_TEST

START_TEST(neighbours_join)
{
	struct queue q;
	struct span s;
	queue_init(&q, 10);
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(!queue_take(&q, 1, &s));
	queue_give_back(&q, (struct span){ .first = 0, .count = 2 });
	queue_give_back(&q, (struct span){ .first = 4, .count = 2 });
	ck_assert_uint_eq(q.nback, 2);
	queue_give_back(&q, (struct span){ .first = 2, .count = 2 });
	ck_assert_uint_eq(q.nback, 1);
	queue_give_back(&q, (struct span){ .first = 6, .count = 1, .deaths = 1 });
	ck_assert_uint_eq(q.nback, 2);
	queue_give_back(&q, (struct span){ .first = 7, .count = 1, .deaths = 1, .tries = 300 });
	ck_assert_uint_eq(q.nback, 3);
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(s.first == 0 && s.count == 6);
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(s.first == 6 && s.count == 1 && s.deaths == 1);
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(s.first == 7 && s.deaths == 1 && s.tries == 300);
	ck_assert_uint_eq(q.depth, 0);
	queue_release(&q);
}
END_TEST

START_TEST(what_comes_back_goes_first)
{
	struct queue q;
	struct span s;
	queue_init(&q, 100);
	ck_assert(queue_take(&q, 50, &s));
	queue_give_back(&q, (struct span){ .first = 20, .count = 3 });
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(s.first == 20 && s.count == 3);
	ck_assert(queue_take(&q, 10, &s));
	ck_assert(s.first == 50 && s.count == 10);
	queue_release(&q);
}
END_TEST

START_TEST(resize)
{
	struct queue q;
	struct span s;
	queue_init(&q, 100);
	queue_resize(&q, 7);
	ck_assert_uint_eq(q.depth, 7);
	ck_assert(queue_take(&q, 100, &s));
	ck_assert(s.first == 0 && s.count == 7);
	queue_release(&q);
}
END_TEST

static void take_some(struct queue *q, struct past *t, uint64_t *waiting)
{
	uint64_t max = 1 + below(40);
	struct span s;
	if (!queue_take(q, max, &s)) {
		ck_assert_uint_eq(*waiting, 0);
		return;
	}
	ck_assert(s.count >= 1 && s.count <= max);
	for (uint64_t k = s.first; k < s.first + s.count; k++) {
		ck_assert_msg(
			t[k].waits && t[k].deaths == s.deaths && t[k].tries == s.tries, "task %lu", (unsigned long)k);
		t[k].waits = false;
	}
	*waiting -= s.count;
}

static void give_some(struct queue *q, struct past *t, uint64_t *waiting)
{
	uint64_t first = below(TASKS), n = 0;
	struct span s = { .first = first, .deaths = (uint8_t)below(2), .tries = (uint16_t)below(2) };
	while (first + n < TASKS && n < 10 && !t[first + n].waits && first + n < q->next)
		n++;
	if (n == 0)
		return;
	s.count = n;
	queue_give_back(q, s);
	for (uint64_t k = first; k < first + n; k++)
		t[k] = (struct past){ true, s.deaths, s.tries };
	*waiting += n;
}

START_TEST(random_moves)
{
	struct queue q;
	struct past t[TASKS];
	uint64_t waiting = TASKS;
	state = (uint64_t)_i + 1;
	memset(t, 0, sizeof(t));
	for (int k = 0; k < TASKS; k++)
		t[k].waits = true;
	queue_init(&q, TASKS);
	for (int i = 0; i < 2000; i++) {
		if (below(2))
			take_some(&q, t, &waiting);
		else
			give_some(&q, t, &waiting);
		ck_assert_uint_eq(q.depth, waiting);
		for (size_t k = 1; k < q.nback; k++)
			ck_assert(q.back[k - 1].first + q.back[k - 1].count <= q.back[k].first);
	}
	while (waiting > 0)
		take_some(&q, t, &waiting);
	queue_release(&q);
}
END_TEST

START_TEST(overlap_is_a_bug)
{
	struct queue q;
	struct span s;
	queue_init(&q, 10);
	ck_assert(queue_take(&q, 5, &s));
	queue_give_back(&q, (struct span){ .first = 1, .count = 3 });
	queue_give_back(&q, (struct span){ .first = (uint64_t)_i, .count = 3 });
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: queue");
	TCase *t = tcase_create("all");
	tcase_add_test(t, ranges_are_free);
	tcase_add_test(t, neighbours_join);
	tcase_add_test(t, what_comes_back_goes_first);
	tcase_add_test(t, resize);
	tcase_add_loop_test(t, random_moves, 0, 20);
	tcase_add_loop_test_raise_signal(t, overlap_is_a_bug, SIGABRT, 0, 4);
	suite_add_tcase(s, t);
	return tap_run(s);
}
