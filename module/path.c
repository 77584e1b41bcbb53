// SPDX-License-Identifier: GPL-2.0
/*
 * path.c - the direct path: which there are
 *
 * A member has a few sets of paths, by address. What does not fit, as its set is full of
 * others in use, goes as it would without us.
 */
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "datapath.h"
#include "domain.h"
#include "guest.h"
#include "member.h"
#include "path.h"
#include "service.h"

/* one that was not used for so long gives way to another */
#define PATH_IDLE	(10 * HZ)

static atomic_t path_epoch = ATOMIC_INIT(0);

/*
 * What has changed before is seen by who sees the new epoch, which pairs with
 * path_renew(). Who sees what is changed after it (a gate that opens, where a flow is
 * bound to) sees the new epoch, too; that pairs with sal_path_find(). A plain atomic_inc()
 * orders neither.
 */
void sal_paths_void(void)
{
	atomic_inc_return(&path_epoch);
}

static size_t path_size(void)
{
	return struct_size_t(struct sal_path, open, BITS_TO_LONGS(nr_cpu_ids));
}

static bool path_is(const struct sal_path *p, const struct sal_path *key)
{
	return p && p->place == key->place && ipv6_addr_equal(&p->to, &key->to);
}

/* whoever sends may choose addresses; the worst is that paths are not found */
static u32 path_set(const struct in6_addr *to)
{
	return jhash2((const u32 *)to, sizeof(*to) / sizeof(u32), 0) %
	       SAL_PATH_SETS;
}

static bool path_same(const struct sal_path *a, const struct sal_path *b)
{
	return !memcmp(a, b, offsetof(struct sal_path, epoch));
}

static bool path_is_idle(const struct sal_path *p)
{
	return sal_path_tick() - READ_ONCE(p->checked) > PATH_IDLE;
}

/* where it is to be: its own place, a free one, or that of one nobody uses */
static struct sal_path __rcu **path_place(struct sal_paths *paths,
					  const struct sal_path *key)
{
	struct sal_path __rcu **set = paths->set[path_set(&key->to)], **at = NULL;
	struct sal_path *p;
	int i;

	for (i = 0; i < SAL_PATH_WAYS; i++) {
		p = rcu_dereference_protected(set[i],
					      lockdep_is_held(&paths->lock));
		if (path_is(p, key))
			return &set[i];
		if (!p || (!at && path_is_idle(p)))
			at = &set[i];
	}
	return at;
}

static struct sal_path *path_dup(struct sal_domain *d,
				 const struct sal_path *new)
{
	struct mem_cgroup *old;
	struct sal_path *p;

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, path_size()))
		return NULL;
	old = sal_domain_charge(d);
	p = kzalloc(path_size(), GFP_ATOMIC | __GFP_ACCOUNT);
	sal_domain_uncharge(old);
	if (p)
		memcpy(p, new, sizeof(*new));
	else
		sal_guest_uncharge(d, SAL_SHARE_TABLES, path_size());
	return p;
}

/* others may use it right now */
static void path_refresh(struct sal_path *p, const struct sal_path *new)
{
	if (p->epoch != new->epoch) {
		bitmap_zero(p->open, nr_cpu_ids);
		/* pairs with path_is_fresh(): not open where it is found to be new */
		smp_store_release(&p->epoch, new->epoch);
	}
	WRITE_ONCE(p->checked, new->checked);
}

/* what says something of other paths, too */
static void path_conclude(struct sal_paths *paths, const struct sal_path *new)
{
	switch (new->kind) {
	case SAL_PATH_KIND_LATE:
		WRITE_ONCE(paths->late, true);
		break;
	case SAL_PATH_KIND_HOOKS:
	case SAL_PATH_KIND_XFRM:
	case SAL_PATH_KIND_RULES:
	case SAL_PATH_KIND_BPF:
	case SAL_PATH_KIND_RPS:
		if (new->place == SAL_PLACEMENT_ROUTER)
			WRITE_ONCE(paths->barred, new->checked);
		break;
	}
}

static struct sal_path *path_store(struct sal_domain *d, struct sal_paths *paths,
				   const struct sal_path *new)
{
	struct sal_path __rcu **at;
	struct sal_path *p = NULL, *old;

	lockdep_assert_held(&paths->lock);
	at = path_place(paths, new);
	if (!at)
		return NULL;
	old = rcu_dereference_protected(*at, lockdep_is_held(&paths->lock));
	path_conclude(paths, new);
	if (old && path_same(old, new)) {
		path_refresh(old, new);
		return old;
	}
	p = path_dup(d, new);
	rcu_assign_pointer(*at, p);
	if (old) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, path_size());
		kfree_rcu(old, rcu);
	}
	return p;
}

static struct sal_path *path_renew(const struct sal_spot *spot,
				   const struct in6_addr *to)
{
	struct sal_paths *paths = &spot->member->paths;
	struct sal_path *p, new;

	/* compared as a whole */
	memset(&new, 0, sizeof(new));
	new.to = *to;
	new.place = spot->place;
	new.epoch = atomic_read(&path_epoch);
	new.checked = sal_path_tick();
	/* pairs with sal_paths_void(): what happens from now on is looked at anew */
	smp_rmb();
	sal_wire_look(spot, &new);
	spin_lock_bh(&paths->lock);
	p = path_store(spot->member->domain, paths, &new);
	spin_unlock_bh(&paths->lock);
	return p;
}

static bool path_is_fresh(const struct sal_path *p)
{
	/* pairs with path_refresh() */
	u32 epoch = smp_load_acquire(&p->epoch);

	return epoch == atomic_read(&path_epoch) &&
	       READ_ONCE(p->checked) == sal_path_tick();
}

struct sal_path *sal_path_find(const struct sal_spot *spot,
			       const struct in6_addr *to)
{
	struct sal_paths *paths = &spot->member->paths;
	const struct sal_path key = { .to = *to, .place = spot->place };
	struct sal_path __rcu **set = paths->set[path_set(to)];
	struct sal_path *p;
	int i;

	/* pairs with sal_paths_void(): the gate and the flow were read before the epoch */
	smp_rmb();
	for (i = 0; i < SAL_PATH_WAYS; i++) {
		p = rcu_dereference(set[i]);
		if (path_is(p, &key)) {
			if (likely(path_is_fresh(p)))
				return p;
			break;
		}
	}
	return path_renew(spot, to);
}

const struct sal_path *sal_paths_next(const struct sal_paths *paths,
				      unsigned int *at)
{
	const struct sal_path *p = NULL;

	for (; !p && *at < SAL_PATHS; ++*at)
		p = rcu_dereference(paths->set[*at / SAL_PATH_WAYS][*at % SAL_PATH_WAYS]);
	return p;
}

bool sal_path_may(const struct sal_service *svc)
{
	return READ_ONCE(svc->conf.direct) == SAL_DIRECT_MODE_AUTO &&
	       READ_ONCE(svc->domain->path_switch) == SAL_DIRECT_MODE_AUTO;
}

void sal_paths_init(struct sal_paths *paths)
{
	spin_lock_init(&paths->lock);
}

void sal_paths_destroy(struct sal_domain *d, struct sal_paths *paths)
{
	struct sal_path *p;
	int i, j;

	for (i = 0; i < SAL_PATH_SETS; i++) {
		for (j = 0; j < SAL_PATH_WAYS; j++) {
			p = rcu_dereference_protected(paths->set[i][j], true);
			if (!p)
				continue;
			sal_guest_uncharge(d, SAL_SHARE_TABLES, path_size());
			kfree(p);
		}
	}
}
