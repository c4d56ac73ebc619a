/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between client and engine. */
#include "wire/msg.h"

#include "wire/msg_get.h"

void msg_put_hello(struct link *l, const struct hello *m)
{
	struct str *s = link_begin(l, MSG_HELLO);

	pack_u32(s, m->protocol);
	pack_z(s, m->build_id);
	link_end(l);
}

int msg_get_hello(struct slice payload, struct hello *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->protocol = get_u32(&r);
	get_z(&r, m->build_id, sizeof(m->build_id));
	return msg_end(&r, MSG_HELLO, err);
}

void msg_put_run_request(struct link *l, const struct run_request *m)
{
	struct str *s = link_begin(l, MSG_RUN);

	pack_z(s, m->origin);
	pack_bytes(s, m->text.p, m->text.n);
	pack_u32(s, m->nsettings);
	pack_bytes(s, m->settings.p, m->settings.n);
	pack_z(s, m->run_dir);
	link_end(l);
}

/* Exactly 3 × n strings. */
static int check_settings(struct slice settings, uint32_t n, struct err *err)
{
	struct reader r = reader_of(settings);

	for (uint32_t i = 0; i < n && !r.bad; i++) {
		get_bytes(&r);
		get_bytes(&r);
		get_bytes(&r);
	}
	if (r.bad || r.left > 0)
		return err_set(err, "broken RUN message: its settings are not %u times key, value and place", n);
	return 0;
}

int msg_get_run_request(struct slice payload, struct run_request *m, struct err *err)
{
	struct reader r = reader_of(payload);

	get_z(&r, m->origin, sizeof(m->origin));
	m->text = get_bytes(&r);
	m->nsettings = get_u32(&r);
	m->settings = get_bytes(&r);
	get_z(&r, m->run_dir, sizeof(m->run_dir));
	if (msg_end(&r, MSG_RUN, err) < 0)
		return -1;
	return check_settings(m->settings, m->nsettings, err);
}

void msg_put_command(struct link *l, const struct command *m)
{
	struct str *s = link_begin(l, MSG_COMMAND);

	pack_u8(s, m->kind);
	pack_u64(s, m->number);
	pack_u64(s, m->number2);
	pack_z(s, m->text);
	link_end(l);
}

int msg_get_command(struct slice payload, struct command *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->kind = get_u8(&r);
	m->number = get_u64(&r);
	m->number2 = get_u64(&r);
	get_z(&r, m->text, sizeof(m->text));
	if (!r.bad && (m->kind < COMMAND_WORKERS || m->kind > COMMAND_SHOWN))
		return err_set(err, "broken COMMAND message: command %u is unknown", m->kind);
	return msg_end(&r, MSG_COMMAND, err);
}

void msg_put_welcome(struct link *l, const struct welcome *m)
{
	struct str *s = link_begin(l, MSG_WELCOME);

	pack_u32(s, m->protocol);
	pack_z(s, m->build_id);
	pack_z(s, m->run_id);
	pack_z(s, m->run_dir);
	link_end(l);
}

int msg_get_welcome(struct slice payload, struct welcome *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->protocol = get_u32(&r);
	get_z(&r, m->build_id, sizeof(m->build_id));
	get_z(&r, m->run_id, sizeof(m->run_id));
	get_z(&r, m->run_dir, sizeof(m->run_dir));
	return msg_end(&r, MSG_WELCOME, err);
}

void msg_put_refused(struct link *l, const struct refused *m)
{
	struct str *s = link_begin(l, MSG_REFUSED);

	pack_u32(s, m->status);
	pack_bytes(s, m->text.p, m->text.n);
	link_end(l);
}

int msg_get_refused(struct slice payload, struct refused *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->status = get_u32(&r);
	m->text = get_bytes(&r);
	return msg_end(&r, MSG_REFUSED, err);
}

void msg_put_farewell(struct link *l, const struct farewell *m)
{
	struct str *s = link_begin(l, MSG_FAREWELL);

	pack_u32(s, m->status);
	link_end(l);
}

int msg_get_farewell(struct slice payload, struct farewell *m, struct err *err)
{
	struct reader r = reader_of(payload);

	m->status = get_u32(&r);
	return msg_end(&r, MSG_FAREWELL, err);
}
