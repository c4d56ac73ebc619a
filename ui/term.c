/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal. ncurses composes what is written, but neither reads nor writes the terminal: its input side waits,
 * and its output side writes each piece by itself. It writes into memory, and a frame goes out in one write that
 * never waits. */
#include "ui/term.h"

#include <curses.h>

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/die.h"
#include "base/str.h"
#include "ui/signs.h"

struct term {
	int fd;                  /* /dev/tty, non-blocking */
	FILE *memory, *unused;   /* what ncurses writes to, and what it would read from */
	SCREEN *screen;
	struct str out;          /* composed, not yet taken by the terminal */
	struct termios shell;    /* modes as found */
	bool on, mouse, lines;   /* lines: left, but keys still come one by one */
	bool like_xterm;         /* understands xterm's OSC and mouse sequences */
	int colors;              /* 0: none that can be used */
	bool titled;             /* the title was pushed and must be popped */
	char title[256];         /* as shown now */
	char restore[512];       /* what a sudden end writes */
	size_t nrestore;
};

/* Terminals (by the beginning of TERM) that take xterm's sequences for title, mouse, pasting and colours, or ignore
 * them. */
static const char *const xterms[] = {
	"xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "kitty", "konsole", "vte", "gnome", "st-", "wezterm",
	"contour", "mintty", "iterm", "ghostty",
};

static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char title_push[] = "\033[22;2t", title_pop[] = "\033[23;2t";

bool term_locale(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return true;
	for (size_t i = 0; sign_at(i); i++)
		if (wcwidth((wchar_t)sign_at(i)) != 1)
			return true;
	return false;
}

static bool is_like_xterm(const char *name)
{
	for (size_t i = 0; i < sizeof(xterms) / sizeof(xterms[0]); i++)
		if (strncmp(name, xterms[i], strlen(xterms[i])) == 0)
			return true;
	return false;
}

/* Takes what ncurses has written so far. */
static void take_composed(struct term *t)
{
	int fd = fileno(t->memory);
	off_t n = lseek(fd, 0, SEEK_CUR);

	if (n <= 0)
		return;
	n = pread(fd, str_room(&t->out, (size_t)n), (size_t)n, 0);
	if (n > 0)
		t->out.n += (size_t)n;
	if (lseek(fd, 0, SEEK_SET) < 0 || ftruncate(fd, 0) < 0)
		BUG("memory that cannot be cut off");
}

/* Writes what goes; waits up to wait_ms for the terminal each time it takes nothing. One that is gone is noticed by
 * reading. */
static void write_out(struct term *t, int wait_ms)
{
	size_t at = 0;

	while (at < t->out.n) {
		struct pollfd p = { .fd = t->fd, .events = POLLOUT };
		ssize_t k = write(t->fd, t->out.p + at, t->out.n - at);

		if (k > 0)
			at += (size_t)k;
		else if (k < 0 && errno == EINTR)
			continue;
		else if (k < 0 && errno == EAGAIN && poll(&p, 1, wait_ms) == 1 && !(p.revents & (POLLERR | POLLHUP)))
			continue;
		else
			break;
	}
	str_drop(&t->out, at);
}

void term_flush(struct term *t)
{
	take_composed(t);
	write_out(t, 0);
}

/* What must arrive whole: the way in and the way out. A terminal that takes nothing for a while is left as it is. */
static void flush_all(struct term *t)
{
	take_composed(t);
	write_out(t, 500);
	str_clear(&t->out);
}

static void send_z(struct term *t, const char *z)
{
	take_composed(t);
	str_adds(&t->out, z);
}

/* Appends a string to what a sudden end writes, without the padding marks of slow terminals. */
static void restore_add(struct term *t, const char *z)
{
	while (z && *z && t->nrestore < sizeof(t->restore)) {
		const char *end = z[0] == '$' && z[1] == '<' ? strchr(z, '>') : NULL;

		if (end)
			z = end + 1;
		else
			t->restore[t->nrestore++] = *z++;
	}
}

/* tigetstr says (char *)-1 for what is no string. */
static const char *capability(const char *name)
{
	const char *z = tigetstr(name);

	return z == (const char *)-1 ? NULL : z;
}

static void compose_restore(struct term *t)
{
	t->nrestore = 0;
	if (t->like_xterm) {
		restore_add(t, mouse_off);
		restore_add(t, paste_off);
		if (t->titled)
			restore_add(t, title_pop);
	}
	restore_add(t, capability("sgr0"));
	restore_add(t, capability("rmkx"));
	restore_add(t, capability("cnorm"));
	restore_add(t, capability("rmcup"));
}

/* The hook of a sudden end: async-signal-safe, harmless when run twice. */
static void restore_now(void *arg)
{
	struct term *t = arg;
	int fd = t->fd;

	if (!t->on && !t->lines)
		return;
	if (t->on) {
		size_t at = 0;
		ssize_t k;

		while (at < t->nrestore && (k = write(fd, t->restore + at, t->nrestore - at)) > 0)
			at += (size_t)k;
	}
	tcsetattr(fd, TCSANOW, &t->shell);
}

/* newterm takes signals over that are at their defaults; they are the loop's, and Ctrl-Z needs the default. */
static SCREEN *screen_new(FILE *out, FILE *in)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[4];
	SCREEN *screen;

	for (int i = 0; i < 4; i++)
		sigaction(signals[i], NULL, &before[i]);
	screen = newterm(NULL, out, in);
	for (int i = 0; i < 4; i++)
		sigaction(signals[i], &before[i], NULL);
	return screen;
}

static int open_files(struct term *t, struct err *err)
{
	int memory = memfd_create("screen", MFD_CLOEXEC), unused = open("/dev/null", O_RDONLY | O_CLOEXEC);

	t->memory = memory < 0 ? NULL : fdopen(memory, "w");
	t->unused = unused < 0 ? NULL : fdopen(unused, "r");
	if (!t->memory || !t->unused)
		return err_sys(err, errno, "memory for the screen");
	t->fd = open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (t->fd < 0)
		return err_sys(err, errno, "no terminal (/dev/tty)");
	if (tcgetattr(t->fd, &t->shell) < 0)
		return err_sys(err, errno, "the terminal (/dev/tty) cannot be used");
	return 0;
}

int term_open(struct term **out, struct err *err)
{
	const char *name = getenv("TERM");
	struct term *t;

	if (!name || !*name || strcmp(name, "dumb") == 0)
		return err_set(err, "TERM is \"%s\": that terminal has no screen to draw on", name ? name : "");
	t = xcalloc(1, sizeof(*t));
	t->fd = -1;
	t->mouse = true;
	t->like_xterm = is_like_xterm(name);
	if (open_files(t, err) < 0) {
		term_free(t);
		return -1;
	}
	t->screen = screen_new(t->memory, t->unused);
	if (!t->screen || !capability("cup")) {
		term_free(t);
		return err_set(err, "nothing is known of the terminal \"%s\"; set TERM to one that is (infocmp NAME)", name);
	}
	/* Without a default background every colour would bring one of our own. */
	if (has_colors() && start_color() == OK && use_default_colors() == OK)
		t->colors = COLORS;
	typeahead(-1); /* a frame is composed whole, whatever waits to be read */
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	nonl();
	*out = t;
	return 0;
}

void term_free(struct term *t)
{
	if (!t)
		return;
	term_leave(t);
	if (t->screen)
		delscreen(t->screen);
	if (t->memory)
		fclose(t->memory);
	if (t->unused)
		fclose(t->unused);
	if (t->fd >= 0)
		close(t->fd);
	str_release(&t->out);
	free(t);
}

/* Bytes as they are, both ways: Ctrl-C, Ctrl-Z and Ctrl-\\ are keys. */
static void use_raw(struct term *t)
{
	struct termios raw = t->shell;

	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->fd, TCSADRAIN, &raw);
}

void term_enter(struct term *t)
{
	int rows, cols;

	if (t->on)
		return;
	if (!t->lines)
		die_add_hook(restore_now, t);
	t->lines = false;
	compose_restore(t);
	t->on = true;
	use_raw(t);
	term_size(t, &rows, &cols);
	resizeterm(rows, cols);
	curs_set(0);
	keypad(stdscr, TRUE);
	clearok(curscr, TRUE);
	refresh();
	if (t->like_xterm) {
		send_z(t, paste_on);
		if (t->mouse)
			send_z(t, mouse_on);
	}
	t->title[0] = '\0';
	flush_all(t);
}

static void leave_screen(struct term *t)
{
	if (!t->on)
		return;
	if (t->like_xterm) {
		send_z(t, mouse_off);
		send_z(t, paste_off);
		if (t->titled)
			send_z(t, title_pop);
	}
	t->titled = false;
	keypad(stdscr, FALSE);
	curs_set(1);
	endwin();
	flush_all(t);
	t->on = false;
}

void term_leave(struct term *t)
{
	bool was = t->on || t->lines;

	leave_screen(t);
	if (!was)
		return;
	/* Answers and key presses that came too late are not for the shell. */
	tcflush(t->fd, TCIFLUSH);
	tcsetattr(t->fd, TCSADRAIN, &t->shell);
	t->lines = false;
	die_remove_hook(restore_now, t);
}

/* Keys one by one and unseen, output as usual. */
static void use_lines(struct term *t)
{
	struct termios lines = t->shell;

	t->lines = true;
	lines.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	lines.c_cc[VMIN] = 1;
	lines.c_cc[VTIME] = 0;
	tcsetattr(t->fd, TCSADRAIN, &lines);
}

void term_leave_for_lines(struct term *t)
{
	if (!t->on)
		return;
	leave_screen(t);
	use_lines(t);
}

void term_suspend(struct term *t)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, before;
	bool lines = t && t->lines;
	sigset_t stop, mask;

	if (t)
		term_leave(t);
	/* SIGTSTP and not SIGSTOP: where no shell could wake us (an orphaned group) the kernel ignores it. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &dfl, &before);
	sigprocmask(SIG_UNBLOCK, &stop, &mask);
	kill(0, SIGTSTP);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	if (lines) {
		die_add_hook(restore_now, t);
		use_lines(t);
	}
}

int term_fd(const struct term *t)
{
	return t->fd;
}

long term_read(struct term *t, void *buf, size_t n)
{
	ssize_t k = read(t->fd, buf, n);

	if (k > 0)
		return k;
	return k < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool term_takes_more(struct term *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };
	int unsent = 0;

	if (t->out.n > 0)
		term_flush(t);
	if (t->out.n > 0 || poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return false;
	return ioctl(t->fd, TIOCOUTQ, &unsent) < 0 || unsent < 1024;
}

bool term_flushed(const struct term *t)
{
	return t->out.n == 0;
}

void term_size(const struct term *t, int *rows, int *cols)
{
	struct winsize w;

	*rows = 24;
	*cols = 80;
	if (ioctl(t->fd, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
		*rows = w.ws_row;
		*cols = w.ws_col;
	}
}

void term_resize(struct term *t, int rows, int cols)
{
	if (t->on)
		resizeterm(rows, cols);
}

int term_colors(const struct term *t)
{
	return t->colors;
}

bool term_has_braille(const struct term *t)
{
	const char *name = getenv("TERM");

	(void)t;
	return !name || strncmp(name, "linux", 5) != 0;
}

void term_mouse(struct term *t, bool on)
{
	t->mouse = on;
	if (!t->on || !t->like_xterm)
		return;
	send_z(t, on ? mouse_on : mouse_off);
	term_flush(t);
}

void term_title(struct term *t, const char *z)
{
	const char *begin = tigetflag("hs") > 0 ? capability("tsl") : NULL, *end = capability("fsl");
	struct str s = STR_INIT;

	if (!t->on || strcmp(z, t->title) == 0 || (!t->like_xterm && !(begin && end)))
		return;
	str_copy(t->title, sizeof(t->title), z);
	if (t->like_xterm) {
		if (!t->titled)
			str_adds(&s, title_push);
		begin = "\033]2;";
		end = "\033\\";
	}
	str_adds(&s, begin);
	for (const char *p = t->title; *p; p++)
		str_addc(&s, (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
	str_adds(&s, end);
	send_z(t, str_z(&s));
	str_release(&s);
	if (t->like_xterm && !t->titled) {
		t->titled = true;
		compose_restore(t);
	}
}

void term_ask_background(struct term *t)
{
	if (!t->on || !t->like_xterm)
		return;
	send_z(t, "\033]11;?\033\\");
	term_flush(t);
}
