#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who asks http://b.com/, in the client's namespace, which ip-netns(8) has to
# run this script in: mounts are its own there. It knows b.com by DIR/hosts.
#
#	curls.sh DIR 4|6 short	one curl after the other, until DIR/over is there
#	curls.sh DIR 4|6 long	one for a page that takes its time
#
# DIR/short4 gets a line for each: when it began, when it ended, exit status of
# curl, what it printed, HTTP status, port of the client. DIR/long4 gets each
# line of the page, with the time; then the port, and the exit status.

set -u

short()
{
	local begin answer rc

	while [ ! -e "$1/over" ]; do
		begin="$EPOCHREALTIME"
		answer="$(curl "-$2" -sS -m 60 \
			-w ' %{http_code} %{local_port}' http://b.com/ 2>&1)"
		rc=$?
		echo "$begin $EPOCHREALTIME $rc ${answer//$'\n'/}"
	done >"$1/short$2"
}

long()
{
	curl "-$2" -sSN -w 'port %{local_port}\n' \
		http://b.com/cgi-bin/long 2>&1 |
		while read -r line; do
			echo "$EPOCHREALTIME $line"
		done >"$1/long$2"
	echo "$EPOCHREALTIME exit ${PIPESTATUS[0]}" >>"$1/long$2"
}

mount --bind "$1/hosts" /etc/hosts || exit 1
"$3" "$1" "$2"
