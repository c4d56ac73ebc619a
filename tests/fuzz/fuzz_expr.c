/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a formula: it is refused with a place inside the text, or its normal form reads back as the same
 * formula and all levels of the kernels agree on its values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "work/eval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTS = 11 };

static void check_values(const struct expr *e)
{
	static const double x[POINTS] = { 0, -0.0, 1, -1, 0.5, 3.25, 1e300, 1e-310, -7, HUGE_VAL, NAN };
	static const double y[POINTS] = { 1, 2, 0, -3, 0.25, 1e-5, 1e5, 2, 7.5, 1, 1 };
	const double *const vars[] = { x, y };
	const struct kern *levels[KERN_LEVELS + 1];
	double first[POINTS], got[POINTS];

	if (expr_needs_library(e) >= 0)
		return;
	kern_levels(levels);
	for (int i = 0; levels[i]; i++) {
		struct eval *ev = eval_new(e, levels[i], NULL);

		BUG_ON(!ev);
		eval_run(ev, vars, POINTS, i ? got : first);
		eval_free(ev);
		for (int k = 0; i && k < POINTS; k++)
			BUG_ON(memcmp(&got[k], &first[k], sizeof(double)) != 0 && (got[k] == got[k] || first[k] == first[k]));
	}
}

static void check_form(const struct expr *e, bool ascii)
{
	static const char *const names[] = { "x", "y" };
	struct str form = STR_INIT, again = STR_INIT;
	struct expr *f;

	expr_print(e, ascii, &form);
	if (form.n <= EXPR_MAX_TEXT) { /* signs may take more bytes than what was written */
		f = expr_parse(str_z(&form), names, 2, NULL);
		BUG_ON(!f || f->nsource != e->nsource || f->ncode != e->ncode || f->depth != e->depth);
		expr_print(f, ascii, &again);
		BUG_ON(strcmp(str_z(&form), str_z(&again)) != 0);
		expr_free(f);
	}
	str_release(&form);
	str_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "x", "y" };
	struct expr_error error = { 0, "" };
	struct str text = STR_INIT;
	struct expr *e;

	str_add(&text, data, size);
	e = expr_parse(str_z(&text), names, 2, &error);
	if (e) {
		check_form(e, false);
		check_form(e, true);
		check_values(e);
		expr_free(e);
	} else {
		BUG_ON(error.col < 1 || (size_t)error.col > size + 1 || !error.msg[0]);
	}
	str_release(&text);
	return 0;
}
