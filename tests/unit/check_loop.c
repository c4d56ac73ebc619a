/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event loop, with a faked clock wherever time matters. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tap.h"

static struct loop *loop;
static struct err err;
static uint64_t now;

static uint64_t faked(void)
{
	return now;
}

static void setup(void)
{
	now = 1000;
	loop = loop_new(faked, &err);
	ck_assert_ptr_nonnull(loop);
}

static void teardown(void)
{
	loop_free(loop);
}

static int turn(void)
{
	int n = loop_turn(loop, 0, &err);

	ck_assert_int_ge(n, 0);
	return n;
}

/* ---- descriptors ---- */

struct end {
	struct watch w;
	unsigned ready; /* of the last call */
	int calls;
	struct end *victim; /* unwatched by the callback */
	int close_too;
};

static void on_ready(struct watch *w, unsigned ready, void *arg)
{
	struct end *e = arg;

	ck_assert_ptr_eq(w, &e->w);
	e->ready = ready;
	e->calls++;
	if (e->victim) {
		loop_unwatch(loop, &e->victim->w);
		if (e->close_too)
			close(e->victim->w.fd);
	}
}

static void watch(struct end *e, int fd, unsigned events)
{
	ck_assert_int_eq(loop_watch(loop, &e->w, fd, events, on_ready, e, &err), 0);
}

static void pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

START_TEST(descriptors_report_what_was_asked)
{
	struct end a = { 0 };
	char c;
	int fds[2];

	pair(fds);
	watch(&a, fds[0], LOOP_IN);
	ck_assert_int_eq(turn(), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_IN);
	ck_assert_int_eq(turn(), 1); /* still there */
	loop_events(loop, &a.w, LOOP_OUT);
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_OUT);
	loop_events(loop, &a.w, LOOP_IN | LOOP_OUT);
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_IN | LOOP_OUT);
	loop_events(loop, &a.w, 0);
	ck_assert_int_eq(turn(), 0);
	loop_events(loop, &a.w, LOOP_IN);
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	ck_assert_int_eq(turn(), 0);
	loop_unwatch(loop, &a.w);
	loop_unwatch(loop, &a.w);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	ck_assert_int_eq(turn(), 0);
	watch(&a, fds[0], LOOP_IN); /* again */
	ck_assert_int_eq(turn(), 1);
	watch(&a, fds[1], LOOP_OUT); /* changed to another descriptor */
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_OUT);
	loop_unwatch(loop, &a.w);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(hang_ups)
{
	struct end a = { 0 };
	int fds[2];

	pair(fds);
	watch(&a, fds[0], LOOP_IN);
	close(fds[1]);
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_IN | LOOP_HUP);
	/* Whoever asks for nothing is not kept awake by it, and hears of it when it asks again. */
	loop_events(loop, &a.w, 0);
	ck_assert_int_eq(turn(), 0);
	ck_assert_int_eq(turn(), 0);
	loop_events(loop, &a.w, LOOP_IN);
	ck_assert_int_eq(turn(), 1);
	loop_events(loop, &a.w, LOOP_HUP);
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(a.ready, LOOP_HUP);
	loop_unwatch(loop, &a.w);
	close(fds[0]);
}
END_TEST

START_TEST(a_watch_can_go_in_any_callback)
{
	struct end e[40];
	int fds[40][2];

	for (int close_too = 0; close_too < 2; close_too++) {
		int alive = 0, calls = 0;

		memset(e, 0, sizeof(e));
		for (int i = 0; i < 40; i++) {
			pair(fds[i]);
			ck_assert_int_eq(write(fds[i][1], "x", 1), 1);
			watch(&e[i], fds[i][0], LOOP_IN);
		}
		for (int i = 0; i < 40; i++) { /* each ends its partner, at one of them itself */
			e[i].victim = &e[(i * 7 + 3) % 40];
			e[i].close_too = close_too;
		}
		turn();
		for (int i = 0; i < 40; i++) {
			alive += e[i].w.added;
			calls += e[i].calls;
			ck_assert_int_le(e[i].calls, 1);
		}
		ck_assert_int_lt(alive, 40);
		ck_assert_int_gt(calls, 0);
		/* Nobody was called after it was removed: those removed without a call were struck from the turn. */
		for (int i = 0; i < 40; i++) {
			int was_added = e[i].w.added;

			loop_unwatch(loop, &e[i].w);
			if (!close_too || was_added)
				close(fds[i][0]);
			close(fds[i][1]);
		}
		ck_assert_int_eq(turn(), 0);
	}
}
END_TEST

static void remove_and_spoil(struct watch *w, unsigned ready, void *arg)
{
	struct end **owner = arg;

	(void)ready;
	(void)w;
	for (int i = 0; i < 2; i++)
		if (owner[i]) {
			loop_unwatch(loop, &owner[i]->w);
			free(owner[i]); /* also the one that is being called; ASan sees any use after this */
			owner[i] = NULL;
		}
}

START_TEST(an_owner_may_be_freed_in_its_callback)
{
	struct end *owner[2];
	int fds[2][2];

	for (int i = 0; i < 2; i++) {
		owner[i] = calloc(1, sizeof(*owner[i]));
		pair(fds[i]);
		ck_assert_int_eq(write(fds[i][1], "x", 1), 1);
		ck_assert_int_eq(loop_watch(loop, &owner[i]->w, fds[i][0], LOOP_IN, remove_and_spoil, owner, &err), 0);
	}
	ck_assert_int_eq(turn(), 1);
	ck_assert_int_eq(turn(), 0);
	for (int i = 0; i < 2; i++) {
		close(fds[i][0]);
		close(fds[i][1]);
	}
}
END_TEST

START_TEST(what_cannot_be_watched)
{
	struct end a = { 0 };

	ck_assert_int_eq(loop_watch(loop, &a.w, 9999, LOOP_IN, on_ready, &a, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "9999"));
	ck_assert(!a.w.added);
	loop_unwatch(loop, &a.w);
}
END_TEST

/* ---- timers ---- */

static uint64_t fired[5000];
static size_t nfired;

static void note(struct timer *t, void *arg)
{
	(void)arg;
	ck_assert_uint_le(t->at, now);
	ck_assert_uint_eq(t->place, 0);
	if (nfired < sizeof(fired) / sizeof(fired[0]))
		fired[nfired++] = t->at;
}

/* Random sets, moves and stops against a plain array. */
START_TEST(timers_fire_once_in_order)
{
	static struct timer t[300];
	static uint64_t expect[300]; /* 0 = not set */

	srand(6);
	for (int step = 0; step < 3000; step++) {
		size_t i = (size_t)rand() % 300, due = 0;

		if (rand() % 4) {
			expect[i] = now + 1 + (uint64_t)rand() % 1000;
			loop_timer(loop, &t[i], expect[i], note, NULL);
		} else {
			expect[i] = 0;
			loop_timer_stop(loop, &t[i]);
		}
		if (rand() % 3)
			continue;
		now += (uint64_t)rand() % 100;
		nfired = 0;
		turn();
		for (size_t k = 0; k < 300; k++)
			if (expect[k] && expect[k] <= now) {
				ck_assert_uint_eq(t[k].place, 0);
				expect[k] = 0;
				due++;
			}
		ck_assert_uint_eq(nfired, due);
		for (size_t k = 1; k < nfired; k++)
			ck_assert_uint_le(fired[k - 1], fired[k]);
		for (size_t k = 0; k < 300; k++)
			if (!expect[k] != !t[k].place)
				ck_abort_msg("timer %zu: set %d, in the heap %d", k, expect[k] != 0, t[k].place != 0);
	}
}
END_TEST

static struct timer one, two, three;

static void again(struct timer *t, void *arg)
{
	nfired++;
	loop_timer(loop, t, now, again, arg);
}

static void stop_two(struct timer *t, void *arg)
{
	(void)t;
	(void)arg;
	nfired++;
	loop_timer_stop(loop, &two);
	loop_timer(loop, &three, now + 5, note, NULL);
}

START_TEST(timers_changed_by_callbacks)
{
	nfired = 0;
	loop_timer(loop, &one, now, again, NULL);
	ck_assert_int_eq(turn(), 1); /* set again for now: next turn */
	ck_assert_int_eq(turn(), 1);
	ck_assert_uint_eq(nfired, 2);
	loop_timer_stop(loop, &one);
	ck_assert_int_eq(turn(), 0);
	loop_timer(loop, &one, now - 3, stop_two, NULL);
	loop_timer(loop, &two, now - 2, note, NULL);
	loop_timer(loop, &three, now - 1, note, NULL);
	ck_assert_int_eq(turn(), 1); /* two was stopped, three moved */
	ck_assert_int_eq(turn(), 0);
	now += 5;
	ck_assert_int_eq(turn(), 1);
}
END_TEST

START_TEST(waits_for_the_first_timer_only)
{
	struct loop *real = loop_new(clock_now, &err);
	struct timer t = { 0 };
	uint64_t begin = clock_now();

	ck_assert_ptr_nonnull(real);
	nfired = 0;
	now = UINT64_MAX; /* for note() */
	loop_timer(real, &t, begin + 300 * NS_PER_US, note, NULL);
	while (!nfired)
		ck_assert_int_ge(loop_turn(real, UINT64_MAX, &err), 0);
	ck_assert_uint_ge(clock_now(), begin + 300 * NS_PER_US);
	ck_assert_int_eq(loop_turn(real, NS_PER_US, &err), 0); /* nothing at all: comes back */
	loop_free(real);
}
END_TEST

/* ---- signals and waking ---- */

static int got[3];

static void on_signal(int signo, void *arg)
{
	ck_assert_ptr_eq(arg, got);
	got[0] += signo == SIGUSR1;
	got[1] += signo == SIGUSR2;
	got[2] += signo != SIGUSR1 && signo != SIGUSR2;
}

START_TEST(signals_come_as_events)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	ck_assert_int_eq(loop_signals(loop, &set, on_signal, got, &err), 0);
	ck_assert_int_eq(turn(), 0);
	raise(SIGUSR1);
	raise(SIGUSR2);
	ck_assert_int_eq(loop_turn(loop, UINT64_MAX, &err), 1);
	ck_assert_int_eq(turn(), 0);
	ck_assert_int_eq(got[0], 1);
	ck_assert_int_eq(got[1], 1);
	ck_assert_int_eq(got[2], 0);
}
END_TEST

static void *waker(void *arg)
{
	loop_wake(arg);
	return NULL;
}

START_TEST(another_thread_ends_the_wait)
{
	for (int i = 0; i < 100; i++) {
		pthread_t thread;

		ck_assert_int_eq(pthread_create(&thread, NULL, waker, loop), 0);
		ck_assert_int_eq(loop_turn(loop, UINT64_MAX, &err), 0);
		pthread_join(thread, NULL);
	}
	ck_assert_int_eq(turn(), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, descriptors_report_what_was_asked);
	tcase_add_test(t, hang_ups);
	tcase_add_test(t, a_watch_can_go_in_any_callback);
	tcase_add_test(t, an_owner_may_be_freed_in_its_callback);
	tcase_add_test(t, what_cannot_be_watched);
	tcase_add_test(t, timers_fire_once_in_order);
	tcase_add_test(t, timers_changed_by_callbacks);
	tcase_add_test(t, waits_for_the_first_timer_only);
	tcase_add_test(t, signals_come_as_events);
	tcase_add_test(t, another_thread_ends_the_wait);
	suite_add_tcase(s, t);
	return tap_run(s);
}
