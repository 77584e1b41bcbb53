// SPDX-License-Identifier: GPL-2.0
/*
 * alias.c - other names of services
 *
 * They have a table of their own, as few services have any. A name is that of
 * one service, or one of its aliases, in a domain.
 */
#include <net/netlink.h>

#include "alias.h"
#include "domain.h"
#include "guest.h"
#include "name.h"
#include "net.h"
#include "service.h"
#include "txn.h"

static u32 alias_hash(const void *data, u32 len, u32 seed)
{
	return sal_name_hash(data, seed);
}

static u32 alias_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct sal_alias *alias = data;

	return sal_name_hash(alias->name, seed);
}

static int alias_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sal_alias *alias = obj;

	return !sal_name_equal(alias->name, arg->key);
}

static const struct rhashtable_params alias_params = {
	.head_offset		= offsetof(struct sal_alias, node),
	.hashfn			= alias_hash,
	.obj_hashfn		= alias_obj_hash,
	.obj_cmpfn		= alias_obj_cmp,
	.automatic_shrinking	= true,
};

int sal_alias_table_init(struct sal_domain *d)
{
	return rhashtable_init(&d->aliases, &alias_params);
}

/* with its place among those of its service */
static size_t alias_size(const char *name)
{
	return sizeof(struct sal_alias) + sizeof(struct sal_alias *) +
	       sal_name_len(name) + 1;
}

static struct sal_alias *alias_get(struct sal_domain *d, const char *name)
{
	lockdep_assert_held(&sal_mutex);
	return rhashtable_lookup_fast(&d->aliases, name, alias_params);
}

struct sal_service *sal_alias_find(struct sal_domain *d, const char *name)
{
	struct sal_alias *alias = alias_get(d, name);

	return alias ? alias->next : NULL;
}

const struct sal_alias *sal_alias_of(const struct sal_service *svc,
				     const char *name)
{
	u32 i;

	lockdep_assert_held(&sal_mutex);
	for (i = 0; i < svc->n_aliases; i++)
		if (sal_name_equal(svc->aliases[i]->name, name))
			return svc->aliases[i];
	return NULL;
}

static void alias_free(struct sal_domain *d, struct sal_alias *alias)
{
	list_del_init(&alias->touched);
	rhashtable_remove_fast(&d->aliases, &alias->node, alias_params);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, alias_size(alias->name));
	kfree_rcu(alias, rcu);
}

static int alias_check(struct sal_service *svc, const char *name,
		       struct netlink_ext_ack *extack)
{
	const struct sal_service *other;

	other = sal_service_find(svc->domain, name);
	if (!other)
		return 0;
	if (other != svc)
		return sal_service_taken(other, name, extack);
	if (sal_name_equal(svc->name, name))
		NL_SET_ERR_MSG(extack, "an alias is the service's own name");
	else
		NL_SET_ERR_MSG(extack, "the same alias is given twice");
	return -EINVAL;
}

static struct sal_alias *alias_make(struct sal_domain *d, const char *name,
				    struct netlink_ext_ack *extack)
{
	size_t len = sal_name_len(name);
	struct sal_alias *alias;
	int err;

	err = sal_guest_charge_object(d, alias_size(name), extack);
	if (err)
		return ERR_PTR(err);
	alias = kzalloc(struct_size(alias, name, len + 1), GFP_KERNEL_ACCOUNT);
	if (!alias)
		goto err_charge;
	memcpy(alias->name, name, len);
	INIT_LIST_HEAD(&alias->touched);
	sal_service_derive_id(d, name, &alias->id);
	if (rhashtable_insert_fast(&d->aliases, &alias->node, alias_params))
		goto err_free;
	return alias;

err_free:
	kfree(alias);
err_charge:
	sal_guest_uncharge(d, SAL_SHARE_TABLES, alias_size(name));
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

static void alias_touch(struct sal_txn *t, struct sal_alias *alias)
{
	if (list_empty(&alias->touched))
		list_add_tail(&alias->touched, &t->aliases);
}

static int alias_take(struct sal_txn *t, struct sal_service *svc,
		      const char *name, struct netlink_ext_ack *extack)
{
	struct sal_service_want *want = svc->want;
	struct sal_alias *alias;
	int err;

	err = alias_check(svc, name, extack);
	if (err)
		return err;
	alias = alias_get(t->d, name);
	if (!alias)
		alias = alias_make(t->d, name, extack);
	if (IS_ERR(alias))
		return PTR_ERR(alias);
	alias->next = svc;
	alias_touch(t, alias);
	want->aliases[want->n_aliases++] = alias;
	return 0;
}

static void alias_leave(struct sal_txn *t, struct sal_alias *alias)
{
	alias->next = NULL;
	if (alias->svc)
		alias_touch(t, alias);
	else
		alias_free(t->d, alias);
}

void sal_aliases_leave(struct sal_txn *t, struct sal_service *svc)
{
	struct sal_service_want *want = svc->want;
	u32 i;

	if (want) {
		while (want->n_aliases)
			alias_leave(t, want->aliases[--want->n_aliases]);
		return;
	}
	for (i = 0; i < svc->n_aliases; i++)
		alias_leave(t, svc->aliases[i]);
}

static int alias_room(struct sal_service_want *want, u32 n,
		      struct netlink_ext_ack *extack)
{
	kfree(want->alias_array);
	want->alias_array = NULL;
	want->set_aliases = true;
	if (!n)
		return 0;
	want->alias_array = kcalloc(n, sizeof(*want->alias_array),
				    GFP_KERNEL_ACCOUNT);
	if (want->alias_array)
		return 0;
	NL_SET_ERR_MSG(extack, "out of memory");
	return -ENOMEM;
}

int sal_aliases_plan(struct sal_txn *t, struct sal_service *svc,
		     const char *const *names, u32 n,
		     struct netlink_ext_ack *extack)
{
	int err;
	u32 i;

	lockdep_assert_held(&sal_mutex);
	err = alias_room(svc->want, n, extack);
	/* what it leaves it may take again */
	sal_aliases_leave(t, svc);
	for (i = 0; i < n && !err; i++)
		err = alias_take(t, svc, names[i], extack);
	return err;
}

void sal_aliases_give(struct sal_txn *t)
{
	struct sal_alias *alias;

	list_for_each_entry(alias, &t->aliases, touched)
		if (alias->next)
			alias->svc = alias->next;
}

void sal_aliases_settle(struct sal_txn *t)
{
	struct sal_alias *alias, *next;

	list_for_each_entry_safe(alias, next, &t->aliases, touched) {
		if (alias->next)
			list_del_init(&alias->touched);
		else
			alias_free(t->d, alias);
	}
}

void sal_aliases_forget(struct sal_txn *t)
{
	struct sal_alias *alias;

	list_for_each_entry(alias, &t->aliases, touched)
		alias->next = alias->svc;
	sal_aliases_settle(t);
}
