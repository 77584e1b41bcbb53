/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events.h - what listeners of the multicast groups are told
 *
 * All may be called in atomic context, with sal_lock held or not, and cost
 * next to nothing where nobody listens.
 */
#ifndef _SAL_EVENTS_H
#define _SAL_EVENTS_H

#include <linux/types.h>

#include <uapi/linux/sal.h>

struct net;
struct sal_domain;
struct sal_endpoint;
struct sal_episode;
struct sal_flow;
struct sal_member;
struct sal_fence;
struct sal_moved;
struct sal_policy;
struct sal_packet;
struct sal_rule;
struct sal_service;

/* the family has been registered, and is about to go */
void sal_events_start(void);
void sal_events_stop(void);

/* @cmd: SAL_CMD_SERVICE_{ADD,SET,DEL}_NTF; sal_mutex */
void sal_event_service(struct sal_service *svc, u8 cmd);

/* @net: namespace that it lives in, or lived in until now; NULL for none.
 * @cmd: SAL_CMD_ENDPOINT_{ADD,SET,DEL}_NTF; sal_mutex or sal_lock
 */
void sal_event_endpoint(struct sal_endpoint *ep, struct net *net, u8 cmd);

/* @cmd: SAL_CMD_FLOW_{ADD,DEL}_NTF; RCU */
void sal_event_flow(struct sal_domain *d, struct sal_flow *f, u8 cmd);

/* @cmd: SAL_CMD_POLICY_{ADD,SET,DEL}_NTF; sal_mutex */
void sal_event_policy(struct sal_domain *d, const struct sal_policy *p, u8 cmd);

/* packets of an endpoint were fenced off; any context */
void sal_event_fence(const struct sal_fence *fence);

/**
 * sal_event_migrate() - flows were moved
 * @svc: service
 * @from: where from, or NULL where they had no endpoint
 * @to: where to, or NULL where no endpoint is usable
 * @moved: how much
 * @ns: how long it took, or 0 where that was not measured
 * @cause: why
 */
void sal_event_migrate(struct sal_service *svc,
		       const struct sal_endpoint *from,
		       const struct sal_endpoint *to,
		       const struct sal_moved *moved, u64 ns,
		       enum sal_cause cause);

/* flows were moved, and there is no memory to tell: listeners see a gap */
void sal_event_migrate_lost(struct sal_domain *d);

/* @cmd: SAL_CMD_RULE_{ADD,DEL}_NTF; sal_mutex */
void sal_event_rule(struct sal_domain *d, const struct sal_rule *rule, u8 cmd);

/* a packet of a member's waits for who knows its address; RCU */
void sal_event_miss(const struct sal_member *m, const struct sal_rule *rule,
		    const struct sal_packet *pkt);

/* a transaction of so many requests was done, and all events of it were sent;
 * sal_mutex
 */
void sal_event_transaction(struct sal_domain *d, u32 id, u32 requests);

/**
 * struct sal_hold_news - packets wait, or cease to
 * @cmd: SAL_CMD_HOLD_{BEGIN,DROP,END,FREEZE,THAW}_NTF
 * @cause: why
 * @family: 4 or 6; 0 of freeze and thaw
 * @time: of freeze, in ms
 * @ns: for how long; not of begin and freeze
 * @episode: what has become of packets, or NULL
 * @packets: how many wait now
 * @bytes: their bytes
 */
struct sal_hold_news {
	u8 cmd;
	enum sal_hold_cause cause;
	u32 family;
	u32 time;
	u64 ns;
	const struct sal_episode *episode;
	u32 packets;
	u32 bytes;
};

/* sal_mutex, or the lock of its hold queue */
void sal_event_hold(const struct sal_service *svc,
		    const struct sal_hold_news *news);

/* a step of an endpoint's drain, see sal_event_endpoint(); sal_mutex */
void sal_event_drain(struct sal_endpoint *ep, struct net *net,
		     enum sal_drain_step step, enum sal_cause cause);

#endif /* _SAL_EVENTS_H */
