/* SPDX-License-Identifier: GPL-2.0 */
/*
 * link.h - whether the addresses of endpoints are there
 */
#ifndef _SAL_LINK_H
#define _SAL_LINK_H

struct net;
struct sal_endpoint;

/* look whether an endpoint is usable, and make it so if it is; sal_mutex */
int sal_link_check(struct sal_endpoint *ep);

/* look again in a while; sal_mutex */
void sal_link_later(struct sal_endpoint *ep);

/* a namespace exits: its endpoints fail at once. pre_exit. */
void sal_link_netns_exit(struct net *net);

int sal_link_init(void);
void sal_link_exit(void);

#endif /* _SAL_LINK_H */
