// SPDX-License-Identifier: GPL-2.0
/*
 * service.c - services: a name, an ID, VIPs, and how they behave
 */
#include <crypto/sha2.h>
#include <net/netlink.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "guest.h"
#include "net.h"
#include "prefix.h"
#include "service.h"
#include "vip.h"

const struct sal_service_conf sal_service_defaults = {
	.hold_packets	= 256,
	.hold_bytes	= 512 * 1024,
	.hold_time	= 1000,
	.on_empty	= SAL_ON_EMPTY_REJECT,
	.late		= SAL_LATE_TRANSLATE,
	.grace		= 5000,
};

static u32 name_hash(const void *data, u32 len, u32 seed)
{
	const char *name = data;

	return jhash(name, strlen(name), seed);
}

static u32 name_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct sal_service *svc = data;

	return name_hash(svc->name, len, seed);
}

static int name_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sal_service *svc = obj;

	return strcmp(svc->name, arg->key);
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
	return rhashtable_lookup_fast(&d->names, name, name_params);
}

void sal_service_get(struct sal_service *svc)
{
	refcount_inc(&svc->refs);
}

static void service_free_rcu(struct rcu_head *rcu)
{
	struct sal_service *svc = container_of(rcu, struct sal_service, rcu);

	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES, sizeof(*svc));
	sal_domain_put(svc->domain);
	kfree(svc);
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

	sha256((const u8 *)name, strlen(name), hash);
	*id = d->id_prefix.addr;
	for (i = d->id_prefix.len; i < 128; i++) {
		unsigned int bit = i - d->id_prefix.len;

		if (hash[bit / 8] & (0x80 >> bit % 8))
			id->s6_addr[i / 8] |= 0x80 >> i % 8;
	}
}

static struct sal_vip *service_own_vip(const struct sal_service *svc,
				       const struct sal_prefix *pfx)
{
	u32 i;

	for (i = 0; i < svc->n_vips; i++) {
		const struct sal_prefix *own = &svc->vips[i]->pfx;

		if (own->len == pfx->len &&
		    ipv6_addr_equal(&own->addr, &pfx->addr))
			return svc->vips[i];
	}
	return NULL;
}

static int service_check_vip(struct sal_service *svc,
			     const struct sal_prefix *pfx,
			     struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	struct sal_vip *vip;
	int err;

	err = sal_prefix_check(pfx, "a VIP", extack);
	if (err)
		return err;
	vip = sal_vip_get(&svc->domain->vips, pfx);
	if (vip && vip->svc != svc) {
		NL_SET_ERR_MSG_FMT(extack, "VIP is in use by service '%.50s'",
				   vip->svc->name);
		return -EADDRINUSE;
	}
	ep = sal_reverse_covered(svc->domain, pfx);
	if (ep) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VIP covers the address of endpoint '%.18s' of '%.18s'",
				   ep->name, ep->svc->name);
		return -EADDRINUSE;
	}
	return 0;
}

static void service_drop_vip(struct sal_service *svc, struct sal_vip *vip)
{
	sal_vip_remove(&svc->domain->vips, vip);
	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES, sizeof(*vip));
	kfree_rcu(vip, rcu);
}

static struct sal_vip *service_add_vip(struct sal_service *svc,
				       const struct sal_prefix *pfx,
				       struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	struct sal_vip *vip;
	int err;

	err = sal_guest_charge_object(d, sizeof(*vip), extack);
	if (err)
		return ERR_PTR(err);
	vip = kzalloc_obj(*vip, GFP_KERNEL_ACCOUNT);
	if (!vip)
		goto err_charge;
	vip->pfx = *pfx;
	vip->svc = svc;
	if (sal_vip_insert(&d->vips, vip))
		goto err_free;
	return vip;

err_free:
	kfree(vip);
err_charge:
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*vip));
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

static bool vips_have(struct sal_vip *const *vips, u32 n,
		      const struct sal_vip *vip)
{
	while (n--)
		if (vips[n] == vip)
			return true;
	return false;
}

static int service_check_vips(struct sal_service *svc,
			      const struct sal_prefix *pfx, u32 n,
			      struct netlink_ext_ack *extack)
{
	int err;

	while (n--) {
		err = service_check_vip(svc, pfx++, extack);
		if (err)
			return err;
	}
	return 0;
}

static struct sal_vip *service_first(struct sal_vip *const *vips, u32 n,
				     enum sal_af af)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (vips[i]->pfx.len == 128 &&
		    sal_addr_af(&vips[i]->pfx.addr) == af)
			return vips[i];
	return NULL;
}

/* before old VIPs go, and after new ones have come */
static void service_set_face(struct sal_service *svc,
			     struct sal_vip *const *vips, u32 n)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		rcu_assign_pointer(svc->face[af], service_first(vips, n, af));
}

/* what stays is never out of the table, what is new comes before old goes */
static int service_set_vips(struct sal_service *svc,
			    const struct sal_prefix *pfx, u32 n, bool derived,
			    struct netlink_ext_ack *extack)
{
	struct sal_vip **vips;
	u32 i = 0;
	int err;

	err = service_check_vips(svc, pfx, n, extack);
	if (err)
		return err;
	vips = kzalloc_objs(*vips, n, GFP_KERNEL);
	if (!vips) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	for (; i < n; i++) {
		vips[i] = service_own_vip(svc, &pfx[i]);
		if (!vips[i])
			vips[i] = service_add_vip(svc, &pfx[i], extack);
		if (IS_ERR(vips[i]))
			goto err_undo;
	}

	service_set_face(svc, vips, n);
	for (i = 0; i < svc->n_vips; i++)
		if (!vips_have(vips, n, svc->vips[i]))
			service_drop_vip(svc, svc->vips[i]);
	memcpy(svc->vips, vips, n * sizeof(*vips));
	svc->n_vips = n;
	svc->derived = derived;
	kfree(vips);
	return 0;

err_undo:
	err = PTR_ERR(vips[i]);
	while (i--)
		if (!vips_have(svc->vips, svc->n_vips, vips[i]))
			service_drop_vip(svc, vips[i]);
	kfree(vips);
	return err;
}

static int service_set_req_vips(struct sal_service *svc,
				const struct sal_service_req *req,
				struct netlink_ext_ack *extack)
{
	struct sal_prefix id = { .len = 128 };

	if (req->n_vips)
		return service_set_vips(svc, req->vips, req->n_vips, false,
					extack);
	sal_service_derive_id(svc->domain, svc->name, &id.addr);
	return service_set_vips(svc, &id, 1, true, extack);
}

static void service_set_conf(struct sal_service *svc,
			     const struct sal_service_conf *conf)
{
	WRITE_ONCE(svc->conf.hold_packets, conf->hold_packets);
	WRITE_ONCE(svc->conf.hold_bytes, conf->hold_bytes);
	WRITE_ONCE(svc->conf.hold_time, conf->hold_time);
	WRITE_ONCE(svc->conf.on_empty, conf->on_empty);
	WRITE_ONCE(svc->conf.late, conf->late);
	WRITE_ONCE(svc->conf.grace, conf->grace);
}

static struct sal_service *service_alloc(struct sal_domain *d,
					 const char *name,
					 struct netlink_ext_ack *extack)
{
	struct sal_service *svc;
	int err, af;

	err = sal_guest_charge_object(d, sizeof(*svc), extack);
	if (err)
		return ERR_PTR(err);
	svc = kzalloc_obj(*svc, GFP_KERNEL_ACCOUNT);
	if (!svc) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*svc));
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}
	strscpy(svc->name, name, sizeof(svc->name));
	INIT_LIST_HEAD(&svc->endpoints);
	for (af = 0; af < SAL_AF_NUM; af++) {
		INIT_LIST_HEAD(&svc->orphans[af]);
		svc->gate[af] = SAL_GATE_CLOSED;
	}
	sal_hold_init(svc);
	refcount_set(&svc->refs, 1);
	sal_domain_get(d);
	svc->domain = d;
	return svc;
}

/* number first, VIPs last: packets find only what is complete */
static int service_insert(struct sal_service *svc,
			  const struct sal_service_req *req,
			  struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	int err;

	err = xa_alloc_cyclic(&d->services, &svc->id, svc,
			      XA_LIMIT(1, U32_MAX), &d->next_service,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_nomem;
	err = rhashtable_insert_fast(&d->names, &svc->node, name_params);
	if (err)
		goto err_number;
	err = service_set_req_vips(svc, req, extack);
	if (err)
		goto err_name;
	d->n_services++;
	return 0;

err_name:
	rhashtable_remove_fast(&d->names, &svc->node, name_params);
	xa_erase(&d->services, svc->id);
	return err;
err_number:
	xa_erase(&d->services, svc->id);
err_nomem:
	NL_SET_ERR_MSG(extack, "out of memory");
	return err;
}

struct sal_service *sal_service_create(struct sal_domain *d,
				       const struct sal_service_req *req,
				       struct netlink_ext_ack *extack)
{
	struct sal_service *svc;
	int err;

	lockdep_assert_held(&sal_mutex);
	if (sal_service_find(d, req->name)) {
		NL_SET_ERR_MSG_FMT(extack, "there is a service '%.48s' already",
				   req->name);
		return ERR_PTR(-EEXIST);
	}
	if (d->n_services >= d->limits.services) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u services",
				   d->limits.services);
		return ERR_PTR(-ENOSPC);
	}
	svc = service_alloc(d, req->name, extack);
	if (IS_ERR(svc))
		return svc;
	service_set_conf(svc, &req->conf);
	err = service_insert(svc, req, extack);
	if (err) {
		sal_service_put(svc);
		return ERR_PTR(err);
	}
	sal_domain_changed(d);
	sal_event_service(svc, SAL_CMD_SERVICE_ADD_NTF);
	return svc;
}

int sal_service_change(struct sal_service *svc,
		       const struct sal_service_req *req,
		       struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&sal_mutex);
	if (req->set_vips) {
		err = service_set_req_vips(svc, req, extack);
		if (err)
			return err;
	}
	service_set_conf(svc, &req->conf);
	sal_hold_kick(svc);
	sal_domain_changed(svc->domain);
	sal_event_service(svc, SAL_CMD_SERVICE_SET_NTF);
	return 0;
}

/*
 * No packet finds it once its VIPs have gone, but some may be inside: they
 * see @dead in the hold queue and nowhere else. Flows keep it alive through
 * their cells until the collector has come by.
 */
void sal_service_delete(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;
	struct sal_endpoint *ep, *next;
	u32 i;

	lockdep_assert_held(&sal_mutex);
	sal_event_service(svc, SAL_CMD_SERVICE_DEL_NTF);
	service_set_face(svc, NULL, 0);
	for (i = 0; i < svc->n_vips; i++)
		service_drop_vip(svc, svc->vips[i]);
	svc->n_vips = 0;
	rhashtable_remove_fast(&d->names, &svc->node, name_params);
	xa_erase(&d->services, svc->id);
	d->n_services--;

	sal_hold_destroy(svc);
	list_for_each_entry_safe(ep, next, &svc->endpoints, in_service) {
		sal_endpoint_delete(ep, SAL_CAUSE_ENDPOINT_DEL);
		cond_resched();
	}
	sal_flow_collect(d);
	sal_domain_changed(d);
	sal_service_put(svc);
}
