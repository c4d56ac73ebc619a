/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workload `integrate`: averages of random-point integrals. What is made ready for one set of parameters is kept
 * until a task comes with another one, so that tasks which differ by their stream only pay for it once. */
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "work/integrate.h"
#include "work/rows.h"

struct integrate_state {
	struct expr *f;
	char *f_text;        /* as written, of f */
	struct integrate in; /* made ready */
	bool ready;
};

static void forget(struct integrate_state *s)
{
	if (s->ready)
		integrate_release(&s->in);
	s->ready = false;
}

static void forget_formula(struct integrate_state *s)
{
	forget(s);
	expr_free(s->f);
	free(s->f_text);
	s->f = NULL;
	s->f_text = NULL;
}

static int read_formula(struct integrate_state *s, const char *text, struct err *err)
{
	static const char *const vars[] = { "x" };
	struct expr_error error;

	forget_formula(s);
	s->f = expr_parse(text, vars, 1, &error);
	if (!s->f)
		return err_set(err, "f: column %d: %s", error.col, error.msg);
	s->f_text = xstrdup(text);
	return 0;
}

/* Makes ready what these values ask for, unless it is. */
static int make_ready(struct integrate_state *s, const struct value *v, struct err *err)
{
	double from = v[INTEGRATE_FROM].r, to = v[INTEGRATE_TO].r;
	uint64_t n = (uint64_t)v[INTEGRATE_SAMPLES].i;
	int method = (int)v[INTEGRATE_METHOD].i;

	if (!s->f_text || strcmp(s->f_text, v[INTEGRATE_F].z) != 0)
		if (read_formula(s, v[INTEGRATE_F].z, err) < 0)
			return -1;
	if (s->ready && s->in.a == from && s->in.b == to && s->in.n == n && s->in.method == method)
		return 0;
	forget(s);
	if (integrate_init(&s->in, s->f, from, to, n, method, err) < 0)
		return -1;
	s->ready = true;
	return 0;
}

static void integrate_work_release(void *state)
{
	struct integrate_state *s = state;

	forget_formula(s);
	free(s);
}

/* What varies by task is checked by the task; everything else here, before any task runs. */
static int integrate_prepare(const struct work_spec *w, void **state, struct err *err)
{
	struct integrate_state *s = xcalloc(1, sizeof(*s));
	int rc = w->naxes ? read_formula(s, w->values[INTEGRATE_F].z, err) : make_ready(s, w->values, err);

	if (rc < 0) {
		integrate_work_release(s);
		return -1;
	}
	*state = s;
	return 0;
}

static int task_poll(void *arg, uint64_t done, uint64_t of, struct err *err)
{
	const struct task *t = arg;

	return t->poll(t, done, of, err);
}

static int integrate_run(void *state, const struct task *t, double *result, struct err *err)
{
	struct integrate_state *s = state;
	struct task copy = *t; /* only read, but the poll's argument is not const */

	if (make_ready(s, t->values, err) < 0)
		return -1;
	return integrate_task(&s->in, t->seed, t->number, task_poll, &copy, result, err);
}

const struct workload integrate_workload = {
	.name = "integrate",
	.prepare = integrate_prepare,
	.run = integrate_run,
	.release = integrate_work_release,
};
