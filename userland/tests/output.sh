# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2015,SC2086,SC2154
#
# output.sh - what the kernel's answers look like

# --- tables -----------------------------------------------------------------

run service
expect 0 <<'EOF'
b.com  sid ::ffff:10.0.254.2
    vip 10.0.254.2 vip fd00:254::2
    endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open
c.com  sid fd75:8ebb:fc98::7
    alias www.c.com
    vip fd75:8ebb:fc98::7 derived proto tcp port 8000-8009
    endpoints 0 usable4 0 usable6 0 flows 0 gate4 closed gate6 7
    held packets 2 bytes 1536
    no usable IPv6 endpoint
EOF

run -d -4 service
expect 0 <<'EOF'
b.com  sid ::ffff:10.0.254.2
    vip 10.0.254.2 vip fd00:254::2
    endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open
    hold packets 256 bytes 512k time 1s on-empty reject late translate grace 5s
    stray reset tcp pin
    timeout new 30s
    timeout established 124m
EOF

run -o -s service show b.com
expect 0 <<'EOF'
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open held packets 0 bytes 0 forward packets 10 bytes 840 reverse packets 9 bytes 5000000000
EOF

run -j service
expect 0 <<'EOF'
[{"name":"b.com","sid":"::ffff:10.0.254.2","alias":[],"vip":["10.0.254.2","fd00:254::2"],"derived":false,"endpoints":2,"usable4":2,"usable6":2,"flows":3,"gate4":"open","gate6":"open","held_packets":0,"held_bytes":0,"forward_packets":10,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":5000000000,"hold_packets":256,"hold_bytes":524288,"hold_time":1000,"on_empty":"reject","late":"translate","grace":5000,"stray":"reset","tcp":"pin","timeout_new":30,"timeout_established":7440,"path":[],"notes":[]},{"name":"c.com","sid":"fd75:8ebb:fc98::7","alias":["www.c.com"],"vip":["fd75:8ebb:fc98::7"],"derived":true,"proto":6,"port":8000,"port_end":8009,"endpoints":0,"usable4":0,"usable6":0,"flows":0,"gate4":"closed","gate6":7,"held_packets":2,"held_bytes":1536,"hold_packets":256,"hold_bytes":524288,"hold_time":1000,"on_empty":"reject","late":"translate","grace":5000,"stray":"reset","tcp":"pin","timeout_new":30,"timeout_established":7440,"path":[],"notes":["no usable IPv6 endpoint"]}]
EOF

run endpoint
expect 0 <<'EOF'
b.com b1  netns b1
    addr 10.0.0.2 addr fd00::2 weight 1 state up flows 3
b.com b2  nsid 1 (no name)
    addr 10.0.0.3 port 8080 weight 1 state up fault4 address,device flows 0
b.com far\x1b[2J  remote
    addr 10.0.0.3 weight 1 state down lease 5s fault4 lease flows 0
    lease expired
EOF

run -j endpoint
expect 0 <<'EOF'
[{"service":"b.com","name":"b1","nsid":0,"netns":"b1","remote":false,"absent":false,"ipv4":"10.0.0.2","ipv6":"fd00::2","weight":1,"state":"up","fault4":[],"fault6":[],"flows":3,"cells":1,"forward_packets":10,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":1},{"service":"b.com","name":"b2","nsid":1,"netns":null,"remote":false,"absent":false,"ipv4":"10.0.0.3","port":8080,"weight":1,"state":"up","fault4":["address","device"],"fault6":[],"flows":0,"cells":1,"forward_packets":9,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":2},{"service":"b.com","name":"far\u001B[2J","remote":true,"absent":false,"ipv4":"10.0.0.3","weight":1,"state":"down","lease":5000,"lease_left":0,"fault4":["lease"],"fault6":[],"flows":0,"cells":1,"forward_packets":8,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":3,"notes":["lease expired"]}]
EOF

run stats show b.com
expect 0 <<'EOF'
b.com  forward packets 10 bytes 840 reverse packets 9 bytes 5000000000
b.com b1  forward packets 10 bytes 840 reverse packets 9 bytes 756
b.com b2  forward packets 9 bytes 840 reverse packets 9 bytes 756
b.com far\x1b[2J  forward packets 8 bytes 840 reverse packets 9 bytes 756
EOF

run -j stats show b.com b1
expect 0 <<'EOF'
[{"service":"b.com","name":"b1","forward_packets":10,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756}]
EOF

run -6 -o endpoint
expect 0 <<'EOF'
b.com b1  netns b1 addr 10.0.0.2 addr fd00::2 weight 1 state up flows 3
EOF

run member
expect 0 <<'EOF'
a  netns host route none endpoints 0
    unrouted 10.0.254.0/24 unrouted fd00:254::/64
    no route there, so its programs cannot send: salctl member set a route auto
c  nsid 5 (no name) route auto endpoints 0
EOF

run -j -p member show a
expect 0 <<'EOF'
[ {
    "name": "a",
    "nsid": 2,
    "netns": "host",
    "route": "none",
    "endpoints": 0,
    "id": 1,
    "unrouted": [
        "10.0.254.0/24",
        "fd00:254::/64"
    ],
    "notes": [
        "no route there, so its programs cannot send: salctl member set a route auto"
    ]
}]
EOF

run flow
expect 0 <<'EOF'
12  proto udp src 10.0.0.1 sport 4000 dst 10.0.254.2 dport 53 service b.com endpoint b1 member a state assured idle 3s
13  proto icmpv6 src fd00::1 sport 4001 dst fd00:254::2 service b.com member a mapped 4001 peer fd00:254::1 state new idle 61s
EOF

run -d flow
expect 0 <<'EOF'
12  proto udp src 10.0.0.1 sport 4000 dst 10.0.254.2 dport 53 service b.com endpoint b1 member a placement edge state assured idle 3s
13  proto icmpv6 src fd00::1 sport 4001 dst fd00:254::2 service b.com member a mapped 4001 peer fd00:254::1 placement router state new idle 61s
EOF

# one of the two has counters
run -s flow
expect 0 <<'EOF'
12  proto udp src 10.0.0.1 sport 4000 dst 10.0.254.2 dport 53 service b.com endpoint b1 member a state assured idle 3s
13  proto icmpv6 src fd00::1 sport 4001 dst fd00:254::2 service b.com member a mapped 4001 peer fd00:254::1 state new idle 61s
    forward packets 10 bytes 840 reverse packets 9 bytes 5000000000
EOF

run -4 -j flow
expect 0 <<'EOF'
[{"id":12,"proto":17,"src":"10.0.0.1","sport":4000,"dst":"10.0.254.2","dport":53,"service":"b.com","endpoint":"b1","member":"a","client_absent":false,"placement":"edge","state":"assured","idle":3,"marks":[],"direct":false}]
EOF

run -6 -j flow
expect 0 <<'EOF'
[{"id":13,"proto":58,"src":"fd00::1","sport":4001,"dst":"fd00:254::2","service":"b.com","member":"a","mapped":4001,"peer":"fd00:254::1","client_absent":false,"placement":"router","state":"new","idle":61,"forward_packets":10,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":5000000000,"marks":[],"direct":false}]
EOF

run -s -d domain
expect 0 <<'EOF'
vip-pool 10.0.254.0/24 vip-pool fd00:254::/64 id-prefix fd75:8ebb:fc98::/48 flow-acct on
    services 2 endpoints 3 members 2 flows 2
    held packets 0 bytes 0
    flows created 5000000000 destroyed 4999999998
    max-services 65536 max-endpoints 65536 max-members 4096 max-flows 262144 max-held 8M
    generation 7
EOF

run policy
expect 0 <<'EOF'
from a.com to b.com deny
from any to b.com allow
EOF

run -j policy
expect 0 <<'EOF'
[{"from":"a.com","to":"b.com","access":"deny"},{"to":"b.com","access":"allow","from":null}]
EOF

run stats
expect 0 <<'EOF'
forward 12
empty 11  drop
EOF

run -d stats show explain
expect 0 <<'EOF'
forward 12
    translated towards an endpoint
empty 11  drop
    no usable endpoint, and nothing is held
clash 0  drop
    would have begun a flow, but no free id was found
EOF

run -j stats
expect 0 <<'EOF'
[{"name":"forward","packets":12,"drop":false,"doc":"translated towards an endpoint","id":0},{"name":"empty","packets":11,"drop":true,"doc":"no usable endpoint, and nothing is held","id":1},{"name":"clash","packets":0,"drop":true,"doc":"would have begun a flow, but no free id was found","id":2}]
EOF

run resolve b.com
expect 0 <<'EOF'
b.com  sid ::ffff:10.0.254.2
    vip 10.0.254.2
    usable4 2 usable6 1 gate4 open gate6 releasing
EOF

# a walk: what was found, and what can be done; the status tells which
run -j resolve b.com from netns b1
expect 0 <<'EOF'
[{"service":"b.com","sid":"::ffff:10.0.254.2","vip":["10.0.254.2"],"usable4":2,"usable6":1,"gate4":"open","gate6":"releasing","src":"10.0.0.1","dst":"10.0.254.2","step":[{"kind":"service","finding":"ok","name":"b.com","addr":"10.0.254.2"},{"kind":"route","finding":"ok","nsid":2,"netns":"host","addr":"10.0.254.2","via":"10.0.0.254","dev":"eth0"},{"kind":"member","finding":"ok","name":"orch","placement":"router","via":"10.0.0.254"},{"kind":"gate","finding":"ok","gate":"open","endpoints":1,"held_packets":0},{"kind":"endpoint","finding":"ok","nsid":0,"netns":"b1","name":"b1","addr":"10.0.0.2","state":"up","fault":[]},{"kind":"neighbour","finding":"ok","nsid":5,"netns":null,"addr":"10.0.0.2","dev":"eth0","neighbour":["reachable"]}],"verdict":"answers"}]
EOF
run SAL_FAKE=filters resolve b.com from netns b1
expect 1 <<'EOF'
b.com  sid ::ffff:10.0.254.2
    vip 10.0.254.2
    usable4 2 usable6 1 gate4 open gate6 releasing
    src 10.0.0.1 dst 10.0.254.2
    ok   service b.com: by 10.0.254.2
    ok   route in netns host: to 10.0.254.2 via 10.0.0.254 dev eth0
    ok   member orch: this netns, router at 10.0.0.254
    ok   gate: open, 1 endpoint of this family
    ok   endpoint b1: 10.0.0.2, netns b1, state up
    ok   neighbour in nsid 5 (no name): 10.0.0.2 dev eth0 reachable
    note filter in netns b1: inet fw in, input priority -5, policy drop
    ok   conntrack in netns b1: on, cannot be read: Operation not permitted
    ok   something that this salctl does not know
    note 3 more endpoints or filters
    verdict: filters
    cure: see what the filters do, beginning with: ip netns exec b1 nft list ruleset
EOF
run SAL_FAKE=lost resolve b.com from pid $$
expect 1 <<'EOF'
b.com  sid ::ffff:10.0.254.2
    vip 10.0.254.2
    usable4 2 usable6 1 gate4 open gate6 releasing
    src 10.0.0.1 dst 10.0.254.2
    ok   service b.com: by 10.0.254.2
    ok   route in netns host: to 10.0.254.2 via 10.0.0.254 dev eth0
    ok   member orch: this netns, router at 10.0.0.254
    bad  gate: closed, 1 endpoint of this family, 1 packet waits
    note endpoint b1: 10.0.0.2, netns b1, state up, fault address
    verdict: held
    cure: ip -n b1 addr add 10.0.0.2 dev DEV
EOF

run SAL_FAKE=empty -j service
expect 0 <<<"[]"
run SAL_FAKE=empty service
expect 0 </dev/null

# --- changes ----------------------------------------------------------------

run service add b.com
expect 0 </dev/null
run -d -o endpoint add b.com b1 addr 10.0.0.2
expect 0 <<'EOF'
b.com b1  netns b1 addr 10.0.0.2 addr fd00::2 weight 1 state up flows 3 id 1
EOF
run -j member add netns b1
expect 0 <<'EOF'
[{"name":"a","nsid":2,"netns":"host","route":"none","endpoints":0,"id":1,"unrouted":["10.0.254.0/24","fd00:254::/64"],"notes":["no route there, so its programs cannot send: salctl member set a route auto"]}]
EOF
run migrate b.com from b1 to b2
expect 0 <<<"b.com: 3 flows and 2 opened ones moved to b2 (1 cell) in 4.2us"
run migrate b.com from b1 to b2 check
expect 0 <<<"b.com: 3 flows and 2 opened ones would move to b2 (1 cell)"
run -j migrate b.com from b1 to b2
expect 0 <<'EOF'
[{"service":"b.com","from":["b1"],"to":"b2","flows":3,"opened":2,"cells":1,"duration":4231}]
EOF
run SAL_FAKE=resets migrate b.com from b1 to b2
expect 0 <<<"b.com: 3 flows moved to b2 (1 cell), 2 reset in 4.2us"
run SAL_FAKE=resets migrate b.com from b1 to b2 check
expect 0 <<<"b.com: 3 flows would move to b2 (1 cell), 2 would be reset"
run SAL_FAKE=resets -j migrate b.com from b1 to b2
expect 0 <<'EOF'
[{"service":"b.com","from":["b1"],"to":"b2","flows":3,"cells":1,"duration":4231,"resets":2}]
EOF
run flow del id 5
expect 0 <<<"1 flow removed"
run -j flow flush
expect 0 <<<'[{"count":1}]'
for words in "service set b.com late drop" "service del b.com" flush; do
	run -j $words
	expect 0 </dev/null
done

# --- what the kernel has to say ---------------------------------------------

run SAL_FAKE=missing service
err="salctl: module sal is not loaded" expect 1 </dev/null
run SAL_FAKE=missing monitor
err="salctl: module sal is not loaded" expect 1 </dev/null
run SAL_FAKE=version2 service add b.com
err="salctl: module sal speaks version 2 of its interface, salctl version 1" \
	expect 1 </dev/null
run SAL_FAKE=silent -j service
err="salctl: the kernel gave no answer" expect 1 </dev/null
run SAL_FAKE=eperm service add b.com
err="salctl: permission denied: needs CAP_NET_ADMIN in the user namespace that owns this network namespace" \
	expect 1 </dev/null
run SAL_FAKE=taken service add b.com
err="salctl: it exists already" expect 1 </dev/null
run SAL_FAKE=remark service add b.com
err="salctl: note: the service has a VIP but no endpoint for IPv6" \
	expect 0 </dev/null
run service show nix
err="salctl: there is no service 'nix' (attribute name)" expect 1 </dev/null
run SAL_FAKE=uncapped service show nix
err="salctl: there is no service 'nix' (attribute name)" expect 1 </dev/null
run SAL_FAKE=in-use endpoint add a.com b1 addr 10.0.0.2
err="salctl: address is in use by endpoint 'b1' of 'b.com' (attribute ipv4)" \
	expect 1 </dev/null
run SAL_FAKE=range endpoint add a.com b1 weight 70000
err="salctl: integer out of range (attribute weight, 1 to 65535)" \
	expect 1 </dev/null
run SAL_FAKE=bad-len service add b.com vip 10.0.0.1 10.0.0.1/8
err="salctl: bits behind the length (attribute vip[1].len)" expect 1 </dev/null
run SAL_FAKE=no-len service add b.com vip 10.0.0.1 10.0.0.1
err="salctl: invalid request (missing attribute vip[1].len)" expect 1 </dev/null
run SAL_FAKE=no-vip service add b.com
err="salctl: invalid request (missing attribute vip)" expect 1 </dev/null

# --- dumps ------------------------------------------------------------------

run SAL_FAKE=intr -j stats
[ "$(wc -l <$SAL_FAKE_LOG)" -eq 4 ] && ok "read again until it is consistent" ||
	not_ok "read again until it is consistent"
run SAL_FAKE=intr -o -4 endpoint show b.com
expect 0 <<'EOF'
b.com b1  netns b1 addr 10.0.0.2 addr fd00::2 weight 1 state up flows 3
b.com b2  nsid 1 (no name) addr 10.0.0.3 port 8080 weight 1 state up fault4 address,device flows 0
b.com far\x1b[2J  remote addr 10.0.0.3 weight 1 state down lease 5s fault4 lease flows 0 lease expired
EOF
run SAL_FAKE=intr-forever -j service
err="salctl: the table changed each of 10 times that it was read" \
	expect 1 </dev/null
run SAL_FAKE=dump-error -j service
err="salctl: the dump went wrong half way" expect 1 </dev/null

# --- events -----------------------------------------------------------------

run monitor mi
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
migrate b.com  from b1 flows 3 cells 1 duration 4.2us cause device
EOF

run monitor
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
service add b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open
service set b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open
lost 3 service events
service del c.com  sid fd75:8ebb:fc98::7 alias www.c.com vip fd75:8ebb:fc98::7 derived proto tcp port 8000-8009 endpoints 0 usable4 0 usable6 0 flows 0 gate4 closed gate6 7 held packets 2 bytes 1536 no usable IPv6 endpoint
endpoint set b.com b2  nsid 1 (no name) addr 10.0.0.3 port 8080 weight 1 state up fault4 address,device flows 0
overrun: events were lost
lost 1 endpoint event
endpoint del b.com b2  nsid 1 (no name) addr 10.0.0.3 port 8080 weight 1 state up fault4 address,device flows 0
flow add 12  proto udp src 10.0.0.1 sport 4000 dst 10.0.254.2 dport 53 service b.com endpoint b1 member a state assured idle 3s
flow del 13  proto icmpv6 src fd00::1 sport 4001 dst fd00:254::2 service b.com member a mapped 4001 peer fd00:254::1 state new idle 61s
migrate b.com  from b1 flows 3 cells 1 duration 4.2us cause device
EOF

run SAL_FAKE=resets monitor migrate
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
migrate b.com  from b1 flows 3 cells 1 duration 4.2us cause device resets 2
fence b.com  from b1 fenced resets 7 fenced late 1
EOF
run SAL_FAKE=resets -j monitor migrate
err="salctl: module sal was unloaded" expect 1 <<'EOF'
{"event":"listening"}
{"event":"migrate","service":"b.com","from":["b1"],"flows":3,"cells":1,"duration":4231,"cause":"device","seq":1,"resets":2}
{"event":"fence","service":"b.com","from":["b1"],"seq":2,"fenced_resets":7,"fenced_late":1}
EOF

run -s monitor flow migrate
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
flow add 12  proto udp src 10.0.0.1 sport 4000 dst 10.0.254.2 dport 53 service b.com endpoint b1 member a state assured idle 3s
flow del 13  proto icmpv6 src fd00::1 sport 4001 dst fd00:254::2 service b.com member a mapped 4001 peer fd00:254::1 state new idle 61s forward packets 10 bytes 840 reverse packets 9 bytes 5000000000
migrate b.com  from b1 flows 3 cells 1 duration 4.2us cause device
EOF

run -j monitor endpoint flow migrate
err="salctl: module sal was unloaded" expect 1 <<'EOF'
{"event":"listening"}
{"event":"endpoint-set","service":"b.com","name":"b2","nsid":1,"netns":null,"remote":false,"absent":false,"ipv4":"10.0.0.3","port":8080,"weight":1,"state":"up","fault4":["address","device"],"fault6":[],"flows":0,"cells":1,"forward_packets":9,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":2,"seq":1}
{"event":"overrun"}
{"event":"lost","group":"endpoint","count":1}
{"event":"endpoint-del","service":"b.com","name":"b2","nsid":1,"netns":null,"remote":false,"absent":false,"ipv4":"10.0.0.3","port":8080,"weight":1,"state":"up","fault4":["address","device"],"fault6":[],"flows":0,"cells":1,"forward_packets":9,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":2,"seq":3}
{"event":"flow-add","id":12,"proto":17,"src":"10.0.0.1","sport":4000,"dst":"10.0.254.2","dport":53,"service":"b.com","endpoint":"b1","member":"a","client_absent":false,"placement":"edge","state":"assured","idle":3,"seq":1,"marks":[],"direct":false}
{"event":"flow-del","id":13,"proto":58,"src":"fd00::1","sport":4001,"dst":"fd00:254::2","service":"b.com","member":"a","mapped":4001,"peer":"fd00:254::1","client_absent":false,"placement":"router","state":"new","idle":61,"forward_packets":10,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":5000000000,"seq":2,"marks":[],"direct":false}
{"event":"migrate","service":"b.com","from":["b1"],"flows":3,"cells":1,"duration":4231,"cause":"device","seq":1}
EOF

run monitor hold
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
hold begin b.com  family 4 cause freeze held packets 1 bytes 896
lost 2 hold events
hold end b.com  family 4 cause thaw duration 250.0ms released 7 bytes 588 evicted 2
EOF

run -j monitor hold
err="salctl: module sal was unloaded" expect 1 <<'EOF'
{"event":"listening"}
{"event":"hold-begin","service":"b.com","family":4,"cause":"freeze","held_packets":1,"held_bytes":896,"seq":1}
{"event":"lost","group":"hold","count":2}
{"event":"hold-end","service":"b.com","family":4,"cause":"thaw","duration":250000000,"released":7,"released_bytes":588,"expired":0,"evicted":2,"held_packets":0,"held_bytes":0,"seq":4}
EOF

# what is part of a transaction says so, and then there is the transaction
run SAL_FAKE=part monitor service migrate trans
err="salctl: module sal was unloaded" expect 1 <<'EOF'
listening
service add b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open transaction 4
service set b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open transaction 4
lost 3 service events
service del c.com  sid fd75:8ebb:fc98::7 alias www.c.com vip fd75:8ebb:fc98::7 derived proto tcp port 8000-8009 endpoints 0 usable4 0 usable6 0 flows 0 gate4 closed gate6 7 held packets 2 bytes 1536 transaction 4 no usable IPv6 endpoint
migrate b.com  from b1 flows 3 cells 1 duration 4.2us cause device transaction 4
transaction commit 4  requests 12
EOF

run SAL_FAKE=part -j monitor endpoint migrate transaction
err="salctl: module sal was unloaded" expect 1 <<'EOF'
{"event":"listening"}
{"event":"endpoint-set","service":"b.com","name":"b2","nsid":1,"netns":null,"remote":false,"absent":false,"ipv4":"10.0.0.3","port":8080,"weight":1,"state":"up","fault4":["address","device"],"fault6":[],"flows":0,"cells":1,"forward_packets":9,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":2,"seq":1,"transaction":4}
{"event":"overrun"}
{"event":"lost","group":"endpoint","count":1}
{"event":"endpoint-del","service":"b.com","name":"b2","nsid":1,"netns":null,"remote":false,"absent":false,"ipv4":"10.0.0.3","port":8080,"weight":1,"state":"up","fault4":["address","device"],"fault6":[],"flows":0,"cells":1,"forward_packets":9,"forward_bytes":840,"reverse_packets":9,"reverse_bytes":756,"id":2,"seq":3,"transaction":4}
{"event":"migrate","service":"b.com","from":["b1"],"flows":3,"cells":1,"duration":4231,"cause":"device","seq":1,"transaction":4}
{"event":"transaction-commit","id":4,"requests":12,"seq":2}
EOF

run SAL_FAKE=eperm monitor flow migrate
err="salctl: permission denied: flow events need CAP_NET_ADMIN in the user namespace that owns this network namespace" \
	expect 1 </dev/null
run SAL_FAKE=eperm monitor migrate service
err="salctl: permission denied: service events need CAP_NET_ADMIN in the user namespace that owns this network namespace" \
	expect 1 </dev/null
run SAL_FAKE=eperm -4 monitor
err="salctl: permission denied: events need CAP_NET_ADMIN in the user namespace that owns this network namespace" \
	expect 1 </dev/null

run -t monitor migrate
grep -Eq '^\[[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z\] migrate b.com' \
	$out/stdout && ok "$what" || not_ok "$what"

# A signal ends it, as a matter of course, once the listener is there.
for sig in INT TERM; do
	SAL_FAKE=stays "${valgrind[@]}" tests/fake monitor migrate >$out/stdout &
	pid=$!
	for _ in $(seq 1000); do
		grep -q '^migrate' $out/stdout && break
		sleep 0.01
	done
	kill -$sig $pid
	wait $pid && ok "monitor ends on SIG$sig" ||
		not_ok "monitor ends on SIG$sig"
done

# --- batches ----------------------------------------------------------------

cat >$out/batch <<'EOF'
# a comment, and a line of nothing but blanks
   
service add "b.com" vip 10.0.254.2	# first
resolve b.com
service add 'c.com' vip x
resolve b.com
frob
EOF

run -o -b $out/batch
err="$out/batch:5: service add: vip 'x': not an address" expect 2 <<'EOF'
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 usable4 2 usable6 1 gate4 open gate6 releasing
EOF

run -o -b $out/batch -force
err="$out/batch:5: service add: vip 'x': not an address
$out/batch:7: there is no object 'frob'; try 'salctl help'" expect 2 <<'EOF'
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 usable4 2 usable6 1 gate4 open gate6 releasing
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 usable4 2 usable6 1 gate4 open gate6 releasing
EOF

# batch TEXT STDERR RC: from stdin
batch()
{
	what="batch: $1"
	printf '%b' "$1" | "${valgrind[@]}" tests/fake -b - >$out/stdout 2>$out/stderr
	rc=$?
	err=$2 expect "$3" </dev/null
}

batch 'service add b.com' '' 0
batch '' '' 0
batch '\n\nservice add "b.com' '-:3: a quote is not closed' 2
batch 'service show nix' "-:1: there is no service 'nix' (attribute name)" 1
batch 'service add' '-:1: service add: NAME is missing' 2
batch 'monitor' '-:1: monitor has no place in a batch' 2
batch 'service add b\0c' '-:1: a NUL byte is not expected' 2
run -b $out/nix
err="salctl: cannot open '$out/nix': No such file or directory" \
	expect 1 </dev/null

# --- transactions -----------------------------------------------------------

batch 'begin\nservice add b.com\nendpoint add b.com netns b1 addr 10.0.0.2\ncommit' '' 0
batch 'begin\ncommit' '' 0
batch 'begin\nservice del nix\nabort\nservice add b.com' '' 0

# begin, commit and abort where they have no place
batch 'commit' '-:1: commit: no transaction has begun' 2
batch 'abort' '-:1: abort: no transaction has begun' 2
batch 'begin\ncommit\ncommit' '-:3: commit: no transaction has begun' 2
batch 'begin x' "-:1: begin: 'x' is not expected" 2
batch 'begin\ncommit x' "-:2: commit: 'x' is not expected" 2
batch 'begin\nbegin\ncommit' \
	'-:2: begin: the transaction of line 1 has no commit yet' 2
batch '\nbegin\nservice add b.com\n' \
	'-:2: the transaction that begins here has no commit' 2
batch '\nbegin' '-:2: the transaction that begins here has no commit' 2

# the line that could not be done is named, and not that of the commit
batch 'begin\nservice add b.com\n#\nservice del nix\nservice del nix\ncommit' \
	"-:4: there is no service 'nix'" 1
batch 'begin\nservice del nix\nabort\nbegin\n\nendpoint del nix b1\ncommit' \
	"-:6: there is no service 'nix'" 1
# one line, several requests
batch 'begin\nendpoint del b.com b1\nservice flush\nservice del nix\ncommit' \
	"-:4: there is no service 'nix'" 1
# and so is the line that the kernel has a remark on
export SAL_FAKE=remark
batch 'begin\nservice add b.com\ncommit' '-:2: note: no endpoint for IPv6' 0
unset SAL_FAKE

# what fails before the commit ends it, as any other batch
: >$SAL_FAKE_LOG
batch 'begin\nservice add b.com\ndomain set max-flows 1\ncommit' \
	'-:3: not in a transaction' 1
batch 'begin\nmigrate b.com from b1 to b2\ncommit' \
	'-:2: not in a transaction' 1
batch 'begin\nservice add b.com vip x\ncommit' \
	"-:2: service add: vip 'x': not an address" 2
batch 'begin\nservice show nix\ncommit' \
	"-:2: there is no service 'nix' (attribute name)" 1
grep -q commit $SAL_FAKE_LOG && not_ok "no commit is sent" ||
	ok "no commit is sent"

# more than the kernel keeps
{
	echo begin
	seq -f 'service add s%.0f' 10001
	echo commit
} >$out/batch
run -b $out/batch
err="$out/batch:10002: the transaction is too large" expect 1 </dev/null
sed -i 10002d $out/batch
run -b $out/batch
expect 0 </dev/null
sed -i '10001s/.*/service add nix/' $out/batch
run -b $out/batch
err="$out/batch:10001: there is no service 'nix'" expect 1 </dev/null

# nothing is made before the commit, which tells how much that was
cat >$out/batch <<'EOF'
begin
service add b.com
service show b.com
endpoint replace b.com b1 addr 10.0.0.2
resolve b.com
commit
EOF
run -o -d -b $out/batch
expect 0 <<'EOF'
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 vip fd00:254::2 endpoints 2 usable4 2 usable6 2 flows 3 gate4 open gate6 open hold packets 256 bytes 512k time 1s on-empty reject late translate grace 5s stray reset tcp pin timeout new 30s timeout established 124m
b.com  sid ::ffff:10.0.254.2 vip 10.0.254.2 usable4 2 usable6 1 gate4 open gate6 releasing
1  requests 2
EOF
sed -i '/show/d; /resolve/d' $out/batch
run -j -b $out/batch
expect 0 <<<'[{"id":1,"requests":2}]'

# -force: a line that failed is told of, those after it are looked at, and
# nothing of the transaction is done; what follows it is
cat >$out/batch <<'EOF'
begin
service add b.com
service add c.com vip x
member add netns b1
commit
begin
endpoint del nix b1
commit
service add d.com
EOF
run -force -b $out/batch
err="$out/batch:3: service add: vip 'x': not an address
$out/batch:4: not in a transaction
$out/batch:5: transaction not committed: line 3 failed
$out/batch:7: there is no service 'nix'" expect 2 </dev/null
same requests '{"op":"transaction-begin"}
{"op":"service-new","name":"b.com"}
{"op":"member-new","name":"b1","netns_fd":"fd"}
{"op":"transaction-abort"}
{"op":"transaction-begin"}
{"op":"endpoint-del","service":"nix","name":"b1"}
{"op":"transaction-commit"}
{"op":"service-new","name":"d.com"}' $SAL_FAKE_LOG &&
	ok "requests of it" || not_ok "requests of it"

# where it has not begun, its lines are not done one by one
cat >$out/batch <<'EOF'
begin it
service add b.com
commit
begin it
service add b.com
abort
begin it
service add b.com
begin
EOF
run -force -b $out/batch
err="$out/batch:1: begin: 'it' is not expected
$out/batch:3: transaction not committed: line 1 failed
$out/batch:4: begin: 'it' is not expected
$out/batch:7: begin: 'it' is not expected
$out/batch:9: begin: the transaction of line 7 has no commit yet
$out/batch:7: the transaction that begins here has no commit" expect 2 </dev/null
[ -s $SAL_FAKE_LOG ] && not_ok "nothing is sent" || ok "nothing is sent"
sed -i 's/ it//' $out/batch
run SAL_FAKE=eperm -b $out/batch
err="$out/batch:1: permission denied: needs CAP_NET_ADMIN in the user namespace that owns this network namespace" \
	expect 1 </dev/null

# --- the rest ---------------------------------------------------------------

run -V
expect 0 <<<"$(sed -n 's/^VERSION ?= /salctl /p' Makefile)"
run -n nix service
err="salctl: there is no network namespace 'nix'" expect 1 </dev/null
run -n $out/netns/b1 service
grep -Eq "^salctl: (permission denied|'.*' is no network namespace)" \
	$out/stderr && [ $rc -eq 1 ] && ok "$what" || not_ok "$what"
run endpoint add b.com netns nix addr 10.0.0.2
err="salctl: there is no network namespace 'nix'" expect 1 </dev/null
run member add pid 2147483647 name x
err="salctl: there is no process 2147483647" expect 1 </dev/null
if [ -c /dev/full ]; then
	tests/fake service >/dev/full 2>$out/stderr
	rc=$?
	what="a full disk"
	: >$out/stdout
	err="salctl: cannot write the output: No space left on device" \
		expect 1 </dev/null
fi
