/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ct.h - what connection tracking knows of a conversation
 */
#ifndef _SALCTL_CT_H
#define _SALCTL_CT_H

#include <stdint.h>

#include "addr.h"

/* whose conversations are looked for; @seen and what follows is the answer */
struct ct_look {
	struct prefix src;
	const struct prefix *dst;	/* any of these */
	unsigned int num_dst;
	uint8_t proto;
	unsigned int answered;		/* entries that have seen a reply */
	unsigned int unanswered;	/* and that have not */
	struct prefix to;		/* where such a one really went */
	struct prefix asked;		/* and where it was sent */
};

/* look in a network namespace, -1 for our own; an errno */
int ct_look(int netns, struct ct_look *look);

#endif /* _SALCTL_CT_H */
