// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.c - where the module meets packets
 *
 * Towards endpoints at -210, LOCAL_OUT of the client (edge) and PRE_ROUTING of
 * who routes for it (router): behind raw (-300), so that a NOTRACK rule there
 * speaks of the VIP, and behind SELinux (-225); behind conntrack's defrag
 * (-400), as only a whole packet tells its conversation; before conntrack
 * (-200) and everything after it, mangle, NAT and filter, which so see one
 * conversation of the client with the endpoint.
 *
 * Back to clients at 110, LOCAL_IN (edge) and POST_ROUTING (router): behind
 * mangle (-150), filter (0), security (50) and source NAT (100), which so see
 * the same conversation's replies; before conntrack's helpers (300) and
 * confirmation (INT_MAX), which look at the entry attached to the packet and
 * not at its addresses.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "datapath.h"
#include "hooks.h"
#include "member.h"
#include "net.h"
#include "path.h"
#include "shortcut.h"

#define SAL_PRI_FORWARD	(-210)
#define SAL_PRI_REVERSE	(NF_IP_PRI_NAT_SRC + 10)

static const struct nf_defrag_hook __rcu ** const hooks_defrag[SAL_AF_NUM] = {
	[SAL_V4] = &nf_defrag_v4_hook,
	[SAL_V6] = &nf_defrag_v6_hook,
};

/* false where the namespace is no member */
static bool hook_spot(struct sal_spot *spot, const struct nf_hook_state *state,
		      enum sal_placement place)
{
	spot->member = rcu_dereference(sal_net(state->net)->member);
	spot->af = state->pf == NFPROTO_IPV4 ? SAL_V4 : SAL_V6;
	spot->place = place;
	spot->iif = place == SAL_PLACEMENT_ROUTER && state->in ?
		    state->in->ifindex : 0;
	return spot->member;
}

/*
 * A VRF shows each packet twice, as its own and as the real device's. It is
 * translated where it is the latter's, the only one that there always is.
 */
static bool hook_is_vrf(const struct nf_hook_state *state)
{
	const struct net_device *dev = state->hook == NF_INET_LOCAL_OUT ?
				       state->out : state->in;

	return dev && netif_is_l3_master(dev);
}

static unsigned int hook_forward(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct sal_spot spot;

	if (hook_is_vrf(state))
		return NF_ACCEPT;

	if (!hook_spot(&spot, state, state->hook == NF_INET_LOCAL_OUT ?
				     SAL_PLACEMENT_EDGE : SAL_PLACEMENT_ROUTER))
		return NF_ACCEPT;
	return sal_forward(&spot, skb, state->sk);
}

static const struct nf_hook_entries *hooks_entries(const struct net *net,
						   enum sal_af af,
						   unsigned int num)
{
	if (af == SAL_V4)
		return rcu_dereference(net->nf.hooks_ipv4[num]);
	return rcu_dereference(net->nf.hooks_ipv6[num]);
}

/* the index behind our entry, or -ENOENT */
static int hooks_behind(const struct nf_hook_entries *e, nf_hookfn *hook)
{
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].hook == hook)
			return i + 1;
	return -ENOENT;
}

static unsigned int hook_reverse(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

/* what the namespace itself sends, and somebody wanted to see up to here */
static unsigned int hook_late(struct sal_spot *spot, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	const struct nf_hook_entries *e;
	int next;

	e = hooks_entries(state->net, spot->af, NF_INET_POST_ROUTING);
	next = hooks_behind(e, hook_reverse);
	if (next < 0)
		return NF_ACCEPT;
	spot->place = SAL_PLACEMENT_EDGE;
	return sal_shortcut_late(spot, skb, state, e, next);
}

static unsigned int hook_reverse(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	unsigned int verdict;
	struct sal_spot spot;

	if (!hook_spot(&spot, state, state->hook == NF_INET_LOCAL_IN ?
				     SAL_PLACEMENT_EDGE : SAL_PLACEMENT_ROUTER))
		return NF_ACCEPT;
	verdict = sal_reverse(&spot, skb);
	if (likely(!READ_ONCE(spot.member->paths.late)) ||
	    state->hook != NF_INET_POST_ROUTING || verdict != NF_ACCEPT ||
	    skb->skb_iif)
		return verdict;
	return hook_late(&spot, skb, state);
}

#define SAL_HOOK(_pf, _num, _hook, _priority) {	\
		.hook		= _hook,	\
		.pf		= _pf,		\
		.hooknum	= _num,		\
		.priority	= _priority,	\
	}

static const struct nf_hook_ops sal_hook_ops[] = {
	SAL_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, hook_forward,
		 SAL_PRI_FORWARD),
	SAL_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_IN, hook_reverse,
		 SAL_PRI_REVERSE),
	SAL_HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, hook_forward,
		 SAL_PRI_FORWARD),
	SAL_HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, hook_reverse,
		 SAL_PRI_REVERSE),
	SAL_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, hook_forward,
		 SAL_PRI_FORWARD),
	SAL_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, hook_reverse,
		 SAL_PRI_REVERSE),
	SAL_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, hook_forward,
		 SAL_PRI_FORWARD),
	SAL_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, hook_reverse,
		 SAL_PRI_REVERSE),
};

/*
 * A fragment does not tell whose it is. IPv4 puts them together before LOCAL_IN
 * but not before PRE_ROUTING, IPv6 after either; what conntrack needs there we
 * need, too, and use the same. Its modules are wanted when ours is loaded, as
 * they cannot be asked for here: loading takes locks that an exiting namespace
 * holds while it waits for sal_mutex. There is no member without them.
 */
static const struct nf_defrag_hook *defrag_held(enum sal_af af)
{
	/* there as long as a member holds its module */
	return rcu_dereference_protected(*hooks_defrag[af],
					 lockdep_is_held(&sal_mutex));
}

/**
 * struct hook_known - a hook that does nothing to packets that could go straight
 * @name: of its function
 * @num: where it is
 * @fn: the function, as it was found last; NULL where it was not
 */
struct hook_known {
	const char *name[SAL_AF_NUM];
	unsigned int num;
	nf_hookfn *fn[SAL_AF_NUM];
};

/* What defragments has nothing to do with those; AppArmor looks at what carries a security
 * mark alone, and that goes round, see sal_path_takes().
 */
static struct hook_known hooks_known[] = {
	{
		.name = { "ipv4_conntrack_defrag", "ipv6_defrag" },
		.num = NF_INET_PRE_ROUTING,
	}, {
		.name = { "apparmor_ip_postroute", "apparmor_ip_postroute" },
		.num = NF_INET_POST_ROUTING,
	},
};

static bool hook_is_named(nf_hookfn *hook, const char *want)
{
	char name[64];

	snprintf(name, sizeof(name), "%ps", hook);
	/* its module may follow */
	name[strcspn(name, " ")] = '\0';
	return !strcmp(name, want);
}

static void hook_learn(const struct net *net, enum sal_af af,
		       struct hook_known *known)
{
	const struct nf_hook_entries *e = hooks_entries(net, af, known->num);
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (hook_is_named(e->hooks[i].hook, known->name[af]))
			WRITE_ONCE(known->fn[af], e->hooks[i].hook);
}

/*
 * They are known by their names: what was registered (struct nf_hook_ops) cannot be looked
 * at by who does not own it, as it may be freed as soon as it is not any longer; older kernels
 * do so with that of BPF links. For each member, as a module may have been another one meanwhile.
 */
static void hooks_learn(const struct net *net)
{
	enum sal_af af;
	unsigned int i;

	rcu_read_lock();
	for (af = 0; af < SAL_AF_NUM; af++)
		for (i = 0; i < ARRAY_SIZE(hooks_known); i++)
			hook_learn(net, af, &hooks_known[i]);
	rcu_read_unlock();
}

static bool hook_is_known(nf_hookfn *hook, enum sal_af af)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks_known); i++)
		if (hook == READ_ONCE(hooks_known[i].fn[af]))
			return true;
	return false;
}

static int defrag_enable(struct net *net, enum sal_af af)
{
	const struct nf_defrag_hook *defrag;
	int err;

	rcu_read_lock();
	defrag = rcu_dereference(*hooks_defrag[af]);
	if (defrag && !try_module_get(defrag->owner))
		defrag = NULL;
	rcu_read_unlock();
	if (!defrag)
		return -ENOPKG;
	err = defrag->enable(net);
	if (err)
		module_put(defrag->owner);
	return err;
}

static void defrag_disable(struct net *net, enum sal_af af)
{
	const struct nf_defrag_hook *defrag = defrag_held(af);

	defrag->disable(net);
	module_put(defrag->owner);
}

int sal_hooks_add(struct net *net)
{
	int err;

	lockdep_assert_held(&sal_mutex);
	err = defrag_enable(net, SAL_V4);
	if (err)
		return err;
	err = defrag_enable(net, SAL_V6);
	if (err)
		goto err_v4;
	err = nf_register_net_hooks(net, sal_hook_ops,
				    ARRAY_SIZE(sal_hook_ops));
	if (err)
		goto err_v6;
	hooks_learn(net);
	return 0;

err_v6:
	defrag_disable(net, SAL_V6);
err_v4:
	defrag_disable(net, SAL_V4);
	return err;
}

void sal_hooks_del(struct net *net)
{
	lockdep_assert_held(&sal_mutex);
	nf_unregister_net_hooks(net, sal_hook_ops, ARRAY_SIZE(sal_hook_ops));
	defrag_disable(net, SAL_V6);
	defrag_disable(net, SAL_V4);
}

static void __init hooks_want(enum sal_af af, const char *module)
{
	if (!rcu_access_pointer(*hooks_defrag[af]) && request_module(module))
		pr_warn("sal: no module %s: no namespace can be a member\n",
			module);
}

void __init sal_hooks_init(void)
{
	hooks_want(SAL_V4, "nf_defrag_ipv4");
	hooks_want(SAL_V6, "nf_defrag_ipv6");
}

bool sal_hooks_is_ours(nf_hookfn *hook)
{
	return hook == hook_forward || hook == hook_reverse;
}

/* from an entry on, those that are not ours and may do something */
static bool hooks_others(const struct net *net, enum sal_af af, unsigned int num,
			 unsigned int from)
{
	const struct nf_hook_entries *e = hooks_entries(net, af, num);
	nf_hookfn *hook;
	unsigned int i;

	for (i = from; e && i < e->num_hook_entries; i++) {
		hook = READ_ONCE(e->hooks[i].hook);
		if (!sal_hooks_is_ours(hook) && !hook_is_known(hook, af))
			return true;
	}
	return false;
}

bool sal_hooks_has_others(const struct net *net, enum sal_af af,
			  enum sal_placement place)
{
	int next;

	if (hooks_others(net, af, NF_INET_POST_ROUTING, 0))
		return true;
	if (place == SAL_PLACEMENT_ROUTER)
		return hooks_others(net, af, NF_INET_PRE_ROUTING, 0) ||
		       hooks_others(net, af, NF_INET_FORWARD, 0);
	next = hooks_behind(hooks_entries(net, af, NF_INET_LOCAL_OUT),
			    hook_forward);
	return next < 0 || hooks_others(net, af, NF_INET_LOCAL_OUT, next);
}

/* what a packet does behind PRE_ROUTING, its options and early demux apart */
static int hooks_input(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	int err = 0;

	if (skb_valid_dst(skb))
		return dst_input(skb);
	if (skb->protocol == htons(ETH_P_IP))
		err = sal_compat_route_input4(skb);
	else
		sal_compat_route_input6(skb);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_IP_INNOROUTES);
		return NET_RX_DROP;
	}
	return dst_input(skb);
}

int sal_hooks_resume(const struct sal_spot *spot, struct sk_buff *skb)
{
	bool router = spot->place == SAL_PLACEMENT_ROUTER;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
	struct net *net = spot->member->net;
	const struct nf_hook_entries *e;
	struct nf_hook_state state;
	unsigned int num;
	int next;

	num = router ? NF_INET_PRE_ROUTING : NF_INET_LOCAL_OUT;
	okfn = router ? hooks_input : dst_output;
	e = hooks_entries(net, spot->af, num);
	next = hooks_behind(e, hook_forward);
	if (next < 0)
		return next;

	skb->protocol = htons(spot->af == SAL_V4 ? ETH_P_IP : ETH_P_IPV6);
	if (!router)
		skb->dev = skb_dst(skb)->dev;
	nf_hook_state_init(&state, num,
			   spot->af == SAL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
			   router ? skb->dev : NULL, router ? NULL : skb->dev,
			   router ? NULL : skb->sk, net, okfn);
	if (nf_hook_slow(skb, &state, e, next) == 1)
		okfn(net, state.sk, skb);
	return 0;
}
