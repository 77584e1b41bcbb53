// SPDX-License-Identifier: GPL-2.0
/*
 * netlink.c - the generic netlink family comes and goes
 */
#include <linux/init.h>

#include "events.h"
#include "netlink.h"
#include "nl_change.h"

static struct genl_multicast_group nl_mcgrps[SAL_NLGRP_HOLD + 1]
	__ro_after_init;

/*
 * Events are told to those with CAP_NET_ADMIN only: of flows they say who talks
 * to whom, and of the others what is done in other namespaces, as it is done.
 * The spec says so (flags of the groups), but the generator has no means yet to
 * put it into its table, and that one is const; so the family gets a copy that
 * has it.
 */
static int __init nl_restrict_groups(void)
{
	unsigned int i;

	if (WARN_ON_ONCE(sal_nl_family.n_mcgrps != ARRAY_SIZE(nl_mcgrps)))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(nl_mcgrps); i++) {
		nl_mcgrps[i] = sal_nl_family.mcgrps[i];
		nl_mcgrps[i].flags = GENL_MCAST_CAP_NET_ADMIN;
	}
	sal_nl_family.mcgrps = nl_mcgrps;
	return 0;
}

int __init sal_nl_init(void)
{
	int err;

	err = nl_restrict_groups();
	if (err)
		return err;
	err = sal_nl_change_init();
	if (err)
		return err;
	err = genl_register_family(&sal_nl_family);
	if (err) {
		sal_nl_change_exit();
		return err;
	}
	sal_events_start();
	return 0;
}

void sal_nl_exit(void)
{
	sal_events_stop();
	genl_unregister_family(&sal_nl_family);
	sal_nl_change_exit();
}
