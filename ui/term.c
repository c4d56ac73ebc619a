/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal through ncurses' output side; its input side is not used, because it waits. */
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
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/die.h"
#include "base/str.h"
#include "ui/signs.h"

struct term {
	int in;                  /* non-blocking, keys */
	FILE *out, *unused;      /* of ncurses; it reads from neither */
	SCREEN *screen;
	struct termios shell;    /* modes as found */
	bool on, mouse, lines;   /* lines: left, but keys still come one by one */
	bool like_xterm;         /* understands xterm's OSC and mouse sequences */
	int colors;              /* 0: none that can be used */
	bool titled;             /* the title was pushed and must be popped */
	char title[256];         /* as shown now */
	char restore[512];       /* what a sudden end writes */
	size_t nrestore;
};

/* Terminals (by the beginning of TERM) that take xterm's sequences for title, mouse, pasting and colours, or ignore them. */
static const char *const xterms[] = {
	"xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "kitty", "konsole", "vte", "gnome", "st-", "wezterm", "contour",
	"mintty", "iterm", "ghostty",
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

/* Writes past ncurses, which keeps nothing back between its updates. A terminal that is gone is noticed by reading. */
static void send(const struct term *t, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fileno(t->out), p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		p += k;
		n -= (size_t)k;
	}
}

static void send_z(const struct term *t, const char *z)
{
	send(t, z, strlen(z));
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
	int fd = t->in;

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

static FILE *reopen(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *f = copy < 0 ? NULL : fdopen(copy, mode);

	if (!f && copy >= 0)
		close(copy);
	return f;
}

static int open_files(struct term *t, struct err *err)
{
	int out;

	/* Two opens: the one for keys must not wait, and that is a property of the open file, not of a descriptor. */
	t->in = open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (t->in < 0)
		return err_sys(err, errno, "no terminal (/dev/tty)");
	out = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (out < 0 || tcgetattr(t->in, &t->shell) < 0) {
		int code = errno;

		if (out >= 0)
			close(out);
		return err_sys(err, code, "the terminal (/dev/tty) cannot be used");
	}
	t->out = reopen(out, "w");
	t->unused = reopen(out, "r");
	close(out);
	if (!t->out || !t->unused)
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
	t->in = -1;
	t->mouse = true;
	t->like_xterm = is_like_xterm(name);
	if (open_files(t, err) < 0) {
		term_free(t);
		return -1;
	}
	use_env(TRUE);
	use_tioctl(TRUE);
	t->screen = screen_new(t->out, t->unused);
	if (!t->screen || !capability("cup")) {
		term_free(t);
		return err_set(err, "nothing is known of the terminal \"%s\"; set TERM to one that is (infocmp NAME)", name);
	}
	/* Without a default background every colour would bring one of our own. */
	if (has_colors() && start_color() == OK && use_default_colors() == OK)
		t->colors = COLORS;
	/* newterm has changed the modes already; term_enter does that when it is time. */
	tcsetattr(t->in, TCSANOW, &t->shell);
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
	if (t->out)
		fclose(t->out);
	if (t->unused)
		fclose(t->unused);
	if (t->in >= 0)
		close(t->in);
	free(t);
}

void term_enter(struct term *t)
{
	if (t->on)
		return;
	if (t->lines)
		tcsetattr(t->in, TCSANOW, &t->shell);
	else
		die_add_hook(restore_now, t);
	t->lines = false;
	compose_restore(t);
	t->on = true;
	raw(); /* Ctrl-C, Ctrl-Z and Ctrl-\ are keys */
	noecho();
	nonl();
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
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
	t->on = false;
}

void term_leave(struct term *t)
{
	bool was = t->on || t->lines;

	leave_screen(t);
	if (!was)
		return;
	/* Answers and key presses that came too late are not for the shell. */
	tcflush(t->in, TCIFLUSH);
	tcsetattr(t->in, TCSADRAIN, &t->shell);
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
	tcsetattr(t->in, TCSADRAIN, &lines);
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
	return t->in;
}

long term_read(struct term *t, void *buf, size_t n)
{
	ssize_t k = read(t->in, buf, n);

	if (k > 0)
		return k;
	return k < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool term_takes_more(const struct term *t)
{
	struct pollfd p = { .fd = fileno(t->out), .events = POLLOUT };
	int unsent = 0;

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return false;
	return ioctl(p.fd, TIOCOUTQ, &unsent) < 0 || unsent < 1024;
}

void term_size(const struct term *t, int *rows, int *cols)
{
	struct winsize w;

	*rows = 24;
	*cols = 80;
	if (ioctl(t->in, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
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
	if (t->on && t->like_xterm)
		send_z(t, on ? mouse_on : mouse_off);
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
	send(t, s.p, s.n);
	str_release(&s);
	if (t->like_xterm && !t->titled) {
		t->titled = true;
		compose_restore(t);
	}
}

void term_ask_background(struct term *t)
{
	if (t->on && t->like_xterm)
		send_z(t, "\033]11;?\033\\");
}
