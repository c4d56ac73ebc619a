/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings, one function a row: it looks at the snapshot and either is silent or writes its sentence. A sentence
 * costs attention, so each has a threshold, must hold for two seconds, and only the one that costs the pool most is
 * shown. */
#include "model/finding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/fmt.h"
#include "base/text.h"
#include "model/fold.h"

#define HOLD_NS (2 * NS_PER_S) /* true for so long before it appears */
#define STAY_NS (5 * NS_PER_S) /* and then stays for so long */
#define WAIT_MIN 0.15          /* share of the workers' time ready without a CPU */
#define GAIN_MIN 0.1 /* of the gain that the further workers would bring if each were worth as much as the others */
#define SHORT_NS (2 * NS_PER_S)
#define DEATHS_NS (60 * NS_PER_S)
#define FAILED_MIN 2
#define FRESH_NS (3 * NS_PER_S) /* samples older than this say nothing about now */
#define CELLS 76
#define CELLS_BRIEF 36

/* Text of a finding: visible, and cut to its room with an ellipsis. */
static void say(char *buf, size_t size, int cells, const char *fmt, ...) PRINTF(4, 5);

static void say(char *buf, size_t size, int cells, const char *fmt, ...)
{
	struct str raw = STR_INIT, seen = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&raw, fmt, ap);
	va_end(ap);
	text_show(&seen, raw.p, raw.n);
	text_cut(buf, size, str_z(&seen), cells, false);
	str_release(&raw);
	str_release(&seen);
}

#define say_text(f, ...) say((f)->text, sizeof(f)->text, CELLS, __VA_ARGS__)
#define say_brief(f, ...) say((f)->brief, sizeof(f)->brief, CELLS_BRIEF, __VA_ARGS__)
#define say_evidence(f, ...) say((f)->evidence, sizeof(f)->evidence, (int)sizeof(f)->evidence, __VA_ARGS__)

/* "press −", "press − twice", "press − 3 times"; nobody presses a key ten times, so then one types the number. */
static const char *press(char *buf, size_t size, uint32_t from, uint32_t to)
{
	if (from - to == 1)
		snprintf(buf, size, "press −");
	else if (from - to == 2)
		snprintf(buf, size, "press − twice");
	else if (from - to <= 9)
		snprintf(buf, size, "press − %u times", from - to);
	else
		snprintf(buf, size, "press w, %u", to);
	return buf;
}

/* A sentence begins with it. */
static const char *capital(char *buf)
{
	buf[0] = 'P';
	return buf;
}

/* A cause as it is shown, in at most so many cells: what stands behind it must not be pushed out. */
static const char *shown(char *buf, size_t size, int cells, const char *cause)
{
	struct str seen = STR_INIT;

	text_show(&seen, cause, strlen(cause));
	text_cut(buf, size, str_z(&seen), cells, false);
	str_release(&seen);
	return buf;
}

/* Share of the busy slots' time in which they were ready but without a CPU, as their column WAIT% has it; how many
 * fresh samples there are. Time without a task to run on counts as well: who sleeps does not wait for a CPU. */
static uint32_t wait_share(const struct snapshot *s, uint64_t now, double *share)
{
	double wait = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->nslots; i++) {
		const struct slot_view *v = &s->slots[i];

		if (v->state != SLOT_BUSY || now > v->tick_at + FRESH_NS)
			continue;
		wait += v->tick.wait;
		n++;
	}
	*share = n ? wait / n / 1000 : 0;
	return n;
}

static const char *share_words(char *buf, size_t size, double share)
{
	if (fabs(share - 0.5) < 0.035)
		return "half";
	if (fabs(share - 1.0 / 3) < 0.025)
		return "a third";
	if (fabs(share - 2.0 / 3) < 0.025)
		return "two thirds";
	if (fabs(share - 0.25) < 0.025)
		return "a quarter";
	/* "three quarters" would take the sentence past its 76 cells */
	snprintf(buf, size, "%.0f %%", share * 100);
	return buf;
}

static bool too_many_workers(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	char words[16], keys[40];
	double share;
	uint32_t n;

	(void)t;
	if (s->state != RUN_RUNNING || s->run.waits || s->target <= s->cpus || !s->cpus)
		return false;
	if (s->settling_at && now < s->settling_at + FRESH_NS)
		return false; /* the samples are of the pool before the change */
	n = wait_share(s, now, &share);
	if (!n || n + s->others_busy <= s->cpus || share < WAIT_MIN)
		return false;
	press(keys, sizeof keys, s->target, s->cpus);
	say_brief(f, "%u workers, %u CPU%s: %s", s->target, s->cpus, s->cpus == 1 ? "" : "s", keys);
	say_text(f, "%u workers share %u CPU%s: each waits %s of its time. %s.", s->target, s->cpus,
		s->cpus == 1 ? "" : "s", share_words(words, sizeof words, share), capital(keys));
	say_evidence(f,
		"Measured: the %u busy workers looked at were ready but without a CPU for %.0f %% of the last second "
		"(the kernel's schedstat). Said from %.0f %% on, when there are more workers than usable CPUs (%u).",
		n, share * 100, WAIT_MIN * 100, s->cpus);
	f->cost = share;
	return true;
}

static bool gained_nothing(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	const struct tried *before = NULL, *here = NULL;
	char r0[FMT_SIZE], r1[FMT_SIZE], keys[40];
	double hoped, got;

	(void)now;
	if (s->state != RUN_RUNNING || t->settling || !s->waiting)
		return false;
	for (uint32_t i = 0; i < s->ntried; i++) {
		if (s->tried[i].workers < s->target && isfinite(tried_rate(&s->tried[i])))
			before = &s->tried[i];
		else if (s->tried[i].workers == s->target && isfinite(tried_rate(&s->tried[i])))
			here = &s->tried[i];
	}
	if (!before || !here || !(tried_rate(before) > 0))
		return false;
	hoped = (double)here->workers / before->workers - 1;
	got = tried_rate(here) / tried_rate(before) - 1;
	if (hoped < 0.05 || got > GAIN_MIN * hoped)
		return false; /* too small a step to tell, or worth it */
	if (got + 2 * sqrt(1 / (double)before->done + 1 / (double)here->done) > hoped)
		return false; /* few results: chance alone may hide the gain */
	press(keys, sizeof keys, here->workers, before->workers);
	say_brief(f, "%u → %u gained nothing: %s", before->workers, here->workers, keys);
	fmt_rate(r0, tried_rate(before), false);
	fmt_rate(r1, tried_rate(here), false);
	if (!strcmp(r0, r1))
		say_text(f, "%u → %u workers gained nothing: %s both times. %s%s.", before->workers, here->workers, r0,
			capital(keys), here->workers - before->workers == 1 ? " to go back" : "");
	else
		say_text(f, "%u → %u workers gained nothing: %s, then %s. %s.", before->workers, here->workers, r0, r1,
			capital(keys));
	say_evidence(f,
		"Measured, each after 2 s of settling: %u workers %s over %.1f s, %u workers %s over %.1f s. Said when "
		"the gain is below %.0f %% of what as good further workers would bring.",
		before->workers, r0, (double)before->ns / 1e9, here->workers, r1, (double)here->ns / 1e9,
		GAIN_MIN * 100);
	f->cost = fmax(0, 1 - (1 + got) / (1 + hoped));
	return true;
}

static bool too_short(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	char d[FMT_SIZE];

	(void)now;
	if (!s->ended || s->state != RUN_DONE || !(t->parallel < (double)SHORT_NS))
		return false;
	fmt_duration(d, t->parallel, false);
	say_text(f, "Done in %s, too short to watch. Press * for ten times the work.", d);
	say_brief(f, "Done in %s: * for ten times", d);
	say_evidence(f, "Measured: %s from the first start order to the last result. Said below %.0f s.", d,
		(double)SHORT_NS / 1e9);
	f->cost = 0.1;
	return true;
}

static bool keeps_dying(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	const struct slot_view *worst = NULL;
	char cause[CAUSE_MAX];
	uint32_t no = 0, n = 0;

	if (s->ended)
		return false;
	for (uint32_t i = 0; i < s->nslots; i++) {
		const struct slot_view *v = &s->slots[i];
		/* the ring's oldest is the last but two */
		uint64_t third = v->deaths >= DEATHS_KEPT ? v->death_at[v->deaths % DEATHS_KEPT] : 0;

		if (v->deaths < DEATHS_KEPT || now > third + DEATHS_NS || (worst && v->deaths <= worst->deaths))
			continue;
		worst = v;
		no = i + 1;
	}
	if (!worst)
		return false;
	for (uint32_t i = 0; i < s->nslots; i++)
		n += s->slots[i].deaths;
	(void)t;
	say_text(f, "Worker %u died 3 times in a minute (%s). Press 7 for the log.", no,
		shown(cause, sizeof cause, 20, worst->cause));
	say_brief(f, "Worker %u died 3 times: press 7", no);
	say_evidence(f,
		"Counted: worker %u died %u times in this run, all workers together %u times; its last three deaths "
		"lie within 60 s. Last cause: %s",
		no, worst->deaths, n, worst->cause);
	f->cost = 0.9; /* what it holds is done again and again, and the run may fail */
	return true;
}

static bool same_failure(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	const struct cause *c = &s->causes[0];
	char all[FMT_SIZE], n[FMT_SIZE], cause[CAUSE_MAX];

	(void)t;
	(void)now;
	if (!s->ncauses || c->count < FAILED_MIN || s->failed < FAILED_MIN)
		return false;
	fmt_count(all, s->failed);
	fmt_count(n, c->count);
	if (c->count >= s->failed)
		say_text(f, "%s tasks failed, all with: %s. Press 7.", all, shown(cause, sizeof cause, 40, c->text));
	else
		say_text(f, "%s tasks failed, %s with: %s. Press 7.", all, n, shown(cause, sizeof cause, 36, c->text));
	say_brief(f, "%s failed, %s alike: press 7", all, c->count >= s->failed ? "all" : n);
	say_evidence(f, "Counted: %s failed tasks of %u cause%s. The most frequent, %s times, first with task %llu: %s",
		all, s->ncauses, s->ncauses == 1 ? "" : "s", n, (unsigned long long)c->task, c->text);
	f->cost = (double)s->failed / (double)(s->done + s->failed);
	return true;
}

static const struct finding_row {
	const char *name;
	bool (*look)(struct finding *f, const struct snapshot *s, const struct timing *t, uint64_t now);
} finding_rows[] = {
	{ "too-many-workers", too_many_workers },
	{ "gained-nothing", gained_nothing },
	{ "too-short", too_short },
	{ "keeps-dying", keeps_dying },
	{ "same-failure", same_failure },
};
#define ROWS (sizeof finding_rows / sizeof *finding_rows)
_Static_assert(ROWS <= FINDINGS_MAX, "findings");

void findings_init(struct findings *f)
{
	memset(f, 0, sizeof *f);
	f->n = ROWS;
	for (uint32_t i = 0; i < f->n; i++)
		f->rows[i].name = finding_rows[i].name;
}

static bool stays(const struct finding *f, uint64_t now)
{
	return f->shown_at && (f->holds || now < f->shown_at + STAY_NS);
}

void findings_update(struct findings *f, const struct snapshot *s, const struct timing *t, uint64_t now)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct finding *row = &f->rows[i];
		bool was = row->holds;

		row->holds = finding_rows[i].look(row, s, t, now);
		if (row->holds && !was)
			row->since = now;
		if (row->holds && !row->shown_at && (s->ended || now >= row->since + HOLD_NS))
			row->shown_at = now ? now : 1;
		/* no key helps a run that is over */
		if (!stays(row, now) || (s->ended && !row->holds))
			row->shown_at = 0;
	}
}

const struct finding *findings_best(const struct findings *f, uint64_t now)
{
	const struct finding *best = NULL;

	for (uint32_t i = 0; i < f->n; i++)
		if (stays(&f->rows[i], now) && (!best || f->rows[i].cost > best->cost))
			best = &f->rows[i];
	return best;
}
