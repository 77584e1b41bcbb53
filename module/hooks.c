// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.c - where the module meets packets
 *
 * LOCAL_OUT at -210: behind raw (-300), so that a NOTRACK rule there speaks of
 * the VIP, and behind SELinux (-225); before conntrack (-200) and everything
 * after it, mangle, NAT and filter, which so see one conversation of the
 * client with the endpoint.
 *
 * LOCAL_IN at 110: behind mangle (-150), filter (0), security (50) and source
 * NAT (100), which so see the same conversation's replies; before conntrack's
 * helpers (300) and confirmation (INT_MAX), which look at the entry attached
 * to the packet and not at its addresses.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "datapath.h"
#include "hooks.h"
#include "member.h"
#include "net.h"

#define SAL_PRI_OUT	(-210)
#define SAL_PRI_IN	(NF_IP_PRI_NAT_SRC + 10)

static struct sal_member *hook_member(const struct nf_hook_state *state)
{
	return rcu_dereference(sal_net(state->net)->member);
}

static unsigned int hook_out4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct sal_member *m = hook_member(state);

	return m ? sal_datapath_out(m, skb, state, SAL_V4) : NF_ACCEPT;
}

static unsigned int hook_out6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct sal_member *m = hook_member(state);

	return m ? sal_datapath_out(m, skb, state, SAL_V6) : NF_ACCEPT;
}

static unsigned int hook_in4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct sal_member *m = hook_member(state);

	return m ? sal_datapath_in(m, skb, SAL_V4) : NF_ACCEPT;
}

static unsigned int hook_in6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct sal_member *m = hook_member(state);

	return m ? sal_datapath_in(m, skb, SAL_V6) : NF_ACCEPT;
}

static const struct nf_hook_ops sal_hook_ops[] = {
	{
		.hook		= hook_out4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= SAL_PRI_OUT,
	},
	{
		.hook		= hook_in4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= SAL_PRI_IN,
	},
	{
		.hook		= hook_out6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= SAL_PRI_OUT,
	},
	{
		.hook		= hook_in6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= SAL_PRI_IN,
	},
};

/*
 * IPv4 puts fragments together before LOCAL_IN, IPv6 after it; there we need
 * what conntrack needs, and use the same. Its module is wanted when ours is
 * loaded, as it cannot be asked for here: loading takes locks that an exiting
 * namespace holds while it waits for sal_mutex. Without it fragmented replies
 * would pass untranslated, so there is no member without it.
 */
static const struct nf_defrag_hook *defrag6_get(void)
{
	const struct nf_defrag_hook *defrag;

	rcu_read_lock();
	defrag = rcu_dereference(nf_defrag_v6_hook);
	if (defrag && !try_module_get(defrag->owner))
		defrag = NULL;
	rcu_read_unlock();
	return defrag;
}

/* there as long as a member holds its module */
static const struct nf_defrag_hook *defrag6_held(void)
{
	return rcu_dereference_protected(nf_defrag_v6_hook,
					 lockdep_is_held(&sal_mutex));
}

int sal_hooks_add(struct net *net)
{
	const struct nf_defrag_hook *defrag;
	int err;

	lockdep_assert_held(&sal_mutex);
	defrag = defrag6_get();
	if (!defrag)
		return -ENOPKG;
	err = defrag->enable(net);
	if (err)
		goto err_put;
	err = nf_register_net_hooks(net, sal_hook_ops,
				    ARRAY_SIZE(sal_hook_ops));
	if (err)
		goto err_disable;
	return 0;

err_disable:
	defrag->disable(net);
err_put:
	module_put(defrag->owner);
	return err;
}

void sal_hooks_del(struct net *net)
{
	const struct nf_defrag_hook *defrag = defrag6_held();

	lockdep_assert_held(&sal_mutex);
	nf_unregister_net_hooks(net, sal_hook_ops, ARRAY_SIZE(sal_hook_ops));
	defrag->disable(net);
	module_put(defrag->owner);
}

void __init sal_hooks_init(void)
{
	if (!rcu_access_pointer(nf_defrag_v6_hook) &&
	    request_module("nf_defrag_ipv6"))
		pr_warn("sal: no module nf_defrag_ipv6: no namespace can be a member\n");
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

int sal_hooks_resume(struct net *net, struct sock *sk, struct sk_buff *skb,
		     enum sal_af af)
{
	const struct nf_hook_entries *e;
	struct nf_hook_state state;
	int next;

	if (af == SAL_V4) {
		e = rcu_dereference(net->nf.hooks_ipv4[NF_INET_LOCAL_OUT]);
		next = hooks_behind(e, hook_out4);
	} else {
		e = rcu_dereference(net->nf.hooks_ipv6[NF_INET_LOCAL_OUT]);
		next = hooks_behind(e, hook_out6);
	}
	if (next < 0)
		return next;

	skb->protocol = htons(af == SAL_V4 ? ETH_P_IP : ETH_P_IPV6);
	skb->dev = skb_dst(skb)->dev;
	nf_hook_state_init(&state, NF_INET_LOCAL_OUT,
			   af == SAL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
			   NULL, skb->dev, sk, net, dst_output);
	if (nf_hook_slow(skb, &state, e, next) == 1)
		dst_output(net, sk, skb);
	return 0;
}
