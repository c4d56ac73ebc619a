/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fixed-size rows inside TICK and DONE events: many of them per second, so they have no lengths of their own. */
#include "base/die.h"
#include "model/event.h"

void tick_row_pack(struct str *s, const struct tick_row *r)
{
	pack_u16(s, r->slot);
	pack_u8(s, r->flags);
	pack_u64(s, r->task);
	pack_u64(s, r->held);
	pack_u32(s, r->age_ms);
	pack_u16(s, r->progress);
	pack_u32(s, r->lease_done);
	pack_u32(s, r->lease_of);
	pack_u32(s, r->leases);
	pack_u16(s, r->cpu);
	pack_u16(s, r->wait);
	pack_u32(s, r->rss_kib);
}

static struct reader row_reader(struct slice rows, uint32_t i, size_t size)
{
	size_t at = (size_t)i * size;

	BUG_ON(at + size > rows.n);
	return reader_of((struct slice){ (const char *)rows.p + at, size });
}

struct tick_row tick_row_at(struct slice rows, uint32_t i)
{
	struct reader r = row_reader(rows, i, TICK_ROW_BYTES);
	struct tick_row row;

	row.slot = get_u16(&r);
	row.flags = get_u8(&r);
	row.task = get_u64(&r);
	row.held = get_u64(&r);
	row.age_ms = get_u32(&r);
	row.progress = get_u16(&r);
	row.lease_done = get_u32(&r);
	row.lease_of = get_u32(&r);
	row.leases = get_u32(&r);
	row.cpu = get_u16(&r);
	row.wait = get_u16(&r);
	row.rss_kib = get_u32(&r);
	return row;
}

void done_row_pack(struct str *s, const struct done_row *r)
{
	pack_u16(s, r->slot);
	pack_u64(s, r->done);
	pack_u64(s, r->failed);
	pack_u64(s, r->busy_ns);
}

struct done_row done_row_at(struct slice rows, uint32_t i)
{
	struct reader r = row_reader(rows, i, DONE_ROW_BYTES);
	struct done_row row;

	row.slot = get_u16(&r);
	row.done = get_u64(&r);
	row.failed = get_u64(&r);
	row.busy_ns = get_u64(&r);
	return row;
}
