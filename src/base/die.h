/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two ways to end at once: a bug of ours, and what nobody can go on after. Both first run the hooks, so that
 * the terminal is restored before a word is printed. */
#ifndef BASE_DIE_H
#define BASE_DIE_H

#include "base/err.h"

/* A hook restores something of the outside (the terminal). It must be async-signal-safe and harmless when run twice. */
typedef void die_hook(void *arg);

/* Registers a hook (at most 8). The pair (hook, arg) is forgotten by die_remove_hook. */
void die_add_hook(die_hook *hook, void *arg);
void die_remove_hook(die_hook *hook, void *arg);

/* Runs all hooks, last registered first. Async-signal-safe. */
void die_run_hooks(void);

/* From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM,
 * SIGPROF, SIGXCPU, SIGXFSZ and SIGPOLL run the hooks before they take their default action (also on a stack
 * overflow: an alternate stack is set up). */
void die_catch_fatal_signals(void);

/* Runs the hooks, prints "pooltop: message" on stderr (made visible) and exits with `status`. */
void die_status(int status, const char *fmt, ...) PRINTF(2, 3) __attribute__((noreturn));
#define die(...) die_status(2, __VA_ARGS__)

/* A state that cannot be: prints file, line and message, then aborts. */
void bug_at(const char *file, int line, const char *fmt, ...) PRINTF(3, 4) __attribute__((noreturn));
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
#define BUG_ON(cond) do { if (cond) BUG("%s", #cond); } while (0)

/* Memory that must be there: never return NULL, die when there is none. Sizes are in elements × bytes, checked for
 * overflow. The caller owns the result and frees it with free(). */
void *xcalloc(unsigned long n, unsigned long size);
void *xrealloc(void *p, unsigned long n, unsigned long size);
char *xstrdup(const char *s);

#endif
