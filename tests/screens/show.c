/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints a screen of the goldens with its colours: show CASE WIDTHxHEIGHT [ascii] [mono|16|dark|light] [wait]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/screens/scenes.h"
#include "ui/theme.h"

static void print_style(struct style st)
{
	printf("\033[0");
	if (st.bold)
		printf(";1");
	if (st.reverse)
		printf(";7");
	if (st.fg >= 0)
		printf(";38;5;%d", st.fg);
	printf("m");
}

static void print_grid(const struct grid *g, enum palette p)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = &g->cells[y * g->cols + x];

			print_style(theme_style(p, c->role, c->attr));
			for (int i = 0; i < 2 && c->cp[i]; i++) {
				char buf[4];

				fwrite(buf, 1, utf8_encode(c->cp[i], buf), stdout);
			}
		}
		printf("\033[0m%s", y + 1 < g->rows ? "\r\n" : "");
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct screen_case *c = argc > 2 ? screen_case_named(argv[1]) : NULL;
	enum palette palette = PALETTE_DARK;
	bool ascii = false, stay = false;
	struct stage stage;
	struct grid g;
	int cols, rows;

	if (!c || sscanf(argv[2], "%dx%d", &cols, &rows) != 2) {
		fprintf(stderr, "use: show CASE WIDTHxHEIGHT [ascii] [mono|16|dark|light] [wait]\n");
		for (c = screen_cases; c->name; c++)
			fprintf(stderr, "  %s\n", c->name);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		ascii |= strcmp(argv[i], "ascii") == 0;
		stay |= strcmp(argv[i], "wait") == 0;
		palette = strcmp(argv[i], "mono") == 0 ? PALETTE_MONO : strcmp(argv[i], "16") == 0 ? PALETTE_16 :
			  strcmp(argv[i], "light") == 0 ? PALETTE_LIGHT : palette;
	}
	setenv("TZ", "UTC", 1);
	stage_init(&stage, c, ascii, palette == PALETTE_MONO);
	grid_init(&g, rows, cols, ascii);
	screen_draw(&g, &stage.scene);
	print_grid(&g, palette);
	if (stay)
		pause();
	grid_release(&g);
	stage_release(&stage);
	return 0;
}
