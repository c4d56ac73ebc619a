/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool in numbers, the rates of worker counts tried so far, and the result. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "ui/view_run.h"

static void add_count(struct phrase *p, uint64_t n, const char *one, const char *many)
{
	char buf[FMT_SIZE];

	phrase_add(p, ROLE_KEY, "%s", fmt_count(buf, n));
	phrase_add(p, ROLE_LABEL, " %s   ", n == 1 ? one : many);
}

/* detail: 3 all; 2 without memory; 1 without the present size of the chunk; 0 without active children too. */
static struct phrase pool(struct area a, const struct snapshot *snap, int detail)
{
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE], chunk[64];

	add_count(&p, snap->target, "worker", "workers");
	if (detail > 0)
		add_count(&p, snap->active, "active child", "active children");
	add_count(&p, snap->cpus, "CPU", "CPUs");
	phrase_add(&p, ROLE_LABEL, "chunk ");
	phrase_add_outside(&p, ROLE_KEY, 24, chunk_text(chunk, sizeof chunk, snap->chunk));
	if (detail > 1 && snap->chunk_now > 0 && (snap->chunk[0] < '0' || snap->chunk[0] > '9')) {
		phrase_add(&p, ROLE_LABEL, ", now ");
		phrase_add(&p, ROLE_KEY, "%s", fmt_count(buf, snap->chunk_now));
	}
	if (detail > 2 && snap->rss_kib > 0) {
		phrase_add(&p, ROLE_KEY, "   %s", fmt_bytes(buf, (double)snap->rss_kib * 1024));
		phrase_add(&p, ROLE_LABEL, " in all");
	}
	return p;
}

void run_draw_pool(struct area a, int y, const struct scene *s)
{
	int detail = 3;
	struct phrase p;

	put_label(a, y, "Pool");
	for (p = pool(a, s->snap, detail); p.cells > a.cols - 1 - VALUE_X && detail > 0;)
		p = pool(a, s->snap, --detail);
	phrase_put(a, y, VALUE_X, &p);
}

/* The count with the best rate, when it is clearly better than all others (by 2 %); −1 otherwise. */
static int best_tried(const struct snapshot *snap)
{
	double best = 0, second = 0;
	int at = -1;

	for (uint32_t i = 0; i < snap->ntried; i++) {
		double rate = tried_rate(&snap->tried[i]);

		if (rate > best) {
			second = best;
			best = rate;
			at = (int)i;
		} else if (rate > second) {
			second = rate;
		}
	}
	return second > 0 && best > 1.02 * second ? at : -1;
}

static struct phrase tried_entry(struct area a, const struct scene *s, uint32_t i, bool first, bool best)
{
	const struct tried *t = &s->snap->tried[i];
	bool now = t->workers == s->snap->target && !scene_ended(s);
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE];

	if (best)
		phrase_add(&p, ROLE_DONE, "▸ ");
	phrase_add(&p, ROLE_KEY, "%s", fmt_count(buf, t->workers));
	phrase_add(&p, ROLE_LABEL, first ? t->workers == 1 ? " worker " : " workers " : "  ");
	if (now && (s->timing->settling || isnan(tried_rate(t))))
		phrase_add(&p, ROLE_LABEL, "measuring…");
	else
		phrase_add(&p, best ? ROLE_DONE : ROLE_PLAIN, "%s", fmt_rate(buf, tried_rate(t), false));
	if (now)
		phrase_add(&p, ROLE_LABEL, " ◂ now");
	return p;
}

/* Entries from..to of the row; the present count is always among them. */
static bool tried_fit(struct area a, const struct scene *s, uint32_t from, uint32_t to, int room)
{
	int best = best_tried(s->snap), cells = 0;

	for (uint32_t i = from; i < to; i++) {
		struct phrase p = tried_entry(a, s, i, i == from, (int)i == best);

		cells += p.cells + (i > from ? 4 : 0);
	}
	return cells + (from > 0 ? 2 : 0) + (to < s->snap->ntried ? 2 : 0) <= room;
}

/* The target may not have been visited long enough to have an entry: then it is said behind the others. */
static bool target_tried(const struct snapshot *snap)
{
	for (uint32_t i = 0; i < snap->ntried; i++)
		if (snap->tried[i].workers == snap->target)
			return true;
	return false;
}

/* Why there is no rate of any worker count. */
static void put_untried(struct area a, int y, const struct scene *s)
{
	double ran = s->timing->parallel;
	char buf[FMT_SIZE];

	if (!s->snap->begun)
		return;
	if (s->snap->target == 0 && !scene_ended(s))
		put(a, y, VALUE_X, ROLE_LABEL, "– no workers");
	else if (!(ran > 0))
		put(a, y, VALUE_X, ROLE_LABEL, "– the pool has not begun");
	else if (ran < 2e9)
		putf(a, y, VALUE_X, ROLE_LABEL, "– a rate needs 2 s: the pool ran for %s", fmt_duration(buf, ran, false));
	else
		put(a, y, VALUE_X, ROLE_LABEL, "– a rate needs 2 s and 8 results while tasks wait");
}

void run_draw_tried(struct area a, int y, const struct scene *s)
{
	const struct snapshot *snap = s->snap;
	struct phrase now = phrase_new(a);
	int room = a.cols - 1 - VALUE_X, x = VALUE_X, best = best_tried(snap);
	char buf[FMT_SIZE];
	uint32_t from = 0, to = snap->ntried;

	put_label(a, y, "Tried");
	if (!scene_ended(s) && !target_tried(snap) && snap->target > 0 && snap->begun) {
		phrase_add(&now, ROLE_KEY, "%s%s", to > 0 ? "    " : "", fmt_count(buf, snap->target));
		phrase_add(&now, ROLE_LABEL, "%s%s ◂ now", to > 0 ? "  " : snap->target == 1 ? " worker " : " workers ",
		           s->timing->measuring || s->timing->settling ? "measuring…" : "–");
	}
	room -= now.cells;
	/* Too many: those furthest from the present count leave. */
	while (to - from > 1 && !tried_fit(a, s, from, to, room)) {
		uint32_t low = snap->tried[from].workers, high = snap->tried[to - 1].workers;

		if (low < snap->target && (high <= snap->target || snap->target - low >= high - snap->target))
			from++;
		else
			to--;
	}
	if (to == 0 && now.n == 0)
		put_untried(a, y, s);
	if (from > 0)
		x = put(a, y, x, ROLE_LABEL, "… ");
	for (uint32_t i = from; i < to; i++) {
		struct phrase p = tried_entry(a, s, i, i == from, (int)i == best);

		x = phrase_put(a, y, x + (i > from ? 4 : 0), &p);
	}
	if (to < snap->ntried)
		x = put(a, y, x, ROLE_LABEL, " …");
	phrase_put(a, y, x, &now);
}

/* "9f2c·61ab" of 32 hex digits; all of them when there is room. */
static void add_fingerprint(struct phrase *p, const char *hex, bool whole)
{
	size_t n = strlen(hex);

	phrase_add(p, ROLE_LABEL, "   fingerprint ");
	if (whole || n < 8)
		phrase_add_outside(p, ROLE_KEY, 40, hex);
	else
		phrase_add(p, ROLE_KEY, "%.4s·%.4s", hex, hex + n - 4);
}

static struct phrase result(struct area a, const struct scene *s, bool method, int fingerprint)
{
	const struct snapshot *snap = s->snap;
	const struct ev_done *r = &snap->result;
	struct phrase p = phrase_new(a);
	char buf[FMT_SIZE];

	if (!snap->run.has_result) {
		phrase_add(&p, ROLE_LABEL, "this work has no values");
	} else if (r->n == 0 || isnan(r->mean)) {
		phrase_add(&p, ROLE_LABEL, "– after the first tasks");
	} else {
		phrase_add(&p, ROLE_KEY, "%s", fmt_value(buf, r->mean, r->half));
		if (r->half > 0)
			phrase_add(&p, ROLE_LABEL, " ±%s (95 %%)", fmt_half(buf, r->half));
	}
	if (method && snap->run.method[0]) {
		phrase_add(&p, ROLE_LABEL, "   ");
		phrase_add_outside(&p, ROLE_LABEL, 40, snap->run.method);
	}
	if (snap->ended && snap->end.fingerprint[0])
		add_fingerprint(&p, snap->end.fingerprint, fingerprint > 1);
	else if (fingerprint > 0 && !scene_ended(s))
		phrase_add(&p, ROLE_LABEL, "   fingerprint after the last task");
	return p;
}

void run_draw_result(struct area a, int y, const struct scene *s)
{
	int room = a.cols - 1 - VALUE_X;
	struct phrase p;

	if (!s->snap->begun)
		return;
	put_label(a, y, "Result");
	p = result(a, s, true, 2);
	if (p.cells > room)
		p = result(a, s, true, 0);
	if (p.cells > room)
		p = result(a, s, false, 0);
	phrase_put(a, y, VALUE_X, &p);
}
