// SPDX-License-Identifier: GPL-2.0
/*
 * prefix.c - which addresses may be VIPs and endpoints
 */
#include <linux/kernel.h>
#include <linux/netlink.h>

#include "prefix.h"

#define V4(a, b, c, d, l)						\
	.pfx.addr = { .s6_addr = { [10] = 0xff, [11] = 0xff,		\
				   [12] = (a), [13] = (b),		\
				   [14] = (c), [15] = (d) } },		\
	.pfx.len = 96 + (l)

#define V6(a, b, l)							\
	.pfx.addr = { .s6_addr = { [0] = (a), [1] = (b) } },		\
	.pfx.len = (l)

/* what stands for no one host, or means something only on one link or host */
static const struct {
	struct sal_prefix pfx;
	const char *what;
} forbidden[] = {
	{ V4(0, 0, 0, 0, 8), "unspecified" },
	{ V4(127, 0, 0, 0, 8), "loopback" },
	{ V4(169, 254, 0, 0, 16), "link-local" },
	{ V4(224, 0, 0, 0, 4), "multicast" },
	{ V4(255, 255, 255, 255, 32), "broadcast" },
	{ V6(0, 0, 128), "unspecified" },
	{ .pfx.addr = IN6ADDR_LOOPBACK_INIT, .pfx.len = 128, "loopback" },
	{ V6(0xfe, 0x80, 10), "link-local" },
	{ V6(0xff, 0, 8), "multicast" },
};

static const char *prefix_forbidden(const struct sal_prefix *pfx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forbidden); i++) {
		const struct sal_prefix *no = &forbidden[i].pfx;

		if (sal_addr_af(&no->addr) != sal_addr_af(&pfx->addr))
			continue;
		if (ipv6_prefix_equal(&no->addr, &pfx->addr,
				      min(no->len, pfx->len)))
			return forbidden[i].what;
	}
	return NULL;
}

int sal_prefix_check(const struct sal_prefix *pfx, const char *what,
		     struct netlink_ext_ack *extack)
{
	const char *why = prefix_forbidden(pfx);

	if (!why)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "%s cannot be %s", what, why);
	return -EADDRNOTAVAIL;
}

/* a prefix that is the longer one, not one that has such addresses among others */
static const char *prefix_within(const struct sal_prefix *pfx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forbidden); i++) {
		const struct sal_prefix *no = &forbidden[i].pfx;

		if (sal_addr_af(&no->addr) == sal_addr_af(&pfx->addr) &&
		    pfx->len >= no->len &&
		    ipv6_prefix_equal(&no->addr, &pfx->addr, no->len))
			return forbidden[i].what;
	}
	return NULL;
}

int sal_prefix_check_rule(const struct sal_prefix *pfx,
			  struct netlink_ext_ack *extack)
{
	const char *why = prefix_within(pfx);

	if (!why)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "a rule cannot be about %s addresses", why);
	return -EADDRNOTAVAIL;
}

bool sal_prefix_never(const struct in6_addr *addr)
{
	const struct sal_prefix pfx = { .addr = *addr, .len = 128 };

	return prefix_within(&pfx);
}

int sal_prefix_check_endpoint(const struct in6_addr *addr,
			      struct netlink_ext_ack *extack)
{
	const struct sal_prefix pfx = { .addr = *addr, .len = 128 };

	return sal_prefix_check(&pfx, "an endpoint's address", extack);
}
