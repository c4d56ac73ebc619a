# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One random kill in a run, and what is left of it. For kills.test and tests/bench/kills, after lib.sh.

# What a run is when nobody disturbs it: its fingerprint by --json.
kill_workload=(integral-average --tasks "${KILL_TASKS:-20000}" -w 4 --baseline none --json)
fingerprint_in() { sed -n 's/.*"event":"end".*"fingerprint":"\([0-9a-f]*\)".*/\1/p' "$1"; }
undisturbed() {
	"$pooltop" run "${kill_workload[@]}" >"$work/undisturbed" 2>/dev/null </dev/null || return
	fingerprint_in "$work/undisturbed"
}

# alive PID: runs and is no zombie.
alive() { [[ $(ps -o stat= -p "$1") == [!Z]* ]]; }
# children_of PID: of its main thread, which alone starts processes.
children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null; }
# tree_of PID: itself and everybody below.
tree_of() {
	local child
	echo "$1"
	for child in $(children_of "$1"); do tree_of "$child"; done
}
# The process that plays ROLE for this client, "" when there is none (yet).
player() {
	local engine agent
	local -a workers
	engine=$(children_of "$2")
	engine=${engine%% *}
	case $1 in
	client) echo "$2" ;;
	engine) echo "$engine" ;;
	agent) children_of "${engine:-0}" | cut -d ' ' -f 1 ;;
	worker)
		agent=$(children_of "${engine:-0}")
		read -ra workers < <(children_of "${agent%% *}")
		[ ${#workers[@]} -eq 0 ] || echo "${workers[RANDOM % ${#workers[@]}]}"
		;;
	esac
}

# left_over PID...: those that still exist (a zombie does, too), and whoever carries the mark of this run. A zombie that has
# come to init is dead and nobody's but init's, which takes its time in some containers.
left_over() {
	local pid id
	for pid in "$@"; do
		[ ! -e "/proc/$pid" ] || [[ $(ps -o ppid=,stat= -p "$pid") =~ ^\ *1\ +Z ]] || echo "$pid"
	done
	for id in "$kill_state"/pooltop/runs/*/; do
		id=${id%/}
		[ ! -e "$id" ] || run_pids "${id##*/}"
	done
	grep -lzxF "XDG_STATE_HOME=$kill_state" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/.*||'
}
none_left() {
	kill_left=$(left_over "$@" | sort -u)
	[ -z "$kill_left" ]
}

# one_kill METHOD ROLE MILLISECONDS SECONDS: starts a run, kills who plays the role after the time (as soon as there is one),
# and waits at most SECONDS until nobody is left when the run ends with it. Sets kill_done (yes, or no: the run was over),
# kill_left (who was left), kill_ms (how long it took), kill_status and kill_print (of the client).
one_kill() {
	local client victim='' begin tree all pid
	kill_state=$work/kill kill_done=no kill_left='' kill_ms=0 kill_print=''
	rm -rf "$kill_state"
	mkdir "$kill_state"
	XDG_STATE_HOME=$kill_state "$pooltop" run "${kill_workload[@]}" --start "$1" >"$work/kill.out" 2>"$work/kill.err" </dev/null &
	client=$!
	nap "$(printf '%d.%03d' $(($3 / 1000)) $(($3 % 1000)))"
	while [ -z "$victim" ] && alive "$client"; do
		victim=$(player "$2" "$client")
	done
	tree=$(tree_of "$client")
	if [ -n "$victim" ] && kill -KILL "$victim" 2>/dev/null; then kill_done=yes; fi
	begin=${EPOCHREALTIME/[.,]/}
	if [ "$2" = agent ] || [ "$2" = worker ] || [ $kill_done = no ]; then
		wait "$client" 2>/dev/null
		kill_status=$?
		begin=${EPOCHREALTIME/[.,]/}
	elif [ "$2" = client ]; then
		wait "$client" 2>/dev/null
		kill_status=$?
	fi
	all=()
	# shellcheck disable=SC2086 # one word a process
	for pid in $tree; do [ "$pid" = "$client" ] || all+=("$pid"); done
	until_ms "$4" none_left_or_reaped "$client" "${all[@]}"
	kill_ms=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
	if [ "$2" = engine ]; then
		wait "$client" 2>/dev/null
		kill_status=$?
	fi
	kill_print=$(fingerprint_in "$work/kill.out")
}
# A client that has ended is a zombie of this shell until `wait`; it is nobody's fault.
none_left_or_reaped() {
	local client=$1
	shift
	none_left "$@" && return
	[ "$kill_left" = "$client" ] && ! alive "$client" && kill_left=''
}
# until_ms SECONDS COMMAND...: like until_true, to the millisecond.
until_ms() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
		nap 0.005
	done
}
