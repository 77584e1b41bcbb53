/* SPDX-License-Identifier: GPL-2.0 */
/*
 * inlet.h - devices of routers that have our hook for what they receive
 *
 * A device gets one when a packet that came by it has gone straight from PRE_ROUTING, and has
 * it until it or the membership goes.
 */
#ifndef _SAL_INLET_H
#define _SAL_INLET_H

struct net;
struct net_device;
struct sal_spot;

/* a packet that came by @dev has gone straight from PRE_ROUTING; RCU */
void sal_inlet_want(const struct sal_spot *spot, const struct net_device *dev);

/* does it hand on packets one by one, unless they say that they came by NAPI? RCU or RTNL */
bool sal_inlet_suits(const struct net_device *dev);

/* a namespace is no member any more; sal_mutex */
void sal_inlets_del(struct net *net);

int sal_inlets_init(void);
/* before namespaces lose what we keep for them: none gets a hook any more */
void sal_inlets_stop(void);
/* no namespace is a member any more */
void sal_inlets_exit(void);

#endif /* _SAL_INLET_H */
