/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys do to the run: commands, echoes, questions, steps of stopping. */
#include <stdlib.h>

#include "unit/press.h"

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
	ck_assert_ptr_nonnull(strstr(ui.echo, "1,024"));
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
	ck_assert_str_eq(question(), "Workers, 0 to 1,024 or auto, now 4: 12_");
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

/* With the longest numbers there are, on 80 columns, the question leaves the line of keys alone. */
START_TEST(the_question_fits)
{
	begin(stream_four_workers, 4);
	press('x');
	ck_assert_ptr_nonnull(strstr(question(), "Its 352 tasks run elsewhere. y yes, n no."));
	ui.ask_pid = 4194304;
	snap.slots = realloc(snap.slots, 1024 * sizeof(*snap.slots));
	memset(&snap.slots[4], 0, 1020 * sizeof(*snap.slots));
	snap.nslots = 1024;
	snap.slots[1023] = snap.slots[0];
	ui.ask_slot = 1023;
	snap.slots[1023].tick.held = 166543;
	ck_assert_ptr_nonnull(strstr(question(), "167 k tasks"));
	ck_assert_int_le(text_cells(question()), 76);
	ui.ask = ASK_QUIT;
	ck_assert_int_le(text_cells(question()), 76);
	end();
}
END_TEST

START_TEST(counts_have_commas)
{
	begin(stream_four_workers, 4);
	strcpy(snap.chunk, "27437");
	press('c');
	ck_assert_ptr_nonnull(strstr(question(), "now 27,437: _"));
	ck_assert_str_eq(command(type("50000")).text, "50000");
	ck_assert_str_eq(ui.echo, "chunk 27,437 → 50,000 from the next lease on");
	press('w');
	type("1024");
	ck_assert_str_eq(ui.echo, "4 → 1,024 workers: slots 5–1,024 start");
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
	ck_assert_str_eq(ui.echo, "killing what still runs");
	ui_follow(&ui, &scene);
	ck_assert_str_eq(ui.echo, "killing what still runs");
	scene.now_ui += NS_PER_S;
	ck_assert_int_eq((int)press(3).flags, EFF_QUIT);
	end();
	begin(stream_done, 4);
	ck_assert_int_eq((int)press(3).flags, EFF_QUIT);
	end();
}
END_TEST

/* When the run has ended nothing offers to end it; what was said since then stays. */
START_TEST(a_step_is_of_no_use_after_the_end)
{
	begin(stream_four_workers, 4);
	press(3);
	ck_assert_ptr_nonnull(strstr(ui.echo, "Ctrl-C again"));
	snap.ended = true;
	ui_follow(&ui, &scene);
	ck_assert_str_eq(ui.echo, "");
	press('m');
	ui_follow(&ui, &scene);
	ck_assert_str_ne(ui.echo, "");
	end();
}
END_TEST

/* The slot table keeps its columns until another kind was asked for during 5 s without a break. */
START_TEST(the_table_keeps_its_columns)
{
	unsigned first;

	begin(stream_four_workers, 4);
	ui_follow(&ui, &scene);
	ck_assert(ui.table.chosen && !ui.table.guess);
	first = ui.table.form;
	for (int i = 0; i < 200; i++) { /* 20 s in which the bars change every 2.5 s */
		for (uint32_t k = 0; k < 4; k++)
			snap.slots[k].bar = i / 25 % 2 ? BAR_AGE : BAR_SECOND;
		scene.now_ui += 100 * NS_PER_MS;
		ui_follow(&ui, &scene);
		ck_assert_uint_eq(ui.table.form, first);
	}
	for (uint32_t k = 0; k < 4; k++)
		snap.slots[k].bar = BAR_AGE;
	for (int i = 0; i < 51; i++) {
		scene.now_ui += 100 * NS_PER_MS;
		ui_follow(&ui, &scene);
	}
	ck_assert_uint_ne(ui.table.form, first);
	end();
	/* Before the first bar the choice is a guess: the first bar corrects it at once. */
	begin(stream_starting, 4);
	ui_follow(&ui, &scene);
	ck_assert(ui.table.chosen && ui.table.guess);
	snap.slots[0].bar = BAR_AGE;
	ui_follow(&ui, &scene);
	ck_assert(!ui.table.guess);
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
	tcase_add_test(t, the_question_fits);
	tcase_add_test(t, counts_have_commas);
	tcase_add_test(t, only_y_says_yes);
	tcase_add_test(t, quitting_a_run_asks);
	tcase_add_test(t, a_run_that_ends_takes_its_question_along);
	tcase_add_test(t, what_the_end_offers);
	tcase_add_test(t, ctrl_c_goes_on_step_by_step);
	tcase_add_test(t, a_step_is_of_no_use_after_the_end);
	tcase_add_test(t, the_table_keeps_its_columns);
	tcase_add_test(t, other_keys_ask_for_what_they_do);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
