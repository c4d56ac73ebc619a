/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event loop: epoll for descriptors, a signalfd and an eventfd among them, a binary heap for timers.
 *
 * What is ready in a turn is taken out first and called back then. A watch or timer that is removed meanwhile is
 * struck from that list, so that its owner may free it at once. */
#include "base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"

#define READY_MAX 256              /* descriptors a turn; the others are there again in the next */
#define DUE       ((size_t)1 << 63) /* in timer.place: taken out of the heap, waits for its call */

struct loop {
	uint64_t (*clock)(void);
	int epoll;
	bool no_pwait2;            /* Linux before 5.11: whole milliseconds */
	struct epoll_event ready[READY_MAX];
	int nready, next_ready;    /* ready[next_ready..nready) wait for their call; data.ptr is NULL when struck */
	struct timer **heap;       /* heap[1..ntimers], the earliest first */
	size_t ntimers, heap_cap;
	struct timer **due;        /* this turn's, in order of time; NULL when struck */
	size_t ndue, due_cap;
	struct watch wake, signals;
	signal_fn *on_signal;
	void *signal_arg;
};

/* ---- descriptors ---- */

static uint32_t to_epoll(unsigned events)
{
	uint32_t e = 0;

	if (events & LOOP_IN)
		e |= EPOLLIN;
	if (events & LOOP_OUT)
		e |= EPOLLOUT;
	if (events & LOOP_HUP)
		e |= EPOLLRDHUP;
	/* The kernel reports errors and hang-ups also to those who asked for nothing: once then, not in every turn. */
	return e ? e : EPOLLET;
}

static unsigned from_epoll(uint32_t e, unsigned asked)
{
	unsigned ready = 0;

	if (e & EPOLLIN)
		ready |= LOOP_IN;
	if (e & EPOLLOUT)
		ready |= LOOP_OUT;
	if (e & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
		ready |= LOOP_HUP;
	/* Reading or writing finds out what has happened: whoever looks only at these must not miss it. */
	if (e & (EPOLLHUP | EPOLLERR))
		ready |= asked & (LOOP_IN | LOOP_OUT);
	return ready;
}

static int control(struct loop *l, int op, struct watch *w)
{
	struct epoll_event e = { .events = to_epoll(w->events), .data = { .ptr = w } };

	return epoll_ctl(l->epoll, op, w->fd, &e);
}

int loop_watch(struct loop *l, struct watch *w, int fd, unsigned events, watch_fn *fn, void *arg, struct err *err)
{
	if (w->added && w->fd != fd)
		loop_unwatch(l, w);
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	if (w->added) {
		loop_events(l, w, events);
		return 0;
	}
	w->events = events;
	if (control(l, EPOLL_CTL_ADD, w) < 0)
		return err_sys(err, errno, "cannot watch descriptor %d", fd);
	w->added = true;
	return 0;
}

void loop_events(struct loop *l, struct watch *w, unsigned events)
{
	if (w->events == events)
		return;
	BUG_ON(!w->added);
	w->events = events;
	if (control(l, EPOLL_CTL_MOD, w) < 0)
		BUG("watch of descriptor %d, which was closed before loop_unwatch: %s", w->fd, strerror(errno));
}

void loop_unwatch(struct loop *l, struct watch *w)
{
	if (!w->added)
		return;
	w->added = false;
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	for (int i = l->next_ready; i < l->nready; i++)
		if (l->ready[i].data.ptr == w)
			l->ready[i].data.ptr = NULL;
}

static int call_watches(struct loop *l)
{
	int calls = 0;

	while (l->next_ready < l->nready) {
		struct epoll_event *e = &l->ready[l->next_ready++];
		struct watch *w = e->data.ptr;
		unsigned ready;

		if (!w)
			continue;
		/* An earlier callback of this turn may have lost interest. */
		ready = from_epoll(e->events, w->events) & (w->events | LOOP_HUP);
		if (!ready || !w->events)
			continue;
		w->fn(w, ready, w->arg);
		calls += w != &l->wake;
	}
	return calls;
}

/* ---- timers ---- */

static void set_place(struct loop *l, size_t place, struct timer *t)
{
	l->heap[place] = t;
	t->place = place;
}

static void sift_up(struct loop *l, struct timer *t, size_t place)
{
	for (; place > 1 && t->at < l->heap[place / 2]->at; place /= 2)
		set_place(l, place, l->heap[place / 2]);
	set_place(l, place, t);
}

static void sift_down(struct loop *l, struct timer *t, size_t place)
{
	for (;;) {
		size_t child = 2 * place;

		if (child > l->ntimers)
			break;
		if (child < l->ntimers && l->heap[child + 1]->at < l->heap[child]->at)
			child++;
		if (l->heap[child]->at >= t->at)
			break;
		set_place(l, place, l->heap[child]);
		place = child;
	}
	set_place(l, place, t);
}

static void take_out(struct loop *l, struct timer *t)
{
	size_t place = t->place;
	struct timer *last = l->heap[l->ntimers--];

	t->place = 0;
	if (last == t)
		return;
	if (place > 1 && last->at < l->heap[place / 2]->at)
		sift_up(l, last, place);
	else
		sift_down(l, last, place);
}

void loop_timer_stop(struct loop *l, struct timer *t)
{
	if (t->place & DUE) {
		l->due[t->place & ~DUE] = NULL;
		t->place = 0;
	} else if (t->place) {
		take_out(l, t);
	}
}

void loop_timer(struct loop *l, struct timer *t, uint64_t at, timer_fn *fn, void *arg)
{
	loop_timer_stop(l, t);
	t->at = at;
	t->fn = fn;
	t->arg = arg;
	if (l->ntimers + 2 > l->heap_cap) {
		l->heap_cap = l->heap_cap ? 2 * l->heap_cap : 16;
		l->heap = xrealloc(l->heap, l->heap_cap, sizeof(*l->heap));
	}
	sift_up(l, t, ++l->ntimers);
}

/* First takes out all that is due, so that a timer set again by its own callback waits for the next turn. */
static int call_timers(struct loop *l)
{
	uint64_t now;
	int calls = 0;

	if (!l->ntimers)
		return 0;
	now = l->clock();
	while (l->ntimers && l->heap[1]->at <= now) {
		struct timer *t = l->heap[1];

		if (l->ndue == l->due_cap) {
			l->due_cap = l->due_cap ? 2 * l->due_cap : 16;
			l->due = xrealloc(l->due, l->due_cap, sizeof(*l->due));
		}
		take_out(l, t);
		t->place = DUE | l->ndue;
		l->due[l->ndue++] = t;
	}
	for (size_t i = 0; i < l->ndue; i++) {
		struct timer *t = l->due[i];

		if (!t)
			continue;
		t->place = 0;
		t->fn(t, t->arg);
		calls++;
	}
	l->ndue = 0;
	return calls;
}

/* ---- signals and waking ---- */

static void on_signalfd(struct watch *w, unsigned ready, void *arg)
{
	struct loop *l = arg;
	struct signalfd_siginfo info[16];
	ssize_t n;

	(void)ready;
	while ((n = read(w->fd, info, sizeof(info))) > 0)
		for (size_t i = 0; i < (size_t)n / sizeof(info[0]); i++)
			l->on_signal((int)info[i].ssi_signo, l->signal_arg);
}

int loop_signals(struct loop *l, const sigset_t *set, signal_fn *fn, void *arg, struct err *err)
{
	int fd;

	BUG_ON(l->signals.added);
	if (sigprocmask(SIG_BLOCK, set, NULL) < 0)
		return err_sys(err, errno, "cannot block signals");
	fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_sys(err, errno, "cannot receive signals");
	l->on_signal = fn;
	l->signal_arg = arg;
	if (loop_watch(l, &l->signals, fd, LOOP_IN, on_signalfd, l, err) < 0) {
		close(fd);
		return -1;
	}
	return 0;
}

static void on_wake(struct watch *w, unsigned ready, void *arg)
{
	uint64_t n;

	(void)ready;
	(void)arg;
	(void)!read(w->fd, &n, sizeof(n)); /* sets it back; nothing to read is as good */
}

void loop_wake(struct loop *l)
{
	uint64_t one = 1;

	(void)!write(l->wake.fd, &one, sizeof(one)); /* fails only when 2^64 wakes wait already */
}

/* ---- the loop ---- */

struct loop *loop_new(uint64_t (*clock)(void), struct err *err)
{
	struct loop *l = xcalloc(1, sizeof(*l));
	int wake;

	l->clock = clock;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll >= 0 && wake >= 0 && loop_watch(l, &l->wake, wake, LOOP_IN, on_wake, l, err) == 0)
		return l;
	if (l->epoll < 0 || wake < 0)
		err_sys(err, errno, "cannot make an event loop");
	if (wake >= 0)
		close(wake);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
	return NULL;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->signals.added)
		close(l->signals.fd);
	close(l->wake.fd);
	close(l->epoll);
	free(l->heap);
	free(l->due);
	free(l);
}

/* How long to sleep: until the first timer, at most max_wait_ns. */
static uint64_t time_to_wait(struct loop *l, uint64_t max_wait_ns)
{
	uint64_t now, at;

	if (!l->ntimers || !max_wait_ns)
		return max_wait_ns;
	now = l->clock();
	at = l->heap[1]->at;
	if (at <= now)
		return 0;
	return at - now < max_wait_ns ? at - now : max_wait_ns;
}

static int wait_ready(struct loop *l, uint64_t ns)
{
	bool endless = ns > UINT64_C(1000000) * NS_PER_S; /* eleven days */
	struct timespec t;
	uint64_t ms;
	int n;

	if (ns && !l->no_pwait2) {
		t = (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S) };
		n = epoll_pwait2(l->epoll, l->ready, READY_MAX, endless ? NULL : &t, NULL);
		if (n >= 0 || errno != ENOSYS)
			return n;
		l->no_pwait2 = true;
	}
	ms = ns / NS_PER_MS + (ns % NS_PER_MS != 0); /* up: waking before a timer is due would spin */
	return epoll_wait(l->epoll, l->ready, READY_MAX, endless ? -1 : (int)ms);
}

int loop_turn(struct loop *l, uint64_t max_wait_ns, struct err *err)
{
	int n = wait_ready(l, time_to_wait(l, max_wait_ns)), calls;

	if (n < 0 && errno != EINTR)
		return err_sys(err, errno, "cannot wait for events");
	l->next_ready = 0;
	l->nready = n > 0 ? n : 0;
	calls = call_watches(l);
	return calls + call_timers(l);
}
