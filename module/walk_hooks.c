// SPDX-License-Identifier: GPL-2.0
/*
 * walk_hooks.c - others' netfilter hooks on the way of a walk
 *
 * A hook does not tell what it will do to a packet, so all there is to tell is
 * who it is and where. An nft chain has a name; of others there is the function.
 * What only keeps or makes state (connection tracking, defragmentation) drops
 * nothing that a well-formed packet would have to fear, and is no filter; it is
 * known by the names of its functions, as it may be a module that is not there.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_tables.h>

#include "domain.h"
#include "hooks.h"
#include "walk.h"

/**
 * enum hook_class - what a hook is to a walk
 * @HOOK_NONE: nothing worth telling
 * @HOOK_CONNTRACK: connection tracking
 * @HOOK_BRIDGE: br_netfilter, which shows a bridge's packets to IP's hooks
 * @HOOK_FILTER: anything else
 */
enum hook_class {
	HOOK_NONE,
	HOOK_CONNTRACK,
	HOOK_BRIDGE,
	HOOK_FILTER,
};

static const struct {
	const char *begin;
	enum hook_class class;
} hook_known[] = {
	{ "ipv4_conntrack_defrag", HOOK_NONE },
	{ "ipv6_defrag", HOOK_NONE },
	{ "nf_confirm", HOOK_NONE },
	{ "ip_sabotage_in", HOOK_NONE },
	/* security modules: in all namespaces, whether they have any rules or not */
	{ "apparmor_", HOOK_NONE },
	{ "selinux_", HOOK_NONE },
	{ "smack_", HOOK_NONE },
	/* in the place of one that is being removed */
	{ "accept_all", HOOK_NONE },
	{ "ipv4_conntrack_", HOOK_CONNTRACK },
	{ "ipv6_conntrack_", HOOK_CONNTRACK },
	{ "br_nf_", HOOK_BRIDGE },
};

/**
 * struct hook_look - a look at the hooks of a namespace
 * @w: the walk
 * @at: namespace
 * @bridge: of its bridges
 * @told: how many filters were told
 * @conntrack: connection tracking was seen
 * @br_netfilter: br_netfilter was seen
 */
struct hook_look {
	struct sal_walk *w;
	struct net *at;
	bool bridge;
	u32 told;
	bool conntrack;
	bool br_netfilter;
};

static enum hook_class hook_class(nf_hookfn *hook, const char *name)
{
	unsigned int i;

	if (sal_hooks_is_ours(hook))
		return HOOK_NONE;
	for (i = 0; i < ARRAY_SIZE(hook_known); i++)
		if (!strncmp(name, hook_known[i].begin,
			     strlen(hook_known[i].begin)))
			return hook_known[i].class;
	return HOOK_FILTER;
}

#if IS_ENABLED(CONFIG_NF_TABLES)
static const char *nft_family(u8 pf)
{
	switch (pf) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_BRIDGE:
		return "bridge";
	}
	return "?";
}

/* a chain and its table go one RCU grace period after their hook */
static void hook_nft(struct sal_walk_step *step, const struct nf_hook_ops *ops)
{
	const struct nft_chain *chain = ops->priv;

	snprintf(step->name, sizeof(step->name), "%s %s %s",
		 nft_family(chain->table->family), chain->table->name,
		 chain->name);
	if (nft_base_chain(chain)->policy == NF_DROP)
		step->has |= BIT(SAL_A_STEP_DROPS);
}

static bool hook_is_nft(const struct nf_hook_ops *ops)
{
	return ops->hook_ops_type == NF_HOOK_OP_NF_TABLES;
}
#else
static void hook_nft(struct sal_walk_step *step, const struct nf_hook_ops *ops)
{
}

static bool hook_is_nft(const struct nf_hook_ops *ops)
{
	return false;
}
#endif

/* what of a hook is there for a grace period; older kernels free that of a BPF link at once */
static bool hook_has_ops(const char *name)
{
	return strcmp(name, "nf_hook_run_bpf");
}

static void hook_tell_ops(struct sal_walk_step *step,
			  const struct nf_hook_ops *ops)
{
	step->priority = ops->priority;
	step->has |= BIT(SAL_A_STEP_PRIORITY);
	if (hook_is_nft(ops))
		hook_nft(step, ops);
}

static void hook_tell(struct hook_look *look, const struct nf_hook_ops *ops,
		      u32 num, const char *name)
{
	struct sal_walk_step *step;

	look->w->filters = true;
	if (look->told >= SAL_WALK_HOOKS) {
		look->w->left_out++;
		return;
	}
	look->told++;
	step = sal_walk_add(look->w, SAL_STEP_KIND_FILTER, look->at);
	step->finding = SAL_FINDING_NOTE;
	step->hook = num;
	step->has |= BIT(SAL_A_STEP_NAME) | BIT(SAL_A_STEP_HOOK);
	if (look->bridge)
		step->has |= BIT(SAL_A_STEP_BRIDGE);
	strscpy(step->name, name, sizeof(step->name));
	if (hook_has_ops(name))
		hook_tell_ops(step, ops);
}

static void hook_look_at(struct hook_look *look, nf_hookfn *hook,
			 const struct nf_hook_ops *ops, u32 num)
{
	char name[64];

	snprintf(name, sizeof(name), "%ps", hook);
	switch (hook_class(hook, name)) {
	case HOOK_CONNTRACK:
		look->conntrack = true;
		break;
	case HOOK_BRIDGE:
		look->br_netfilter = true;
		break;
	case HOOK_FILTER:
		hook_tell(look, ops, num, name);
		break;
	case HOOK_NONE:
		break;
	}
}

/* RCU */
static void hook_list(struct hook_look *look, const struct nf_hook_entries *e,
		      u32 num)
{
	struct nf_hook_ops **ops;
	unsigned int i;

	if (!e)
		return;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = 0; i < e->num_hook_entries; i++)
		hook_look_at(look, READ_ONCE(e->hooks[i].hook),
			     READ_ONCE(ops[i]), num);
}

#define HOOK_IS(_sal, _nf)	\
	BUILD_BUG_ON((int)SAL_HOOK_##_sal != (int)NF_INET_##_nf)

static void hook_ip(struct hook_look *look, u32 mask)
{
	const struct netns_nf *nf = &look->at->nf;
	u32 num;

	HOOK_IS(PREROUTING, PRE_ROUTING);
	HOOK_IS(INPUT, LOCAL_IN);
	HOOK_IS(FORWARD, FORWARD);
	HOOK_IS(OUTPUT, LOCAL_OUT);
	HOOK_IS(POSTROUTING, POST_ROUTING);

	for (num = 0; num <= SAL_HOOK_POSTROUTING; num++) {
		if (!(mask & BIT(num)))
			continue;
		hook_list(look, look->w->af == SAL_V4 ?
				rcu_dereference(nf->hooks_ipv4[num]) :
				rcu_dereference(nf->hooks_ipv6[num]), num);
	}
}

/* true the first time that a namespace is asked for */
static bool walk_first(struct sal_walk *w, const struct net *net)
{
	u32 i;

	for (i = 0; i < w->n_seen; i++)
		if (w->seen[i] == net)
			return false;
	if (WARN_ON_ONCE(w->n_seen == SAL_WALK_PLACES))
		return false;
	w->seen[w->n_seen++] = net;
	return true;
}

void sal_walk_hooks(struct sal_walk *w, struct net *at, u32 mask)
{
	struct hook_look look = { .w = w, .at = at };

	if (!walk_first(w, at))
		return;
	rcu_read_lock();
	hook_ip(&look, mask);
	rcu_read_unlock();
	if (look.conntrack)
		sal_walk_add(w, SAL_STEP_KIND_CONNTRACK, at);
}

#if IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE)
static void hook_bridge(struct hook_look *look)
{
	const struct netns_nf *nf = &look->at->nf;

	/* numbered as IP's are */
	hook_list(look, rcu_dereference(nf->hooks_bridge[NF_BR_PRE_ROUTING]),
		  SAL_HOOK_PREROUTING);
	hook_list(look, rcu_dereference(nf->hooks_bridge[NF_BR_FORWARD]),
		  SAL_HOOK_FORWARD);
	hook_list(look, rcu_dereference(nf->hooks_bridge[NF_BR_POST_ROUTING]),
		  SAL_HOOK_POSTROUTING);
}
#else
static void hook_bridge(struct hook_look *look)
{
}
#endif

/* whether br_netfilter shows packets (its sysctls) is known to itself only */
void sal_walk_bridge(struct sal_walk *w, struct net *at)
{
	struct hook_look look = { .w = w, .at = at, .bridge = true };

	rcu_read_lock();
	hook_bridge(&look);
	if (look.br_netfilter)
		hook_ip(&look, BIT(SAL_HOOK_PREROUTING) |
			       BIT(SAL_HOOK_FORWARD) |
			       BIT(SAL_HOOK_POSTROUTING));
	rcu_read_unlock();
}

/*
 * The other end of a wire has the number that this end tells, in a namespace
 * that it does not; in the domain's it is likely that one whose own other end
 * has our number. Bridges of others are not known.
 */
void sal_walk_wire(struct sal_walk *w, struct net *at,
		   const struct sal_walk_hop *hop)
{
	const struct net_device *dev, *end;

	if (!w->d)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(at, hop->ifindex);
	end = dev ? dev_get_by_index_rcu(w->d->net, dev_get_iflink(dev)) : NULL;
	if (end && end != dev && netif_is_bridge_port(end) &&
	    dev_get_iflink(end) == hop->ifindex)
		w->bridged = true;
	rcu_read_unlock();
}
