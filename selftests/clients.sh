# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Programs that people use, as they are, by the VIP of b.com: b1 and b2 each run
# nginx, dnsmasq, redis-server, iperf3 and socat. For both placements, and for
# long/, which has the same with larger numbers.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What setup.sh has unpacked and not installed: that finds the libraries which came
# with it, and nobody else does.
find_servers()
{
	local file
	mkdir "$WORK/bin"
	for file in "$SAL_SERVERS"/bin/*; do
		cat >"$WORK/bin/${file##*/}" <<-END
			#!/bin/sh
			LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+\$LD_LIBRARY_PATH:}$SAL_SERVERS/lib"
			export LD_LIBRARY_PATH
			exec "$file" "\$@"
		END
		chmod +x "$WORK/bin/${file##*/}"
	done
	PATH="$WORK/bin:$PATH"
}

[ -z "${SAL_SERVERS:-}" ] || find_servers

# How much; it may be set before this is read.
FILE_SIZE="${FILE_SIZE:-8M}"	# of a file that is fetched
CONNECTIONS="${CONNECTIONS:-100}"	# one after the other
REQUESTS="${REQUESTS:-200}"	# of redis-benchmark, for each of its tests
STREAM="${STREAM:-4M}"		# by iperf3 and TCP
DATAGRAMS="${DATAGRAMS:-400}"	# by iperf3 and UDP
MOVES="${MOVES:-10}"

# --- servers ----------------------------------------------------------------

# server NS PORT COMMAND...: in the background, where it stays
server()
{
	local ns="$1" port="$2" log
	shift 2
	log="$WORK/$1.$ns.$port"
	echo "+ $ns: $* &" >&2
	ip netns exec "$ns" "$@" >"$log" 2>&1 </dev/null &
	PIDS+=($!)
	poll 20 is_bound "$ns" "$port" || { cat "$log" >&2; return 1; }
}

# Without a master, whose children would want to be another user; whom nginx would
# give its directory to, too.
web()
{
	cat >"$WORK/nginx.$1.conf" <<END
daemon off;
master_process off;
user root;
pid $WORK/nginx.$1.pid;
error_log stderr;
events { }
http {
	access_log off;
	client_body_temp_path $WORK/nginx.$1.tmp;
	proxy_temp_path $WORK/nginx.$1.tmp;
	fastcgi_temp_path $WORK/nginx.$1.tmp;
	uwsgi_temp_path $WORK/nginx.$1.tmp;
	scgi_temp_path $WORK/nginx.$1.tmp;
	server {
		listen 80;
		listen [::]:80;
		root $WORK/www;
		location /name { return 200 "$1 "; }
	}
}
END
	server "$1" 80 nginx -e stderr -p "$WORK" -c "$WORK/nginx.$1.conf"
}

names()
{
	cat >"$WORK/dnsmasq.$1.conf" <<END
no-resolv
no-hosts
pid-file=
txt-record=name.test,$1
END
	server "$1" 53 dnsmasq --no-daemon -C "$WORK/dnsmasq.$1.conf"
}

serve_all()
{
	local ns
	mkdir "$WORK/www"
	head -c "$FILE_SIZE" /dev/urandom >"$WORK/www/file"
	SUM="$(sha256sum <"$WORK/www/file")"
	head -c 1M "$WORK/www/file" >"$WORK/text"
	yes "name.test TXT" | head -n 20 >"$WORK/questions"
	for ns in b1 b2; do
		web "$ns" && names "$ns" || return 1
		server "$ns" 6379 redis-server --save "" --dir "$WORK" \
			--protected-mode no || return 1
		server "$ns" 5201 iperf3 -s || return 1
		# by pages: more at once may wait for room in a pipe that nobody
		# else empties
		server "$ns" 700 socat -b 4096 \
			TCP6-LISTEN:700,ipv6only=0,fork PIPE || return 1
		server "$ns" 701 socat \
			UDP6-RECVFROM:701,ipv6only=0,fork PIPE || return 1
	done
}

setup_clients()
{
	local name
	for name in curl dig dnsmasq iperf3 nginx redis-benchmark redis-cli \
		    redis-server socat ss tracepath; do
		type -P "$name" >/dev/null && continue
		echo "no $name here"
		exit "$KSFT_SKIP"
	done
	setup_b_com
	large_buffers
	serve_all || exit 1
}

# mtu BYTES: of all that is in the picture
mtu()
{
	local ns
	echo "+ mtu $1" >&2
	for ns in a b1 b2 b3; do
		ip -n "$ns" link set eth0 mtu "$1"
		ip -n orch link set "v$ns" mtu "$1"
	done
	ip -n orch link set br0 mtu "$1"
}

# --- cases ------------------------------------------------------------------

# FAMILY: the VIP, in a URL or for socat
host()
{
	if [ "$1" = 4 ]; then vip 4 2; else echo "[$(vip 6 2)]"; fi
}

twenty_pings()
{
	only b1 b2
	pings a 20 "$(vip "$1" 2)" >"$WORK/ping"
	cat "$WORK/ping" >&2
	grep -q " 20 received, 0% packet loss" "$WORK/ping" &&
		expect duplicates "$(grep -c DUP "$WORK/ping")" 0
}

# MTU
traces()
{
	local out hops=1
	[ "$PLACEMENT" = edge ] || hops=2
	mtu "$2"
	only b1 b2
	out="$(in_ns a timeout 60 tracepath -n "$(vip "$1" 2)")"
	mtu 1500
	echo "$out" >&2
	grep -q "Resume: pmtu $2 hops $hops back" <<<"$out" ||
		fail "not $hops hops with $2 bytes"
	grep -q "$(vip "$1" 2) .*reached" <<<"$out" ||
		fail "the VIP is not reached"
}

# FAMILY MTU
fetches()
{
	only b1 b2
	mtu "$2"
	expect "what came" "$(in_ns a curl -sS "http://$(host "$1")/file" |
		sha256sum)" "$SUM"
	local rc=$?
	mtu 1500
	return "$rc"
}

# Each has a connection of its own; one that is refused is told by curl.
connects()
{
	only b1 b2
	in_ns a curl -sS -H "Connection: close" \
		-w '%{num_connects} %{http_code}\n' \
		"http://$(host "$1")/name?[1-$CONNECTIONS]" >"$WORK/answers"
	expect "exit status" $? 0 || return 1
	sort "$WORK/answers" | uniq -c >&2
	expect answers "$(grep -cE '^b[12] 1 200$' "$WORK/answers")" \
		"$CONNECTIONS" &&
		expect "who answers" "$(cut -d ' ' -f 1 "$WORK/answers" |
			sort -u | xargs)" "b1 b2"
}

# The same, up to fifty at a time.
connects_at_once()
{
	only b1 b2
	in_ns a curl -sS -Z -H "Connection: close" -o /dev/null \
		-w '%{num_connects} %{http_code}\n' \
		"http://$(host "$1")/name?[1-$CONNECTIONS]" >"$WORK/answers"
	expect "exit status" $? 0 || return 1
	expect answers "$(sort "$WORK/answers" | uniq -c | xargs)" \
		"$CONNECTIONS 1 200"
}

# FAMILY DIG-OPTION...: each question has a socket of its own
resolves()
{
	local answer
	only b1 b2
	in_ns a dig "@$(vip "$1" 2)" +short +tries=1 "${@:2}" \
		-f "$WORK/questions" >"$WORK/answers"
	answer="$(sort "$WORK/answers" | uniq -c)"
	echo "$answer" >&2
	expect "who answers" "$(awk '{ print $2 }' <<<"$answer" | xargs)" \
		'b1 b2' && expect answers "$(grep -c . "$WORK/answers")" 20
}

# NS FAMILY COMMAND...: of that instance, not by the VIP
redis_of()
{
	in_ns "$1" redis-cli -h "$(addr "$2" "1${1#b}")" "${@:3}"
}

# FAMILY: how often INCR was done, at both
counted()
{
	local ns sum=0
	for ns in b1 b2; do
		sum=$((sum + $(redis_of "$ns" "$1" get counter:__rand_int__)))
	done
	echo "$sum"
}

forget_counts()
{
	redis_of b1 "$1" flushall && redis_of b2 "$1" flushall
} >/dev/null

# FAMILY REQUESTS TESTS
benchmark()
{
	in_ns a redis-benchmark -h "$(vip "$1" 2)" -c 20 -n "$2" -t "$3" --csv
}

redis()
{
	only b1 b2
	forget_counts "$1"
	benchmark "$1" "$REQUESTS" ping,set,get,incr,lpush >"$WORK/redis" 2>&1
	expect "exit status" $? 0 || return 1
	cat "$WORK/redis" >&2
	expect tests "$(grep -cE '^"(PING|SET|GET|INCR|LPUSH)' \
		"$WORK/redis")" 6 &&
		expect "what both have counted" "$(counted "$1")" "$REQUESTS"
}

# A server that has to wait for its CPU must not lose what has arrived: the usual
# buffer takes a dozen jumbo frames. These are sysctls of the machine.
BUFFER=()
large_buffers()
{
	in_userns && return
	sysctl -qw net.core.rmem_max=$((8 << 20)) net.core.wmem_max=$((8 << 20))
	BUFFER=(-w 2M)
}

# FAMILY NAME OPTION...: its report is in the file
iperf()
{
	in_ns a iperf3 -J -c "$(vip "$1" 2)" "${@:3}" >"$WORK/$2" ||
		{ cat "$WORK/$2" >&2; return 1; }
}

# FILE FILTER
report()
{
	jq -rc "$2" "$WORK/$1"
}

# FAMILY MTU [OPTION...]: a stream
streams()
{
	local headers=52 rc=0
	[ "$1" = 4 ] || headers=72
	only b1
	mtu "$2"
	iperf "$1" tcp -n "$STREAM" "${@:3}" || rc=1
	mtu 1500
	[ "$rc" = 0 ] || return 1
	report tcp ".end.sum_sent, .end.sum_received" >&2
	expect error "$(report tcp .error)" null &&
		expect MSS "$(report tcp .start.tcp_mss_default)" \
		$(($2 - headers)) &&
		expect_num "bytes received" \
			"$(report tcp .end.sum_received.bytes)" -gt 0
}

# FILE NS: none is missing between others, and they go on to the end; iperf3 may end
# before it has seen the last ones.
no_datagram_lost()
{
	local ns
	report "$1" ".end.sum_sent, .end.sum_received" >&2
	for ns in a "$2"; do
		in_ns "$ns" grep -hE "^Udp:|^Udp6RcvbufErrors" \
			/proc/net/snmp /proc/net/snmp6 >&2
	done
	expect error "$(report "$1" .error)" null &&
		expect lost "$(report "$1" .end.sum.lost_packets)" 0 &&
		expect_num sent "$(report "$1" .end.sum_sent.packets)" -ge \
			"$DATAGRAMS" &&
		expect_num received "$(report "$1" .end.sum_received.packets)" \
			-ge $((DATAGRAMS * 9 / 10))
}

# FAMILY MTU [OPTION...]: as large as fit, and slow enough for an emulated machine
datagrams()
{
	local len=$(($2 - 28)) rc=0
	[ "$1" = 4 ] || len=$(($2 - 48))
	only b1
	mtu "$2"
	iperf "$1" udp -u "${BUFFER[@]}" -l "$len" -b "$((len * 8 * 200))" \
		-n "$((len * DATAGRAMS))" "${@:3}" || rc=1
	mtu 1500
	[ "$rc" = 0 ] || return 1
	no_datagram_lost udp b1
}

# FAMILY: a megabyte comes back
socat_tcp()
{
	only b1 b2
	in_ns a socat -t 60 "OPEN:$WORK/text!!-" "TCP:$(host "$1"):700" |
		cmp - "$WORK/text"
}

# Ten datagrams of one socket, each answered before the next.
socat_udp()
{
	local i pid in rc=0
	only b1 b2
	rm -f "$WORK/in" "$WORK/out"
	mkfifo "$WORK/in"
	ip netns exec a socat - "UDP:$(host "$1"):701" \
		<"$WORK/in" >"$WORK/out" &
	pid=$!
	PIDS+=("$pid")
	exec {in}>"$WORK/in"
	for i in {1..10}; do
		echo "datagram $i" >&"$in"
		poll 10 grep -qsx "datagram $i" "$WORK/out" || { rc=1; break; }
	done
	exec {in}>&-
	kill "$pid"
	wait "$pid"
	return "$rc"
}

# --- cases with moves -------------------------------------------------------

# What goes on until there is a file: in the background, NAME COMMAND...
keep()
{
	local name="$1"
	shift
	rm -f "$WORK/stop"
	: >"$WORK/keep.$name"
	"keep_$name" "$@" >"$WORK/keep.$name" 2>&1 &
	PIDS+=($!)
	declare -g "KEEP_$name=$!"
}

# kept NAME: and its output
kept()
{
	local var="KEEP_$1"
	wait "${!var}"
	cat "$WORK/keep.$1"
}

# From one port, so that it is one conversation.
keep_dig()
{
	local rounds=0
	until [ -e "$WORK/stop" ]; do
		in_ns a dig -b "$(addr "$1" 1)#4053" "@$(vip "$1" 2)" +short \
			+tries=1 +time=10 -f "$WORK/questions"
		rounds=$((rounds + 1))
	done
	echo "asked $((rounds * 20))"
}

keep_redis()
{
	local rounds=0
	until [ -e "$WORK/stop" ]; do
		benchmark "$1" 200 incr || echo "exit status $?"
		rounds=$((rounds + 1))
	done
	echo "asked $((rounds * 200))"
}

more_echos()
{
	[ "$(echos "$1" "$2")" -gt "$3" ]
}

asked_both()
{
	grep -q '^"b1"' "$WORK/keep.dig" && grep -q '^"b2"' "$WORK/keep.dig"
}

# FAMILY: each move is followed by a request to where it went; there are more of them
# where dig is slow
to_and_fro()
{
	local i=0 before from=b1 to=b2
	until [ $((i++)) -ge "$MOVES" ] && asked_both; do
		[ "$i" -le $((20 * MOVES)) ] || return 1
		before="$(echos "$to" "$1")"
		salctl -n orch migrate b.com from "$from" to "$to" >/dev/null &&
			poll 10 more_echos "$to" "$1" "$before" || return 1
		from="$to"
		to="$([ "$to" = b2 ] && echo b1 || echo b2)"
	done
}

# Each request was answered, once; but for the last one, which may be under way.
ping_lost_nothing()
{
	local sent seqs
	sent="$(awk '/ packets transmitted/ { print $1 }' "$1")"
	seqs="$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$1" | sort -n)"
	tail -n 3 "$1" >&2
	expect "what was answered" "$(uniq <<<"$seqs" | wc -l) $(tail -n 1 \
		<<<"$seqs")" "$(wc -l <<<"$seqs") $(wc -l <<<"$seqs")" &&
		expect_num "under way at the end" \
			$((sent - $(wc -l <<<"$seqs"))) -le 1
}

dig_lost_nothing()
{
	local out
	out="$(sort "$1" | uniq -c)"
	echo "$out" >&2
	expect "what dig was answered" "$(grep -c '^"b[12]"$' "$1")" \
		"$(awk '/^asked/ { print $2 }' "$1")" &&
		expect "who answers" "$(awk '$2 ~ /^"/ { print $2 }' \
			<<<"$out" | xargs)" "b1 b2"
}

# Connections stay where they are: redis-benchmark tells of one that breaks.
redis_lost_nothing()
{
	expect "what both have counted" "$(counted "$2")" \
		"$(awk '/^asked/ { print $2 }' "$1")" &&
		expect "other lines" "$(grep -cvE '^"(test|INCR)|^asked' "$1")" \
			0
}

moves()
{
	local ping rc=0
	only b1
	S endpoint set b.com b2 state up
	forget_counts "$1"
	ip netns exec a ping -n -i 0.02 "$(vip "$1" 2)" >"$WORK/ping" &
	ping=$!
	PIDS+=("$ping")
	keep dig "$1"
	keep redis "$1"
	poll 20 grep -qs '^"b' "$WORK/keep.dig" || rc=1
	poll 20 json_is '[.[] | select(.proto == 6)] | length > 0' true \
		flow show service b.com || rc=1
	to_and_fro "$1" || rc=1
	touch "$WORK/stop"
	kill -INT "$ping"
	wait "$ping"
	kept dig >"$WORK/dig"
	kept redis >"$WORK/redis"
	ping_lost_nothing "$WORK/ping" || rc=1
	dig_lost_nothing "$WORK/dig" || rc=1
	redis_lost_nothing "$WORK/redis" "$1" || rc=1
	return "$rc"
}

# i.com is iperf3 in b3, which has two addresses, and its endpoints one and two are
# these: wherever a flow goes, it is one program that counts its datagrams. To that
# all come by the address of one; nft has no state of them.
setup_two_addresses()
{
	local f nomember=()
	[ "$PLACEMENT" = edge ] || nomember=(nomember)
	# deprecated: no source of what is sent
	if [ "$PLACEMENT" = router ]; then
		for f in 4 6; do
			ip -n orch route add "$(addr "$f" 23)" dev vb3
		done
		ip -n b3 addr add "$(addr 4 23)" dev eth0
	else
		ip -n b3 addr add "$(addr 4 23)/16" dev eth0
	fi
	ip -n b3 addr add "$(addr 6 23)/$([ "$PLACEMENT" = router ] &&
		echo 128 || echo 64)" dev eth0 nodad preferred_lft 0
	in_ns b3 nft -f - <<END || return 1
table inet one {
	chain in {
		type filter hook prerouting priority raw
		ip daddr $(addr 4 23) ip daddr set $(addr 4 13)
		ip6 daddr $(addr 6 23) ip6 daddr set $(addr 6 13)
	}
}
END
	service i.com 5 && S endpoint add i.com one netns b3 addr "$(addr 4 13)" \
		addr "$(addr 6 13)" "${nomember[@]}" &&
		S endpoint add i.com two netns b3 addr "$(addr 4 23)" \
			addr "$(addr 6 23)" "${nomember[@]}" &&
		server b3 5201 iperf3 -s
}

udp_flow_of_i()
{
	json_is '[.[] | select(.proto == 17)] | length' 1 \
		flow show service i.com
}

# PID: moves as long as it runs; sets MOVED
move_meanwhile()
{
	MOVED=0
	while kill -0 "$1" 2>/dev/null; do
		salctl -n orch migrate i.com from one to two >/dev/null &&
			salctl -n orch migrate i.com from two to one \
				>/dev/null || return 1
		MOVED=$((MOVED + 2))
	done
}

# FAMILY: one run of iperf3, which opens its connection and begins its stream at
# the address that it answers from
datagrams_moved()
{
	local pid
	S endpoint set i.com two state down
	S flow flush service i.com
	ip netns exec a iperf3 -J -c "$(vip "$1" 5)" -u "${BUFFER[@]}" \
		-l 1400 -b $((1400 * 8 * 200)) -n $((1400 * DATAGRAMS)) \
		>"$WORK/moved" &
	pid=$!
	PIDS+=("$pid")
	poll 20 udp_flow_of_i || return 1
	S endpoint set i.com two state up
	move_meanwhile "$pid" || return 1
	wait "$pid" || { cat "$WORK/moved" >&2; return 1; }
	echo "$MOVED moves" >&2
	no_datagram_lost moved b3
}

stream_moved()
{
	local moved=0 ep
	until [ "$moved" -ge "$MOVES" ]; do
		datagrams_moved "$1" || return 1
		moved=$((moved + MOVED))
	done
	for ep in one two; do
		expect_num "what $ep has carried" "$(json \
			'.[0].forward_packets' stats show i.com "$ep")" -gt 0 ||
			return 1
	done
}

clients_cases()
{
	each_family "ping" twenty_pings
	each_family "tracepath" traces 1500
	each_family "curl and nginx: a file of $FILE_SIZE" fetches 1500
	each_family "curl and nginx: $CONNECTIONS connections" connects
	each_family "dig and dnsmasq by UDP" resolves
	each_family "dig and dnsmasq by TCP" resolves +tcp
	each_family "redis-benchmark and redis-server" redis
	each_family "iperf3 by TCP, 9000 bytes MTU" streams 9000
	each_family "iperf3 by UDP, 9000 bytes MTU" datagrams 9000
	each_family "socat by TCP" socat_tcp
	each_family "socat by UDP" socat_udp
	each_family "$MOVES moves under ping, dig and redis-benchmark" moves
}

http_cases()
{
	local mtu
	for mtu in 1500 9000; do
		each_family "curl and nginx: a file of $FILE_SIZE, $mtu bytes MTU" \
			fetches "$mtu"
	done
	each_family "curl and nginx: $CONNECTIONS connections" connects
	each_family "curl and nginx: $CONNECTIONS, fifty at a time" \
		connects_at_once
	each_family "redis-benchmark and redis-server" redis
}

iperf_cases()
{
	local mtu
	for mtu in 1500 9000; do
		each_family "tracepath, $mtu bytes MTU" traces "$mtu"
		each_family "iperf3 by TCP, $mtu bytes MTU" streams "$mtu"
		each_family "iperf3 by TCP, $mtu bytes MTU, from the server" \
			streams "$mtu" -R
		each_family "iperf3 by UDP, $mtu bytes MTU" datagrams "$mtu"
		each_family "iperf3 by UDP, $mtu bytes MTU, from the server" \
			datagrams "$mtu" -R
	done
}

moves_cases()
{
	each_family "$MOVES moves under ping, dig and redis-benchmark" moves
	t "a server with two addresses" setup_two_addresses
	each_family "$MOVES moves under iperf3 by UDP" stream_moved
}
