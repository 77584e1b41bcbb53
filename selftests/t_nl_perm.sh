#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may do what: CAP_NET_ADMIN over the domain, and over what is named.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
answers 10.1.0.2

# in the domain's namespace
as_nobody()
{
	nobody_in orch salctl "$@"
}

refused()
{
	local out
	out="$(as_nobody "$@" 2>&1)" && { fail "allowed: $*"; return 1; }
	echo "$out" >&2
	grep -qi "CAP_NET_ADMIN" <<<"$out"
}

changes()
{
	refused service add x.com && refused service set b.com on-empty drop &&
		refused service del b.com && refused endpoint del b.com b1 &&
		refused endpoint set b.com b1 state down &&
		refused endpoint add b.com name e addr 10.0.1.77 &&
		refused member del a && refused domain set max-flows 5 &&
		refused policy add from b.com to any deny &&
		refused policy del from b.com to any &&
		refused migrate b.com from b1 to b2 && refused flush
}

flows()
{
	refused flow show && refused flow flush
}

readers()
{
	local object
	for object in domain service endpoint member stats policy; do
		as_nobody "$object" show >/dev/null ||
			fail "refused: $object show" || return 1
	done
	as_nobody resolve b.com >/dev/null
}

# Who talks to whom, and what happens in other namespaces as it happens, is not
# for everybody: the kernel lets them join no group.
flow_events()
{
	refused monitor flow
}

other_events()
{
	local group
	for group in service endpoint migrate policy; do
		refused monitor "$group" || return 1
	done
	refused monitor
}

# Root of a user namespace has its own domain there, and no other's.
own_domain()
{
	unshare -Urn bash -c 'salctl service add own.com &&
		salctl service show own.com' >&2
}

anothers_namespace()
{
	local out
	out="$(unshare -Urn bash -c 'salctl service add own.com &&
		salctl member add netns /run/netns/a name a' 2>&1)" &&
		{ fail allowed; return 1; }
	echo "$out" >&2
	grep -q "no CAP_NET_ADMIN over the network namespace" <<<"$out" &&
		expect members "$(json length member show)" 3
}

t "changes need CAP_NET_ADMIN" changes
t "so do flows" flows
t "and listening to events of flows" flow_events
t "and to any others" other_events
t "anyone in the namespace may read the rest" readers
t "root of a user namespace has its own domain" own_domain
t "but no right over another's namespace" anothers_namespace
finish
