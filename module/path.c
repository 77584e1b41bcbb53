// SPDX-License-Identifier: GPL-2.0
/*
 * path.c - the direct path: which there are
 *
 * A member has sets of paths, by address, as soon as one is looked for. What does not fit,
 * as its set is full of others in use, goes as it would without us, and is not looked at
 * but once in a tick.
 */
#include <linux/ip.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "datapath.h"
#include "domain.h"
#include "guest.h"
#include "member.h"
#include "path.h"
#include "service.h"

/* one that nobody could go by is looked at again after that */
#define PATH_WAIT	(HZ / 10)
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
	return p && p->place == key->place && p->dscp == key->dscp &&
	       ipv6_addr_equal(&p->to, &key->to);
}

/* Whoever sends may choose addresses and code points; the worst is that paths are not found.
 * Those of an address are in the same set, see sal_paths_close().
 */
static struct sal_path_set *path_set(struct sal_path_set *sets,
				     const struct in6_addr *to)
{
	const u32 *w = (__force const u32 *)to->s6_addr32;

	return &sets[hash_32(w[0] ^ w[1] ^ w[2] ^ w[3], SAL_PATH_BITS)];
}

static bool path_same(const struct sal_path *a, const struct sal_path *b)
{
	return !memcmp(a, b, offsetof(struct sal_path, epoch));
}

static bool path_is_idle(const struct sal_path *p)
{
	return sal_path_tick() - READ_ONCE(p->checked) > PATH_IDLE;
}

static struct sal_path *path_way(const struct sal_path_set *set, int i)
{
	return rcu_dereference_protected(set->way[i],
					 lockdep_is_held(&set->lock));
}

/* where it is to be: its own place, a free one, or that of one nobody uses */
static struct sal_path __rcu **path_place(struct sal_path_set *set,
					  const struct sal_path *key)
{
	struct sal_path __rcu **at = NULL;
	struct sal_path *p;
	int i;

	for (i = 0; i < SAL_PATH_WAYS; i++) {
		p = path_way(set, i);
		if (path_is(p, key))
			return &set->way[i];
		if (!p || (!at && path_is_idle(p)))
			at = &set->way[i];
	}
	return at;
}

/* charged to the domain, like all that packets make */
static void *path_alloc(struct sal_domain *d, size_t size)
{
	struct mem_cgroup *old;
	void *mem;

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, size))
		return NULL;
	old = sal_domain_charge(d);
	mem = kzalloc(size, GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	sal_domain_uncharge(old);
	if (!mem)
		sal_guest_uncharge(d, SAL_SHARE_TABLES, size);
	return mem;
}

static size_t paths_size(void)
{
	return array_size(SAL_PATH_SETS, sizeof(struct sal_path_set));
}

/* others may do the same */
static struct sal_path_set *paths_make(struct sal_domain *d,
				       struct sal_paths *paths)
{
	struct sal_path_set *sets, *old;
	int i;

	sets = path_alloc(d, paths_size());
	if (!sets)
		return NULL;
	for (i = 0; i < SAL_PATH_SETS; i++) {
		spin_lock_init(&sets[i].lock);
		sets[i].full = sal_path_tick() - 1;
	}
	/* pairs with the READ_ONCE() of who finds it, and depends on it */
	old = cmpxchg(&paths->sets, NULL, sets);
	if (!old)
		return sets;
	kfree(sets);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, paths_size());
	return old;
}

static struct sal_path *path_dup(struct sal_domain *d,
				 const struct sal_path *new)
{
	struct sal_path *p = path_alloc(d, path_size());

	if (p)
		memcpy(p, new, sizeof(*new));
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

/* is the namespace why its packets do not go directly? Then no other's do. */
static bool path_bars(const struct sal_path *p)
{
	return p->place == SAL_PLACEMENT_ROUTER &&
	       (p->kind == SAL_PATH_KIND_HOOKS ||
		p->kind == SAL_PATH_KIND_XFRM ||
		p->kind == SAL_PATH_KIND_RULES);
}

/* for this tick: the first packet of the next one finds the path again */
static void path_bar(struct sal_paths *paths, const struct sal_path *p)
{
	WRITE_ONCE(paths->barred[sal_addr_af(&p->to)], sal_path_tick());
}

/* what says something of other paths, too */
static void path_conclude(struct sal_paths *paths, const struct sal_path *new)
{
	if (new->kind == SAL_PATH_KIND_LATE)
		WRITE_ONCE(paths->late, true);
	else if (path_bars(new))
		path_bar(paths, new);
}

static struct sal_path *path_store(struct sal_domain *d,
				   struct sal_path_set *set,
				   const struct sal_path *new)
{
	struct sal_path __rcu **at;
	struct sal_path *p, *old;

	lockdep_assert_held(&set->lock);
	at = path_place(set, new);
	if (!at)
		return NULL;
	old = rcu_dereference_protected(*at, lockdep_is_held(&set->lock));
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
				   struct sal_path_set *set,
				   const struct sal_path *key)
{
	struct sal_path *p, new;

	/* compared as a whole */
	memset(&new, 0, sizeof(new));
	new.to = key->to;
	new.dscp = key->dscp;
	new.place = key->place;
	new.epoch = atomic_read(&path_epoch);
	new.checked = sal_path_tick();
	/* pairs with sal_paths_void(): what happens from now on is looked at anew */
	smp_rmb();
	sal_wire_look(spot, &new);
	path_conclude(&spot->member->paths, &new);
	spin_lock_bh(&set->lock);
	p = path_store(spot->member->domain, set, &new);
	if (!p)
		WRITE_ONCE(set->full, new.checked);
	spin_unlock_bh(&set->lock);
	return p;
}

/* one that nobody goes by may be so for longer than it is */
static bool path_is_fresh(const struct sal_path *p)
{
	bool used = p->kind == SAL_PATH_KIND_DIRECT ||
		    p->kind == SAL_PATH_KIND_LATE;
	/* pairs with path_refresh() */
	u32 epoch = smp_load_acquire(&p->epoch);

	return epoch == atomic_read(&path_epoch) &&
	       sal_path_tick() - READ_ONCE(p->checked) <= (used ? 0 : PATH_WAIT);
}

static struct sal_path_set *paths_sets(const struct sal_spot *spot)
{
	struct sal_paths *paths = &spot->member->paths;
	struct sal_path_set *sets = READ_ONCE(paths->sets);

	return likely(sets) ? sets : paths_make(spot->member->domain, paths);
}

static u8 path_dscp(const struct sal_spot *spot, const struct sk_buff *skb)
{
	return spot->af == SAL_V4 ? ip_hdr(skb)->tos & INET_DSCP_MASK : 0;
}

struct sal_path *sal_path_find(const struct sal_spot *spot,
			       const struct sk_buff *skb,
			       const struct in6_addr *to)
{
	const struct sal_path key = {
		.to = *to,
		.dscp = path_dscp(spot, skb),
		.place = spot->place,
	};
	struct sal_path_set *set = paths_sets(spot);
	struct sal_path *p;
	int i;

	if (unlikely(!set))
		return NULL;
	set = path_set(set, to);
	/* pairs with sal_paths_void(): the gate and the flow were read before the epoch */
	smp_rmb();
	for (i = 0; i < SAL_PATH_WAYS; i++) {
		p = rcu_dereference(set->way[i]);
		if (!path_is(p, &key))
			continue;
		if (unlikely(!path_is_fresh(p)))
			return path_renew(spot, set, &key);
		if (unlikely(path_bars(p)))
			path_bar(&spot->member->paths, p);
		return p;
	}
	if (READ_ONCE(set->full) == sal_path_tick())
		return NULL;
	return path_renew(spot, set, &key);
}

void sal_paths_close(const struct sal_spot *spot, const struct in6_addr *to)
{
	struct sal_path_set *set = READ_ONCE(spot->member->paths.sets);
	struct sal_path *p;
	int i;

	if (!set)
		return;
	set = path_set(set, to);
	for (i = 0; i < SAL_PATH_WAYS; i++) {
		p = rcu_dereference(set->way[i]);
		if (p && ipv6_addr_equal(&p->to, to))
			sal_path_close(p);
	}
}

const struct sal_path *sal_paths_next(const struct sal_paths *paths,
				      unsigned int *at)
{
	const struct sal_path_set *sets = READ_ONCE(paths->sets);
	const struct sal_path *p = NULL;

	for (; sets && !p && *at < SAL_PATHS; ++*at)
		p = rcu_dereference(sets[*at / SAL_PATH_WAYS].way[*at % SAL_PATH_WAYS]);
	return p;
}

bool sal_path_may(const struct sal_service *svc)
{
	return READ_ONCE(svc->conf.direct) == SAL_DIRECT_MODE_AUTO &&
	       READ_ONCE(svc->domain->path_switch) == SAL_DIRECT_MODE_AUTO;
}

static void path_free(struct sal_domain *d, struct sal_path *p)
{
	if (!p)
		return;
	sal_guest_uncharge(d, SAL_SHARE_TABLES, path_size());
	kfree(p);
}

void sal_paths_destroy(struct sal_domain *d, struct sal_paths *paths)
{
	int i, j;

	if (!paths->sets)
		return;
	for (i = 0; i < SAL_PATH_SETS; i++)
		for (j = 0; j < SAL_PATH_WAYS; j++)
			path_free(d, rcu_dereference_protected(paths->sets[i].way[j],
							       true));
	kfree(paths->sets);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, paths_size());
}
