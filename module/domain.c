// SPDX-License-Identifier: GPL-2.0
/*
 * domain.c - the tables that one network namespace owns
 */
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "affinity.h"
#include "alias.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "freeze.h"
#include "guest.h"
#include "member.h"
#include "net.h"
#include "policy.h"
#include "route.h"
#include "rule.h"
#include "sched_maglev.h"
#include "service.h"
#include "stats.h"
#include "txn.h"
#include "upcall.h"

const struct sal_limits sal_domain_limits = {
	.services	= 65536,
	.endpoints	= 65536,
	.members	= 4096,
	.flows		= 262144,
	.rules		= 4096,
	.held		= 8 * 1024 * 1024,
	.policies	= 4096,
};

/*
 * Names stand for the same IDs on every host and after every boot, so the
 * prefix is fixed. As RFC 4193 asks, its 40 bits are not chosen but drawn:
 * the first 40 of SHA-256("service access layer").
 */
const struct sal_prefix sal_domain_id_prefix = {
	.addr = { .s6_addr = { 0xfd, 0x75, 0x8e, 0xbb, 0xfc, 0x98 } },
	.len = 48,
};

static void domain_init(struct sal_domain *d, struct net *net)
{
	d->net = net;
	d->limits = sal_domain_limits;
	d->guest = sal_guest_owns(net);
	d->id_prefix = sal_domain_id_prefix;
	d->access = SAL_ACCESS_ALLOW;
	d->path_switch = SAL_DIRECT_MODE_AUTO;
	d->addrs = RB_ROOT;
	xa_init_flags(&d->services, XA_FLAGS_ALLOC1);
	xa_init_flags(&d->endpoints, XA_FLAGS_ALLOC1);
	xa_init_flags(&d->members, XA_FLAGS_ALLOC1);
	xa_init_flags(&d->rules, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&d->asking);
	spin_lock_init(&d->alt_lock);
	spin_lock_init(&d->event_lock);
	INIT_LIST_HEAD(&d->ghosts);
	INIT_LIST_HEAD(&d->queues);
	spin_lock_init(&d->queues_lock);
	sal_direct_init(d);
	INIT_DELAYED_WORK(&d->reap, sal_endpoint_reap_work);
	sal_maglev_init(d);
	sal_freeze_init(d);
	sal_cuts_init(d);
	sal_fences_init(d);
	sal_leases_init(d);
	sal_drains_init(d);
	INIT_DELAYED_WORK(&d->settle, sal_rules_settle_work);
	refcount_set(&d->refs, 1);
#ifdef CONFIG_MEMCG
	d->memcg = get_mem_cgroup_from_mm(current->mm);
#endif
}

static int domain_init_tables(struct sal_domain *d)
{
	int err;

	err = sal_stats_init(d);
	if (err)
		return err;
	err = sal_vip_table_init(&d->vips);
	if (err)
		goto err_stats;
	err = sal_vip_table_init(&d->rule_table);
	if (err)
		goto err_vips;
	err = sal_service_names_init(d);
	if (err)
		goto err_rules;
	err = sal_alias_table_init(d);
	if (err)
		goto err_names;
	err = sal_policy_table_init(d);
	if (err)
		goto err_aliases;
	err = sal_reverse_init(d);
	if (err)
		goto err_policies;
	err = sal_affinity_init(d);
	if (err)
		goto err_reverse;
	err = sal_flow_table_init(d);
	if (err)
		goto err_affinity;
	return 0;

err_affinity:
	sal_affinity_destroy(d);
err_reverse:
	sal_reverse_destroy(d);
err_policies:
	sal_policy_table_destroy(d);
err_aliases:
	rhashtable_destroy(&d->aliases);
err_names:
	rhashtable_destroy(&d->names);
err_rules:
	sal_vip_table_destroy(&d->rule_table);
err_vips:
	sal_vip_table_destroy(&d->vips);
err_stats:
	sal_stats_exit(d);
	return err;
}

struct sal_domain *sal_domain_find(struct net *net)
{
	return READ_ONCE(sal_net(net)->domain);
}

struct sal_domain *sal_domain_obtain(struct net *net)
{
	struct sal_net *sn = sal_net(net);
	struct sal_domain *d = sn->domain;

	lockdep_assert_held(&sal_mutex);
	if (d)
		return d;
	d = kvzalloc_obj(*d, GFP_KERNEL_ACCOUNT);
	if (!d)
		return NULL;
	domain_init(d, net);
	if (domain_init_tables(d)) {
		mem_cgroup_put(d->memcg);
		kvfree(d);
		return NULL;
	}
	WRITE_ONCE(sn->domain, d);
	return d;
}

void sal_domain_get(struct sal_domain *d)
{
	refcount_inc(&d->refs);
}

void sal_domain_put(struct sal_domain *d)
{
	if (!refcount_dec_and_test(&d->refs))
		return;
	sal_stats_exit(d);
	mem_cgroup_put(d->memcg);
	kvfree_rcu(d, rcu);
}

int sal_domain_set_pools(struct sal_domain *d, const struct sal_prefix *pools,
			 u32 n, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&sal_mutex);
	if (n > SAL_POOLS_MAX) {
		NL_SET_ERR_MSG_FMT(extack, "at most %u VIP pools",
				   SAL_POOLS_MAX);
		return -E2BIG;
	}
	memcpy(d->pools, pools, n * sizeof(*pools));
	d->n_pools = n;
	return 0;
}

void sal_domain_flush(struct sal_domain *d)
{
	struct sal_service *svc;
	struct sal_member *m;
	unsigned long id;
	struct sal_txn t;

	lockdep_assert_held(&sal_mutex);
	/* a service that a rule names would not go */
	sal_rules_flush(d);
	/* each service would look for its own among all */
	sal_policies_flush(d);
	xa_for_each(&d->services, id, svc) {
		sal_txn_begin(&t, d, false);
		sal_service_delete(&t, svc);
		sal_txn_commit(&t);
		cond_resched();
	}
	xa_for_each(&d->members, id, m)
		sal_member_del(m);
	/* nobody is left to whom a reply could be late */
	sal_endpoint_reap_all(d);
}

/* first half of its end; the namespace exits, sal_mutex is held */
void sal_domain_shut(struct sal_domain *d)
{
	lockdep_assert_held(&sal_mutex);
	d->dead = true;
	sal_route_domain_exit(d);
	sal_domain_flush(d);
}

/*
 * Second half, one RCU grace period later: no packet is in our code on behalf
 * of this domain, its members having gone before. What flows held on to goes
 * with them, by RCU callbacks; the last one frees the domain.
 */
void sal_domain_destroy(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->reap);
	sal_maglev_exit(d);
	sal_freeze_exit(d);
	sal_cuts_exit(d);
	sal_fences_exit(d);
	sal_leases_exit(d);
	sal_drains_exit(d);
	cancel_delayed_work_sync(&d->settle);
	sal_flow_table_destroy(d);
	sal_affinity_destroy(d);
	sal_reverse_destroy(d);
	sal_policy_table_destroy(d);
	rhashtable_destroy(&d->aliases);
	rhashtable_destroy(&d->names);
	sal_vip_table_destroy(&d->rule_table);
	sal_vip_table_destroy(&d->vips);
	sal_upcall_destroy(d);
	xa_destroy(&d->rules);
	xa_destroy(&d->members);
	xa_destroy(&d->endpoints);
	xa_destroy(&d->services);
	sal_domain_put(d);
}

/*
 * What packets make us allocate would be charged to whoever the softirq
 * interrupted; charge who made the domain.
 */
struct mem_cgroup *sal_domain_charge(struct sal_domain *d)
{
	return set_active_memcg(d->memcg);
}

void sal_domain_uncharge(struct mem_cgroup *old)
{
	set_active_memcg(old);
}
