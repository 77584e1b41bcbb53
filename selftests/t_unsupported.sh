#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a service does not speak is counted and answered, and nobody gets it.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# FAMILY PROTOCOL: what a socket gets that sends to the VIP; the errno's name
socket_says()
{
	in_ns a python3 - "$(vip "$1" 2)" "$2" <<'END'
import errno, socket, sys
addr, proto = sys.argv[1:]
v6 = ":" in addr
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW,
                  int(proto))
# IPV6_RECVERR, IP_RECVERR
s.setsockopt(41 if v6 else 0, 25 if v6 else 11, 1)
s.settimeout(10)
try:
    s.connect((addr, 0))
    s.send(bytes(32))
    s.recv(100)
except OSError as e:
    print(errno.errorcode.get(e.errno, e))
END
}

# Protocol unreachable: ICMP has a code for it, ICMPv6 has "unrecognized next
# header", which is a parameter problem.
want()
{
	if [ "$1" = 4 ]; then echo ENOPROTOOPT; else echo EPROTO; fi
}

# what both endpoints have got
seen()
{
	local ns
	for ns in b1 b2; do
		in_ns "$ns" cat /proc/net/snmp /proc/net/snmp6 |
			grep -E '^(Udp|Tcp|Udp6|Ip6InDelivers)'
	done
}

refused()
{
	local before got
	before="$(counter unsupported)" got="$(seen)"
	expect "the sender gets" "$(socket_says "$1" "$2")" "$(want "$1")" &&
		expect_num counted "$(counter unsupported)" -gt "$before" &&
		expect "endpoints' counters" "$(seen)" "$got"
}

# Even where the service has no endpoint, and would hold an echo request.
refused_when_empty()
{
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	refused "$1" 132
	local rc=$?
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	return "$rc"
}

timestamp()
{
	local before
	before="$(counter unsupported)"
	in_ns a python3 - "$(vip 4 2)" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.sendto(bytes([13, 0, 0xf2, 0xff]) + bytes(16), (sys.argv[1], 0))
END
	expect counted "$(counter unsupported)" $((before + 1))
}

# OPTION: send an echo request in two fragments, by hand; nodefrag asks for them
# not to be put together before our hook
fragments()
{
	in_ns a python3 - "$(addr 4 1)" "$(vip 4 2)" "$@" <<'END'
import socket, struct, sys
src, dst = (socket.inet_aton(a) for a in sys.argv[1:3])
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
if len(sys.argv) > 3:
    s.setsockopt(socket.IPPROTO_IP, 22, 1)
# type 8, and a checksum that fits; then zeros
parts = (bytes([8, 0, 0xf7, 0xff]) + bytes(12), bytes(16))
for off, part in zip((0x2000, 2), parts):
    s.sendto(struct.pack("!BBHHHBBH", 0x45, 0, 36, 7, off, 64, 1, 0) + src +
             dst + part, (sys.argv[2], 0))
END
}

fragment()
{
	local before
	before="$(counter fragment)"
	fragments nodefrag
	expect counted "$(counter fragment)" $((before + 2))
}

put_together()
{
	local forward reverse
	forward="$(counter forward)" reverse="$(counter reverse)"
	fragments
	expect forward "$(counter forward)" $((forward + 1)) &&
		poll 5 counted_reverse $((reverse + 1))
}

counted_reverse()
{
	[ "$(counter reverse)" = "$1" ]
}

not_to_a_vip()
{
	local before
	before="$(counter unsupported)"
	in_ns a python3 - "$(addr "$1" 11)" <<'END'
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.connect((sys.argv[1], 9))
s.send(b"x")
END
	expect counted "$(counter unsupported)" "$before"
}

each_family "SCTP: protocol unreachable" refused 132
each_family "UDP-Lite: protocol unreachable" refused 136
each_family "likewise where the service has no endpoint" refused_when_empty
t "ICMP timestamp: counted" timestamp
t "fragments that are to stay such: counted" fragment
t "fragments are put together, and answered" put_together
each_family "what is not for a VIP passes" not_to_a_vip
finish
