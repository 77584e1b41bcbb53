/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xlat.h - reading and rewriting headers
 */
#ifndef _SAL_XLAT_H
#define _SAL_XLAT_H

#include <linux/ip.h>
#include <linux/ipv6.h>

#include "addr.h"

struct sal_conv;
struct sk_buff;

/**
 * enum sal_kind - what a packet is to us
 * @SAL_KIND_DATA: UDP or TCP: whose answer it is, or nobody's, only its
 *	addresses and ports tell
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
	SAL_KIND_DATA,
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
 * @off: where the transport header is, from the network header
 * @sport: source port. An echo request has its id there, as it names who asks,
 *	and 0 for @dport; a reply has it the other way round.
 * @dport: destination port
 * @proto: IP protocol
 * @tcp_flags: TCP: the flags, as &tcp_flag_byte has them
 * @kind: what it is
 *
 * Addresses are read always, the rest as @kind allows.
 */
struct sal_packet {
	struct in6_addr src;
	struct in6_addr dst;
	unsigned int off;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 tcp_flags;
	enum sal_kind kind;
};

/* the addresses alone; false where one cannot be ours, as an IPv6 packet has
 * it in the form in which tables hold IPv4 addresses
 */
static inline bool sal_packet_addrs(const struct sk_buff *skb,
				    enum sal_af af, struct sal_packet *pkt)
{
	if (af == SAL_V4) {
		sal_addr_set4(&pkt->src, ip_hdr(skb)->saddr);
		sal_addr_set4(&pkt->dst, ip_hdr(skb)->daddr);
		return true;
	}
	pkt->src = ipv6_hdr(skb)->saddr;
	pkt->dst = ipv6_hdr(skb)->daddr;
	return !ipv6_addr_v4mapped(&pkt->src) &&
	       !ipv6_addr_v4mapped(&pkt->dst);
}

/* the rest */
void sal_packet_parse(struct sk_buff *skb, enum sal_af af,
		      struct sal_packet *pkt);

/* is it plainly UDP or TCP? Where it has extension headers, nothing is said. */
static inline bool sal_packet_is_data(const struct sk_buff *skb,
				      enum sal_af af)
{
	u8 proto = af == SAL_V4 ? ip_hdr(skb)->protocol :
				  ipv6_hdr(skb)->nexthdr;

	return proto == IPPROTO_UDP || proto == IPPROTO_TCP;
}

/* rewrite one address, and the ports; 0 or ENOMEM. Of an echo the port that is
 * its id counts.
 */
int sal_xlat_dst(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *dst,
		 __be16 sport, __be16 dport);
int sal_xlat_src(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *src,
		 __be16 sport, __be16 dport);

/* where a transport header has its checksum, from its beginning */
unsigned int sal_xlat_sum_offset(u8 proto);

/**
 * struct sal_quote - the packet that an ICMP error quotes
 * @src: its source
 * @dst: its destination
 * @off: where it begins, from the network header of the error
 * @l4off: where its transport header is, likewise
 * @sport: its source port, as &sal_packet.sport
 * @dport: its destination port
 * @proto: its protocol
 * @reply: it is an echo reply
 */
struct sal_quote {
	struct in6_addr src;
	struct in6_addr dst;
	unsigned int off;
	unsigned int l4off;
	__be16 sport;
	__be16 dport;
	u8 proto;
	bool reply;
};

/* read the quoted packet: its addresses, 0 or EBADMSG; then the rest, 0,
 * ENOENT where it is of a protocol that is not translated, EBADMSG where it is
 * too short
 */
int sal_quote_addrs(const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt, struct sal_quote *q);
int sal_quote_parse(const struct sk_buff *skb, enum sal_af af,
		    struct sal_quote *q);

/**
 * struct sal_error_to - what is to become of an ICMP error
 * @src: its source
 * @dst: its destination
 * @q_src: the quoted source
 * @q_dst: the quoted destination
 * @q_sport: the quoted source port
 * @q_dport: the quoted destination port
 */
struct sal_error_to {
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr q_src;
	struct in6_addr q_dst;
	__be16 q_sport;
	__be16 q_dport;
};

/* as it is */
static inline void sal_error_keep(struct sal_error_to *to,
				  const struct sal_packet *pkt,
				  const struct sal_quote *q)
{
	to->src = pkt->src;
	to->dst = pkt->dst;
	to->q_src = q->src;
	to->q_dst = q->dst;
	to->q_sport = q->sport;
	to->q_dport = q->dport;
}

/* rewrite it; 0 or ENOMEM */
int sal_xlat_error(struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q,
		   const struct sal_error_to *to);

#endif /* _SAL_XLAT_H */
