/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which level of the kernels this processor runs. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "work/kern.h"

extern const struct kern kern_v1;

#ifdef __x86_64__
extern const struct kern kern_v3, kern_v4;

static bool have_v3(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("fma") && __builtin_cpu_supports("popcnt");
}

static bool have_v4(void)
{
	return have_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

void kern_levels(const struct kern *levels[KERN_LEVELS + 1])
{
	int n = 0;

#ifdef __x86_64__
	__builtin_cpu_init();
	if (have_v4())
		levels[n++] = &kern_v4;
	if (have_v3())
		levels[n++] = &kern_v3;
#endif
	levels[n++] = &kern_v1;
	levels[n] = NULL;
}

const struct kern *kern_pick(struct err *err)
{
	const struct kern *levels[KERN_LEVELS + 1];
	const char *want = getenv("POOLTOP_SIMD");

	kern_levels(levels);
	if (!want || !*want)
		return levels[0];
	for (int i = 0; levels[i]; i++)
		if (strcmp(levels[i]->name, want) == 0)
			return levels[i];
	if (strcmp(want, "v3") == 0 || strcmp(want, "v4") == 0)
		err_set(err, "POOLTOP_SIMD=%s: this processor cannot run that level; the best here is %s", want, levels[0]->name);
	else
		err_set(err, "POOLTOP_SIMD=%s: no such level; v1, v3 and v4 exist, the best here is %s", want, levels[0]->name);
	return NULL;
}
