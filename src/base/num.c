/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict numbers. Each form has a small grammar of its own, read from left to right; what is left over is an error. */
#include "base/num.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define SHOWN 48 /* bytes of the user's text in a message */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Every message begins with the user's text in quotes, shortened. */
static int refuse(struct err *err, const char *z, const char *what)
{
	char text[SHOWN];

	str_copy(text, sizeof(text), z);
	return err_set(err, "'%s%s' %s", text, strlen(z) >= sizeof(text) ? "..." : "", what);
}

/* v = v × by + add; false when that wraps. */
static bool grow(uint64_t *v, uint64_t by, uint64_t add)
{
	return !__builtin_mul_overflow(*v, by, v) && !__builtin_add_overflow(*v, add, v);
}

/* ---- whole numbers ---- */

enum outcome { GOOD, NOT_A_NUMBER, LEADING_ZERO, BAD_GROUPS, TOO_LARGE };

struct whole {
	bool negative;
	uint64_t magnitude;
};

/* Digits with separators of one kind: 1 to 3 digits, then groups of exactly 3. Leaves *z behind them. */
static enum outcome read_digits(const char **z, uint64_t *v)
{
	const char *p = *z;
	char mark = '\0';
	int group = 0;
	bool fits = true;

	*v = 0;
	if (!is_digit(*p))
		return NOT_A_NUMBER;
	if (p[0] == '0' && is_digit(p[1]))
		return LEADING_ZERO;
	for (; is_digit(*p) || ((*p == '_' || *p == ',') && is_digit(p[1])); p++) {
		if (is_digit(*p)) {
			fits = fits && grow(v, 10, (uint64_t)(*p - '0'));
			group++;
			continue;
		}
		if ((mark && *p != mark) || (mark ? group != 3 : group > 3))
			return BAD_GROUPS;
		mark = *p;
		group = 0;
	}
	if (mark && group != 3)
		return BAD_GROUPS;
	*z = p;
	return fits ? GOOD : TOO_LARGE;
}

/* k, M, G, or e and digits, as a power of ten; -1 when z is none of them. */
static int exponent_of(const char *z)
{
	int e = 0;

	if (!*z)
		return 0;
	if (!strcmp(z, "k"))
		return 3;
	if (!strcmp(z, "M"))
		return 6;
	if (!strcmp(z, "G"))
		return 9;
	if (*z++ != 'e' || !is_digit(*z))
		return -1;
	for (; is_digit(*z); z++)
		e = e < 1000 ? e * 10 + (*z - '0') : e;
	return *z ? -1 : e;
}

static enum outcome read_whole(const char *z, struct whole *w)
{
	enum outcome o;
	int e;

	w->negative = *z == '-';
	if (*z == '-' || *z == '+')
		z++;
	o = read_digits(&z, &w->magnitude);
	if (o != GOOD && o != TOO_LARGE)
		return o;
	e = exponent_of(z);
	if (e < 0)
		return NOT_A_NUMBER;
	for (; w->magnitude && e && o == GOOD; e--)
		if (!grow(&w->magnitude, 10, 0))
			o = TOO_LARGE;
	return o;
}

static int refuse_whole(struct err *err, const char *z, enum outcome o)
{
	if (o == LEADING_ZERO)
		return refuse(err, z, "begins with a zero; write the number without it");
	if (o == BAD_GROUPS)
		return refuse(err, z, "has its separators in odd places; write it as 1000000 or 1,000,000");
	return refuse(err, z, "is not a whole number; write digits, as in 1000, 1,000, 10k or 1e6");
}

/* refuse, and then the border that was crossed. */
static int refuse_beyond(struct err *err, const char *z, bool large, const char *border)
{
	refuse(err, z, large ? "is too large" : "is too small");
	return err ? err_set(err, "%s; at %s %s is allowed", err->msg, large ? "most" : "least", border) : -1;
}

int num_int(const char *z, int64_t min, int64_t max, int64_t *out, struct err *err)
{
	struct whole w;
	enum outcome o = read_whole(z, &w);
	__int128 v = w.negative ? -(__int128)w.magnitude : (__int128)w.magnitude;
	bool large, small;
	char border[24];

	if (o != GOOD && o != TOO_LARGE)
		return refuse_whole(err, z, o);
	large = !w.negative && (o == TOO_LARGE || v > max);
	small = w.negative ? o == TOO_LARGE || v < min : !large && v < min;
	if (large || small || v > max) { /* the last: a negative number above a maximum that is lower still */
		snprintf(border, sizeof(border), "%" PRId64, small ? min : max);
		return refuse_beyond(err, z, !small, border);
	}
	*out = (int64_t)v;
	return 0;
}

int num_uint(const char *z, uint64_t min, uint64_t max, uint64_t *out, struct err *err)
{
	struct whole w;
	enum outcome o = read_whole(z, &w);
	bool negative = w.negative && (w.magnitude || o == TOO_LARGE), large;
	char border[24];

	if (o != GOOD && o != TOO_LARGE)
		return refuse_whole(err, z, o);
	large = !negative && (o == TOO_LARGE || w.magnitude > max);
	if (large || negative || w.magnitude < min) {
		snprintf(border, sizeof(border), "%" PRIu64, large ? max : min);
		return refuse_beyond(err, z, large, border);
	}
	*out = w.magnitude;
	return 0;
}

/* ---- floating point ---- */

/* [sign] digits [. digits] [e [sign] digits], with a digit before or behind the point. */
static enum outcome check_real(const char *z, bool *zero)
{
	const char *first;
	size_t before, behind = 0;

	if (*z == '-' || *z == '+')
		z++;
	first = z;
	before = strspn(z, "0123456789");
	*zero = strspn(z, "0.") >= strspn(z, "0123456789.");
	z += before;
	if (*z == '.') {
		behind = strspn(z + 1, "0123456789");
		z += 1 + behind;
	}
	if (!before && !behind)
		return NOT_A_NUMBER;
	if (before > 1 && *first == '0')
		return LEADING_ZERO;
	if (*z == 'e' || *z == 'E') {
		z++;
		if (*z == '-' || *z == '+')
			z++;
		if (!is_digit(*z))
			return NOT_A_NUMBER;
		z += strspn(z, "0123456789");
	}
	return *z ? NOT_A_NUMBER : GOOD;
}

int num_real(const char *z, double min, double max, double *out, struct err *err)
{
	bool zero;
	enum outcome o = check_real(z, &zero);
	locale_t c_locale;
	char border[32];
	double v;

	if (o == LEADING_ZERO)
		return refuse_whole(err, z, o);
	if (o != GOOD)
		return refuse(err, z, "is not a number; write it as in 0.5, -3 or 1e-3");
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a constant of the C library: takes no memory, cannot fail */
	v = strtod_l(z, NULL, c_locale);
	freelocale(c_locale);
	if (isinf(v))
		return refuse(err, z, "is too large for a floating-point number");
	if (v == 0 && !zero)
		return refuse(err, z, "is too small for a floating-point number; write 0");
	if (v < min || v > max) {
		snprintf(border, sizeof(border), "%.15g", v < min ? min : max);
		return refuse_beyond(err, z, v > max, border);
	}
	*out = v;
	return 0;
}

/* ---- amounts with a unit ---- */

struct unit {
	const char *name;
	uint64_t size;
};

/* A decimal number (no sign, no exponent) times the size of the unit behind it. *exact: nothing was cut off. */
static enum outcome read_amount(const char *z, const struct unit *units, uint64_t *out, bool *exact)
{
	const char *point, *end;
	const struct unit *u = units;
	uint64_t v = 0;
	unsigned __int128 part = 0, scale = 1;
	bool fits = true;

	*exact = true;
	if (!is_digit(*z))
		return NOT_A_NUMBER;
	if (z[0] == '0' && is_digit(z[1]))
		return LEADING_ZERO;
	point = z + strspn(z, "0123456789");
	end = *point == '.' ? point + 1 + strspn(point + 1, "0123456789") : point;
	if (end == point + 1)
		return NOT_A_NUMBER;
	while (u->name && strcmp(u->name, end))
		u++;
	if (!u->name)
		return NOT_A_NUMBER;
	for (; z < point; z++)
		fits = fits && grow(&v, 10, (uint64_t)(*z - '0'));
	fits = fits && grow(&v, u->size, 0);
	for (z = point + 1; z < end; z++) {
		if (z - point > 18) { /* finer than 10^-18 of the largest unit is nothing */
			*exact = *exact && *z == '0';
			continue;
		}
		part = part * 10 + (unsigned)(*z - '0');
		scale *= 10;
	}
	part *= u->size;
	*exact = *exact && part % scale == 0;
	fits = fits && grow(&v, 1, (uint64_t)(part / scale));
	*out = v;
	return fits ? GOOD : TOO_LARGE;
}

int num_duration(const char *z, uint64_t *out_ns, struct err *err)
{
	static const struct unit units[] = {
		{ "", NS_PER_S },       { "ns", 1 },         { "us", NS_PER_US },
		{ "\xc2\xb5s", NS_PER_US }, { "ms", NS_PER_MS }, { "s", NS_PER_S },
		{ "m", 60 * NS_PER_S }, { "min", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
		{ "d", 86400 * NS_PER_S }, { NULL, 0 },
	};
	uint64_t v;
	bool exact;
	enum outcome o = read_amount(z, units, &v, &exact);

	if (o == LEADING_ZERO)
		return refuse_whole(err, z, o);
	if (o == NOT_A_NUMBER)
		return refuse(err, z, "is not a duration; write a number and its unit, as in 250ms, 1.5s, 2m or 1h");
	if (o == TOO_LARGE || v > INT64_MAX)
		return refuse(err, z, "is too long; at most 292 years are allowed");
	if (!exact)
		return refuse(err, z, "is finer than a nanosecond");
	*out_ns = v;
	return 0;
}

int num_bytes(const char *z, uint64_t *out, struct err *err)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "B", 1 },
		{ "kB", 1000 },
		{ "KB", 1000 },
		{ "MB", 1000 * 1000 },
		{ "GB", 1000 * 1000 * 1000 },
		{ "TB", UINT64_C(1000) * 1000 * 1000 * 1000 },
		{ "KiB", 1 << 10 },
		{ "MiB", 1 << 20 },
		{ "GiB", 1 << 30 },
		{ "TiB", UINT64_C(1) << 40 },
		{ NULL, 0 },
	};
	uint64_t v;
	bool exact; /* part of a byte is dropped: 1.3GiB is what people write */
	enum outcome o = read_amount(z, units, &v, &exact);

	if (o == LEADING_ZERO)
		return refuse_whole(err, z, o);
	if (o == NOT_A_NUMBER)
		return refuse(err, z, "is not an amount of memory; write a number and its unit, as in 64, 3KiB, 10MB or 1.5GiB");
	if (o == TOO_LARGE)
		return refuse(err, z, "is too large; at most 16777215TiB are allowed");
	*out = v;
	return 0;
}

int num_bool(const char *z, int *out, struct err *err)
{
	static const struct {
		const char *word;
		int value;
	} words[] = { { "true", 1 }, { "false", 0 }, { "yes", 1 }, { "no", 0 }, { "on", 1 }, { "off", 0 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(z, words[i].word)) {
			*out = words[i].value;
			return 0;
		}
	return refuse(err, z, "is neither true nor false; write true or false");
}
