# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# lookup: what a packet costs where there are many services, with addresses or with
# prefixes of eight lengths; 10000 flows, to 625 of the services or as many as there are.
# schedule: what a new flow costs where its service has many endpoints.

# shellcheck disable=SC2034 # for rounds.sh
VARIANTS_LOOKUP=(exact prefix) VARIANTS_SCHEDULE=(wrr lc p2c maglev)

# N exact|prefix USED: services, of which the first USED have an endpoint. With prefixes,
# 512 addresses belong to nine of them, from /24 to /31, the last two of one length.
lookup_services()
{
	awk -v n="$1" -v kind="$2" -v used="$3" -v vips="$VIPS" \
		-v eps="$ENDPOINTS" "$ADDR"'
	function vip(i,  j, block) {
		if (kind == "exact")
			return addr(vips, i) "/32"
		j = i % 9
		block = int(i / 9) * 512
		if (j == 8)
			return addr(vips, block + 510) "/31"
		return addr(vips, block + 512 - 2 ^ (9 - j)) "/" 24 + j
	}
	BEGIN {
		for (i = 0; i < n; i++) {
			if (i % 5000 == 0)
				print i ? "commit\nbegin" : "begin"
			print "service add s" i " vip " vip(i)
			if (i < used)
				print "endpoint add s" i " e addr " addr(eps, i)
		}
		print "commit"
	}'
}

lookup_up()
{
	tables_up
	insmod "$SAL_KO"
	salctl -n router domain set max-services 1000000 max-flows 2000000 \
		direct off
	salctl -n router member add netns router
}

lookup_measure()
{
	local last=624 usec

	# as many flows whatever there is
	PORTS=16 ADDRESSES=1
	if [ "$FLOWS" -eq 1 ]; then
		PORTS=10000 last=0
	fi
	lookup_services "$FLOWS" "$VARIANT" 625 | salctl -n router -b - || return 1
	send_to_services 0 "$last" 10000 >/dev/null
	all_arrived server "$(counted server)" 10000 || return 1
	usec="$(send_to_services 0 "$last" "$PACKETS")"
	[ -n "$usec" ] || return 1
	all_arrived server "$(counted server)" $((10000 + PACKETS)) || return 1
	awk -v usec="$usec" -v n="$PACKETS" \
		'BEGIN { printf "lookup ns %.1f\n", usec * 1000 / n }'
}

# a service, ENDPOINTS of them, and packets that are all of new flows
schedule_measure()
{
	local usec

	{
		echo "service add b.com vip $VIP sched $VARIANT"
		echo begin
		awk -v n="$FLOWS" -v eps="$ENDPOINTS" "$ADDR"'BEGIN {
			for (i = 0; i < n; i++)
				print "endpoint add b.com e" i " addr " \
					addr(eps, i)
		}'
		echo commit
	} | salctl -n router -b - || return 1
	usec="$(send_requests "$PACKETS")"
	[ -n "$usec" ] || return 1
	all_arrived server "$(counted server)" "$PACKETS" || return 1
	awk -v usec="$usec" -v n="$PACKETS" \
		'BEGIN { printf "schedule ns %.1f\n", usec * 1000 / n }'
}

# VARIANT SERVICES PACKETS
lookup_sample()
{
	local rc=0

	VARIANT="$1" FLOWS="$2" PACKETS="$3" TARGET="$VIPS"
	lookup_up && lookup_measure || rc=1
	topology_down
	rmmod sal
	return $rc
}

# SCHEDULER ENDPOINTS
schedule_sample()
{
	local rc=0

	VARIANT="$1" FLOWS="$2" PACKETS=200000 TARGET="$VIP"
	spread_flows "$PACKETS"
	lookup_up && schedule_measure || rc=1
	topology_down
	rmmod sal
	return $rc
}
