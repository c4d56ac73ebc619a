/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Golden screens: tests/screens/golden/CASE.txt holds a case (scenes.c) at all its sizes. ACCEPT=1 in the environment rewrites
 * them; look at the difference before you commit it. `show` prints a screen with its colours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tap.h"
#include "tests/screens/scenes.h"

#define DIFF_MOST 40 /* lines shown */

/* What a golden has: roles with their letters, signs of a screen without colour, ASCII. */
enum look { ROLES_TOO, MONO, ASCII };
static const struct size {
	int cols, rows;
	enum look look;
	bool all; /* for every case, else for those below */
} sizes[] = {
	{ 80, 24, ROLES_TOO, true }, { 80, 24, MONO, false },  { 80, 24, ASCII, true },   { 120, 40, ROLES_TOO, false },
	{ 120, 40, ASCII, false },   { 200, 60, MONO, false }, { 60, 15, ROLES_TOO, true }, { 40, 12, ROLES_TOO, true },
	{ 40, 12, ASCII, false },    { 39, 11, MONO, false },  { 10, 3, MONO, false },    { 1, 1, MONO, false },
};
static const char *const at_all_sizes[] = {
	"running", "serial", "done", "long-tasks", "failures", "workers-32", "log", "help", "keys", "evidence", "start", NULL,
};

static bool has_all_sizes(const char *name)
{
	for (size_t i = 0; at_all_sizes[i]; i++)
		if (strcmp(at_all_sizes[i], name) == 0)
			return true;
	return false;
}

static void print_case(struct str *out, const struct screen_case *c)
{
	static const char *const looks[] = { "roles", "mono", "ascii" };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct size *z = &sizes[i];
		struct stage stage;
		struct grid g;
		char title[128];

		if (!z->all && !has_all_sizes(c->name))
			continue;
		stage_init(&stage, c, z->look == ASCII, z->look != ROLES_TOO);
		grid_init(&g, z->rows, z->cols, z->look == ASCII);
		screen_draw(&g, &stage.scene);
		screen_title(title, sizeof title, &stage.scene);
		str_addf(out, "== %dx%d %s: %s\n", z->cols, z->rows, looks[z->look], title);
		grid_print(out, &g, z->look == ROLES_TOO);
		grid_release(&g);
		stage_release(&stage);
	}
}

static void golden_path(char *buf, size_t size, const char *name)
{
	const char *srcdir = getenv("top_srcdir");

	snprintf(buf, size, "%s/tests/screens/golden/%s.txt", srcdir && *srcdir ? srcdir : ".", name);
}

static bool read_file(struct str *out, const char *path)
{
	FILE *f = fopen(path, "rb");
	char buf[65536];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		str_add(out, buf, n);
	fclose(f);
	return true;
}

static void write_file(const char *path, const struct str *s)
{
	FILE *f = fopen(path, "wb");

	ck_assert_msg(f != NULL, "cannot write %s", path);
	ck_assert_uint_eq(fwrite(s->p, 1, s->n, f), s->n);
	ck_assert_int_eq(fclose(f), 0);
}

/* Lines that differ, each under the size it belongs to: screens keep their rows, so line by line is what one wants to see. */
static void print_difference(const char *want, const char *got)
{
	char size[160] = "";
	int shown = 0;

	while ((*want || *got) && shown < DIFF_MOST) {
		size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");

		if (strncmp(want, "== ", 3) == 0)
			snprintf(size, sizeof size, "%.*s", (int)w, want);
		if (w != g || memcmp(want, got, w) != 0) {
			if (size[0])
				fprintf(stderr, "# %s\n", size);
			size[0] = '\0';
			fprintf(stderr, "# -%.*s\n# +%.*s\n", (int)w, want, (int)g, got);
			shown++;
		}
		want += w + (want[w] != '\0');
		got += g + (got[g] != '\0');
	}
	if (shown == DIFF_MOST)
		fprintf(stderr, "# … and more\n");
}

START_TEST(golden)
{
	const struct screen_case *c = &screen_cases[_i];
	struct str got = STR_INIT, want = STR_INIT;
	const char *accept = getenv("ACCEPT");
	char path[512];
	bool same;

	print_case(&got, c);
	golden_path(path, sizeof path, c->name);
	if (accept && *accept == '1') {
		write_file(path, &got);
	} else {
		same = read_file(&want, path) && strcmp(str_z(&want), str_z(&got)) == 0;
		if (!same)
			print_difference(str_z(&want), str_z(&got));
		ck_assert_msg(same, "the screen %s is not the golden one; when it is right so: ACCEPT=1 tests/screens/check_screens",
		              c->name);
	}
	str_release(&got);
	str_release(&want);
}
END_TEST

/* Drawn twice from the same scene, a screen is the same: nothing but the scene decides. */
START_TEST(pure)
{
	struct str a = STR_INIT, b = STR_INIT;

	print_case(&a, &screen_cases[_i]);
	print_case(&b, &screen_cases[_i]);
	ck_assert_str_eq(str_z(&a), str_z(&b));
	str_release(&a);
	str_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("screens");
	TCase *tc = tcase_create("golden");
	int n = 0;

	setenv("TZ", "UTC", 1);
	tzset();
	while (screen_cases[n].name)
		n++;
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, golden, 0, n);
	tcase_add_loop_test(tc, pure, 0, n);
	suite_add_tcase(s, tc);
	return tap_run(s);
}
