/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens to look at: a made-up run (tests/screens/stream.h) with a state of the user interface, by name. */
#ifndef TESTS_SCREENS_SCENES_H
#define TESTS_SCREENS_SCENES_H

#include "ui/view.h"

/* Everything a scene points to. */
struct stage {
	struct snapshot snap;
	struct timing timing;
	struct findings findings;
	struct ui_state ui;
	struct start_list *start;
	struct scene scene;
};

struct screen_case {
	const char *name;
	void (*make)(struct str *out);         /* the stream; NULL for the start screen */
	void (*adjust)(struct stage *stage);   /* NULL or: what the user has set */
};
extern const struct screen_case screen_cases[]; /* ended by name NULL */
const struct screen_case *screen_case_named(const char *name);

void stage_init(struct stage *stage, const struct screen_case *c, bool ascii, bool mono);
void stage_release(struct stage *stage);

#endif
