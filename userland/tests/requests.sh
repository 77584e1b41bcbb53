# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2086,SC2154
#
# requests.sh - what words become for the kernel

sends '{"op":"domain-get"}' domain
sends '{"op":"domain-set","vip_pool":["10.0.254.0/24","fd00:254::/64"],"id_prefix":"fd01::/48","max_services":1,"max_endpoints":2,"max_members":3,"max_flows":4,"max_held":1048576}' \
	domain set vip-pool 10.0.254.0/24 vip-pool fd00:254::/64 \
	id-prefix fd01::/48 max-services 1 max-endpoints 2 max-members 3 \
	max-flows 4 max-held 1M
sends '{"op":"domain-set","vip_pool":["10.0.254.0/24","fd00:254::/64"],"max_flows":4}' \
	domain set vip-pool 10.0.254.0/24 fd00:254::/64 max-flows 4
sends '{"op":"domain-set"}' domain set vip-pool none
sends '{"op":"domain-set","flow_acct":"on"}' domain set flow-acct on
sends '{"op":"domain-set","max_flows":4,"flow_acct":"off"}' \
	domain set flow-acct off max-flows 4
sends '{"op":"domain-set","policy":"deny","max_policies":9}' \
	domain set policy deny max-policies 9
sends '{"op":"domain-flush"}' flush

sends '{"op":"policy-get","dump":true}' policy
sends '{"op":"policy-new","from":"a.com","to":"b.com","access":"deny"}' \
	policy add from a.com to b.com deny
sends '{"op":"policy-new","to":"b.com","access":"allow","replace":true}' \
	policy replace from any to b.com allow
sends '{"op":"policy-new","access":"allow"}' policy add from any to any allow
sends '{"op":"policy-del","from":"a.com"}' policy del from a.com to any

sends '{"op":"member-get","dump":true}' member
sends '{"op":"member-get","name":"a"}' member show a
sends '{"op":"member-new","name":"b1","netns_fd":"fd"}' member add netns b1
sends '{"op":"member-new","name":"c","netns_fd":"fd","route":"auto"}' \
	member add netns b1 name c route auto
sends '{"op":"member-new","name":"b1","netns_fd":"fd","route":"none"}' \
	member add route none netns $out/netns/b1
sends '{"op":"member-new","name":"p","netns_fd":"fd"}' \
	member add pid $$ name p
sends '{"op":"member-set","name":"a","route":"auto"}' member set a route auto
sends '{"op":"member-del","name":"netns"}' member del netns
sends '{"op":"member-del","netns_fd":"fd"}' member del netns b1
sends '{"op":"member-get","dump":true}
{"op":"member-del","name":"a"}
{"op":"member-del","name":"c"}' member flush

sends '{"op":"service-get","dump":true}' service
sends '{"op":"service-get","dump":true}' -6 serv sh
sends '{"op":"service-get","name":"b.com"}' service show b.com
sends '{"op":"service-new","name":"b.com"}' service add b.com
sends '{"op":"service-new","name":"b.com","vip":["10.0.254.2","fd00:254::/96"],"hold_packets":64,"hold_bytes":65536,"hold_time":500,"on_empty":"drop","late":"drop","grace":120000}' \
	service add b.com vip 10.0.254.2 vip fd00:254::/96 \
	hold packets 64 bytes 64k time 500ms on-empty drop late drop grace 2m
sends '{"op":"service-new","name":"b.com","vip":["10.0.254.2","fd00:254::2"],"hold_packets":0,"replace":true}' \
	service replace b.com vip 10.0.254.2 fd00:254::2 hold off
sends '{"op":"service-new","name":"b.com","proto":6,"port":8000,"port_end":8009,"stray":"adopt","tcp":"pin","timeout_new":60,"timeout_closed":3600}' \
	service add b.com proto tcp port 8000-8009 tcp pin stray adopt \
	timeout new 1m timeout closed 1h
sends '{"op":"service-set","name":"b.com","proto":17,"port":53,"port_end":53}' \
	service set b.com proto udp port 53
sends '{"op":"service-set","name":"b.com","proto":0,"port":0,"port_end":0}' \
	service set b.com proto any
sends '{"op":"service-set","name":"b.com","hold_packets":99,"hold_share":25}' \
	service set b.com hold share 25 packets 99
sends '{"op":"service-set","name":"b.com","hold_time":0}' \
	service set b.com hold time 0
sends '{"op":"service-new","name":"b.com","vip":["10.0.254.2"],"alias":["www.b.com","b.org"]}' \
	service add b.com alias www.b.com vip 10.0.254.2 alias b.org
sends '{"op":"service-set","name":"b.com","alias":[""]}' \
	service set b.com alias none
sends '{"op":"service-del","name":"b.com"}' service del b.com
sends '{"op":"rule-get","dump":true}
{"op":"service-get","dump":true}
{"op":"service-del","name":"b.com"}
{"op":"service-del","name":"c.com"}' service flush
sends '{"op":"rule-get","dump":true}
{"op":"service-get","dump":true}
{"op":"service-del","name":"b.com"}
{"op":"service-del","name":"c.com"}' SAL_FAKE=racing service flush

sends '{"op":"endpoint-get","dump":true}' endpoint
sends '{"op":"endpoint-get","dump":true,"service":"b.com"}' endpoint show b.com
sends '{"op":"endpoint-get","service":"b.com","name":"b1"}' \
	endpoint show b.com b1
sends '{"op":"endpoint-new","service":"b.com","name":"b1","netns_fd":"fd","ipv4":"10.0.0.2"}' \
	endpoint add b.com netns b1 addr 10.0.0.2
sends '{"op":"endpoint-new","service":"b.com","name":"x","ipv4":"10.0.0.2","ipv6":"fd00::2","weight":3,"state":"down","no_member":true}' \
	endpoint add b.com x addr fd00::2 addr 10.0.0.2 weight 3 state down \
	nomember
sends '{"op":"endpoint-new","service":"b.com","name":"addr","ipv4":"10.0.0.2","replace":true}' \
	endpoint replace b.com name addr addr 10.0.0.2
sends '{"op":"endpoint-set","service":"b.com","name":"b1","state":"down"}' \
	endpoint set b.com name b1 state down
sends '{"op":"endpoint-set","service":"b.com","name":"b1","weight":0}' \
	endpoint set b.com netns /nowhere/b1 weight 0
sends '{"op":"endpoint-set","service":"b.com","name":"b1","tier":2,"max_flows":1000}' \
	endpoint set b.com b1 max-flows 1000 tier 2
sends '{"op":"endpoint-set","service":"b.com","name":"b1","state":"draining","drain_deadline":0}' \
	endpoint drain b.com b1
sends '{"op":"endpoint-set","service":"b.com","name":"b1","state":"draining","drain_deadline":30000}' \
	endpoint drain b.com b1 deadline 30s
sends '{"op":"endpoint-set","service":"b.com","name":"b1","state":"draining","drain_deadline":500,"drain_then":"reset"}' \
	endpoint drain b.com b1 deadline 500ms "then" reset
sends '{"op":"endpoint-set","service":"b.com","name":"b1","state":"up"}' \
	endpoint undrain b.com b1
sends '{"op":"service-set","name":"b.com","sched":"maglev","affinity":300}' \
	service set b.com affinity 5m sched maglev
sends '{"op":"service-freeze","name":"b.com","frozen":5000}' \
	service freeze b.com time 5s
sends '{"op":"service-freeze","name":"b.com"}' service freeze b.com
sends '{"op":"service-thaw","name":"b.com"}' service thaw b.com
sends '{"op":"service-set","name":"b.com","affinity":0}' \
	service set b.com affinity off
sends '{"op":"endpoint-new","service":"b.com","name":"x","ipv4":"10.0.0.2","lease":5000}' \
	endpoint add b.com x addr 10.0.0.2 lease 5s
sends '{"op":"endpoint-set","service":"b.com","name":"b1","lease":0}' \
	endpoint set b.com b1 lease none
sends '{"op":"endpoint-set","service":"b.com","name":"b1","renew":true}' \
	endpoint renew b.com b1
sends '{"op":"endpoint-del","service":"b.com","name":"b1"}' \
	endpoint del b.com b1

sends '{"op":"rule-get","dump":true}' rule
sends '{"op":"rule-get","prefix":"0.0.0.0/0"}' rule show 0.0.0.0/0
sends '{"op":"rule-new","prefix":"10.0.0.0/8","action":"forward","service":"b.com"}' \
	rule add 10.0.0.0/8 forward b.com
sends '{"op":"rule-new","prefix":"::/0","action":"redirect","service":"b.com","replace":true}' \
	rule replace ::/0 redirect b.com
sends '{"op":"rule-new","prefix":"10.0.254.2","action":"drop"}' \
	rule add 10.0.254.2 drop
sends '{"op":"rule-new","prefix":"10.0.254.2","action":"upcall","time":2000,"then":"drop"}' \
	rule add 10.0.254.2 upcall time 2s "then" drop
sends '{"op":"rule-del","prefix":"fd00::/64"}' rule del fd00::/64

sends '{"op":"flow-get","dump":true}' flow
sends '{"op":"flow-get","id":18446744073709}' flow show id 18446744073709
sends '{"op":"flow-get","dump":true,"service":"b.com","endpoint":"b1","proto":17,"src":"10.0.0.0/8","sport":4000,"dport":53}' \
	flow show service b.com endpoint b1 src 10.0.0.0/8 proto udp sport 4000 dport 53
sends '{"op":"flow-del","id":5,"proto":132}' flow del id 5 proto 132
sends '{"op":"flow-del"}' flow flush

sends '{"op":"migrate","service":"b.com","from":["b1"],"to":"b2","freeze":true}' \
	migrate b.com from b1 to b2 freeze
sends '{"op":"migrate","service":"b.com","from":["b1"],"to":"b2","check":true,"freeze":true,"time":2000}' \
	migrate b.com from b1 to b2 freeze time 2s check
sends '{"op":"migrate","service":"b.com","from":["b1"],"to":"b2"}' \
	migrate b.com from b1 to b2
sends '{"op":"migrate","service":"b.com","from":["b1","b3"],"to":"b2","check":true}' \
	migrate b.com from b1,b3 to b2 check
sends '{"op":"migrate","service":"b.com","to":"b2"}' migrate b.com from any to b2
sends '{"op":"migrate","service":"b.com","from":["b1"],"to":"b2","check":true,"src":"10.0.0.0/8","proto":17,"sport":4000,"dport":53}' \
	migrate b.com from b1 to b2 src 10.0.0.0/8 proto udp sport 4000 dport 53 check
sends '{"op":"migrate","service":"b.com","to":"b2","id":7}' \
	migrate b.com from any to b2 id 7

sends '{"op":"resolve","name":"b.com"}' resolve b.com
sends '{"op":"resolve","ipv4":"10.0.254.2"}' resolve 10.0.254.2
sends '{"op":"resolve","ipv6":"fd00:254::2"}' resolve fd00:254::2
sends '{"op":"resolve","name":"b.com","netns_fd":"fd"}' \
	resolve b.com from netns b1
sends '{"op":"resolve","ipv4":"10.0.254.2","netns_fd":"fd","proto":17,"dport":53}' \
	resolve 10.0.254.2 from pid $$ proto udp dport 53
sends '{"op":"resolve","name":"b.com","netns_fd":"fd","family":10}' \
	-6 resolve b.com from netns b1
sends '{"op":"stats-get","dump":true}' stats

# a transaction: what it consists of is sent as it is without one
cat >$out/batch <<'EOF'
begin
service replace b.com vip 10.0.254.2
endpoint add b.com netns b1 addr 10.0.0.2
endpoint set b.com b2 state down
endpoint del b.com b3
service set c.com hold off
service del d.com
commit
EOF
sends '{"op":"transaction-begin"}
{"op":"service-new","name":"b.com","vip":["10.0.254.2"],"replace":true}
{"op":"endpoint-new","service":"b.com","name":"b1","netns_fd":"fd","ipv4":"10.0.0.2"}
{"op":"endpoint-set","service":"b.com","name":"b2","state":"down"}
{"op":"endpoint-del","service":"b.com","name":"b3"}
{"op":"service-set","name":"c.com","hold_packets":0}
{"op":"service-del","name":"d.com"}
{"op":"transaction-commit"}' -b $out/batch

# more than fits is refused, and sends nothing
run service add b.com vip $(seq -f 'fd00::%.0f' 3000)
err="salctl: the request is too large" expect 1 </dev/null
run endpoint del b.com "$(head -c 70000 /dev/zero | tr '\0' x)"
err="salctl: the request is too large" expect 1 </dev/null
run migrate b.com from "$(head -c 300 /dev/zero | tr '\0' x)" to b2
err="salctl: the request is too large" expect 1 </dev/null
