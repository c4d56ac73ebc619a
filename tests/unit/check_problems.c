/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every message of the loader, with its place. */
#include "config/config.h"

#include <string.h>

#include "settings.h"
#include "tap.h"

/* All problems of the text, a line each. */
static const char *problems_of(const char *text, const char *const *sets)
{
	static char buf[8192];
	struct settings set;
	size_t n = make_settings(sets, &set);
	struct problems problems;
	struct str s = STR_INIT;
	struct plan p;

	buf[0] = '\0';
	if (config_load("w", text, strlen(text), set.list, n, &p, &problems) == 0) {
		ck_assert_uint_eq(problems.n, 0);
		plan_release(&p);
	} else {
		ck_assert_uint_gt(problems.n, 0);
		problems_print(&s, &problems);
		str_copy(buf, sizeof buf, str_z(&s));
		str_release(&s);
	}
	problems_release(&problems);
	return buf;
}

#define WRONG(text, want) ck_assert_str_eq(problems_of(text, NULL), want)
#define WRONG_SET(text, sets, want) ck_assert_str_eq(problems_of(text, sets), want)

#define SPIN "work: {kind: spin}\n"
#define INTEGRATE "work: {kind: integrate}\n"

/* ---- wrong files ---- */

START_TEST(what_a_file_must_have)
{
	WRONG("", "w:1:1: the file is empty; write at least work: {kind: …} and tasks: 100\n");
	WRONG("# nothing\n", "w:1:1: the file is empty; write at least work: {kind: …} and tasks: 100\n");
	WRONG("hello\n", "w:1:1: a workload file is a map of keys, beginning with work: {kind: …}\n");
	WRONG("\n- work\n", "w:2:1: a workload file is a map of keys, beginning with work: {kind: …}\n");
	WRONG("tasks: 5\n", "w:1:1: no work is given; write work: {kind: …}\n");
	WRONG("work: integrate\ntasks: 5\n",
		"w:1:7: work: a map is needed here; write {key: value}, or its keys indented below\n");
	WRONG("work: {samples: 5}\ntasks: 5\n", "w:1:7: work has no kind; write kind: integrate, sleep or spin\n");
	WRONG("work: {kind: integrat, sampels: 1}\ntasks: 5\n",
		"w:1:14: kind: 'integrat' is no kind of work; did you mean integrate?\n"
		"w:1:24: unknown key sampels; did you mean samples?\n");
	WRONG("work: {kind: juggle}\ntasks: 5\n",
		"w:1:14: kind: 'juggle' is no kind of work; write integrate, sleep or spin\n");
	WRONG("work: {kind: [spin]}\ntasks: 5\n", "w:1:14: kind: one value is needed here, not a list\n");
	WRONG("work: {kind: }\ntasks: 5\n", "w:1:14: kind: no value is given; write one, or remove the key\n");
	WRONG(SPIN, "w:1:1: the number of tasks is missing; write tasks: 100, or inputs:\n");
}
END_TEST

START_TEST(all_problems_at_once_by_place)
{
	WRONG("nam: x\n"
	      "work:\n"
	      "  kind: integrate\n"
	      "  f: 1/(1 + y^2)\n"
	      "  samples: 1\n"
	      "  from: zero\n"
	      "  too: 2\n"
	      "  workers: 3\n"
	      "tasks: 0x10\n"
	      "seed: -1\n"
	      "pool: {workers: 2000, start: forks, chunk: guidd, queue: 0, tasks: 3}\n"
	      "baseline: maybe\n"
	      "retries: 1.5\n"
	      "timeout: 5 s\n"
	      "on-failure: halt\n"
	      "keep: sum\n"
	      "for: 100d\n"
	      "samples: 4\n"
	      "elephant: 1\n"
	      "tasks: 7\n",
		"w:1:1: unknown key nam; did you mean name?\n"
		"w:4:13: f: unknown name `y`; the variable is x\n"
		"w:5:12: samples: '1' is too small; at least 2 is allowed\n"
		"w:6:9: from: 'zero' is not a number; write it as in 0.5, -3 or 1e-3\n"
		"w:7:3: unknown key too; did you mean to?\n"
		"w:8:3: unknown key workers here; it belongs in pool: {workers: …}\n"
		"w:9:8: tasks: '0x10' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n"
		"w:10:7: seed: '-1' is too small; at least 0 is allowed\n"
		"w:11:17: workers: '2000' is too large; at most 1024 is allowed\n"
		"w:11:30: start: 'forks' is not one of the choices; did you mean fork?\n"
		"w:11:44: chunk: 'guidd' is no chunk rule; did you mean guided?\n"
		"w:11:58: queue: '0' is too small; at least 1 is allowed\n"
		"w:11:61: unknown key tasks here; it belongs at the left margin\n"
		"w:12:11: baseline: 'maybe' is not one of the choices; write measure, estimate or none\n"
		"w:13:10: retries: '1.5' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n"
		"w:14:10: timeout: '5 s' is not a duration; write a number and its unit, as in 250ms, 1.5s, 2m or 1h\n"
		"w:15:13: on-failure: 'halt' is not one of the choices; write continue, stop or stop-now\n"
		"w:16:7: keep: 'sum' is not one of the choices; did you mean sums?\n"
		"w:17:6: for: '100d' is too long; at most 30d is allowed, or none\n"
		"w:18:1: unknown key samples here; it belongs in work: {samples: …}\n"
		"w:19:1: unknown key elephant; known here are name, about, work, tasks, inputs, seed, for, pool, "
		"baseline, retries, "
		"timeout, on-failure, keep\n"
		"w:20:1: key tasks is given twice, first in line 9; remove one\n");
}
END_TEST

START_TEST(single_values)
{
	WRONG(SPIN "tasks:\nseed: ~\nretries: null\n",
		"w:2:1: tasks: no value is given; write one, or remove the key\n"
		"w:3:1: seed: no value is given; write one, or remove the key\n"
		"w:4:1: retries: no value is given; write one, or remove the key\n");
	WRONG(SPIN "tasks: [1]\nseed: {a: b}\npool: 4\n",
		"w:2:8: tasks: one value is needed here, not a list\n"
		"w:3:7: seed: one value is needed here, not a map\n"
		"w:4:7: pool: a map is needed here; write {key: value}, or its keys indented below\n");
	WRONG(SPIN "tasks: 0\n", "w:2:8: tasks: '0' is too small; at least 1 is allowed\n");
	WRONG(SPIN "tasks: 0777\n", "w:2:8: tasks: '0777' begins with a zero; write the number without it\n");
	WRONG(SPIN "tasks: 1:30\n",
		"w:2:8: tasks: '1:30' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n");
	WRONG(SPIN "tasks: 281474976710657\n",
		"w:2:8: tasks: '281474976710657' is too large; at most 281474976710656 is allowed\n");
	WRONG(SPIN "tasks: 18446744073709551617\n",
		"w:2:8: tasks: '18446744073709551617' is too large; at most 281474976710656 is allowed\n");
	WRONG(SPIN "tasks: 1\nseed: 18446744073709551616\n",
		"w:3:7: seed: '18446744073709551616' is too large; at most 18446744073709551615 is allowed\n");
	WRONG(SPIN "tasks: 1\nname: ''\n", "w:3:7: name: the text is empty; write at least one character\n");
	WRONG(SPIN "tasks: 1\nname: \"a\\nb\"\n",
		"w:3:7: name: the text has a line break or control character; write one line\n");
	WRONG(SPIN "tasks: 1\nname: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg\n",
		"w:3:7: name: 65 characters; at most 64 are allowed\n");
	WRONG(SPIN "tasks: 1\npool: {workers: many}\n",
		"w:3:17: workers: 'many' is no number of workers; write auto or 1 to 1024\n");
	WRONG(SPIN "tasks: 1\npool: {workers: 0}\n", "w:3:17: workers: '0' is too small; at least 1 is allowed\n");
	WRONG(SPIN "tasks: 1\ntimeout: 10us\n",
		"w:3:10: timeout: '10us' is too short; at least 1ms is allowed, or none\n");
	WRONG(SPIN "tasks: 1\npool: {retries: 1}\n",
		"w:3:8: unknown key retries here; it belongs at the left margin\n");
	WRONG(SPIN "tasks: 1\npool.workers: 4\n", "w:3:1: unknown key pool.workers; write pool: {workers: …}\n");
	WRONG(SPIN "tasks: 1\n<<: {seed: 4}\n", "w:3:1: unknown key <<; known here are name, about, work, tasks, "
						"inputs, seed, for, pool, baseline, retries, "
						"timeout, on-failure, keep\n");
	WRONG(SPIN "tasks: 1\n\"x\\x1b[31m\\u202e\": 4\npool: {work: {}}\n",
		"w:3:1: unknown key x\\x1b[31m\\u{202e}; known here are name, about, work, tasks, inputs, seed, for, "
		"pool, baseline, "
		"retries, timeout, on-failure, keep\n"
		"w:4:8: unknown key work here; it belongs at the left margin\n");
}
END_TEST

START_TEST(expressions_have_columns)
{
	WRONG("work:\n  kind: integrate\n  f: \"1/(1 + y)\"\ntasks: 1\n",
		"w:3:14: f: unknown name `y`; the variable is x\n");
	WRONG("work:\n  kind: integrate\n  f: >\n    1/(1 +\n    y)\ntasks: 1\n",
		"w:3:6: f: column 8: unknown name `y`; the variable is x\n");
	WRONG("work: {kind: integrate}\ninputs: {f: [x, 'x + z']}\n",
		"w:2:22: f: unknown name `z`; the variable is x\n");
}
END_TEST

START_TEST(later_versions)
{
	WRONG("work: {command: 'echo {}'}\ntasks: 3\n",
		"w:1:8: command: commands are not in this version; write kind: integrate, sleep or spin\n");
	WRONG("work: {python: f.py}\ntasks: 3\n",
		"w:1:8: python: Python functions are not in this version; write kind: integrate, sleep or spin\n");
	WRONG("work: {c: f.c}\ntasks: 3\n",
		"w:1:8: c: C functions are not in this version; write kind: integrate, sleep or spin\n");
	WRONG("work: {program: ./f}\ntasks: 3\n",
		"w:1:8: program: programs of your own are not in this version; write kind: integrate, sleep or spin\n");
	WRONG(SPIN "inputs: {lines: [a], files: x, glob: '*', csv: x.csv}\ntasks: 1\n",
		"w:2:10: lines: inputs from lines are not in this version; write a list or a range\n"
		"w:2:22: files: inputs from files are not in this version; write a list or a range\n"
		"w:2:32: glob: inputs from file names are not in this version; write a list or a range\n"
		"w:2:43: csv: inputs from tables are not in this version; write a list or a range\n");
}
END_TEST

START_TEST(wrong_inputs)
{
	WRONG("work: {kind: integrate, samples: 5}\n"
	      "inputs: {samples: [1, x, 3, [4], '1'], to: 1, from: 0..1, frm: 3, f: x, method: [slides, simpson], "
	      "gird: true, "
	      "repeat: 0}\n",
		"w:2:10: samples: work gives one value to all tasks in line 1 already; remove one of the two\n"
		"w:2:20: samples: '1' is too small; at least 2 is allowed\n"
		"w:2:23: samples: 'x' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n"
		"w:2:29: samples: one value is needed here, not a list\n"
		"w:2:34: samples: '1' is too small; at least 2 is allowed\n"
		"w:2:44: to: '1' is neither a list nor a range; write [10, 100] or 10..100 step 10\n"
		"w:2:53: from: the range has no step; write one, such as 0..1 step 0.1\n"
		"w:2:59: unknown key frm; did you mean from?\n"
		"w:2:70: f: a list is needed here; write [first, second]\n"
		"w:2:90: method: 'simpson' is not one of the choices; write slides or trapezoid\n"
		"w:2:100: unknown key gird; did you mean grid?\n"
		"w:2:120: repeat: '0' is too small; at least 1 is allowed\n");
	WRONG(INTEGRATE "inputs: [1, 2]\n", "w:2:9: inputs: a map is needed here; write {samples: [10, 100]}\n");
	WRONG(INTEGRATE "inputs: {}\n",
		"w:2:9: inputs: nothing varies; name a parameter of the work, such as samples: [10, 100]\n");
	WRONG(INTEGRATE "inputs: {repeat: 4}\ntasks: 4\n",
		"w:2:9: inputs: nothing varies; name a parameter of the work, such as samples: [10, 100]\n");
	WRONG(INTEGRATE "inputs: {samples: []}\n", "w:2:19: samples: the list is empty; write at least one value\n");
	WRONG(INTEGRATE "inputs: {samples: [10, 20, 30], to: [1, 2]}\n",
		"w:2:33: to: 2 values, but samples has 3; give as many, or write grid: true for all combinations\n");
	WRONG(INTEGRATE "inputs: {samples: 10..20}\ntasks: 12\n",
		"w:3:8: tasks: 12, but the inputs make 11 tasks; leave tasks out, or see inputs.repeat\n");
	WRONG(INTEGRATE "inputs: {samples: 2..1G, to: 1..1000 step 1e-3, grid: yes, repeat: 1000}\n",
		"w:2:9: inputs: more than 281474976710656 tasks; make the lists or ranges shorter\n");
	WRONG(INTEGRATE "inputs: {elephants: [1]}\ntasks: 4\n",
		"w:2:10: unknown key elephants; known in inputs are grid, repeat, f, from, to, samples, method\n");
	WRONG(INTEGRATE "inputs: {workers: [1]}\ntasks: 4\n",
		"w:2:10: unknown key workers here; it belongs in pool: {workers: …}\n");
}
END_TEST

START_TEST(wrong_ranges)
{
	WRONG(INTEGRATE "inputs: {samples: {from: 10, to: 5}}\n",
		"w:2:19: samples: the range goes down, from 10 to 5; write the smaller end first\n");
	WRONG(INTEGRATE "inputs: {samples: {from: 10, step: 5}}\n",
		"w:2:19: samples: the range has no to; write {from: 10, to: 100, step: 10}\n");
	WRONG(INTEGRATE "inputs: {samples: {to: 10}}\n",
		"w:2:19: samples: the range has no from; write {from: 10, to: 100, step: 10}\n");
	WRONG(INTEGRATE "inputs: {samples: {from: 10, to: 20, stp: 1}}\n",
		"w:2:38: samples: unknown key stp; a range has from, to and step\n");
	WRONG(INTEGRATE "inputs: {samples: {from: 10, to: 20, step: }}\n",
		"w:2:38: step: no value is given; write one, or remove the key\n");
	WRONG(INTEGRATE "inputs: {samples: 1..20}\n",
		"w:2:19: samples: from of the range: '1' is too small; at least 2 is allowed\n");
	WRONG(INTEGRATE "inputs: {samples: 2..20 step 0}\n",
		"w:2:19: samples: step of the range: '0' is too small; at least 1 is allowed\n");
	WRONG(INTEGRATE "inputs: {samples: 2..20 step}\n", "w:2:19: samples: to of the range: '20 step' is not a whole "
							   "number; write digits, as in 1000, 1,000, 10k or 1e6\n");
	WRONG(INTEGRATE "inputs: {to: 1..2 step 1e-300}\n",
		"w:2:14: to: the range has more than 281474976710656 values; take a larger step\n");
	WRONG("work: {kind: sleep}\ninputs: {time: 1ms..10ms}\n",
		"w:2:16: time: the range has no step; write one, such as 10ms..100ms step 10ms\n");
	WRONG("work: {kind: sleep}\ninputs: {time: 1ms..2h step 1s}\n",
		"w:2:16: time: to of the range: 2h is out of range; write 0s to 1h\n");
}
END_TEST

START_TEST(intervals)
{
	WRONG("work: {kind: integrate, from: 1}\ntasks: 3\n",
		"w:1:31: to: 1 is not above from (1); an interval goes upwards, such as from: 0, to: 1\n");
	WRONG("work: {kind: integrate, from: 1, to: -1}\ntasks: 3\n",
		"w:1:38: to: -1 is not above from (1); an interval goes upwards, such as from: 0, to: 1\n");
	WRONG(INTEGRATE "inputs: {from: [0, 1, 2], to: [1, 2, 2]}\n",
		"w:2:27: to: 2 is not above from (2); an interval goes upwards, such as from: 0, to: 1 (input from 2, "
		"to 2)\n");
	WRONG(INTEGRATE "inputs: {to: 0..1e9 step 0.1, samples: [10, 20, 30, 40], grid: true}\n",
		"w:2:10: to: 0 is not above from (0); an interval goes upwards, such as from: 0, to: 1 (input to 0, "
		"samples 10)\n");
}
END_TEST

START_TEST(text_that_is_no_yaml)
{
	WRONG("work: &w {kind: spin}\ntasks: 3\nname: *w\nsede: 4\n",
		"w:1:7: anchor &w; anchors and aliases are not used here, write the value out\n"
		"w:3:7: alias *w; anchors and aliases are not used here, write the value out\n"
		"w:4:1: unknown key sede; did you mean seed?\n");
	WRONG("work: {kind: spin}\ntasks: 3\n---\nname: x\n",
		"w:3:1: a second document; a file is one workload, write another file\n");
	WRONG("work:\n\tkind: spin\n", "w:2:1: a tab cannot indent in YAML; use blanks\n");
	WRONG("work: {kind: spin}\ntasks: \xff\n", "w:2:8: byte 0xff is not UTF-8; save the file as UTF-8\n");
}
END_TEST

/* ---- wrong settings ---- */

START_TEST(wrong_settings)
{
	static const char file[] = "work: {kind: integrate, to: 2}\ntasks: 5\n";

	WRONG_SET(file,
		SET("wokers=3", "sampels=10", "elephant=1", "pool.wrkers=3", "pol.workers=3", "input.sample=3",
			"cat.dog=3"),
		"--set wokers=3: unknown key; did you mean workers?\n"
		"--set sampels=10: unknown key; did you mean samples?\n"
		"--set elephant=1: unknown key; `pooltop help keys` lists them\n"
		"--set pool.wrkers=3: unknown key; did you mean pool.workers?\n"
		"--set pol.workers=3: unknown key; did you mean pool.workers?\n"
		"--set input.sample=3: unknown key; did you mean inputs.samples?\n"
		"--set cat.dog=3: unknown key; `pooltop help keys` lists them\n");
	WRONG_SET(file, SET("tasks=3", "for=10s"),
		"--set tasks=3: `for` chooses the number of tasks, so tasks cannot be set too; leave one out (--set for=none)\n");
	WRONG_SET(file, SET("pool=3", "inputs=4", "work=spin"),
		"--set pool=3: pool holds keys of its own; write one of them, such as pool.workers=4\n"
		"--set inputs=4: inputs holds keys of its own; write one of them, such as inputs.repeat=10\n"
		"--set work=spin: work holds keys of its own; write one of them, such as work.kind=spin\n");
	WRONG_SET(file, SET("kind=juggle", "samples=1"),
		"--set kind=juggle: 'juggle' is no kind of work; write integrate, sleep or spin\n");
	WRONG_SET(file, SET("samples=1", "f=1/y", "f=", "workers="),
		"--set samples=1: '1' is too small; at least 2 is allowed\n"
		"--set f=1/y: column 3: unknown name `y`; the variable is x\n"
		"--set f=: column 1: the formula is empty; write for example 1/(1+x^2)\n"
		"--set workers=: '' is no number of workers; write auto or 1 to 1024\n");
	WRONG_SET("tasks: x\nwork: {kind: spin}\n", SET("tasks=y"),
		"w:1:8: tasks: 'x' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n"
		"--set tasks=y: 'y' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6\n");
	WRONG_SET(file, SET("from=2"),
		"--set from=2: to: 2 is not above from (2); an interval goes upwards, such as from: 0, to: 1\n");
	WRONG_SET(file, SET("work.command=ls"),
		"--set work.command=ls: commands are not in this version; write kind: integrate, sleep or spin\n");
	WRONG_SET("work: {kind: integrate}\ninputs: {samples: [10, 20]}\n", SET("samples=10", "tasks=4"),
		"--set samples=10: samples varies in inputs; set inputs.samples, such as --set 'inputs.samples=[10]'\n"
		"--set tasks=4: 4, but the inputs make 2 tasks; leave tasks out, or see inputs.repeat\n");
	WRONG_SET(file, SET("inputs.samples=[10, 20", "inputs.from=&x [1]", "inputs.f=x", "inputs.elephants=[1]"),
		"--set inputs.samples=[10, 20: neither a list nor a range; write [10, 100] or 10..100\n"
		"--set inputs.from=&x [1]: neither a list nor a range; write [10, 100] or 10..100\n"
		"--set inputs.f=x: a list is needed here; write [first, second]\n"
		"--set inputs.elephants=[1]: unknown key; `pooltop help keys` lists them\n");
}
END_TEST

START_TEST(settings_show_their_option)
{
	struct setting s[] = { { "workers", "4x", "-w" }, { "for", "soon", "--for" } };
	struct problems problems;
	struct plan p;

	ck_assert_int_eq(config_load("w", SPIN "tasks: 1", strlen(SPIN "tasks: 1"), s, 2, &p, &problems), -1);
	ck_assert_str_eq(problems.items[0].text,
		"-w 4x: '4x' is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6");
	ck_assert_str_eq(problems.items[1].text,
		"--for soon: 'soon' is not a duration; write a number and its unit, as in 250ms, 1.5s, 2m or 1h");
	problems_release(&problems);
}
END_TEST

/* A thousand and one wrong values are not a thousand and one lines. */
START_TEST(the_list_of_problems_ends)
{
	struct str s = STR_INIT;
	struct problems problems;
	struct plan p;

	str_adds(&s, INTEGRATE "inputs: {samples: [0");
	for (int i = 0; i < 5000; i++)
		str_adds(&s, ",\n0");
	str_adds(&s, "]}");
	ck_assert_int_eq(config_load("w", s.p, s.n, NULL, 0, &p, &problems), -1);
	ck_assert_uint_eq(problems.n, 1001);
	ck_assert_str_eq(problems.items[1000].text, "w: more than 1000 problems; the others are not listed");
	problems_release(&problems);
	str_release(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("problems");
	TCase *t = tcase_create("problems");

	tcase_add_test(t, what_a_file_must_have);
	tcase_add_test(t, all_problems_at_once_by_place);
	tcase_add_test(t, single_values);
	tcase_add_test(t, expressions_have_columns);
	tcase_add_test(t, later_versions);
	tcase_add_test(t, wrong_inputs);
	tcase_add_test(t, wrong_ranges);
	tcase_add_test(t, intervals);
	tcase_add_test(t, text_that_is_no_yaml);
	tcase_add_test(t, wrong_settings);
	tcase_add_test(t, settings_show_their_option);
	tcase_add_test(t, the_list_of_problems_ends);
	suite_add_tcase(s, t);
	return tap_run(s);
}
