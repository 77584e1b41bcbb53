// SPDX-License-Identifier: GPL-2.0
/*
 * nl_service.c - requests about services
 */
#include <linux/mutex.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "net.h"
#include "nl_util.h"
#include "prefix.h"
#include "service.h"
#include "vip.h"

/* each setting of struct sal_service_conf is one u32 attribute */
static const struct {
	u16 attr;
	u16 offset;
} conf_fields[] = {
	{ SAL_A_SERVICE_HOLD_PACKETS,
	  offsetof(struct sal_service_conf, hold_packets) },
	{ SAL_A_SERVICE_HOLD_BYTES,
	  offsetof(struct sal_service_conf, hold_bytes) },
	{ SAL_A_SERVICE_HOLD_TIME,
	  offsetof(struct sal_service_conf, hold_time) },
	{ SAL_A_SERVICE_ON_EMPTY,
	  offsetof(struct sal_service_conf, on_empty) },
	{ SAL_A_SERVICE_LATE, offsetof(struct sal_service_conf, late) },
	{ SAL_A_SERVICE_GRACE, offsetof(struct sal_service_conf, grace) },
};

static void conf_get(const struct genl_info *info,
		     struct sal_service_conf *conf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conf_fields); i++) {
		const struct nlattr *nla = info->attrs[conf_fields[i].attr];

		if (nla)
			*(u32 *)((void *)conf + conf_fields[i].offset) =
				nla_get_u32(nla);
	}
}

static int conf_put(struct sk_buff *skb, const struct sal_service_conf *conf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conf_fields); i++)
		if (nla_put_u32(skb, conf_fields[i].attr,
				*(const u32 *)((const void *)conf +
					       conf_fields[i].offset)))
			return -EMSGSIZE;
	return 0;
}

static int vips_put(struct sk_buff *skb, const struct sal_service *svc)
{
	u32 i;

	if (svc->n_vips && nla_put_in6_addr(skb, SAL_A_SERVICE_SID,
					    sal_service_sid(svc)))
		return -EMSGSIZE;
	for (i = 0; i < svc->n_vips; i++)
		if (sal_nl_put_prefix(skb, SAL_A_SERVICE_VIP,
				      &svc->vips[i]->pfx))
			return -EMSGSIZE;
	if (svc->derived && nla_put_flag(skb, SAL_A_SERVICE_DERIVED))
		return -EMSGSIZE;
	return 0;
}

static int state_put(struct sk_buff *skb, struct sal_service *svc)
{
	if (nla_put_u32(skb, SAL_A_SERVICE_ENDPOINTS, svc->n_endpoints) ||
	    nla_put_u32(skb, SAL_A_SERVICE_USABLE4,
			READ_ONCE(svc->usable[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_SERVICE_USABLE6,
			READ_ONCE(svc->usable[SAL_V6])) ||
	    nla_put_u32(skb, SAL_A_SERVICE_GATE4,
			READ_ONCE(svc->gate[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_SERVICE_GATE6,
			READ_ONCE(svc->gate[SAL_V6])) ||
	    nla_put_u32(skb, SAL_A_SERVICE_HELD_PACKETS,
			READ_ONCE(svc->hold.packets)) ||
	    nla_put_uint(skb, SAL_A_SERVICE_HELD_BYTES,
			 READ_ONCE(svc->hold.bytes)))
		return -EMSGSIZE;
	return 0;
}

/**
 * sal_nl_fill_service() - put a service into a message
 * @skb: message
 * @svc: service
 * @seq: number of the event, or 0 where it is none
 *
 * Events do without the number of flows, which has nothing to do with them.
 * sal_mutex.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_service(struct sk_buff *skb, struct sal_service *svc, u64 seq)
{
	if (nla_put_string(skb, SAL_A_SERVICE_NAME, svc->name) ||
	    vips_put(skb, svc) || conf_put(skb, &svc->conf) ||
	    state_put(skb, svc))
		return -EMSGSIZE;
	if (seq)
		return nla_put_uint(skb, SAL_A_SERVICE_SEQ, seq);
	return nla_put_u32(skb, SAL_A_SERVICE_FLOWS, atomic_read(&svc->n_flows));
}

/* --- what a request wants ------------------------------------------------- */

/* parses the VIPs; returns memory to be freed */
static struct sal_prefix *vips_get(const struct genl_info *info, u32 *n)
{
	struct sal_prefix *vips;
	struct nlattr *nla;
	int err, rem;

	*n = 0;
	vips = kzalloc_objs(*vips, SAL_VIPS_MAX, GFP_KERNEL);
	if (!vips) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}
	nla_for_each_attr_type(nla, SAL_A_SERVICE_VIP,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		if (*n == SAL_VIPS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
						"at most %u VIPs",
						SAL_VIPS_MAX);
			err = -E2BIG;
			goto err_free;
		}
		err = sal_nl_get_prefix(nla, &vips[*n], info->extack);
		if (err)
			goto err_free;
		if (sal_nl_prefix_in(&vips[*n], vips, *n)) {
			NL_SET_ERR_MSG_ATTR(info->extack, nla,
					    "the same VIP is given twice");
			err = -EINVAL;
			goto err_free;
		}
		(*n)++;
	}
	return vips;

err_free:
	kfree(vips);
	return ERR_PTR(err);
}

/* is this the VIP that the core has refused? */
static bool vip_refused(struct sal_domain *d, const char *name,
			const struct sal_prefix *pfx)
{
	const struct sal_vip *vip = sal_vip_get(&d->vips, pfx);

	return sal_prefix_check(pfx, "a VIP", NULL) ||
	       (vip && strcmp(vip->svc->name, name)) ||
	       sal_reverse_covered(d, pfx);
}

/* the attribute of the VIP that the core has refused */
static void blame_vip(const struct genl_info *info, struct sal_domain *d,
		      const struct sal_service_req *req)
{
	const struct nlattr *nla;
	u32 i = 0;
	int rem;

	nla_for_each_attr_type(nla, SAL_A_SERVICE_VIP,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		if (vip_refused(d, req->name, &req->vips[i++])) {
			NL_SET_BAD_ATTR(info->extack, nla);
			return;
		}
	}
}

static int blame(const struct genl_info *info, struct sal_domain *d,
		 const struct sal_service_req *req, int err)
{
	/* the derived VIP is the name's fault */
	static const struct sal_nl_blame list[] = {
		{ -EADDRNOTAVAIL, SAL_A_SERVICE_NAME },
		{ -EADDRINUSE, SAL_A_SERVICE_NAME },
		{ -EEXIST, SAL_A_SERVICE_NAME },
		{ -ENOSPC, SAL_A_SERVICE_NAME },
		{ }
	};

	if ((err == -EADDRNOTAVAIL || err == -EADDRINUSE) && req->n_vips)
		blame_vip(info, d, req);
	return sal_nl_blame(info, err, list);
}

static int service_new(const struct genl_info *info,
		       const struct sal_service_req *req, struct sk_buff *rsp)
{
	struct netlink_ext_ack *extack = info->extack;
	struct sal_service *svc = NULL;
	struct sal_domain *d;
	int err = 0;

	d = sal_nl_obtain_domain(info);
	if (!d)
		return -ENOMEM;
	if (info->attrs[SAL_A_SERVICE_REPLACE])
		svc = sal_service_find(d, req->name);
	if (svc) {
		err = sal_service_change(svc, req, extack);
	} else {
		svc = sal_service_create(d, req, extack);
		if (IS_ERR(svc))
			err = PTR_ERR(svc);
	}
	if (err)
		return blame(info, d, req, err);
	return sal_nl_fill_service(rsp, svc, 0);
}

int sal_nl_service_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_service_req req = {
		.conf = sal_service_defaults,
		.set_vips = true,
	};
	struct sal_nl_reply reply;
	struct sal_prefix *vips;
	int err;

	req.name = sal_nl_get_name(info, SAL_A_SERVICE_NAME, "service name");
	if (IS_ERR(req.name))
		return PTR_ERR(req.name);
	conf_get(info, &req.conf);
	vips = vips_get(info, &req.n_vips);
	if (IS_ERR(vips))
		return PTR_ERR(vips);
	req.vips = vips;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		goto out;
	mutex_lock(&sal_mutex);
	err = service_new(info, &req, reply.skb);
	mutex_unlock(&sal_mutex);
	sal_nl_reply_send(&reply, info, err);
out:
	kfree(vips);
	return err;
}

static int service_set(const struct genl_info *info,
		       struct sal_service_req *req)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct sal_service *svc;

	svc = sal_nl_find_service(d, info, SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	req->name = svc->name;
	req->conf = svc->conf;
	conf_get(info, &req->conf);
	return blame(info, d, req,
		     sal_service_change(svc, req, info->extack));
}

int sal_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_service_req req = {};
	struct sal_prefix *vips;
	int err;

	vips = vips_get(info, &req.n_vips);
	if (IS_ERR(vips))
		return PTR_ERR(vips);
	req.vips = vips;
	req.set_vips = req.n_vips;

	mutex_lock(&sal_mutex);
	err = service_set(info, &req);
	mutex_unlock(&sal_mutex);
	kfree(vips);
	return err;
}

int sal_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct sal_service *svc;
	int err;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_SERVICE_NAME);
	err = IS_ERR(svc) ? PTR_ERR(svc) :
			    sal_nl_fill_service(reply.skb, svc, 0);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

static int service_dump_fill(struct sk_buff *skb, void *obj,
			     const void *filter)
{
	return sal_nl_fill_service(skb, obj, 0);
}

int sal_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sal_domain *d;
	int err;

	err = sal_nl_no_attrs(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	d = sal_domain_find(genl_info_net(genl_info_dump(cb)));
	if (d)
		err = sal_nl_dump_table(skb, cb, d, &d->services,
					service_dump_fill, NULL);
	mutex_unlock(&sal_mutex);
	return err;
}

int sal_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_service *svc;
	int err = 0;

	mutex_lock(&sal_mutex);
	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		err = PTR_ERR(svc);
	else
		sal_service_delete(svc);
	mutex_unlock(&sal_mutex);
	return err;
}
