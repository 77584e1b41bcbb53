/* SPDX-License-Identifier: GPL-2.0 */
/*
 * net.h - what the module keeps for each network namespace
 */
#ifndef _SAL_NET_H
#define _SAL_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct sal_domain;
struct sal_member;

/**
 * DOC: locking
 *
 * sal_mutex serialises every change of the configuration: domains, members,
 * services, endpoints, VIPs, the hooks in members. It is one for the machine,
 * because a member's hooks live in another namespace than the domain they
 * serve. Nothing takes it under RTNL, and RTNL is never taken under it.
 *
 * sal_lock guards what failures change: which endpoints are usable, where
 * cells point, which endpoints live in a namespace. Notifiers (RTNL held, or
 * atomic) take it without sal_mutex. It nests inside sal_mutex; the lock of a
 * hold queue nests inside it.
 *
 * The data path takes neither: it reads under RCU.
 */
extern struct mutex sal_mutex;
extern spinlock_t sal_lock;

/**
 * struct sal_net - what the module keeps for one network namespace
 * @member: this namespace's membership in a domain, if any. Written under
 *	sal_mutex, read under RCU by the hooks.
 * @joining: a membership that is but planned. sal_mutex.
 * @net: the namespace itself. Never changes.
 * @domain: the tables this namespace owns; made on first use. sal_mutex, and
 *	stable from then on until pre_exit.
 * @endpoints: endpoints (of any domain) that live here, linked through
 *	&sal_endpoint.in_net. Written under sal_lock, walked under it or RCU.
 * @open: transactions that its sockets have begun; see nl_change.c, whose
 *	open_mutex guards it
 * @inlets: devices of it that have our hook, see inlet.c, whose inlets_lock guards it;
 *	read without
 * @exiting: pre_exit has begun; nothing may be attached any more. Set before
 *	pre_exit takes sal_mutex to undo what is attached, read under it.
 */
struct sal_net {
	struct sal_member __rcu *member;
	struct sal_member *joining;
	struct net *net;
	struct sal_domain *domain;
	struct list_head endpoints;
	struct list_head open;
	unsigned int inlets;
	bool exiting;
};

extern unsigned int sal_net_id;

/**
 * sal_net() - the module's state for a namespace
 * @net: namespace
 *
 * Return: the state; never NULL between the namespace's init and exit.
 */
static inline struct sal_net *sal_net(const struct net *net)
{
	return net_generic(net, sal_net_id);
}

int sal_net_init(void);
void sal_net_exit(void);

#endif /* _SAL_NET_H */
