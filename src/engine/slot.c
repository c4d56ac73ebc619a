/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots and their states. */
#include "engine/slot.h"

#include <stdlib.h>

#include "base/die.h"
#include "base/log.h"

/* May a slot go from one state to another? Rows from, columns to. */
#define BIT(s) (1u << SLOT_##s)
static const unsigned moves[SLOT_STATES] = {
	[SLOT_EMPTY] = BIT(STARTING),
	[SLOT_STARTING] = BIT(IDLE) | BIT(ENDING) | BIT(RETIRING) | BIT(LOST) | BIT(EMPTY),
	[SLOT_IDLE] = BIT(BUSY) | BIT(RETIRING) | BIT(ENDING) | BIT(LOST),
	[SLOT_BUSY] = BIT(IDLE) | BIT(RETIRING) | BIT(ENDING) | BIT(LOST),
	[SLOT_RETIRING] = BIT(ENDING) | BIT(LOST) | BIT(EMPTY),
	[SLOT_ENDING] = BIT(LOST) | BIT(EMPTY),
	[SLOT_LOST] = BIT(EMPTY),
};

struct slot *slot_new(uint32_t no)
{
	struct slot *s = xcalloc(1, sizeof(*s));
	s->no = no;
	s->peer.link.fd = -1;
	return s;
}

static void drop_whys(struct slot *s)
{
	for (size_t i = s->whys_at; i < s->nwhys; i++)
		free(s->whys[i].text);
	s->whys_at = s->nwhys = 0;
}

void slot_free(struct slot *s)
{
	if (!s)
		return;
	if (s->peer.open)
		link_release(&s->peer.link);
	held_release(&s->held);
	drop_whys(s);
	free(s->whys);
	free(s);
}

void slot_set_state(struct slot *s, enum slot_state to, uint64_t now)
{
	if (s->state == to)
		return;
	if (!(moves[s->state] & (1u << to)))
		BUG("slot %u: %s -> %s", s->no + 1, slot_state_names[s->state], slot_state_names[to]);
	log_debug("slot %u generation %u: %s -> %s", s->no + 1, s->generation, slot_state_names[s->state],
		slot_state_names[to]);
	s->state = to;
	s->state_at = now;
	s->shown_dirty = true;
}

bool slot_is_live(const struct slot *s)
{
	return s->state != SLOT_EMPTY;
}

void slot_reset(struct slot *s)
{
	BUG_ON(s->held.tasks != 0);
	if (s->peer.open)
		link_release(&s->peer.link);
	drop_whys(s);
	s->peer.open = s->peer.ready = false;
	s->pid = 0;
	s->serial = s->lent = s->recalled = s->stopped = s->said_bye = s->link_ended = s->exited = s->by_order =
		s->begun = s->timed_out = s->shown_busy = false;
	s->cause[0] = '\0';
	s->how = (struct slot_exited){ 0 };
	s->ready_at = s->pinged_at = s->recalled_at = s->task = s->task_at = s->task_done = s->task_of = s->executed =
		0;
	s->task_ns = 0;
	s->sampled_at = s->cpu_ns = s->wait_ns = s->rss = 0;
	s->cpu_permille = s->wait_permille = 0;
	s->shown_dirty = true;
}

bool slot_keep_why(struct slot *s, uint64_t task, const char *text)
{
	if (s->nwhys - s->whys_at >= WHYS_MAX)
		return false;
	if (s->nwhys == s->whys_cap) {
		s->whys_cap = s->whys_cap ? s->whys_cap * 2 : 16;
		s->whys = xrealloc(s->whys, s->whys_cap, sizeof(*s->whys));
	}
	s->whys[s->nwhys++] = (struct why){ .task = task, .text = xstrdup(text) };
	return true;
}

void slot_take_why(struct slot *s, uint64_t task, char *buf, size_t size)
{
	/* Sentences of tasks before this one were never claimed by a result: nobody will ask for them. */
	while (s->whys_at < s->nwhys) {
		struct why *w = &s->whys[s->whys_at++];
		bool found = w->task == task;
		if (found)
			str_copy(buf, size, w->text);
		free(w->text);
		if (s->whys_at == s->nwhys)
			s->whys_at = s->nwhys = 0;
		if (found)
			return;
	}
	str_copy(buf, size, "failed without a word");
}
