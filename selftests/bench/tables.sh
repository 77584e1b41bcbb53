# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Many services on the router: service I, from 0, has the virtual address 64.0.0.0 + I,
# and its endpoints, where it has E of them, are 10.128.0.0 + I * E and those that follow,
# behind the server.

VIPS=64.0.0.0 ENDPOINTS=10.128.0.0

# addr(BASE, I) for awk programs that begin with this
# shellcheck disable=SC2016,SC2034 # awk's; for those who source this
ADDR='function addr(base, i,  b) {
	split(base, b, ".")
	return (b[1] + int(i / 2 ^ 24)) "." (b[2] + int(i / 2 ^ 16) % 256) "." \
		(int(i / 256) % 256) "." (i % 256)
}'

# I: its virtual address
vip_of()
{
	awk -v base="$VIPS" -v i="$1" "$ADDR"'BEGIN { print addr(base, i) }'
}

# the server is where all endpoints are
tables_up()
{
	router_up
	ip -n router route add "$ENDPOINTS/9" via "$SERVER"
	in_ns server nft flush chain inet far in
	in_ns server nft add rule inet far in ip daddr "$ENDPOINTS/9" \
		udp dport "$DPORT" counter drop
}

# FIRST LAST COUNT: requests to the services from FIRST to LAST, one after the other
send_to_services()
{
	pktgen client "$3" "dst_mac $(mac "$ROUTER_CLIENT_MAC")" \
		"dst_min $(vip_of "$1")" "dst_max $(vip_of "$2")" \
		"src_min 10.8.0.1" "src_max 10.8.0.$ADDRESSES" \
		"udp_dst_min $DPORT" "udp_dst_max $DPORT" \
		"udp_src_min 20000" "udp_src_max $((20000 + PORTS))"
}
