/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xlat.h - reading and rewriting headers
 */
#ifndef _SAL_XLAT_H
#define _SAL_XLAT_H

#include "addr.h"

struct sal_conv;
struct sk_buff;

/**
 * enum sal_kind - what a packet is to us
 * @SAL_KIND_REQUEST: echo request
 * @SAL_KIND_REPLY: echo reply
 * @SAL_KIND_ERROR: ICMP error
 * @SAL_KIND_ANSWER: another ICMP message that is an answer, and gets none
 * @SAL_KIND_ROUTED: it names its route or its home address itself, or is
 *	authenticated; left alone
 * @SAL_KIND_NEIGHBOUR: neighbour discovery; left alone
 * @SAL_KIND_FRAGMENT: fragment
 * @SAL_KIND_MALFORMED: headers too short or nonsense
 * @SAL_KIND_OTHER: anything else
 */
enum sal_kind {
	SAL_KIND_REQUEST,
	SAL_KIND_REPLY,
	SAL_KIND_ERROR,
	SAL_KIND_ANSWER,
	SAL_KIND_ROUTED,
	SAL_KIND_NEIGHBOUR,
	SAL_KIND_FRAGMENT,
	SAL_KIND_MALFORMED,
	SAL_KIND_OTHER,
};

/**
 * struct sal_packet - what was read from a packet's headers
 * @src: source address
 * @dst: destination address
 * @off: where the ICMP header is, from the network header
 * @id: echo id
 * @proto: IPPROTO_ICMP or IPPROTO_ICMPV6
 * @kind: what it is
 *
 * Addresses are read always, the rest as @kind allows.
 */
struct sal_packet {
	struct in6_addr src;
	struct in6_addr dst;
	unsigned int off;
	__be16 id;
	u8 proto;
	enum sal_kind kind;
};

/* the addresses alone; false where one cannot be ours, as an IPv6 packet has
 * it in the form in which tables hold IPv4 addresses
 */
bool sal_packet_addrs(const struct sk_buff *skb, enum sal_af af,
		      struct sal_packet *pkt);
/* the rest */
void sal_packet_parse(struct sk_buff *skb, enum sal_af af,
		      struct sal_packet *pkt);

/* rewrite; 0 or ENOMEM */
int sal_xlat_dst(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *dst,
		 __be16 id);
int sal_xlat_src(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *src,
		 __be16 id);

/**
 * struct sal_quote - the packet that an ICMP error quotes
 * @src: its source
 * @dst: its destination
 * @off: where it begins, from the network header of the error
 * @l4off: where its ICMP header is, likewise
 * @id: its echo id
 * @proto: its protocol
 */
struct sal_quote {
	struct in6_addr src;
	struct in6_addr dst;
	unsigned int off;
	unsigned int l4off;
	__be16 id;
	u8 proto;
};

/* read the quoted packet: its addresses, 0 or EBADMSG; then the rest, 0,
 * ENOENT where it is no echo request, EBADMSG where it is too short
 */
int sal_quote_addrs(const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt, struct sal_quote *q);
int sal_quote_parse(const struct sk_buff *skb, enum sal_af af,
		    struct sal_quote *q);

/**
 * sal_xlat_error() - rewrite an ICMP error for the client
 * @skb: the error
 * @af: family
 * @pkt: its headers
 * @q: what it quotes
 * @vip: address that the client asked: becomes the quoted destination, and
 *	the error's source where the endpoint itself sent it
 * @cid: echo id that the client used
 *
 * Return: 0 or ENOMEM.
 */
int sal_xlat_error(struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q,
		   const struct in6_addr *vip, __be16 cid);

/**
 * sal_xlat_error_peer() - rewrite an ICMP error to a peer name
 * @skb: the error
 * @af: family
 * @pkt: its headers
 * @q: what it quotes
 * @client: address of the client: becomes the destination and the quoted source
 *
 * Return: 0 or ENOMEM.
 */
int sal_xlat_error_peer(struct sk_buff *skb, enum sal_af af,
			const struct sal_packet *pkt,
			const struct sal_quote *q,
			const struct in6_addr *client);

#endif /* _SAL_XLAT_H */
