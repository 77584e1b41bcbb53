/* SPDX-License-Identifier: GPL-2.0 */
/*
 * peer.h - who a client is to the endpoints that it talks to
 *
 * A client whose address is that of an endpoint has a name: the first VIP of that
 * service (a whole address, no prefix) in the family; in several services, that of
 * the first that it came to. Flows are kept under it, so that what endpoints see is
 * unique whether or not they see the name.
 *
 * Names are never on a wire where anti-spoofing would meet them. An endpoint is
 * told where its own namespace receives (edge), or by the router in front of it;
 * and only where its answers will come back to a place where the name is turned
 * into the address again. Else it sees the client's address.
 */
#ifndef _SAL_PEER_H
#define _SAL_PEER_H

#include "datapath.h"
#include "domain.h"
#include "forward.h"

struct in6_addr;
struct sal_packet;
struct sal_quote;
struct sal_service;

/**
 * enum sal_peer - does a client have a name?
 * @SAL_PEER_PLAIN: no, it is known by its address
 * @SAL_PEER_NAMED: yes
 * @SAL_PEER_FORMER: it had, its endpoint is deleted or not usable; flows still
 *	have it, and wait for who is to have them, see home.h
 */
enum sal_peer {
	SAL_PEER_PLAIN,
	SAL_PEER_NAMED,
	SAL_PEER_FORMER,
};

/* where the hint says that there may be one */
enum sal_peer sal_peer_find_name(struct sal_domain *d,
				 const struct in6_addr *addr,
				 struct in6_addr *name);

/* the name goes to @name, where there is one; RCU */
static inline enum sal_peer sal_peer_name(struct sal_domain *d,
					  const struct in6_addr *addr,
					  struct in6_addr *name)
{
	if (likely(!sal_addrhint_may(&d->at, addr)))
		return SAL_PEER_PLAIN;
	return sal_peer_find_name(d, addr, name);
}

/* a request on its way to an endpoint, and an error about what that has answered:
 * a verdict. RCU.
 */
unsigned int sal_peer_tell(const struct sal_spot *spot, struct sk_buff *skb,
			   const struct sal_packet *pkt);
unsigned int sal_peer_tell_error(const struct sal_spot *spot,
				 struct sk_buff *skb,
				 const struct sal_packet *pkt,
				 const struct sal_quote *q);

/* an endpoint's reply to a name, an error about a request from it: to the client.
 * SAL_FWD_ANSWER where it was rewritten, SAL_FWD_PASS where it is not of a flow
 * that is known by a name. A reply may have to wait for the client (SAL_FWD_WAIT):
 * *@svc is whose queue it comes from, or NULL, and then whose it goes to. RCU.
 */
enum sal_fwd sal_peer_reply(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt,
			    struct sal_service **svc);
enum sal_fwd sal_peer_error(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt,
			    const struct sal_quote *q);

/* would sal_peer_reply() take it for one? RCU */
bool sal_peer_is_reply(const struct sal_spot *spot,
		       const struct sal_packet *pkt);

#endif /* _SAL_PEER_H */
