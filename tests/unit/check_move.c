/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys do to the screen: moving, searching, views, clicks, the start screen; and random keys on every made-up run. */
#include <stdio.h>

#include "unit/press.h"
#include "ui/start_list.h"

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
	press(KEY_UP_); /* the newest is selected, */
	ck_assert(ui.log_follow && ui.log_at == n);
	press(KEY_UP_); /* then the one above it */
	ck_assert(!ui.log_follow && ui.log_at == n - 1);
	press(KEY_UP_);
	ck_assert_int_eq((int)ui.log_top, (int)n - 3);
	press(KEY_UP_); /* the page goes along */
	ck_assert_int_eq((int)ui.log_at, (int)n - 3);
	ck_assert_int_eq((int)ui.log_top, (int)n - 4);
	for (int i = 0; i < 9; i++)
		press(KEY_DOWN_);
	ck_assert_int_eq((int)ui.log_at, (int)n);
	ck_assert_int_eq((int)ui.log_top, (int)n - 3); /* the last page */
	press('g');
	ck_assert(ui.log_top == 0 && ui.log_at == 1);
	press(KEY_PAGE_DOWN);
	ck_assert_int_eq((int)ui.log_at, 4);
	press('G');
	ck_assert(ui.log_follow && ui.log_at == n);
	ui_update(&ui, &scene, (struct input){ .key = KEY_MOUSE_, .wheel_up = true });
	ck_assert(!ui.log_follow && ui.log_at == n); /* the wheel only scrolls */
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

START_TEST(the_start_screen)
{
	struct start_list list;
	struct effect e;

	begin(NULL, 4);
	start_list_init(&list);
	for (int i = 0; i < 5; i++) {
		struct start_workload w = { .tasks = 100 };
		/* The newest has another number of tasks than the workload, the one before it was not complete. */
		struct start_run r = { .when = (uint64_t)i, .seconds = i, .speedup = 2, .state = "done", .rough = i == 2,
			.tasks = i == 4 ? 1000 : 100, .done = i == 4 ? 1000 : i == 3 ? 99 : 100 };

		snprintf(w.name, sizeof(w.name), "work-%d", i);
		str_copy(w.about, sizeof(w.about), i == 3 ? "uneven Tasks" : "even");
		snprintf(r.name, sizeof(r.name), "work-%d", i % 2);
		snprintf(r.id, sizeof(r.id), "20261121-1402-k%d", i);
		start_list_add_workload(&list, &w);
		start_list_add_run(&list, &r);
	}
	start_list_join(&list);
	list.cpus = 2;
	ck_assert(list.workloads[0].seconds == 2 && list.workloads[0].rough);
	ck_assert(list.workloads[1].seconds == 1 && !list.workloads[1].rough);
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
	ck_assert((e.flags & EFF_RUN) && e.row == 1 && !(e.flags & EFF_TEN_TIMES));
	e = press('R');
	ck_assert((e.flags & EFF_RUN) && e.row == 1 && !(e.flags & EFF_TEN_TIMES));
	e = press('*');
	ck_assert((e.flags & EFF_RUN) && e.row == 1 && (e.flags & EFF_TEN_TIMES));
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

/* Whatever is pressed on whatever screen: indices stay within, commands are sane, and quitting a live run needs its
 * question. */
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
	Suite *s = suite_create("move");
	TCase *t = tcase_create("move");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_selection_scrolls);
	tcase_add_test(t, views_are_changed);
	tcase_add_test(t, the_log_moves_and_finds);
	tcase_add_test(t, the_search_goes_round);
	tcase_add_test(t, the_filter_goes_through_kinds_that_exist);
	tcase_add_test(t, clicks);
	tcase_add_test(t, the_start_screen);
	tcase_add_test(t, random_keys_do_no_harm);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
