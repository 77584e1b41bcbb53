# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What answers in an instance of b.com. The kernel answers echo requests; a
# program that answers anything else keeps its namespace alive, so it is ended
# before that is deleted.
#
# HTTP is spoken by busybox, which the virtual machine needs anyway: it starts
# at once in an emulated one, too, and has a process for each connection.

WHAT="echo"		# what is talked: echo, udp, web, or who it is (balance),
			# or nothing that begins by itself (repair)
UDP_PORT=5000		# evidence.py knows both
WEB_PORT=80

declare -A SERVERS=()

# title_of INSTANCE: as people are told
title_of()
{
	echo "${1%.*} #${1##*.}"
}

serve()
{
	case "$WHAT" in
	udp)
		serve_by "$1" "$TOOLS/echoserver" "$UDP_PORT"
		poll listens "$1" udp6 "$UDP_PORT"
		;;
	balance)
		serve_by "$1" "$TOOLS/echoserver" -n "$1" "$UDP_PORT"
		poll listens "$1" udp6 "$UDP_PORT"
		;;
	web)
		pages "$1"
		serve_by "$1" busybox httpd -f -p "$WEB_PORT" \
			-h "$SCENE_DIR/$1"
		poll listens "$1" tcp6 "$WEB_PORT"
		;;
	esac
}

# serve_by INSTANCE COMMAND...
serve_by()
{
	ip netns exec "$1" "${@:2}" >>"$SCENE_DIR/servers" 2>&1 &
	SERVERS[$1]=$!
}

# listens INSTANCE udp6|tcp6 PORT
listens()
{
	grep -q ":$(printf '%04X' "$3") " "/proc/${SERVERS[$1]}/net/$2"
}

# answered_all INSTANCE: nothing waits in its UDP socket
answered_all()
{
	grep -q ":$(printf '%04X' "$UDP_PORT") .* 00000000:00000000 " \
		"/proc/${SERVERS[$1]}/net/udp6"
}

# serve_end INSTANCE: if it has a server
serve_end()
{
	[ -n "${SERVERS[$1]:-}" ] || return 0
	kill "${SERVERS[$1]}"
	wait "${SERVERS[$1]}" 2>/dev/null
	unset "SERVERS[$1]"
}

# pages INSTANCE: one that names it, and one that goes on until there has been
# enough of it
pages()
{
	local dir="$SCENE_DIR/$1"

	mkdir -p "$dir/cgi-bin"
	title_of "$1" >"$dir/index.html"
	cat >"$dir/cgi-bin/long" <<-END
		#!$(command -v busybox) sh
		printf 'Content-Type: text/plain\r\n\r\n'
		n=0
		until [ -e "$SCENE_DIR/enough" ]; do
			n=\$((n + 1))
			echo "\$n $(title_of "$1")"
			sleep 0.1
		done
		echo end
	END
	chmod +x "$dir/cgi-bin/long"
}
