/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link carries frames both ways over one stream socket, with descriptors passed along (SCM_RIGHTS).
 *
 * A frame is an 8-byte header (u32 payload bytes, u16 type, u16 zero, little-endian) and the payload. One read is
 * never believed to be one frame. Nothing here blocks: the descriptor is non-blocking, reads and writes end at
 * EAGAIN. Whatever the peer sends, at most max_payload + one read budget of memory is held. Writes to a closed peer
 * raise no SIGPIPE. */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pack.h"

#define FRAME_HEADER 8
#define LINK_FDS_MAX 64 /* descriptors received and not yet taken; more breaks the link */

struct link {
	int fd;               /* -1 when closed */
	uint32_t max_payload; /* bytes; a longer frame breaks the link */
	struct str in;        /* bytes read; [in_at..) not yet taken */
	size_t in_at;
	struct str out;       /* bytes to write; [out_at..) not yet written */
	size_t out_at;
	int fds_in[LINK_FDS_MAX];
	unsigned nfds_in;
	struct { int fd; uint64_t at; } *fds_out; /* descriptors to send with the byte `at` of all bytes ever put */
	size_t nfds_out, fds_out_cap;
	uint64_t put_total, sent_total; /* bytes */
	bool eof;             /* the peer has closed; what was read before can still be taken */
	size_t frame_at;      /* link_begin: where in `out` the open frame starts */
	bool packing;         /* between link_begin and link_end */
	bool gone;            /* a write failed: what is put from now on is dropped */
	bool broken;          /* a frame was too long or malformed, or a read failed: nothing more is believed */
};

struct frame {
	uint16_t type;
	struct slice payload; /* borrowed from the link until the next link_next or link_read */
};

/* Takes over fd (made non-blocking and close-on-exec). */
void link_init(struct link *l, int fd, uint32_t max_payload);
/* Closes everything, also descriptors received and not taken; the struct may then be given to link_init again. */
void link_release(struct link *l);

/* Reads what is there, at most `budget` bytes. Returns bytes read (0: nothing there now), or -1 with *err when the
 * link is at its end or broken (l->eof or l->broken tells which; frames read before can still be taken). */
long link_read(struct link *l, size_t budget, struct err *err);
/* 1 and *f: a whole frame; 0: more bytes are needed; -1: broken (*err). */
int link_next(struct link *l, struct frame *f, struct err *err);
/* The oldest received descriptor, now the caller's, or -1. */
int link_take_fd(struct link *l);

/* Puts a frame; it is written by link_flush. */
void link_put(struct link *l, uint16_t type, const void *payload, size_t n);
/* The same in place: link_begin returns the str to pack the payload into, link_end closes the frame. */
struct str *link_begin(struct link *l, uint16_t type);
void link_end(struct link *l);
/* fd travels with the next frame put (duplicated by the kernel when sent; closed here after that): call it
 * before link_put/link_begin, at most 16 times for one frame. */
void link_put_fd(struct link *l, int fd);
/* Writes as much as goes. 0: all written; 1: some left (watch LOOP_OUT); -1: the peer is gone. */
int link_flush(struct link *l, struct err *err);
/* Bytes put and not yet written. */
size_t link_unsent(const struct link *l);

/* A connected pair of stream sockets, close-on-exec. 0 or -1. */
int link_pair(int fds[2], struct err *err);

/* For processes without a loop (worker): waits until the link can be read, or `timeout_ns` passed. 1 readable, 0
 * not. */
int link_wait(struct link *l, uint64_t timeout_ns);
/* Writes all that was put, waiting as long as needed. 0, or -1 when the peer is gone. */
int link_drain(struct link *l, struct err *err);

#endif
