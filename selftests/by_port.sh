# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What UDP and TCP have in common, for both placements: b1 and b2 serve b.com, each
# on port 7. Cases get the protocol.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# The server sees the client, by its address and port.
seen()
{
	only b1
	expect "what the server says" \
		"$(ask a "$2" -p 4000 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(addr "$1" 1) 4000"
}

# Transport headers are not where they nearly always are.
options()
{
	only b1
	expect "what the server says" \
		"$(ask a "$2" -o -p 4006 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(addr "$1" 1) 4006"
}

shares()
{
	local ports=({2000..2039})
	only b1 b2
	ask a "$2" -P "${ports[*]}" "$(vip "$1" 2)" 7 >"$WORK/answers"
	expect answers "$(grep -c . "$WORK/answers")" 40 &&
		expect "who answers" "$(cut -d ' ' -f 2 "$WORK/answers" |
			sort -u | xargs)" "b1 b2"
}
