#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run tests in this very kernel, which wants to be a guest's (see vm/boot.sh),
# and report in KTAP:
#
#	run.sh [-o DIR] [t_NAME.sh...]	all of them if none is named
#	run.sh --list			print the names of all
#	run.sh --list-debug		and of those for a kernel with sanitizers
#	run.sh --list-long		of those that take long
#	run.sh --list-long-debug	and of those for a kernel with sanitizers
#
# userns-t_NAME.sh is t_NAME.sh, run by root of a user namespace of its own, with a
# network namespace and mounts of its own. The module is loaded before and unloaded
# after it, which such a root may not do. Lists have some of these, see below.
#
# smp-t_NAME.sh is t_NAME.sh, or d_NAME.sh, for a machine with more than one CPU:
# where races are what it is about. uml-t_NAME.sh is t_NAME.sh for one that is not
# emulated (see vm/check.sh).
#
# A test is an executable t_*.sh (or debug/d_*.sh, long/l_*.sh) that exits with 0 (pass), 1
# (fail) or 4 (skip).  It may report cases of its own in KTAP on its output (see
# ktap_helpers.sh); those are then what is counted.  What the kernel logs
# meanwhile is looked through, and a warning or worse fails the test, whatever
# its exit status.
#
# In DIR (default: build/out):
#	t_NAME.sh.log		the test's output
#	t_NAME.sh.dmesg		what the kernel logged meanwhile
#	results			a line per case: pass|fail|skip NAME
#	finished		names of the tests that are over, passed or not
#	kmemleak		memory that leaked, where the kernel looks for such
#
# Tests find SAL_KO and SALCTL in their environment: the module and the tool.

set -u

TESTS_DIR="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$TESTS_DIR/.." && pwd)"

SPLATS='WARNING:|BUG:|Call Trace|unreferenced object'
SPLATS+='|possible recursive locking|possible circular locking'
# but not `memory allocation failure', which is asked for by d_fail_nth.sh
SPLATS+='|ref_tracker: ([^m]|m[^e])|general protection fault|Oops|Kernel panic'

out="$REPO/build/out"

# --- in a user namespace ----------------------------------------------------

# What --list has of it; what --list-debug has beside it, where memory is accounted to
# guests, or rights are asked for; the rest takes its time, and is in --list-long-debug.
USERNS=(t_ping t_rights)
USERNS_DEBUG=(t_acct t_fail t_flow_limit t_hold t_limits t_netns t_nl_perm t_policy t_upcall
	      t_vip)

# What is run again where it has two CPUs and sanitizers.
SMP=(t_flap t_hold t_map_race t_path_routes_router t_select t_transaction d_churn)

# What depends least on which kernel it is. An emulated machine takes its time for them,
# so --list has them for one that is not, and --list-long for the other.
UML=(t_acct t_backpressure t_balance t_chain t_clients t_clients_router t_conntrack
     t_conntrack_router t_direct t_drain t_drain_router t_established t_evict t_fail
     t_fence t_fence_router t_firewall t_flow_limit t_fold t_freeze t_health
     t_hold_events t_hold_fair t_hold_tcp t_hold_time t_icmp_other t_inflight
     t_initiator t_initiator_router t_late t_lease t_limits t_maglev t_many
     t_map_race t_mapped t_migrate_cost t_migrate_freeze t_names t_nat t_nat_router
     t_netns t_nl_bad t_nl_dump t_nl_events t_nl_perm t_offload t_orchestrate t_path
     t_path_asks t_path_ends t_path_ends_router t_path_falls t_path_falls_router
     t_path_router t_path_routes t_path_routes_router t_path_seen t_path_seen_router
     t_peer t_peer_router t_pmtu_router
     t_policy t_ports t_remote t_remote_router t_resolve t_rights t_router_bridge
     t_rules t_rules_router t_save t_select t_select_router t_serval_defects
     t_shared t_shared_router t_spread t_stats t_tcp t_tcp_back t_tcp_handover
     t_tcp_listen t_tcp_repair_router t_tcp_reset t_tcp_reset_router t_transaction
     t_udp_router t_unreachable t_unsupported t_upcall t_upgrade_router)

# What takes its time where there are sanitizers, and is left to --list-long-debug: what
# keeps packets from the direct path, a case for each.
LONG_DEBUG=(t_path_asks t_path_ends_router t_path_falls t_path_falls_router
	    t_path_routes t_path_routes_router t_path_seen_router)

list_debug()
{
	local test
	for test in t_*.sh; do
		case " ${LONG_DEBUG[*]} " in
		*" ${test%.sh} "*)	;;
		*)			echo "$test" ;;
		esac
	done
	printf 'userns-%s.sh\n' "${USERNS[@]}" "${USERNS_DEBUG[@]}"
	(cd debug && ls d_*.sh)
	printf 'smp-%s.sh\n' "${SMP[@]}"
}

list_check()
{
	local test
	for test in t_*.sh; do
		case " ${UML[*]} " in
		*" ${test%.sh} "*)	;;
		*)			echo "$test" ;;
		esac
	done
	printf 'userns-%s.sh\n' "${USERNS[@]}"
	printf 'uml-%s.sh\n' "${UML[@]}"
}

# Tests that root of a user namespace cannot run, or has nothing to add to, and why.
no_userns()
{
	cat <<-END
	t_clients	takes minutes, and rights make no difference to it
	t_clients_router	the same
	t_established	slabinfo and tracing are for root of the machine
	t_inflight	tcpdump gives up its groups, which may not be done there
	t_many		rights make no difference to it, and it takes more than the share of guests
	t_migrate	rps_cpus, by which one CPU receives, is for root of the machine
	t_nat		rights make no difference to it
	t_nat_router	the same
	t_offload	the same
	t_offload_router	the same
	t_path_asks	programs of BPF are for root of the machine
	t_path_falls	the same
	t_path_falls_router	the same
	t_path_seen	the same
	t_reload	unloads the module
	t_remote	rights make no difference to it
	t_remote_router	the same
	t_route_end	unloads the module
	t_tcp_back	buffers beyond wmem_max are for root of the machine
	t_tcp_handover	the same
	t_tcp_listen	the same
	t_tcp_repair	the same
	t_tcp_repair_router	the same
	t_trace		tracing is for root of the machine
	t_unload	unloads the module
	t_upgrade	the same
	t_upgrade_router	the same
	END
}

# those that are in no other list
list_userns_rest()
{
	local test
	for test in t_*.sh; do
		case " ${USERNS[*]} ${USERNS_DEBUG[*]} " in
		*" ${test%.sh} "*)	continue ;;
		esac
		no_userns | grep -q "^${test%.sh}[[:space:]]" ||
			echo "userns-$test"
	done
}

while [ $# -gt 0 ]; do
	case "$1" in
	-o)		out="${2:?}"; shift 2 ;;
	--splats)	echo "$SPLATS"; exit 0 ;;
	--list)		cd "$TESTS_DIR" && list_check
			exit ;;
	--list-debug)	cd "$TESTS_DIR" && list_debug
			exit ;;
	--list-long)	cd "$TESTS_DIR" && printf '%s.sh\n' "${UML[@]}" &&
				(cd long && ls l_*.sh && printf 'uml-%s\n' l_*.sh)
			exit ;;
	--list-long-debug)
			cd "$TESTS_DIR" && list_userns_rest &&
				printf '%s.sh\n' "${LONG_DEBUG[@]}" &&
				(cd long && ls l_*.sh)
			exit ;;
	-*)		sed -n '/^#\t/s/^#\t//p' "$0" >&2; exit 2 ;;
	*)		break ;;
	esac
done

cd "$TESTS_DIR" || exit 1
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2046 # test names have no spaces
	set -- $(ls t_*.sh)
fi
mkdir -p "$out" || exit 1

export SAL_KO="${SAL_KO:-$REPO/sal.ko}"
export SALCTL="${SALCTL:-$REPO/userland/salctl}"
# salctl, by its plain name too.
PATH="$(dirname "$SALCTL"):$PATH:/usr/sbin:/sbin"

# patience DIR: sets timeout, the kselftest way to say how long a test may take.
patience()
{
	timeout=60
	# shellcheck source=/dev/null
	[ ! -r "$1/settings" ] || . "$1/settings"
	[ -z "${KSFT_MACHINE_SLOW:-}" ] || timeout=$((timeout * 3))
}

pass=0
fail=0
skip=0

count()
{
	local result="$1" name="$2"

	declare -g "$result=$((${!result} + 1))"
	echo "$result $name" >>"$out/results"
}

# The kernel's log since the last mark with this name.
log_mark()
{
	echo "selftests: $1" >/dev/kmsg
}

log_since()
{
	dmesg | tac | sed "/selftests: $1\$/q" | tac
}

# Read the cases that the test itself has reported: prints them, counts them.
# Sets cases (how many) and bad (how many of these failed).
subcases()
{
	local test="$1" log="$2" line name plan=""

	cases=0
	bad=0
	while read -r line; do
		echo "    $line"
		case "$line" in
		1..*)	plan="${line#1..}"; continue ;;
		KTAP*)	continue ;;
		esac
		cases=$((cases + 1))
		name="${line#not }"
		name="${name#ok * }"
		name="$test: ${name#- }"
		case "$line" in
		"not ok "*)	bad=$((bad + 1)); count fail "$name" ;;
		*"# SKIP"*)	count skip "${name%% #*}" ;;
		*)		count pass "${name%% #*}" ;;
		esac
	done < <(grep -E '^ *(KTAP version |1\.\.[0-9]|(not )?ok [0-9])' "$log")

	if [ -n "$plan" ] && [ "${plan%% *}" != "$cases" ]; then
		echo "# planned $plan cases, saw $cases"
		bad=$((bad + 1))
		count fail "$test: planned $plan cases, saw $cases"
	fi
}

# ip netns keeps names in /run/netns, and there it mounts.
IN_USERNS=(unshare -Urnm bash -c
	   'mount -t tmpfs netns /run/netns && SAL_USERNS=yes exec "$@"' userns)

userns_begin()
{
	mkdir -p /run/netns
	# what echoflood gets by SO_RCVBUFFORCE otherwise
	sysctl -qw net.core.rmem_max=$((8 << 20))
	lsmod | grep -q '^sal ' || insmod "$SAL_KO"
}

# All that it has made goes with its last process, a moment later.
userns_end()
{
	local limit=10 end
	[ -z "${KSFT_MACHINE_SLOW:-}" ] || limit=30
	end=$((SECONDS + limit))
	until rmmod sal 2>/dev/null; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "FAIL: cannot unload: $(rmmod sal 2>&1)"
			return 1
		fi
		sleep 0.1
	done
}

run_one()
{
	local num="$1" test="$2"
	local log="$out/$test.log" klog="$out/$test.dmesg"
	local rc=0 why="" start="$SECONDS" path="${2#userns-}" by=() bad_end=""
	local dir=.

	path="${path#smp-}"
	path="${path#uml-}"

	echo "# $test"
	log_mark "$test"
	[ "${test#userns-}" = "$test" ] || by=("${IN_USERNS[@]}")
	case "$path" in
	d_*)	path="debug/$path" ;;
	l_*)	path="long/$path"
		dir=long ;;
	esac
	patience "$dir"
	if [ ! -x "$path" ]; then
		rc=1
		echo "$test: no such executable" >"$log"
	elif [ ${#by[@]} -gt 0 ] && ! userns_begin >"$log" 2>&1; then
		rc=1
	else
		# Into a file, not a pipe: what the test leaves running in the
		# background would keep a pipe open.
		timeout -k 10 "$timeout" "${by[@]}" "./$path" >"$log" 2>&1 \
			</dev/null || rc=$?
	fi
	if [ ${#by[@]} -gt 0 ] && ! userns_end >>"$log" 2>&1; then
		bad_end="the module cannot be unloaded"
	fi
	log_since "$test" >"$klog"

	case "$rc" in
	0|4)		;;
	124|137)	why="timed out after $timeout s" ;;
	*)		why="exit status $rc" ;;
	esac

	subcases "$test" "$log"
	# Its cases say what failed; if none does, the test itself has to.
	if [ -n "$why" ] && [ "$bad" -eq 0 ]; then
		count fail "$test: $why"
	fi
	if [ "$bad" -gt 0 ] && [ -z "$why" ]; then
		why="$bad failed"
	fi
	if [ -n "$bad_end" ]; then
		why="${why:+$why, }$bad_end"
		count fail "$test: $bad_end"
	fi
	if grep -qE "$SPLATS" "$klog"; then
		why="${why:+$why, }the kernel complained"
		count fail "$test: the kernel complained"
	fi
	if [ "$cases" -eq 0 ] && [ -z "$why" ]; then
		if [ "$rc" -eq 4 ]; then
			count skip "$test"
		else
			count pass "$test"
		fi
	fi

	if [ -n "$why" ]; then
		echo "# --- output of $test, $why"
		tail -n 200 "$log" | sed 's/^/# /'
		if grep -qE "$SPLATS" "$klog"; then
			echo "# --- kernel log"
			grep -E -A 60 "$SPLATS" "$klog" | sed 's/^/# /'
		fi
		echo "not ok $num - $test # $why"
	elif [ "$rc" -eq 4 ]; then
		# By custom the last line tells the reason.
		echo "ok $num - $test # SKIP $(tail -n 1 "$log")"
	else
		echo "ok $num - $test"
	fi
	echo "# $test took $((SECONDS - start)) s"
	echo "$test" >>"$out/finished"
}

# Where the kernel has kmemleak, what it finds between these two is a case of
# its own, for all tests together: a scan takes long, and looks only at what is
# some seconds old.
KMEMLEAK=/sys/kernel/debug/kmemleak

leaks_begin()
{
	{ echo scan && echo clear; } >"$KMEMLEAK"
}

leaks_end()
{
	# a kmemleak that had no memory itself has switched itself off, for good
	if ! { echo scan >"$KMEMLEAK" && sleep 6 && echo scan >"$KMEMLEAK" &&
	       cat "$KMEMLEAK" >"$out/kmemleak"; }; then
		echo "not ok - kmemleak works"
		count fail "kmemleak works"
	elif [ -s "$out/kmemleak" ]; then
		head -n 100 "$out/kmemleak" | sed 's/^/# /'
		echo "not ok - no memory has leaked"
		count fail "no memory has leaked"
	else
		echo "ok - no memory has leaked"
		count pass "no memory has leaked"
	fi
}

echo "KTAP version 1"
echo "1..$#"
num=0
watch_leaks=""
! leaks_begin 2>/dev/null || watch_leaks=1
for test; do
	num=$((num + 1))
	run_one "$num" "${test##*/}"
done
[ -z "$watch_leaks" ] || leaks_end
echo "# Totals: pass:$pass fail:$fail skip:$skip"

[ "$fail" -eq 0 ] || exit 1
[ "$pass" -gt 0 ] || exit 4
exit 0
