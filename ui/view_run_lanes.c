/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bars of the worker rows: what is known of a slot's work decides which of four kinds it has (model/fold chooses and keeps
 * it). */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "model/fold.h"
#include "ui/view_run.h"

#define AGE_MOST 0.95  /* a bar that guesses never looks complete */
#define AGE_LATE 2.0   /* times the median from which a task is called late */
#define SHORT_TASK_NS 1e8
#define TICK_LATE_NS (200 * NS_PER_MS)  /* two ticks' time */
#define UNSEEN_TASK_NS (400 * NS_PER_MS)
#define TABLE_KEPT_NS (5 * NS_PER_S) /* another kind of table must be asked for so long without a break */

static bool slot_works(const struct slot_view *v)
{
	return v->state == SLOT_BUSY || v->state == SLOT_RETIRING;
}

double run_task_age(const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = &s->snap->slots[slot];
	uint64_t now = scene_now(s);
	uint64_t since = now > v->tick_at ? now - v->tick_at : 0;
	double age = (double)v->tick.age_ms * 1e6;

	if (!(v->tick.flags & TICK_HAS_TASK))
		return NAN;
	/* Between two ticks a short task may have ended; when none comes any more, nothing has. */
	if (since < TICK_LATE_NS && s->snap->q90_ns > 0 && s->snap->q90_ns < UNSEEN_TASK_NS)
		since = 0;
	return slot_works(v) ? age + (double)since : age;
}

/* What most slots' bars ask for; *guess when no slot has one yet. */
static enum table_form form_wanted(const struct scene *s, bool *guess)
{
	uint32_t tasks = 0, leases = 0, second = 0;

	for (uint32_t i = 0; i < s->snap->nslots; i++) {
		unsigned kind = s->snap->slots[i].bar;

		tasks += kind == BAR_PROGRESS || kind == BAR_AGE;
		leases += kind == BAR_LEASE;
		second += kind == BAR_SECOND;
	}
	*guess = tasks + leases + second == 0;
	if (*guess)
		return s->snap->q50_ns >= 1e9 ? TABLE_TASKS : TABLE_SECOND;
	if (second >= tasks + leases)
		return TABLE_SECOND;
	/* The age of a task that is over in a blink says nothing, their number a second does. */
	return leases > tasks && s->snap->q50_ns < SHORT_TASK_NS ? TABLE_LEASES : TABLE_TASKS;
}

enum table_form run_table_form(const struct scene *s)
{
	bool guess;

	if (scene_ended(s))
		return TABLE_SECOND;
	return s->ui->table.chosen ? (enum table_form)s->ui->table.form : form_wanted(s, &guess);
}

void run_follow_table(struct ui_state *ui, const struct scene *s)
{
	struct table_choice *t = &ui->table;
	bool guess;
	unsigned wanted = form_wanted(s, &guess);

	if (!t->chosen || (t->guess && !guess)) {
		*t = (struct table_choice){ .chosen = true, .guess = guess, .form = wanted, .held_at = s->now_ui };
	} else if (guess || wanted == t->form) {
		t->held_at = s->now_ui;
	} else if (s->now_ui >= t->held_at + TABLE_KEPT_NS) {
		t->form = wanted;
		t->held_at = s->now_ui;
	}
}

enum role slot_state_role(unsigned state)
{
	switch (state) {
	case SLOT_BUSY: return ROLE_RUNNING;
	case SLOT_LOST: return ROLE_FAILED;
	case SLOT_RETIRING:
	case SLOT_ENDING: return ROLE_PLAIN;
	default: return ROLE_LABEL;
	}
}

const char *slot_word(const struct scene *s, uint32_t slot)
{
	unsigned state = s->snap->slots[slot].state;

	if (scene_ended(s) && state == SLOT_EMPTY)
		return "ended";
	return state < SLOT_STATES ? slot_state_names[state] : "?";
}

double slot_rate(const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = &s->snap->slots[slot];

	if (scene_ended(s))
		return s->timing->parallel > 0 ? (double)v->done / s->timing->parallel * 1e9 : NAN;
	return v->state == SLOT_EMPTY || v->state == SLOT_LOST ? NAN : rates_now(&v->rates, scene_now(s));
}

/* "9.2 leases/s", "12 leases/min": in at most 13 cells. */
static void leases_text(char *buf, size_t size, double per_s)
{
	char n[FMT_SIZE];

	if (per_s >= 0.9995)
		snprintf(buf, size, per_s < 999.5 ? "%s leases/s" : "%s lease/s", fmt_rate_bare(n, per_s, false));
	else if (per_s * 60 >= 0.95)
		snprintf(buf, size, per_s * 60 < 1.5 ? "%.0f lease/min" : "%.0f leases/min", per_s * 60);
	else if (per_s > 0)
		snprintf(buf, size, per_s * 3600 < 1.5 ? "%.0f lease/h" : "%.0f leases/h", fmax(per_s * 3600, 1));
}

void run_work_text(char *buf, size_t size, const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = &s->snap->slots[slot];
	char n[FMT_SIZE];

	buf[0] = '\0';
	if (!slot_works(v))
		return;
	if (v->bar == BAR_SECOND) {
		leases_text(buf, size, v->leases_per_s);
	} else if (v->bar == BAR_LEASE && v->tick.lease_of > 0 && s->snap->q50_ns < SHORT_TASK_NS) {
		snprintf(buf, size, "%s task%s", fmt_count_narrow(n, v->tick.lease_of), v->tick.lease_of == 1 ? "" : "s");
	} else if (v->tick.flags & TICK_HAS_TASK) {
		fmt_exact(n, v->tick.task);
		snprintf(buf, size, "%s%s", text_cells(n) <= 8 ? "task " : "", n);
	}
}

/* Below 1 until the result is committed: then the slot has another task. */
static double unfinished(double share, int cells)
{
	double most = 1 - 1.0 / (8 * (cells > 0 ? cells : 1));

	return share < most ? share : most;
}

/* On a CPU, ready without one, nothing to do. */
static void draw_second(struct area a, int y, int x, int cells, const struct slot_view *v)
{
	int cpu = (int)lround(v->tick.cpu / 1000.0 * cells), wait;

	if (cpu > cells)
		cpu = cells;
	wait = (int)lround((v->tick.cpu + v->tick.wait) / 1000.0 * cells) - cpu;
	if (wait > cells - cpu)
		wait = cells - cpu;
	fill_glyph(a, y, x, cpu, ROLE_RUNNING, GLYPH_MEASURED);
	fill_glyph(a, y, x + cpu, wait, ROLE_LOST, GLYPH_EXPECTED);
	fill_glyph(a, y, x + cpu + wait, cells - cpu - wait, ROLE_WAITING, GLYPH_WAITING);
}

static void draw_age(struct area a, int y, int x, int cells, int text_cells, const struct scene *s, uint32_t slot)
{
	double median = s->snap->q50_ns, age = run_task_age(s, slot), share;
	bool late;
	char buf[FMT_SIZE];

	if (!(median > 0) || !(age >= 0))
		return;
	share = age / median;
	late = share > AGE_LATE;
	fill_glyph(a, y, x, (int)fmax(floor(fmin(share, AGE_MOST) * cells), 1), late ? ROLE_LOST : ROLE_RUNNING, GLYPH_ESTIMATED);
	if (text_cells <= 0)
		return;
	if (late) {
		snprintf(buf, sizeof buf, "%.*f× median", share < 99.95 ? 1 : 0, share);
		put_cut(a, y, x + cells + 1, text_cells - 1, ROLE_LOST, buf);
	} else {
		snprintf(buf, sizeof buf, "≈ %d %%", (int)(fmin(share, AGE_MOST) * 100));
		put_cut(a, y, x + cells + 1, text_cells - 1, ROLE_PLAIN, buf);
	}
}

void run_draw_lane(struct area a, int y, int x, int cells, int text_cells, const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = &s->snap->slots[slot];
	char buf[3 * FMT_SIZE] = "", n[FMT_SIZE], of[FMT_SIZE];

	if (cells <= 0)
		return;
	if (scene_ended(s)) {
		double share = s->timing->parallel > 0 ? (double)v->busy_ns / s->timing->parallel : 0;

		fill_glyph(a, y, x, cells, ROLE_WAITING, GLYPH_WAITING);
		fill_glyph(a, y, x, (int)lround(fmin(share, 1) * cells), ROLE_RUNNING, GLYPH_MEASURED);
		return;
	}
	if (v->bar != BAR_NONE && v->state != SLOT_EMPTY)
		fill_glyph(a, y, x, cells, ROLE_WAITING, GLYPH_WAITING);
	/* A bar and its text are one sample; the last second is that of CPU% and WAIT%, which are numbers. */
	put_pace(a, y, x, cells + (text_cells > 0 ? text_cells : 0), v->bar == BAR_SECOND ? PACE_STILL : PACE_MOVES);
	if (!slot_works(v) && v->bar != BAR_SECOND)
		return;
	switch (v->bar) {
	case BAR_PROGRESS:
		bar(a, y, x, cells, unfinished(v->tick.progress / 1000.0, cells), ROLE_RUNNING);
		snprintf(buf, sizeof buf, "%d %%", v->tick.progress >= 1000 ? 99 : v->tick.progress / 10);
		break;
	case BAR_LEASE:
		if (v->tick.lease_of > 0)
			bar(a, y, x, cells, unfinished((double)v->tick.lease_done / v->tick.lease_of, cells), ROLE_RUNNING);
		snprintf(buf, sizeof buf, "%s/%s", fmt_count_narrow(n, v->tick.lease_done), fmt_count_narrow(of, v->tick.lease_of));
		break;
	case BAR_AGE:
		draw_age(a, y, x, cells, text_cells, s, slot);
		break;
	case BAR_SECOND:
		if (v->state != SLOT_EMPTY)
			draw_second(a, y, x, cells, v);
		break;
	default:
		break;
	}
	if (buf[0] && text_cells > 0)
		put_cut(a, y, x + cells + 1, text_cells - 1, ROLE_PLAIN, buf);
}
