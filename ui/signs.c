/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of signs. One place, so that a screen without UTF-8 loses shapes but never a word or a number. */
#include "ui/signs.h"

#include "base/text.h"

static const struct sign {
	int32_t cp;
	const char *ascii;
} signs[] = {
	{ 0x2588, "#" },  /* █ */ { 0x2586, "*" },  /* ▆ */ { 0x2587, "*" },  /* ▇ */ { 0x2585, "+" },  /* ▅ */
	{ 0x2591, "-" },  /* ░ */ { 0x2592, ":" },  /* ▒ */ { 0x2593, "%" },  /* ▓ */ { 0x00b7, "." },  /* · */
	{ 0x2581, "_" },  /* ▁ */ { 0x2582, ":" },  /* ▂ */ { 0x2583, "-" },  /* ▃ */ { 0x2584, "=" },  /* ▄ */
	{ 0x2589, "#" },  /* ▉ */ { 0x258a, "#" },  /* ▊ */ { 0x258b, "#" },  /* ▋ */ { 0x258c, "#" },  /* ▌ */
	{ 0x258d, "-" },  /* ▍ */ { 0x258e, "-" },  /* ▎ */ { 0x258f, "-" },  /* ▏ */
	{ 0x2500, "-" },  /* ─ */ { 0x2502, "|" },  /* │ */ { 0x250c, "+" },  /* ┌ */ { 0x2510, "+" },  /* ┐ */
	{ 0x2514, "+" },  /* └ */ { 0x2518, "+" },  /* ┘ */ { 0x251c, "+" },  /* ├ */ { 0x2524, "+" },  /* ┤ */
	{ 0x252c, "+" },  /* ┬ */ { 0x2534, "+" },  /* ┴ */ { 0x253c, "+" },  /* ┼ */ { 0x2016, "\"" }, /* ‖ */
	{ 0x2717, "X" },  /* ✗ */ { 0x25b8, ">" },  /* ▸ */ { 0x25c2, "<" },  /* ◂ */ { 0x25b2, "!" },  /* ▲ */
	{ 0x203a, ">" },  /* › */ { 0x25cf, "*" },  /* ● */ { 0x2248, "~" },  /* ≈ */ { 0x00b1, "+-" }, /* ± */
	{ 0x00d7, "x" },  /* × */ { 0x00f7, "/" },  /* ÷ */ { 0x2212, "-" },  /* − */ { 0x2013, "-" },  /* – */
	{ 0x2014, "-" },  /* — */ { 0x2026, "." },  /* … */ { 0x2192, "->" }, /* → */ { 0x2190, "<-" }, /* ← */
	{ 0x2191, "^" },  /* ↑ */ { 0x2193, "v" },  /* ↓ */ { 0x00b5, "u" },  /* µ */ { 0x03bc, "u" },  /* μ */
	{ 0x00b2, "^2" }, /* ² */ { 0x00b3, "^3" }, /* ³ */ { 0x222b, "integral " }, /* ∫ */ { 0x03c0, "pi" }, /* π */
	{ 0x2265, ">=" }, /* ≥ */ { 0x2264, "<=" }, /* ≤ */ { 0x2260, "!=" }, /* ≠ */ { 0x221a, "sqrt" }, /* √ */
	{ 0x2018, "'" },  /* ‘ */ { 0x2019, "'" },  /* ’ */ { 0x201c, "\"" }, /* “ */ { 0x201d, "\"" }, /* ” */
	{ 0x00b0, "o" },  /* ° */ { 0x00a0, " " },
};

const char *sign_ascii(int32_t cp)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].cp == cp)
			return signs[i].ascii;
	return NULL;
}

int32_t sign_at(size_t i)
{
	return i < sizeof(signs) / sizeof(signs[0]) ? signs[i].cp : 0;
}

char *sign_text(char *out, size_t size, const char *z, bool ascii)
{
	size_t used, at = 0, n = 0;

	while (z[n])
		n++;
	for (; n; z += used, n -= used) {
		char buf[4];
		const char *form = buf;
		size_t len;
		int32_t cp;

		used = utf8_decode(z, n, &cp);
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			form = "?";
			len = 1;
		} else if (!ascii || cp < 0x7f) {
			len = utf8_encode(cp, buf);
		} else {
			form = sign_ascii(cp);
			/* A mark without width belongs to the sign before it, which stands for both. */
			if (!form)
				form = cell_width(cp) == 0 ? "" : cell_width(cp) == 2 ? "??" : "?";
			for (len = 0; form[len]; len++)
				;
		}
		if (at + len + 1 > size)
			break;
		for (size_t i = 0; i < len; i++)
			out[at++] = form[i];
	}
	if (size)
		out[at] = '\0';
	return out;
}

int32_t sign_eighth(int n)
{
	return 0x2588 + (8 - n);
}

int32_t sign_level(int n, bool ascii)
{
	return ascii ? "_.:-=+*#"[n] : 0x2581 + n;
}
