// SPDX-License-Identifier: GPL-2.0
/*
 * member.c - network namespaces whose packets a domain resolves
 */
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "compat.h"
#include "domain.h"
#include "flow.h"
#include "guest.h"
#include "hold.h"
#include "hooks.h"
#include "inlet.h"
#include "member.h"
#include "net.h"
#include "rule.h"
#include "service.h"
#include "txn.h"

struct sal_member *sal_member_of(struct net *net)
{
	struct sal_net *sn = sal_net(net);

	if (sn->joining)
		return sn->joining;
	return rcu_dereference_protected(sn->member,
					 lockdep_is_held(&sal_mutex));
}

struct sal_member *sal_member_find(struct sal_domain *d, const char *name)
{
	struct sal_member *m;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	xa_for_each(&d->members, id, m)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

static int member_check(struct sal_domain *d, struct net *net,
			const char *name, struct netlink_ext_ack *extack)
{
	struct sal_member *m = sal_member_of(net);

	if (READ_ONCE(sal_net(net)->exiting)) {
		NL_SET_ERR_MSG(extack,
			       "the network namespace is being deleted");
		return -ENOENT;
	}
	if (m && m->domain != d) {
		NL_SET_ERR_MSG(extack,
			       "the network namespace belongs to another domain");
		return -EBUSY;
	}
	if (m) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the network namespace is a member already, as '%.28s'",
				   m->name);
		return -EEXIST;
	}
	if (sal_member_find(d, name)) {
		NL_SET_ERR_MSG_FMT(extack, "there is a member '%.48s' already",
				   name);
		return -EEXIST;
	}
	if (d->n_members >= d->limits.members) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u members",
				   d->limits.members);
		return -ENOSPC;
	}
	return 0;
}

static void member_free(struct sal_member *m)
{
	sal_paths_destroy(m->domain, &m->paths);
	sal_guest_uncharge(m->domain, SAL_SHARE_TABLES, sizeof(*m));
	sal_domain_put(m->domain);
	kfree(m);
}

static void member_free_rcu(struct rcu_head *rcu)
{
	member_free(container_of(rcu, struct sal_member, rcu));
}

/* hooks of a namespace that is no member do nothing */
static int member_insert(struct sal_member *m)
{
	struct sal_domain *d = m->domain;
	int err;

	err = xa_alloc_cyclic(&d->members, &m->id, m, XA_LIMIT(1, U32_MAX),
			      &d->next_member, GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	err = sal_hooks_add(m->net);
	if (err) {
		xa_erase(&d->members, m->id);
		return err;
	}
	sal_net(m->net)->joining = m;
	d->n_members++;
	return 0;
}

struct sal_member *sal_member_add(struct sal_txn *t, struct net *net,
				  const char *name, u32 route,
				  struct netlink_ext_ack *extack)
{
	struct sal_domain *d = t->d;
	struct sal_member *m;
	int err;

	lockdep_assert_held(&sal_mutex);
	err = member_check(d, net, name, extack);
	if (err)
		return ERR_PTR(err);

	err = sal_guest_charge_object(d, sizeof(*m), extack);
	if (err)
		return ERR_PTR(err);
	m = kzalloc_obj(*m, GFP_KERNEL_ACCOUNT);
	if (!m) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*m));
		goto err_nomem;
	}
	strscpy(m->name, name, sizeof(m->name));
	m->net = net;
	m->route = route;
	sal_domain_get(d);
	m->domain = d;
	err = member_insert(m);
	if (err) {
		member_free(m);
		if (err != -ENOPKG)
			goto err_nomem;
		NL_SET_ERR_MSG(extack,
			       "the kernel cannot defragment: load nf_defrag_ipv4 and nf_defrag_ipv6");
		return ERR_PTR(err);
	}
	list_add_tail(&m->joining, &t->members);
	return m;

err_nomem:
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

static void member_unplan(struct sal_member *m)
{
	list_del_init(&m->joining);
	sal_net(m->net)->joining = NULL;
}

void sal_members_join(struct sal_txn *t)
{
	struct sal_member *m, *next;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry_safe(m, next, &t->members, joining) {
		member_unplan(m);
		/* for readers to know it by; they could not have one made */
		peernet2id_alloc(t->d->net, m->net, GFP_KERNEL);
		rcu_assign_pointer(sal_net(m->net)->member, m);
		sal_domain_changed(t->d);
	}
}

/* no packet has seen it */
void sal_members_forget(struct sal_txn *t)
{
	struct sal_member *m, *next;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry_safe(m, next, &t->members, joining) {
		member_unplan(m);
		xa_erase(&t->d->members, m->id);
		t->d->n_members--;
		sal_hooks_del(m->net);
		member_free(m);
	}
}

/*
 * A packet that is past the pointer may still be on its way to a hold queue.
 * It reads @dead under the lock of the queue, which the purge takes after
 * @dead was set: so it is either purged or refused.
 */
void sal_member_del(struct sal_member *m)
{
	struct sal_domain *d = m->domain;

	lockdep_assert_held(&sal_mutex);
	RCU_INIT_POINTER(sal_net(m->net)->member, NULL);
	xa_erase(&d->members, m->id);
	d->n_members--;
	WRITE_ONCE(m->dead, true);
	sal_hold_purge(m);
	/*
	 * What is released from a router's queue may end in an NFQUEUE, and that
	 * keeps a pointer to a function of ours until our hooks go.
	 */
	if (READ_ONCE(m->has_held))
		synchronize_rcu();
	sal_inlets_del(m->net);
	sal_hooks_del(m->net);
	sal_flow_collect(d);
	sal_domain_changed(d);
	call_rcu(&m->rcu, member_free_rcu);
}
