/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends: of single workers, and of all. Every child that the agent did not start is an orphan of one that did, and ends
 * with it. */
#include "work/agent_state.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"

/* The processes that the agent knows, sorted. */
struct known {
	pid_t *pids;
	size_t n;
};

static int compare_pids(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static bool is_known(pid_t pid, void *arg)
{
	const struct known *k = arg;

	return bsearch(&pid, k->pids, k->n, sizeof(pid), compare_pids) != NULL;
}

/* Ends all children but running workers and the template. Returns how many there were. */
static int sweep(struct agent *a)
{
	struct known k = { .pids = xcalloc(a->nplaces + 1, sizeof(pid_t)) };
	int n;

	for (uint32_t slot = 0; slot < a->nplaces; slot++)
		if (a->places[slot].state == PLACE_RUNS || a->places[slot].state == PLACE_ENDED)
			k.pids[k.n++] = a->places[slot].pid;
	if (a->template.pid)
		k.pids[k.n++] = a->template.pid;
	qsort(k.pids, k.n, sizeof(pid_t), compare_pids);
	n = process_sweep(is_known, &k);
	free(k.pids);
	if (n > 0)
		log_debug("%d leftovers ended", n);
	return n;
}

/* Reaps the worker. 0 when it cannot be reaped yet. */
static int reap(struct place *p, struct slot_exited *m)
{
	struct process_exit how = { .signaled = true, .code = SIGKILL };

	if (process_reap(p->pid, &how) == 0)
		return 0;
	close(p->pidfd);
	p->state = PLACE_EMPTY;
	*m = (struct slot_exited){
		.slot = p->slot, .generation = p->generation, .signaled = how.signaled, .code = (uint32_t)how.code,
		.cpu_ns = how.cpu_ns, .max_rss = how.max_rss,
	};
	return 1;
}

void agent_collect_exits(struct agent *a)
{
	struct slot_exited *exits;
	uint32_t n = 0, kept = 0;
	int leftovers;

	if ((!a->nended && !a->template_died) || a->template.in_flight)
		return;
	exits = xcalloc(a->nended + 1, sizeof(*exits));
	for (uint32_t i = 0; i < a->nended; i++) {
		struct place *p = &a->places[a->ended[i]];

		if (reap(p, &exits[n]))
			n++;
		else
			a->ended[kept++] = p->slot;
	}
	a->nended = kept;
	a->template_died = false;
	leftovers = sweep(a);
	/* When several ended in the same turn nobody can tell whose they were. */
	if (n > 0)
		exits[0].leftovers = (uint32_t)leftovers;
	for (uint32_t i = 0; i < n; i++) {
		msg_put_slot_exited(&a->control, &exits[i]);
		log_debug("slot %u.%u has ended: %s %u", exits[i].slot, exits[i].generation,
			  exits[i].signaled ? "signal" : "exit", exits[i].code);
	}
	free(exits);
}

void agent_end_all(struct agent *a)
{
	for (uint32_t slot = 0; slot < a->nplaces; slot++)
		if (a->places[slot].state == PLACE_RUNS)
			process_signal(a->places[slot].pid, SIGKILL, false);
	/* The template dies here, so the workers that it was about to fork are found by the sweep. */
	agent_template_release(a);
	process_sweep(NULL, NULL);
}
