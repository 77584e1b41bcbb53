/* SPDX-License-Identifier: GPL-2.0 */
/*
 * extack.h - the kernel's extended acks in words
 */
#ifndef _SALCTL_EXTACK_H
#define _SALCTL_EXTACK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

/* what a request ended with */
struct ack {
	int error;		/* 0 or a positive errno */
	const void *tlvs;	/* attributes NLMSGERR_ATTR_*, or NULL */
	size_t len;
};

void ack_parse(const struct nlmsghdr *nlh, struct ack *ack);
bool ack_cookie(const struct ack *ack, uint64_t *val);
int ack_report(const struct ack *ack, const struct nlmsghdr *req,
	       const struct attr_set *set);

#endif /* _SALCTL_EXTACK_H */
