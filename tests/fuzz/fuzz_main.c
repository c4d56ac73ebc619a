/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target without libFuzzer, so that every corpus is part of `make check`: each file as it is, cut off at
 * up to 64 places, and with up to 64 single bytes changed. What must not happen is what ends the process, so the plan
 * is printed first and the tests that are missing after it count as failed.
 *
 * The corpus is the directories and files named as arguments, else tests/fuzz/NAME for the program fuzz_NAME. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VARIANTS 64
#define FILES_MAX 4096

static void give_up(const char *what, const char *path)
{
	printf("Bail out! %s: %s: %s\n", path, what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* The target gets memory of exactly `size` bytes, so that a sanitizer sees a read past the end. */
static void run_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		give_up("no memory", "input");
	if (size)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_variants(uint8_t *data, size_t size)
{
	size_t n = size < VARIANTS ? size : VARIANTS;

	run_one(data, size);
	for (size_t i = 0; i < n; i++) {
		size_t at = size * i / n;
		uint8_t old = data[at];

		run_one(data, at);
		data[at] = (uint8_t)(old ^ (1u << i % 8));
		run_one(data, size);
		data[at] = old;
	}
}

static void run_file(const char *path, int number)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!f || fstat(fileno(f), &st))
		give_up("cannot be read", path);
	data = malloc((size_t)st.st_size + 1);
	if (!data)
		give_up("no memory", path);
	size = fread(data, 1, (size_t)st.st_size, f);
	fclose(f);
	printf("# %s, %zu bytes\n", path, size);
	fflush(stdout);
	run_variants(data, size);
	free(data);
	printf("ok %d - %s\n", number, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	fflush(stdout);
}

/* dir/name, or just dir when name is NULL; the caller frees it. */
static char *join(const char *dir, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s%s%s", dir, name ? "/" : "", name ? name : "") < 0)
		give_up("no memory", dir);
	return path;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Adds the file, or the files of the directory in a fixed order, to list[n..]; returns the new n. */
static int collect(const char *path, char **list, int n)
{
	struct dirent **entries;
	int count = scandir(path, &entries, visible, alphasort);

	if (count < 0) {
		if (errno != ENOTDIR)
			give_up("cannot be read", path);
		if (n < FILES_MAX)
			list[n++] = join(path, NULL);
		return n;
	}
	for (int i = 0; i < count; i++) {
		if (n < FILES_MAX)
			list[n++] = join(path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return n;
}

int main(int argc, char **argv)
{
	static char *list[FILES_MAX];
	const char *base = strrchr(argv[0], '/');
	const char *top = getenv("top_srcdir");
	int n = 0;

	for (int i = 1; i < argc; i++)
		n = collect(argv[i], list, n);
	if (argc < 2) {
		char *tests = join(top ? top : ".", "tests/fuzz");
		char *dir = join(tests, (base ? base + 1 : argv[0]) + strlen("fuzz_"));

		n = collect(dir, list, n);
		free(dir);
		free(tests);
	}
	printf("1..%d\n", n + 1);
	run_one(NULL, 0);
	printf("ok 1 - nothing at all\n");
	for (int i = 0; i < n; i++) {
		run_file(list[i], i + 2);
		free(list[i]);
	}
	return EXIT_SUCCESS;
}
