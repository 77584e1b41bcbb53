// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - loading and unloading
 */
#include <linux/module.h>

#include "brport.h"
#include "csum.h"
#include "flow.h"
#include "guest.h"
#include "hold.h"
#include "hooks.h"
#include "inlet.h"
#include "link.h"
#include "maglev.h"
#include "net.h"
#include "netlink.h"
#include "revtable.h"
#include "route.h"
#include "service.h"
#include "vip.h"

/* debug builds do not load where one fails */
static int __init sal_selftest(void)
{
	if (sal_vip_selftest() || sal_csum_selftest() ||
	    sal_hold_selftest() || sal_reverse_selftest() ||
	    sal_maglev_selftest())
		return -ENOTRECOVERABLE;
	return 0;
}

/* all RCU callbacks have run */
static void sal_caches_exit(void)
{
	sal_flow_exit();
	sal_vip_exit();
	sal_service_exit();
}

static int __init sal_caches_init(void)
{
	int err;

	err = sal_service_init();
	if (err)
		return err;
	err = sal_vip_init();
	if (err)
		goto err_service;
	err = sal_flow_init();
	if (err)
		goto err_vip;
	return 0;

err_vip:
	sal_vip_exit();
err_service:
	sal_service_exit();
	return err;
}

static int __init sal_init(void)
{
	int err;

	err = sal_selftest();
	if (err)
		return err;
	sal_hooks_init();
	err = sal_caches_init();
	if (err)
		return err;
	err = sal_inlets_init();
	if (err)
		goto err_caches;
	err = sal_net_init();
	if (err)
		goto err_inlets;
	err = sal_link_init();
	if (err)
		goto err_net;
	err = sal_nl_init();
	if (err)
		goto err_link;
	return 0;

err_link:
	sal_link_exit();
err_net:
	sal_net_exit();
err_inlets:
	sal_inlets_exit();
err_caches:
	sal_caches_exit();
	return err;
}

/*
 * No request comes any more, then no news of devices; then every namespace
 * gives back its hooks and tables. RCU callbacks follow each other: a flow's
 * puts its cell, whose puts its service, whose puts its domain.
 */
static void __exit sal_exit(void)
{
	sal_nl_exit();
	sal_link_exit();
	sal_inlets_stop();
	sal_net_exit();
	sal_brports_exit();
	sal_inlets_exit();
	sal_route_exit();
	rcu_barrier();
	rcu_barrier();
	rcu_barrier();
	sal_caches_exit();
	sal_guest_exit();
}

module_init(sal_init);
module_exit(sal_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Service access layer");
MODULE_AUTHOR("The sal developers");
MODULE_VERSION("0.1.0");
MODULE_SOFTDEP("pre: nf_defrag_ipv4 nf_defrag_ipv6");
MODULE_ALIAS_GENL_FAMILY("sal");
