/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs by number: any task's values are the same however they are reached, and a grid has every combination once. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "tap.h"

static struct axis list(size_t param, const double *v, uint64_t n)
{
	struct axis a = { .param = param, .n = n, .values = xcalloc(n, sizeof *a.values) };

	for (uint64_t i = 0; i < n; i++) {
		a.values[i].i = (int64_t)v[i];
		a.values[i].r = v[i];
	}
	return a;
}

static struct axis range(size_t param, double from, double step, uint64_t n)
{
	return (struct axis){ .param = param, .n = n, .from = from, .step = step };
}

static void make(struct plan *p, const char *kind, size_t naxes, const struct axis *axes)
{
	plan_init(p);
	p->kind = kind_find(kind);
	p->inputs.axes = xcalloc(naxes, sizeof *axes);
	memcpy(p->inputs.axes, axes, naxes * sizeof *axes);
	p->inputs.naxes = naxes;
}

static const char *text(const struct plan *p, uint64_t task)
{
	static char buf[256];
	struct str s = STR_INIT;

	plan_input_text(&s, p, task);
	str_copy(buf, sizeof buf, str_z(&s));
	str_release(&s);
	return buf;
}

START_TEST(no_axes_no_inputs)
{
	struct plan p;

	plan_init(&p);
	p.kind = kind_find("spin");
	ck_assert_uint_eq(inputs_count(&p.inputs), 0);
	ck_assert_str_eq(text(&p, 0), "");
	plan_release(&p);
}
END_TEST

START_TEST(lists_go_together)
{
	struct axis axes[] = { list(INTEGRATE_SAMPLES, (double[]){ 10, 1000, 1000000 }, 3),
		list(INTEGRATE_TO, (double[]){ 1, 0.5, 2 }, 3) };
	struct plan p;

	make(&p, "integrate", 2, axes);
	ck_assert_uint_eq(inputs_count(&p.inputs), 3);
	ck_assert_str_eq(text(&p, 0), "samples 10, to 1");
	ck_assert_str_eq(text(&p, 1), "samples 1,000, to 0.5");
	ck_assert_str_eq(text(&p, 2), "samples 1,000,000, to 2");
	p.inputs.repeat = 2;
	ck_assert_uint_eq(inputs_count(&p.inputs), 6);
	ck_assert_str_eq(text(&p, 1), "samples 10, to 1");
	ck_assert_str_eq(text(&p, 2), "samples 1,000, to 0.5");
	ck_assert_str_eq(text(&p, 5), "samples 1,000,000, to 2");
	plan_release(&p);
}
END_TEST

START_TEST(a_grid_turns_the_last_axis_fastest)
{
	struct axis axes[] = { list(INTEGRATE_SAMPLES, (double[]){ 10, 100 }, 2), range(INTEGRATE_TO, 1, 1, 3) };
	struct plan p;

	make(&p, "integrate", 2, axes);
	p.inputs.grid = true;
	ck_assert_uint_eq(inputs_count(&p.inputs), 6);
	ck_assert_str_eq(text(&p, 0), "samples 10, to 1");
	ck_assert_str_eq(text(&p, 1), "samples 10, to 2");
	ck_assert_str_eq(text(&p, 2), "samples 10, to 3");
	ck_assert_str_eq(text(&p, 3), "samples 100, to 1");
	ck_assert_str_eq(text(&p, 5), "samples 100, to 3");
	ck_assert_str_eq(text(&p, 6), "samples 10, to 1"); /* a run sized by --for may go on */
	ck_assert_str_eq(text(&p, 11), "samples 100, to 3");
	plan_release(&p);
}
END_TEST

START_TEST(ranges_are_computed_from_their_start)
{
	struct axis axes[] = { range(INTEGRATE_TO, 0.1, 0.1, 10) }, times[] = { range(WAIT_TIME, 1e6, 0.5, 4) };
	struct plan p;

	make(&p, "integrate", 1, axes);
	ck_assert_double_eq(plan_input_value(&p, 9, 0).r, 0.1 + 9 * 0.1); /* not ten times added */
	ck_assert_str_eq(text(&p, 2), "to 0.3");
	plan_release(&p);
	make(&p, "sleep", 1, times); /* whole nanoseconds, ties to even */
	ck_assert_int_eq(plan_input_value(&p, 0, 0).i, 1000000);
	ck_assert_int_eq(plan_input_value(&p, 1, 0).i, 1000000);
	ck_assert_int_eq(plan_input_value(&p, 2, 0).i, 1000001);
	ck_assert_int_eq(plan_input_value(&p, 3, 0).i, 1000002);
	ck_assert_str_eq(text(&p, 0), "time 1 ms");
	plan_release(&p);
}
END_TEST

/* A million million tasks are counted and reached without any list of them. */
START_TEST(a_huge_range_costs_nothing)
{
	struct axis axes[] = { range(INTEGRATE_SAMPLES, 2, 1, 100000000), range(INTEGRATE_TO, 1, 1, 100000) };
	struct plan p;

	make(&p, "integrate", 2, axes);
	p.inputs.grid = true;
	ck_assert_uint_eq(inputs_count(&p.inputs), UINT64_C(10000000000000));
	ck_assert_str_eq(text(&p, UINT64_C(10000000000000) - 1), "samples 100,000,001, to 100000");
	ck_assert_str_eq(text(&p, UINT64_C(5000000000000)), "samples 50,000,002, to 1");
	plan_release(&p);
}
END_TEST

START_TEST(counts_do_not_wrap)
{
	struct axis a[] = { range(0, 0, 1, UINT64_C(1) << 40), range(1, 0, 1, UINT64_C(1) << 40) };
	struct inputs in = { .axes = a, .naxes = 1, .repeat = 1 };

	ck_assert_uint_eq(inputs_count(&in), UINT64_C(1) << 40);
	in.repeat = 256;
	ck_assert_uint_eq(inputs_count(&in), TASKS_MAX);
	in.repeat = 257;
	ck_assert_uint_eq(inputs_count(&in), UINT64_MAX);
	in.repeat = UINT64_MAX;
	ck_assert_uint_eq(inputs_count(&in), UINT64_MAX);
	in.repeat = 1;
	in.naxes = 2;
	ck_assert_uint_eq(inputs_count(&in), UINT64_C(1) << 40);
	in.grid = true;
	ck_assert_uint_eq(inputs_count(&in), UINT64_MAX);
	a[0].n = TASKS_MAX + 1;
	in.grid = false;
	ck_assert_uint_eq(inputs_count(&in), UINT64_MAX);
}
END_TEST

static uint64_t next_random(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Grids of random shape against nested loops; packed inputs against the values, in any order of tasks. */
START_TEST(a_grid_is_nested_loops)
{
	static const size_t params[] = { INTEGRATE_SAMPLES, INTEGRATE_FROM, INTEGRATE_TO };
	uint64_t x = 507;

	for (int round = 0; round < 100; round++) {
		size_t naxes = 1 + next_random(&x) % 3;
		struct axis axes[3];
		struct plan p;
		uint64_t n[3] = { 1, 1, 1 }, task = 0;

		for (size_t i = 0; i < naxes; i++) {
			n[i] = 1 + next_random(&x) % 6;
			axes[i] = range(params[i], 2 + (double)i, 1 + (double)i, n[i]);
		}
		make(&p, "integrate", naxes, axes);
		p.inputs.grid = true;
		p.inputs.repeat = 1 + next_random(&x) % 3;
		for (uint64_t a = 0; a < n[0]; a++)
			for (uint64_t b = 0; b < n[1]; b++)
				for (uint64_t c = 0; c < n[2]; c++)
					for (uint64_t r = 0; r < p.inputs.repeat; r++, task++) {
						uint64_t at[3] = { a, b, c };

						ck_assert_int_eq(plan_input_value(&p, task, 0).i, (int64_t)(2 + at[0]));
						for (size_t i = 1; i < naxes; i++)
							ck_assert_double_eq(plan_input_value(&p, task, i).r,
								2 + (double)i + (double)at[i] * (1 + (double)i));
					}
		ck_assert_uint_eq(task, inputs_count(&p.inputs));
		plan_release(&p);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("inputs");
	TCase *t = tcase_create("inputs");

	tcase_add_test(t, no_axes_no_inputs);
	tcase_add_test(t, lists_go_together);
	tcase_add_test(t, a_grid_turns_the_last_axis_fastest);
	tcase_add_test(t, ranges_are_computed_from_their_start);
	tcase_add_test(t, a_huge_range_costs_nothing);
	tcase_add_test(t, counts_do_not_wrap);
	tcase_add_test(t, a_grid_is_nested_loops);
	suite_add_tcase(s, t);
	return tap_run(s);
}
