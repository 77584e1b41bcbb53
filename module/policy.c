// SPDX-License-Identifier: GPL-2.0
/*
 * policy.c - which services may call which
 */
#include <net/netlink.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "guest.h"
#include "net.h"
#include "policy.h"
#include "revtable.h"
#include "service.h"

static const struct rhashtable_params policy_params = {
	.head_offset		= offsetof(struct sal_policy, node),
	.key_offset		= offsetof(struct sal_policy, key),
	.key_len		= sizeof(struct sal_policy_key),
	.automatic_shrinking	= true,
};

int sal_policy_table_init(struct sal_domain *d)
{
	xa_init_flags(&d->policy_numbers, XA_FLAGS_ALLOC1);
	return rhashtable_init(&d->policies, &policy_params);
}

void sal_policy_table_destroy(struct sal_domain *d)
{
	rhashtable_destroy(&d->policies);
	xa_destroy(&d->policy_numbers);
}

/* --- what they say --------------------------------------------------------- */

static struct sal_policy *policy_lookup(struct sal_domain *d, u32 from, u32 to)
{
	const struct sal_policy_key key = { .from = from, .to = to };

	return rhashtable_lookup(&d->policies, &key, policy_params);
}

/* of two that are as specific */
static const struct sal_policy *policy_stricter(const struct sal_policy *p,
						const struct sal_policy *other)
{
	if (!p || (other && READ_ONCE(other->access) == SAL_ACCESS_DENY))
		return other;
	return p;
}

static const struct sal_policy *
policy_of_client(struct sal_domain *d, const struct in6_addr *client, u32 to)
{
	struct sal_reverse *rev = sal_reverse_lookup(d, client);
	const struct sal_policy *pair = NULL, *any = NULL;

	/* at most SAL_AT_ADDRESS_MAX */
	for (; rev; rev = sal_reverse_next(rev)) {
		const struct sal_service *svc = rev->ep->svc;

		/* who was an endpoint is none */
		if (READ_ONCE(rev->ep->dead) || !READ_ONCE(svc->n_policies))
			continue;
		pair = policy_stricter(pair, policy_lookup(d, svc->id, to));
		any = policy_stricter(any, policy_lookup(d, svc->id, 0));
	}
	return pair ?: any;
}

bool sal_policy_denies(struct sal_domain *d, const struct in6_addr *client,
		       const struct sal_service *svc,
		       const struct sal_policy **by)
{
	const struct sal_policy *p = NULL;
	u32 access = READ_ONCE(d->access);

	if (by)
		*by = NULL;
	/* nobody has been asked yet whose this is to be */
	if (unlikely(svc->asks))
		return false;
	if (likely(!READ_ONCE(d->n_policies)))
		return access == SAL_ACCESS_DENY;
	p = policy_of_client(d, client, svc->id) ?:
	    policy_lookup(d, 0, svc->id);
	if (by)
		*by = p;
	if (p)
		access = READ_ONCE(p->access);
	return access == SAL_ACCESS_DENY;
}

/* --- changes --------------------------------------------------------------- */

static struct sal_policy *policy_find(struct sal_domain *d,
				      const struct sal_service *from,
				      const struct sal_service *to)
{
	const struct sal_policy_key key = {
		.from	= from ? from->id : 0,
		.to	= to ? to->id : 0,
	};

	lockdep_assert_held(&sal_mutex);
	return rhashtable_lookup_fast(&d->policies, &key, policy_params);
}

/* flows that may not be any more are removed soon */
static void policy_changed(struct sal_domain *d)
{
	sal_flow_collect(d);
	sal_domain_changed(d);
}

static void policy_count_at(struct sal_service *svc, int n)
{
	if (svc)
		WRITE_ONCE(svc->n_policies, svc->n_policies + n);
}

static void policy_count(struct sal_policy *p, int n)
{
	policy_count_at(p->from, n);
	policy_count_at(p->to, n);
}

static int policy_insert(struct sal_domain *d, struct sal_policy *p)
{
	int err;

	err = xa_alloc_cyclic(&d->policy_numbers, &p->id, p,
			      XA_LIMIT(1, U32_MAX), &d->next_policy,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	err = rhashtable_insert_fast(&d->policies, &p->node, policy_params);
	if (err) {
		xa_erase(&d->policy_numbers, p->id);
		return err;
	}
	WRITE_ONCE(d->n_policies, d->n_policies + 1);
	policy_count(p, 1);
	return 0;
}

static int policy_make(struct sal_domain *d, struct sal_service *from,
		       struct sal_service *to, u32 access,
		       struct netlink_ext_ack *extack)
{
	struct sal_policy *p;
	int err;

	if (d->n_policies >= d->limits.policies) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u policies",
				   d->limits.policies);
		return -ENOSPC;
	}
	err = sal_guest_charge_object(d, sizeof(*p), extack);
	if (err)
		return err;
	p = kzalloc_obj(*p, GFP_KERNEL_ACCOUNT);
	if (!p)
		goto err_charge;
	p->key.from = from ? from->id : 0;
	p->key.to = to ? to->id : 0;
	p->from = from;
	p->to = to;
	p->access = access;
	if (policy_insert(d, p))
		goto err_free;
	sal_event_policy(d, p, SAL_CMD_POLICY_ADD_NTF);
	return 0;

err_free:
	kfree(p);
err_charge:
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*p));
	NL_SET_ERR_MSG(extack, "out of memory");
	return -ENOMEM;
}

int sal_policy_set(struct sal_domain *d, struct sal_service *from,
		   struct sal_service *to, u32 access, bool replace,
		   struct netlink_ext_ack *extack)
{
	struct sal_policy *p;
	int err = 0;

	if (!from && !to) {
		NL_SET_ERR_MSG(extack,
			       "from any to any is the domain's default: domain set policy");
		return -EINVAL;
	}
	p = policy_find(d, from, to);
	if (p && !replace) {
		NL_SET_ERR_MSG_FMT(extack,
				   "there is a policy from '%.20s' to '%.20s' already",
				   from ? from->name : "any",
				   to ? to->name : "any");
		return -EEXIST;
	}
	if (p && p->access != access) {
		WRITE_ONCE(p->access, access);
		sal_event_policy(d, p, SAL_CMD_POLICY_SET_NTF);
	} else if (!p) {
		err = policy_make(d, from, to, access, extack);
	}
	if (!err)
		policy_changed(d);
	return err;
}

static void policy_end(struct sal_domain *d, struct sal_policy *p)
{
	sal_event_policy(d, p, SAL_CMD_POLICY_DEL_NTF);
	rhashtable_remove_fast(&d->policies, &p->node, policy_params);
	xa_erase(&d->policy_numbers, p->id);
	policy_count(p, -1);
	WRITE_ONCE(d->n_policies, d->n_policies - 1);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*p));
	kfree_rcu(p, rcu);
}

int sal_policy_del(struct sal_domain *d, const struct sal_service *from,
		   const struct sal_service *to,
		   struct netlink_ext_ack *extack)
{
	struct sal_policy *p = policy_find(d, from, to);

	if (!p) {
		NL_SET_ERR_MSG_FMT(extack, "no policy from '%.24s' to '%.24s'",
				   from ? from->name : "any",
				   to ? to->name : "any");
		return -ENOENT;
	}
	policy_end(d, p);
	policy_changed(d);
	return 0;
}

void sal_policy_set_default(struct sal_domain *d, u32 access)
{
	lockdep_assert_held(&sal_mutex);
	if (d->access == access)
		return;
	WRITE_ONCE(d->access, access);
	policy_changed(d);
}

/* few services have any, so only for these all policies are looked through */
void sal_policy_forget(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;
	struct sal_policy *p;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	if (likely(!svc->n_policies))
		return;
	xa_for_each(&d->policy_numbers, id, p) {
		if (p->from == svc || p->to == svc)
			policy_end(d, p);
		if (!svc->n_policies)
			break;
		cond_resched();
	}
}

void sal_policies_flush(struct sal_domain *d)
{
	struct sal_policy *p;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	xa_for_each(&d->policy_numbers, id, p) {
		policy_end(d, p);
		cond_resched();
	}
}
