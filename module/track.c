// SPDX-License-Identifier: GPL-2.0
/*
 * track.c - how far a conversation has come, and how long its flow lives
 */
#include <net/tcp.h>

#include <uapi/linux/sal.h>

#include "flow.h"
#include "track.h"
#include "xlat.h"

#define MARK_FIN_BOTH	(SAL_MARK_FIN_CLIENT | SAL_MARK_FIN_SERVER)
#define MARK_GONE_BOTH	(SAL_MARK_GONE_CLIENT | SAL_MARK_GONE_SERVER)

/* others write there once for each mark, too, and else nobody does */
static void track_mark(struct sal_flow *f, u32 old, u32 new)
{
	if (unlikely(new & ~old))
		atomic_or(new, &f->marks);
}

static u32 track_ended(const struct sal_packet *pkt, u32 fin)
{
	u32 marks = 0;

	if (pkt->tcp_flags & TCPHDR_FIN)
		marks |= fin;
	if (pkt->tcp_flags & TCPHDR_RST)
		marks |= SAL_MARK_RESET;
	return marks;
}

void sal_track_forward(struct sal_flow *f, const struct sal_packet *pkt)
{
	u32 old = atomic_read(&f->marks), new = 0;

	if (pkt->proto == IPPROTO_TCP)
		new = track_ended(pkt, SAL_MARK_FIN_CLIENT);
	/* a SYN again says that the answer was lost */
	if (old & SAL_MARK_REPLIED &&
	    !(pkt->proto == IPPROTO_TCP && pkt->tcp_flags & TCPHDR_SYN))
		new |= SAL_MARK_ASSURED;
	track_mark(f, old, new);
}

void sal_track_reverse(struct sal_flow *f, const struct sal_packet *pkt)
{
	u32 old = atomic_read(&f->marks), new = SAL_MARK_REPLIED;

	if (pkt->proto == IPPROTO_TCP)
		new |= track_ended(pkt, SAL_MARK_FIN_SERVER);
	track_mark(f, old, new);
}

static bool track_closed(u32 marks)
{
	return marks & SAL_MARK_RESET ||
	       (marks & MARK_FIN_BOTH) == MARK_FIN_BOTH;
}

bool sal_track_closed(const struct sal_flow *f)
{
	return track_closed(atomic_read(&f->marks));
}

void sal_track_cut(struct sal_flow *f, const struct sal_packet *pkt, u32 mark)
{
	if (pkt->tcp_flags & TCPHDR_RST)
		track_mark(f, atomic_read(&f->marks), mark);
}

bool sal_track_gone(const struct sal_flow *f)
{
	return !(~atomic_read(&f->marks) & MARK_GONE_BOTH);
}

bool sal_track_assured(const struct sal_flow *f)
{
	u32 marks = atomic_read(&f->marks);

	return marks & SAL_MARK_ASSURED && !track_closed(marks);
}

u32 sal_track_state(const struct sal_flow *f)
{
	u32 marks = atomic_read(&f->marks);

	if (track_closed(marks))
		return SAL_FLOW_STATE_CLOSED;
	if (marks & MARK_FIN_BOTH)
		return SAL_FLOW_STATE_CLOSING;
	if (marks & SAL_MARK_ASSURED)
		return SAL_FLOW_STATE_ASSURED;
	return marks & SAL_MARK_REPLIED ? SAL_FLOW_STATE_REPLIED :
					  SAL_FLOW_STATE_NEW;
}

enum sal_timeout sal_track_timeout(const struct sal_flow *f)
{
	bool tcp = f->key.proto == IPPROTO_TCP;

	switch (sal_track_state(f)) {
	case SAL_FLOW_STATE_CLOSED:
		return SAL_TIMEOUT_CLOSED;
	case SAL_FLOW_STATE_CLOSING:
		return SAL_TIMEOUT_CLOSING;
	case SAL_FLOW_STATE_ASSURED:
		return tcp ? SAL_TIMEOUT_ESTABLISHED : SAL_TIMEOUT_REPLIED;
	case SAL_FLOW_STATE_REPLIED:
		return tcp ? SAL_TIMEOUT_SYN : SAL_TIMEOUT_REPLIED;
	}
	return tcp ? SAL_TIMEOUT_SYN : SAL_TIMEOUT_NEW;
}

#define MARKS_SEEN	(SAL_MARK_REPLIED | SAL_MARK_ASSURED | MARK_FIN_BOTH | \
			 SAL_MARK_RESET)

u32 sal_track_marks(const struct sal_flow *f)
{
	return atomic_read(&f->marks) & MARKS_SEEN;
}

void sal_track_set_marks(struct sal_flow *f, u32 marks)
{
	atomic_or(marks & MARKS_SEEN, &f->marks);
}
