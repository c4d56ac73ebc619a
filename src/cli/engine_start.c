/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting an engine; see engine_start.h. */
#include "cli/engine_start.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/path.h"
#include "base/process.h"
#include "build-id.h"
#include "config/config.h"
#include "engine/serve.h"

#define ANSWER_NS (30 * NS_PER_S) /* a file of 64 MB takes a while to check */

int job_init(struct job *j, const char *what, const struct given_setting *settings, size_t nsettings, struct err *err)
{
	*j = (struct job){ 0 };
	if (config_read(what, &j->text, &j->n, &j->origin, err) < 0)
		return -1;
	for (size_t i = 0; i < nsettings; i++)
		job_set(j, settings[i].key, settings[i].value, settings[i].place);
	return 0;
}

void job_release(struct job *j)
{
	for (size_t i = 0; i < j->nsettings; i++) {
		free(j->settings[i].key);
		free(j->settings[i].value);
		free(j->settings[i].place);
	}
	free(j->settings);
	free(j->origin);
	free(j->text);
	*j = (struct job){ 0 };
}

void job_set(struct job *j, const char *key, const char *value, const char *place)
{
	j->settings = xrealloc(j->settings, j->nsettings + 1, sizeof(*j->settings));
	j->settings[j->nsettings++] =
		(struct given_setting){ .key = xstrdup(key), .value = xstrdup(value), .place = xstrdup(place) };
}

struct setting *job_settings(const struct job *j)
{
	struct setting *s = xcalloc(j->nsettings + 1, sizeof(*s));
	for (size_t i = 0; i < j->nsettings; i++)
		s[i] = (struct setting){
			.key = j->settings[i].key, .value = j->settings[i].value, .place = j->settings[i].place
		};
	return s;
}

static pid_t spawn_engine(int fd, int *pidfd, struct err *err)
{
	char *argv[] = { "pooltop", "engine", NULL };
	struct process_fd fds[] = { { .child = ENGINE_FD, .parent = fd }, { .child = 2, .parent = 2 } };
	struct process_spec spec = {
		.path = "/proc/self/exe", .argv = argv, .envp = environ, .fds = fds, .nfds = 2, .new_session = true
	};
	return process_spawn(&spec, pidfd, err);
}

static void send_request(struct link *l, const struct job *j)
{
	struct hello h = { .protocol = PROTOCOL_VERSION };
	str_copy(h.build_id, sizeof(h.build_id), POOLTOP_BUILD_ID);
	msg_put_hello(l, &h);
	struct run_request *m = xcalloc(1, sizeof(*m));
	struct str settings = STR_INIT;
	for (size_t i = 0; i < j->nsettings; i++) {
		pack_z(&settings, j->settings[i].key);
		pack_z(&settings, j->settings[i].value);
		pack_z(&settings, j->settings[i].place);
	}
	str_copy(m->origin, sizeof(m->origin), j->origin);
	m->text = (struct slice){ j->text, j->n };
	m->nsettings = (uint32_t)j->nsettings;
	m->settings = (struct slice){ settings.p, settings.n };
	msg_put_run_request(l, m);
	str_release(&settings);
	free(m);
}

/* Waits for WELCOME or REFUSED. */
static int read_answer(struct link *l, struct welcome *welcome, struct str *why)
{
	struct err err = { "" };
	struct frame f;
	uint64_t until = clock_now() + ANSWER_NS;
	for (;;) {
		int rc = link_next(l, &f, &err);
		if (rc == 0) {
			uint64_t now = clock_now();
			if (now >= until) {
				str_adds(why, "the engine did not answer for 30 s");
				return EXIT_TASK_FAILED;
			}
			if (link_wait(l, until - now) && link_read(l, 1 << 20, &err) < 0 &&
				(rc = link_next(l, &f, &err)) != 1) {
				str_adds(why, "the engine ended before it began; `pooltop run -v` writes a log");
				return EXIT_TASK_FAILED;
			}
		}
		struct refused r;
		if (rc == 1 && f.type == MSG_WELCOME && msg_get_welcome(f.payload, welcome, &err) == 0)
			return EXIT_DONE;
		if (rc == 1 && f.type == MSG_REFUSED && msg_get_refused(f.payload, &r, &err) == 0) {
			str_add(why, r.text.p, r.text.n);
			return (int)r.status;
		}
		if (rc != 0) {
			str_adds(why, err.msg);
			return EXIT_TASK_FAILED;
		}
	}
}

int engine_start(const struct job *j, struct link *link, struct welcome *welcome, int *pid, int *pidfd, struct str *why)
{
	struct err err = { "" };
	int pair[2];
	if (link_pair(pair, &err) < 0) {
		str_adds(why, err.msg);
		return EXIT_TASK_FAILED;
	}
	*pid = spawn_engine(pair[1], pidfd, &err);
	close(pair[1]);
	if (*pid < 0) {
		close(pair[0]);
		str_adds(why, err.msg);
		return EXIT_TASK_FAILED;
	}
	link_init(link, pair[0], MAX_CLIENT_PAYLOAD);
	send_request(link, j);
	if (link_drain(link, &err) < 0) /* an engine that refused has closed it: its answer is still there */
		link->eof = false;
	int status = read_answer(link, welcome, why);
	if (status != EXIT_DONE) {
		link_release(link);
		struct process_exit how;
		process_wait(*pid, &how, &err);
		close(*pidfd);
	}
	return status;
}
