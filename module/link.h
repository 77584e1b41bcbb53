/* SPDX-License-Identifier: GPL-2.0 */
/*
 * link.h - whether the addresses of endpoints are there
 */
#ifndef _SAL_LINK_H
#define _SAL_LINK_H

struct net;
struct sal_endpoint;

/*
 * All under sal_mutex. Look whether the addresses of an endpoint are there (0 or
 * ENOMEM); have it usable, or not, unless the look was overtaken by news; forget it.
 */
int sal_link_plan(struct sal_endpoint *ep);
void sal_link_apply(struct sal_endpoint *ep);
void sal_link_forget(struct sal_endpoint *ep);

/* sal_lock: look at it anew soon; its lease has expired, so it fails at once */
void sal_link_again(struct sal_endpoint *ep);
void sal_link_lease_expired(struct sal_endpoint *ep);

/* why flows move whose endpoint has such faults */
enum sal_cause sal_link_cause(u32 fault);

/* a namespace exits: its endpoints fail at once. pre_exit. */
void sal_link_netns_exit(struct net *net);

/* does the module go? Endpoints then fail, as devices seem to. */
bool sal_link_exits(void);

int sal_link_init(void);
void sal_link_exit(void);

#endif /* _SAL_LINK_H */
