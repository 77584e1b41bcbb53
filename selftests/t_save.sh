#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# salctl save and restore: what is written makes the same domain again, here and in
# another namespace, or nothing of it; an endpoint whose namespace is not there waits
# for it; flows go on with the same endpoint and ids.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup

# a name that a shell would take apart
ODD="it's \"odd\" #1"

add_ns "$ODD"

# everything that there is a word for
configure()
{
	S domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64 \
		flow-acct on max-flows 100000 max-held 4M max-policies 77 &&
		service b.com 2 alias B-two.com hold packets 3 bytes 10k \
			time 1500ms on-empty drop late drop grace 7s \
			sched lc affinity 10m stray drop timeout new 11s \
			timeout established 2h &&
		S service add web.com vip "$(vip 4 3)" vip 10.1.0.128/26 \
			proto tcp port 80-89 &&
		S service add derived.com &&
		S service add "$(printf 'x%.0s' {1..63}).com" \
			hold off affinity off &&
		endpoint b.com b1 11 weight 3 max-flows 1000 &&
		endpoint b.com b2 12 state draining &&
		endpoint web.com b1 11 port 8080 tier 2 nomember &&
		S endpoint add b.com name addr netns "$ODD" nomember \
			addr "$(addr 4 13)" &&
		S endpoint add b.com far addr 192.0.2.7 lease 1h &&
		S rule add 10.1.0.9 forward b.com &&
		S rule add 10.1.0.10 upcall time 3s then drop &&
		S rule add 10.1.1.0/24 reject &&
		S rule add 0.0.0.0/0 deliver &&
		S policy add from any to web.com deny &&
		S policy add from b.com to web.com allow
}

save()
{
	salctl -n orch save "${@:2}" >"$WORK/$1"
}

same()
{
	diff "$WORK/$1" "$WORK/$2" >&2
}

round_trip()
{
	save one && S flush && S restore "$WORK/one" && save two &&
		cat "$WORK/one" >&2 && same one two
}

# the file is a batch as any other
is_batch()
{
	S flush && S -b "$WORK/one" && save two && same one two
}

# another domain; the namespaces are free by then
elsewhere()
{
	S flush && run ip netns add other || return 1
	salctl -n other restore "$WORK/one" &&
		salctl -n other save >"$WORK/two" && same one two &&
		salctl -n other flush && run ip netns del other
}

nothing_there()
{
	json_is '.[0] | .services + .endpoints + .members + .rules + .policies' \
		0 domain show
}

# nothing of it stays, the settings included
all_or_nothing()
{
	local before
	before="$(json '.[0].max_flows' domain show)"
	{
		sed 's/max-flows [0-9]*/max-flows 5/' "$WORK/one"
		echo "policy add from nobody.com to any deny"
	} >"$WORK/bad"
	refused "$WORK/bad:$(wc -l <"$WORK/bad"): no service 'nobody.com'" \
		restore "$WORK/bad" || return 1
	nothing_there || return 1
	expect "max-flows" "$(json '.[0].max_flows' domain show)" "$before"
}

# so is a line that the tool itself cannot read
bad_line()
{
	sed 's/^rule add 10.1.1.0/rule add 10.1.1.300/' "$WORK/one" \
		>"$WORK/bad"
	refused "$WORK/bad:$(grep -n 300 "$WORK/bad" | cut -d : -f 1): " \
		restore "$WORK/bad" && nothing_there
}

check_only()
{
	S restore "$WORK/one" check && nothing_there || return 1
	expect "members of b1" "$(in_ns b1 salctl -j member show)" "[]" ||
		return 1
	refused "$WORK/bad:" restore "$WORK/bad" check && nothing_there
}

not_empty()
{
	S restore "$WORK/one" || return 1
	refused "the domain is not empty: salctl flush" restore "$WORK/one" &&
		refused "not empty" restore "$WORK/one" check &&
		refused "not in a batch" -b - <<<"restore $WORK/one"
}

t "everything can be written" configure
t "saved, flushed, restored and saved again is the same" round_trip
t "a saved file is a batch" is_batch
t "another namespace becomes the same domain" elsewhere
t "a line that the kernel refuses is named, and nothing stays" all_or_nothing
t "likewise a line that cannot be read" bad_line
t "a check tells the same, and makes nothing" check_only
t "only an empty domain is restored" not_empty
finish
