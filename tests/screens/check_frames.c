/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in every frame: any size over any run draws inside its grid, signs are whole, counters add up, no event moves
 * a row. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "tap.h"
#include "tests/screens/scenes.h"
#include "tests/screens/stream.h"
#include "ui/view_run.h"

/* As ck_assert_msg, without a mark for each of millions of cells. */
#define must(cond, ...) do { if (!(cond)) ck_abort_msg(__VA_ARGS__); } while (0)

/* xorshift: the same sizes in every run of the test. */
static uint64_t seed = 507;

static int random_to(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (uint64_t)n);
}

/* Every cell holds a printable sign; a wide one has its right half; in an ASCII grid there is nothing else; hits lie inside. */
static void check_cells(const struct grid *g, const char *what)
{
	for (int i = 0; i < g->rows * g->cols; i++) {
		const struct cell *c = &g->cells[i];
		int x = i % g->cols;

		must(c->role < ROLES, "%s: role %d", what, c->role);
		if (c->cp[0] == 0) {
			must(x > 0 && cell_width(c[-1].cp[0]) == 2, "%s: half a sign at %d", what, i);
			continue;
		}
		must(c->cp[0] >= ' ' && (c->cp[0] < 0x7f || c->cp[0] >= 0xa0), "%s: control sign %d", what, c->cp[0]);
		must(cell_width(c->cp[0]) != 2 || (x + 1 < g->cols && c[1].cp[0] == 0), "%s: cut sign at %d", what, i);
		if (g->ascii)
			must(c->cp[0] < 0x7f && c->cp[1] == 0, "%s: U+%04x in ASCII", what, (unsigned)c->cp[0]);
	}
	for (int i = 0; i < g->nhits; i++) {
		const struct hit *h = &g->hits[i];

		must(h->y >= 0 && h->x >= 0 && h->y + h->rows <= g->rows && h->x + h->cols <= g->cols, "%s: a click outside", what);
	}
	ck_assert_int_ge(g->page, 0);
}

static void draw_at(struct stage *t, int rows, int cols, bool ascii, const char *name)
{
	struct grid g;
	char what[128];

	snprintf(what, sizeof what, "%s at %dx%d%s", name, cols, rows, ascii ? " ascii" : "");
	grid_init(&g, rows, cols, ascii);
	t->scene.ascii = ascii;
	screen_draw(&g, &t->scene);
	check_cells(&g, what);
	grid_release(&g);
}

START_TEST(any_size)
{
	const struct screen_case *c = &screen_cases[_i];
	struct stage t;

	stage_init(&t, c, false, false);
	for (int rows = 1; rows <= 18; rows++)
		for (int cols = 1 + rows % 3; cols <= 64; cols += 3)
			draw_at(&t, rows, cols, cols & 1, c->name);
	for (int i = 0; i < 60; i++)
		draw_at(&t, 1 + random_to(100), 1 + random_to(300), i & 1, c->name);
	draw_at(&t, 100, 300, false, c->name);
	stage_release(&t);
}
END_TEST

/* Whatever the user interface's state is, also one that no key leads to. */
START_TEST(any_state)
{
	const struct screen_case *c = &screen_cases[_i];
	struct stage t;

	stage_init(&t, c, false, false);
	for (int i = 0; i < 200; i++) {
		struct ui_state *ui = &t.ui;

		if (c->make)
			ui->view = random_to(2) ? VIEW_RUN : VIEW_LOG;
		ui->selected = (uint32_t)random_to(2000);
		ui->first_slot = (uint32_t)random_to(2000);
		ui->log_follow = random_to(2);
		ui->log_top = (uint64_t)random_to(5000);
		ui->log_filter = random_to(20);
		ui->log_slot = (uint32_t)random_to(6);
		ui->help = random_to(3);
		ui->help_top = (uint32_t)random_to(100);
		ui->evidence = !random_to(4);
		ui->start_row = (uint32_t)random_to(40);
		str_copy(ui->search, sizeof ui->search, random_to(2) ? "worker" : "");
		str_copy(ui->echo, sizeof ui->echo, random_to(2) ? "\x1b[31mecho \xe2\x80\xae" : "");
		ui->echo_at = t.scene.now_ui;
		draw_at(&t, 1 + random_to(60), 1 + random_to(200), i & 1, c->name);
	}
	stage_release(&t);
}
END_TEST

/* Of an echo and a death the newer one is said; but a step of stopping, which brings deaths about, is always said. */
START_TEST(a_newer_death_is_said)
{
	static const struct {
		double echo_s, death_s; /* ago */
		bool step, death_said;
	} cases[] = {
		{ 2.0, 1.0, false, true }, { 1.0, 2.0, false, false }, { 2.0, 1.0, true, false }, { 4.0, 4.5, false, true },
	};
	struct stage t;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = STR_INIT;
		struct grid g;

		stage_init(&t, screen_case_named("death"), false, false);
		for (uint64_t k = 0; k < snapshot_log_count(&t.snap); k++)
			if (snapshot_log(&t.snap, k)->type == EV_DEATH)
				t.scene.now = snapshot_log(&t.snap, k)->at + (uint64_t)(cases[i].death_s * 1e9);
		t.scene.now_ui = UINT64_C(1000000000000);
		str_copy(t.ui.echo, sizeof t.ui.echo, "an echo");
		t.ui.echo_at = t.scene.now_ui - (uint64_t)(cases[i].echo_s * 1e9);
		t.ui.echo_step = cases[i].step;
		grid_init(&g, 24, 80, false);
		screen_draw(&g, &t.scene);
		grid_print(&text, &g, false);
		ck_assert_msg(!strstr(str_z(&text), "an echo") == cases[i].death_said, "case %zu", i);
		ck_assert_msg(!strstr(str_z(&text), "✗ worker 4") == !cases[i].death_said, "case %zu", i);
		str_release(&text);
		grid_release(&g);
		stage_release(&t);
	}
}
END_TEST

/* The text of one row, signs as they are. */
static void row_text(const struct grid *g, int y, int from, int to, struct str *out)
{
	str_clear(out);
	for (int x = from; x < to && x < g->cols; x++) {
		char buf[4];
		const struct cell *c = &g->cells[y * g->cols + x];

		if (c->cp[0])
			str_add(out, buf, utf8_encode(c->cp[0], buf));
	}
}

/* The exact number that ends before `end`; −1 when there is none ("1.60 M" is none either). */
static long long number_before(const struct grid *g, int y, int end)
{
	long long n = 0, power = 1;
	bool any = false;

	for (int x = end - 1; x >= 0; x--) {
		int32_t cp = g->cells[y * g->cols + x].cp[0];

		if (cp == ',')
			continue;
		if (cp < '0' || cp > '9')
			return any && cp == ' ' ? n : -1;
		n += power * (cp - '0');
		power *= 10;
		any = true;
	}
	return -1;
}

/* "248,320 done": the number before a word of the row; 0 when the word is not there, −1 when it is rounded. */
static long long count_of(const char *row, const char *word)
{
	const char *at = strstr(row, word), *from = at;
	long long n = 0;

	if (!at)
		return 0;
	while (from > row && (isdigit((unsigned char)from[-1]) || from[-1] == ',' || from[-1] == '.'))
		from--;
	if (from == at)
		return -1;
	for (; from < at; from++)
		if (isdigit((unsigned char)*from))
			n = n * 10 + (*from - '0');
	return n;
}

/* On an 80x24 screen of the Run view: tasks = done + with workers + waiting + failed + cancelled, DONE of the slots = done. */
static void check_counters(struct stage *t, const char *name)
{
	struct run_layout l;
	struct columns c;
	struct str row = STR_INIT;
	struct grid g;
	long long sum = 0, done, all;
	bool exact = true;

	grid_init(&g, 24, 80, false);
	screen_draw(&g, &t->scene);
	run_layout(&l, 21, 80, run_slots_wanted(&t->scene));
	row_text(&g, l.y[ZONE_COUNTS], 0, 80, &row);
	done = count_of(str_z(&row), " done");
	all = done + count_of(str_z(&row), " with workers") + count_of(str_z(&row), " waiting") + count_of(str_z(&row), " failed") +
	      count_of(str_z(&row), " cancelled");
	if (t->snap.run.tasks < 1000000) {
		ck_assert_msg(all == (long long)t->snap.run.tasks, "%s: %s is not %llu", name, str_z(&row),
		              (unsigned long long)t->snap.run.tasks);
		run_columns(&c, 80, run_table_form(&t->scene));
		for (int i = 0; i < l.rows[ZONE_SLOTS] && c.done_end >= 0 && t->snap.nslots > 0; i++) {
			long long n = i < (int)t->snap.nslots ? number_before(&g, l.y[ZONE_SLOTS] + i, c.done_end) : 0;

			exact &= n >= 0;
			sum += n;
		}
		if (exact && c.done_end >= 0)
			ck_assert_msg(sum == done, "%s: the slots have done %lld of %lld", name, sum, done);
	}
	str_release(&row);
	grid_release(&g);
}

/* Plays the stream event by event; calls `look` after each (of long streams after some). */
static void play(const struct screen_case *c, void (*look)(struct stage *t, const char *name, void *more), void *more)
{
	struct str packed = STR_INIT;
	struct reader r;
	struct event e;
	struct err err;
	struct stage t;
	int n = 0;

	stage_init(&t, c, false, false);
	snapshot_release(&t.snap);
	snapshot_init(&t.snap);
	c->make(&packed);
	r = reader_of((struct slice){ packed.p, packed.n });
	while (r.left > 0) {
		ck_assert_int_eq(event_unpack(&r, &e, &err), 0);
		fold_apply(&t.snap, &e);
		if (n++ > 60 && random_to(8))
			continue;
		t.scene.now = t.snap.now + (uint64_t)random_to(3) * 1000000;
		timing_of(&t.snap, t.scene.now, &t.timing);
		look(&t, c->name, more);
	}
	look(&t, c->name, more);
	str_release(&packed);
	stage_release(&t);
}

static void look_counters(struct stage *t, const char *name, void *more)
{
	(void)more;
	if (t->snap.begun)
		check_counters(t, name);
	draw_at(t, 1 + random_to(60), 1 + random_to(200), random_to(2), name);
}

START_TEST(counters_add_up)
{
	if (screen_cases[_i].make && !screen_cases[_i].adjust)
		play(&screen_cases[_i], look_counters, NULL);
}
END_TEST

/* Labels of the rows above the slots, as seen first. */
struct labels {
	bool set;
	char at[64][12];
};

static void look_labels(struct stage *t, const char *name, void *more)
{
	struct labels *seen = more;
	struct str row = STR_INIT;
	struct run_layout l;
	struct grid g;

	if (!t->snap.begun)
		return;
	grid_init(&g, 40, 100, false);
	screen_draw(&g, &t->scene);
	run_layout(&l, 37, 100, run_slots_wanted(&t->scene));
	for (int y = 1; y < l.y[ZONE_RULE]; y++) {
		row_text(&g, y, 0, VALUE_X, &row);
		if (y == l.y[ZONE_FAILED]) /* a blank row until something fails */
			continue;
		if (seen->set)
			ck_assert_msg(strcmp(seen->at[y], str_z(&row)) == 0, "%s: '%s' became '%s'", name, seen->at[y], str_z(&row));
		str_copy(seen->at[y], sizeof seen->at[y], str_z(&row));
	}
	seen->set = true;
	str_release(&row);
	grid_release(&g);
}

/* No event adds or removes a row above the slots (there are fewer than 20 slots in these runs: nothing leaves for them). */
START_TEST(rows_stay)
{
	struct labels seen = { .set = false };
	const struct screen_case *c = &screen_cases[_i];

	if (c->make && !c->adjust && strncmp(c->name, "workers-", 8) != 0)
		play(c, look_labels, &seen);
}
END_TEST

/* More rows never show fewer zones, and the zones always fill the view exactly, in order. */
START_TEST(layout_fits)
{
	for (int slots = 1; slots <= 40; slots += 3) {
		for (int cols = 60; cols <= 220; cols += 40) {
			struct run_layout less = { .cols = 0 }, l;

			for (int rows = 10; rows <= 100; rows++, less = l) {
				int y = 0;

				run_layout(&l, rows, cols, slots);
				for (int z = 0; z < ZONES; z++) {
					must(l.rows[z] == 0 || l.y[z] == y, "zone %d at %d rows", z, rows);
					must(l.rows[z] >= 0, "zone %d at %d rows", z, rows);
					y += l.rows[z];
				}
				ck_assert_int_eq(y, rows);
				ck_assert_int_ge(l.rows[ZONE_SLOTS], slots < 3 ? slots : 3);
				ck_assert(l.rows[ZONE_HEADER] && l.rows[ZONE_TASKS] && l.rows[ZONE_COUNTS] && l.rows[ZONE_GAIN]);
				for (int z = ZONE_TASKS; less.cols && z < ZONE_SLOTS; z++)
					if (z != ZONE_FAILED && z != ZONE_BLANK_POOL)
						must(l.rows[z] >= less.rows[z], "zone %d leaves at %d rows", z, rows);
			}
		}
	}
}
END_TEST

/* Columns lie beside each other, inside the width, with a bar of 10 cells or more. */
START_TEST(columns_fit)
{
	for (int cols = 60; cols <= 300; cols++) {
		for (enum table_form form = 0; form < TABLE_FORMS; form++) {
			struct columns c;
			const int *end[] = { &c.cpu_end, &c.wait_end, &c.mib_end, &c.age_end, &c.died_end };
			int x;

			run_columns(&c, cols, form);
			ck_assert_int_ge(c.bar_cells, 10);
			if (cols >= 80) /* what `kill -9 PID` needs */
				ck_assert_int_ge(c.pid_end, 0);
			x = c.bar + c.bar_cells + c.text_cells;
			ck_assert_int_gt(c.rate_end, x);
			x = c.done_end > c.rate_end ? c.done_end : c.rate_end;
			if (c.graph >= 0) {
				ck_assert_int_gt(c.graph, x);
				x = c.graph + c.graph_cells;
			}
			for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
				if (*end[i] < 0)
					continue;
				ck_assert_int_gt(*end[i], x);
				x = *end[i];
			}
			ck_assert_int_eq(x, cols - 1);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("frames");
	TCase *tc = tcase_create("frames");
	int n = 0;

	setenv("TZ", "UTC", 1);
	tzset();
	while (screen_cases[n].name)
		n++;
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, any_size, 0, n);
	tcase_add_loop_test(tc, any_state, 0, n);
	tcase_add_loop_test(tc, counters_add_up, 0, n);
	tcase_add_loop_test(tc, rows_stay, 0, n);
	tcase_add_test(tc, a_newer_death_is_said);
	tcase_add_test(tc, layout_fits);
	tcase_add_test(tc, columns_fit);
	suite_add_tcase(s, tc);
	return tap_run(s);
}
