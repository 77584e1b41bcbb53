# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# config: how long it takes to load a table of services with three endpoints each from a
# file, and to dump it; and what memory it takes.

# shellcheck disable=SC2034 # for rounds.sh
VARIANTS_CONFIG=(nft ipvs sal)
CONFIG=/tmp/config

# SERVICES: in transactions that are as large as they may be
config_sal_write()
{
	awk -v n="$1" -v vips="$VIPS" -v eps="$ENDPOINTS" "$ADDR"'BEGIN {
		for (i = 0; i < n; i++) {
			if (i % 2500 == 0)
				print i ? "commit\nbegin" : "begin"
			print "service add s" i " vip " addr(vips, i)
			for (e = 0; e < 3; e++)
				print "endpoint add s" i " e" e " addr " \
					addr(eps, 3 * i + e)
		}
		print "commit"
	}'
}

config_sal_up()
{
	insmod "$SAL_KO" &&
		salctl -n router domain set max-services 1000000 \
			max-endpoints 1000000 &&
		salctl -n router member add netns router
}

config_sal_load()
{
	salctl -n router -b "$CONFIG"
}

config_sal_dump()
{
	salctl -n router -j service show && salctl -n router -j endpoint show
}

config_sal_end()
{
	rmmod sal
}

# as ipvsadm -S has it
config_ipvs_write()
{
	awk -v n="$1" -v vips="$VIPS" -v eps="$ENDPOINTS" -v port="$DPORT" \
		"$ADDR"'BEGIN {
		for (i = 0; i < n; i++) {
			print "-A -u " addr(vips, i) ":" port " -s wrr"
			for (e = 0; e < 3; e++)
				print "-a -u " addr(vips, i) ":" port " -r " \
					addr(eps, 3 * i + e) ":" port " -m -w 1"
		}
	}'
}

# their addresses are the machine's own
config_ipvs_up()
{
	ip -n router route add local "$VIPS/6" dev lo
}

config_ipvs_load()
{
	in_ns router ipvsadm -R <"$CONFIG"
}

config_ipvs_dump()
{
	in_ns router ipvsadm -S -n
}

# one map for all, which is the least that there can be
config_nft_write()
{
	awk -v n="$1" -v vips="$VIPS" -v eps="$ENDPOINTS" "$ADDR"'BEGIN {
		print "table ip nat {\n map services {"
		print "typeof ip daddr . numgen inc mod 3 : ip daddr"
		print "elements = {"
		for (i = 0; i < 3 * n; i++)
			print addr(vips, int(i / 3)) " . " i % 3 " : " \
				addr(eps, i) ","
		print "}\n }\n chain prerouting {"
		print "type nat hook prerouting priority dstnat"
		print "dnat to ip daddr . numgen inc mod 3 map @services\n }\n}"
	}'
}

config_nft_up()
{
	:
}

config_nft_load()
{
	in_ns router nft -f "$CONFIG"
}

config_nft_dump()
{
	in_ns router nft list table ip nat
}

# kB
mem_available()
{
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

# NAME COMMAND...: a line of ms
config_time()
{
	local began="${EPOCHREALTIME/[.,]/}" name="$1"

	shift
	"$@" >/dev/null || return 1
	awk -v us=$((${EPOCHREALTIME/[.,]/} - began)) -v name="$name" \
		'BEGIN { printf "%s ms %.1f\n", name, us / 1000 }'
}

# each of some thousand services has its endpoint, all over the table
config_proved()
{
	local n=$((FLOWS < 4000 ? FLOWS : 4000))

	PORTS=1 ADDRESSES=1
	send_to_services $((FLOWS - n)) $((FLOWS - 1)) "$n" >/dev/null
	all_arrived server "$(counted server)" "$n"
}

config_measure()
{
	local before

	"config_${VARIANT}_up" || return 1
	before="$(mem_available)"
	config_time config-load "config_${VARIANT}_load" || return 1
	echo "config-memory kB $((before - $(mem_available)))"
	config_time config-dump "config_${VARIANT}_dump" && config_proved
}

# VARIANT SERVICES
config_sample()
{
	local rc=0 end="config_$1_end"

	VARIANT="$1" FLOWS="$2" TARGET="$VIPS"
	"config_${VARIANT}_write" "$FLOWS" >"$CONFIG"
	tables_up && config_measure || rc=1
	topology_down
	! declare -F "$end" >/dev/null || "$end"
	rm "$CONFIG"
	return $rc
}
