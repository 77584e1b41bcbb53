# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What devices may take off the kernel's hands, on and off, for both placements:
# segmentation, merging, checksums, packets in pieces. b.com is served by b1 alone.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_offload()
{
	local ns
	setup_tcp
	only b1
	for ns in a b1; do
		in_ns "$ns" nft -f - <<'END'
table inet count {
	counter large { }
	chain in {
		type filter hook input priority filter
		meta l4proto tcp meta length > 1500 counter name large
	}
}
END
	done
}

# FEATURE VALUE...: of all devices on the way
offload()
{
	local at
	for at in a:eth0 b1:eth0 orch:va orch:vb1; do
		in_ns "${at%:*}" ethtool -K "${at#*:}" "$@" >/dev/null || return 1
	done
}

# TCP packets that came to b1 as more than one segment, as its hooks see them
large()
{
	in_ns b1 nft -j list counter inet count large |
		jq '.nftables[] | .counter? | select(.) | .packets'
}

transfers()
{
	local rc=0
	nothing_lost "$(echo_once -n 10 -i 2000 -l 3001 "$(vip "$1" 2)")" || rc=1
	nothing_lost "$(echo_once -u 7 -n 100 -l 1400 "$(vip "$1" 2)")" || rc=1
	expect "datagrams by the dozen" "$(in_ns a "$LIB_DIR/tools/segments.py" \
		-n 3 "$(vip "$1" 2)" 7)" 120 || rc=1
	talk t "$(vip "$1" 2)" 7 || return 1
	expect "500 KB" "$(say t echo 500000)" "echoed 500000" || rc=1
	hang_up t
	expect "bad checksums" "$(bad_sums)" 0 || rc=1
	return "$rc"
}

# FAMILY FEATURE VALUE...: and as it was afterwards
with()
{
	local rc=0 family="$1" was
	shift
	offload "$@" || return 1
	transfers "$family" || rc=1
	was=()
	while [ $# -gt 0 ]; do
		was+=("$1" "$([ "$2" = on ] && echo off || echo on)")
		shift 2
	done
	offload "${was[@]}" && return "$rc"
}

# A client's segments come to the server as they have left it.
whole()
{
	local before
	before="$(large)"
	transfers "$1" || return 1
	expect_num "large packets" $(($(large) - before)) -gt 5
}

# FAMILY FEATURE VALUE...: what was segmented by who sends is merged on the way
merged()
{
	local before at rc=0
	for at in a b1; do
		in_ns "$at" ethtool -K eth0 tso off gso off \
			tx-udp-segmentation off || return 1
	done
	before="$(large)"
	with "$@" || rc=1
	expect_num "large packets" $(($(large) - before)) -gt 5 || rc=1
	for at in a b1; do
		in_ns "$at" ethtool -K eth0 tso on gso on \
			tx-udp-segmentation on || return 1
	done
	return "$rc"
}

# Who looks on sees what was on the wire, and nobody's packet is spoiled by it.
looked_at()
{
	local at rc=0 seen
	for at in a:eth0 b1:eth0 orch:va orch:vb1; do
		ip netns exec "${at%:*}" "$LIB_DIR/tools/sniff.py" "${at#*:}" \
			"$(vip "$1" 2)" >"$WORK/sniff.$at" &
		PIDS+=($!)
		SNIFF["$at"]=$!
		poll 10 grep -q listening "$WORK/sniff.$at" || return 1
	done
	transfers "$1" || rc=1
	for at in "${!SNIFF[@]}"; do
		kill -TERM "${SNIFF[$at]}"
		poll 10 grep -q '^[0-9]' "$WORK/sniff.$at" || return 1
		read -r seen wrong < <(tail -n 1 "$WORK/sniff.$at")
		expect_num "seen at $at" "$seen" -gt 100 || rc=1
		# behind the router it is the client's side of it
		[ "$PLACEMENT/$at" != router/a:eth0 ] || continue
		expect "by the VIP at $at" "$wrong" 0 || rc=1
	done
	return "$rc"
}

declare -A SNIFF

# what the placement may make a difference to
offload_cases()
{
	each_family "segments are not split" whole
	each_family "segments are merged, in lists" merged gro on rx-gro-list on
	each_family "segments are merged, datagrams as well" merged gro on \
		rx-udp-gro-forwarding on
	each_family "nothing is summed by devices" with tx off rx off
}

# and the rest
offload_more_cases()
{
	each_family "segments are merged" merged gro on
	each_family "nothing is segmented by devices" with tso off gso off
	each_family "packets in one piece only" with sg off
	each_family "captures everywhere" looked_at
}
