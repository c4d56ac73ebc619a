/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds, their parameters and titles, and "did you mean". */
#include "plan/kind.h"

#include <string.h>

#include "tap.h"

static const struct param *param_of(const char *kind, const char *name)
{
	const struct kind *k = kind_find(kind);

	ck_assert_ptr_nonnull(k);
	ck_assert_int_ge(kind_param(k, name), 0);
	return &k->params[kind_param(k, name)];
}

static struct value value_of(const struct param *p, const char *text)
{
	struct value v;
	struct err err;

	if (param_parse(p, text, &v, NULL, &err) < 0)
		ck_abort_msg("%s: %s", text, err.msg);
	return v;
}

START_TEST(every_default_is_valid)
{
	for (const struct kind *k = kinds; k->name; k++) {
		ck_assert_uint_le(k->nparams, KIND_PARAMS_MAX);
		ck_assert_ptr_eq(kind_find(k->name), k);
		for (size_t i = 0; i < k->nparams; i++) {
			const struct param *p = &k->params[i];
			struct value v = value_of(p, p->fallback);
			struct str s = STR_INIT;

			ck_assert_uint_gt(strlen(p->help), 0);
			ck_assert_int_eq(kind_param(k, p->name), (int)i);
			param_print(&s, p, &v);
			ck_assert_str_eq(str_z(&s), p->fallback);
			str_release(&s);
			value_release(&v);
		}
	}
	ck_assert_ptr_null(kind_find("integral"));
	ck_assert_int_eq(kind_param(kind_find("sleep"), "samples"), -1);
}
END_TEST

/* The enums that workers index with are the rows of the tables. */
START_TEST(names_and_indices_agree)
{
	const struct kind *integrate = kind_find("integrate");

	ck_assert_int_eq(kind_param(integrate, "f"), INTEGRATE_F);
	ck_assert_int_eq(kind_param(integrate, "from"), INTEGRATE_FROM);
	ck_assert_int_eq(kind_param(integrate, "to"), INTEGRATE_TO);
	ck_assert_int_eq(kind_param(integrate, "samples"), INTEGRATE_SAMPLES);
	ck_assert_int_eq(kind_param(integrate, "method"), INTEGRATE_METHOD);
	ck_assert_uint_eq(integrate->nparams, INTEGRATE_PARAMS);
	for (int i = 0; i < 2; i++) {
		const struct kind *k = kind_find(i ? "spin" : "sleep");

		ck_assert_int_eq(kind_param(k, "time"), WAIT_TIME);
		ck_assert_int_eq(kind_param(k, "spread"), WAIT_SPREAD);
		ck_assert_int_eq(kind_param(k, "sigma"), WAIT_SIGMA);
		ck_assert_uint_eq(k->nparams, WAIT_PARAMS);
		ck_assert(k->pure && !k->has_result);
	}
	ck_assert(integrate->pure && integrate->has_result);
}
END_TEST

START_TEST(choices_are_numbered)
{
	static const char *const words[] = { "none", "uniform", "exponential", "log-normal" };
	const struct param *p = param_of("spin", "spread");
	struct value v;

	for (int i = 0; i < 4; i++) {
		v = value_of(p, words[i]);
		ck_assert_int_eq(v.i, i);
		ck_assert_str_eq(v.z, words[i]);
		value_release(&v);
	}
	ck_assert_int_eq(SPREAD_LOG_NORMAL, 3);
	v = value_of(param_of("integrate", "method"), "trapezoid");
	ck_assert_int_eq(v.i, METHOD_TRAPEZOID);
	value_release(&v);
}
END_TEST

START_TEST(values_read_and_print)
{
	static const struct {
		const char *kind, *name, *text, *printed, *shown;
	} cases[] = {
		{ "integrate", "samples", "1e6", "1000000", "1,000,000" },
		{ "integrate", "samples", "2", "2", "2" },
		{ "integrate", "samples", "1G", "1000000000", "1,000,000,000" },
		{ "integrate", "from", "-1.5e-3", "-0.0015", "-0.0015" },
		{ "integrate", "from", "0.1", "0.1", "0.1" },
		{ "integrate", "to", "0.30000000000000004", "0.30000000000000004", "0.3" },
		{ "integrate", "to", "1e300", "1e+300", "1e+300" },
		{ "integrate", "f", "sin(x)/x", "sin(x)/x", "sin(x)/x" },
		{ "integrate", "method", "slides", "slides", "slides" },
		{ "sleep", "time", "0", "0s", "0 s" },
		{ "sleep", "time", "50ms", "50ms", "50 ms" },
		{ "sleep", "time", "1.5s", "1500ms", "1.5 s" },
		{ "sleep", "time", "2.5", "2500ms", "2.5 s" },
		{ "sleep", "time", "90s", "90s", "90 s" },
		{ "sleep", "time", "120s", "2m", "2 min 00 s" },
		{ "sleep", "time", "1h", "1h", "1 h 00 min" },
		{ "spin", "time", "7ns", "7ns", "7 ns" },
		{ "spin", "time", "1234us", "1234us", "1.234 ms" },
		{ "spin", "sigma", "0", "0", "0" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct param *p = param_of(cases[i].kind, cases[i].name);
		struct value v = value_of(p, cases[i].text), again;
		struct str s = STR_INIT;

		param_print(&s, p, &v);
		ck_assert_str_eq(str_z(&s), cases[i].printed);
		again = value_of(p, str_z(&s));
		ck_assert_int_eq(again.i, v.i);
		ck_assert_double_eq(again.r, v.r);
		value_release(&again);
		str_clear(&s);
		param_show(&s, p, &v);
		ck_assert_str_eq(str_z(&s), cases[i].shown);
		str_release(&s);
		value_release(&v);
	}
}
END_TEST

START_TEST(wrong_values_are_named)
{
	static const struct {
		const char *kind, *name, *text, *message;
	} cases[] = {
		{ "integrate", "samples", "1", "'1' is too small; at least 2 is allowed" },
		{ "integrate", "samples", "2G", "'2G' is too large; at most 1000000000 is allowed" },
		{ "integrate", "samples", "010", "'010' begins with a zero; write the number without it" },
		{ "integrate", "from", "inf", "'inf' is not a number; write it as in 0.5, -3 or 1e-3" },
		{ "integrate", "from", "nan", "'nan' is not a number; write it as in 0.5, -3 or 1e-3" },
		{ "integrate", "from", "1e999", "'1e999' is too large for a floating-point number" },
		{ "integrate", "method", "slide", "'slide' is not one of the choices; did you mean slides?" },
		{ "integrate", "method", "simpson", "'simpson' is not one of the choices; write slides or trapezoid" },
		{ "integrate", "method", "", "'' is not one of the choices; write slides or trapezoid" },
		{ "sleep", "spread", "normal",
			"'normal' is not one of the choices; write none, uniform, exponential or log-normal" },
		{ "sleep", "time", "2h", "2h is out of range; write 0s to 1h" },
		{ "sleep", "time", "10 ms",
			"'10 ms' is not a duration; write a number and its unit, as in 250ms, 1.5s, 2m or 1h" },
		{ "sleep", "sigma", "-0.5", "'-0.5' is too small; at least 0 is allowed" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct value v = { .i = 77 };
		struct err err;
		int col = 99;

		ck_assert_int_eq(
			param_parse(param_of(cases[i].kind, cases[i].name), cases[i].text, &v, &col, &err), -1);
		ck_assert_str_eq(err.msg, cases[i].message);
		ck_assert_int_eq(col, 0);
		ck_assert_int_eq(v.i, 77);
	}
}
END_TEST

START_TEST(expressions_are_blamed_at_their_column)
{
	const struct param *p = param_of("integrate", "f");
	struct value v;
	struct err err;
	int col;

	ck_assert_int_eq(param_parse(p, "1/(1 + y^2)", &v, &col, &err), -1);
	ck_assert_int_eq(col, 8);
	ck_assert_int_eq(param_parse(p, "1/(1 + x", &v, &col, &err), -1);
	ck_assert_int_gt(col, 0);
	ck_assert_int_eq(param_parse(p, "", &v, &col, &err), -1);
	ck_assert_int_eq(col, 1);
}
END_TEST

START_TEST(computed_values_have_the_same_range)
{
	const struct param *samples = param_of("integrate", "samples"), *sigma = param_of("spin", "sigma");
	struct err err;

	ck_assert_int_eq(param_in_range(samples, &(struct value){ .i = 2 }, &err), 0);
	ck_assert_int_eq(param_in_range(samples, &(struct value){ .i = 1 }, &err), -1);
	ck_assert_str_eq(err.msg, "1 is out of range; write 2 to 1000000000");
	ck_assert_int_eq(param_in_range(sigma, &(struct value){ .r = 5 }, &err), 0);
	ck_assert_int_eq(param_in_range(sigma, &(struct value){ .r = 5.000001 }, &err), -1);
	ck_assert_int_eq(param_in_range(sigma, &(struct value){ .r = 0.0 / 0.0 }, &err), -1);
}
END_TEST

/* The title of a kind with these parameters set, all others at their default; names in `varying` vary. */
static const char *title_of(const char *kind, const char *const *set, const char *const *varying)
{
	static char buf[512];
	const struct kind *k = kind_find(kind);
	struct value values[KIND_PARAMS_MAX];
	bool varies[KIND_PARAMS_MAX] = { false };
	struct str s = STR_INIT;

	for (size_t i = 0; i < k->nparams; i++) {
		const char *text = k->params[i].fallback;

		for (size_t j = 0; set && set[j]; j += 2)
			if (strcmp(set[j], k->params[i].name) == 0)
				text = set[j + 1];
		values[i] = value_of(&k->params[i], text);
		for (const char *const *v = varying; v && *v; v++)
			varies[i] = varies[i] || strcmp(*v, k->params[i].name) == 0;
	}
	k->title(&s, values, varies);
	ck_assert_uint_lt(s.n, sizeof buf);
	memcpy(buf, str_z(&s), s.n + 1);
	str_release(&s);
	for (size_t i = 0; i < k->nparams; i++)
		value_release(&values[i]);
	return buf;
}

#define SET(...) ((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(titles_say_what_a_task_does)
{
	ck_assert_str_eq(title_of("integrate", NULL, NULL), "∫ 1/(1+x²), 10,000 points each, from 0 to 1");
	ck_assert_str_eq(title_of("integrate", SET("f", "sin(x)", "from", "-0.5", "to", "2"), NULL),
		"∫ sin(x), 10,000 points each, from -0.5 to 2");
	ck_assert_str_eq(title_of("integrate", NULL, SET("samples")), "∫ 1/(1+x²), from 0 to 1, varying samples");
	ck_assert_str_eq(
		title_of("integrate", NULL, SET("from", "to")), "∫ 1/(1+x²), 10,000 points each, varying from and to");
	ck_assert_str_eq(
		title_of("integrate", NULL, SET("from", "to", "samples")), "∫ 1/(1+x²), varying from, to and samples");
	ck_assert_str_eq(
		title_of("integrate", NULL, SET("from")), "∫ 1/(1+x²), 10,000 points each, to 1, varying from");
	ck_assert_str_eq(title_of("sleep", NULL, NULL), "sleep 10 ms");
	ck_assert_str_eq(title_of("sleep", NULL, SET("time")), "sleep, varying time");
	ck_assert_str_eq(title_of("sleep", SET("spread", "log-normal"), NULL), "sleep, log-normal lengths, mean 10 ms");
	ck_assert_str_eq(title_of("spin", SET("spread", "uniform", "time", "1500us"), NULL),
		"spin, uniform lengths, mean 1.5 ms");
	ck_assert_str_eq(title_of("spin", NULL, NULL), "spin 100 µs");
	ck_assert_str_eq(title_of("spin", NULL, SET("spread")), "spin, mean 100 µs, varying spread");
}
END_TEST

START_TEST(methods_have_a_short_word)
{
	struct value values[KIND_PARAMS_MAX] = { 0 };

	ck_assert_str_eq(kind_find("integrate")->method(values), "slides' method");
	values[INTEGRATE_METHOD].i = METHOD_TRAPEZOID;
	ck_assert_str_eq(kind_find("integrate")->method(values), "trapezoid method");
	ck_assert_str_eq(kind_find("sleep")->method(values), "");
	ck_assert_str_eq(kind_find("spin")->method(values), "");
}
END_TEST

START_TEST(an_interval_goes_upwards)
{
	struct value v[KIND_PARAMS_MAX] = { 0 };
	struct err err;
	size_t param = 99;

	v[INTEGRATE_TO].r = 1;
	ck_assert_int_eq(kind_find("integrate")->check(v, &param, &err), 0);
	v[INTEGRATE_FROM].r = 1;
	ck_assert_int_eq(kind_find("integrate")->check(v, &param, &err), -1);
	ck_assert_uint_eq(param, INTEGRATE_TO);
	ck_assert_str_eq(err.msg, "1 is not above from (1); an interval goes upwards, such as from: 0, to: 1");
}
END_TEST

START_TEST(the_nearest_word_is_near)
{
	static const char *const words[] = { "tasks", "samples", "seed", "workers", "max-tasks-per-worker", "f" };
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "task", "tasks" },
		{ "tsks", "tasks" },
		{ "TASKS", "tasks" },
		{ "sampels", "samples" },
		{ "sample", "samples" },
		{ "wokers", "workers" },
		{ "max_tasks_per_worker", "max-tasks-per-worker" },
		{ "sed", "seed" },
		{ "sede", "seed" },
		{ "sxxd", NULL },
		{ "g", NULL },
		{ "", NULL },
		{ "x", NULL },
		{ "seed", "seed" },
		{ "timeout", NULL },
	};
	char longest[200];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = nearest_word(cases[i].word, words, 6);

		ck_assert_msg(
			got == cases[i].nearest || (got && cases[i].nearest && strcmp(got, cases[i].nearest) == 0),
			"%s: %s", cases[i].word, got ? got : "none");
	}
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	ck_assert_ptr_null(nearest_word(longest, words, 6));
	ck_assert_ptr_null(nearest_word("tasks", words, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kind");
	TCase *t = tcase_create("kind");

	tcase_add_test(t, every_default_is_valid);
	tcase_add_test(t, names_and_indices_agree);
	tcase_add_test(t, choices_are_numbered);
	tcase_add_test(t, values_read_and_print);
	tcase_add_test(t, wrong_values_are_named);
	tcase_add_test(t, expressions_are_blamed_at_their_column);
	tcase_add_test(t, computed_values_have_the_same_range);
	tcase_add_test(t, titles_say_what_a_task_does);
	tcase_add_test(t, methods_have_a_short_word);
	tcase_add_test(t, an_interval_goes_upwards);
	tcase_add_test(t, the_nearest_word_is_near);
	suite_add_tcase(s, t);
	return tap_run(s);
}
