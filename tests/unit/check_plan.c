/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: defaults, title, and what is packed for the worker comes out the same or not at all. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "tap.h"

static void fill(struct plan *p, const char *kind)
{
	struct err err;

	plan_init(p);
	p->name = xstrdup("test");
	p->about = xstrdup("");
	p->kind = kind_find(kind);
	p->values = xcalloc(p->kind->nparams, sizeof *p->values);
	for (size_t i = 0; i < p->kind->nparams; i++)
		ck_assert_int_eq(
			param_parse(&p->kind->params[i], p->kind->params[i].fallback, &p->values[i], NULL, &err), 0);
}

static void add_list(struct plan *p, size_t param, const char *const *texts, size_t n)
{
	struct axis *a;
	struct err err;

	p->inputs.axes = xrealloc(p->inputs.axes, p->inputs.naxes + 1, sizeof *a);
	a = &p->inputs.axes[p->inputs.naxes++];
	*a = (struct axis){ .param = param, .n = n, .values = xcalloc(n, sizeof *a->values) };
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(param_parse(&p->kind->params[param], texts[i], &a->values[i], NULL, &err), 0);
}

START_TEST(defaults)
{
	struct plan p;

	plan_init(&p);
	ck_assert_uint_eq(p.seed, 1);
	ck_assert_uint_eq(p.workers, 0);
	ck_assert_int_eq(p.start, START_SPAWN);
	ck_assert_str_eq(p.chunk.rule->name, "guided");
	ck_assert_uint_eq(p.chunk.size, 1);
	ck_assert_uint_eq(p.queue, 64);
	ck_assert_uint_eq(p.retries, 2);
	ck_assert_uint_eq(p.inputs.repeat, 1);
	ck_assert_int_eq(p.baseline, BASELINE_MEASURE);
	ck_assert_int_eq(p.keep, KEEP_ALL);
	plan_release(&p);
	plan_release(&p); /* an empty one, again: nothing happens */
}
END_TEST

START_TEST(words_and_enums_agree)
{
	ck_assert_str_eq(start_method_names[START_FORK], "fork");
	ck_assert_str_eq(baseline_names[BASELINE_ESTIMATE], "estimate");
	ck_assert_str_eq(baseline_names[BASELINE_NONE], "none");
	ck_assert_str_eq(on_failure_names[FAILURE_STOP_NOW], "stop-now");
	ck_assert_str_eq(keep_names[KEEP_SUMS], "sums");
	ck_assert_ptr_null(start_method_names[START_FORK + 1]);
	ck_assert_ptr_null(baseline_names[BASELINE_NONE + 1]);
	ck_assert_ptr_null(on_failure_names[FAILURE_STOP_NOW + 1]);
	ck_assert_ptr_null(keep_names[KEEP_SUMS + 1]);
}
END_TEST

START_TEST(title)
{
	struct plan p;
	struct str s = STR_INIT;

	fill(&p, "integrate");
	p.seed = 507;
	plan_title(&s, &p, 400000);
	ck_assert_str_eq(str_z(&s), "400,000 × ∫ 1/(1+x²), 10,000 points each, from 0 to 1, seed 507");
	str_clear(&s);
	add_list(&p, INTEGRATE_SAMPLES, (const char *const[]){ "10", "100" }, 2);
	plan_title(&s, &p, 2);
	ck_assert_str_eq(str_z(&s), "2 × ∫ 1/(1+x²), from 0 to 1, varying samples, seed 507");
	str_release(&s);
	plan_release(&p);
}
END_TEST

static void assert_same_values(const struct kind *k, const struct value *a, const struct value *b)
{
	for (size_t i = 0; i < k->nparams; i++) {
		ck_assert_int_eq(a[i].i, b[i].i);
		ck_assert_double_eq(a[i].r, b[i].r);
		ck_assert_int_eq(!a[i].z, !b[i].z);
		if (a[i].z)
			ck_assert_str_eq(a[i].z, b[i].z);
	}
}

START_TEST(the_worker_gets_what_was_planned)
{
	for (const struct kind *k = kinds; k->name; k++) {
		struct plan p;
		struct work_spec w;
		struct str s = STR_INIT;
		struct err err;

		fill(&p, k->name);
		p.seed = UINT64_MAX - 3;
		p.timeout_ns = 12345678901;
		work_spec_pack(&s, &p);
		if (work_spec_unpack((struct slice){ s.p, s.n }, &w, &err) < 0)
			ck_abort_msg("%s", err.msg);
		ck_assert_ptr_eq(w.kind, k);
		ck_assert_uint_eq(w.seed, p.seed);
		ck_assert_uint_eq(w.timeout_ns, p.timeout_ns);
		ck_assert_uint_eq(w.naxes, 0);
		assert_same_values(k, w.values, p.values);
		work_spec_release(&w);
		work_spec_release(&w);
		str_release(&s);
		plan_release(&p);
	}
}
END_TEST

START_TEST(inputs_reach_the_worker)
{
	struct plan p;
	struct work_spec w;
	struct str s = STR_INIT, in = STR_INIT;
	struct err err;
	struct reader r;

	fill(&p, "integrate");
	add_list(&p, INTEGRATE_F, (const char *const[]){ "x", "x^2", "sin(x)" }, 3);
	add_list(&p, INTEGRATE_TO, (const char *const[]){ "1", "2", "3.5" }, 3);
	add_list(&p, INTEGRATE_METHOD, (const char *const[]){ "slides", "trapezoid", "slides" }, 3);
	work_spec_pack(&s, &p);
	ck_assert_int_eq(work_spec_unpack((struct slice){ s.p, s.n }, &w, &err), 0);
	ck_assert_uint_eq(w.naxes, 3);
	ck_assert_uint_eq(w.axes[1], INTEGRATE_TO);
	for (uint64_t t = 0; t < 3; t++)
		plan_input_pack(&in, &p, t);
	r = reader_of((struct slice){ in.p, in.n });
	for (uint64_t t = 0; t < 3; t++) {
		ck_assert_int_eq(work_spec_input(&w, &r, w.values, &err), 0);
		ck_assert_str_eq(w.values[INTEGRATE_F].z, p.inputs.axes[0].values[t].z);
		ck_assert_double_eq(w.values[INTEGRATE_TO].r, p.inputs.axes[1].values[t].r);
		ck_assert_int_eq(w.values[INTEGRATE_METHOD].i, t == 1 ? METHOD_TRAPEZOID : METHOD_SLIDES);
		ck_assert_int_eq(w.values[INTEGRATE_SAMPLES].i, 10000);
	}
	ck_assert_uint_eq(r.left, 0);
	ck_assert_int_eq(work_spec_input(&w, &r, w.values, &err), -1);
	ck_assert_str_eq(err.msg, "f is cut short");
	work_spec_release(&w);
	str_release(&s);
	str_release(&in);
	plan_release(&p);
}
END_TEST

/* Unpacks from memory of exactly n bytes, so that a sanitizer sees a read past its end. */
static int unpack_copy(const char *p, size_t n, struct err *err)
{
	char *copy = xcalloc(n ? n : 1, 1);
	struct work_spec w = { 0 };
	int ret;

	memcpy(copy, p, n);
	ret = work_spec_unpack((struct slice){ copy, n }, &w, err);
	free(copy);
	if (ret == 0)
		work_spec_release(&w);
	else
		ck_assert_ptr_null(w.values);
	return ret;
}

START_TEST(every_cut_and_every_surplus_is_refused)
{
	for (const struct kind *k = kinds; k->name; k++) {
		struct plan p;
		struct str s = STR_INIT;
		struct err err;

		fill(&p, k->name);
		add_list(&p, 1, (const char *const[]){ k->params[1].fallback }, 1);
		work_spec_pack(&s, &p);
		for (size_t n = 0; n < s.n; n++)
			ck_assert_int_eq(unpack_copy(s.p, n, &err), -1);
		ck_assert_int_eq(unpack_copy(s.p, s.n, &err), 0);
		str_addc(&s, '\0');
		ck_assert_int_eq(unpack_copy(s.p, s.n, &err), -1);
		ck_assert_str_eq(err.msg, "the work's description has 1 bytes too many");
		str_release(&s);
		plan_release(&p);
	}
}
END_TEST

/* Any byte may be anything: no crash, and what is accepted is in range. */
START_TEST(every_changed_byte_is_survived)
{
	struct plan p;
	struct str s = STR_INIT;
	struct err err;

	fill(&p, "integrate");
	add_list(&p, INTEGRATE_SAMPLES, (const char *const[]){ "10" }, 1);
	work_spec_pack(&s, &p);
	for (size_t i = 0; i < s.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			s.p[i] = (char)(s.p[i] ^ (1 << bit));
			unpack_copy(s.p, s.n, &err);
			s.p[i] = (char)(s.p[i] ^ (1 << bit));
		}
	ck_assert_int_eq(unpack_copy(s.p, s.n, &err), 0);
	str_release(&s);
	plan_release(&p);
}
END_TEST

static void refused(struct str *s, const char *message)
{
	struct err err;

	ck_assert_int_eq(unpack_copy(s->p, s->n, &err), -1);
	ck_assert_str_eq(err.msg, message);
	str_clear(s);
}

static void pack_wait(struct str *s, uint64_t time, const char *spread, double sigma)
{
	pack_z(s, "sleep");
	pack_u32(s, 3);
	pack_u64(s, time);
	pack_z(s, spread);
	pack_f64(s, sigma);
}

START_TEST(lies_are_refused_in_words)
{
	struct str s = STR_INIT;

	pack_z(&s, "juggle");
	refused(&s, "this program has no kind of work juggle; engine and worker must be of the same build");
	pack_z(&s, "sleep");
	pack_u32(&s, 4);
	refused(&s, "the parameters of sleep are malformed; engine and worker must be of the same build");
	pack_wait(&s, UINT64_MAX, "none", 1);
	refused(&s, "time: -1ns is out of range; write 0s to 1h");
	pack_wait(&s, 1, "sometimes", 1);
	refused(&s, "spread: 'sometimes' is not one of the choices; write none, uniform, exponential or log-normal");
	pack_wait(&s, 1, "none", 0.0 / 0.0);
	ck_assert_int_eq(unpack_copy(s.p, s.n, NULL), -1);
	str_clear(&s);
	pack_wait(&s, 1, "none", 1);
	pack_u32(&s, 1);
	pack_u32(&s, 3);
	refused(&s, "the work's inputs are malformed"); /* no such parameter */
	pack_wait(&s, 1, "none", 1);
	pack_u32(&s, 2);
	pack_u32(&s, 0);
	pack_u32(&s, 0);
	refused(&s, "the work's inputs are malformed"); /* the same one twice */
	pack_wait(&s, 1, "none", 1);
	pack_u32(&s, 4);
	refused(&s, "the work's inputs are malformed"); /* more than there are */
	str_release(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_test(t, defaults);
	tcase_add_test(t, words_and_enums_agree);
	tcase_add_test(t, title);
	tcase_add_test(t, the_worker_gets_what_was_planned);
	tcase_add_test(t, inputs_reach_the_worker);
	tcase_add_test(t, every_cut_and_every_surplus_is_refused);
	tcase_add_test(t, every_changed_byte_is_survived);
	tcase_add_test(t, lies_are_refused_in_words);
	suite_add_tcase(s, t);
	return tap_run(s);
}
