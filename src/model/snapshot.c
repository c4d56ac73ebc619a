/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Birth and death of a snapshot, and its log. */
#include "model/snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void snapshot_init(struct snapshot *s)
{
	memset(s, 0, sizeof *s);
	s->rate_before = s->noise_before = NAN;
	s->result.mean = s->result.half = s->result.sd = NAN;
}

void snapshot_release(struct snapshot *s)
{
	free(s->slots);
	free(s->log);
	s->slots = NULL;
	s->nslots = 0;
	s->log = NULL;
	s->nlog = 0;
}

uint64_t snapshot_log_count(const struct snapshot *s)
{
	return s->nlog < LOG_MAX ? s->nlog : LOG_MAX;
}

const struct log_line *snapshot_log(const struct snapshot *s, uint64_t i)
{
	uint64_t kept = snapshot_log_count(s);

	if (i >= kept)
		return NULL;
	return &s->log[(s->nlog - kept + i) % LOG_MAX];
}

uint32_t snapshot_width(const struct snapshot *s)
{
	return s->run.waits || s->target < s->cpus ? s->target : s->cpus;
}

uint32_t snapshot_ideal(const struct snapshot *s)
{
	return s->target ? snapshot_width(s) : s->width_last;
}

bool snapshot_unmanned(const struct snapshot *s)
{
	if (s->target)
		return false;
	for (uint32_t i = 0; i < s->nslots; i++)
		if (s->slots[i].state != SLOT_EMPTY && s->slots[i].state != SLOT_LOST)
			return false;
	return true;
}
