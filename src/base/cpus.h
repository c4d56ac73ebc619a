/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many CPUs this process may use: min(affinity mask, cgroup quota of every ancestor (v2 cpu.max, v1
 * cfs_quota/period), CPUs online). Quotas are rounded up to whole CPUs, at least 1; the exact quota is kept. */
#ifndef BASE_CPUS_H
#define BASE_CPUS_H

#include "base/err.h"
#include "base/str.h"

struct cpus {
	int usable;         /* >= 1 */
	int online;
	int affinity;
	double quota;       /* CPUs, 0 = no quota */
	char quota_path[256]; /* the file with the smallest quota, "" without one */
};

/* Reads it anew (about 50 µs). Never fails: what cannot be read does not limit. `root` is "" (a test gives a
 * directory with made-up proc and sys trees). */
void cpus_read(struct cpus *c, const char *root);
/* One sentence: "2 usable CPUs: your cgroup allows 2 of the 16 in this machine." */
void cpus_explain(struct str *out, const struct cpus *c);

#endif
