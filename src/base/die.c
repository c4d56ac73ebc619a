/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending at once. The table of hooks is read by signal handlers at any instant, also on another thread: a row is
 * valid as long as its hook is not NULL, and its argument is written before its hook. */
#include "base/die.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define MAX_HOOKS 8
#define ALT_STACK (64 * 1024) /* room for the registers of the widest CPUs (11 KiB) and for the hooks */

static struct {
	die_hook *_Atomic hook;
	void *_Atomic arg;
} hooks[MAX_HOOKS];

/* Bugs, and whatever else ends a process that does not expect it. */
static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2,
	SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGPOLL };
#define NFATAL (sizeof(fatal_signals) / sizeof(fatal_signals[0]))

/* What these signals did before die_catch_fatal_signals: the default, or a sanitizer's report. */
static struct sigaction before[NFATAL];

static void put_hook(int row, die_hook *hook, void *arg)
{
	atomic_store(&hooks[row].hook, NULL);
	atomic_store(&hooks[row].arg, arg);
	atomic_store(&hooks[row].hook, hook);
}

/* Moves the rows in use to the front, in their order; returns how many there are. */
static int close_gaps(void)
{
	int n = 0;

	for (int i = 0; i < MAX_HOOKS; i++) {
		die_hook *hook = atomic_load(&hooks[i].hook);

		if (!hook)
			continue;
		if (i != n) { /* for an instant it is there twice: harmless; never would not be */
			put_hook(n, hook, atomic_load(&hooks[i].arg));
			atomic_store(&hooks[i].hook, NULL);
		}
		n++;
	}
	return n;
}

void die_add_hook(die_hook *hook, void *arg)
{
	int n = close_gaps();

	if (n == MAX_HOOKS)
		BUG("more than %d hooks", MAX_HOOKS);
	put_hook(n, hook, arg);
}

void die_remove_hook(die_hook *hook, void *arg)
{
	for (int i = MAX_HOOKS; i-- > 0;)
		if (atomic_load(&hooks[i].hook) == hook && atomic_load(&hooks[i].arg) == arg) {
			atomic_store(&hooks[i].hook, NULL);
			return;
		}
}

void die_run_hooks(void)
{
	for (int i = MAX_HOOKS; i-- > 0;) {
		die_hook *hook = atomic_load(&hooks[i].hook);

		if (hook)
			hook(atomic_load(&hooks[i].arg));
	}
}

static void on_fatal_signal(int signo, siginfo_t *info, void *context)
{
	struct sigaction next = { .sa_handler = SIG_DFL };

	(void)context;
	die_run_hooks();
	for (size_t i = 0; i < NFATAL; i++)
		if (fatal_signals[i] == signo && before[i].sa_handler != SIG_IGN)
			next = before[i];
	sigaction(signo, &next, NULL);
	/* The signal is blocked here and takes effect when this function returns, so that a core file shows the place
	 * of the fault. An earlier handler (a sanitizer's) wants the fault itself: the instruction is run once more. */
	if (next.sa_handler == SIG_DFL || info->si_code <= 0 || signo == SIGTRAP || signo == SIGSYS)
		raise(signo);
}

void die_catch_fatal_signals(void)
{
	static char stack[ALT_STACK];
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction act = { .sa_sigaction = on_fatal_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&alt, NULL);
	sigfillset(&act.sa_mask);
	for (size_t i = 0; i < NFATAL; i++) {
		struct sigaction now;

		sigaction(fatal_signals[i], NULL, &now);
		if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fatal_signal)
			continue;
		before[i] = now;
		sigaction(fatal_signals[i], &act, NULL);
	}
}

void die_status(int status, const char *fmt, ...)
{
	char text[sizeof(((struct err *)0)->msg) + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	die_run_hooks();
	text_complain(stderr, text);
	exit(status);
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	char text[512], all[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	die_run_hooks();
	snprintf(all, sizeof(all), "bug at %s:%d: %s", file, line, text);
	text_complain(stderr, all);
	abort();
}

static void __attribute__((noreturn)) no_memory(void)
{
	static const char text[] = "pooltop: out of memory\n";

	die_run_hooks();
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2); /* nobody to tell */
	exit(2);
}

void *xcalloc(unsigned long n, unsigned long size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		no_memory();
	return p;
}

void *xrealloc(void *p, unsigned long n, unsigned long size)
{
	void *q = reallocarray(p, n ? n : 1, size ? size : 1);

	if (!q)
		no_memory();
	return q;
}

char *xstrdup(const char *s)
{
	char *p = strdup(s);

	if (!p)
		no_memory();
	return p;
}
