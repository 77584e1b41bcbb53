/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nl_change.h - requests that change services and endpoints, alone or together
 */
#ifndef _SAL_NL_CHANGE_H
#define _SAL_NL_CHANGE_H

#include <net/genetlink.h>

struct net;
struct sal_endpoint;
struct sal_service;
struct sal_txn;

/**
 * struct sal_nl_change - a request as it is planned
 * @txn: transaction that it is part of
 * @info: request
 * @net: namespace that it names, or NULL
 * @svc: what came of it, for the reply
 * @ep: likewise
 */
struct sal_nl_change {
	struct sal_txn *txn;
	const struct genl_info *info;
	struct net *net;
	struct sal_service *svc;
	struct sal_endpoint *ep;
};

/**
 * struct sal_nl_op - how a kind of request is planned
 * @plan: checks and plans it; sal_mutex. Where it fails the transaction is over.
 * @reply: fills the reply of a request on its own when it is done, or NULL;
 *	sal_mutex
 * @done: tells what the requester should know although it has worked, or NULL;
 *	sal_mutex
 * @netns: the attribute that names a namespace, or 0
 * @first: it may be the first of all that a domain is asked for
 */
struct sal_nl_op {
	int (*plan)(struct sal_nl_change *c);
	int (*reply)(struct sk_buff *rsp, const struct sal_nl_change *c);
	void (*done)(const struct sal_nl_change *c);
	int netns;
	bool first;
};

/* do it, or keep it where its socket has begun a transaction */
int sal_nl_change(struct sk_buff *skb, struct genl_info *info,
		  const struct sal_nl_op *op);

int sal_nl_change_init(void);
/* the family has gone */
void sal_nl_change_exit(void);

#endif /* _SAL_NL_CHANGE_H */
