/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's plain and JSON output. */
#include "ui/app_parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/json.h"

void lines_event(struct app *a, const struct event *e, uint64_t number)
{
	if (a->output == APP_JSON)
		json_event(&a->lines, e, number);
}

/* Only facts are recorded here; lines_turn looks at the clock itself. */
static void line_due(struct timer *t, void *arg)
{
	(void)t;
	(void)arg;
}

void lines_say(struct app *a, const char *text)
{
	if (a->output == APP_PLAIN)
		plain_say(&a->lines, app_run_now(a), text, a->ascii);
}

/* A closed reader ends the client quietly, as it does any program in a pipe; lines that cannot be stored do not. */
static void output_closed(struct app *a, int code)
{
	str_clear(&a->lines);
	a->result->status = code == EPIPE ? 128 + SIGPIPE : 3;
	a->result->next = NEXT_QUIT;
	a->done = true;
}

void lines_write(struct app *a)
{
	size_t at = 0;

	while (at < a->lines.n) {
		ssize_t k = write(a->options.out, a->lines.p + at, a->lines.n - at);

		if (k > 0) {
			at += (size_t)k;
		} else if (k < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = a->options.out, .events = POLLOUT };

			poll(&p, 1, -1);
		} else if (k == 0 || errno != EINTR) {
			output_closed(a, k < 0 ? errno : EIO);
			return;
		}
	}
	str_clear(&a->lines);
}

void lines_turn(struct app *a)
{
	uint64_t now = app_run_now(a), next;

	if (a->output == APP_PLAIN) {
		plain_follow(&a->plain, &a->lines, a->snap, now, clock_wall(), a->ascii);
		next = plain_next(&a->plain);
		if (next != UINT64_MAX && !a->snap->ended)
			loop_timer(a->loop, &a->line_timer, clock_now() + (next > now ? next - now : 0), line_due, a);
	}
	lines_write(a);
}
