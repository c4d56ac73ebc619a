/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's screen: when a frame is drawn, and what keys do. Bars move at most 10 times a second, numbers 4 times,
 * a key's effect is seen within 33 ms; a frame that the terminal cannot take is dropped. */
#include "ui/app_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ui/paint.h"

#define KEY_FRAME_NS    (33 * NS_PER_MS)
#define BAR_FRAME_NS    (100 * NS_PER_MS)
#define NUMBER_FRAME_NS (250 * NS_PER_MS)
#define RETRY_NS        (50 * NS_PER_MS)
#define AFTER_END_NS    (6 * NS_PER_S) /* so long findings may still come and go */

static void keys_ready(struct watch *w, unsigned ready, void *arg)
{
	struct app *a = arg;

	(void)w;
	(void)ready;
	a->keys_ready = true;
}

static void esc_due(struct timer *t, void *arg)
{
	struct app *a = arg;

	(void)t;
	a->esc_due = true;
}

static void frame_due(struct timer *t, void *arg)
{
	(void)t;
	(void)arg;
}

int screen_open(struct app *a, struct err *err)
{
	if (term_open(&a->term, err) < 0)
		return -1;
	decoder_init(&a->decoder);
	a->theme = a->options.theme;
	a->facts.colors = term_colors(a->term);
	a->facts.no_color = getenv("NO_COLOR");
	a->facts.colorfgbg = getenv("COLORFGBG");
	a->facts.background = -1;
	a->palette = theme_palette(a->theme, &a->facts);
	return 0;
}

void screen_close(struct app *a)
{
	if (!a->term)
		return;
	screen_off(a);
	loop_unwatch(a->loop, &a->key_watch);
	loop_timer_stop(a->loop, &a->esc_timer);
	loop_timer_stop(a->loop, &a->frame_timer);
	term_free(a->term);
	a->term = NULL;
	grid_release(&a->next);
	grid_release(&a->shown);
}

static void new_grids(struct app *a)
{
	int rows, cols;

	term_size(a->term, &rows, &cols);
	grid_release(&a->next);
	grid_release(&a->shown);
	grid_init(&a->next, rows, cols, a->ascii);
	grid_init(&a->shown, rows, cols, a->ascii);
	a->shown_valid = false;
}

void screen_on(struct app *a)
{
	struct err err;
	int rows, cols;

	if (a->screen_on)
		return;
	a->screen_on = true;
	term_mouse(a->term, a->ui.mouse);
	term_enter(a->term);
	term_size(a->term, &rows, &cols);
	term_resize(a->term, rows, cols);
	paint_palette(a->palette);
	if (a->theme == THEME_AUTO && !a->facts.colorfgbg && a->palette != PALETTE_MONO && a->facts.background < 0)
		term_ask_background(a->term);
	new_grids(a);
	if (!a->key_watch.added && loop_watch(a->loop, &a->key_watch, term_fd(a->term), LOOP_IN, keys_ready, a, &err) < 0) {
		a->outcome = err_set(a->err, "%s", err.msg);
		a->done = true;
	}
	screen_want(a, true);
}

void screen_off(struct app *a)
{
	a->screen_on = false;
	if (a->term)
		term_leave(a->term);
}

void screen_suspend(struct app *a)
{
	bool was = a->screen_on;

	a->screen_on = false;
	term_suspend(a->term);
	a->continued = true;
	if (was)
		screen_on(a);
}

/* The shell has its own modes by now. */
void screen_continued(struct app *a)
{
	if (!a->continued && a->screen_on) {
		screen_off(a);
		screen_on(a);
	}
	a->continued = false;
}

void screen_resize(struct app *a)
{
	int rows, cols;

	if (!a->screen_on)
		return;
	term_size(a->term, &rows, &cols);
	term_resize(a->term, rows, cols);
	new_grids(a);
	screen_want(a, true);
}

void screen_anew(struct app *a)
{
	a->shown_valid = false;
	screen_want(a, true);
}

static void use_palette(struct app *a)
{
	enum palette p = theme_palette(a->theme, &a->facts);

	if (p == a->palette)
		return;
	a->palette = p;
	paint_palette(p);
	screen_anew(a);
}

void screen_theme(struct app *a)
{
	a->theme = theme_next(a->theme, &a->facts);
	use_palette(a);
}

void screen_want(struct app *a, bool at_once)
{
	uint64_t now = clock_now(), at = a->frame_at + (at_once ? KEY_FRAME_NS : BAR_FRAME_NS);

	if (at < now)
		at = now;
	if (at < a->want_at)
		a->want_at = at;
	a->want_numbers |= at_once;
}

/* The engine samples the slots on screen more often than the others. */
static void tell_shown(struct app *a)
{
	struct command c = { .kind = COMMAND_SHOWN };

	if (!a->engine || a->ui.view != VIEW_RUN || a->shown.page <= 0 || a->farewell)
		return;
	if (a->told_first == a->ui.first_slot && a->told_count == (uint32_t)a->shown.page)
		return;
	a->told_first = a->ui.first_slot;
	a->told_count = (uint32_t)a->shown.page;
	c.number = a->told_first;
	c.number2 = a->told_count;
	app_send(a, &c);
}

static void draw(struct app *a, uint64_t now, bool numbers)
{
	struct scene s;
	char title[256];
	struct grid swap;

	if (a->snap) {
		timing_of(a->snap, app_run_now(a), &a->timing);
		if (numbers)
			findings_update(&a->findings, a->snap, &a->timing, app_run_now(a));
	}
	s = app_scene(a);
	ui_follow(&a->ui, &s);
	grid_clear(&a->next);
	screen_draw(&a->next, &s);
	if (a->shown_valid && !numbers)
		grid_hold(&a->next, &a->shown);
	if (a->shown_valid)
		paint(&a->next, &a->shown, a->palette);
	else
		paint_anew(&a->next, a->palette);
	swap = a->shown;
	a->shown = a->next;
	a->next = swap;
	a->shown_valid = true;
	a->frame_at = now;
	if (numbers) {
		a->numbers_at = now;
		screen_title(title, sizeof(title), &s);
		term_title(a->term, title);
		tell_shown(a);
	}
	term_flush(a->term);
}

/* What is on the screen changes by itself: clocks while the run is on, an echo that ends, findings for a while after
 * the end. */
static uint64_t next_change(const struct app *a, uint64_t now)
{
	uint64_t at = UINT64_MAX;

	if (a->snap && !a->snap->ended)
		at = a->numbers_at + NUMBER_FRAME_NS;
	else if (a->snap && a->snap->begun && app_run_now(a) < a->snap->now + AFTER_END_NS)
		at = now + NS_PER_S;
	if (a->ui.echo[0] && now < a->ui.echo_at + ECHO_NS && a->ui.echo_at + ECHO_NS < at)
		at = a->ui.echo_at + ECHO_NS;
	return at;
}

void screen_turn(struct app *a)
{
	uint64_t now = clock_now();
	bool numbers = a->want_numbers || !a->shown_valid || a->ascii || now >= a->numbers_at + NUMBER_FRAME_NS;

	if (!a->screen_on)
		return;
	/* Shapes of ASCII cannot be told from numbers: everything moves at the pace of numbers. */
	if (now >= a->want_at && a->ascii && !a->want_numbers && now < a->numbers_at + NUMBER_FRAME_NS)
		a->want_at = a->numbers_at + NUMBER_FRAME_NS;
	if (now >= a->want_at && !term_takes_more(a->term)) { /* this one is dropped: the next one shows it all */
		a->want_at = now + RETRY_NS;
	} else if (now >= a->want_at) {
		a->want_at = UINT64_MAX;
		a->want_numbers = false;
		draw(a, now, numbers);
		a->want_at = next_change(a, now);
	}
	if (!term_flushed(a->term) && a->want_at > now + RETRY_NS)
		a->want_at = now + RETRY_NS;
	if (a->want_at == UINT64_MAX)
		loop_timer_stop(a->loop, &a->frame_timer);
	else
		loop_timer(a->loop, &a->frame_timer, a->want_at, frame_due, a);
}

/* In plain lines only a few keys act; the screen has the others. */
static void lines_key(struct app *a, struct input in)
{
	struct scene s = app_scene(a);

	switch (in.key) {
	case 'L':
		a->output = APP_SCREEN;
		screen_on(a);
		break;
	case 'q':
		a->output = APP_SCREEN;
		screen_on(a);
		app_effect(a, ui_update(&a->ui, &s, in));
		break;
	case 3: /* Ctrl-C */
		app_effect(a, ui_interrupt(&a->ui, &s));
		lines_say(a, a->ui.echo);
		break;
	case 26: /* Ctrl-Z */
		app_effect(a, (struct effect){ .flags = EFF_SUSPEND });
		break;
	default:
		break;
	}
}

static void key(struct app *a, struct input in)
{
	struct scene s = app_scene(a);

	if (!a->screen_on) {
		lines_key(a, in);
	} else if (in.key == 28) { /* Ctrl-\, which the terminal would make SIGQUIT of */
		a->signals[SIGQUIT] = true;
	} else {
		app_effect(a, ui_update(&a->ui, &s, in));
	}
}

static void decoded(struct app *a, bool timeout)
{
	struct input in;

	while (!a->done && (timeout ? decoder_timeout(&a->decoder, clock_now(), &in) :
	                              decoder_next(&a->decoder, clock_now(), &in)))
		key(a, in);
	if (a->decoder.background >= 0 && a->decoder.background != a->facts.background) {
		a->facts.background = a->decoder.background;
		if (a->screen_on)
			use_palette(a);
	}
}

void screen_keys(struct app *a)
{
	char buf[256];
	long n;

	if (a->keys_ready) {
		a->keys_ready = false;
		do {
			size_t room = decoder_room(&a->decoder);

			n = term_read(a->term, buf, room < sizeof(buf) ? room : sizeof(buf));
			if (n < 0) { /* the terminal is gone */
				a->signals[SIGHUP] = true;
				return;
			}
			if (n > 0) {
				a->esc_due = false;
				decoder_add(&a->decoder, buf, (size_t)n);
				decoded(a, false);
			}
		} while (n > 0 && !a->done);
	}
	if (a->esc_due) {
		a->esc_due = false;
		decoded(a, true);
	}
	if (decoder_waiting(&a->decoder))
		loop_timer(a->loop, &a->esc_timer, clock_now() + INPUT_ESC_NS, esc_due, a);
	else
		loop_timer_stop(a->loop, &a->esc_timer);
}
