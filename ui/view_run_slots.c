/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slot table: exactly one row a slot, always in the same order; what does not fit is summed in the last row. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "model/fold.h"
#include "ui/view_run.h"

#define WAIT_NOTED 100 /* per mille without a CPU from which it is lost time worth a colour */

static void head(struct area a, int y, int end, const char *z)
{
	if (end >= 0)
		put_right(a, y, end, ROLE_LABEL, z);
}

static void draw_heading(struct area a, int y, const struct columns *c, const struct scene *s)
{
	put(a, y, 2, ROLE_LABEL, "#");
	head(a, y, c->pid_end, "PID");
	put(a, y, c->state, ROLE_LABEL, "STATE");
	if (c->work >= 0)
		put(a, y, c->work, ROLE_LABEL, "WORK");
	put(a, y, c->bar, ROLE_LABEL, c->form != TABLE_SECOND ? "PROGRESS" : scene_ended(s) ? "AT WORK" : "LAST SECOND");
	head(a, y, c->done_end, "DONE");
	head(a, y, c->rate_end, c->form == TABLE_TASKS ? "TIME" : "TASKS/s");
	if (c->graph >= 0)
		put(a, y, c->graph, ROLE_LABEL, "TASKS/s, 60 s");
	head(a, y, c->cpu_end, "CPU%");
	head(a, y, c->wait_end, "WAIT%");
	head(a, y, c->mib_end, "MiB");
	head(a, y, c->age_end, "AGE");
	head(a, y, c->died_end, "DIED");
}

/* Tasks a second in each of the last n whole seconds; NaN before the slot's counts begin. */
static void slot_seconds(const struct scene *s, const struct slot_view *v, double *out, int n)
{
	uint64_t now = scene_now(s), second = now / NS_PER_S;

	for (int i = 0; i < n; i++) {
		unsigned age = (unsigned)(n - i);

		out[i] = age > second || second - age < v->rates.begin / NS_PER_S ? NAN : (double)rates_second(&v->rates, now, age);
	}
}

/* One scale for all rows, so that they compare. */
static double graph_max(const struct scene *s, uint32_t first, uint32_t n, int cells)
{
	double v[SPARK_CELLS], max = 0;

	for (uint32_t i = first; i < first + n; i++) {
		slot_seconds(s, &s->snap->slots[i], v, cells);
		for (int k = 0; k < cells; k++)
			if (v[k] > max)
				max = v[k];
	}
	return max;
}

/* MiB without their unit, which the heading has. */
static const char *mib_text(char *buf, uint32_t kib)
{
	size_t n;

	if (kib >= 1000 * 1024u)
		return fmt_count(buf, kib / 1024);
	fmt_bytes(buf, (double)kib * 1024);
	n = strlen(buf);
	if (n > 4 && strcmp(buf + n - 4, " MiB") == 0)
		buf[n - 4] = '\0';
	else
		str_copy(buf, FMT_SIZE, kib ? "< 1" : "–");
	return buf;
}

static bool slot_lives(const struct slot_view *v)
{
	return v->state != SLOT_EMPTY && v->state != SLOT_LOST;
}

/* A right-aligned value, "–" while the slot has no process. */
static void value(struct area a, int y, int end, enum role role, bool known, const char *z)
{
	if (end >= 0)
		put_right(a, y, end, known ? role : ROLE_LABEL, known ? z : "–");
}

static void draw_numbers(struct area a, int y, const struct columns *c, const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = &s->snap->slots[slot];
	uint64_t now = scene_now(s);
	bool lives = slot_lives(v), ready = lives && v->state != SLOT_STARTING;
	double age = run_task_age(s, slot);
	char buf[FMT_SIZE];

	value(a, y, c->done_end, lives ? ROLE_PLAIN : ROLE_LABEL, true, fmt_count(buf, v->done));
	if (c->form == TABLE_TASKS)
		value(a, y, c->rate_end, s->snap->q50_ns > 0 && age > 2 * s->snap->q50_ns ? ROLE_LOST : ROLE_PLAIN, age >= 0,
		      fmt_duration(buf, age, false));
	else
		value(a, y, c->rate_end, ROLE_PLAIN, slot_rate(s, slot) >= 0, table_rate(buf, slot_rate(s, slot)));
	snprintf(buf, sizeof buf, "%u", v->tick.cpu / 10u);
	value(a, y, c->cpu_end, ROLE_PLAIN, ready, buf);
	snprintf(buf, sizeof buf, "%u", v->tick.wait / 10u);
	value(a, y, c->wait_end, v->tick.wait >= WAIT_NOTED ? ROLE_LOST : ROLE_PLAIN, ready, buf);
	value(a, y, c->mib_end, ROLE_LABEL, ready, mib_text(buf, v->tick.rss_kib));
	fmt_duration(buf, now > v->started_at ? (double)(now - v->started_at) : 0, false);
	value(a, y, c->age_end, ROLE_LABEL, lives, buf);
	value(a, y, c->died_end, v->deaths ? ROLE_FAILED : ROLE_LABEL, true, fmt_count(buf, v->deaths));
}

static void draw_slot(struct area a, int y, const struct columns *c, const struct scene *s, uint32_t slot, double max)
{
	const struct slot_view *v = &s->snap->slots[slot];
	char buf[FMT_SIZE];
	double seconds[SPARK_CELLS];

	snprintf(buf, sizeof buf, "%u", (unsigned)slot + 1);
	put_right(a, y, slot >= 999 ? 4 : 3, slot_lives(v) ? ROLE_KEY : ROLE_LABEL, buf);
	if (v->deaths > 0)
		put(a, y, slot >= 999 ? 4 : 3, ROLE_FAILED, glyph(a.g, GLYPH_CROSS));
	if (s->ui->selected == slot)
		put_attr(a, y, 1, 2 + (slot >= 999), ATTR_REVERSE);
	snprintf(buf, sizeof buf, "%llu", (unsigned long long)v->pid);
	value(a, y, c->pid_end, ROLE_PLAIN, slot_lives(v) && v->pid > 0, buf);
	put_cut(a, y, c->state, 8, slot_state_role(v->state), slot_word(s, slot));
	if (c->work >= 0) {
		run_work_text(buf, sizeof buf, s, slot);
		put_cut(a, y, c->work, c->work_cells, ROLE_LABEL, buf);
		put_pace(a, y, c->work, c->work_cells, PACE_NAME);
	}
	run_draw_lane(a, y, c->bar, c->bar_cells, c->text_cells, s, slot);
	draw_numbers(a, y, c, s, slot);
	if (c->graph >= 0) {
		slot_seconds(s, v, seconds, c->graph_cells);
		sparkline(a, y, c->graph, seconds, c->graph_cells, max, ROLE_RUNNING);
	}
	put_hit(a, y, 0, 1, a.cols, HIT_ROW, slot);
}

uint32_t run_slot_window(const struct scene *s, int rows, uint32_t *first)
{
	uint32_t n = s->snap->nslots, shown, top = s->ui->first_slot, selected = s->ui->selected;

	*first = 0;
	if (rows < 1 || n <= (uint32_t)rows)
		return rows < 1 ? 0 : n;
	shown = (uint32_t)rows - 1;
	if (shown == 0)
		return 0;
	if (selected < n && selected < top)
		top = selected;
	if (selected < n && selected >= top + shown)
		top = selected - shown + 1;
	*first = top > n - shown ? n - shown : top;
	return shown;
}

void run_draw_more(struct area a, int y, int done_end, const struct scene *s, uint32_t first, uint32_t n)
{
	static const enum slot_state order[] = {
		SLOT_BUSY, SLOT_IDLE, SLOT_STARTING, SLOT_RETIRING, SLOT_ENDING, SLOT_LOST, SLOT_EMPTY
	};
	const struct snapshot *snap = s->snap;
	uint32_t count[SLOT_STATES] = { 0 };
	uint64_t done = 0;
	double rate = 0;
	struct phrase p = phrase_new(a);
	const char *gap = ": ";
	char buf[FMT_SIZE];

	for (uint32_t i = 0; i < snap->nslots; i++) {
		const struct slot_view *v = &snap->slots[i];
		double r;

		if (i >= first && i < first + n)
			continue;
		count[v->state < SLOT_STATES ? v->state : SLOT_EMPTY]++;
		done += v->done;
		r = slot_rate(s, i);
		rate += r > 0 ? r : 0;
	}
	phrase_add(&p, ROLE_KEY, "+%s", fmt_count(buf, snap->nslots - n));
	phrase_add(&p, ROLE_LABEL, " more");
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (!count[order[i]])
			continue;
		phrase_add(&p, ROLE_LABEL, "%s%s %s", gap, fmt_count(buf, count[order[i]]),
		           order[i] == SLOT_EMPTY && scene_ended(s) ? "ended" : slot_state_names[order[i]]);
		gap = ", ";
	}
	phrase_add(&p, ROLE_LABEL, "%s%s", gap, fmt_rate(buf, rate, false));
	phrase_put(a, y, LABEL_X, &p);
	fmt_count(buf, done);
	if (done_end >= 0 && LABEL_X + p.cells < done_end - grid_cells(a.g, buf))
		put_right(a, y, done_end, ROLE_PLAIN, buf);
}

void run_draw_slots(struct area a, int heading_y, int y, int rows, const struct scene *s)
{
	struct columns c;
	uint32_t first, n = run_slot_window(s, rows, &first);
	double max = 0;

	run_columns(&c, a.cols, run_table_form(s));
	if (heading_y >= 0)
		draw_heading(a, heading_y, &c, s);
	if (c.graph >= 0)
		max = graph_max(s, first, n, c.graph_cells);
	for (uint32_t i = 0; i < n; i++)
		draw_slot(a, y + (int)i, &c, s, first + i, max);
	if (n < s->snap->nslots && rows > 0)
		run_draw_more(a, y + rows - 1, c.done_end, s, first, n);
	a.g->page = n > 0 ? (int)n : 1;
}
