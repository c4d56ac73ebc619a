/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The remainder of running tasks. Three quantiles are all that is known of the distribution of task times, so it is
 * drawn as straight lines through them with an exponential tail: what has run longer than 90 % of its like is
 * expected to go on for a time of the same order, never to end at once. */
#include "model/timing_left.h"

#include <math.h>

#include "base/clock.h"

#define STALE_NS (5 * NS_PER_S)

struct lengths {
	double at[4]; /* ns: begin, q10, q50, q90 */
	double tail;  /* mean of the tail beyond q90, ns */
};
static const double survives[4] = { 1, 0.9, 0.5, 0.1 };

static struct lengths lengths_of(double q10, double q50, double q90)
{
	struct lengths l = { { 0, q10, q50, q90 }, (q90 - q50) / log(5) };

	/* the first tenth begins as far below q10 as the next four tenths are long, a quarter of it each */
	l.at[0] = q10 - (q50 - q10) / 4;
	if (l.at[0] < 0)
		l.at[0] = 0;
	return l;
}

static double survival(const struct lengths *l, double t)
{
	if (t <= l->at[0])
		return 1;
	for (int i = 0; i < 3; i++)
		if (t < l->at[i + 1])
			return survives[i] +
			       (survives[i + 1] - survives[i]) * (t - l->at[i]) / (l->at[i + 1] - l->at[i]);
	return l->tail > 0 ? survives[3] * exp(-(t - l->at[3]) / l->tail) : 0;
}

static double length_surviving(const struct lengths *l, double share)
{
	for (int i = 0; i < 3; i++)
		if (share >= survives[i + 1])
			return l->at[i] +
			       (l->at[i + 1] - l->at[i]) * (survives[i] - share) / (survives[i] - survives[i + 1]);
	return l->at[3] + l->tail * log(survives[3] / share);
}

double task_left(double q10, double q50, double q90, double age_ns, double p)
{
	struct lengths l;
	double now, t;

	if (!(q10 >= 0) || !(q50 >= q10) || !(q90 >= q50) || !(q90 > 0))
		return NAN;
	l = lengths_of(q10, q50, q90);
	now = survival(&l, age_ns);
	/* far out in the tail the survival has no digits left, but an exponential has no memory */
	if (age_ns >= l.at[3] || now <= 0)
		return -l.tail * log(1 - p);
	t = length_surviving(&l, now * (1 - p)) - age_ns;
	return t > 0 ? t : 0;
}

double longest_left(const struct snapshot *s, uint64_t now, double p)
{
	double longest = 0;

	for (uint32_t i = 0; i < s->nslots; i++) {
		const struct slot_view *v = &s->slots[i];
		double age, left;

		if (!(v->tick.flags & TICK_HAS_TASK) || v->state == SLOT_EMPTY || v->state == SLOT_LOST)
			continue;
		if (s->others && now > v->tick_at + STALE_NS)
			continue; /* no longer among the slots shown: its row tells of a task long gone */
		age = (double)v->tick.age_ms * (double)NS_PER_MS;
		if (now > v->tick_at)
			age += (double)(now - v->tick_at);
		if ((v->tick.flags & TICK_HAS_PROGRESS) && v->tick.progress)
			left = age * (1000.0 - v->tick.progress) / v->tick.progress;
		else
			left = task_left(s->q10_ns, s->q50_ns, s->q90_ns, age, p);
		if (left > longest)
			longest = left;
	}
	return longest;
}
