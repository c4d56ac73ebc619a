/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links: frames survive any cutting of the stream, descriptors stay with their frame, liars break only the link. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"
#include "wire/link.h"

#define MAX 100000

static struct link a, b;
static struct err err;

static void setup(void)
{
	int fds[2];

	ck_assert_int_eq(link_pair(fds, &err), 0);
	link_init(&a, fds[0], MAX);
	link_init(&b, fds[1], MAX);
}

static void teardown(void)
{
	link_release(&a);
	link_release(&b);
}

static void expect(struct link *l, uint16_t type, const char *payload)
{
	struct frame f;

	ck_assert_int_eq(link_next(l, &f, &err), 1);
	ck_assert_uint_eq(f.type, type);
	ck_assert_uint_eq(f.payload.n, strlen(payload));
	ck_assert(memcmp(f.payload.p, payload, f.payload.n) == 0);
}

START_TEST(frames_arrive)
{
	struct frame f;
	struct str *s;

	ck_assert_int_eq(link_read(&b, 1000, &err), 0);
	link_put(&a, 7, "hello", 5);
	link_put(&a, 8, NULL, 0);
	s = link_begin(&a, 9);
	str_adds(s, "in place");
	link_end(&a);
	ck_assert_uint_eq(link_unsent(&a), 3 * FRAME_HEADER + 13);
	ck_assert_int_eq(link_flush(&a, &err), 0);
	ck_assert_uint_eq(link_unsent(&a), 0);
	ck_assert_int_eq(link_wait(&b, 0), 1);
	ck_assert_int_eq(link_read(&b, 1000, &err), 3 * FRAME_HEADER + 13);
	expect(&b, 7, "hello");
	expect(&b, 8, "");
	expect(&b, 9, "in place");
	ck_assert_int_eq(link_next(&b, &f, &err), 0);
	ck_assert_int_eq(link_wait(&b, 0), 0);
	ck_assert_int_eq(fcntl(b.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}
END_TEST

/* Any frames, read with any budget, arrive as they were sent. */
START_TEST(any_cutting_of_the_stream)
{
	unsigned sent = 0, taken = 0;

	srand(7);
	while (taken < 3000) {
		struct frame f;
		int rc;

		for (int i = rand() % 20; i > 0 && sent < 3000; i--, sent++) {
			struct str *s = link_begin(&a, (uint16_t)sent);
			size_t n = sent % 50 ? (sent * 37) % 300 : (sent * 997) % MAX;

			memset(str_room(s, n), (int)(sent & 0xff), n);
			s->n += n;
			link_end(&a);
		}
		ck_assert_int_ge(link_flush(&a, &err), 0);
		ck_assert_int_ge(link_read(&b, 1 + (size_t)(rand() % (rand() % 5 ? 300 : 70000)), &err), 0);
		while ((rc = link_next(&b, &f, &err)) == 1) {
			const unsigned char *p = f.payload.p;

			if (f.type != (uint16_t)taken ||
			    f.payload.n != (taken % 50 ? (taken * 37) % 300 : (taken * 997) % MAX))
				ck_abort_msg("frame %u has type %u and %zu bytes", taken, f.type, f.payload.n);
			for (size_t i = 0; i < f.payload.n; i++)
				if (p[i] != (taken & 0xff))
					ck_abort_msg("frame %u, byte %zu", taken, i);
			taken++;
		}
		ck_assert_int_eq(rc, 0);
	}
	ck_assert_uint_eq(link_unsent(&a), 0);
}
END_TEST

/* A descriptor that can be told from all others: a pipe's read end with one byte in it. */
static int marked(char mark)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fds[1], &mark, 1), 1);
	close(fds[1]);
	return fds[0];
}

static char mark_of(int fd)
{
	char c = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(read(fd, &c, 1), 1);
	close(fd);
	return c;
}

START_TEST(descriptors_stay_with_their_frame)
{
	struct frame f;
	int first = -1, next = 0;

	link_put(&a, 0, "x", 1);
	for (int i = 0; i < 40; i++) {
		for (int k = 0; k < i % 3; k++) {
			int fd = marked((char)('A' + next++));

			if (i == 1)
				first = fd;
			link_put_fd(&a, fd);
		}
		link_put(&a, (uint16_t)(i % 3), "abc", (size_t)i % 4);
	}
	ck_assert_int_eq(link_flush(&a, &err), 0);
	ck_assert_int_eq(fcntl(first, F_GETFD), -1); /* closed here once sent */
	next = 0;
	for (int taken = 0; taken < 41;) {
		/* Few bytes at a time: a descriptor is never later than its frame. */
		ck_assert_int_ge(link_read(&b, 5, &err), 0);
		while (link_next(&b, &f, &err) == 1) {
			for (unsigned k = 0; k < f.type; k++)
				ck_assert_int_eq(mark_of(link_take_fd(&b)), (char)('A' + next++));
			taken++;
		}
	}
	ck_assert_int_eq(link_take_fd(&b), -1);
}
END_TEST

/* One byte with sixteen descriptors. */
static void send_loaded(int fd, const char *byte)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control = { 0 };
	struct iovec io = { .iov_base = (char *)(uintptr_t)byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int load[16], one = marked('x');

	for (int i = 0; i < 16; i++)
		load[i] = one;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(load));
	memcpy(CMSG_DATA(c), load, sizeof(load));
	ck_assert_int_eq(sendmsg(fd, &m, 0), 1);
	close(one);
}

/* More than a link keeps, with a frame that never becomes whole. */
START_TEST(too_many_descriptors_break_the_link)
{
	static const char header[] = "\100\0\0\0\1\0\0\0";
	struct frame f;

	for (int i = 0; i < 6; i++)
		send_loaded(a.fd, header + i);
	while (link_read(&b, 10000, &err) > 0)
		ck_assert_int_eq(link_next(&b, &f, &err), 0);
	ck_assert(b.broken);
	ck_assert_int_eq(link_next(&b, &f, &err), -1);
	ck_assert_int_eq(link_read(&b, 10000, &err), -1);
	ck_assert_uint_le(b.nfds_in, LINK_FDS_MAX);
}
END_TEST

/* Any number of frames with descriptors may wait, as long as their receiver takes both. */
START_TEST(many_descriptors_come_in_turns)
{
	struct frame f;
	int taken = 0;

	for (int i = 0; i < 5 * LINK_FDS_MAX; i++) {
		link_put_fd(&a, marked((char)('a' + i % 26)));
		link_put(&a, 1, NULL, 0);
	}
	while (taken < 5 * LINK_FDS_MAX) {
		ck_assert_int_ge(link_flush(&a, &err), 0);
		ck_assert_int_ge(link_read(&b, 1 << 20, &err), 0);
		ck_assert_int_eq(link_next(&b, &f, &err), 1); /* one by one: the others wait in the buffer */
		ck_assert_int_eq(mark_of(link_take_fd(&b)), (char)('a' + taken++ % 26));
	}
	ck_assert_int_eq(link_take_fd(&b), -1);
}
END_TEST

static unsigned open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

START_TEST(no_descriptor_is_lost)
{
	unsigned before = open_fds();
	struct link x, y;
	int fds[2];

	ck_assert_int_eq(link_pair(fds, &err), 0);
	link_init(&x, fds[0], MAX);
	link_init(&y, fds[1], MAX);
	link_put_fd(&x, marked('r')); /* received and not taken */
	link_put(&x, 1, NULL, 0);
	ck_assert_int_eq(link_flush(&x, &err), 0);
	ck_assert_int_gt(link_read(&y, 100, &err), 0);
	ck_assert_uint_eq(y.nfds_in, 1);
	link_put_fd(&x, marked('u')); /* never sent */
	link_release(&y);
	link_put(&x, 1, NULL, 0);
	ck_assert_int_eq(link_flush(&x, &err), -1);
	link_put_fd(&x, marked('g')); /* nobody is there any more */
	link_put(&x, 1, NULL, 0);
	ck_assert_uint_eq(link_unsent(&x), 0);
	link_release(&x);
	link_release(&x);
	ck_assert_uint_eq(open_fds(), before);
}
END_TEST

static void put_raw(const void *p, size_t n)
{
	ck_assert_int_eq(send(a.fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

START_TEST(broken_frames)
{
	static const unsigned char long_one[] = { 0xa1, 0x86, 1, 0, 5, 0, 0, 0 }; /* 100,001 */
	static const unsigned char not_zero[] = { 1, 0, 0, 0, 5, 0, 1, 0, 'x' };
	struct frame f;

	link_put(&a, 3, "good", 4);
	ck_assert_int_eq(link_flush(&a, &err), 0);
	put_raw(long_one, sizeof(long_one));
	ck_assert_int_gt(link_read(&b, 1000, &err), 0);
	expect(&b, 3, "good");
	ck_assert_int_eq(link_next(&b, &f, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "100001"));
	ck_assert(b.broken);
	ck_assert_int_eq(link_next(&b, &f, &err), -1);
	teardown();
	setup();
	put_raw(not_zero, sizeof(not_zero));
	ck_assert_int_gt(link_read(&b, 1000, &err), 0);
	ck_assert_int_eq(link_next(&b, &f, &err), -1);
	ck_assert(b.broken);
}
END_TEST

START_TEST(the_largest_frame_is_allowed)
{
	char *big = calloc(1, MAX);
	struct frame f;
	int rc;

	link_put(&a, 1, big, MAX);
	link_put(&a, 2, "after", 5);
	while ((rc = link_flush(&a, &err)) == 1)
		ck_assert_int_gt(link_read(&b, 1 << 20, &err), 0);
	ck_assert_int_eq(rc, 0);
	while (link_read(&b, 1 << 20, &err) > 0)
		;
	ck_assert_int_eq(link_next(&b, &f, &err), 1);
	ck_assert_uint_eq(f.payload.n, MAX);
	expect(&b, 2, "after");
	free(big);
}
END_TEST

/* A peer that floods: memory stays at one frame and one budget, whatever it sends. */
START_TEST(a_flood_is_not_kept)
{
	static char junk[65536];
	struct frame f;

	memset(junk, 0, sizeof(junk)); /* empty frames of type 0, which nobody takes */
	for (int i = 0; i < 100; i++) {
		ssize_t rc = send(a.fd, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT);

		ck_assert(rc > 0 || errno == EAGAIN);
		ck_assert_int_ge(link_read(&b, 50000, &err), 0);
		ck_assert_uint_le(b.in.n - b.in_at, MAX + FRAME_HEADER + 50000);
	}
	ck_assert_uint_gt(b.in.n, MAX);
	while (link_next(&b, &f, &err) == 1)
		;
	ck_assert_int_ge(link_read(&b, 50000, &err), 0);
}
END_TEST

START_TEST(the_end_comes_after_the_last_frame)
{
	struct frame f;

	link_put(&a, 1, "last", 4);
	link_put(&b, 1, "never read", 10); /* makes the peer's close a reset */
	ck_assert_int_eq(link_flush(&b, &err), 0);
	ck_assert_int_eq(link_flush(&a, &err), 0);
	put_raw("\5\0\0", 3); /* half a frame */
	link_release(&a);
	ck_assert_int_eq(link_wait(&b, UINT64_MAX), 1);
	ck_assert_int_eq(link_read(&b, 1000, &err), FRAME_HEADER + 7);
	expect(&b, 1, "last");
	ck_assert_int_eq(link_next(&b, &f, &err), 0);
	ck_assert_int_eq(link_read(&b, 1000, &err), -1);
	ck_assert(b.eof);
	ck_assert(!b.broken);
	ck_assert_str_eq(err.msg, "the other side has closed the connection");
	link_put(&b, 1, "x", 1);
	ck_assert_int_eq(link_flush(&b, &err), -1); /* and no SIGPIPE */
	ck_assert_int_eq(link_drain(&b, &err), -1);
}
END_TEST

static void *reader(void *arg)
{
	size_t *total = arg;
	struct err e;
	struct frame f;

	while (link_wait(&b, UINT64_MAX) && link_read(&b, 1 << 16, &e) >= 0)
		while (link_next(&b, &f, &e) == 1)
			*total += f.payload.n;
	return NULL;
}

START_TEST(drain_waits_for_a_slow_reader)
{
	static char payload[50000];
	size_t total = 0;
	pthread_t thread;

	for (int i = 0; i < 100; i++)
		link_put(&a, 1, payload, sizeof(payload));
	ck_assert_int_eq(link_flush(&a, &err), 1);
	ck_assert_int_eq(pthread_create(&thread, NULL, reader, &total), 0);
	ck_assert_int_eq(link_drain(&a, &err), 0);
	shutdown(a.fd, SHUT_WR);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(total, 100 * sizeof(payload));
}
END_TEST

/* Random bytes never do more than break the link. */
START_TEST(noise)
{
	srand(8);
	for (int round = 0; round < 300; round++) {
		struct frame f;
		int rc = 0;

		for (int i = 0; i < 5; i++) {
			unsigned char bytes[64];
			size_t n = 1 + (size_t)rand() % sizeof(bytes);

			for (size_t k = 0; k < n; k++)
				bytes[k] = rand() % 3 ? 0 : (unsigned char)rand();
			put_raw(bytes, n);
			if (link_read(&b, 1 + (size_t)rand() % 100, &err) < 0)
				break;
			while ((rc = link_next(&b, &f, &err)) == 1)
				ck_assert_uint_le(f.payload.n, MAX);
		}
		ck_assert_int_eq(b.broken, rc < 0);
		teardown();
		setup();
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("link");
	TCase *t = tcase_create("link");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, frames_arrive);
	tcase_add_test(t, any_cutting_of_the_stream);
	tcase_add_test(t, descriptors_stay_with_their_frame);
	tcase_add_test(t, too_many_descriptors_break_the_link);
	tcase_add_test(t, many_descriptors_come_in_turns);
	tcase_add_test(t, no_descriptor_is_lost);
	tcase_add_test(t, broken_frames);
	tcase_add_test(t, the_largest_frame_is_allowed);
	tcase_add_test(t, a_flood_is_not_kept);
	tcase_add_test(t, the_end_comes_after_the_last_frame);
	tcase_add_test(t, drain_waits_for_a_slow_reader);
	tcase_add_test(t, noise);
	suite_add_tcase(s, t);
	return tap_run(s);
}
