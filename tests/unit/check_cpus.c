/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Usable CPUs, from made-up proc and sys trees. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cpus.h"
#include "base/path.h"
#include "tap.h"

static char root[] = "/tmp/check_cpus.XXXXXX";
static struct cpus c;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void teardown(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
	struct err err;
	char *full = path_join(root, path + 1), *slash = strrchr(full, '/');
	FILE *f;

	*slash = '\0';
	ck_assert_int_eq(path_mkdirs(full, &err), 0);
	*slash = '/';
	f = fopen(full, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	free(full);
}

static void machine(const char *online, const char *allowed)
{
	char status[200];

	snprintf(status, sizeof(status), "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t%s\nMems_allowed:\t1\n", allowed);
	put("/sys/devices/system/cpu/online", online);
	put("/proc/self/status", status);
}

static void reads(int usable, double quota, const char *file)
{
	cpus_read(&c, root);
	ck_assert_int_eq(c.usable, usable);
	ck_assert_double_eq_tol(c.quota, quota, 1e-9);
	ck_assert_str_eq(c.quota_path, file);
}

static void explains(const char *expect)
{
	struct str s = STR_INIT;

	cpus_explain(&s, &c);
	ck_assert_str_eq(str_z(&s), expect);
	str_release(&s);
}

#define V2 "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

START_TEST(no_limit)
{
	machine("0-15\n", "0-15");
	put("/proc/self/cgroup", "0::/user.slice/session-1.scope\n");
	put("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" V2);
	put("/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
	reads(16, 0, "");
	explains("16 usable CPUs: all 16 in this machine.");
	machine("0\n", "0");
	reads(1, 0, "");
	explains("1 usable CPU: the only one in this machine.");
}
END_TEST

START_TEST(affinity)
{
	machine("0-3,8-15,20\n", "1,8-9,11");
	reads(4, 0, "");
	ck_assert_int_eq(c.online, 13);
	explains("4 usable CPUs: this process may run on 4 of the 13 in this machine (its CPU affinity).");
}
END_TEST

START_TEST(every_ancestor_counts)
{
	machine("0-15", "0-15");
	put("/proc/self/cgroup", "0::/a/b/c\n");
	put("/proc/self/mountinfo", V2);
	put("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
	reads(8, 8, "/sys/fs/cgroup/a/b/c/cpu.max");
	put("/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
	put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	reads(2, 1.5, "/sys/fs/cgroup/a/cpu.max");
	explains("2 usable CPUs: your cgroup allows 1.5 of the 16 in this machine.");
	put("/sys/fs/cgroup/cpu.max", "20000 100000\n"); /* a container's own root */
	reads(1, 0.2, "/sys/fs/cgroup/cpu.max");
	machine("0-15", "0-15");
	put("/sys/fs/cgroup/cpu.max", "9900000 100000\n");
	put("/sys/fs/cgroup/a/cpu.max", "200000 100000\n");
	reads(2, 2, "/sys/fs/cgroup/a/cpu.max");
	explains("2 usable CPUs: your cgroup allows 2 of the 16 in this machine.");
	machine("0-15", "3"); /* the tighter of the two speaks */
	reads(1, 2, "/sys/fs/cgroup/a/cpu.max");
	explains("1 usable CPU: this process may run on 1 of the 16 in this machine (its CPU affinity).");
}
END_TEST

START_TEST(version_1)
{
	machine("0-7", "0-7");
	put("/proc/self/cgroup", "5:cpuset:/other\n4:cpu,cpuacct:/docker/abc/job\n3:cpuacct2:/wrong\n0::/\n");
	put("/proc/self/mountinfo",
	    "31 23 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
	    "32 23 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
	    "33 23 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
	put("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
	put("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
	reads(8, 0, "");
	put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000\n");
	put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	reads(3, 2.5, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us");
	put("/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
	reads(1, 0.5, "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us");
}
END_TEST

START_TEST(odd_mounts)
{
	machine("0-7", "0-7");
	/* Another cgroup namespace: the path is not below the mount; its own quota still counts. */
	put("/proc/self/cgroup", "0::/../../elsewhere\n");
	put("/proc/self/mountinfo", V2);
	put("/sys/fs/cgroup/cpu.max", "400000 100000\n");
	put("/elsewhere/cpu.max", "100000 100000\n");
	reads(4, 4, "/sys/fs/cgroup/cpu.max");
	put("/proc/self/cgroup", "0::/docker/abcd\n"); /* begins like the mount's root, but is another group */
	put("/proc/self/mountinfo", "30 20 0:26 /docker/abc /cg rw - cgroup2 cgroup2 rw\n");
	put("/cg/cpu.max", "300000 100000\n");
	put("/cg/d/cpu.max", "100000 100000\n");
	reads(3, 3, "/cg/cpu.max");
	put("/proc/self/cgroup", "0::/x\n");
	put("/proc/self/mountinfo", "30 20 0:26 / /odd\\040place rw - cgroup2 cgroup2 rw\n");
	put("/odd place/x/cpu.max", "200000 100000\n");
	reads(2, 2, "/odd place/x/cpu.max");
}
END_TEST

START_TEST(nonsense_limits_nothing)
{
	static const char *const mounts[] = { "", "\n\n", "1", "cgroup2", "1 2 3 4 5 6 - cgroup2", " - cgroup2 x y\n", "a b c d e - cgroup c\n",
		                              "30 20 0:26 / /sys/fs/cgroup rw\n" };
	static const char *const groups[] = { "", "0", "0:", "0::", "0::x", ":::", "::/", "1:cpu\n", "0::/\n" };

	machine("junk", "");
	reads((int)sysconf(_SC_NPROCESSORS_ONLN), 0, "");
	machine("0-7", "0-7");
	put("/sys/fs/cgroup/cpu.max", "many\n");
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		for (size_t k = 0; k < sizeof(groups) / sizeof(groups[0]); k++) {
			put("/proc/self/mountinfo", mounts[i]);
			put("/proc/self/cgroup", groups[k]);
			reads(8, 0, "");
		}
	put("/proc/self/cgroup", "0::/\n");
	put("/proc/self/mountinfo", V2);
	put("/sys/fs/cgroup/cpu.max", "0 0\n");
	reads(8, 0, "");
	put("/sys/fs/cgroup/cpu.max", "-5 100000\n");
	reads(8, 0, "");
}
END_TEST

START_TEST(this_machine)
{
	cpu_set_t mine, one;

	cpus_read(&c, "");
	ck_assert_int_ge(c.usable, 1);
	ck_assert_int_ge(c.online, c.usable);
	ck_assert_int_eq(sched_getaffinity(0, sizeof(mine), &mine), 0);
	ck_assert_int_eq(c.affinity, CPU_COUNT(&mine));
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &mine)) {
			CPU_ZERO(&one);
			CPU_SET(i, &one);
		}
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	cpus_read(&c, "");
	ck_assert_int_eq(c.affinity, 1);
	ck_assert_int_eq(c.usable, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpus");
	TCase *t = tcase_create("cpus");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, no_limit);
	tcase_add_test(t, affinity);
	tcase_add_test(t, every_ancestor_counts);
	tcase_add_test(t, version_1);
	tcase_add_test(t, odd_mounts);
	tcase_add_test(t, nonsense_limits_nothing);
	tcase_add_test(t, this_machine);
	suite_add_tcase(s, t);
	return tap_run(s);
}
