# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The client goes: a.com asks b.com once, by UDP, and b.com sends and sends. Then
# a.com's namespace is deleted, and another one, with another address, is a.com; and
# then a third one, by a migrate request.
#
# Recorded is what each of them got, in $SCENE_DIR/took.FAMILY.INSTANCE, and what
# b.com says that it has sent, in $SCENE_DIR/server.FAMILY; initiator.py counts.

TAKE="$REPO/selftests/tools/initiator.py"
TAKE_PORT=4000

declare -A TAKERS=()

# take_begin INSTANCE [COUNT]: both families; it asks so many times
take_begin()
{
	local family vip ask

	for family in 4 6; do
		vip=VIP$family
		ask=()
		[ -z "${2:-}" ] || ask=("$2" "${!vip}" "$UDP_PORT")
		# there before it is looked for, which is now
		: >"$SCENE_DIR/took.$family.$1"
		ip netns exec "$1" "$PYTHON" "$TAKE" take "$family" \
			"$TAKE_PORT" "${ask[@]}" \
			>"$SCENE_DIR/took.$family.$1" 2>&1 &
		TAKERS[$1.$family]=$!
	done
	poll says 1 listening "$SCENE_DIR"/took.[46]."$1"
}

take_end()
{
	local family

	for family in 4 6; do
		kill "${TAKERS[$1.$family]}"
		wait "${TAKERS[$1.$family]}" 2>/dev/null
	done
}

# says COUNT TEXT FILE...: each in so many lines
says()
{
	local file

	for file in "${@:3}"; do
		[ "$(grep -c "$2" "$file")" -ge "$1" ] || return 1
	done
}

feed_begin()
{
	local family

	for family in 4 6; do
		: >"$SCENE_DIR/server.$family"
		ip netns exec b.com.1 "$PYTHON" "$TAKE" serve "$family" \
			"$UDP_PORT" >"$SCENE_DIR/server.$family" 2>&1 &
		TAKERS[b.com.$family]=$!
	done
	poll says 1 listening "$SCENE_DIR"/server.[46]
}

# feed_switch: on, or off
feed_switch()
{
	kill -USR2 "${TAKERS[b.com.4]}" "${TAKERS[b.com.6]}"
}

# come INSTANCE: one more of a.com
come()
{
	local words

	take_begin "$1"
	read -ra words < <(endpoint "$1")
	O "${words[@]}"
}

scene_initiator()
{
	echo sal >"$SCENE_DIR/who"
	draw b.com.1
	{
		echo "domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64"
		echo "member add netns a.com route auto"
		echo "member add netns b.com.1 route auto"
		service a.com 1 hold packets 20000 bytes 32M time 60s
		service b.com 2
		endpoint a.com
		endpoint b.com.1
	} | O -b - || return 1
	feed_begin && take_begin a.com 1 || return 1
	poll says 1 asked "$SCENE_DIR"/server.[46] || return 1
	feed_switch
	poll says 100 got "$SCENE_DIR"/took.[46].a.com || return 1

	# from here on what b.com sends waits
	O endpoint set a.com a.com state down || return 1
	take_end a.com
	end_instance a.com
	start_instance a.com.2
	come a.com.2 || return 1
	poll says 200 got "$SCENE_DIR"/took.[46].a.com.2 || return 1

	start_instance a.com.3
	come a.com.3 || return 1
	O migrate a.com from a.com.2 to a.com.3
	poll says 100 got "$SCENE_DIR"/took.[46].a.com.3 || return 1
	feed_switch
	poll says 1 '^fed ' "$SCENE_DIR"/server.[46] || return 1
	# what was sent last is there by now, as nothing is on a wire
	take_end a.com.2
	take_end a.com.3
	kill "${TAKERS[b.com.4]}" "${TAKERS[b.com.6]}"
}
