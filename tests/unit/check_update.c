/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys do: commands, echoes, questions, movement, steps of stopping. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "base/clock.h"
#include "screens/stream.h"
#include "ui/start_list.h"
#include "ui/view.h"

static struct ui_state ui;
static struct snapshot snap;
static struct timing timing;
static struct scene scene;
static struct grid shown;

/* A screen with the given run; the list on it has `page` rows. */
static void begin(void (*make)(struct str *), int page)
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

static void end(void)
{
	if (scene.snap)
		snapshot_release(&snap);
	scene.snap = NULL;
}

static struct effect press(int32_t key)
{
	struct effect e;

	scene.now_ui += 50 * NS_PER_MS;
	e = ui_update(&ui, &scene, (struct input){ .key = key });
	return e;
}

static struct effect type(const char *z)
{
	for (; *z; z++)
		press(*z);
	return press(KEY_ENTER_);
}

/* The command that a key sent; kind 0 when it sent none. */
static struct command command(struct effect e)
{
	return e.flags & EFF_COMMAND ? e.command : (struct command){ .kind = 0 };
}

static const char *question(void)
{
	static char buf[256];

	ui_question(buf, sizeof(buf), &scene);
	return buf;
}

START_TEST(one_worker_less)
{
	struct command c;

	begin(stream_four_workers, 4);
	c = command(press('-'));
	ck_assert_int_eq(c.kind, COMMAND_WORKERS);
	ck_assert_int_eq((int)c.number, 3);
	ck_assert_str_eq(ui.echo, "4 → 3 workers: slot 4 leaves after its task");
	ck_assert(ui.echo_at == scene.now_ui);
	end();
}
END_TEST

START_TEST(repeated_keys_count_from_the_wish)
{
	begin(stream_four_workers, 4);
	for (int i = 5; i <= 30; i++)
		ck_assert_int_eq((int)command(press('+')).number, i);
	ck_assert_str_eq(ui.echo, "29 → 30 workers: slot 30 starts");
	/* The engine follows: the wish has come true and is forgotten. */
	snap.target = 30;
	ui_follow(&ui, &scene);
	ck_assert(!ui.want_workers.set);
	snap.target = 6; /* somebody else has changed it */
	ck_assert_int_eq((int)command(press('+')).number, 7);
	/* A wish that never comes true does not count for ever. */
	scene.now_ui += 10 * NS_PER_S;
	ck_assert_int_eq((int)command(press('+')).number, 7);
	end();
}
END_TEST

START_TEST(worker_counts_have_ends)
{
	begin(stream_four_workers, 4);
	snap.target = 1;
	ck_assert_int_eq((int)command(press('-')).number, 0);
	ck_assert_str_eq(ui.echo, "1 → 0 workers: the run waits until there are workers again");
	ck_assert_int_eq(command(press('-')).kind, 0);
	snap.target = 1024;
	ui.want_workers.set = false;
	ck_assert_int_eq(command(press('+')).kind, 0);
	ck_assert_ptr_nonnull(strstr(ui.echo, "1024"));
	end();
}
END_TEST

START_TEST(a_count_is_typed)
{
	struct command c;

	begin(stream_four_workers, 4);
	press('w');
	ck_assert_int_eq(ui.ask, ASK_WORKERS);
	press('1');
	press('9');
	press(KEY_BACKSPACE_);
	press('2');
	ck_assert_str_eq(question(), "Workers, 0 to 1024 or auto, now 4: 12_");
	c = command(press(KEY_ENTER_));
	ck_assert_int_eq((int)c.number, 12);
	ck_assert_str_eq(ui.echo, "4 → 12 workers: slots 5–12 start");
	press('w');
	c = command(type("auto"));
	ck_assert(c.kind == COMMAND_WORKERS && c.number == UINT64_MAX);
	ck_assert_str_eq(ui.echo, "12 → auto, 2 workers: slots 3–12 leave after their tasks");
	press('w');
	ck_assert_int_eq(command(type("2000")).kind, 0);
	ck_assert_msg(strncmp(ui.echo, "workers: ", 9) == 0, "%s", ui.echo);
	press('w');
	press('q'); /* a letter of the text, no key */
	ck_assert_int_eq(ui.ask, ASK_WORKERS);
	press(KEY_ESC);
	ck_assert_int_eq(ui.ask, ASK_NOTHING);
	press('w');
	ck_assert_int_eq(command(press(KEY_ENTER_)).kind, 0);
	end();
}
END_TEST

START_TEST(typed_text_fits)
{
	begin(stream_four_workers, 4);
	press('c');
	for (int i = 0; i < 100; i++)
		press(0x6f22);
	ck_assert_int_eq((int)(strlen(ui.input) % 3), 0);
	ck_assert_int_lt((int)strlen(ui.input), (int)sizeof(ui.input));
	press(KEY_BACKSPACE_);
	ck_assert_int_eq((int)(strlen(ui.input) % 3), 0);
	press(0x202e); /* what could turn the line round is no text */
	press(21);
	ck_assert_str_eq(ui.input, "");
	end();
}
END_TEST

START_TEST(the_chunk_is_halved_and_doubled)
{
	struct command c;

	begin(stream_four_workers, 4);
	c = command(press('['));
	ck_assert_int_eq(c.kind, COMMAND_CHUNK);
	ck_assert_str_eq(c.text, "256");
	ck_assert_str_eq(ui.echo, "chunk 512 → 256 from the next lease on");
	ck_assert_str_eq(command(press('[')).text, "128");
	ck_assert_str_eq(command(press(']')).text, "256");
	press('c');
	ck_assert_str_eq(command(type("guided:16")).text, "guided:16");
	press('c');
	ck_assert_int_eq(command(type("gided")).kind, 0);
	ck_assert_ptr_nonnull(strstr(ui.echo, "guided"));
	strcpy(snap.chunk, "guided");
	snap.chunk_now = 1;
	ui.want_chunk.set = false;
	ck_assert_int_eq(command(press('[')).kind, 0);
	ck_assert_str_eq(command(press(']')).text, "2");
	end();
}
END_TEST

START_TEST(pause_and_go_on)
{
	begin(stream_four_workers, 4);
	ck_assert_int_eq(command(press('p')).kind, COMMAND_PAUSE);
	ck_assert_int_eq(command(press('p')).kind, COMMAND_RESUME); /* though the snapshot still says running */
	ck_assert_str_eq(ui.echo, "going on");
	end();
	begin(stream_paused, 4);
	ck_assert_int_eq(command(press('p')).kind, COMMAND_RESUME);
	end();
	begin(stream_draining, 4);
	ck_assert_int_eq(command(press('p')).kind, 0);
	ck_assert_int_eq(command(press('+')).kind, 0);
	ck_assert_int_eq(command(press('[')).kind, 0);
	ck_assert_int_eq(command(press('b')).kind, 0);
	end();
}
END_TEST

START_TEST(the_baseline_has_reasons)
{
	begin(stream_four_workers, 4);
	ck_assert_int_eq(command(press('b')).kind, COMMAND_BASELINE);
	end();
	begin(stream_serial, 4);
	ck_assert_int_eq(command(press('b')).kind, 0);
	ck_assert_str_eq(ui.echo, "the serial time is being measured already");
	snap.run.pure = false;
	ck_assert_int_eq(command(press('b')).kind, 0);
	ck_assert_ptr_nonnull(strstr(ui.echo, "twice"));
	end();
}
END_TEST

START_TEST(ending_a_worker_asks_and_names_it)
{
	struct command c;

	begin(stream_four_workers, 4);
	press(KEY_DOWN_);
	press('j');
	press('x');
	ck_assert_ptr_nonnull(strstr(question(), "End worker 3, PID 48213?"));
	ck_assert_int_eq(command(press('n')).kind, 0);
	ck_assert_int_eq(ui.ask, ASK_NOTHING);
	press('x');
	c = command(press('y'));
	ck_assert_int_eq(c.kind, COMMAND_KILL_SLOT);
	ck_assert_int_eq((int)c.number, 2);
	/* Another one stands in the slot by the time of the answer. */
	press('x');
	snap.slots[2].pid++;
	ck_assert_int_eq(command(press('y')).kind, 0);
	snap.slots[2].state = SLOT_EMPTY;
	press('x');
	ck_assert_int_eq(ui.ask, ASK_NOTHING);
	ck_assert_str_eq(ui.echo, "slot 3 has no worker to end");
	end();
}
END_TEST

START_TEST(only_y_says_yes)
{
	for (int key = 0; key < KEY_NONE; key += key < 256 ? 1 : key < KEY_UP_ ? KEY_UP_ - key : 1) {
		struct effect e;

		if (key == 'y' || key == KEY_MOUSE_ || key == KEY_RESIZE_)
			continue;
		begin(stream_four_workers, 4);
		press('x');
		e = press(key);
		ck_assert_msg(!(e.flags & (EFF_COMMAND | EFF_QUIT)), "key %d", key);
		ck_assert_int_eq(ui.ask, ASK_NOTHING);
		end();
	}
}
END_TEST

START_TEST(quitting_a_run_asks)
{
	struct effect e;

	begin(stream_four_workers, 4);
	e = press('q');
	ck_assert(!(e.flags & EFF_QUIT));
	ck_assert_ptr_nonnull(strstr(question(), "y stops it and quits"));
	e = press('q');
	ck_assert(!(e.flags & EFF_QUIT) && ui.ask == ASK_NOTHING);
	press('q');
	e = press('y');
	ck_assert((e.flags & EFF_QUIT) && e.stop_run);
	ck_assert(ui.leaving);
	ck_assert_int_eq(command(press('+')).kind, 0); /* nothing else is of use now */
	e = press('q');
	ck_assert((e.flags & EFF_QUIT) && !e.stop_run);
	end();
	begin(stream_done, 4);
	e = press('q');
	ck_assert((e.flags & EFF_QUIT) && !e.stop_run);
	end();
}
END_TEST

START_TEST(a_run_that_ends_takes_its_question_along)
{
	begin(stream_four_workers, 4);
	press('q');
	snap.ended = true;
	ui_follow(&ui, &scene);
	ck_assert_int_eq(ui.ask, ASK_NOTHING);
	end();
}
END_TEST

START_TEST(what_the_end_offers)
{
	begin(stream_done, 4);
	ck_assert_int_eq((int)press('R').flags, EFF_AGAIN);
	ck_assert_int_eq((int)press('*').flags, EFF_TEN_TIMES);
	ck_assert_int_eq((int)(press(KEY_ESC).flags & EFF_TO_START), 0);
	ui.run_over_start = true;
	ck_assert_int_eq((int)press(KEY_ESC).flags, EFF_TO_START);
	end();
	begin(stream_four_workers, 4);
	ck_assert_int_eq((int)press('R').flags, 0);
	ck_assert_int_eq((int)press('*').flags, 0);
	end();
}
END_TEST

START_TEST(ctrl_c_goes_on_step_by_step)
{
	struct command c;

	begin(stream_four_workers, 4);
	c = command(press(3));
	ck_assert(c.kind == COMMAND_STOP && c.number == 1);
	/* Held down: one press, for however long. */
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(command(press(3)).kind, 0);
	scene.now_ui += NS_PER_S;
	c = command(press(3));
	ck_assert(c.kind == COMMAND_STOP && c.number == 2);
	ck_assert_ptr_nonnull(strstr(ui.echo, "Ctrl-C again kills"));
	scene.now_ui += NS_PER_S;
	ck_assert_int_eq((int)command(press(3)).number, 3);
	scene.now_ui += NS_PER_S;
	ck_assert_int_eq((int)press(3).flags, EFF_QUIT);
	end();
	begin(stream_done, 4);
	ck_assert_int_eq((int)press(3).flags, EFF_QUIT);
	end();
}
END_TEST

START_TEST(the_selection_scrolls)
{
	struct str out = STR_INIT;
	struct err err;

	begin(NULL, 5);
	snapshot_init(&snap);
	stream_many_workers(&out, 32);
	ck_assert_int_eq(fold_apply_packed(&snap, (struct slice){ out.p, out.n }, &err), 0);
	str_release(&out);
	scene.snap = &snap;
	for (int i = 0; i < 5; i++)
		press(KEY_DOWN_);
	ck_assert_int_eq((int)ui.selected, 5);
	ck_assert_int_eq((int)ui.first_slot, 1);
	press(' ');
	ck_assert_int_eq((int)ui.selected, 10);
	ck_assert_int_eq((int)ui.first_slot, 6);
	press('G');
	ck_assert_int_eq((int)ui.selected, 31);
	ck_assert_int_eq((int)ui.first_slot, 27);
	press(KEY_PAGE_UP);
	ck_assert_int_eq((int)ui.first_slot, 26);
	press('g');
	press('k');
	ck_assert_int_eq((int)ui.selected, 0);
	ck_assert_int_eq((int)ui.first_slot, 0);
	ui.selected = 900;
	ui_follow(&ui, &scene);
	ck_assert_int_eq((int)ui.selected, 31);
	end();
}
END_TEST

START_TEST(views_are_changed)
{
	begin(stream_four_workers, 4);
	press('7');
	ck_assert_int_eq(ui.view, VIEW_LOG);
	press(KEY_TAB);
	ck_assert_int_eq(ui.view, VIEW_RUN);
	press(KEY_SHIFT_TAB);
	ck_assert_int_eq(ui.view, VIEW_LOG);
	press(KEY_ESC);
	ck_assert_int_eq(ui.view, VIEW_RUN);
	press('?');
	ck_assert_int_eq(ui.help, 1);
	press('?');
	ck_assert_int_eq(ui.help, 2);
	press('j');
	ck_assert_int_eq((int)ui.help_top, 1);
	press('q'); /* closes the page, asks nothing */
	ck_assert(ui.help == 0 && ui.ask == ASK_NOTHING);
	press('!');
	ck_assert(ui.evidence);
	press('?');
	ck_assert(!ui.evidence && ui.help == 1);
	press('7'); /* going elsewhere closes it */
	ck_assert(!ui.help && ui.view == VIEW_LOG);
	end();
}
END_TEST

START_TEST(the_log_moves_and_finds)
{
	uint64_t n;

	begin(stream_four_workers, 3);
	n = snap.nlog;
	ck_assert_int_gt((int)n, 6);
	press('7');
	ck_assert(ui.log_follow);
	press(KEY_UP_);
	ck_assert(!ui.log_follow);
	ck_assert_int_eq((int)ui.log_top, (int)n - 4);
	press(KEY_DOWN_);
	press(KEY_DOWN_);
	ck_assert_int_eq((int)ui.log_top, (int)n - 3); /* the last page */
	press('g');
	ck_assert_int_eq((int)ui.log_top, 0);
	press('G');
	ck_assert(ui.log_follow);
	press('/');
	type("sigkill");
	ck_assert_int_gt((int)ui.log_at, 0);
	ck_assert_ptr_nonnull(strstr(snapshot_log(&snap, ui.log_at - 1)->text, "SIGKILL"));
	press(KEY_ENTER_); /* to the slot */
	ck_assert(ui.view == VIEW_RUN && ui.selected == 3);
	press(KEY_ENTER_); /* to its lines */
	ck_assert(ui.view == VIEW_LOG && ui.log_slot == 4);
	press('/');
	type("no such words");
	ck_assert_str_eq(ui.echo, "no row has \"no such words\"");
	press(KEY_ESC);
	ck_assert(!ui.log_slot && !ui.search[0] && ui.view == VIEW_LOG);
	end();
}
END_TEST

START_TEST(the_search_goes_round)
{
	uint64_t first;

	begin(stream_four_workers, 3);
	press('7');
	press('/');
	type("worker");
	first = ui.log_at;
	for (int i = 0; i < 50; i++) {
		press('n');
		ck_assert_ptr_nonnull(strstr(snapshot_log(&snap, ui.log_at - 1)->text, "worker"));
		if (ui.log_at == first)
			break;
	}
	ck_assert_int_eq((int)ui.log_at, (int)first);
	press('n');
	press('N');
	ck_assert_int_eq((int)ui.log_at, (int)first);
	end();
}
END_TEST

START_TEST(the_filter_goes_through_kinds_that_exist)
{
	begin(stream_four_workers, 3);
	press('7');
	for (int i = 0; i < 20; i++) {
		bool any = false;

		press('\\');
		for (uint64_t k = 0; k < snapshot_log_count(&snap); k++)
			any |= log_shown(&ui, snapshot_log(&snap, k));
		ck_assert_msg(any, "%s", ui.echo);
		if (!ui.log_filter)
			break;
	}
	ck_assert_int_eq(ui.log_filter, 0);
	ck_assert_str_eq(ui.echo, "showing all lines");
	end();
}
END_TEST

START_TEST(clicks)
{
	struct effect e;

	begin(stream_four_workers, 4);
	put_hit(grid_all(&shown), 20, 0, 1, 10, HIT_KEY, 'p');
	put_hit(grid_all(&shown), 15, 0, 1, 80, HIT_ROW, 2);
	e = ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .row = 20, .col = 3 });
	ck_assert_int_eq(command(e).kind, COMMAND_PAUSE);
	ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .row = 15, .col = 3 });
	ck_assert_int_eq((int)ui.selected, 2);
	e = ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .row = 3, .col = 3 });
	ck_assert_int_eq((int)e.flags, 0);
	press('q'); /* a question is for keys */
	ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .row = 20, .col = 3 });
	ck_assert_int_eq(ui.ask, ASK_QUIT);
	press(KEY_ESC);
	ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .row = 15, .col = 3, .double_click = true });
	ck_assert(ui.view == VIEW_LOG && ui.log_slot == 3);
	e = press('m');
	ck_assert((e.flags & EFF_MOUSE) && !ui.mouse);
	end();
}
END_TEST

START_TEST(other_keys_ask_for_what_they_do)
{
	begin(stream_four_workers, 4);
	ck_assert(press('T').flags & EFF_THEME);
	ck_assert(press('L').flags & EFF_PLAIN);
	ck_assert(press(12).flags & EFF_CLEAR);
	ck_assert(press(26).flags & EFF_SUSPEND);
	ck_assert_int_eq((int)press('Q').flags, 0);
	ck_assert_int_eq((int)press(KEY_NONE).flags, 0);
	end();
}
END_TEST

START_TEST(the_start_screen)
{
	struct start_list list;
	struct effect e;

	begin(NULL, 4);
	start_list_init(&list);
	for (int i = 0; i < 5; i++) {
		struct start_workload w = { .tasks = 100 };
		struct start_run r = { .when = (uint64_t)i, .seconds = i, .speedup = 2, .state = "done" };

		snprintf(w.name, sizeof(w.name), "work-%d", i);
		str_copy(w.about, sizeof(w.about), i == 3 ? "uneven Tasks" : "even");
		snprintf(r.name, sizeof(r.name), "work-%d", i % 2);
		snprintf(r.id, sizeof(r.id), "20261121-1402-k%d", i);
		start_list_add_workload(&list, &w);
		start_list_add_run(&list, &r);
	}
	start_list_join(&list);
	list.cpus = 2;
	ck_assert(list.workloads[0].seconds == 4 && list.workloads[1].seconds == 3);
	ck_assert(list.workloads[2].seconds != list.workloads[2].seconds);
	scene.start = &list;
	ui.view = VIEW_START;
	press(KEY_DOWN_);
	press('+');
	ck_assert_int_eq((int)ui.start_workers, 3);
	press('-');
	press('-');
	press('-');
	ck_assert_int_eq((int)ui.start_workers, 1);
	press('w');
	type("7");
	ck_assert_int_eq((int)ui.start_workers, 7);
	press('w');
	type("auto");
	ck_assert_int_eq((int)ui.start_workers, 0);
	e = press(KEY_ENTER_);
	ck_assert((e.flags & EFF_RUN) && e.row == 1);
	press('/');
	type("uneven t");
	ck_assert_int_eq((int)ui.start_row, 3);
	press('/');
	type("k4");
	ck_assert_int_eq((int)ui.start_row, 9);
	press('G');
	ck_assert_int_eq((int)ui.start_row, 9);
	ck_assert_str_eq(start_list_name(&list, 9), "work-0");
	ck_assert_str_eq(start_list_name(&list, 10), "");
	ck_assert_str_eq(run_id_short("20261121-1402-k7"), "k7");
	ck_assert_str_eq(run_id_short("k7"), "k7");
	ck_assert_int_eq((int)press('p').flags, 0);
	ck_assert_int_eq((int)press('q').flags, EFF_QUIT);
	start_list_release(&list);
}
END_TEST

/* Whatever is pressed on whatever screen: indices stay within, commands are sane, and quitting a live run needs its question. */
START_TEST(random_keys_do_no_harm)
{
	unsigned seed = 3;

	for (const struct stream *st = streams; st->name; st++) {
		begin(st->make, 5);
		for (int i = 0; i < 3000; i++) {
			unsigned r = (seed = seed * 1103515245u + 12345u) >> 8;
			int32_t key = r % 3 == 0 ? (int32_t)(KEY_UP_ + r / 3 % (KEY_NONE - KEY_UP_)) : (int32_t)(r / 3 % 128);
			bool asked = ui.ask == ASK_QUIT || ui.leaving || ui.stop_step >= 3;
			struct effect e = press(key);

			ui_follow(&ui, &scene);
			if (e.flags & EFF_QUIT)
				ck_assert(snap.ended || asked);
			if (e.flags & EFF_COMMAND) {
				ck_assert(!snap.ended);
				ck_assert(e.command.kind >= COMMAND_WORKERS && e.command.kind <= COMMAND_BASELINE);
				if (e.command.kind == COMMAND_WORKERS)
					ck_assert(e.command.number <= 1024 || e.command.number == UINT64_MAX);
			}
			ck_assert(ui.view == VIEW_RUN || ui.view == VIEW_LOG);
			ck_assert(snap.nslots == 0 || ui.selected < snap.nslots);
			ck_assert(ui.first_slot <= ui.selected);
			ck_assert(ui.log_at <= snap.nlog);
			ck_assert_ptr_nonnull(memchr(ui.echo, 0, sizeof(ui.echo)));
			question();
		}
		end();
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("update");
	TCase *t = tcase_create("update");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_worker_less);
	tcase_add_test(t, repeated_keys_count_from_the_wish);
	tcase_add_test(t, worker_counts_have_ends);
	tcase_add_test(t, a_count_is_typed);
	tcase_add_test(t, typed_text_fits);
	tcase_add_test(t, the_chunk_is_halved_and_doubled);
	tcase_add_test(t, pause_and_go_on);
	tcase_add_test(t, the_baseline_has_reasons);
	tcase_add_test(t, ending_a_worker_asks_and_names_it);
	tcase_add_test(t, only_y_says_yes);
	tcase_add_test(t, quitting_a_run_asks);
	tcase_add_test(t, a_run_that_ends_takes_its_question_along);
	tcase_add_test(t, what_the_end_offers);
	tcase_add_test(t, ctrl_c_goes_on_step_by_step);
	tcase_add_test(t, the_selection_scrolls);
	tcase_add_test(t, views_are_changed);
	tcase_add_test(t, the_log_moves_and_finds);
	tcase_add_test(t, the_search_goes_round);
	tcase_add_test(t, the_filter_goes_through_kinds_that_exist);
	tcase_add_test(t, clicks);
	tcase_add_test(t, other_keys_ask_for_what_they_do);
	tcase_add_test(t, the_start_screen);
	tcase_add_test(t, random_keys_do_no_harm);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
