/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells: clipping, wide signs, ASCII forms, bars in eighths, sparklines, clicks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "ui/grid.h"
#include "ui/signs.h"

static struct grid g;
static struct str text;

static void begin(int rows, int cols, bool ascii)
{
	grid_release(&g);
	grid_init(&g, rows, cols, ascii);
}

/* The grid's text; valid until the next call. */
static const char *shown(bool roles)
{
	str_clear(&text);
	grid_print(&text, &g, roles);
	return str_z(&text);
}

START_TEST(text_is_clipped_to_its_area)
{
	struct area a;

	begin(3, 6, false);
	a = area_cut(grid_all(&g), 1, 1, 1, 4);
	ck_assert_int_eq(put(a, 0, 2, ROLE_KEY, "abcdef"), 8);
	put(a, 0, -1, ROLE_KEY, "xyz");
	put(a, 1, 0, ROLE_KEY, "below");
	put(a, -1, 0, ROLE_KEY, "above");
	ck_assert_str_eq(shown(false), "\n yzab\n\n");
}
END_TEST

START_TEST(an_area_stays_in_its_parent)
{
	struct area a, b;

	begin(4, 4, false);
	a = area_cut(grid_all(&g), 1, 1, 100, 2);
	ck_assert_int_eq(a.rows, 3);
	b = area_cut(a, -2, 1, 3, 9);
	ck_assert_int_eq(b.rows, 1);
	ck_assert_int_eq(b.cols, 1);
	ck_assert_int_eq(area_cut(a, 7, 7, 2, 2).rows, 0);
	ck_assert_int_eq(area_cut(a, 0, 0, -1, 2).rows, 0);
}
END_TEST

START_TEST(wide_signs_take_two_cells_or_none)
{
	begin(1, 5, false);
	ck_assert_int_eq(put(grid_all(&g), 0, 0, ROLE_PLAIN, "漢字漢"), 6);
	ck_assert_int_eq(g.cells[1].cp[0], 0);
	ck_assert_int_eq(g.cells[4].cp[0], ' '); /* the third has no room */
	ck_assert_str_eq(shown(false), "漢字\n");
	put(grid_all(&g), 0, 1, ROLE_PLAIN, "x"); /* over the right half of the first */
	ck_assert_str_eq(shown(false), " x字\n");
	put(grid_all(&g), 0, 2, ROLE_PLAIN, "y"); /* over the left half of the second */
	ck_assert_str_eq(shown(false), " xy\n");
}
END_TEST

START_TEST(a_combining_mark_joins_its_sign)
{
	begin(1, 4, false);
	put(grid_all(&g), 0, 0, ROLE_PLAIN, "e\xcc\x81x");
	ck_assert_int_eq(g.cells[0].cp[1], 0x301);
	ck_assert_str_eq(shown(false), "e\xcc\x81x\n");
}
END_TEST

START_TEST(control_bytes_never_get_in)
{
	begin(1, 12, false);
	put(grid_all(&g), 0, 0, ROLE_PLAIN, "a\033[31m\n\xff\xc2\x9b");
	for (int i = 0; i < 12; i++)
		ck_assert_int_ge(g.cells[i].cp[0], ' ');
	ck_assert_str_eq(shown(false), "a?[31m???\n");
}
END_TEST

START_TEST(ascii_grids_hold_only_ascii)
{
	begin(1, 40, true);
	put(grid_all(&g), 0, 0, ROLE_PLAIN, "4 × ∫ x² ≈ 1 ±2 − 漢 µs → 3");
	ck_assert_str_eq(shown(false), "4 x integral  x^2 ~ 1 +-2 - ?? us -> 3\n");
	ck_assert_int_eq(grid_cells(&g, "±1 ∫"), 13);
	begin(1, 8, true);
	put_right(grid_all(&g), 0, 8, ROLE_PLAIN, "±0.3");
	ck_assert_str_eq(shown(false), "   +-0.3\n");
}
END_TEST

START_TEST(every_sign_has_an_ascii_form_and_one_cell)
{
	char utf8[5], out[16];

	for (size_t i = 0; sign_at(i); i++) {
		ck_assert_int_eq(cell_width(sign_at(i)), 1);
		utf8[utf8_encode(sign_at(i), utf8)] = '\0';
		sign_text(out, sizeof(out), utf8, true);
		ck_assert_int_gt((int)strlen(out), 0);
		ck_assert_ptr_null(strchr(out, '?'));
		for (const char *p = out; *p; p++)
			ck_assert_int_lt((unsigned char)*p, 0x80);
	}
	for (int i = 0; i < GLYPHS; i++) {
		begin(1, 1, false);
		ck_assert_int_eq(text_cells(glyph(&g, (enum glyph)i)), 1);
		begin(1, 1, true);
		ck_assert_int_lt((unsigned char)glyph(&g, (enum glyph)i)[0], 0x80);
	}
}
END_TEST

START_TEST(cut_text_is_marked)
{
	begin(1, 12, false);
	put_cut(grid_all(&g), 0, 0, 5, ROLE_PLAIN, "abcdefgh");
	ck_assert_str_eq(shown(false), "abcd…\n");
	begin(1, 12, false);
	put_cut(grid_all(&g), 0, 0, 0, ROLE_PLAIN, "abcdefgh");
	ck_assert_str_eq(shown(false), "\n");
}
END_TEST

/* Eighths of a bar as it is on the grid. */
static int eighths(int cells)
{
	int sum = 0;

	for (int x = 0; x < cells; x++)
		if (g.cells[x].cp[0] >= 0x2588 && g.cells[x].cp[0] <= 0x258f)
			sum += 8 - (g.cells[x].cp[0] - 0x2588);
	return sum;
}

START_TEST(bars_grow_and_are_full_only_at_the_end)
{
	for (int cells = 1; cells <= 30; cells++) {
		int before = 0;

		for (int i = 0; i <= 1000; i++) {
			int now;

			begin(1, 31, false);
			bar(grid_all(&g), 0, 0, cells, i / 1000.0, ROLE_DONE);
			now = eighths(31);
			ck_assert_int_ge(now, before);
			ck_assert_int_eq(now == 8 * cells, i == 1000);
			ck_assert_int_eq(now > 0, i > 0);
			ck_assert_int_eq(g.cells[cells].cp[0], ' ');
			before = now;
		}
	}
	begin(1, 10, false);
	bar(grid_all(&g), 0, 0, 10, NAN, ROLE_DONE);
	bar(grid_all(&g), 0, 0, 10, -1, ROLE_DONE);
	ck_assert_str_eq(shown(false), "\n");
	bar(grid_all(&g), 0, 0, 10, 5, ROLE_DONE);
	ck_assert_int_eq(eighths(10), 80);
}
END_TEST

START_TEST(bars_of_ascii_have_whole_cells)
{
	begin(1, 10, true);
	bar(grid_all(&g), 0, 0, 10, 0.59, ROLE_DONE);
	ck_assert_str_eq(shown(false), "#####\n");
}
END_TEST

START_TEST(sparklines_never_touch_the_row_above)
{
	const double v[] = { 0, 1, 35, 69, 70, 100, NAN, -3 };

	begin(1, 8, false);
	sparkline(grid_all(&g), 0, 0, v, 8, 70, ROLE_RUNNING);
	ck_assert_str_eq(shown(false), "▁▁▄▇▇▇ ▁\n");
	begin(1, 8, true);
	sparkline(grid_all(&g), 0, 0, v, 8, 70, ROLE_RUNNING);
	ck_assert_str_eq(shown(false), "__-### _\n");
	begin(1, 8, false);
	sparkline(grid_all(&g), 0, 0, v, 8, 0, ROLE_RUNNING);
	ck_assert_int_eq(g.cells[0].cp[0], 0x2581);
}
END_TEST

START_TEST(roles_print_as_letters)
{
	begin(1, 12, false);
	put(grid_all(&g), 0, 0, ROLE_DONE, "12");
	put(grid_all(&g), 0, 3, ROLE_LABEL, "ok");
	put(grid_all(&g), 0, 6, ROLE_RUNNING, " R ");
	put_attr(grid_all(&g), 0, 6, 3, ATTR_REVERSE | ATTR_BOLD);
	ck_assert_str_eq(shown(true), "12 ok  R\ndd ll RRR\n");
}
END_TEST

START_TEST(clicks_find_the_topmost)
{
	struct area a;

	begin(5, 10, false);
	a = area_cut(grid_all(&g), 1, 2, 3, 5);
	put_hit(a, 0, 0, 9, 9, HIT_ROW, 7);
	put_hit(a, 1, 1, 1, 1, HIT_KEY, 'p');
	put_hit(a, 3, 0, 1, 1, HIT_KEY, 'q'); /* below the area: nowhere */
	ck_assert_int_eq(grid_hit(&g, 1, 2).value, 7);
	ck_assert_int_eq(grid_hit(&g, 2, 3).value, 'p');
	ck_assert_int_eq(grid_hit(&g, 3, 6).value, 7);
	ck_assert_int_eq(grid_hit(&g, 3, 7).kind, HIT_NONE);
	ck_assert_int_eq(grid_hit(&g, 4, 2).kind, HIT_NONE);
	ck_assert_int_eq(grid_hit(&g, -1, 0).kind, HIT_NONE);
	grid_clear(&g);
	ck_assert_int_eq(grid_hit(&g, 1, 2).kind, HIT_NONE);
}
END_TEST

START_TEST(a_copy_is_equal)
{
	struct grid copy;
	struct str second = STR_INIT;

	begin(2, 9, false);
	put(grid_all(&g), 0, 0, ROLE_KEY, "漢 abc");
	put_hit(grid_all(&g), 0, 0, 1, 2, HIT_KEY, 'x');
	g.page = 5;
	grid_init(&copy, 7, 1, true);
	grid_copy(&copy, &g);
	grid_print(&second, &copy, true);
	ck_assert_str_eq(shown(true), str_z(&second));
	ck_assert_int_eq(copy.page, 5);
	ck_assert_int_eq(grid_hit(&copy, 0, 1).value, 'x');
	grid_release(&copy);
	str_release(&second);
}
END_TEST

/* Whatever is put wherever: no cell outside is written (the sanitizers watch), wide signs stay whole. */
START_TEST(random_drawing_keeps_wide_signs_whole)
{
	static const char *const words[] = { "a", "漢", "x漢y", "e\xcc\x81", "漢漢漢", "\xcc\x81", "±∫" };
	unsigned seed = 1;

	begin(4, 7, false);
	for (int i = 0; i < 20000; i++) {
		struct area a;
		unsigned r[8];

		for (int k = 0; k < 8; k++)
			r[k] = (seed = seed * 1103515245u + 12345u) >> 16;
		a = area_cut(grid_all(&g), (int)(r[0] % 6) - 1, (int)(r[1] % 10) - 2, (int)(r[2] % 5), (int)(r[3] % 9));
		if (r[4] % 4 == 0)
			put_fill(a, (int)(r[5] % 5) - 1, (int)(r[6] % 9) - 2, (int)(r[7] % 12) - 2, ROLE_DONE, 0x2588);
		else
			put(a, (int)(r[5] % 5) - 1, (int)(r[6] % 12) - 4, ROLE_KEY, words[r[7] % 7]);
		for (int c = 0; c < 4 * 7; c++) {
			bool right = c % 7 > 0 && cell_width(g.cells[c - 1].cp[0]) == 2;

			ck_assert_int_eq(g.cells[c].cp[0] == 0, right);
		}
	}
}
END_TEST

static const char *row_of(const struct grid *of, int y)
{
	static char z[256];
	size_t n = 0;

	for (int x = 0; x < of->cols && n + 4 < sizeof(z); x++)
		n += utf8_encode(of->cells[y * of->cols + x].cp[0], z + n);
	z[n] = '\0';
	return z;
}

/* Name, bar, its text, and a number of one row. */
static void draw_row(struct grid *of, int y, const char *name, int full, const char *beside, const char *number, bool paced)
{
	struct area a = grid_all(of);

	put(a, y, 0, ROLE_LABEL, name);
	put_fill(a, y, 5, 4, ROLE_WAITING, 0xb7);
	put_fill(a, y, 5, full, ROLE_RUNNING, 0x2588);
	put(a, y, 10, ROLE_PLAIN, beside);
	put(a, y, 16, ROLE_PLAIN, number);
	if (!paced)
		return;
	put_pace(a, y, 5, 9, PACE_MOVES);
	put_pace(a, y, 0, 4, PACE_NAME);
}

START_TEST(what_is_one_sample_changes_together)
{
	struct grid shown, next;

	grid_init(&shown, 4, 21, false);
	grid_init(&next, 4, 21, false);
	for (int y = 0; y < 4; y++)
		draw_row(&shown, y, "t30", 3, "75 %", "1.5 s", y == 1 || y == 2);
	draw_row(&next, 0, "t30", 4, "99 %", "1.6 s", false); /* not marked: the bar moves, the text stands */
	draw_row(&next, 1, "t30", 4, "99 %", "1.6 s", true);  /* bar and text move, the number stands */
	draw_row(&next, 2, "t31", 1, "25 %", "0.1 s", true);  /* another task: all of it is new */
	draw_row(&next, 3, "t30", 4, "99 %", "1.6 s", false);
	put_pace(grid_all(&next), 3, 5, 4, PACE_STILL); /* its numbers stand, so does the bar */
	grid_hold(&next, &shown);
	ck_assert_str_eq(row_of(&next, 0), "t30  ████ 75 %  1.5 s");
	ck_assert_str_eq(row_of(&next, 1), "t30  ████ 99 %  1.5 s");
	ck_assert_str_eq(row_of(&next, 2), "t31  █··· 25 %  0.1 s");
	ck_assert_str_eq(row_of(&next, 3), "t30  ███· 75 %  1.5 s");
	grid_release(&shown);
	grid_release(&next);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("grid");
	TCase *t = tcase_create("grid");

	tcase_add_test(t, text_is_clipped_to_its_area);
	tcase_add_test(t, an_area_stays_in_its_parent);
	tcase_add_test(t, wide_signs_take_two_cells_or_none);
	tcase_add_test(t, a_combining_mark_joins_its_sign);
	tcase_add_test(t, control_bytes_never_get_in);
	tcase_add_test(t, ascii_grids_hold_only_ascii);
	tcase_add_test(t, every_sign_has_an_ascii_form_and_one_cell);
	tcase_add_test(t, cut_text_is_marked);
	tcase_add_test(t, bars_grow_and_are_full_only_at_the_end);
	tcase_add_test(t, bars_of_ascii_have_whole_cells);
	tcase_add_test(t, sparklines_never_touch_the_row_above);
	tcase_add_test(t, roles_print_as_letters);
	tcase_add_test(t, clicks_find_the_topmost);
	tcase_add_test(t, a_copy_is_equal);
	tcase_add_test(t, what_is_one_sample_changes_together);
	tcase_add_test(t, random_drawing_keeps_wide_signs_whole);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
