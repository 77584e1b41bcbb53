# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# router: what a packet costs that is sent by a client's device, translated and routed
# by a namespace between, and received by the server's device. Where there is one flow
# only, what echo requests and a stream cost on the same way.

# Each flow has sent, was answered, and has sent again, before anything is
# measured: none is new any more, for whoever cares.
establish()
{
	send_requests "$FLOWS" >/dev/null
	send_replies "$FLOWS" >/dev/null
	send_requests "$FLOWS" >/dev/null
	all_arrived server "$(counted server)" $((2 * FLOWS)) || return 1
	all_arrived client "$(counted client)" "$FLOWS" || return 1
	proved
}

# NAME: a line of ns for each packet; all of them come, by the way that they should
router_packets()
{
	local usec before

	before="$(counted server)"
	usec="$(straight "$PACKETS" send_requests "$PACKETS")"
	[ -n "$usec" ] || return 1
	all_arrived server $(($(counted server) - before)) "$PACKETS" || return 1
	awk -v usec="$usec" -v n="$PACKETS" -v name="$1" \
		'BEGIN { printf "%s ns %.1f\n", name, usec * 1000 / n }'
}

router_measure()
{
	establish && router_packets router || return 1
	[ "$FLOWS" -eq 1 ] || return 0
	receive client server && other_protocols router
}

# VARIANT FLOWS PACKETS
router_sample()
{
	spread_flows "$2" && sample router "$@" router_measure
}
