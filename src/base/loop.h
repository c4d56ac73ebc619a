/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event loop for client, engine and agent: descriptors (epoll), signals (signalfd) and timers.
 *
 * Callbacks only record facts; deciding is the caller's, once a turn. A watch or timer may be removed from any
 * callback, also its own or that of another watch that is ready in the same turn. Not thread-safe, except loop_wake. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>

#include "base/err.h"

enum { LOOP_IN = 1, LOOP_OUT = 2, LOOP_HUP = 4 };

struct loop;
struct watch;
struct timer;
/* ready: LOOP_IN | LOOP_OUT | LOOP_HUP (peer closed or error: read to find out). */
typedef void watch_fn(struct watch *w, unsigned ready, void *arg);
typedef void timer_fn(struct timer *t, void *arg);
typedef void signal_fn(int signo, void *arg);

/* Embedded in its owner; zero it before first use. The loop never closes fd: call loop_unwatch, then close. */
struct watch {
	int fd;
	unsigned events;
	watch_fn *fn;
	void *arg;
	bool added;
};

struct timer {
	uint64_t at; /* ns, on the loop's clock */
	timer_fn *fn;
	void *arg;
	size_t place; /* in the heap, 1-based; 0 = not set */
};

/* `clock` is clock_now, or a faked one in tests. The caller owns the result. */
struct loop *loop_new(uint64_t (*clock)(void), struct err *err);
void loop_free(struct loop *l);

/* Starts or changes the watch to `events`. 0 or -1. */
int loop_watch(struct loop *l, struct watch *w, int fd, unsigned events, watch_fn *fn, void *arg, struct err *err);
/* Changes the events of a running watch; no system call when they are the same already. */
void loop_events(struct loop *l, struct watch *w, unsigned events);
void loop_unwatch(struct loop *l, struct watch *w);

/* Sets (or moves) a timer; it fires once, in the first turn with clock() >= at. */
void loop_timer(struct loop *l, struct timer *t, uint64_t at, timer_fn *fn, void *arg);
void loop_timer_stop(struct loop *l, struct timer *t);

/* Blocks these signals in the process and delivers them to fn from now on. Once a loop. */
int loop_signals(struct loop *l, const sigset_t *set, signal_fn *fn, void *arg, struct err *err);

/* Ends a wait from another thread (eventfd). */
void loop_wake(struct loop *l);

/* One turn: waits until something is ready, a timer is due or loop_wake was called, but at most max_wait_ns
 * (UINT64_MAX: for ever; 0: not at all), and calls back. Returns the number of callbacks made, -1 on an error of
 * epoll itself. */
int loop_turn(struct loop *l, uint64_t max_wait_ns, struct err *err);

#endif
