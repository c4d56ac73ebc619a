/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From text to plan: what good files and settings come to, the shipped ones, and the reference. (Wrong ones are in
 * check_problems.c.) */
#include "config/config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "config/keys.h"
#include "settings.h"
#include "tap.h"

static void load_with(const char *text, const char *const *sets, struct plan *p)
{
	struct settings set;
	size_t n = make_settings(sets, &set);
	struct problems problems;

	if (config_load("dir/w.yaml", text, strlen(text), set.list, n, p, &problems) < 0)
		ck_abort_msg("%s", problems.items[0].text);
	ck_assert_uint_eq(problems.n, 0);
}

#define SPIN "work: {kind: spin}\n"

/* ---- good files ---- */

START_TEST(a_full_file)
{
	struct plan p;

	load_with(
		"name: everything\nabout: all keys\n"
		"work:\n  kind: integrate\n  f: \"x^2\"\n  from: -1\n  to: 1e1\n  samples: 1,000\n  method: trapezoid\n"
		"tasks: 10k\nseed: 18446744073709551615\nfor: 20s\n"
		"pool: {workers: 3, start: fork, chunk: guided:16, queue: 128, max-tasks-per-worker: 9}\n"
		"baseline: estimate\nretries: 0\ntimeout: 1.5s\non-failure: stop-now\nkeep: sums\n",
		NULL, &p);
	ck_assert_str_eq(p.name, "everything");
	ck_assert_str_eq(p.about, "all keys");
	ck_assert_str_eq(p.kind->name, "integrate");
	ck_assert_str_eq(p.values[INTEGRATE_F].z, "x^2");
	ck_assert_double_eq(p.values[INTEGRATE_FROM].r, -1);
	ck_assert_double_eq(p.values[INTEGRATE_TO].r, 10);
	ck_assert_int_eq(p.values[INTEGRATE_SAMPLES].i, 1000);
	ck_assert_int_eq(p.values[INTEGRATE_METHOD].i, METHOD_TRAPEZOID);
	ck_assert_uint_eq(p.tasks, 10000);
	ck_assert_uint_eq(p.seed, UINT64_MAX);
	ck_assert_uint_eq(p.for_ns, UINT64_C(20000000000));
	ck_assert_uint_eq(p.workers, 3);
	ck_assert_int_eq(p.start, START_FORK);
	ck_assert_str_eq(p.chunk.rule->name, "guided");
	ck_assert_uint_eq(p.chunk.size, 16);
	ck_assert_uint_eq(p.queue, 128);
	ck_assert_uint_eq(p.max_tasks_per_worker, 9);
	ck_assert_int_eq(p.baseline, BASELINE_ESTIMATE);
	ck_assert_uint_eq(p.retries, 0);
	ck_assert_uint_eq(p.timeout_ns, 1500000000);
	ck_assert_int_eq(p.on_failure, FAILURE_STOP_NOW);
	ck_assert_int_eq(p.keep, KEEP_SUMS);
	plan_release(&p);
}
END_TEST

START_TEST(a_short_file_has_defaults)
{
	struct plan p;

	load_with("work: {kind: sleep}\ntasks: 3\n", NULL, &p);
	ck_assert_str_eq(p.name, "w");
	ck_assert_str_eq(p.about, "");
	ck_assert_int_eq(p.values[WAIT_TIME].i, 10000000);
	ck_assert_int_eq(p.values[WAIT_SPREAD].i, SPREAD_NONE);
	ck_assert_uint_eq(p.seed, 1);
	ck_assert_uint_eq(p.workers, 0);
	ck_assert_uint_eq(p.tasks, 3);
	ck_assert_uint_eq(p.timeout_ns, 0);
	plan_release(&p);
}
END_TEST

/* What the table prints as defaults is what plan_init sets. */
START_TEST(the_table_has_the_defaults_of_a_plan)
{
	struct plan fresh, set;
	struct err err;

	plan_init(&fresh);
	plan_init(&set);
	for (const struct key *k = config_keys; k->path; k++) {
		if (!k->fallback || k->type == KEY_TEXT)
			continue;
		ck_assert_int_eq(key_set(k, k->fallback, &set, &err), 0);
		ck_assert_msg(memcmp(&fresh, &set, sizeof set) == 0, "%s", k->path);
	}
	plan_release(&fresh);
	plan_release(&set);
}
END_TEST

START_TEST(names_come_from_the_file)
{
	static const char *const cases[][2] = { { "a/b/my-job.yaml", "my-job" }, { "x.yml", "x" }, { "job", "job" },
		{ ".yaml", ".yaml" }, { "stdin", "stdin" }, { "a.yaml.yaml", "a.yaml" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct problems problems;
		struct plan p;

		ck_assert_int_eq(
			config_load(cases[i][0], SPIN "tasks: 1", strlen(SPIN "tasks: 1"), NULL, 0, &p, &problems), 0);
		ck_assert_str_eq(p.name, cases[i][1]);
		plan_release(&p);
	}
}
END_TEST

static const char *inputs_of(const char *yaml)
{
	static char buf[512];
	struct str text = STR_INIT, s = STR_INIT;
	struct plan p;

	str_addf(&text, "work: {kind: integrate}\n%s", yaml);
	load_with(str_z(&text), NULL, &p);
	for (uint64_t t = 0; t < p.tasks && t < 8; t++) {
		str_adds(&s, t ? " | " : "");
		plan_input_text(&s, &p, t);
	}
	str_addf(&s, " (%llu)", (unsigned long long)p.tasks);
	str_copy(buf, sizeof buf, str_z(&s));
	str_release(&s);
	str_release(&text);
	plan_release(&p);
	return buf;
}

START_TEST(inputs_in_all_their_forms)
{
	ck_assert_str_eq(
		inputs_of("inputs: {samples: [10, 100, 1000]}"), "samples 10 | samples 100 | samples 1,000 (3)");
	ck_assert_str_eq(inputs_of("inputs:\n  samples:\n    - 10\n    - 20\n"), "samples 10 | samples 20 (2)");
	ck_assert_str_eq(inputs_of("inputs: {samples: 10..12}"), "samples 10 | samples 11 | samples 12 (3)");
	ck_assert_str_eq(inputs_of("inputs: {samples: 10 .. 35 step 10}"), "samples 10 | samples 20 | samples 30 (3)");
	ck_assert_str_eq(inputs_of("inputs: {samples: {from: 10, to: 30, step: 10}}"),
		"samples 10 | samples 20 | samples 30 (3)");
	ck_assert_str_eq(inputs_of("inputs: {samples: {from: 10, to: 10}}"), "samples 10 (1)");
	ck_assert_str_eq(inputs_of("inputs: {to: 0.1..0.4 step 0.1}"), "to 0.1 | to 0.2 | to 0.3 | to 0.4 (4)");
	ck_assert_str_eq(inputs_of("inputs: {f: [x, 'x^2'], method: [slides, trapezoid]}"),
		"f x, method slides | f x^2, method trapezoid (2)");
	ck_assert_str_eq(inputs_of("inputs: {samples: [10, 20], to: [1, 2], grid: true}"),
		"samples 10, to 1 | samples 10, to 2 | samples 20, to 1 | samples 20, to 2 (4)");
	ck_assert_str_eq(inputs_of("inputs: {samples: [10, 20], repeat: 2}\ntasks: 4"),
		"samples 10 | samples 10 | samples 20 | samples 20 (4)");
	ck_assert_str_eq(inputs_of("inputs: {from: [0, 5], to: [1, 6]}"), "from 0, to 1 | from 5, to 6 (2)");
}
END_TEST

/* Every step of a range of reals that people write has the number of values they expect. */
START_TEST(ranges_include_their_end)
{
	static const struct {
		const char *text;
		uint64_t n;
	} cases[] = { { "0.1..1 step 0.1", 10 }, { "0.1..0.3 step 0.1", 3 }, { "1..2 step 0.001", 1001 },
		{ "0.5..5 step 0.7", 7 }, { "1e-9..1e-6 step 1e-9", 1000 }, { "1..1 step 5", 1 },
		{ "0.3..0.9 step 0.3", 3 }, { "1..100 step 0.01", 9901 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = STR_INIT;
		struct plan p;

		str_addf(&text, "work: {kind: integrate}\ninputs: {to: %s}", cases[i].text);
		load_with(str_z(&text), NULL, &p);
		ck_assert_uint_eq(p.tasks, cases[i].n);
		plan_release(&p);
		str_release(&text);
	}
}
END_TEST

/* The last value of a range is never past the parameter's largest, where the worker would refuse it. */
START_TEST(ranges_stay_in_range)
{
	struct str text = STR_INIT;
	struct err err;

	for (int i = 1; i < 400; i++) {
		struct plan p;
		struct value v;

		str_clear(&text);
		str_addf(&text, "work: {kind: spin}\ninputs: {sigma: 0..5 step %.17g}", 5.0 / i);
		load_with(str_z(&text), NULL, &p);
		ck_assert_uint_eq(p.tasks, (uint64_t)i + 1);
		v = plan_input_value(&p, p.tasks - 1, 0);
		ck_assert_int_eq(param_in_range(&p.kind->params[WAIT_SIGMA], &v, &err), 0);
		plan_release(&p);
	}
	str_release(&text);
}
END_TEST

/* ---- settings ---- */

START_TEST(settings_replace_what_the_file_says)
{
	struct plan p;

	load_with("work: {kind: integrate, samples: 100}\ntasks: 5\npool: {workers: 7}\n",
		SET("samples=200", "work.to=3", "tasks=1M", "pool.workers=auto", "chunk=static",
			"name=other", "max-tasks-per-worker=4"),
		&p);
	ck_assert_int_eq(p.values[INTEGRATE_SAMPLES].i, 200);
	ck_assert_double_eq(p.values[INTEGRATE_TO].r, 3);
	ck_assert_uint_eq(p.tasks, 1000000);
	ck_assert_uint_eq(p.workers, 0);
	ck_assert_str_eq(p.chunk.rule->name, "static");
	ck_assert_str_eq(p.name, "other");
	ck_assert_uint_eq(p.max_tasks_per_worker, 4);
	plan_release(&p);
	load_with("work: {kind: sleep, time: 3ms}\ntasks: 5\n", SET("for=20s"), &p);
	ck_assert_uint_eq(p.tasks, 5);
	ck_assert_uint_eq(p.for_ns, UINT64_C(20000000000));
	plan_release(&p);
	load_with("work: {kind: sleep, time: 3ms}\ntasks: 5\n", SET("kind=spin", "seed=1", "seed=2"), &p);
	ck_assert_str_eq(p.kind->name, "spin");
	ck_assert_int_eq(p.values[WAIT_TIME].i, 3000000);
	ck_assert_uint_eq(p.seed, 2);
	plan_release(&p);
	load_with("about: only settings\n", SET("kind=spin", "tasks=3"), &p);
	ck_assert_uint_eq(p.tasks, 3);
	plan_release(&p);
}
END_TEST

START_TEST(settings_of_inputs)
{
	struct plan p;

	load_with("work: {kind: integrate, samples: 100}\ntasks: 5\n", SET("inputs.samples=[10, 20, 30]"), &p);
	ck_assert_uint_eq(p.tasks, 3);
	plan_release(&p);
	load_with(
		"work: {kind: integrate}\ninputs: {samples: [10, 20]}\n", SET("inputs.samples=10..14", "repeat=3"), &p);
	ck_assert_uint_eq(p.tasks, 15);
	ck_assert_uint_eq(p.inputs.naxes, 1);
	plan_release(&p);
	load_with("work: {kind: integrate}\ninputs: {samples: [10, 20]}\n",
		SET("inputs.to={from: 1, to: 3, step: 1}", "grid=true"), &p);
	ck_assert_uint_eq(p.tasks, 6);
	plan_release(&p);
}
END_TEST

/* ---- shipped files, the reference ---- */

static char *source(const char *name)
{
	const char *top = getenv("top_srcdir");

	return path_join(top ? top : ".", name);
}

START_TEST(shipped_workloads_load)
{
	static const struct {
		const char *name;
		uint64_t tasks;
	} want[] = { { "integral-average", 100 }, { "integral-convergence", 40 }, { "long-tail", 64 }, { "sleep", 400 },
		{ "spin", 20000 } };
	char *dir = source("config");
	struct shipped *list;
	struct err err;
	long n = config_shipped(dir, &list, &err);

	ck_assert_msg(n >= 0, "%s", err.msg);
	ck_assert_int_eq(n, 5);
	for (long i = 0; i < n; i++) {
		ck_assert_str_eq(list[i].name, want[i].name);
		ck_assert_uint_eq(list[i].tasks, want[i].tasks);
		ck_assert_uint_gt(strlen(list[i].about), 0);
		ck_assert_uint_le(strlen(list[i].about), 38); /* a row of the start screen */
	}
	shipped_free(list, n);
	free(dir);
}
END_TEST

START_TEST(the_main_job)
{
	char *path = source("config/integral-average.yaml"), *text, *origin;
	struct problems problems;
	struct str s = STR_INIT;
	struct plan p;
	struct err err;
	size_t n;

	ck_assert_int_eq(config_read(path, &text, &n, &origin, &err), 0);
	ck_assert_str_eq(origin, path);
	ck_assert_int_eq(config_load(origin, text, n, NULL, 0, &p, &problems), 0);
	plan_title(&s, &p, p.tasks);
	ck_assert_str_eq(str_z(&s), "100 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507");
	ck_assert_str_eq(p.kind->method(p.values), "slides' method");
	ck_assert_str_eq(p.chunk.rule->name, "guided");
	ck_assert_int_eq(p.baseline, BASELINE_MEASURE);
	str_release(&s);
	plan_release(&p);
	free(text);
	free(origin);
	free(path);
}
END_TEST

START_TEST(names_and_paths)
{
	char *dir = source("config"), *text, *origin;
	struct err err;
	size_t n;

	ck_assert_int_eq(setenv("POOLTOP_DATA_DIR", dir, 1), 0);
	ck_assert_int_eq(config_read("spin", &text, &n, &origin, &err), 0);
	ck_assert_str_eq(path_base(origin), "spin.yaml");
	ck_assert_uint_eq(strlen(text), n);
	free(text);
	free(origin);
	ck_assert_int_eq(config_read("integral-avrage", &text, &n, &origin, &err), -1);
	ck_assert_str_eq(err.msg, "no shipped workload has the name integral-avrage; did you mean integral-average?");
	ck_assert_int_eq(config_read("elephant", &text, &n, &origin, &err), -1);
	ck_assert_str_eq(err.msg,
		"no shipped workload has the name elephant; there are integral-average, integral-convergence, "
		"long-tail, sleep, spin; a file ends in .yaml");
	ck_assert_int_eq(config_read("", &text, &n, &origin, &err), -1);
	ck_assert_str_eq(err.msg, "the name of the workload is empty; write a name or a file");
	ck_assert_int_eq(config_read("./nowhere/x.yaml", &text, &n, &origin, &err), -1);
	ck_assert_str_eq(err.msg, "cannot open ./nowhere/x.yaml: No such file or directory");
	ck_assert_int_eq(config_read("nowhere.yml", &text, &n, &origin, &err), -1);
	ck_assert_int_eq(config_shipped("/nowhere", &(struct shipped *){ NULL }, &err), -1);
	ck_assert_str_eq(err.msg, "cannot read the folder of shipped workloads /nowhere: No such file or directory");
	free(dir);
}
END_TEST

START_TEST(stdin_is_a_file)
{
	char *text, *origin;
	struct err err;
	size_t n;
	int fd[2];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fd[1], "a: b", 4), 4);
	close(fd[1]);
	ck_assert_int_eq(dup2(fd[0], 0), 0);
	ck_assert_int_eq(config_read("-", &text, &n, &origin, &err), 0);
	ck_assert_str_eq(origin, "stdin");
	ck_assert_str_eq(text, "a: b");
	ck_assert_uint_eq(n, 4);
	free(text);
	free(origin);
}
END_TEST

START_TEST(the_reference_has_every_row)
{
	struct str plain = STR_INIT, roff = STR_INIT;

	config_reference(&plain, false);
	config_reference(&roff, true);
	for (const struct key *k = config_keys; k->path; k++) {
		struct str line = STR_INIT;

		str_addf(&line, "\n  %s: ", k->path);
		ck_assert_msg(!strstr(str_z(&plain), str_z(&line)) == (k->type == KEY_LATER), "%s", k->path);
		str_release(&line);
	}
	for (const struct kind *k = kinds; k->name; k++)
		for (size_t i = 0; i < k->nparams; i++)
			ck_assert_ptr_nonnull(strstr(str_z(&plain), k->params[i].name));
	ck_assert_ptr_nonnull(strstr(str_z(&roff), ".TP\n.B pool.max\\-tasks\\-per\\-worker: NUMBER"));
	str_release(&plain);
	str_release(&roff);
}
END_TEST

/* doc/workload-file.md quotes the reference: it must be today's. */
START_TEST(the_document_has_the_reference)
{
	char *path = source("doc/workload-file.md"), *text;
	struct str s = STR_INIT;
	struct err err;
	size_t n;

	text = path_read_file(path, CONFIG_FILE_MAX, &n, &err);
	ck_assert_msg(text != NULL, "%s", err.msg);
	str_adds(&s, "```text\n");
	config_reference(&s, false);
	str_adds(&s, "```\n");
	ck_assert_msg(strstr(text, str_z(&s)) != NULL, "put the output of `pooltop help keys` into %s", path);
	str_release(&s);
	free(text);
	free(path);
}
END_TEST

START_TEST(nearest)
{
	static const char *const words[] = { "spin", "sleep" };

	ck_assert_str_eq(config_nearest("slep", words, 2), "sleep");
	ck_assert_ptr_null(config_nearest("elephant", words, 2));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config");
	TCase *good = tcase_create("good"), *shipped = tcase_create("shipped");

	tcase_add_test(good, a_full_file);
	tcase_add_test(good, a_short_file_has_defaults);
	tcase_add_test(good, the_table_has_the_defaults_of_a_plan);
	tcase_add_test(good, names_come_from_the_file);
	tcase_add_test(good, inputs_in_all_their_forms);
	tcase_add_test(good, ranges_include_their_end);
	tcase_add_test(good, ranges_stay_in_range);
	tcase_add_test(good, settings_replace_what_the_file_says);
	tcase_add_test(good, settings_of_inputs);
	tcase_add_test(shipped, shipped_workloads_load);
	tcase_add_test(shipped, the_main_job);
	tcase_add_test(shipped, names_and_paths);
	tcase_add_test(shipped, stdin_is_a_file);
	tcase_add_test(shipped, the_reference_has_every_row);
	tcase_add_test(shipped, the_document_has_the_reference);
	tcase_add_test(shipped, nearest);
	suite_add_tcase(s, good);
	suite_add_tcase(s, shipped);
	return tap_run(s);
}
