/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the dashboard costs and how soon it answers, measured where a user sits: at the other end of a pseudo terminal. Every
 * number is taken from the bytes that arrive there, and from the kernel's account of the client's CPU time.
 *
 * Usage: bench_pty [-s COLUMNSxROWS] WHAT COMMAND [ARGUMENT]...
 *	first         ms from fork to the end of the first whole frame
 *	keys N        N times: ms from the key + or - to its echo, while the pool is busy
 *	busy          runs to its end: per cent of one CPU used by the client while the pool was busy, bytes, seconds
 *	still SECONDS runs to its end, waits until nothing more comes, then bytes and ms of CPU within SECONDS
 *	paused SECONDS the same while the run is paused: its clock goes on
 * Each prints its numbers on a line. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"

#define PATIENCE  (60 * NS_PER_S)
#define QUIET     (5 * NS_PER_MS) /* a frame is over when nothing came for so long */
#define SETTLE    (7 * NS_PER_S)  /* the same for the whole screen: echoes and findings have gone */
#define LAST_TEXT "quit"          /* stands in the row of keys, which is drawn last or next to last */
#define ECHO_SIGN "\xe2\x80\xba"  /* › */

struct terminal {
	pid_t pid;
	int fd;
	bool ended;
	unsigned long long bytes;
	uint64_t at;            /* when the last bytes came */
	char seen[1 << 16];     /* the last bytes that came */
	size_t nseen;
};

static void terminal_start(struct terminal *t, const struct winsize *size, char **command)
{
	memset(t, 0, sizeof(*t));
	t->pid = forkpty(&t->fd, NULL, NULL, size);
	if (t->pid < 0)
		die("no pseudo terminal: %s", strerror(errno));
	if (t->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(command[0], command);
		_exit(127);
	}
}

static void keep(struct terminal *t, const char *p, size_t n)
{
	size_t room = sizeof(t->seen) - 1;

	if (n > room) {
		p += n - room;
		n = room;
	}
	if (t->nseen + n > room) {
		size_t away = t->nseen + n - room;

		memmove(t->seen, t->seen + away, t->nseen - away);
		t->nseen -= away;
	}
	memcpy(t->seen + t->nseen, p, n);
	t->nseen += n;
}

/* Reads what comes within ns. False when nothing came, or the command has ended. */
static bool terminal_read(struct terminal *t, uint64_t ns)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	struct timespec wait = { .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S) };
	char buf[1 << 16];
	ssize_t n;

	if (ppoll(&p, 1, &wait, NULL) <= 0)
		return false;
	n = read(t->fd, buf, sizeof(buf));
	t->at = clock_now();
	t->ended = n <= 0;
	if (t->ended)
		return false;
	t->bytes += (unsigned long long)n;
	keep(t, buf, (size_t)n);
	return true;
}

static void forget(struct terminal *t)
{
	t->nseen = 0;
}

/* Until the text has come since the last forget(). */
static void terminal_expect(struct terminal *t, const char *text)
{
	uint64_t until = clock_now() + PATIENCE;

	while (!memmem(t->seen, t->nseen, text, strlen(text))) {
		uint64_t now = clock_now();

		if (now >= until || t->ended)
			die("`%s` never came", text);
		terminal_read(t, until - now);
	}
}

/* Takes what comes until nothing has come for ns. False when that never happens. */
static bool terminal_settle(struct terminal *t, uint64_t ns)
{
	uint64_t until = clock_now() + PATIENCE;

	while (clock_now() < until)
		if (!terminal_read(t, ns))
			return true;
	return false;
}

/* Takes what comes for ns. */
static void terminal_watch(struct terminal *t, uint64_t ns)
{
	uint64_t until = clock_now() + ns, now;

	while ((now = clock_now()) < until && !t->ended)
		terminal_read(t, until - now);
}

static void terminal_key(struct terminal *t, const char *keys)
{
	if (write(t->fd, keys, strlen(keys)) < 0)
		die("the terminal takes no keys: %s", strerror(errno));
}

/* The terminal goes away, and with it the client and its run. */
static void terminal_end(struct terminal *t)
{
	close(t->fd);
	while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* CPU time of the client's only thread, ns. */
static uint64_t cpu_of(pid_t pid)
{
	char path[64];
	unsigned long long ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%llu", &ns) != 1)
		die("%s cannot be read", path);
	fclose(f);
	return ns;
}

/* Has the client no living child any more: has its engine ended? */
static bool engine_ended(pid_t client)
{
	char path[64], state = 'Z';
	int engine = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)client, (int)client);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%d", &engine) != 1)
			engine = 0;
		fclose(f);
	}
	if (engine == 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/stat", engine);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'Z';
		fclose(f);
	}
	return state == 'Z';
}

static void first(struct terminal *t, uint64_t started)
{
	uint64_t at;

	terminal_expect(t, LAST_TEXT);
	at = t->at;
	while (terminal_read(t, QUIET))
		at = t->at;
	printf("%.3f\n", (double)(at - started) / 1e6);
}

static void keys(struct terminal *t, long n)
{
	terminal_expect(t, LAST_TEXT);
	terminal_watch(t, NS_PER_S);
	for (long i = 0; i < n; i++) {
		uint64_t pressed;

		/* A question and its end take the last echo away. */
		terminal_key(t, "w");
		terminal_watch(t, 200 * NS_PER_MS);
		terminal_key(t, "\033");
		terminal_watch(t, 300 * NS_PER_MS);
		forget(t);
		pressed = clock_now();
		terminal_key(t, i % 2 ? "-" : "+");
		terminal_expect(t, ECHO_SIGN);
		printf("%.3f\n", (double)(t->at - pressed) / 1e6);
	}
}

static void busy(struct terminal *t)
{
	uint64_t at, cpu;
	unsigned long long bytes;

	terminal_expect(t, LAST_TEXT);
	at = clock_now();
	cpu = cpu_of(t->pid);
	bytes = t->bytes;
	while (!t->ended && !engine_ended(t->pid))
		terminal_watch(t, 50 * NS_PER_MS);
	at = clock_now() - at;
	cpu = cpu_of(t->pid) - cpu;
	printf("%.3f %llu %.3f\n", 100 * (double)cpu / (double)at, t->bytes - bytes, (double)at / 1e9);
}

static void count(struct terminal *t, double seconds)
{
	unsigned long long bytes = t->bytes;
	uint64_t cpu = cpu_of(t->pid);

	terminal_watch(t, (uint64_t)(seconds * 1e9));
	printf("%llu %.3f\n", t->bytes - bytes, (double)(cpu_of(t->pid) - cpu) / 1e6);
}

static void still(struct terminal *t, double seconds)
{
	terminal_expect(t, LAST_TEXT);
	while (!t->ended && !engine_ended(t->pid))
		terminal_watch(t, 50 * NS_PER_MS);
	if (!terminal_settle(t, SETTLE))
		fprintf(stderr, "bench_pty: the dashboard did not come to rest\n");
	count(t, seconds);
}

static void paused(struct terminal *t, double seconds)
{
	terminal_expect(t, LAST_TEXT);
	terminal_watch(t, NS_PER_S);
	terminal_key(t, "p");
	terminal_watch(t, SETTLE);
	count(t, seconds);
}

int main(int argc, char **argv)
{
	static struct terminal t;
	struct winsize size = { .ws_col = 200, .ws_row = 60 };
	const char *what, *number = "0";
	uint64_t started;

	argv++;
	if (argc > 2 && strcmp(argv[0], "-s") == 0) {
		if (sscanf(argv[1], "%hux%hu", &size.ws_col, &size.ws_row) != 2)
			die("-s %s: COLUMNSxROWS is wanted, like 200x60", argv[1]);
		argv += 2;
	}
	what = *argv ? *argv++ : "";
	if (*argv && (strcmp(what, "keys") == 0 || strcmp(what, "still") == 0 || strcmp(what, "paused") == 0))
		number = *argv++;
	if (!*argv)
		die("usage: bench_pty [-s COLUMNSxROWS] first|keys N|busy|still SECONDS|paused SECONDS COMMAND [ARGUMENT]...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	started = clock_now();
	terminal_start(&t, &size, argv);
	if (strcmp(what, "first") == 0)
		first(&t, started);
	else if (strcmp(what, "keys") == 0)
		keys(&t, strtol(number, NULL, 10));
	else if (strcmp(what, "busy") == 0)
		busy(&t);
	else if (strcmp(what, "still") == 0)
		still(&t, strtod(number, NULL));
	else if (strcmp(what, "paused") == 0)
		paused(&t, strtod(number, NULL));
	else
		die("%s: first, keys, busy, still or paused is wanted", what);
	terminal_end(&t);
	return 0;
}
