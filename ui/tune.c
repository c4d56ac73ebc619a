/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that change the run: workers, chunk, pause, baseline. The screen lags behind the keys, so a repeated key
 * counts from the wish it made before, until the engine has confirmed it or some time has passed. */
#include "ui/update.h"

#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "plan/chunk.h"
#include "plan/plan.h"
#include "ui/parts.h"

#define WISH_NS (2 * UINT64_C(1000000000))

static bool wish_holds(const struct wish *w, const struct scene *s)
{
	return w->set && s->now_ui - w->at < WISH_NS;
}

static void wish_set(struct wish *w, const struct scene *s, uint64_t value)
{
	*w = (struct wish){ .set = true, .value = value, .at = s->now_ui };
}

static bool is_ending(const struct scene *s)
{
	return s->snap->state == RUN_DRAINING || s->snap->state == RUN_ENDING;
}

static struct effect command(uint8_t kind, uint64_t number, const char *text)
{
	struct effect e = { .flags = EFF_COMMAND | EFF_REDRAW };

	e.command.kind = kind;
	e.command.number = number;
	str_copy(e.command.text, sizeof(e.command.text), text);
	return e;
}

static const struct effect nothing = { .flags = EFF_REDRAW };

uint64_t tune_workers_now(const struct ui_state *ui, const struct scene *s)
{
	return wish_holds(&ui->want_workers, s) ? ui->want_workers.value : s->snap->target;
}

/* "slot 4 leaves after its task", "slots 3–8 leave after their tasks", "slot 5 starts". */
static void who_changes(char *buf, size_t size, uint64_t from, uint64_t to)
{
	char low[FMT_SIZE], high[FMT_SIZE];

	fmt_exact(low, (from < to ? from : to) + 1);
	fmt_exact(high, from < to ? to : from);
	if (to == 0)
		snprintf(buf, size, "the run waits until there are workers again");
	else if (strcmp(low, high) == 0)
		snprintf(buf, size, from < to ? "slot %s starts" : "slot %s leaves after its task", low);
	else
		snprintf(buf, size, from < to ? "slots %s–%s start" : "slots %s–%s leave after their tasks", low, high);
}

struct effect tune_workers(struct ui_state *ui, const struct scene *s, uint64_t to)
{
	uint64_t from = tune_workers_now(ui, s), wanted = to == UINT64_MAX ? s->snap->cpus : to;
	char who[160], a[FMT_SIZE], b[FMT_SIZE];

	fmt_exact(a, from);
	fmt_exact(b, wanted);
	if (is_ending(s)) {
		ui_say(ui, s, "the run is ending: its workers stay as they are");
		return nothing;
	}
	if (from == wanted && to != UINT64_MAX) {
		ui_say(ui, s, wanted == 1 ? "%s worker already" : "%s workers already", b);
		return nothing;
	}
	who_changes(who, sizeof(who), from, wanted);
	if (from == wanted)
		ui_say(ui, s, "workers: auto, %s as now", b);
	else
		ui_say(ui, s, "%s → %s%s worker%s: %s", a, to == UINT64_MAX ? "auto, " : "", b, wanted == 1 ? "" : "s", who);
	wish_set(&ui->want_workers, s, wanted);
	return command(COMMAND_WORKERS, to, "");
}

struct effect tune_workers_by(struct ui_state *ui, const struct scene *s, int step)
{
	uint64_t now = tune_workers_now(ui, s);
	char most[FMT_SIZE];

	if (step < 0 && now == 0) {
		ui_say(ui, s, "0 workers already: the run waits until there are workers again");
		return nothing;
	}
	if (step > 0 && now >= WORKERS_MAX) {
		ui_say(ui, s, "%s workers already, more are not possible", fmt_exact(most, WORKERS_MAX));
		return nothing;
	}
	return tune_workers(ui, s, step > 0 ? now + 1 : now - 1);
}

/* A chunk that is a plain number, 0 when it is a rule. */
static uint64_t chunk_number(const char *chunk)
{
	uint64_t n;

	return num_uint(chunk, 1, UINT64_MAX, &n, NULL) < 0 ? 0 : n;
}

struct effect tune_chunk(struct ui_state *ui, const struct scene *s, const char *text)
{
	struct chunk chunk;
	struct err err;
	struct str to = STR_INIT;
	char now[FMT_SIZE], a[64], b[64], n[FMT_SIZE];
	const char *from = s->snap->chunk;

	if (is_ending(s)) {
		ui_say(ui, s, "the run is ending: no more tasks are given out");
		return nothing;
	}
	if (chunk_parse(text, &chunk, &err) < 0) {
		char shown[160];

		text_show_z(shown, sizeof(shown), err.msg);
		ui_say(ui, s, "chunk: %s", shown);
		return nothing;
	}
	chunk_print(&to, &chunk);
	if (wish_holds(&ui->want_chunk, s)) {
		snprintf(now, sizeof(now), "%llu", (unsigned long long)ui->want_chunk.value);
		from = now;
	}
	chunk_text(a, sizeof(a), from);
	chunk_text(b, sizeof(b), str_z(&to));
	if (strcmp(from, str_z(&to)) == 0) {
		ui_say(ui, s, "chunk %s already", b);
		str_release(&to);
		return nothing;
	}
	if (!chunk_number(from) && s->snap->chunk_now && from == s->snap->chunk)
		ui_say(ui, s, "chunk %s (now %s) → %s from the next lease on", a, fmt_exact(n, s->snap->chunk_now), b);
	else
		ui_say(ui, s, "chunk %s → %s from the next lease on", a, b);
	ui->want_chunk.set = false;
	if (chunk_number(str_z(&to)))
		wish_set(&ui->want_chunk, s, chunk_number(str_z(&to)));
	str_release(&to);
	return command(COMMAND_CHUNK, 0, text);
}

struct effect tune_chunk_by(struct ui_state *ui, const struct scene *s, int step)
{
	uint64_t now = wish_holds(&ui->want_chunk, s) ? ui->want_chunk.value : chunk_number(s->snap->chunk);
	char text[FMT_SIZE];

	if (!now)
		now = s->snap->chunk_now;
	if (!now) {
		ui_say(ui, s, "no chunk has been given out yet: c sets one");
		return nothing;
	}
	if (step < 0 && now == 1) {
		ui_say(ui, s, "chunk 1 already: one task at a time");
		return nothing;
	}
	if (step > 0 && now >= s->snap->run.tasks) {
		ui_say(ui, s, "chunk %s already: all tasks at once", fmt_exact(text, now));
		return nothing;
	}
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(step < 0 ? now / 2 : now * 2));
	return tune_chunk(ui, s, text);
}

struct effect tune_pause(struct ui_state *ui, const struct scene *s)
{
	bool paused = s->snap->state == RUN_PAUSING || s->snap->state == RUN_PAUSED;

	if (is_ending(s)) {
		ui_say(ui, s, "the run is ending: it cannot pause");
		return nothing;
	}
	if (wish_holds(&ui->want_pause, s))
		paused = ui->want_pause.value;
	wish_set(&ui->want_pause, s, !paused);
	if (paused) {
		ui_say(ui, s, "going on");
		return command(COMMAND_RESUME, 0, "");
	}
	ui_say(ui, s, "pausing: running tasks end, no new ones begin. p goes on");
	return command(COMMAND_PAUSE, 0, "");
}

struct effect tune_baseline(struct ui_state *ui, const struct scene *s)
{
	char why[CAUSE_MAX];

	if (!s->snap->run.pure) {
		text_show_z(why, sizeof(why), s->snap->baseline.phase == BASE_REFUSED && s->snap->baseline.text[0] ?
			    s->snap->baseline.text : "tasks of this kind cannot be executed twice without harm");
		ui_say(ui, s, "no serial baseline: %s", why);
	} else if (s->snap->baseline.phase == BASE_RUNNING) {
		ui_say(ui, s, "the serial time is being measured already");
	} else if (is_ending(s)) {
		ui_say(ui, s, "the run is ending: no more tasks are given out");
	} else {
		ui_say(ui, s, "measuring the serial time again");
		return command(COMMAND_BASELINE, 0, "");
	}
	return nothing;
}
