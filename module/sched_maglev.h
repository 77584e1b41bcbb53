/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sched_maglev.h - the tables of services that are balanced by consistent hashing
 */
#ifndef _SAL_SCHED_MAGLEV_H
#define _SAL_SCHED_MAGLEV_H

struct sal_domain;
struct sal_service;

/* its tables as its endpoints, or its scheduler, say; sal_mutex */
void sal_maglev_refresh(struct sal_service *svc);
/* it has none any more; sal_mutex */
void sal_maglev_drop(struct sal_service *svc);

/* the same by work, after some jiffies: where memory cannot be had. sal_mutex or
 * sal_lock.
 */
void sal_maglev_stale(struct sal_service *svc, unsigned long delay);

void sal_maglev_init(struct sal_domain *d);
/* no endpoint is left; may sleep, without sal_mutex */
void sal_maglev_exit(struct sal_domain *d);

#endif /* _SAL_SCHED_MAGLEV_H */
