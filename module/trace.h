/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - tracepoints, see Documentation/tracing.md
 *
 * They are for people and may change.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sal

#if !defined(_SAL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SAL_TRACE_H

#include <linux/tracepoint.h>

#include "cell.h"
#include "endpoint.h"
#include "flow.h"
#include "service.h"
#include "stats.h"

/* a packet's destination is a VIP */
TRACE_EVENT(sal_lookup,
	    TP_PROTO(const struct sk_buff *skb, const struct in6_addr *dst,
		     const struct sal_service *svc),
	    TP_ARGS(skb, dst, svc),
	    TP_STRUCT__entry(__field(const void *, skbaddr)
			     __array(u8, dst, sizeof(struct in6_addr))
			     __string(service, svc->name)),
	    TP_fast_assign(__entry->skbaddr = skb;
			   memcpy(__entry->dst, dst, sizeof(struct in6_addr));
			   __assign_str(service);),
	    TP_printk("skbaddr=%p dst=%pI6c service=%s", __entry->skbaddr,
		      __entry->dst, __get_str(service)));

/* a conversation has begun */
TRACE_EVENT(sal_flow_new,
	    TP_PROTO(const struct sal_flow *flow, const struct sal_service *svc),
	    TP_ARGS(flow, svc),
	    TP_STRUCT__entry(__field(u32, id)
			     __field(u8, proto)
			     __field(u16, sport)
			     __field(u16, dport)
			     __field(u16, mapped)
			     __array(u8, client, sizeof(struct in6_addr))
			     __array(u8, vip, sizeof(struct in6_addr))
			     __string(service, svc->name)),
	    TP_fast_assign(__entry->id = flow->id;
			   __entry->proto = flow->key.proto;
			   __entry->sport = ntohs(flow->cid);
			   __entry->dport = ntohs(flow->key.port);
			   __entry->mapped = ntohs(flow->key.id);
			   memcpy(__entry->client, &flow->client, sizeof(struct in6_addr));
			   memcpy(__entry->vip, &flow->vip, sizeof(struct in6_addr));
			   __assign_str(service);),
	    TP_printk("flow=%u service=%s proto=%u client=%pI6c vip=%pI6c sport=%u dport=%u mapped=%u",
		      __entry->id, __get_str(service), __entry->proto,
		      __entry->client, __entry->vip, __entry->sport,
		      __entry->dport, __entry->mapped));

/* a flow is about to send to an endpoint that it has not sent to last */
TRACE_EVENT(sal_bind,
	    TP_PROTO(const struct sal_flow *flow, const struct sal_endpoint *ep),
	    TP_ARGS(flow, ep),
	    TP_STRUCT__entry(__field(u32, id)
			     __string(service, ep->svc->name)
			     __string(endpoint, ep->name)),
	    TP_fast_assign(__entry->id = flow->id;
			   __assign_str(service);
			   __assign_str(endpoint);),
	    TP_printk("flow=%u service=%s endpoint=%s", __entry->id,
		      __get_str(service), __get_str(endpoint)));

/* cells with flows go from one endpoint to another; either may be nobody */
TRACE_EVENT(sal_migrate,
	    TP_PROTO(const struct sal_service *svc, const struct sal_endpoint *from,
		     const struct sal_endpoint *to, const struct sal_moved *moved,
		     u32 cause),
	    TP_ARGS(svc, from, to, moved, cause),
	    TP_STRUCT__entry(__string(service, svc->name)
			     __string(from, from ? from->name : "")
			     __string(to, to ? to->name : "")
			     __field(u32, flows)
			     __field(u32, cells)
			     __field(u32, cause)),
	    TP_fast_assign(__assign_str(service);
			   __assign_str(from);
			   __assign_str(to);
			   __entry->flows = moved->flows;
			   __entry->cells = moved->cells;
			   __entry->cause = cause;),
	    TP_printk("service=%s from=%s to=%s flows=%u cells=%u cause=%u",
		      __get_str(service), __get_str(from), __get_str(to),
		      __entry->flows, __entry->cells, __entry->cause));

/* selected flows have been bound to another endpoint, all under the locks for @ns */
TRACE_EVENT(sal_rebind,
	    TP_PROTO(const struct sal_service *svc, const struct sal_endpoint *to,
		     u32 flows, u64 ns),
	    TP_ARGS(svc, to, flows, ns),
	    TP_STRUCT__entry(__string(service, svc->name)
			     __string(to, to->name)
			     __field(u32, flows)
			     __field(u64, ns)),
	    TP_fast_assign(__assign_str(service);
			   __assign_str(to);
			   __entry->flows = flows;
			   __entry->ns = ns;),
	    TP_printk("service=%s to=%s flows=%u ns=%llu", __get_str(service),
		      __get_str(to), __entry->flows, __entry->ns));

/* a segment of a TCP flow that is being reset is answered by a RST */
TRACE_EVENT(sal_cut,
	    TP_PROTO(const struct sal_flow *flow, bool endpoint),
	    TP_ARGS(flow, endpoint),
	    TP_STRUCT__entry(__field(u32, id)
			     __field(bool, endpoint)),
	    TP_fast_assign(__entry->id = flow->id;
			   __entry->endpoint = endpoint;),
	    TP_printk("flow=%u side=%s", __entry->id,
		      __entry->endpoint ? "endpoint" : "client"));

DECLARE_EVENT_CLASS(sal_held,
		    TP_PROTO(const struct sk_buff *skb, const struct sal_service *svc),
		    TP_ARGS(skb, svc),
		    TP_STRUCT__entry(__field(const void *, skbaddr)
				     __field(u32, packets)
				     __string(service, svc->name)),
		    TP_fast_assign(__entry->skbaddr = skb;
				   __entry->packets = READ_ONCE(svc->hold.packets);
				   __assign_str(service);),
		    TP_printk("skbaddr=%p service=%s packets=%u", __entry->skbaddr,
			      __get_str(service), __entry->packets));

/* a packet waits; packets: with it */
DEFINE_EVENT(sal_held, sal_hold,
	     TP_PROTO(const struct sk_buff *skb, const struct sal_service *svc),
	     TP_ARGS(skb, svc));

/* a packet that has waited goes on; packets: behind it */
DEFINE_EVENT(sal_held, sal_release,
	     TP_PROTO(const struct sk_buff *skb, const struct sal_service *svc),
	     TP_ARGS(skb, svc));

/* packets are dropped; skb:kfree_skb may follow and has their address */
TRACE_EVENT(sal_drop,
	    TP_PROTO(enum sal_reason reason, unsigned int packets),
	    TP_ARGS(reason, packets),
	    TP_STRUCT__entry(__string(reason, sal_reason_info[reason].name)
			     __field(unsigned int, packets)),
	    TP_fast_assign(__assign_str(reason);
			   __entry->packets = packets;),
	    TP_printk("reason=%s packets=%u", __get_str(reason), __entry->packets));

#endif /* _SAL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
