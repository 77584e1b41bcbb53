# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a server still sends for connections that have left it, for both placements.
# shellcheck source=selftests/tcp_fate.sh
. "$(dirname "$0")/tcp_fate.sh"

# FAMILY [reset]: a connection with b1, whose server resets it when it is killed, or
# closes it
begin()
{
	only b1
	idle_server b1 ${2:+"$2"} || return 1
	talk t -t 1 "$(vip "$1" 2)" 9 || return 1
	poll 5 json_is '.[0].state' assured flow show service b.com || return 1
	S endpoint set b.com b2 state up
}

# the connection is as it was: nothing came
alive()
{
	expect "what the client hears" "$(say t wait)" timeout
}

# so many more of counter NAME: from NUMBER on
fenced_more()
{
	poll 5 counted fenced $(($1 + 1))
}

# its end would be answered by b2, which knows nothing of it
end()
{
	S flow flush
	S service set b.com tcp pin late translate
	S service set b.com stray drop
	hang_up t
	S service set b.com stray reset
}

# FAMILY: nobody has moved anything: then it counts
not_fenced()
{
	local rc=0
	begin "$1" reset || return 1
	kill_server b1
	expect "what the client hears" "$(say t wait)" ECONNRESET || rc=1
	hang_up t
	return "$rc"
}

# FAMILY HOW LATE: moved on request, as it says repair
killed_after_move()
{
	local before rc=0
	begin "$1" "$2" || return 1
	before="$(counter fenced)"
	S service set b.com tcp repair late "$3"
	expect "what moves" "$(json '.[0].flows' migrate b.com from b1 to b2)" 1 ||
		rc=1
	kill_server b1
	fenced_more "$before" || rc=1
	alive || rc=1
	expect "who has it" "$(json '.[0].endpoint' flow show service b.com)" \
		b2 || rc=1
	end
	return "$rc"
}

# FAMILY: moved as its endpoint was said to be down, which it was not
killed_after_failure()
{
	local before rc=0
	begin "$1" reset || return 1
	before="$(counter fenced)"
	S endpoint set b.com b1 state down
	kill_server b1
	fenced_more "$before" || rc=1
	alive || rc=1
	end
	return "$rc"
}

# FAMILY HOW: its socket is taken away while the service is frozen
killed_while_frozen()
{
	local before rc=0
	begin "$1" "$2" || return 1
	before="$(counter fenced)"
	S service set b.com tcp repair
	S service freeze b.com time 30s || rc=1
	kill_server b1
	fenced_more "$before" || rc=1
	S migrate b.com from b1 to b2 || rc=1
	S service thaw b.com || rc=1
	alive || rc=1
	end
	return "$rc"
}

told()
{
	local rc=0
	S endpoint set b.com b2 state up
	# not with the connection's file open
	watch || return 1
	begin 4 reset || return 1
	S endpoint set b.com b1 state down
	kill_server b1
	poll 5 event '.event == "fence" and .from == ["b1"] and
		.fenced_resets >= 1 and .service == "b.com"' || rc=1
	end
	return "$rc"
}

fence_cases()
{
	each_family "a server that is killed resets its connection" not_fenced
	each_family "not one that has moved" killed_after_move reset translate
	each_family "nor with late drop" killed_after_move reset drop
	each_family "nor does it close it" killed_after_move "" translate
	each_family "nor one that has moved as its endpoint failed" \
		killed_after_failure
	each_family "nor one that is just being taken away" \
		killed_while_frozen reset
	each_family "nor does it close that" killed_while_frozen ""
	t "listeners are told" told
}
