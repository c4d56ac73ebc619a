/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a packed batch of events: unpacking, folding, timings and findings must hold, and the counts add up
 * after every event. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/die.h"
#include "model/finding.h"
#include "model/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct snapshot *s, struct findings *f)
{
	struct timing t;
	uint64_t done = 0, failed = 0;

	BUG_ON(s->waiting + s->held + s->done + s->failed + s->cancelled != s->run.tasks);
	for (uint32_t i = 0; i < s->nslots; i++) {
		done += s->slots[i].done;
		failed += s->slots[i].failed;
	}
	BUG_ON(done != s->done || failed != s->failed);
	timing_of(s, s->now + NS_PER_S, &t);
	BUG_ON(isinf(t.left) || t.left < 0 || t.left_low > t.left || t.left_high < t.left);
	BUG_ON(t.parallel < 0 || t.ideal < 0);
	findings_update(f, s, &t, s->now + 3 * NS_PER_S);
	(void)findings_best(f, s->now + 3 * NS_PER_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of((struct slice){ data, size });
	struct snapshot s;
	struct findings f;
	struct event e;
	struct err err;

	snapshot_init(&s);
	findings_init(&f);
	while (r.left && event_unpack(&r, &e, &err) == 0) {
		fold_apply(&s, &e);
		look(&s, &f);
	}
	snapshot_release(&s);
	return 0;
}
