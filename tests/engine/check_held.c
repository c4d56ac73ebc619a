/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The leases of a slot against a plain list of tasks, each with the lease it belongs to. */
#include "engine/held.h"

#include <string.h>

#include "tap.h"

#define MOST 4096

struct item {
	uint64_t task, lease; /* leases are numbered */
	uint8_t deaths;
	uint16_t tries;
};

struct model {
	struct item list[MOST];
	size_t n;
	uint64_t next_lease, next_task;
};

static uint64_t state;

static uint64_t below(uint64_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % n;
}

static uint64_t leases(const struct model *m)
{
	uint64_t n = 0;
	for (size_t i = 0; i < m->n; i++)
		n += i == 0 || m->list[i].lease != m->list[i - 1].lease;
	return n;
}

START_TEST(leases_are_counted)
{
	struct held h = { 0 };
	struct span s;
	for (uint64_t i = 0; i < 10; i++)
		held_add(&h, (struct span){ .first = i * 4, .count = 4 });
	ck_assert(h.tasks == 40 && h.leases == 10 && h.n == 1);
	ck_assert(held_is_head(&h, 0, 40) && !held_is_head(&h, 1, 2) && !held_is_head(&h, 0, 41) &&
		  !held_is_head(&h, 0, 0));
	ck_assert_uint_eq(held_finish(&h, 3), 0);
	ck_assert_uint_eq(held_at(&h, 0)->into, 3);
	ck_assert_uint_eq(held_finish(&h, 1), 1);
	ck_assert_uint_eq(held_finish(&h, 10), 2);
	ck_assert(held_take_tail(&h, 1, &s));
	ck_assert(s.first == 15 && s.count == 25 && h.tasks == 1 && h.leases == 1);
	ck_assert(!held_take_tail(&h, 1, &s));
	ck_assert_uint_eq(held_finish(&h, 1), 1);
	ck_assert(h.tasks == 0 && h.leases == 0 && h.n == 0);
	ck_assert_ptr_null(held_at(&h, 0));
	held_release(&h);
}
END_TEST

/* A chunk of one keeps no entry a lease. */
START_TEST(small_leases_cost_nothing)
{
	struct held h = { 0 };
	for (uint64_t i = 0; i < 1000000; i++)
		held_add(&h, (struct span){ .first = i, .count = 1 });
	ck_assert(h.n == 1 && h.cap == 8 && h.leases == 1000000);
	ck_assert_uint_eq(held_finish(&h, 999999), 999999);
	held_release(&h);
}
END_TEST

static void add(struct held *h, struct model *m)
{
	uint64_t count = 1 + below(below(4) ? 3 : 40);
	struct span s = {
		.count = count, .deaths = (uint8_t)(below(5) == 0), .tries = (uint16_t)(below(5) == 0 ? 256 : 0)
	};
	if (m->n + count > MOST)
		return;
	if (below(4) == 0)
		m->next_task += 100;
	s.first = m->next_task;
	held_add(h, s);
	for (uint64_t k = 0; k < count; k++)
		m->list[m->n++] = (struct item){ s.first + k, m->next_lease, s.deaths, s.tries };
	m->next_lease++;
	m->next_task += count;
}

static void finish(struct held *h, struct model *m)
{
	uint64_t n = m->n ? 1 + below(m->n < 30 ? m->n : 30) : 0, before = leases(m);
	if (n == 0)
		return;
	memmove(m->list, m->list + n, (m->n - n) * sizeof(m->list[0]));
	m->n -= n;
	ck_assert_uint_eq(held_finish(h, n), before - leases(m));
}

static void take_tail(struct held *h, struct model *m)
{
	uint64_t keep = below(m->n + 2);
	struct span s;
	while (held_take_tail(h, keep, &s)) {
		ck_assert(s.count >= 1 && m->n >= s.count);
		for (uint64_t k = 0; k < s.count; k++) {
			const struct item *it = &m->list[m->n - s.count + k];
			ck_assert(it->task == s.first + k && it->deaths == s.deaths && it->tries == s.tries);
		}
		m->n -= s.count;
	}
	ck_assert(m->n <= keep);
}

static void same(const struct held *h, const struct model *m)
{
	size_t at = 0;
	ck_assert_uint_eq(h->tasks, m->n);
	ck_assert_uint_eq(h->leases, leases(m));
	for (uint32_t i = 0; held_at(h, i); i++)
		for (uint64_t k = 0; k < held_at(h, i)->count; k++)
			ck_assert_uint_eq(m->list[at++].task, held_at(h, i)->first + k);
	ck_assert_uint_eq(at, m->n);
	if (m->n > 0)
		ck_assert(held_is_head(h, m->list[0].task, 1) && !held_is_head(h, m->list[0].task + 1, 1));
}

START_TEST(random_moves)
{
	static struct model m;
	struct held h = { 0 };
	state = (uint64_t)_i + 1;
	memset(&m, 0, sizeof(m));
	for (int i = 0; i < 1500; i++) {
		uint64_t what = below(10);
		if (what < 5)
			add(&h, &m);
		else if (what < 9)
			finish(&h, &m);
		else
			take_tail(&h, &m);
		same(&h, &m);
	}
	held_release(&h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine: held leases");
	TCase *t = tcase_create("all");
	tcase_add_test(t, leases_are_counted);
	tcase_add_test(t, small_leases_cost_nothing);
	tcase_add_loop_test(t, random_moves, 0, 20);
	suite_add_tcase(s, t);
	return tap_run(s);
}
