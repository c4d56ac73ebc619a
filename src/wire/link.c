/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames over a stream socket.
 *
 * Descriptors are bound to a place in the stream of bytes: the one a frame needs goes with the frame's first byte, in a
 * sendmsg of its own, so that it has arrived whenever the frame is whole. */
#include "wire/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"

#define READ_STEP      (16u << 10)  /* bytes asked for at first; doubled while reads come back full */
#define READ_STEP_MAX  (256u << 10)
#define KEEP_CAP       (1u << 20)   /* an empty buffer larger than this is given back */
#define FDS_A_MESSAGE  16           /* the kernel takes up to 253 */

static void close_all(int *fds, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		close(fds[i]);
}

void link_init(struct link *l, int fd, uint32_t max_payload)
{
	memset(l, 0, sizeof(*l));
	l->fd = fd;
	l->max_payload = max_payload;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void link_release(struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	close_all(l->fds_in, l->nfds_in);
	for (size_t i = 0; i < l->nfds_out; i++)
		close(l->fds_out[i].fd);
	free(l->fds_out);
	str_release(&l->in);
	str_release(&l->out);
	memset(l, 0, sizeof(*l));
	l->fd = -1;
}

/* ---- reading ---- */

/* Forgets everything read: what follows cannot be believed. */
static int break_link(struct link *l, struct err *err, const char *why)
{
	l->broken = true;
	str_clear(&l->in);
	l->in_at = 0;
	return err_set(err, "%s", why);
}

/* Takes over the descriptors that came with a message. 0, or -1 when there are more than are ever needed. */
static int keep_fds(struct link *l, struct msghdr *m)
{
	int rc = m->msg_flags & MSG_CTRUNC ? -1 : 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (l->nfds_in < LINK_FDS_MAX) {
				l->fds_in[l->nfds_in++] = fd;
			} else {
				close(fd);
				rc = -1;
			}
		}
	}
	return rc;
}

/* One recvmsg of at most n bytes to the end of l->in. Returns what recvmsg did; -2 when the descriptors broke the
 * link. */
static long receive(struct link *l, size_t n, bool *had_fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(LINK_FDS_MAX * sizeof(int))];
	} control;
	struct iovec io = { .iov_base = str_room(&l->in, n), .iov_len = n };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	long got;

	do
		got = recvmsg(l->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	*had_fds = got >= 0 && m.msg_controllen > 0;
	if (got > 0) {
		l->in.n += (size_t)got;
		l->in.p[l->in.n] = '\0';
	}
	if (*had_fds && keep_fds(l, &m) < 0)
		return -2;
	return got;
}

/* Makes room at the front; gives back what one large frame needed. */
static void tidy_input(struct link *l)
{
	str_drop(&l->in, l->in_at);
	l->in_at = 0;
	if (!l->in.n && l->in.cap > KEEP_CAP)
		str_release(&l->in);
}

static int read_failed(struct link *l, int code, struct err *err)
{
	/* A peer that died with unread bytes of ours resets the connection: its end, like any other. */
	if (code == ECONNRESET || code == EPIPE) {
		l->eof = true;
		return err_set(err, "the other side has closed the connection");
	}
	l->broken = true;
	return err_sys(err, code, "cannot read the connection");
}

/* Another message might bring more descriptors than there is room for: those that are there are to be taken first. */
static bool fds_full(const struct link *l)
{
	return l->nfds_in > LINK_FDS_MAX - FDS_A_MESSAGE;
}

/* Whether a whole frame has been read and not been taken; the input is tidied. */
static bool frame_waits(const struct link *l)
{
	struct reader r = reader_of((struct slice){ str_z(&l->in), l->in.n });
	uint32_t n = get_u32(&r);

	return l->in.n >= FRAME_HEADER && n <= l->in.n - FRAME_HEADER;
}

long link_read(struct link *l, size_t budget, struct err *err)
{
	size_t total = 0, step = READ_STEP, most;

	if (l->broken)
		return err_set(err, "the connection is broken");
	if (l->eof || l->fd < 0)
		return err_set(err, "the other side has closed the connection");
	tidy_input(l);
	if (fds_full(l)) /* with a frame to take they may still be its and its followers' */
		return frame_waits(l) ? 0 : break_link(l, err, "the other side sent more descriptors than it may");
	most = (size_t)l->max_payload + FRAME_HEADER + budget;
	if (l->in.n >= most)
		return 0;
	if (budget > most - l->in.n)
		budget = most - l->in.n;
	while (total < budget && !fds_full(l)) {
		size_t room = l->in.cap > l->in.n + 1 ? l->in.cap - l->in.n - 1 : 0;
		size_t ask = room > step ? room : step;
		bool had_fds;
		long got;

		if (ask > READ_STEP_MAX)
			ask = READ_STEP_MAX;
		if (ask > budget - total)
			ask = budget - total;
		got = receive(l, ask, &had_fds);
		if (got == -2)
			return break_link(l, err, "the other side sent more descriptors than it may");
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (got == 0)
			l->eof = true;
		if (got <= 0 && !total)
			return got ? read_failed(l, errno, err) : err_set(err, "the other side has closed the connection");
		if (got <= 0)
			break; /* an error is there again at the next call */
		total += (size_t)got;
		if ((size_t)got < ask && !had_fds)
			break; /* read dry: a message with descriptors ends early, others do not */
		step = step * 2 < READ_STEP_MAX ? step * 2 : READ_STEP_MAX;
	}
	return (long)total;
}

int link_next(struct link *l, struct frame *f, struct err *err)
{
	struct reader r = reader_of((struct slice){ str_z(&l->in) + l->in_at, l->in.n - l->in_at });
	uint32_t n = get_u32(&r);
	uint16_t type = get_u16(&r), zero = get_u16(&r);

	if (r.bad)
		return l->broken ? err_set(err, "the connection is broken") : 0;
	if (zero || n > l->max_payload) {
		l->broken = true;
		return zero ? err_set(err, "broken frame: its header begins with %u bytes, type %u, %u", n, type, zero)
		            : err_set(err, "broken frame: %u bytes of type %u, at most %u are allowed", n, type,
		                      l->max_payload);
	}
	if (n > r.left)
		return l->broken ? err_set(err, "the connection is broken") : 0;
	f->type = type;
	f->payload = get_raw(&r, n);
	l->in_at += FRAME_HEADER + n;
	return 1;
}

int link_take_fd(struct link *l)
{
	int fd;

	if (!l->nfds_in)
		return -1;
	fd = l->fds_in[0];
	l->nfds_in--;
	memmove(l->fds_in, l->fds_in + 1, l->nfds_in * sizeof(int));
	return fd;
}

/* ---- writing ---- */

struct str *link_begin(struct link *l, uint16_t type)
{
	BUG_ON(l->packing);
	l->packing = true;
	l->frame_at = l->out.n;
	pack_u32(&l->out, 0); /* link_end knows the length */
	pack_u16(&l->out, type);
	pack_u16(&l->out, 0);
	return &l->out;
}

void link_end(struct link *l)
{
	size_t n = l->out.n - l->frame_at - FRAME_HEADER;

	BUG_ON(!l->packing);
	if (n > UINT32_MAX)
		BUG("a frame of %zu bytes", n);
	for (size_t i = 0; i < 4; i++)
		l->out.p[l->frame_at + i] = (char)(unsigned char)(n >> (8 * i));
	l->packing = false;
	l->put_total += FRAME_HEADER + n;
	if (l->gone) { /* nobody will read it: keep no memory for it */
		l->sent_total = l->put_total;
		str_clear(&l->out);
	}
}

void link_put(struct link *l, uint16_t type, const void *payload, size_t n)
{
	str_add(link_begin(l, type), payload, n);
	link_end(l);
}

void link_put_fd(struct link *l, int fd)
{
	BUG_ON(l->packing);
	if (l->gone) {
		close(fd);
		return;
	}
	if (l->nfds_out == l->fds_out_cap) {
		l->fds_out_cap = l->fds_out_cap ? 2 * l->fds_out_cap : 4;
		l->fds_out = xrealloc(l->fds_out, l->fds_out_cap, sizeof(*l->fds_out));
	}
	l->fds_out[l->nfds_out].fd = fd;
	l->fds_out[l->nfds_out].at = l->put_total;
	l->nfds_out++;
}

size_t link_unsent(const struct link *l)
{
	return (size_t)(l->put_total - l->sent_total);
}

static void forget_output(struct link *l)
{
	l->gone = true;
	for (size_t i = 0; i < l->nfds_out; i++)
		close(l->fds_out[i].fd);
	l->nfds_out = 0;
	str_clear(&l->out);
	l->out_at = 0;
	l->sent_total = l->put_total;
}

/* One sendmsg: the bytes up to the next place that has descriptors, or from such a place on, with them. */
static long transmit(struct link *l)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FDS_A_MESSAGE * sizeof(int))];
	} control;
	struct iovec io = { .iov_base = l->out.p + l->out_at, .iov_len = link_unsent(l) };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
	size_t nfds = 0, beyond;
	long put;

	while (nfds < l->nfds_out && nfds < FDS_A_MESSAGE && l->fds_out[nfds].at == l->sent_total)
		nfds++;
	beyond = nfds;
	if (beyond < l->nfds_out && l->fds_out[beyond].at - l->sent_total < io.iov_len)
		io.iov_len = (size_t)(l->fds_out[beyond].at - l->sent_total);
	if (!io.iov_len) /* more descriptors for one frame than fit a message: a single byte carries each load */
		BUG("more than %d descriptors for one frame", FDS_A_MESSAGE);
	if (nfds) {
		memset(&control, 0, sizeof(control));
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		for (size_t i = 0; i < nfds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &l->fds_out[i].fd, sizeof(int));
	}
	do
		put = sendmsg(l->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return put;
	for (size_t i = 0; i < nfds; i++)
		close(l->fds_out[i].fd);
	l->nfds_out -= nfds;
	if (nfds)
		memmove(l->fds_out, l->fds_out + nfds, l->nfds_out * sizeof(*l->fds_out));
	l->out_at += (size_t)put;
	l->sent_total += (uint64_t)put;
	return put;
}

int link_flush(struct link *l, struct err *err)
{
	BUG_ON(l->packing);
	if (l->gone || l->fd < 0)
		return err_set(err, "the other side has closed the connection");
	while (link_unsent(l)) {
		if (transmit(l) >= 0)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (l->out_at > l->out.n / 2) {
				str_drop(&l->out, l->out_at);
				l->out_at = 0;
			}
			return 1;
		}
		if (errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM)
			return 1; /* the kernel is short of memory for now */
		int code = errno;

		forget_output(l);
		return err_sys(err, code, "cannot write to the other side");
	}
	l->out_at = 0;
	if (l->out.cap > KEEP_CAP)
		str_release(&l->out);
	else
		str_clear(&l->out);
	return 0;
}

/* ---- without a loop ---- */

int link_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys(err, errno, "cannot make a pair of sockets");
	return 0;
}

/* Waits for `events`, an error or the end of the connection; true when one is there. */
static bool wait_for(int fd, short events, uint64_t timeout_ns)
{
	bool endless = timeout_ns == UINT64_MAX;
	uint64_t end = endless || !timeout_ns ? 0 : clock_now() + timeout_ns;
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		struct timespec t = { .tv_sec = (time_t)(timeout_ns / NS_PER_S), .tv_nsec = (long)(timeout_ns % NS_PER_S) };
		int n = ppoll(&p, 1, endless ? NULL : &t, NULL);
		uint64_t now;

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return true; /* the read or write that follows names the error */
		if (n == 0)
			return false;
		if (endless)
			continue;
		now = clock_now();
		if (now >= end)
			return false;
		timeout_ns = end - now;
	}
}

int link_wait(struct link *l, uint64_t timeout_ns)
{
	return wait_for(l->fd, POLLIN, timeout_ns);
}

int link_drain(struct link *l, struct err *err)
{
	for (;;) {
		int rc = link_flush(l, err);

		if (rc <= 0)
			return rc;
		wait_for(l->fd, POLLOUT, UINT64_MAX);
	}
}
