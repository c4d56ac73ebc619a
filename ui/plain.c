/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines instead of a screen. */
#include "ui/plain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/fmt.h"
#include "base/text.h"
#include "ui/parts.h"
#include "ui/signs.h"
#include "ui/start_list.h"

#define TROUBLES_MAX 5 /* warnings between two lines with counts */

/* Adds text from outside, made visible. */
static void add_outside(struct str *s, const char *z)
{
	text_show(s, z, strlen(z));
}

/* Moves one line into out, in ASCII where nothing else can be shown. */
static void end_line(struct str *out, struct str *line, bool ascii)
{
	size_t size = 10 * line->n + 1; /* the longest ASCII form of a sign */
	char *text = xcalloc(size, 1);

	str_adds(out, sign_text(text, size, str_z(line), ascii));
	str_addc(out, '\n');
	free(text);
	str_release(line);
}

static void add_time(struct str *line, uint64_t now)
{
	char buf[FMT_SIZE];
	int blanks;

	fmt_duration(buf, (double)now, false);
	blanks = 10 - text_cells(buf);
	str_addf(line, "%*s%s  ", blanks > 0 ? blanks : 0, "", buf);
}

static void add_pool(struct str *line, const struct snapshot *s)
{
	str_addf(line, "%lu worker%s on %lu CPU%s", (unsigned long)s->target, s->target == 1 ? "" : "s",
	         (unsigned long)s->cpus, s->cpus == 1 ? "" : "s");
}

static void say_begin(struct str *out, const struct snapshot *s, bool ascii)
{
	struct str line = STR_INIT;

	add_outside(&line, s->run.name);
	str_adds(&line, "  ");
	add_outside(&line, s->run.title);
	str_adds(&line, "   ");
	add_pool(&line, s);
	str_adds(&line, ", chunk ");
	add_outside(&line, s->chunk);
	str_adds(&line, ", ");
	add_outside(&line, s->run.start);
	str_adds(&line, "   run ");
	add_outside(&line, s->run.run_id);
	end_line(out, &line, ascii);
}

static void add_counts(struct str *line, const struct snapshot *s)
{
	char buf[FMT_SIZE];

	str_addf(line, "  %s", fmt_percent(buf, s->done, s->run.tasks));
	str_addf(line, "   %s done", fmt_count(buf, s->done));
	str_addf(line, "   %s with workers", fmt_count(buf, s->held));
	str_addf(line, "   %s waiting", fmt_count(buf, s->waiting));
	str_addf(line, "   %s failed", fmt_count(buf, s->failed));
	if (s->cancelled)
		str_addf(line, "   %s cancelled", fmt_count(buf, s->cancelled));
	if (s->retried)
		str_addf(line, "   %s retried", fmt_count(buf, s->retried));
}

static void add_rate(struct str *line, const struct timing *t, uint64_t wall)
{
	char buf[FMT_SIZE], range[2 * FMT_SIZE];

	if (t->settling)
		str_adds(line, "   measuring…");
	else if (t->rate >= 0)
		str_addf(line, "   %s", fmt_rate(buf, t->rate, false));
	if (!(t->left >= 0))
		return;
	str_addf(line, "   ends in %s", about_left(buf, sizeof(buf), t->left));
	/* a range too wide to be of use has no text */
	if (t->left >= 1e9 && t->left_low >= 0 && t->left_high > 0 &&
	    range_text(range, sizeof(range), t->left_low, t->left_high, buf)[0])
		str_addf(line, " (%s)", range);
	if (t->left < 1e18)
		str_addf(line, ", %s", fmt_clock(buf, wall + (uint64_t)t->left, wall));
}

/* One line: time, state, and in the pool's states counts, rate and time left. */
static void say_state(struct str *out, const struct snapshot *s, uint64_t now, uint64_t wall, bool ascii)
{
	struct str line = STR_INIT;
	struct timing t;

	add_time(&line, now);
	str_adds(&line, s->state < RUN_STATES ? run_state_names[s->state] : "unknown");
	if (s->state == RUN_SERIAL && s->baseline.phase == BASE_RUNNING && s->baseline.executed) {
		char buf[FMT_SIZE];

		str_addf(&line, "   %s tasks in one process", fmt_count(buf, s->baseline.executed));
	} else if (s->state >= RUN_RUNNING) {
		timing_of(s, now, &t);
		add_counts(&line, s);
		if (s->state == RUN_RUNNING)
			add_rate(&line, &t, wall);
	}
	if (s->reason[0] && now - s->state_at < PLAIN_EVERY_NS) {
		str_adds(&line, "   ");
		add_outside(&line, s->reason);
	}
	end_line(out, &line, ascii);
}

/* Warnings and errors of the log since the last time, a few of them. */
static void say_troubles(struct plain *p, struct str *out, const struct snapshot *s, bool ascii)
{
	uint64_t first = s->nlog - snapshot_log_count(s);

	if (p->log_at < first)
		p->log_at = first;
	for (; p->log_at < s->nlog; p->log_at++) {
		const struct log_line *l = snapshot_log(s, p->log_at - first);
		struct str line = STR_INIT;

		/* Changes of state and the end have lines of their own. */
		if (!l || l->level == 0 || l->level == 3 || l->type == EV_STATE || l->type == EV_END)
			continue;
		if (p->troubles++ >= TROUBLES_MAX)
			continue;
		add_time(&line, l->at);
		add_outside(&line, l->text);
		end_line(out, &line, ascii);
	}
}

static void say_more_troubles(struct plain *p, struct str *out, uint64_t now, bool ascii)
{
	char text[80];

	if (p->troubles > TROUBLES_MAX) {
		snprintf(text, sizeof(text), "+%llu more like these", (unsigned long long)(p->troubles - TROUBLES_MAX));
		plain_say(out, now, text, ascii);
	}
	p->troubles = 0;
}

void plain_say(struct str *out, uint64_t now, const char *text, bool ascii)
{
	struct str line = STR_INIT;

	add_time(&line, now);
	add_outside(&line, text);
	end_line(out, &line, ascii);
}

uint64_t plain_next(const struct plain *p)
{
	return p->begun ? p->said_at + PLAIN_EVERY_NS : UINT64_MAX;
}

void plain_follow(struct plain *p, struct str *out, const struct snapshot *s, uint64_t now, uint64_t wall, bool ascii)
{
	if (!s->begun)
		return;
	if (!p->begun) {
		say_begin(out, s, ascii);
		p->begun = true;
		p->state = s->state;
		p->said_at = now;
	}
	say_troubles(p, out, s, ascii);
	if (s->state == p->state && now < plain_next(p))
		return;
	say_more_troubles(p, out, now, ascii);
	/* The end is the summary's. */
	if (!run_state_is_end(s->state))
		say_state(out, s, now, wall, ascii);
	p->state = s->state;
	p->said_at = now;
}

static void add_fingerprint(struct str *line, const char *hex)
{
	size_t n = strlen(hex);

	if (n >= 8)
		str_addf(line, "fingerprint %.4s·%.4s   ", hex, hex + n - 4);
}

static void add_outcome(struct str *line, const struct snapshot *s)
{
	char done[FMT_SIZE], all[FMT_SIZE], failed[FMT_SIZE];

	fmt_count(done, s->done);
	fmt_count(all, s->run.tasks);
	if (s->state == RUN_DONE && s->done == s->run.tasks)
		str_addf(line, "%s task%s done", done, s->done == 1 ? "" : "s");
	else
		str_addf(line, "%s%s of %s task%s done", s->state == RUN_STOPPED ? "stopped: " : "", done, all,
		         s->run.tasks == 1 ? "" : "s");
	if (s->failed)
		str_addf(line, ", %s failed", fmt_count(failed, s->failed));
	if (s->cancelled)
		str_addf(line, ", %s cancelled", fmt_count(failed, s->cancelled));
}

static void say_gain(struct str *out, const struct snapshot *s, const struct timing *t, bool ascii)
{
	struct str line = STR_INIT;
	const char *about = t->serial_estimated ? "≈ " : "";
	bool rough = serial_rough(t);
	char buf[FMT_SIZE];

	add_outside(&line, s->run.name);
	str_adds(&line, "  ");
	add_outcome(&line, s);
	if (t->parallel > 0)
		str_addf(&line, "%s in %s", s->failed || s->cancelled ? "," : "", fmt_duration(buf, t->parallel, false));
	str_adds(&line, ", ");
	add_pool(&line, s);
	if (t->serial > 0)
		str_addf(&line, "; serial %s%s", rough ? "≈ " : "", fmt_duration(buf, t->serial, false));
	if (t->serial > 0 && rough && t->serial_half > 0)
		str_addf(&line, " ±%s", duration_half(buf, sizeof(buf), t->serial, t->serial_half));
	if (t->speedup > 0) {
		str_addf(&line, "; %s%s", about, fmt_ratio(buf, t->speedup, false));
		if (rough && t->speedup_half > 0)
			str_addf(&line, " ±%s", ratio_half(buf, sizeof(buf), t->speedup_half));
		if (t->efficiency >= 0)
			str_addf(&line, ", efficiency %s%s", about, share_text(buf, sizeof(buf), t->efficiency));
	}
	end_line(out, &line, ascii);
}

static void say_result(struct str *out, const struct snapshot *s, bool ascii)
{
	struct str line = STR_INIT;
	char buf[FMT_SIZE];

	if (s->run.has_result && s->result.n > 0 && !isnan(s->result.mean)) {
		str_addf(&line, "result %s", fmt_value(buf, s->result.mean, s->result.half));
		if (s->result.half > 0)
			str_addf(&line, " ±%s (95 %%)", fmt_half(buf, s->result.half));
		str_adds(&line, "   ");
	}
	add_fingerprint(&line, s->end.fingerprint);
	str_adds(&line, "run ");
	add_outside(&line, s->run.run_id);
	str_adds(&line, "   (pooltop report ");
	add_outside(&line, run_id_short(s->run.run_id));
	str_adds(&line, ")");
	end_line(out, &line, ascii);
}

static void say_causes(struct str *out, const struct snapshot *s, bool ascii)
{
	for (uint32_t i = 0; i < s->ncauses; i++) {
		struct str line = STR_INIT;
		char buf[FMT_SIZE];

		str_addf(&line, "failed %s × ", fmt_count(buf, s->causes[i].count));
		add_outside(&line, s->causes[i].text);
		if (s->causes[i].count == 1)
			str_addf(&line, "   (task %s)", fmt_count(buf, s->causes[i].task));
		end_line(out, &line, ascii);
	}
}

/* The blanks at p[n]: their number, 0 within a word. */
static size_t gap_at(const char *p, size_t n)
{
	return strspn(p + n, " ");
}

void plain_wrap(struct str *out, const char *text, int cells)
{
	while (*text) {
		size_t line = strcspn(text, "\n"), n;
		int used = 0;

		/* Words, each with the blanks before it, while they fit; a word too long for any line has one to itself. */
		for (size_t at = 0; at < line; at += n) {
			size_t gap = gap_at(text, at);
			char word[1024];

			n = gap + strcspn(text + at + gap, " \n");
			snprintf(word, sizeof(word), "%.*s", (int)n, text + at);
			if (used > 0 && used + text_cells(word) > cells) {
				str_adds(out, "\n  ");
				used = 2 + text_cells(word + gap);
				str_add(out, text + at + gap, n - gap);
				continue;
			}
			used += text_cells(word);
			str_add(out, text + at, n);
		}
		str_addc(out, '\n');
		text += line + (text[line] == '\n');
	}
}

void plain_summary(struct str *out, const struct snapshot *s, bool ascii)
{
	struct timing t;

	if (!s->begun)
		return;
	timing_of(s, s->now, &t);
	say_gain(out, s, &t, ascii);
	if (s->reason[0] && s->state == RUN_FAILED) {
		struct str line = STR_INIT;

		str_adds(&line, "failed because ");
		add_outside(&line, s->reason);
		end_line(out, &line, ascii);
	}
	say_causes(out, s, ascii);
	if (s->baseline.phase == BASE_MISMATCH) {
		struct str line = STR_INIT;

		add_outside(&line, s->baseline.text);
		end_line(out, &line, ascii);
	}
	say_result(out, s, ascii);
}
