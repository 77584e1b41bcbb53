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

/**
 * struct sal_sched_run - many picks in a row
 * @svc: service
 * @af: family
 * @ep: the latest pick, or NULL
 * @left: how often it is still picked
 *
 * Picks as sal_sched_pick() would, but does not walk the endpoints from the
 * first for each; so the cells of an endpoint that fails find their places in
 * one or two walks. sal_lock is held from the first pick to the last.
 */
struct sal_sched_run {
	struct sal_service *svc;
	enum sal_af af;
	struct sal_endpoint *ep;
	u32 left;
};

/* the next one, or NULL where none is usable */
struct sal_endpoint *sal_sched_next(struct sal_sched_run *run);

#endif /* _SAL_SCHED_H */
