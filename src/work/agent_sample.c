/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling the workers: slots that are shown four times a second, each other one in every fourth round. A round is
 * done in slices, so that orders never wait long. */
#include "work/agent_state.h"

#define ROUND_EVERY  (250 * NS_PER_MS)
#define SLICE        (2 * NS_PER_MS)
#define ROUNDS       4
#define UNSENT_MAX   (4u << 20) /* bytes; with more unsent the engine is behind, and samples may be dropped */

static bool due(const struct agent *a, uint32_t slot)
{
	if (a->places[slot].state != PLACE_RUNS)
		return false;
	if (slot >= a->shown.first && slot - a->shown.first < a->shown.count)
		return true;
	return slot % ROUNDS == a->sample_round % ROUNDS;
}

static void sample(struct agent *a, const struct place *p)
{
	struct process_sample s;
	struct sample_row row = { .slot = p->slot, .generation = p->generation };

	if (process_sample(p->pid, &s) < 0)
		return; /* it is ending */
	row.cpu_ns = s.cpu_ns;
	row.wait_ns = s.wait_ns;
	row.rss = s.rss;
	sample_row_pack(&a->sample_rows, &row);
}

static void slice(struct timer *t, void *arg)
{
	struct agent *a = arg;
	uint64_t start = clock_now(), now = start;
	struct samples m;

	(void)t;
	if (a->sample_at == 0)
		a->sample_due = start;
	str_clear(&a->sample_rows);
	for (; a->sample_at < a->nplaces && now - start < SLICE; a->sample_at++)
		if (due(a, a->sample_at)) {
			sample(a, &a->places[a->sample_at]);
			now = clock_now();
		}
	if (a->sample_rows.n > 0 && link_unsent(&a->control) < UNSENT_MAX) {
		m.at = start;
		m.n = (uint32_t)(a->sample_rows.n / 32);
		m.rows = (struct slice){ a->sample_rows.p, a->sample_rows.n };
		msg_put_samples(&a->control, &m);
	}
	if (a->sample_at < a->nplaces) {
		loop_timer(a->loop, &a->sample_timer, now, slice, a);
		return;
	}
	a->sample_at = 0;
	a->sample_round++;
	a->samples_on = false;
	for (uint32_t slot = 0; slot < a->nplaces; slot++)
		if (a->places[slot].state != PLACE_EMPTY) {
			a->samples_on = true;
			loop_timer(a->loop, &a->sample_timer, a->sample_due + ROUND_EVERY, slice, a);
			return;
		}
}

void agent_sample_start(struct agent *a)
{
	if (a->samples_on)
		return;
	a->samples_on = true;
	a->sample_at = 0;
	loop_timer(a->loop, &a->sample_timer, clock_now() + ROUND_EVERY, slice, a);
}
