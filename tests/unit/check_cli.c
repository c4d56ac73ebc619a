/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the command line: what the words come to, and what is said of wrong ones. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/manual.h"
#include "ui/action.h"

#include "tap.h"

/* Parses the words (the last one NULL) after the program's name. */
static int parse(struct given *g, struct err *err, const char *const *words)
{
	char *argv[32] = { "pooltop" };
	int argc = 1;
	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)words[argc - 1];
	return cli_parse(argc, argv, g, err);
}
#define PARSE(g, err, ...) parse(g, err, (const char *const[]){ __VA_ARGS__, NULL })

static void refused(const char *said, const char *const *words)
{
	struct given g;
	struct err err = { "" };
	ck_assert_int_eq(parse(&g, &err, words), -1);
	ck_assert_str_eq(err.msg, said);
}
#define REFUSED(said, ...) refused(said, (const char *const[]){ __VA_ARGS__, NULL })

START_TEST(options_become_settings_in_order)
{
	struct given g;
	struct err err = { "" };
	ck_assert_int_eq(PARSE(&g, &err, "run", "-w", "4", "x.yaml", "--set", "f=x^2", "--chunk=64"), 0);
	ck_assert_str_eq(g.command->name, "run");
	ck_assert_int_eq(g.noperands, 1);
	ck_assert_str_eq(g.operands[0], "x.yaml");
	ck_assert_uint_eq(g.nsettings, 3);
	ck_assert_str_eq(g.settings[0].key, "pool.workers");
	ck_assert_str_eq(g.settings[0].value, "4");
	ck_assert_str_eq(g.settings[0].place, "--workers");
	ck_assert_str_eq(g.settings[1].key, "f");
	ck_assert_str_eq(g.settings[1].value, "x^2");
	ck_assert_str_eq(g.settings[1].place, "--set f");
	ck_assert_str_eq(g.settings[2].key, "pool.chunk");
	ck_assert_str_eq(g.settings[2].value, "64");
	given_release(&g);
}
END_TEST

START_TEST(no_command_is_the_start_screen)
{
	struct given g;
	struct err err = { "" };
	char *argv[] = { "pooltop", NULL };
	ck_assert_int_eq(cli_parse(1, argv, &g, &err), 0);
	ck_assert_str_eq(g.command->name, "start");
	given_release(&g);
	ck_assert_int_eq(PARSE(&g, &err, "--theme", "light"), 0);
	ck_assert_str_eq(g.command->name, "start");
	ck_assert_str_eq(g.theme, "light");
	given_release(&g);
}
END_TEST

START_TEST(words_after_two_dashes_are_operands)
{
	struct given g;
	struct err err = { "" };
	ck_assert_int_eq(PARSE(&g, &err, "run", "--", "--plain"), 0);
	ck_assert(!g.plain);
	ck_assert_str_eq(g.operands[0], "--plain");
	given_release(&g);
}
END_TEST

START_TEST(minus_one_is_the_newest_run)
{
	struct given g;
	struct err err = { "" };
	ck_assert_int_eq(PARSE(&g, &err, "report", "-1", "--json"), 0);
	ck_assert_int_eq(g.noperands, 1);
	ck_assert_str_eq(g.operands[0], "-1");
	ck_assert(g.json);
	given_release(&g);
}
END_TEST

START_TEST(help_needs_no_operand)
{
	struct given g;
	struct err err = { "" };
	ck_assert_int_eq(PARSE(&g, &err, "run", "--help"), 0);
	ck_assert(g.help);
	given_release(&g);
}
END_TEST

START_TEST(mistakes_are_named_with_their_remedy)
{
	REFUSED("rnu: no such command; did you mean `pooltop run`?", "rnu", "x");
	REFUSED("frobnicate: no such command; `pooltop --help` lists them", "frobnicate");
	REFUSED("--wrokers: no such option of `pooltop run`; did you mean --workers?", "run", "--wrokers", "4", "x");
	REFUSED("--frobnicate: no such option of `pooltop run`; see `pooltop run --help`", "run", "--frobnicate", "x");
	REFUSED("-w: a value is missing; `pooltop run --help` says which", "run", "x", "-w");
	REFUSED("WORKLOAD|FILE is missing: pooltop run WORKLOAD|FILE", "run");
	REFUSED("b: one word too many; pooltop run WORKLOAD|FILE", "run", "a", "b");
	REFUSED("--set tasks: KEY=VALUE is wanted, like --set tasks=1000", "run", "--set", "tasks", "x");
	REFUSED("--set =1: KEY=VALUE is wanted, like --set tasks=1000", "run", "--set", "=1", "x");
	REFUSED("--plain and --json exclude each other", "run", "--plain", "--json", "x");
}
END_TEST

/* Every row of the tables is in what is made from them. */
START_TEST(help_and_manual_hold_every_row)
{
	struct str help = STR_INIT, manual = STR_INIT;
	cli_help(&help, NULL);
	manual_program(&manual);
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		if (c->hidden)
			continue;
		ck_assert_ptr_nonnull(strstr(str_z(&help), c->about));
		struct str one = STR_INIT;
		cli_help(&one, c);
		for (const struct cli_option *o = c->options; o->name; o++)
			ck_assert_ptr_nonnull(strstr(str_z(&one), o->help));
		str_release(&one);
	}
	for (const struct action *a = actions; a->name; a++) {
		char head[16];
		str_copy(head, sizeof(head), a->help);
		head[strcspn(head, "-")] = '\0';
		ck_assert_msg(strstr(str_z(&manual), head) != NULL, "%s is not in the manual", a->name);
	}
	str_release(&help);
	str_release(&manual);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli");
	TCase *t = tcase_create("command line");
	tcase_add_test(t, options_become_settings_in_order);
	tcase_add_test(t, no_command_is_the_start_screen);
	tcase_add_test(t, words_after_two_dashes_are_operands);
	tcase_add_test(t, minus_one_is_the_newest_run);
	tcase_add_test(t, help_needs_no_operand);
	tcase_add_test(t, mistakes_are_named_with_their_remedy);
	tcase_add_test(t, help_and_manual_hold_every_row);
	suite_add_tcase(s, t);
	return tap_run(s);
}
