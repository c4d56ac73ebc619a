/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that read messages share. */
#ifndef WIRE_MSG_GET_H
#define WIRE_MSG_GET_H

#include "wire/msg.h"

/* The end of each get function: the payload held exactly the message. 0, or -1 with *err. */
int msg_end(const struct reader *r, unsigned type, struct err *err);
/* n ranges of 16 bytes, each with at least one task, none beyond WIRE_TASKS_MAX. 0, or -1 with *err. */
int msg_check_ranges(struct slice ranges, uint32_t n, unsigned type, struct err *err);

#endif
