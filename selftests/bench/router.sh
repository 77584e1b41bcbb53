# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# router: what a packet costs that is sent by a client's device, translated and routed
# by a namespace between, and received by the server's device.

# WHO GOT WANT
all_arrived()
{
	[ "$2" -eq "$3" ] && return
	echo "bench: $VARIANT, $FLOWS flows: $1 received $2 of $3 packets" >&2
	return 1
}

# Each flow has sent, was answered, and has sent again, before anything is
# measured: none is new any more, for whoever cares.
establish()
{
	local proof="variant_${VARIANT}_proof"

	send_requests "$FLOWS" >/dev/null
	send_replies "$FLOWS" >/dev/null
	send_requests "$FLOWS" >/dev/null
	all_arrived server "$(counted server)" $((2 * FLOWS)) || return 1
	all_arrived client "$(counted client)" "$FLOWS" || return 1
	! declare -F "$proof" >/dev/null || "$proof" || {
		echo "bench: $VARIANT is not at work" >&2
		return 1
	}
}

# prints ns for each packet
router_measure()
{
	local usec before

	before="$(counted server)"
	usec="$(send_requests "$PACKETS")"
	[ -n "$usec" ] || return 1
	all_arrived server $(($(counted server) - before)) "$PACKETS" || return 1
	awk -v usec="$usec" -v n="$PACKETS" \
		'BEGIN { printf "%.1f\n", usec * 1000 / n }'
}

# VARIANT FLOWS PACKETS: set up, measure, take down
router_sample()
{
	local rc=0 end="variant_$1_end"

	VARIANT="$1" FLOWS="$2" PACKETS="$3"
	# shellcheck disable=SC2034 # for topology.sh and pktgen.sh
	TARGET="$([ "$VARIANT" = plain ] && echo "$SERVER" || echo "$VIP")"
	spread_flows "$FLOWS" || return 1
	topology_up && "variant_$VARIANT" && establish && router_measure || rc=1
	topology_down
	! declare -F "$end" >/dev/null || "$end"
	return $rc
}
