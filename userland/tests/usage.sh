# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2013,SC2015,SC2086,SC2154
#
# usage.sh - what salctl refuses by itself: exit status 2, one line that says
# what is wrong, nothing sent and nothing on stdout

usage "there is no object 'x'; try 'salctl help'" x
usage "object 's' could be any of service, stats, save" s show
usage "object 'm' could be any of member, migrate, monitor" m
usage "service has no command 'x'; try 'salctl service help'" service x
usage "command 's' could be any of show, set" serv s
usage "there is no option '-x'; try 'salctl help'" -x
usage "there is no option '--'; try 'salctl help'" --
usage "option -n wants a value" -n
usage "-4 and -6 exclude each other" -4 -6 service
usage "-force is for -b" -force service
usage "-b and 'service' exclude each other" -b - service

usage "domain show: 'x' is not expected" domain show x
usage "domain set: nothing to set" domain set
usage "domain set: 'pool' is not known here" domain set pool 10.0.0.0/8
usage "domain set: vip-pool is missing" domain set vip-pool
usage "domain set: vip-pool '10.0.0.0/33': bad prefix length" \
	domain set vip-pool 10.0.0.0/33
usage "domain set: id-prefix 'x': not an address" domain set id-prefix x
usage "domain set: max-flows is given twice" \
	domain set max-flows 1 max-flows 2
usage "domain set: max-flows '-1': not a number" domain set max-flows -1
usage "domain set: max-flows '1k': not a whole number" domain set max-flows 1k
usage "domain set: max-flows '4294967296': too large" \
	domain set max-flows 4294967296
usage "domain set: max-held '1x': a size is a whole number, of bytes or with k, M or G" \
	domain set max-held 1x
usage "domain set: flow-acct is missing" domain set flow-acct
usage "domain set: flow-acct 'yes': not one of off, on" \
	domain set flow-acct yes
usage "domain set: flow-acct is given twice" \
	domain set flow-acct on flow-acct off

usage "member add: netns NAME|PATH or pid N is missing" member add
usage "member add: netns NAME|PATH or pid N is missing" member add name a
usage "member add: netns is missing" member add netns
usage "member add: name is missing, and a process has none to lend" \
	member add pid $$
usage "member add: only one network namespace is wanted" \
	member add netns b1 pid 1
usage "member add: route 'x': not one of none, auto" \
	member add netns b1 route x
usage "'x' is no process number" member add pid x name a
usage "'..' is no name of a network namespace" member add netns ..
usage "member set: NAME is missing" member set
usage "member set: nothing to set" member set a
usage "member del: NAME or a network namespace is missing" member del
usage "member del: 'a' is not known here" member del a b
usage "member flush: 'a' is not expected" member flush a

usage "service add: NAME is missing" service add
usage "service add: NAME is missing" service add ""
usage "service add: 'x' is not known here" service add b.com x
usage "service add: vip '10.0.0': not an address" service add b.com vip 10.0.0
usage "service add: vip is missing" service add b.com vip
usage "service add: hold wants off, packets, bytes, time or share" \
	service add b.com hold
usage "service add: packets is missing" service add b.com hold packets
usage "service add: 'packets' is not known here" \
	service add b.com hold packets 1 packets 2
usage "service add: hold is given twice" \
	service add b.com hold off hold packets 1
usage "service add: time '5': a time is a whole number and ms, s, m or h" \
	service add b.com hold time 5
usage "service add: on-empty 'x': not one of drop, reject" \
	service add b.com on-empty x
usage "service add: late 'x': not one of translate, drop" \
	service add b.com late x
usage "service add: tcp 'x': not one of pin, reset, repair" \
	service add b.com tcp x
usage "service add: proto 'x': neither a known protocol nor a number up to 255" \
	service add b.com proto x
usage "service add: port '80-': not a number" \
	service add b.com proto tcp port 80-
usage "service add: port '80-65536': too large" \
	service add b.com proto tcp port 80-65536
usage "service add: port '80x': neither a port nor a range of them" \
	service add b.com proto tcp port 80x
usage "service add: 'port' is not known here" service add b.com port 80
usage "service add: stray 'x': not one of reset, drop, adopt" \
	service add b.com stray x
usage "service add: timeout 'x': not one of new, replied, syn, established, closing, closed" \
	service add b.com timeout x 1s
usage "service add: new '1500ms': not a whole number of seconds" \
	service add b.com timeout new 1500ms
usage "service add: timeout 'new': is given twice" \
	service add b.com timeout new 1s timeout new 2s
usage "endpoint add: port '65536': too large" \
	endpoint add b.com addr 10.0.0.2 port 65536
usage "service set: nothing to set" service set b.com
usage "service del: NAME is missing" service del
usage "service del: 'c' is not expected" service del b c
usage "service show: 'c' is not expected" service show b c

usage "endpoint add: SVC is missing" endpoint add
usage "endpoint add: name is missing" endpoint add b.com
usage "endpoint add: name is missing" endpoint add b.com pid $$ addr 10.0.0.2
usage "endpoint add: name is given twice" endpoint add b.com b1 name b2
usage "endpoint add: addr is missing" endpoint add b.com b1 addr
usage "endpoint add: addr '10.0.0.0/24': not an address" \
	endpoint add b.com b1 addr 10.0.0.0/24
usage "endpoint add: addr '10.0.0.3': there is one of its family already" \
	endpoint add b.com b1 addr 10.0.0.2 addr 10.0.0.3
usage "endpoint add: state 'x': not one of up, down, draining, drained" \
	endpoint add b.com b1 addr 10.0.0.2 state x
usage "endpoint set: nothing to set" endpoint set b.com b1
usage "endpoint drain: deadline is missing" \
	endpoint drain b.com b1 "then" move
usage "endpoint drain: then 'x': not one of move, reset" \
	endpoint drain b.com b1 deadline 1s "then" x
usage "endpoint undrain: 'deadline' is not expected" \
	endpoint undrain b.com b1 deadline 1s
usage "endpoint set: nothing to set" endpoint set b.com b1 nomember
usage "flow add: marks 'x': no such mark" flow add marks replied,x
usage "restore: FILE is missing" restore ""
usage "restore: 'x' is not expected" restore FILE x
usage "save: 'x' is not expected" save x
usage "upgrade-guard on: 'x' is not expected" upgrade-guard on x
usage "endpoint del: EP is missing" endpoint del b.com
usage "endpoint renew: EP is missing" endpoint renew b.com
usage "endpoint renew: 'x' is not expected" endpoint renew b.com b1 x
usage "endpoint set: lease '5': a time is a whole number and ms, s, m or h" \
	endpoint set b.com b1 lease 5
usage "endpoint show: 'x' is not expected" endpoint show b.com b1 x

usage "flow del: which? (flow flush is for all)" flow del
usage "flow flush: -4 and -6 choose what is shown only" -4 flow flush
usage "flow show: id stands alone" flow show id 1 proto udp
usage "flow show: proto 'x': neither a known protocol nor a number up to 255" \
	flow show proto x
usage "flow show: sport '65536': too large" flow show sport 65536
usage "flow show: src 'x': not an address" flow show src x

usage "migrate: SVC is missing" migrate
usage "migrate: from EP[,EP] or from any is missing" migrate b.com
usage "migrate: to EP is missing" migrate b.com from b1
usage "migrate: EP is missing" migrate b.com from b1 to
usage "migrate: 'x' is not known here" migrate b.com from b1 to b2 x
usage "migrate: src 'x': not an address" migrate b.com from b1 to b2 src x
usage "migrate: check is given twice" migrate b.com from b1 to b2 check check
usage "migrate: time is missing" migrate b.com from b1 to b2 freeze time
usage "migrate: time is for freeze" migrate b.com from b1 to b2 time 1s
usage "resolve: NAME or ADDR is missing" resolve
usage "resolve: 'x' is not known here" resolve b.com x
usage "resolve: from netns NAME|PATH or from pid N is missing" \
	resolve b.com from
usage "resolve: from 'b1': not one of netns, pid" resolve b.com from b1
usage "resolve: from is missing" resolve b.com proto udp dport 53
usage "stats show: 'x' is not expected" stats show b.com b1 x
usage "monitor: there are no 'x' events" monitor x
usage "rule add: PFX is missing" rule add
usage "rule add: action is missing" rule add 10.0.0.0/8
usage "rule add: action 'x': not one of forward, deliver, drop, reject, redirect, upcall" \
	rule add 10.0.0.0/8 x
usage "rule add: SVC is missing" rule add 10.0.0.0/8 forward
usage "rule add: 'x' is not known here" rule add 10.0.0.0/8 upcall x
usage "flush: 'x' is not expected" flush x
usage "begin: only in a batch (-b FILE)" begin
usage "commit: only in a batch (-b FILE)" commit
usage "abort: only in a batch (-b FILE)" abort
usage "version: 'x' is not expected" version x

# a command without any words is told which ones it wants
run resolve
err="salctl: resolve: NAME or ADDR is missing
Usage: salctl resolve NAME|ADDR [from netns NAME|PATH | from pid N]
                [proto P] [dport N]" expect 2 </dev/null
run
[ $rc -eq 2 ] && [ ! -s $out/stdout ] && grep -q '^Usage: salctl' $out/stderr &&
	ok "no words at all" || not_ok "no words at all"

# help is what was asked for
for words in help -h "service help" "serv h" "migrate help"; do
	# shellcheck disable=SC2086
	run $words
	[ $rc -eq 0 ] && [ ! -s $out/stderr ] &&
	[ "$(head -c 14 $out/stdout)" = "Usage: salctl " ] &&
		ok "help: $words" || not_ok "help: $words"
done

# The manual and the completion know every word that the help does.
for object in $(sed -n 's/^const struct object object_.* = { "\([a-z]*\)".*/\1/p' \
		cmd_*.c); do
	for word in $(tests/fake "$object" help | sed 's/^Usage://' |
		      grep -oE '\<[a-z][a-z-]+\>' | sort -u); do
		sed 's/\\f.//g; s/\\-/-/g' man/salctl.8 | grep -qw -e "$word" ||
			not_ok "the manual lacks $word of $object"
		grep -qw -e "$word" completion/salctl.bash ||
			not_ok "the completion lacks $word of $object"
	done
	ok "manual and completion have the words of $object"
done
