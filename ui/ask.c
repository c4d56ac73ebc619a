/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions of the speaking line: what they say and what their keys do. Any other key means no. */
#include "ui/update.h"

#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "base/text.h"
#include "plan/plan.h"
#include "ui/move.h"
#include "ui/parts.h"

static const struct effect nothing = { .flags = EFF_REDRAW };

void ask_text(struct ui_state *ui, unsigned what)
{
	ui->input[0] = '\0';
	ui->echo[0] = '\0';
	switch (what) {
	case ASK_WORKERS:
		ui->ask = ASK_WORKERS;
		break;
	case ASK_CHUNK:
		ui->ask = ASK_CHUNK;
		break;
	default:
		ui->ask = ASK_SEARCH;
		break;
	}
}

struct effect ask_quit(struct ui_state *ui, const struct scene *s)
{
	if (ui->view == VIEW_START || !s->snap || s->snap->ended || ui->leaving)
		return (struct effect){ .flags = EFF_QUIT };
	ui->ask = ASK_QUIT;
	return nothing;
}

static const struct slot_view *victim(const struct scene *s, uint32_t slot)
{
	const struct slot_view *v = slot < s->snap->nslots ? &s->snap->slots[slot] : NULL;

	return v && v->pid && v->state != SLOT_EMPTY && v->state != SLOT_LOST ? v : NULL;
}

struct effect ask_kill(struct ui_state *ui, const struct scene *s)
{
	const struct slot_view *v = victim(s, ui->selected);

	if (!v) {
		ui_say(ui, s, "slot %lu has no worker to end", (unsigned long)ui->selected + 1);
		return nothing;
	}
	ui->ask = ASK_KILL_SLOT;
	ui->ask_slot = ui->selected;
	ui->ask_pid = v->pid;
	return nothing;
}

static struct effect kill_now(struct ui_state *ui, const struct scene *s)
{
	const struct slot_view *v = victim(s, ui->ask_slot);
	struct effect e = { .flags = EFF_COMMAND | EFF_REDRAW };

	/* Who stands in the slot now is another one than the question named. */
	if (!v || v->pid != ui->ask_pid) {
		ui_say(ui, s, "worker %lu has ended by itself meanwhile", (unsigned long)ui->ask_slot + 1);
		return nothing;
	}
	ui_say(ui, s, "ending worker %lu, PID %llu", (unsigned long)ui->ask_slot + 1, (unsigned long long)v->pid);
	e.command.kind = COMMAND_KILL_SLOT;
	e.command.number = ui->ask_slot;
	return e;
}

static struct effect quit_now(struct ui_state *ui, const struct scene *s)
{
	ui->leaving = true;
	if (s->snap->ended)
		return (struct effect){ .flags = EFF_QUIT };
	if (ui->stop_step < 2)
		ui->stop_step = 2;
	ui_say(ui, s, "ending the run, then leaving. q leaves at once");
	return (struct effect){ .flags = EFF_QUIT | EFF_REDRAW, .stop_run = true };
}

static struct effect workers_now(struct ui_state *ui, const struct scene *s, const char *text)
{
	uint64_t n;
	struct err err;

	if (strcmp(text, "auto") == 0) {
		n = UINT64_MAX;
	} else if (num_uint(text, 0, WORKERS_MAX, &n, &err) < 0) {
		char shown[160];

		text_show_z(shown, sizeof(shown), err.msg);
		ui_say(ui, s, "workers: %s", shown);
		return nothing;
	}
	if (ui->view != VIEW_START)
		return tune_workers(ui, s, n);
	if (n == 0)
		ui_say(ui, s, "workers: a run starts with 1 at least");
	else
		ui->start_workers = n == UINT64_MAX ? 0 : n;
	return nothing;
}

static struct effect text_now(struct ui_state *ui, const struct scene *s, unsigned what)
{
	char text[sizeof(ui->input)];

	str_copy(text, sizeof(text), ui->input);
	ui->input[0] = '\0';
	if (what == ASK_SEARCH) {
		str_copy(ui->search, sizeof(ui->search), text);
		if (text[0])
			move_find(ui, s, 1);
		return nothing;
	}
	if (!text[0])
		return nothing;
	return what == ASK_WORKERS ? workers_now(ui, s, text) : tune_chunk(ui, s, text);
}

static void drop_last(char *z)
{
	size_t n = strlen(z);

	while (n > 0 && ((unsigned char)z[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0)
		n--;
	z[n] = '\0';
}

static struct effect type_text(struct ui_state *ui, const struct scene *s, int32_t key)
{
	size_t n = strlen(ui->input), used;
	char buf[4];

	if (key == KEY_ENTER_) {
		unsigned what = ui->ask;

		ui->ask = ASK_NOTHING;
		return text_now(ui, s, what);
	}
	if (key == KEY_ESC || key == 3) {
		ui->ask = ASK_NOTHING;
		ui->input[0] = '\0';
	} else if (key == KEY_BACKSPACE_) {
		drop_last(ui->input);
	} else if (key == 21) { /* Ctrl-U */
		ui->input[0] = '\0';
	} else if (key >= ' ' && key < KEY_UP_ && cell_width(key) > 0 && key != 0x7f) {
		used = utf8_encode(key, buf);
		if (n + used < sizeof(ui->input)) {
			memcpy(ui->input + n, buf, used);
			ui->input[n + used] = '\0';
		}
	}
	return nothing;
}

struct effect ask_answer(struct ui_state *ui, const struct scene *s, int32_t key)
{
	unsigned what = ui->ask;

	if (what == ASK_WORKERS || what == ASK_CHUNK || what == ASK_SEARCH)
		return type_text(ui, s, key);
	ui->ask = ASK_NOTHING;
	if (key != 'y')
		return nothing;
	return what == ASK_QUIT ? quit_now(ui, s) : kill_now(ui, s);
}

static void ask_kill_text(char *buf, size_t size, const struct scene *s, bool brief)
{
	unsigned long no = (unsigned long)s->ui->ask_slot + 1;
	const struct slot_view *v = victim(s, s->ui->ask_slot);
	uint64_t held = v && !brief ? v->tick.held : 0;
	char what[FMT_SIZE + 32] = "", n[FMT_SIZE];

	if (held == 1)
		snprintf(what, sizeof(what), " Its task runs elsewhere.");
	else if (held > 1)
		snprintf(what, sizeof(what), " Its %s tasks run elsewhere.", fmt_count_narrow(n, held));
	snprintf(buf, size, "End worker %lu, PID %llu?%s y yes, n no.", no, (unsigned long long)s->ui->ask_pid, what);
}

static void ask_workers_text(char *buf, size_t size, const struct scene *s, const char *typed, bool brief)
{
	char most[FMT_SIZE], now[FMT_SIZE];

	fmt_exact(most, WORKERS_MAX);
	if (brief || s->ui->view == VIEW_START)
		snprintf(buf, size, "Workers, %d to %s or auto: %s_", s->ui->view == VIEW_START, most, typed);
	else
		snprintf(buf, size, "Workers, 0 to %s or auto, now %s: %s_", most, fmt_exact(now, tune_workers_now(s->ui, s)), typed);
}

void ui_question(char *buf, size_t size, const struct scene *s, bool brief)
{
	const struct ui_state *ui = s->ui;
	char typed[3 * sizeof(ui->input)], chunk[64];

	text_show_z(typed, sizeof(typed), ui->input);
	switch (ui->ask) {
	case ASK_QUIT:
		str_copy(buf, size, brief ? "Stop the run and quit? y yes, n no." :
		         "The run is not done. y stops it and quits, any other key stays.");
		break;
	case ASK_KILL_SLOT:
		ask_kill_text(buf, size, s, brief);
		break;
	case ASK_WORKERS:
		ask_workers_text(buf, size, s, typed, brief);
		break;
	case ASK_CHUNK:
		chunk_text(chunk, sizeof(chunk), s->snap->chunk);
		snprintf(buf, size, brief ? "Chunk, now %s: %s_" : "Chunk, a number or static, pool, guided, now %s: %s_", chunk, typed);
		break;
	case ASK_SEARCH:
		snprintf(buf, size, "Search: %s_", typed);
		break;
	case ASK_NOTHING:
	default:
		buf[0] = '\0';
		break;
	}
}
