/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML → tree: what is accepted, where it lies, and every refusal with its place. */
#include "config/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "tap.h"

/* The tree as one line: scalars as text@line:col (quoted ones with '), lists in [], maps in {}, refused nodes as !. */
static void dump(struct str *s, const struct node *n)
{
	if (n->type == NODE_REFUSED) {
		str_adds(s, "!");
		return;
	}
	if (n->type == NODE_SCALAR) {
		str_addf(s, "%s%s%s@%d:%d", n->plain ? "" : "'", n->text, n->plain ? "" : "'", n->line, n->col);
		return;
	}
	str_adds(s, n->type == NODE_LIST ? "[" : "{");
	for (const struct node *c = n->child; c; c = c->next) {
		dump(s, c);
		if (n->type == NODE_MAP) {
			str_adds(s, "=");
			dump(s, c->value);
		}
		str_adds(s, c->next ? " " : "");
	}
	str_adds(s, n->type == NODE_LIST ? "]" : "}");
}

/* The tree, or with problems their lines (and the tree behind them when there is one). */
static const char *read_text(const char *text, size_t n)
{
	static char buf[4096];
	struct problems problems = { 0 };
	struct tree tree;
	struct str s = STR_INIT;
	char *copy = xcalloc(n ? n : 1, 1); /* of exactly n bytes: a sanitizer sees a read past its end */
	int ret;

	memcpy(copy, text, n);
	ret = yaml_read("f", copy, n, &tree, &problems);
	free(copy);
	ck_assert(ret == 0 || (problems.n > 0 && !tree.root && !tree.arena));
	problems_print(&s, &problems);
	if (ret == 0 && tree.root)
		dump(&s, tree.root);
	else if (s.n)
		s.n--; /* the last newline */
	str_addc(&s, '\0');
	str_copy(buf, sizeof buf, str_z(&s));
	str_release(&s);
	tree_release(&tree);
	problems_release(&problems);
	return buf;
}

#define READS(text, want) ck_assert_str_eq(read_text(text, sizeof(text) - 1), want)

START_TEST(trees_have_places)
{
	READS("", "");
	READS("# only a comment\n", "");
	READS("a", "a@1:1");
	READS("a: 1\nbc: [x, 'y']\n", "{a@1:1=1@1:4 bc@2:1=[x@2:6 'y'@2:9]}");
	READS("a:\n  b: {c: d}\n  e: []\n", "{a@1:1={b@2:3={c@2:7=d@2:10} e@3:3=[]}}");
	READS("- a\n-\n- - b\n", "[a@1:3 @2:2 [b@3:5]]");
	READS("---\na: b\n...\n", "{a@2:1=b@2:4}");
	READS("%YAML 1.1\n---\na: b\n", "{a@3:1=b@3:4}");
	READS("a: \"q\"\nb: 'r'\n", "{a@1:1='q'@1:4 b@2:1='r'@2:4}");
	READS("a: >\n  x\n  y\n", "{a@1:1='x y\n'@1:4}");
}
END_TEST

START_TEST(columns_are_characters)
{
	READS("ä: [é, 𝄞, z]\n", "{ä@1:1=[é@1:5 𝄞@1:8 z@1:11]}");
	READS("\xef\xbb\xbf"
	      "a: b\n",
		"{a@1:1=b@1:4}");
	READS("a: 1\r\nb: 2\r\n", "{a@1:1=1@1:4 b@2:1=2@2:4}");
	READS("a: 1\rb: 2\r", "{a@1:1=1@1:4 b@2:1=2@2:4}");
}
END_TEST

/* guided:16 in braces, a formula, a path: plain scalars may hold colons and marks. */
START_TEST(plain_values_of_workload_files)
{
	READS("{chunk: guided:16, n: 1_000}", "{chunk@1:2=guided:16@1:9 n@1:20=1_000@1:23}");
	READS("f: 1/(1 + x^2)", "{f@1:1=1/(1 + x^2)@1:4}");
	READS("f: x*y - 3 # half", "{f@1:1=x*y - 3@1:4}");
	READS("r: 10..100 step 10", "{r@1:1=10..100 step 10@1:4}");
}
END_TEST

static int text_col_of(const char *text)
{
	struct problems problems = { 0 };
	struct tree tree;
	int col;

	ck_assert_int_eq(yaml_read("f", text, strlen(text), &tree, &problems), 0);
	ck_assert_ptr_nonnull(node_get(tree.root, "f"));
	col = node_get(tree.root, "f")->text_col;
	tree_release(&tree);
	return col;
}

START_TEST(places_inside_a_value)
{
	ck_assert_int_eq(text_col_of("f: x + y"), 4);
	ck_assert_int_eq(text_col_of("f: 'x + y'"), 5);
	ck_assert_int_eq(text_col_of("f: \"x + ü\""), 5);
	ck_assert_int_eq(text_col_of("f: 'it''s'"), 0);
	ck_assert_int_eq(text_col_of("f: \"\\x41\""), 0);
	ck_assert_int_eq(text_col_of("f: x +\n  y"), 0);
	ck_assert_int_eq(text_col_of("f: |\n  y\n"), 0);
}
END_TEST

START_TEST(unreadable_bytes)
{
	READS("a: b\nc: \xff\n", "f:2:4: byte 0xff is not UTF-8; save the file as UTF-8");
	READS("\xff\xfe"
	      "a\0",
		"f:1:1: byte 0xff is not UTF-8; save the file as UTF-8");
	READS("ä: \xc3", "f:1:4: byte 0xc3 is not UTF-8; save the file as UTF-8");
	READS("a: \xed\xa0\x80", "f:1:4: byte 0xed is not UTF-8; save the file as UTF-8");
	READS("a: \xc0\xaf", "f:1:4: byte 0xc0 is not UTF-8; save the file as UTF-8");
	READS("a: b\n\0c: d\n", "f:2:1: a NUL byte; a workload file is text, remove it");
	READS("a: \x07", "f:1:4: control character U+0007; remove it");
	READS("\r\n\rx: \x1b[0m", "f:3:4: control character U+001B; remove it");
	READS("a: \xc2\x80", "f:1:4: control character U+0080; remove it");
	READS("a: \xef\xbf\xbf", "f:1:4: control character U+FFFF; remove it");
	READS("a: \"x\\0y\"\n", "f:1:4: a NUL character in a value; remove \\0\n{a@1:1=!}");
}
END_TEST

START_TEST(what_is_not_used_here)
{
	READS("a: &x 1\nb: *x\n",
		"f:1:4: anchor &x; anchors and aliases are not used here, write the value out\n"
		"f:2:4: alias *x; anchors and aliases are not used here, write the value out\n{a@1:1=1@1:4 b@2:1=!}");
	READS("&m\na: 1\n",
		"f:1:1: anchor &m; anchors and aliases are not used here, write the value out\n{a@2:1=1@2:4}");
	READS("a: !x 1\n", "f:1:4: tag !x; tags are not used here, remove it\n{a@1:1=1@1:4}");
	READS("a: ! 1\n", "f:1:4: tag !; tags are not used here, remove it\n{a@1:1=1@1:4}");
	READS("a: !!seq [1]\n",
		"f:1:4: tag tag:yaml.org,2002:seq; tags are not used here, remove it\n{a@1:1=[1@1:11]}");
	READS("%TAG ! tag:x,1:\n---\na: 1\n",
		"f:1:1: a %TAG directive; tags are not used here, remove it\n{a@3:1=1@3:4}");
	READS("a: 1\n---\nb: 1\n", "f:2:1: a second document; a file is one workload, write another file");
	READS("a: 1\n...\n---\n...\n", "f:3:1: a second document; a file is one workload, write another file");
}
END_TEST

START_TEST(keys_are_words_and_single)
{
	READS("a: 1\nb: 2\na: {x: 3}\n",
		"f:3:1: key a is given twice, first in line 1; remove one\n{a@1:1=1@1:4 b@2:1=2@2:4}");
	READS("{a: 1, 'a': 2, a: 3}", "f:1:8: key a is given twice, first in line 1; remove one\n"
				      "f:1:16: key a is given twice, first in line 1; remove one\n{a@1:2=1@1:5}");
	READS("[a, b]: c\nd: e\n", "f:1:1: a key must be a word, not a list or a map\n{d@2:1=e@2:4}");
	READS("? {a: b}\n: {c: d}\nd: e\n", "f:1:3: a key must be a word, not a list or a map\n{d@3:1=e@3:4}");
	READS("{\"a\\0\": 1, b: 2}", "f:1:2: a NUL character in a value; remove \\0\n{b@1:12=2@1:15}");
	READS("x: {a: 1}\ny: {a: 1}\n", "{x@1:1={a@1:5=1@1:8} y@2:1={a@2:5=1@2:8}}");
}
END_TEST

START_TEST(mistakes_of_syntax)
{
	READS("a:\n\tb: 1\n", "f:2:1: a tab cannot indent in YAML; use blanks");
	READS("a: @x\n", "f:1:4: @ cannot start a value; put the value in quotes");
	READS("a: `x`\n", "f:1:4: ` cannot start a value; put the value in quotes");
	READS("a: b: c\n",
		"f:1:5: a colon where no key can be; check the indentation, or quote a value that holds \": \"");
	READS("a: 1\nb 2\nc: 3\n",
		"f:3:1: the line above is no \"key: value\"; write a colon and a blank after the key");
	READS("a:\n  b: 1\n c: 2\n", "f:3:2: no key here; check the indentation and the quotes above");
	READS("a: {b: 1\nc: 2\n", "f:2:2: a map in braces is not closed; write , or }");
	READS("a: [1, 2\n", "f:2:1: a list in brackets is not closed; write , or ]");
	READS("a: \"b\nc: d\n", "f:3:1: the file ends inside a quoted value; close the quotes");
	READS("a: 1\n- b\n", "f:2:1: no key here; check the indentation and the quotes above");
	READS("a: - b\n", "f:1:4: a list item where no list can be; check the indentation");
	READS("a: \"\\q\"\n", "f:1:5: not valid YAML: while parsing a quoted scalar, found unknown escape character");
	READS("*a\n", "f:1:1: alias *a; anchors and aliases are not used here, write the value out\n!");
}
END_TEST

START_TEST(limits)
{
	char deep[256];
	struct str s = STR_INIT;
	struct problems problems = { 0 };
	struct tree tree;

	memset(deep, '[', 128);
	memset(deep + 64, ']', 64);
	ck_assert_str_ne(read_text(deep, 128), "");
	ck_assert_int_eq(strncmp(read_text(deep, 128), "[[[", 3), 0);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	ck_assert_str_eq(
		read_text(deep, 130), "f:1:65: nested more than 64 deep; a workload file needs no more than four");
	for (int i = 0; i <= YAML_KEYS_MAX; i++)
		str_addf(&s, "k%d: %d\n", i, i);
	ck_assert_str_eq(read_text(s.p, s.n),
		"f:1001:1: more than 1000 keys in a map; a workload file needs no more than a few");
	str_release(&s);
	ck_assert_int_eq(yaml_read("f", "", CONFIG_FILE_MAX + 1, &tree, &problems), -1);
	ck_assert_str_eq(problems.items[0].text, "f:1:1: 67108865 bytes; a workload file has at most 64 MB");
	problems_release(&problems);
}
END_TEST

/* A long file: places stay exact, and looking for bad bytes does not take the square of its length. */
START_TEST(a_long_file)
{
	struct str s = STR_INIT;

	str_adds(&s, "a: [\n");
	for (int i = 0; i < 200000; i++)
		str_adds(&s, "1,\n");
	str_adds(&s, "2]\nb: {c: d: e}\n");
	ck_assert_str_eq(read_text(s.p, s.n), "f:200003:9: a map in braces is not closed; write , or }");
	str_release(&s);
}
END_TEST

/* Every cut of a file is a tree or a problem, never a crash; the problem lies inside the text. */
START_TEST(every_cut_is_answered)
{
	static const char text[] =
		"name: ä\nwork: {kind: integrate, f: \"1/(1 + x^2)\"}\ninputs:\n  samples:\n    - 10\n    - 'x'\n"
		"pool: {workers: auto, chunk: guided:16}\nabout: >\n  long\n  text\n";

	for (size_t n = 0; n < sizeof text; n++) {
		const char *got = read_text(text, n);
		int line, col;

		if (strncmp(got, "f:", 2) == 0) {
			ck_assert_int_eq(sscanf(got, "f:%d:%d:", &line, &col), 2);
			ck_assert(line >= 1 && line <= 12 && col >= 1 && col <= 80);
		}
	}
}
END_TEST

START_TEST(problems_are_sorted_and_counted)
{
	struct setting set = { "pool.workers", "0", "--set" }, option = { "workers", "zero\033", "-w" };
	struct problems p = { 0 };

	problems_add(&p, "f", (struct spot){ 0, 0, &set }, "first setting");
	problems_add(&p, "f", (struct spot){ 2, 1, NULL }, "c");
	problems_add(&p, "f", (struct spot){ 1, 9, NULL }, "b\033[31m");
	problems_add(&p, "f", (struct spot){ 0, 0, &option }, "second setting");
	problems_add(&p, "f", (struct spot){ 1, 2, NULL }, "a");
	problems_add(&p, "f", (struct spot){ 1, 9, NULL }, "b again");
	problems_sort(&p);
	ck_assert_uint_eq(p.n, 6);
	ck_assert_str_eq(p.items[0].text, "f:1:2: a");
	ck_assert_str_eq(p.items[1].text, "f:1:9: b\\x1b[31m");
	ck_assert_str_eq(p.items[2].text, "f:1:9: b again");
	ck_assert_str_eq(p.items[3].text, "f:2:1: c");
	ck_assert_str_eq(p.items[4].text, "--set pool.workers=0: first setting");
	ck_assert_str_eq(p.items[5].text, "-w zero\\x1b: second setting");
	for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
		problems_add(&p, "f", (struct spot){ 1, 1, NULL }, "x");
	problems_sort(&p);
	ck_assert_uint_eq(p.n, PROBLEMS_MAX + 1);
	ck_assert_str_eq(p.items[PROBLEMS_MAX].text, "f: more than 1000 problems; the others are not listed");
	problems_release(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("yaml");
	TCase *t = tcase_create("yaml");

	tcase_add_test(t, trees_have_places);
	tcase_add_test(t, columns_are_characters);
	tcase_add_test(t, plain_values_of_workload_files);
	tcase_add_test(t, places_inside_a_value);
	tcase_add_test(t, unreadable_bytes);
	tcase_add_test(t, what_is_not_used_here);
	tcase_add_test(t, keys_are_words_and_single);
	tcase_add_test(t, mistakes_of_syntax);
	tcase_add_test(t, limits);
	tcase_add_test(t, a_long_file);
	tcase_add_test(t, every_cut_is_answered);
	tcase_add_test(t, problems_are_sorted_and_counted);
	suite_add_tcase(s, t);
	return tap_run(s);
}
