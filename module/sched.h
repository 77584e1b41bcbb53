/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sched.h - which endpoint a new flow goes to
 */
#ifndef _SAL_SCHED_H
#define _SAL_SCHED_H

#include "addr.h"

struct sal_endpoint;
struct sal_service;

/* the next endpoint by weighted round robin, or NULL where none is usable;
 * RCU or sal_lock
 */
struct sal_endpoint *sal_sched_pick(struct sal_service *svc, enum sal_af af);

#endif /* _SAL_SCHED_H */
