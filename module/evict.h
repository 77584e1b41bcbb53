/* SPDX-License-Identifier: GPL-2.0 */
/*
 * evict.h - which flow gives way to a new one where there is no room for both
 */
#ifndef _SAL_EVICT_H
#define _SAL_EVICT_H

struct sal_domain;
struct sal_flow;

/**
 * sal_evict_choose() - choose a flow that is not assured
 * @d: domain
 *
 * The one that was silent longest of a few that lie together in the table, other
 * ones each time: what an exact order would cost each packet is not worth it. RCU.
 *
 * Return: the flow, which others may remove at any time; or NULL where all that
 * were looked at are assured.
 */
struct sal_flow *sal_evict_choose(struct sal_domain *d);

#endif /* _SAL_EVICT_H */
