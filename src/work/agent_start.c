/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting workers by exec, and what is the same for both start methods. */
#include "work/agent_state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"

/* What programs below may need of the environment; everything else stays out, so that runs do not depend on it. */
static const char *const env_names[] = {
	"PATH", "HOME", "LANG", "TMPDIR", "POOLTOP_SIMD", "POOLTOP_LOG", "GLIBC_TUNABLES",
	"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE",
};

void agent_make_env(struct agent *a)
{
	struct str s = STR_INIT;
	size_t n = 0;

	str_addf(&s, "POOLTOP_RUN=%s", a->run_id);
	a->envp[n++] = xstrdup(str_z(&s));
	for (size_t i = 0; i < sizeof(env_names) / sizeof(env_names[0]); i++) {
		const char *value = getenv(env_names[i]);

		if (!value)
			continue;
		str_clear(&s);
		str_addf(&s, "%s=%s", env_names[i], value);
		a->envp[n++] = xstrdup(str_z(&s));
	}
	str_release(&s);
}

void agent_refuse(struct agent *a, uint32_t slot, uint32_t generation, const struct err *err)
{
	struct slot_refused m = { .slot = slot, .generation = generation };

	str_copy(m.why, sizeof(m.why), err->msg);
	msg_put_slot_refused(&a->control, &m);
	log_debug("slot %u.%u refused: %s", slot, generation, err->msg);
}

static void worker_ended(struct watch *w, unsigned ready, void *arg)
{
	struct place *p = arg;
	struct agent *a = p->agent;

	(void)ready;
	loop_unwatch(a->loop, w);
	p->state = PLACE_ENDED;
	a->ended[a->nended++] = p->slot;
}

/* A worker that cannot be watched must not live. */
static void give_up(struct agent *a, struct place *p, int engine_end, const struct err *err)
{
	process_signal(p->pid, SIGKILL, false);
	process_wait(p->pid, NULL, NULL);
	if (p->pidfd >= 0)
		close(p->pidfd);
	close(engine_end);
	p->state = PLACE_EMPTY;
	agent_refuse(a, p->slot, p->generation, err);
}

void agent_started(struct agent *a, struct place *p, pid_t pid, int pidfd, int engine_end)
{
	struct slot_started m = { .slot = p->slot, .generation = p->generation, .pid = (uint64_t)pid };
	struct err err;

	p->state = PLACE_RUNS;
	p->pid = pid;
	p->pidfd = pidfd >= 0 ? pidfd : process_pidfd(pid, &err);
	if (p->pidfd < 0 || loop_watch(a->loop, &p->watch, p->pidfd, LOOP_IN, worker_ended, p, &err) < 0) {
		give_up(a, p, engine_end, &err);
		return;
	}
	link_put_fd(&a->control, engine_end);
	msg_put_slot_started(&a->control, &m);
	link_flush(&a->control, NULL); /* at once: the next start takes a while; an error shows at the next turn */
	if (p->signo)
		process_signal(pid, p->signo, false);
	log_debug("slot %u.%u is process %d", p->slot, p->generation, (int)pid);
	agent_sample_start(a);
}

static int spawn(struct agent *a, struct place *p, struct err *err)
{
	char slot[16], generation[16];
	char *argv[] = { "pooltop-worker", "worker", slot, generation, NULL };
	struct process_fd map = { .child = 3 };
	struct process_spec spec = {
		.path = "/proc/self/exe", .argv = argv, .envp = a->envp, .fds = &map, .nfds = 1,
		.new_session = true, .death_signal = SIGKILL, .restore_nofile = true,
	};
	int pair[2], pidfd;
	pid_t pid;

	if (link_pair(pair, err) < 0)
		return -1;
	map.parent = pair[1];
	snprintf(slot, sizeof(slot), "%u", p->slot);
	snprintf(generation, sizeof(generation), "%u", p->generation);
	pid = process_spawn(&spec, &pidfd, err);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -1;
	}
	agent_started(a, p, pid, pidfd, pair[0]);
	return 0;
}

/* The slot's place, free for a new generation; NULL with *err when it is not. */
static struct place *claim(struct agent *a, const struct slot_start *m, struct err *err)
{
	struct place *p;

	if (m->slot >= AGENT_SLOTS_MAX) {
		err_set(err, "there is no slot %u; the last is %u", m->slot, AGENT_SLOTS_MAX - 1);
		return NULL;
	}
	p = &a->places[m->slot];
	if (p->state != PLACE_EMPTY) {
		err_set(err, "generation %u of slot %u has not been reaped yet", p->generation, m->slot);
		return NULL;
	}
	memset(p, 0, sizeof(*p));
	p->agent = a;
	p->slot = m->slot;
	p->generation = m->generation;
	if (a->nplaces <= m->slot)
		a->nplaces = m->slot + 1;
	return p;
}

void agent_start(struct agent *a, const struct slot_start *m)
{
	struct err err;
	struct place *p = claim(a, m, &err);

	if (!p) {
		agent_refuse(a, m->slot, m->generation, &err);
	} else if (m->method == WIRE_FORK) {
		p->state = PLACE_QUEUED;
		a->queue[a->queue_n++ % AGENT_SLOTS_MAX] = m->slot;
		agent_template_need(a);
	} else if (spawn(a, p, &err) < 0) {
		agent_refuse(a, m->slot, m->generation, &err);
	}
}

void agent_signal(struct agent *a, const struct slot_signal *m)
{
	struct place *p = m->slot < AGENT_SLOTS_MAX ? &a->places[m->slot] : NULL;

	if (!p || p->state == PLACE_EMPTY || p->generation != m->generation)
		return; /* it has ended: EXITED is on its way */
	if (p->state == PLACE_RUNS)
		process_signal(p->pid, (int)m->signo, false);
	else if (p->state != PLACE_ENDED)
		p->signo = (int)m->signo;
}
