// SPDX-License-Identifier: GPL-2.0
/*
 * service.c - services: a name, an ID, VIPs, and how they behave
 *
 * What is planned of them, and done, is in service_txn.c.
 */
#include <crypto/sha2.h>
#include <net/netlink.h>

#include "alias.h"
#include "compat.h"
#include "domain.h"
#include "freeze.h"
#include "guest.h"
#include "name.h"
#include "net.h"
#include "policy.h"
#include "sched_maglev.h"
#include "service.h"
#include "vip.h"

const struct sal_service_conf sal_service_defaults = {
	.hold_packets	= 256,
	.hold_bytes	= 512 * 1024,
	.hold_time	= 1000,
	.hold_share	= 100,
	.on_empty	= SAL_ON_EMPTY_REJECT,
	.late		= SAL_LATE_TRANSLATE,
	.grace		= 5000,
	.stray		= SAL_STRAY_RESET,
	.tcp		= SAL_TCP_PIN,
	.sched		= SAL_SCHED_WRR,
	.direct		= SAL_DIRECT_MODE_AUTO,
	.timeout	= {
		[SAL_TIMEOUT_NEW]		= 30,
		[SAL_TIMEOUT_REPLIED]		= 120,
		[SAL_TIMEOUT_SYN]		= 120,
		[SAL_TIMEOUT_ESTABLISHED]	= 7440,
		[SAL_TIMEOUT_CLOSING]		= 240,
		[SAL_TIMEOUT_CLOSED]		= 60,
	},
};

/* A service without endpoints takes less than 512 bytes with a name of up to 31
 * bytes: that, and what its number and its places in hash tables take, is under
 * 128 of them. Lock debugging has no bound.
 */
static_assert(IS_ENABLED(CONFIG_DEBUG_SPINLOCK) ||
	      IS_ENABLED(CONFIG_DEBUG_LOCK_ALLOC) ||
	      sizeof(struct sal_service) + sizeof(struct sal_vip) <= 512 - 128);

/* what it takes besides with its first endpoint */
#define EQUIPMENT_SIZE	(sizeof(struct sal_spread) + sal_traffic_size())

static struct kmem_cache *service_cache;

int __init sal_service_init(void)
{
	service_cache = kmem_cache_create("sal_service",
					  sizeof(struct sal_service), 0,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return service_cache ? 0 : -ENOMEM;
}

/* all RCU callbacks have run */
void sal_service_exit(void)
{
	kmem_cache_destroy(service_cache);
}

/* what a service takes, but for what sal_service_meter() adds */
static size_t service_size(const char *name)
{
	return sizeof(struct sal_service) + sal_name_len(name) + 1;
}

static u32 name_hash(const void *data, u32 len, u32 seed)
{
	return sal_name_hash(data, seed);
}

static u32 name_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct sal_service *svc = data;

	return name_hash(svc->name, len, seed);
}

static int name_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sal_service *svc = obj;

	return !sal_name_equal(svc->name, arg->key);
}

static const struct rhashtable_params name_params = {
	.head_offset		= offsetof(struct sal_service, node),
	.hashfn			= name_hash,
	.obj_hashfn		= name_obj_hash,
	.obj_cmpfn		= name_obj_cmp,
	.automatic_shrinking	= true,
};

int sal_service_names_init(struct sal_domain *d)
{
	return rhashtable_init(&d->names, &name_params);
}

struct sal_service *sal_service_find(struct sal_domain *d, const char *name)
{
	struct sal_service *svc;

	lockdep_assert_held(&sal_mutex);
	svc = rhashtable_lookup_fast(&d->names, name, name_params);
	if (svc && svc->plan != SAL_PLAN_DEL)
		return svc;
	return sal_alias_find(d, name);
}

int sal_service_taken(const struct sal_service *svc, const char *name,
		      struct netlink_ext_ack *extack)
{
	if (sal_name_equal(svc->name, name))
		NL_SET_ERR_MSG_FMT(extack, "there is a service '%.48s' already",
				   svc->name);
	else
		NL_SET_ERR_MSG_FMT(extack, "'%.24s' is an alias of service '%.24s'",
				   name, svc->name);
	return -EEXIST;
}

void sal_service_get(struct sal_service *svc)
{
	refcount_inc(&svc->refs);
}

static void service_free(struct sal_service *svc)
{
	kfree(svc->name);
	kmem_cache_free(service_cache, svc);
}

static void service_free_rcu(struct rcu_head *rcu)
{
	struct sal_service *svc = container_of(rcu, struct sal_service, rcu);

	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES,
			   service_size(svc->name));
	if (svc->spread) {
		sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES,
				   EQUIPMENT_SIZE);
		free_percpu(svc->traffic);
		kfree(svc->spread);
	}
	sal_hold_free(svc);
	sal_domain_put(svc->domain);
	if (svc->vips != &svc->vip)
		kfree(svc->vips);
	kfree(svc->aliases);
	service_free(svc);
}

void sal_service_put(struct sal_service *svc)
{
	if (refcount_dec_and_test(&svc->refs))
		call_rcu(&svc->rcu, service_free_rcu);
}

const struct in6_addr *sal_service_sid(const struct sal_service *svc)
{
	return &svc->vips[0]->pfx.addr;
}

void sal_service_derive_id(struct sal_domain *d, const char *name,
			   struct in6_addr *id)
{
	u8 hash[SHA256_DIGEST_SIZE];
	unsigned int i;

	sal_name_digest(name, hash);
	*id = d->id_prefix.addr;
	for (i = d->id_prefix.len; i < 128; i++) {
		unsigned int bit = i - d->id_prefix.len;

		if (hash[bit / 8] & (0x80 >> bit % 8))
			id->s6_addr[i / 8] |= 0x80 >> i % 8;
	}
}

static struct sal_spread *service_spread(struct sal_service *svc)
{
	struct sal_spread *spread;
	int af;

	spread = kzalloc_obj(*spread, GFP_KERNEL_ACCOUNT);
	if (!spread)
		return NULL;
	spread->svc = svc;
	for (af = 0; af < SAL_AF_NUM; af++)
		INIT_LIST_HEAD(&spread->orphans[af]);
	return spread;
}

int sal_service_equip(struct sal_service *svc, struct netlink_ext_ack *extack)
{
	struct sal_spread *spread;
	int err;

	lockdep_assert_held(&sal_mutex);
	if (svc->spread)
		return 0;
	err = sal_guest_charge_object(svc->domain, EQUIPMENT_SIZE, extack);
	if (err)
		return err;
	spread = service_spread(svc);
	svc->traffic = spread ? sal_traffic_alloc() : NULL;
	if (svc->traffic) {
		/* pairs with maglev_find() */
		smp_store_release(&svc->spread, spread);
		return 0;
	}
	kfree(spread);
	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES, EQUIPMENT_SIZE);
	NL_SET_ERR_MSG(extack, "out of memory");
	return -ENOMEM;
}

struct sal_service *sal_service_alloc(struct sal_domain *d, const char *name,
				      struct netlink_ext_ack *extack)
{
	struct sal_service *svc;
	int err, af;

	err = sal_guest_charge_object(d, service_size(name), extack);
	if (err)
		return ERR_PTR(err);
	svc = kmem_cache_zalloc(service_cache, GFP_KERNEL);
	if (!svc)
		goto err_charge;
	svc->name = sal_name_dup(name);
	if (!svc->name)
		goto err_free;
	svc->vips = &svc->vip;
	INIT_LIST_HEAD(&svc->endpoints);
	INIT_LIST_HEAD(&svc->touched);
	for (af = 0; af < SAL_AF_NUM; af++)
		svc->gate[af] = SAL_GATE_CLOSED;
	sal_hold_init(svc);
	refcount_set(&svc->refs, 1);
	sal_domain_get(d);
	svc->domain = d;
	return svc;

err_free:
	service_free(svc);
err_charge:
	sal_guest_uncharge(d, SAL_SHARE_TABLES, service_size(name));
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

struct sal_service *sal_service_create_mute(struct sal_domain *d,
					    const struct sal_service_conf *conf,
					    const struct sal_rule *asks,
					    struct netlink_ext_ack *extack)
{
	struct sal_service *svc;

	lockdep_assert_held(&sal_mutex);
	svc = sal_service_alloc(d, "(upcall)", extack);
	if (IS_ERR(svc))
		return svc;
	svc->conf = *conf;
	svc->asks = asks;
	return svc;
}

/* an entry's place is taken without memory, so that it can be given back */
int sal_service_enter_name(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;
	struct sal_service *namesake;

	namesake = rhashtable_lookup_fast(&d->names, svc->name, name_params);
	svc->want->namesake = namesake;
	if (!namesake)
		return rhashtable_insert_fast(&d->names, &svc->node,
					      name_params);
	return rhashtable_replace_fast(&d->names, &namesake->node, &svc->node,
				       name_params);
}

void sal_service_leave_name(struct sal_service *svc)
{
	struct sal_service *namesake = svc->want->namesake;
	struct sal_domain *d = svc->domain;

	if (namesake)
		WARN_ON_ONCE(rhashtable_replace_fast(&d->names, &svc->node,
						     &namesake->node,
						     name_params));
	else
		rhashtable_remove_fast(&d->names, &svc->node, name_params);
}

/*
 * No packet finds it once its VIPs have gone, but some may be inside: they
 * see @dead in the hold queue and nowhere else. Flows keep it alive through
 * their cells until the collector has come by.
 */
void sal_service_end(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;
	struct sal_service *named;

	lockdep_assert_held(&sal_mutex);
	sal_policy_forget(svc);
	/* another may have its name by now */
	named = rhashtable_lookup_fast(&d->names, svc->name, name_params);
	if (named == svc)
		rhashtable_remove_fast(&d->names, &svc->node, name_params);
	xa_erase(&d->services, svc->id);
	sal_maglev_drop(svc);
	sal_freeze_forget(svc);
	sal_hold_destroy(svc);
}
