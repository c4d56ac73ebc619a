/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen without a terminal for tests of keys: a made-up run, the ui state, and keys pressed on it. */
#ifndef TESTS_UNIT_PRESS_H
#define TESTS_UNIT_PRESS_H

#include <string.h>

#include "tap.h"
#include "base/clock.h"
#include "screens/stream.h"
#include "ui/view.h"

static struct ui_state ui;
static struct snapshot snap;
static struct timing timing;
static struct scene scene;
static struct grid shown;

/* A screen with the given run; the list on it has `page` rows. */
static inline void begin(void (*make)(struct str *), int page)
{
	if (make)
		stream_snapshot(&snap, make);
	ui_state_init(&ui);
	memset(&scene, 0, sizeof(scene));
	grid_release(&shown);
	grid_init(&shown, 24, 80, false);
	shown.page = page;
	scene.snap = make ? &snap : NULL;
	scene.timing = &timing;
	scene.ui = &ui;
	scene.shown = &shown;
	scene.now_ui = 1000 * NS_PER_S;
}

static inline void end(void)
{
	if (scene.snap)
		snapshot_release(&snap);
	scene.snap = NULL;
}

static inline struct effect press(int32_t key)
{
	struct effect e;

	scene.now_ui += 50 * NS_PER_MS;
	e = ui_update(&ui, &scene, (struct input){ .key = key });
	return e;
}

static inline struct effect type(const char *z)
{
	for (; *z; z++)
		press(*z);
	return press(KEY_ENTER_);
}

/* The command that a key sent; kind 0 when it sent none. */
static inline struct command command(struct effect e)
{
	return e.flags & EFF_COMMAND ? e.command : (struct command){ .kind = 0 };
}

static inline const char *question(void)
{
	static char buf[256];

	ui_question(buf, sizeof(buf), &scene, false);
	return buf;
}

#endif
