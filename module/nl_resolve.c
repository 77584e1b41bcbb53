// SPDX-License-Identifier: GPL-2.0
/*
 * nl_resolve.c - what does a name or an address stand for?
 */
#include <linux/mutex.h>

#include "domain.h"
#include "net.h"
#include "nl_util.h"
#include "service.h"
#include "vip.h"

static int vips_put(struct sk_buff *skb, const struct sal_service *svc,
		    const struct sal_vip *match)
{
	u32 i;

	for (i = 0; i < svc->n_vips; i++)
		if ((!match || svc->vips[i] == match) &&
		    sal_nl_put_prefix(skb, SAL_A_RESOLVE_VIP,
				      &svc->vips[i]->pfx))
			return -EMSGSIZE;
	return 0;
}

/* @match: the VIP that an address was found by, or NULL for all */
static int resolve_put(struct sk_buff *skb, struct sal_service *svc,
		       const struct sal_vip *match)
{
	if (nla_put_string(skb, SAL_A_RESOLVE_SERVICE, svc->name) ||
	    nla_put_in6_addr(skb, SAL_A_RESOLVE_SID, sal_service_sid(svc)) ||
	    vips_put(skb, svc, match) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_GATE4,
			READ_ONCE(svc->gate[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_GATE6,
			READ_ONCE(svc->gate[SAL_V6])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_USABLE4,
			READ_ONCE(svc->usable[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_USABLE6,
			READ_ONCE(svc->usable[SAL_V6])))
		return -EMSGSIZE;
	return 0;
}

static int resolve_name(const struct genl_info *info, struct sal_domain *d,
			struct sk_buff *rsp)
{
	struct sal_service *svc;

	svc = sal_nl_find_service(d, info, SAL_A_RESOLVE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	return resolve_put(rsp, svc, NULL);
}

static int resolve_addr(const struct genl_info *info, struct sal_domain *d,
			const struct nlattr *nla, struct sk_buff *rsp)
{
	struct in6_addr addr;
	struct sal_vip *vip;
	int err = -ENOENT;

	if (nla_type(nla) == SAL_A_RESOLVE_IPV4) {
		sal_addr_set4(&addr, nla_get_in_addr(nla));
	} else {
		err = sal_nl_get_addr6(nla, &addr, info->extack);
		if (err)
			return -EINVAL;
		err = -ENOENT;
	}

	rcu_read_lock();
	vip = d ? sal_vip_lookup(&d->vips, &addr) : NULL;
	if (vip)
		err = resolve_put(rsp, vip->svc, vip);
	rcu_read_unlock();
	if (!vip)
		NL_SET_ERR_MSG_ATTR(info->extack, nla,
				    "no service has this address");
	return err;
}

/* the one attribute that is given */
static const struct nlattr *question(const struct genl_info *info)
{
	static const int kinds[] = {
		SAL_A_RESOLVE_NAME, SAL_A_RESOLVE_IPV4, SAL_A_RESOLVE_IPV6,
	};
	const struct nlattr *found = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct nlattr *nla = info->attrs[kinds[i]];

		if (found && nla) {
			NL_SET_ERR_MSG_ATTR(info->extack, nla,
					    "either a name or one address");
			return NULL;
		}
		found = found ?: nla;
	}
	if (!found) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SAL_A_RESOLVE_NAME);
		NL_SET_ERR_MSG(info->extack, "name or address is missing");
	}
	return found;
}

int sal_nl_resolve_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nla = question(info);
	struct sal_nl_reply reply;
	struct sal_domain *d;
	int err;

	if (!nla)
		return -EINVAL;
	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	d = sal_domain_find(genl_info_net(info));
	if (nla_type(nla) == SAL_A_RESOLVE_NAME)
		err = resolve_name(info, d, reply.skb);
	else
		err = resolve_addr(info, d, nla, reply.skb);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}
