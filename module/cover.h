/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cover.h - endpoints' addresses in order, so that those in a prefix are found
 */
#ifndef _SAL_COVER_H
#define _SAL_COVER_H

struct sal_domain;
struct sal_endpoint;
struct sal_prefix;

/* all under sal_mutex */

/* an endpoint comes into the domain's table, or goes */
void sal_cover_add(struct sal_endpoint *ep);
void sal_cover_del(struct sal_endpoint *ep);

/* one that has an address in a prefix when the transaction is done, or NULL */
struct sal_endpoint *sal_cover_find(struct sal_domain *d,
				    const struct sal_prefix *pfx);

#endif /* _SAL_COVER_H */
