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
	S domain set "${DOMAIN[@]}" \
		flow-acct on max-flows 100000 max-held 4M max-policies 77 &&
		service b.com 2 alias B-two.com hold packets 3 bytes 10k \
			time 1500ms share 34 on-empty drop late drop grace 7s \
			tcp repair sched lc affinity 10m stray drop timeout new 11s \
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
		S rule add 10.1.0.10 upcall time 3s 'then' drop &&
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

# all that is shown, without what is given anew
show()
{
	local object
	for object in domain member service endpoint rule policy; do
		salctl -n orch -j -d "$object" show ||
			fail "no $object" || return 1
	done | jq -S '.[] | del(.id, .seq, .generation, .transaction,
		.lease_left, .drain_time)' >"$WORK/$1.shown"
}

round_trip()
{
	save one && show one && S flush && S restore "$WORK/one" && save two &&
		show two && cat "$WORK/one" >&2 && same one two &&
		same one.shown two.shown
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

is_drained()
{
	json_is '.[0].state' drained endpoint show b.com b2
}

# what is left of its time, for the flow that it has
drain()
{
	S flush && S member add netns a route auto && service b.com 2 &&
		endpoint b.com b2 12 && answers "$(vip 4 2)" &&
		S endpoint drain b.com b2 deadline 1h "then" reset &&
		save one flows || return 1
	grep -Eq '^endpoint drain b.com b2 deadline 3[0-9]{6}ms then reset$' \
		"$WORK/one" || fail "no drain: $(cat "$WORK/one")" || return 1
	S flush && S restore "$WORK/one" || return 1
	json_is '.[0] | "\(.state) \(.flows) \(.drain_then) \(.drain_left > 3000000)"' \
		"draining 1 reset true" endpoint show b.com b2 || return 1
	S flow flush && poll 5 is_drained
}

# a name that no line can have is none
no_name()
{
	local name=$'two\nlines'
	add_ns "$name"
	S flush && S service add b.com && S endpoint add b.com name b9 \
		netns "$name" nomember addr "$(addr 4 13)" || return 1
	salctl -n orch save >"$WORK/one" 2>"$WORK/said" || return 1
	cat "$WORK/said" >&2
	grep -q "note: endpoint 'b9' of 'b.com' is absent" "$WORK/said" ||
		fail "not told" || return 1
	S flush && S restore "$WORK/one" && del_ns "$name" &&
		json_is '.[0].absent' true endpoint show b.com b9
}

# an endpoint whose namespace is not there waits for it
absent()
{
	S flush && service b.com 2 && endpoint b.com b2 12 &&
		save one || return 1
	S flush && sed -i 's/ netns b2 / netns later /' "$WORK/one" || return 1
	S restore "$WORK/one" 2>"$WORK/said" || return 1
	cat "$WORK/said" >&2
	grep -q "note: no network namespace 'later' yet" "$WORK/said" ||
		fail "not told" || return 1
	json_is '.[0] | "\(.absent) \(.notes[0])"' \
		"true down (netns absent)" endpoint show b.com b2 || return 1
	# it is saved as such
	save two && grep -q "name b2 absent" "$WORK/two" || return 1
	S member add netns a route auto || return 1
	not answers "$(vip 4 2)" 2 || return 1
	S endpoint set b.com b2 netns b2 || return 1
	json_is '.[0] | "\(.absent) \(.netns)"' "false b2" \
		endpoint show b.com b2 &&
		json_is 'map(.name) | contains(["b2"])' true member show &&
		answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

flow_lines()
{
	grep '^flow add' "$WORK/$1" | sed 's/ idle [^ ]*//' >"$WORK/$1.flows"
}

# all that is known of flows is as it was, and they go on
flows()
{
	S flush && S domain set flow-acct on &&
		S member add netns a route auto && service b.com 2 &&
		S service set b.com vip "$(vip 4 2)" "$(vip 4 3)" "$(vip 6 2)" &&
		endpoint b.com b1 11 && endpoint b.com b2 12 || return 1
	# two VIPs and one id: the second one is mapped
	nothing_lost "$(echo_once -n 5 -e 77 "$(vip 4 2)")" &&
		nothing_lost "$(echo_once -n 5 -e 77 "$(vip 4 3)")" &&
		nothing_lost "$(echo_once -n 5 -e 78 "$(vip 6 2)")" || return 1
	save one flows && flow_lines one || return 1
	expect "flows" "$(wc -l <"$WORK/one.flows")" 3 || return 1
	cat "$WORK/one.flows" >&2
	S flush && S restore "$WORK/one" >"$WORK/said" || return 1
	expect "told" "$(cat "$WORK/said")" "3 flows restored, 0 refused" ||
		return 1
	save two flows && flow_lines two && same one.flows two.flows || return 1
	nothing_lost "$(echo_once -n 5 -e 77 "$(vip 4 3)")" &&
		expect "flows" "$(json length flow show)" 3
}

# what cannot be made is told, line by line, and does not stop the others, nor what
# comes after them
refused_flows()
{
	S flush && {
		cat "$WORK/one"
		# of another shape than the first one
		sed -n 's/ endpoint b[12] member a / member nix /p' \
			"$WORK/one.flows"
		echo "rule add 10.1.0.9 deliver"
	} >"$WORK/bad" || return 1
	S restore "$WORK/bad" >"$WORK/said" 2>"$WORK/err" || return 1
	cat "$WORK/said" "$WORK/err" >&2
	expect "told" "$(cat "$WORK/said")" "3 flows restored, 3 refused" &&
		expect "lines" "$(grep -c "^$WORK/bad:[0-9]*: .*nix" \
			"$WORK/err")" 3 &&
		expect "attributes" "$(grep -c "(attribute member)" \
			"$WORK/err")" 3 &&
		expect "rules" "$(json length rule show)" 1
}

# one that is with nobody waits, and goes to who comes
orphans()
{
	S flush && sed -i '/^endpoint add/d' "$WORK/one" || return 1
	sed -i 's/ endpoint b[12] / /' "$WORK/one"
	S restore "$WORK/one" >/dev/null || return 1
	expect "orphans" "$(json 'map(.endpoint) | unique | tostring' \
		flow show)" "[null]" || return 1
	endpoint b.com b1 11 || return 1
	expect "with b1" "$(json 'map(.endpoint) | unique | tostring' \
		flow show)" '["b1"]'
}

# by lines that have never been flows
many()
{
	local n=100000
	[ -z "${KSFT_MACHINE_SLOW:-}" ] || n=20000
	S flush && {
		grep -v '^flow\|^endpoint\|^#' "$WORK/two"
		awk -v n="$n" 'BEGIN { for (i = 0; i < n; i++)
			printf "flow add service b.com endpoint b2 member a " \
			"placement edge proto udp src 10.0.%d.%d sport %d " \
			"dst 10.1.0.2 dport 7 marks replied\n", 2 + i / 250 % 200,
			i % 250 + 1, 1024 + i / 50000 }'
	} >"$WORK/many" || return 1
	sed -i "/^service add/a endpoint add b.com name b2 addr $(addr 4 12)" \
		"$WORK/many"
	S restore "$WORK/many" >"$WORK/said" || return 1
	expect "told" "$(cat "$WORK/said")" "$n flows restored, 0 refused" &&
		save one flows &&
		expect "saved" "$(grep -c '^flow' "$WORK/one")" "$n" &&
		S flush && S restore "$WORK/one" >"$WORK/said" &&
		expect "told" "$(cat "$WORK/said")" "$n flows restored, 0 refused"
}

t "everything can be written" configure
t "saved, flushed, restored and saved again is the same" round_trip
t "a saved file is a batch" is_batch
t "another namespace becomes the same domain" elsewhere
t "a line that the kernel refuses is named, and nothing stays" all_or_nothing
t "likewise a line that cannot be read" bad_line
t "a check tells the same, and makes nothing" check_only
t "only an empty domain is restored" not_empty
t "a drain goes on" drain
t "a namespace whose name has two lines has none" no_name
t "an endpoint whose namespace is not there waits for it" absent
t "flows are as they were, and go on" flows
t "flows that cannot be made are told and counted" refused_flows
t "flows without an endpoint wait for one" orphans
t "many flows" many
finish
