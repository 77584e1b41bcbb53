/* SPDX-License-Identifier: GPL-2.0 */
/*
 * track.h - how far a conversation has come, and how long its flow lives
 *
 * Marks are set by packets and never taken back, so that each is written once and
 * packets need no lock; two are of its end. What they say of TCP is enough to let a
 * connection's flow live as long as the connection; whether segments are in order or
 * in a window is for both ends to say.
 */
#ifndef _SAL_TRACK_H
#define _SAL_TRACK_H

#include <linux/bits.h>
#include <linux/types.h>
#include <net/tcp.h>

#include <uapi/linux/sal.h>

#include "xlat.h"

struct sal_flow;

/* marks of a flow, the first five as users see them: an answer has passed; the client
 * has sent again after it, or its connection is established; who has closed it, and
 * whether it was reset. One is of how it was made: it has counters, see acct.h. And it
 * goes on in another flow, or was removed: whichever comes first tells of its end, see
 * sal_flow_remove(). Of one that is being reset: a side has said by a RST that it
 * knows no connection.
 */
#define SAL_MARK_REPLIED		SAL_FLOW_MARK_REPLIED
#define SAL_MARK_ASSURED		SAL_FLOW_MARK_ASSURED
#define SAL_MARK_FIN_CLIENT	SAL_FLOW_MARK_FIN_CLIENT
#define SAL_MARK_FIN_SERVER	SAL_FLOW_MARK_FIN_SERVER
#define SAL_MARK_RESET		SAL_FLOW_MARK_RESET
#define SAL_MARK_ACCT		BIT(5)
#define SAL_MARK_PASSED_ON	BIT(6)
#define SAL_MARK_REMOVED	BIT(7)
#define SAL_MARK_GONE_CLIENT	BIT(8)
#define SAL_MARK_GONE_SERVER	BIT(9)
#define SAL_MARK_NAMESAKE	BIT(10)
#define SAL_MARKS_END		(SAL_MARK_PASSED_ON | SAL_MARK_REMOVED)

/**
 * enum sal_timeout - the times that a service has for its flows
 * @SAL_TIMEOUT_NEW: UDP, echo: never answered
 * @SAL_TIMEOUT_REPLIED: UDP, echo: answered
 * @SAL_TIMEOUT_SYN: TCP: not established
 * @SAL_TIMEOUT_ESTABLISHED: TCP: established
 * @SAL_TIMEOUT_CLOSING: TCP: one side has closed
 * @SAL_TIMEOUT_CLOSED: TCP: both have, or it was reset
 * @SAL_TIMEOUT_NUM: how many
 */
enum sal_timeout {
	SAL_TIMEOUT_NEW,
	SAL_TIMEOUT_REPLIED,
	SAL_TIMEOUT_SYN,
	SAL_TIMEOUT_ESTABLISHED,
	SAL_TIMEOUT_CLOSING,
	SAL_TIMEOUT_CLOSED,
	SAL_TIMEOUT_NUM,
};

/* a packet of a flow passes: the client's, or an endpoint's. RCU. */
void sal_track_forward(struct sal_flow *f, const struct sal_packet *pkt);
void sal_track_reverse(struct sal_flow *f, const struct sal_packet *pkt);

/* one that opens a TCP connection; and one of a connection that has begun before */
static inline bool sal_track_is_open(const struct sal_packet *pkt)
{
	return pkt->proto == IPPROTO_TCP &&
	       (pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_ACK | TCPHDR_RST |
				  TCPHDR_FIN)) == TCPHDR_SYN;
}

static inline bool sal_track_is_stray(const struct sal_packet *pkt)
{
	return pkt->proto == IPPROTO_TCP && !sal_track_is_open(pkt);
}

/* has its connection ended? Another may begin with the same ports then. RCU. */
bool sal_track_closed(const struct sal_flow *f);

/* one that is being reset: a segment of the side that @mark is about; and do both
 * sides know no connection any more? RCU.
 */
void sal_track_cut(struct sal_flow *f, const struct sal_packet *pkt, u32 mark);
bool sal_track_gone(const struct sal_flow *f);

/* not to give way to newcomers; RCU */
bool sal_track_assured(const struct sal_flow *f);

/* which of its service's times it is subject to; RCU */
enum sal_timeout sal_track_timeout(const struct sal_flow *f);

/* enum sal_flow_state; RCU */
u32 sal_track_state(const struct sal_flow *f);

/* marks as users see them (enum sal_flow_mark), and back */
u32 sal_track_marks(const struct sal_flow *f);
void sal_track_set_marks(struct sal_flow *f, u32 marks);

#endif /* _SAL_TRACK_H */
