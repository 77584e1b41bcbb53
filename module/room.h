/* SPDX-License-Identifier: GPL-2.0 */
/*
 * room.h - who makes room for a packet that is to wait
 */
#ifndef _SAL_ROOM_H
#define _SAL_ROOM_H

#include <linux/list.h>
#include <linux/types.h>

#include "hold.h"

struct sal_domain;
struct sal_service;
struct sal_service_conf;

/**
 * struct sal_room - what the queue lacks to take a packet
 * @packets: how many have to go, at least
 * @bytes: likewise
 */
struct sal_room {
	u32 packets;
	u64 bytes;
};

/* what it lacks by the service's bounds; and is that anything? */
void sal_room_want(const struct sal_hold *h,
		   const struct sal_service_conf *conf, u32 size,
		   struct sal_room *want);
bool sal_room_lacks(const struct sal_room *want);

/**
 * sal_room_make() - room for a packet
 * @svc: service
 * @held: the packet
 * @list: what has to go for it, taken off the queue; to be freed without the lock
 *
 * If need be it is that of packets of the conversation that has most of them. So one
 * that floods its service pushes out its own alone, and keeps nobody from having one
 * packet there. The lock of the queue, which there is, is held.
 *
 * Return: SAL_HELD, and the domain is charged for it; or which bound it is over.
 */
enum sal_hold_result sal_room_make(struct sal_service *svc,
				   const struct sal_held *held,
				   struct list_head *list);

/* what a packet is charged for */
void sal_room_give_back(struct sal_domain *d, u32 size);

#endif /* _SAL_ROOM_H */
