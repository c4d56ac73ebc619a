#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ./autogen.sh                    makes configure (autoreconf -i); then ./configure && make && make install
# ./autogen.sh build              installs the Debian packages that are missing, configures and builds here
# ./autogen.sh run [WORD...]      builds, then: ./pooltop run integral-average --for 20s WORD...
# ./autogen.sh check [PART...]    builds, then the whole test suite, or of it only: check asan lint clang fuzz distcheck
set -u
umask 022
here=$(cd "$(dirname "$0")" && pwd) || exit 1

say() { printf 'autogen.sh: %s\n' "$*"; }
fail() { printf 'autogen.sh: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# What a thing is found by, and the Debian package it comes from. A library is loaded only when it is used (sin, cos and other
# functions in formulas), so that its absence stops nothing.
build_needs='
command:autoreconf:autoconf
command:automake:automake
command:cc:gcc
header:stdio.h:libc6-dev
command:make:make
command:pkg-config:pkgconf
module:ncursesw:libncurses-dev
module:yaml-0.1:libyaml-dev
module:sqlite3:libsqlite3-dev
module:jansson:libjansson-dev
header:Random123/threefry.h:librandom123-dev
library:libsleef.so.3:libsleef3
'
check_needs='
module:check:check
command:clang:clang
fuzzer:clang:libclang-rt-14-dev
command:ps:procps
command:python3:python3
command:shellcheck:shellcheck
command:tmux:tmux
'

# found KIND NAME: whether it is there already.
found() {
	case $1 in
	command) has "$2" ;;
	module) has pkg-config && pkg-config --exists "$2" ;;
	header) has cc && printf '#include <%s>\n' "$2" | cc -E -x c - >/dev/null 2>&1 ;;
	library) find /usr/lib /usr/lib64 /usr/local/lib -name "$2" 2>/dev/null | grep -q . ;;
	fuzzer) has "$2" && find "$("$2" -print-resource-dir)/lib/" -name 'libclang_rt.fuzzer*.a' 2>/dev/null | grep -q . ;;
	esac
}

# missing KIND NEED...: the packages of what is not there, but for that kind.
missing() {
	but=$1
	shift
	for need; do
		kind=${need%%:*} rest=${need#*:}
		[ "$kind" = "$but" ] || found "$kind" "${rest%%:*}" || printf '%s ' "${rest#*:}"
	done
}

# Installs what is missing of the needs given; goes on only when all of it is there.
install() {
	packages=$(missing none "$@")
	[ -n "$packages" ] || return 0
	if has apt-get; then
		as_root=
		[ "$(id -u)" = 0 ] || as_root=sudo
		[ -z "$as_root" ] || has sudo || fail "these Debian packages are missing, and installing them needs root or sudo: $packages"
		say "installing these Debian packages and what they need: $packages"
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
		# shellcheck disable=SC2086 # words on purpose
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			-o Dpkg::Use-Pty=0 $packages </dev/null
	else
		say "there is no apt-get here; what is missing comes in these Debian packages: $packages"
	fi
	packages=$(missing library "$@")
	[ -z "$packages" ] ||
		fail "cannot go on: install what Debian calls $packages(by whatever name it has here), then run this again"
}

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# build HOW: configures when that is not done yet, or again when there is something new to be found.
build() {
	cd "$here" || exit 1
	# make itself renews both when their sources changed
	if [ ! -f configure ] || [ ! -f Makefile.in ]; then autoreconf -i || fail "autoreconf failed"; fi
	if [ ! -f Makefile ]; then
		./configure -q || fail "configure failed; config.log has the reason"
	elif [ "$1" = again ]; then
		{ ./config.status --recheck && ./config.status; } >/dev/null || fail "configure failed; config.log has the reason"
	fi
	make -s -j"$jobs" </dev/null || fail "the build failed"
}

# --- the test suite in parts; every part leaves its results as automake's .trs files under its tree ---
passed=0
failed=0

# results DIR...: adds what stands in the .trs files; sets bad to the failures among them.
results() {
	good=$(find "$@" -name '*.trs' -exec grep -ahE '^:test-result: (PASS|XFAIL)' {} + 2>/dev/null | wc -l)
	bad=$(find "$@" -name '*.trs' -exec grep -ahE '^:test-result: (FAIL|XPASS|ERROR)' {} + 2>/dev/null | wc -l)
	passed=$((passed + good)) failed=$((failed + bad))
}

# part NAME DIR TARGET [VARIABLE=VALUE...]: makes the target; DIR has the results, or is - when the target is one itself.
part() {
	name=$1 dir=$2 start=$(date +%s)
	shift 2
	say "--- $name: make $*"
	[ "$dir" = - ] || find "$dir" -name '*.trs' -exec rm -f {} + 2>/dev/null
	make -j"$jobs" VERBOSE=1 "$@" </dev/null
	status=$?
	good=0 bad=0
	[ "$dir" = - ] || results "$dir"
	if [ "$dir" = - ] && [ "$status" = 0 ]; then
		passed=$((passed + 1))
		good=1
	elif [ "$status" != 0 ] && [ "$bad" = 0 ]; then
		failed=$((failed + 1))
		bad=1
	fi
	say "--- $name: $good passed, $bad failed, $(($(date +%s) - start)) s"
}

check() {
	[ $# -gt 0 ] || set -- check asan lint clang fuzz distcheck
	for word; do
		case $word in
		check) part check tests check ;;
		asan) part asan build-asan check-asan ;;
		lint) part lint tests/lint lint ;;
		clang) part clang - compile-clang ;;
		fuzz) part fuzz tests/fuzz fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-8}" ;;
		distcheck) part distcheck - distcheck ;;
		*) fail "no part of the test suite is called $word; there are check asan lint clang fuzz distcheck" ;;
		esac
	done
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ]
}

case ${1-} in
'')
	cd "$here" && exec autoreconf -i
	;;
build)
	# shellcheck disable=SC2086 # words on purpose
	install $build_needs
	build once
	say "built ./pooltop; try: ./pooltop run integral-average --for 20s"
	;;
run)
	shift
	# shellcheck disable=SC2086 # words on purpose
	install $build_needs
	build once
	exec ./pooltop run integral-average --for 20s "$@"
	;;
check)
	shift
	# shellcheck disable=SC2086 # words on purpose
	install $build_needs $check_needs
	cd "$here" || exit 1
	if grep -qsF 'S["HAVE_CHECK_TRUE"]="#"' config.status; then build again; else build once; fi
	check "$@"
	;;
*)
	fail "unknown word $1; there are: build, run, check, or nothing for autoreconf -i"
	;;
esac
