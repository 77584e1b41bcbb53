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

int sal_hooks_add(struct net *net)
{
	lockdep_assert_held(&sal_mutex);
	return nf_register_net_hooks(net, sal_hook_ops,
				     ARRAY_SIZE(sal_hook_ops));
}

void sal_hooks_del(struct net *net)
{
	lockdep_assert_held(&sal_mutex);
	nf_unregister_net_hooks(net, sal_hook_ops, ARRAY_SIZE(sal_hook_ops));
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
