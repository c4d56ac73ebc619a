/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a terminal sends: they become keys, the keys change the screen, the screen is drawn. The first
 * byte chooses the run that is shown, the second one the size. Division into reads must not matter; nobody quits or
 * commands without being asked to. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"
#include "model/fold.h"
#include "ui/input.h"
#include "ui/plain.h"
#include "ui/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A small run: enough for every key to have something to act on. */
static void add(struct snapshot *s, struct event *e, uint8_t type, uint64_t at)
{
	e->type = type;
	e->at = at;
	fold_apply(s, e);
	memset(e, 0, sizeof(*e));
}

static void make_run(struct snapshot *s, uint8_t which)
{
	struct event e;
	uint32_t workers = which & 1 ? 40 : 3;

	memset(&e, 0, sizeof(e));
	snapshot_init(s);
	str_copy(e.run.name, sizeof(e.run.name), "fuzz");
	str_copy(e.run.chunk, sizeof(e.run.chunk), which & 2 ? "guided" : "8");
	e.run.tasks = 1000;
	e.run.workers = workers;
	e.run.cpus = 2;
	e.run.pure = !(which & 4);
	add(s, &e, EV_RUN, 0);
	e.state.state = RUN_RUNNING;
	add(s, &e, EV_STATE, 5);
	for (uint32_t i = 0; i < workers; i++) {
		e.slot.slot = i;
		e.slot.generation = 1;
		e.slot.state = SLOT_STARTING;
		e.slot.pid = 1000 + i;
		add(s, &e, EV_SLOT, 10);
	}
	e.death.slot = 1;
	e.death.generation = 1;
	str_copy(e.death.cause, sizeof(e.death.cause), "SIGKILL");
	add(s, &e, EV_DEATH, 20);
	if (which & 8) {
		e.end.state = RUN_DONE;
		add(s, &e, EV_END, 30);
	}
}

struct screen {
	struct ui_state ui;
	struct snapshot snap;
	struct timing timing;
	struct findings findings;
	struct grid shown;
	struct scene scene;
	unsigned pressed;
};

static void check_effect(const struct screen *sc, const struct ui_state *before, struct effect e)
{
	const struct ui_state *ui = &sc->ui;

	if (e.flags & EFF_QUIT)
		BUG_ON(!sc->snap.ended && before->ask != ASK_QUIT && !before->leaving && before->stop_step < 3);
	if (e.flags & EFF_COMMAND) {
		BUG_ON(sc->snap.ended);
		BUG_ON(e.command.kind == COMMAND_KILL_SLOT && before->ask != ASK_KILL_SLOT);
		BUG_ON(e.command.kind == COMMAND_WORKERS && e.command.number > 1024 && e.command.number != UINT64_MAX);
	}
	BUG_ON(ui->view != VIEW_RUN && ui->view != VIEW_LOG);
	BUG_ON(ui->selected >= sc->snap.nslots);
	BUG_ON(!memchr(ui->input, 0, sizeof(ui->input)) || !memchr(ui->echo, 0, sizeof(ui->echo)));
}

static void press(struct screen *sc, struct input in)
{
	struct ui_state before = sc->ui;
	struct effect e;

	BUG_ON(in.key == KEY_NONE || in.key < 0);
	sc->scene.now_ui += 100 * NS_PER_MS;
	e = ui_update(&sc->ui, &sc->scene, in);
	ui_follow(&sc->ui, &sc->scene);
	check_effect(sc, &before, e);
	if (sc->pressed++ % 4 == 0) /* drawing costs a hundred keys */
		screen_draw(&sc->shown, &sc->scene);
}

/* Decodes in pieces of `step` bytes (0: as many as fit); acts on the keys when sc is given, and sums them up. */
static uint64_t decode(const uint8_t *p, size_t n, size_t step, struct screen *sc)
{
	struct decoder d;
	struct input in;
	uint64_t sum = 0;

	decoder_init(&d);
	while (n > 0) {
		size_t k = decoder_room(&d);

		BUG_ON(k == 0);
		if (step && k > step)
			k = step;
		if (k > n)
			k = n;
		decoder_add(&d, p, k);
		p += k;
		n -= k;
		while (decoder_next(&d, NS_PER_S, &in)) {
			sum = sum * 31 + (uint64_t)in.key + (uint64_t)in.row * 7 + (uint64_t)in.col;
			if (sc)
				press(sc, in);
		}
	}
	while (decoder_timeout(&d, NS_PER_S, &in))
		sum = sum * 31 + (uint64_t)in.key;
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct { int rows, cols; } sizes[] = { { 24, 80 }, { 12, 40 }, { 5, 9 }, { 40, 120 } };
	struct screen sc;
	uint64_t whole;

	if (size < 2 || size > 1024)
		return 0;
	memset(&sc, 0, sizeof(sc));
	make_run(&sc.snap, data[0]);
	findings_init(&sc.findings);
	timing_of(&sc.snap, sc.snap.now, &sc.timing);
	ui_state_init(&sc.ui);
	grid_init(&sc.shown, sizes[data[1] % 4].rows, sizes[data[1] % 4].cols, data[1] & 4);
	sc.scene = (struct scene){ .snap = &sc.snap, .timing = &sc.timing, .findings = &sc.findings, .ui = &sc.ui,
		.now = sc.snap.now, .now_ui = NS_PER_S, .ascii = data[1] & 4, .shown = &sc.shown };
	screen_draw(&sc.shown, &sc.scene);
	whole = decode(data + 2, size - 2, 0, &sc);
	screen_draw(&sc.shown, &sc.scene);
	BUG_ON(decode(data + 2, size - 2, 1, NULL) != whole);
	BUG_ON(decode(data + 2, size - 2, 3, NULL) != whole);
	grid_release(&sc.shown);
	snapshot_release(&sc.snap);
	return 0;
}
