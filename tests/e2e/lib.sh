# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# For the end-to-end tests: TAP, a terminal of its own (a private tmux), and waiting for events. Nothing here sleeps: `nap` waits
# on a descriptor that never speaks, inside loops that end when the event is there or after a number of seconds.
#
#	. "$top_srcdir/tests/e2e/lib.sh"
#	plan 2
#	screen_start 80x24 "$pooltop" run integral-average
#	screen_wait "workers"; check "the dashboard opens"
#	screen_keys q
#	screen_exit; is "$exit_status" 0 "quits with 0"

set -u
: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${top_builddir:=$PWD}"
export LC_ALL=C.UTF-8
# the programs under test, and a folder of this test alone; runs and configuration stay in it
# shellcheck disable=SC2034 # for the tests
pooltop=$top_builddir/pooltop
mkdir -p "$top_builddir/tests/e2e"
work=$(mktemp -d "$top_builddir/tests/e2e/tmp.XXXXXX") || exit 1
export HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/runtime
mkdir -m 700 "$XDG_STATE_HOME" "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR"
unset NO_COLOR TMUX COLORTERM
# seconds that any event may take at most; more under sanitizers
patience=$((6 * ${CK_TIMEOUT_MULTIPLIER:-5}))

exec {silence}<> <(:)
# nap [SECONDS]: lets others run, 20 ms when nothing is said.
nap() {
	read -rt "${1:-0.02}" -u "$silence" _ || :
}

# --- TAP ---
number=0
plan() { echo "1..$1"; }
# skip_all REASON: where the test cannot run at all.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}
# result STATUS NAME: one test; a failure shows the screen.
result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		[ ! -S "$work/tmux$terminals" ] || screen_text | sed 's/^/# |/'
	fi
	return "$1"
}
# check NAME: the test is the status of the command before it.
check() { result $? "$1"; }
# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ] || { printf '# got:    %s\n' "${1//$'\n'/$'\n#         '}"; printf '# wanted: %s\n' "${2//$'\n'/$'\n#         '}"; false; }
	result $? "$3"
}
# like GOT EXTENDED-REGEX NAME
like() {
	[[ $1 =~ $2 ]] || { printf '# got:      %s\n' "${1//$'\n'/$'\n#           '}"; printf '# no match: %s\n' "$2"; false; }
	result $? "$3"
}

# until_true SECONDS COMMAND...: tries until it succeeds; 1 when the time is over.
until_true() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		nap
	done
}

# --- a terminal ---
# A server of its own for each terminal: the last one's end needs no waiting for.
terminals=0
mux() { tmux -u -S "$work/tmux$terminals" -f "$work/tmux.conf" "$@" 2>/dev/null; }

# screen_start COLUMNSxROWS COMMAND...: in a terminal of that size, which stays after the command's end. TERM_OUTSIDE sets
# another $TERM for it.
screen_start() {
	local size=$1
	shift
	terminals=$((terminals + 1))
	printf 'set -g %s\n' "default-terminal ${TERM_OUTSIDE:-tmux-256color}" "status off" "remain-on-exit on" \
		"escape-time 0" "default-size $size" >"$work/tmux.conf"
	mux new-session -d -x "${size%x*}" -y "${size#*x}" -- "$@"
}
# screen_keys KEY...: by tmux's names (Enter, Escape, Up, F1, C-c, q); screen_type TEXT: as it is.
screen_keys() { mux send-keys "$@"; }
screen_type() { mux send-keys -l -- "$1"; }
# screen_text: what the screen shows, without blanks at the ends; screen_colours: with its escape sequences.
screen_text() { mux capture-pane -p; }
screen_colours() { mux capture-pane -pe; }
screen_shows() { screen_text | grep -qE -- "$1"; }
screen_hides() { ! screen_shows "$1"; }
# screen_wait REGEX [SECONDS], screen_wait_gone REGEX [SECONDS]: until a line of the screen matches, or none does.
screen_wait() { until_true "${2:-$patience}" screen_shows "$1"; }
screen_wait_gone() { until_true "${2:-$patience}" screen_hides "$1"; }
screen_size() { mux resize-window -x "${1%x*}" -y "${1#*x}"; }
screen_dead() { [ "$(mux display-message -p '#{pane_dead}')" = 1 ]; }
# The process that runs in the terminal; its title.
screen_pid() { mux display-message -p '#{pane_pid}'; }
screen_title() { mux display-message -p '#{pane_title}'; }
# screen_exit [SECONDS]: waits for the command's end and sets exit_status: a number, or "signal N". The terminal's end and the
# exit reach tmux apart from each other: the one may be known before the other.
screen_exit() {
	exit_status=none
	until_true "${1:-$patience}" screen_reaped
}
screen_reaped() {
	local dead status signal server
	IFS=, read -r dead status signal server < <(mux display-message -p '#{pane_dead},#{pane_dead_status},#{pane_dead_signal},#{pid}')
	exit_status=${status:-${signal:+signal $signal}}
	[ "$dead" = 1 ] || return 1
	# tmux 3.3a sometimes loses the SIGCHLD of a child that ends together with its terminal
	[ -n "$exit_status" ] || kill -CHLD "$server" 2>/dev/null
	[ -n "$exit_status" ]
}
# screen_end: takes the terminal away (the command gets SIGHUP).
screen_end() { mux kill-server; }

# --- processes of a run ---
# run_pids RUN: who carries POOLTOP_RUN=RUN in the environment; RUN is an extended regular expression.
run_pids() {
	grep -lzxE "POOLTOP_RUN=$1" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/.*||'
}
nobody_of() { [ -z "$(run_pids "$1")" ]; }
somebody_of() { ! nobody_of "$1"; }
# wait_gone RUN [SECONDS], wait_there RUN [SECONDS]: until none is left, until there is one.
wait_there() { until_true "${2:-$patience}" somebody_of "$1"; }
wait_gone() { until_true "${2:-$patience}" nobody_of "$1"; }
# kids PID: its children. Zombies are listed too: there must be none.
kids() { cat "/proc/$1"/task/*/children 2>/dev/null | tr ' ' '\n' | grep .; }
gone() { [ ! -e "/proc/$1" ]; }
# wait_pid_gone PID [SECONDS]
wait_pid_gone() { until_true "${2:-$patience}" gone "$1"; }

# Whatever the test started ends with it, and its folder goes.
clean_up() {
	local pid
	screen_end
	grep -lzxF "XDG_STATE_HOME=$XDG_STATE_HOME" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/.*||' |
		while read -r pid; do kill -KILL "$pid" 2>/dev/null; done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
