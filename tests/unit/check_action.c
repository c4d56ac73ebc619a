/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of actions: every key can be read, none means two things on one screen, and what does nothing is not
 * offered. */
#include <math.h>
#include <string.h>

#include "tap.h"
#include "ui/theme.h"
#include "ui/view.h"

static struct ui_state ui;
static struct snapshot snap;
static struct scene scene;

static void begin(enum view_id view, bool ended)
{
	ui_state_init(&ui);
	memset(&scene, 0, sizeof(scene));
	memset(&snap, 0, sizeof(snap));
	ui.view = view;
	snap.begun = true;
	snap.ended = ended;
	scene.ui = &ui;
	scene.snap = view == VIEW_START ? NULL : &snap;
}

static const char *name_of(int32_t key)
{
	const struct action *a = action_of_key(key, &scene);

	return a ? a->name : "";
}

START_TEST(every_row_is_whole)
{
	for (const struct action *a = actions; a->name; a++) {
		ck_assert_msg(a->keys && a->keys[0] && a->label && a->label[0] && a->help && a->help[0], "%s", a->name);
		ck_assert_msg(a->help[strlen(a->help) - 1] == '.', "%s", a->name);
		ck_assert_ptr_eq(action_named(a->name), a);
		for (int i = 0;; i++) {
			char buf[16] = "";
			int32_t key = action_key(a, i, buf, sizeof(buf));

			if (key == KEY_NONE) {
				/* The end of the list, not a key that cannot be read. */
				ck_assert_msg(i > 0 && buf[0] == '\0', "%s: \"%s\"", a->name, buf);
				break;
			}
			ck_assert_ptr_nonnull(strstr(a->keys, buf));
		}
	}
	ck_assert_ptr_null(action_named("retry"));
}
END_TEST

START_TEST(a_key_never_means_two_things)
{
	for (int view = 0; view < VIEWS; view++)
		for (int ended = 0; ended < 2; ended++) {
			begin((enum view_id)view, ended);
			for (const struct action *a = actions; a->name; a++) {
				int32_t key;

				for (int i = 0; (key = action_key(a, i, NULL, 0)) != KEY_NONE; i++)
					if (action_applies(a, &scene))
						ck_assert_msg(action_of_key(key, &scene) == a, "key %d of %s is also %s",
						              (int)key, a->name, name_of(key));
			}
		}
}
END_TEST

START_TEST(keys_are_read)
{
	begin(VIEW_RUN, false);
	ck_assert_str_eq(name_of('+'), "workers-more");
	ck_assert_str_eq(name_of('='), "workers-more");
	ck_assert_str_eq(name_of(KEY_F8), "workers-more");
	ck_assert_str_eq(name_of('-'), "workers-less");
	ck_assert_str_eq(name_of(3), "interrupt");
	ck_assert_str_eq(name_of(26), "suspend");
	ck_assert_str_eq(name_of(12), "redraw");
	ck_assert_str_eq(name_of(' '), "page-down");
	ck_assert_str_eq(name_of(KEY_UP_), "up");
	ck_assert_str_eq(name_of('K'), "");
	ck_assert_str_eq(name_of('x'), "kill");
	ck_assert_str_eq(name_of(KEY_F1), "help");
	ck_assert_str_eq(name_of(KEY_NONE), "");
}
END_TEST

START_TEST(what_does_nothing_is_not_offered)
{
	begin(VIEW_RUN, false);
	ck_assert_str_eq(name_of('R'), "");
	ck_assert_str_eq(name_of('*'), "");
	ck_assert_str_eq(name_of('f'), "");
	begin(VIEW_LOG, false);
	ck_assert_str_eq(name_of('f'), "follow");
	ck_assert_str_eq(name_of('/'), "search");
	ck_assert_str_eq(name_of('x'), "");
	ck_assert_str_eq(name_of('+'), "workers-more");
	begin(VIEW_RUN, true);
	ck_assert_str_eq(name_of('R'), "again");
	ck_assert_str_eq(name_of('*'), "ten-times");
	ck_assert_str_eq(name_of('+'), "");
	ck_assert_str_eq(name_of('p'), "");
	begin(VIEW_START, false);
	ck_assert_str_eq(name_of(KEY_ENTER_), "run");
	ck_assert_str_eq(name_of('+'), "workers-more");
	ck_assert_str_eq(name_of('/'), "search");
	ck_assert_str_eq(name_of('R'), "again");
	ck_assert_str_eq(name_of('*'), "ten-times");
	ck_assert_str_eq(name_of('p'), "");
	ck_assert_str_eq(name_of('1'), "");
	ck_assert_str_eq(name_of('!'), "");
}
END_TEST

START_TEST(themes)
{
	struct theme_facts f = { .colors = 256, .background = -1 };
	enum theme t = THEME_AUTO;
	struct err err;

	ck_assert_int_eq(theme_parse("light", &t, &err), 0);
	ck_assert_int_eq(t, THEME_LIGHT);
	ck_assert_int_eq(theme_parse("blue", &t, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "blue"));
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_DARK);
	f.colorfgbg = "0;15";
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_LIGHT);
	f.colorfgbg = "15;default;0";
	f.background = 1; /* the variable is the user's word */
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_DARK);
	f.colorfgbg = "nonsense";
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_LIGHT);
	f.no_color = "1";
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_MONO);
	ck_assert_int_eq(theme_palette(THEME_DARK, &f), PALETTE_DARK);
	f.no_color = "";
	ck_assert_int_eq(theme_palette(THEME_AUTO, &f), PALETTE_LIGHT);
	f.colors = 16;
	ck_assert_int_eq(theme_palette(THEME_LIGHT, &f), PALETTE_16);
	f.colors = 8;
	ck_assert_int_eq(theme_palette(THEME_DARK, &f), PALETTE_8);
	f.colors = 0;
	ck_assert_int_eq(theme_palette(THEME_DARK, &f), PALETTE_MONO);
}
END_TEST

START_TEST(key_t_goes_round)
{
	struct theme_facts f = { .colors = 256, .background = -1 };
	enum theme t = THEME_AUTO;

	ck_assert_int_eq(t = theme_next(t, &f), THEME_LIGHT);
	ck_assert_int_eq(t = theme_next(t, &f), THEME_MONO);
	ck_assert_int_eq(t = theme_next(t, &f), THEME_DARK);
	ck_assert_int_eq(theme_next(t, &f), THEME_LIGHT);
	f.colors = 8; /* dark and light look alike: they are not two steps */
	ck_assert_int_eq(theme_palette(t = theme_next(THEME_AUTO, &f), &f), PALETTE_MONO);
	ck_assert_int_eq(theme_palette(theme_next(t, &f), &f), PALETTE_8);
}
END_TEST

/* WCAG's relative luminance of one of the 240 fixed colours. */
static double luminance(int n)
{
	static const int level[] = { 0, 95, 135, 175, 215, 255 };
	int part[3];
	double y = 0;

	for (int i = 0; i < 3; i++)
		part[i] = n >= 232 ? 8 + 10 * (n - 232) : level[(n - 16) / (i == 0 ? 36 : i == 1 ? 6 : 1) % 6];
	for (int i = 0; i < 3; i++) {
		double c = part[i] / 255.0;

		y += (i == 0 ? 0.2126 : i == 1 ? 0.7152 : 0.0722) * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return y;
}

/* 4.4 to 1, as rounded: the weakest, 30 on white, has 4.36. */
START_TEST(colours_can_be_read)
{
	for (int role = 0; role < ROLES; role++) {
		int dark = theme_style(PALETTE_DARK, (enum role)role, 0).fg;
		int light = theme_style(PALETTE_LIGHT, (enum role)role, 0).fg;

		ck_assert_int_eq(theme_style(PALETTE_MONO, (enum role)role, 0).fg, -1);
		/* Grey of 16 colours is hidden by some palettes; black and white are somebody's background. */
		for (int p = PALETTE_8; p <= PALETTE_16; p++) {
			int fg = theme_style((enum palette)p, (enum role)role, 0).fg;

			ck_assert(fg == -1 || (fg >= 1 && fg <= 6) || (p == PALETTE_16 && fg >= 9 && fg <= 14));
		}
		if (role == ROLE_RULE)
			continue;
		if (dark >= 0)
			ck_assert_msg((luminance(dark) + 0.05) / 0.05 >= 4.35, "role %d on black", role);
		if (light >= 0)
			ck_assert_msg(1.05 / (luminance(light) + 0.05) >= 4.35, "role %d on white", role);
	}
	ck_assert(theme_style(PALETTE_MONO, ROLE_FAILED, 0).bold);
	ck_assert(theme_style(PALETTE_DARK, ROLE_RUNNING, ATTR_REVERSE).reverse);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("action");
	TCase *t = tcase_create("action");

	tcase_add_test(t, every_row_is_whole);
	tcase_add_test(t, a_key_never_means_two_things);
	tcase_add_test(t, keys_are_read);
	tcase_add_test(t, what_does_nothing_is_not_offered);
	tcase_add_test(t, themes);
	tcase_add_test(t, key_t_goes_round);
	tcase_add_test(t, colours_can_be_read);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tap_run(suite());
}
