// SPDX-License-Identifier: GPL-2.0
/*
 * nl_service.c - requests about services
 */
#include <linux/mutex.h>

#include "alias.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "freeze.h"
#include "member.h"
#include "name.h"
#include "net.h"
#include "nl_change.h"
#include "nl_util.h"
#include "path.h"
#include "prefix.h"
#include "revtable.h"
#include "rule.h"
#include "service.h"
#include "txn.h"
#include "vip.h"

#define CONF_FIELD(_attr, _type, _field)				\
	{ SAL_A_SERVICE_##_attr, sizeof(_type),				\
	  offsetof(struct sal_service_conf, _field) }

/* each setting of struct sal_service_conf, a u32 there, is one attribute */
static const struct {
	u16 attr;
	u16 size;
	u16 offset;
} conf_fields[] = {
	CONF_FIELD(HOLD_PACKETS, u32, hold_packets),
	CONF_FIELD(HOLD_BYTES, u32, hold_bytes),
	CONF_FIELD(HOLD_TIME, u32, hold_time),
	CONF_FIELD(HOLD_SHARE, u32, hold_share),
	CONF_FIELD(ON_EMPTY, u32, on_empty),
	CONF_FIELD(LATE, u32, late),
	CONF_FIELD(GRACE, u32, grace),
	CONF_FIELD(PROTO, u8, proto),
	CONF_FIELD(PORT, u16, port),
	CONF_FIELD(PORT_END, u16, port_end),
	CONF_FIELD(STRAY, u32, stray),
	CONF_FIELD(TCP, u32, tcp),
	CONF_FIELD(SCHED, u32, sched),
	CONF_FIELD(AFFINITY, u32, affinity),
	CONF_FIELD(DIRECT, u32, direct),
	CONF_FIELD(TIMEOUT_NEW, u32, timeout[SAL_TIMEOUT_NEW]),
	CONF_FIELD(TIMEOUT_REPLIED, u32, timeout[SAL_TIMEOUT_REPLIED]),
	CONF_FIELD(TIMEOUT_SYN, u32, timeout[SAL_TIMEOUT_SYN]),
	CONF_FIELD(TIMEOUT_ESTABLISHED, u32, timeout[SAL_TIMEOUT_ESTABLISHED]),
	CONF_FIELD(TIMEOUT_CLOSING, u32, timeout[SAL_TIMEOUT_CLOSING]),
	CONF_FIELD(TIMEOUT_CLOSED, u32, timeout[SAL_TIMEOUT_CLOSED]),
};

static u32 conf_get_one(const struct nlattr *nla, u16 size)
{
	switch (size) {
	case sizeof(u8):
		return nla_get_u8(nla);
	case sizeof(u16):
		return nla_get_u16(nla);
	}
	return nla_get_u32(nla);
}

static int conf_bad(const struct genl_info *info, u16 attr, const char *text)
{
	NL_SET_ERR_MSG_FMT(info->extack, "%s", text);
	if (info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	return -EINVAL;
}

/* which protocol, and which of its ports */
static int conf_get_ports(const struct genl_info *info,
			  struct sal_service_conf *conf)
{
	bool has_ports = conf->proto == IPPROTO_TCP ||
			 conf->proto == IPPROTO_UDP;

	if (conf->proto && conf->proto != IPPROTO_ICMP && !has_ports)
		return conf_bad(info, SAL_A_SERVICE_PROTO,
				"proto is none of 1 (echo), 6 (TCP), 17 (UDP)");
	if (conf->port && !has_ports)
		return conf_bad(info, info->attrs[SAL_A_SERVICE_PORT] ?
				      SAL_A_SERVICE_PORT : SAL_A_SERVICE_PROTO,
				"ports are those of proto 6 (TCP) or 17 (UDP)");
	if (info->attrs[SAL_A_SERVICE_PORT] &&
	    !info->attrs[SAL_A_SERVICE_PORT_END])
		conf->port_end = conf->port;
	if (conf->port_end < conf->port || (conf->port_end && !conf->port))
		return conf_bad(info, SAL_A_SERVICE_PORT_END,
				"the last port comes before the first");
	return 0;
}

static int conf_get(const struct genl_info *info,
		    struct sal_service_conf *conf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conf_fields); i++) {
		const struct nlattr *nla = info->attrs[conf_fields[i].attr];

		if (nla)
			*(u32 *)((void *)conf + conf_fields[i].offset) =
				conf_get_one(nla, conf_fields[i].size);
	}
	return conf_get_ports(info, conf);
}

static int conf_put_one(struct sk_buff *skb, u16 attr, u16 size, u32 val)
{
	switch (size) {
	case sizeof(u8):
		return nla_put_u8(skb, attr, val);
	case sizeof(u16):
		return nla_put_u16(skb, attr, val);
	}
	return nla_put_u32(skb, attr, val);
}

/* what is for all protocols, or ports, or but one, says so by not being there */
static bool conf_says(const struct sal_service_conf *conf, u16 attr)
{
	switch (attr) {
	case SAL_A_SERVICE_PROTO:
		return conf->proto;
	case SAL_A_SERVICE_PORT:
		return conf->port;
	case SAL_A_SERVICE_PORT_END:
		return conf->port_end != conf->port;
	}
	return true;
}

static int conf_put(struct sk_buff *skb, const struct sal_service_conf *conf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conf_fields); i++)
		if (conf_says(conf, conf_fields[i].attr) &&
		    conf_put_one(skb, conf_fields[i].attr, conf_fields[i].size,
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

static int aliases_put(struct sk_buff *skb, const struct sal_service *svc)
{
	u32 i;

	for (i = 0; i < svc->n_aliases; i++)
		if (nla_put_string(skb, SAL_A_SERVICE_ALIAS,
				   svc->aliases[i]->name))
			return -EMSGSIZE;
	return 0;
}

static int state_put(struct sk_buff *skb, struct sal_service *svc)
{
	u32 frozen = sal_freeze_left(svc);

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
			 READ_ONCE(svc->hold.bytes)) ||
	    (frozen && nla_put_u32(skb, SAL_A_SERVICE_FROZEN, frozen)))
		return -EMSGSIZE;
	return 0;
}

static int traffic_put(struct sk_buff *skb, const struct sal_service *svc)
{
	struct sal_traffic_sum sum;

	sal_traffic_read(svc->traffic, &sum);
	return sal_nl_put_traffic(skb, SAL_A_SERVICE_FORWARD_PACKETS, &sum);
}

/* to one of its endpoints' addresses: 0, ENOENT where it is not, EMSGSIZE */
static int path_fill(struct sk_buff *skb, const struct sal_service *svc,
		     const struct sal_member *m, const struct sal_path *p)
{
	const struct sal_prefix pfx = { .addr = p->to, .len = 128 };
	struct nlattr *nest;

	if (!sal_reverse_of(svc->domain, svc, &p->to))
		return -ENOENT;
	nest = nla_nest_start(skb, SAL_A_SERVICE_PATH);
	if (!nest || nla_put_string(skb, SAL_A_PATH_MEMBER, m->name) ||
	    nla_put_u32(skb, SAL_A_PATH_PLACEMENT, p->place) ||
	    sal_nl_put_prefix(skb, SAL_A_PATH_ADDR, &pfx) ||
	    nla_put_u32(skb, SAL_A_PATH_KIND, p->kind) ||
	    (p->dscp && nla_put_u32(skb, SAL_A_PATH_DSCP, p->dscp >> 2))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* most paths that are told of a service */
#define PATHS_MAX	64
/* room for some */
#define PATHS_ROOM	4096

/* those of a member; how many of @left are left, 0 where there is no room for more */
static unsigned int paths_put_member(struct sk_buff *skb,
				     const struct sal_service *svc,
				     const struct sal_member *m, unsigned int left)
{
	const struct sal_path *p;
	unsigned int at = 0;
	int err;

	while (left && (p = sal_paths_next(&m->paths, &at))) {
		err = path_fill(skb, svc, m, p);
		if (err == -EMSGSIZE)
			return 0;
		left -= !err;
	}
	return left;
}

/* as many as there is room for: no message is too short for the want of them */
static void paths_put(struct sk_buff *skb, const struct sal_service *svc)
{
	unsigned int left = svc->n_endpoints ? PATHS_MAX : 0;
	struct sal_member *m;
	unsigned long id;

	if (!sal_path_may(svc))
		return;
	rcu_read_lock();
	xa_for_each(&svc->domain->members, id, m) {
		left = paths_put_member(skb, svc, m, left);
		if (!left)
			break;
	}
	rcu_read_unlock();
}

/**
 * sal_nl_service_size() - room for the attributes of a service
 * @svc: service
 *
 * sal_mutex.
 *
 * Return: enough bytes for sal_nl_fill_service().
 */
size_t sal_nl_service_size(const struct sal_service *svc)
{
	/* its name, and numbers */
	size_t size = 1024;

	size += svc->n_vips * nla_total_size(nla_total_size(16) +
					     nla_total_size(4));
	size += svc->n_aliases * nla_total_size(SAL_NAME_MAX + 1);
	return size;
}

/**
 * sal_nl_fill_service() - put a service into a message
 * @skb: message
 * @svc: service
 * @seq: number of the event, or 0 where it is none
 *
 * Events do without the numbers of flows and packets, which have nothing to do
 * with them.
 * sal_mutex.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_service(struct sk_buff *skb, struct sal_service *svc, u64 seq)
{
	if (nla_put_string(skb, SAL_A_SERVICE_NAME, svc->name) ||
	    vips_put(skb, svc) || aliases_put(skb, svc) ||
	    conf_put(skb, &svc->conf) || state_put(skb, svc))
		return -EMSGSIZE;
	if (seq)
		return nla_put_uint(skb, SAL_A_SERVICE_SEQ, seq);
	if (nla_put_u32(skb, SAL_A_SERVICE_FLOWS, atomic_read(&svc->n_flows)))
		return -EMSGSIZE;
	if (traffic_put(skb, svc))
		return -EMSGSIZE;
	paths_put(skb, svc);
	return 0;
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

/* unlike others, this attribute need not end with a NUL */
static const char *alias_get(const struct nlattr *nla,
			     struct netlink_ext_ack *extack)
{
	if (memchr(nla_data(nla), '\0', nla_len(nla)))
		return nla_data(nla);
	NL_SET_ERR_MSG_ATTR(extack, nla, "an alias ends with a NUL");
	return ERR_PTR(-EINVAL);
}

/* one that is empty stands for none at all */
static int aliases_get(const struct genl_info *info,
		       struct sal_service_req *req)
{
	struct nlattr *nla;
	const char *name;
	int rem;

	if (!info->attrs[SAL_A_SERVICE_ALIAS])
		return 0;
	req->set_aliases = true;
	nla_for_each_attr_type(nla, SAL_A_SERVICE_ALIAS,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		name = alias_get(nla, info->extack);
		if (IS_ERR(name))
			return PTR_ERR(name);
		/* the last of several is the one that was parsed */
		if (!*name && !req->n_aliases &&
		    nla == info->attrs[SAL_A_SERVICE_ALIAS])
			return 0;
		if (req->n_aliases == SAL_ALIASES_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
						"at most %u aliases",
						SAL_ALIASES_MAX);
			return -E2BIG;
		}
		name = sal_nl_name(nla, "alias", info->extack);
		if (IS_ERR(name))
			return PTR_ERR(name);
		req->aliases[req->n_aliases++] = name;
	}
	return 0;
}

/* is this the VIP that the core has refused? */
static bool vip_refused(struct sal_domain *d, const struct sal_service *svc,
			const struct sal_prefix *pfx)
{
	const struct sal_vip *vip = sal_vip_get(&d->vips, pfx);

	return sal_prefix_check(pfx, "a VIP", NULL) ||
	       (vip && vip->next && vip->next != svc) ||
	       sal_endpoint_covered(d, pfx);
}

/* the attribute of the VIP that the core has refused */
static void blame_vip(const struct genl_info *info, struct sal_domain *d,
		      const struct sal_service_req *req)
{
	const struct sal_service *svc = sal_service_find(d, req->name);
	const struct nlattr *nla;
	u32 i = 0;
	int rem;

	nla_for_each_attr_type(nla, SAL_A_SERVICE_VIP,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		if (vip_refused(d, svc, &req->vips[i++])) {
			NL_SET_BAD_ATTR(info->extack, nla);
			return;
		}
	}
}

/* is this the alias that the core has refused? */
static bool alias_refused(struct sal_domain *d, const struct sal_service *svc,
			  const struct sal_service_req *req, u32 n)
{
	const char *name = req->aliases[n];
	const struct sal_service *other = sal_service_find(d, name);

	if (other != svc)
		return other;
	if (sal_name_equal(svc->name, name))
		return true;
	while (n--)
		if (sal_name_equal(req->aliases[n], name))
			return true;
	return false;
}

static void blame_alias(const struct genl_info *info, struct sal_domain *d,
			const struct sal_service_req *req)
{
	const struct sal_service *svc = sal_service_find(d, req->name);
	const struct nlattr *nla;
	u32 i = 0;
	int rem;

	if (!svc || !req->n_aliases)
		return;
	nla_for_each_attr_type(nla, SAL_A_SERVICE_ALIAS,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		if (alias_refused(d, svc, req, i++)) {
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
		{ -EBUSY, SAL_A_SERVICE_PORT },
		{ -ERANGE, SAL_A_SERVICE_PORT_END },
		{ }
	};

	if ((err == -EADDRNOTAVAIL || err == -EADDRINUSE) && req->n_vips)
		blame_vip(info, d, req);
	if (err == -EEXIST || err == -EINVAL)
		blame_alias(info, d, req);
	return sal_nl_blame(info, err, list);
}

static int service_reply(struct sk_buff *rsp, const struct sal_nl_change *c)
{
	return sal_nl_fill_service(rsp, c->svc, 0);
}

static int service_new_req(struct sal_nl_change *c,
			   const struct sal_service_req *req)
{
	const struct genl_info *info = c->info;
	struct sal_service *svc;
	int err;

	svc = sal_service_find(c->txn->d, req->name);
	/* an alias is not replaced by way of its service */
	if (svc && (!info->attrs[SAL_A_SERVICE_REPLACE] ||
		    !sal_name_equal(svc->name, req->name))) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[SAL_A_SERVICE_NAME]);
		return sal_service_taken(svc, req->name, info->extack);
	}
	if (svc) {
		err = sal_service_change(c->txn, svc, req, info->extack);
	} else {
		svc = sal_service_create(c->txn, req, info->extack);
		err = PTR_ERR_OR_ZERO(svc);
	}
	c->svc = svc;
	return blame(info, c->txn->d, req, err);
}

static int service_new(struct sal_nl_change *c)
{
	struct sal_service_req req = {
		.conf = sal_service_defaults,
		.set_vips = true,
		.set_aliases = true,
	};
	struct sal_prefix *vips;
	int err;

	req.name = sal_nl_get_name(c->info, SAL_A_SERVICE_NAME,
				   "service name");
	if (IS_ERR(req.name))
		return PTR_ERR(req.name);
	err = conf_get(c->info, &req.conf);
	if (!err)
		err = aliases_get(c->info, &req);
	if (err)
		return err;
	vips = vips_get(c->info, &req.n_vips);
	if (IS_ERR(vips))
		return PTR_ERR(vips);
	req.vips = vips;
	err = service_new_req(c, &req);
	kfree(vips);
	return err;
}

int sal_nl_service_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = service_new,
		.reply = service_reply,
		.first = true,
	};

	return sal_nl_change(skb, info, &op);
}

static int service_set(struct sal_nl_change *c)
{
	struct sal_service_req req = {};
	struct sal_service *svc;
	struct sal_prefix *vips;
	int err;

	svc = sal_nl_find_service(c->txn->d, c->info, SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	req.name = svc->name;
	req.conf = *sal_service_next_conf(svc);
	err = conf_get(c->info, &req.conf);
	if (!err)
		err = aliases_get(c->info, &req);
	if (err)
		return err;
	vips = vips_get(c->info, &req.n_vips);
	if (IS_ERR(vips))
		return PTR_ERR(vips);
	req.vips = vips;
	req.set_vips = req.n_vips;
	err = sal_service_change(c->txn, svc, &req, c->info->extack);
	err = blame(c->info, c->txn->d, &req, err);
	kfree(vips);
	return err;
}

int sal_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = service_set,
	};

	return sal_nl_change(skb, info, &op);
}

/* a reply of the size that it takes; sal_mutex */
static int service_get(struct genl_info *info, struct sal_nl_reply *reply)
{
	struct sal_service *svc;
	int err;

	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	err = sal_nl_reply_init(reply, info,
				sal_nl_service_size(svc) + PATHS_ROOM);
	if (err)
		return err;
	err = sal_nl_fill_service(reply->skb, svc, 0);
	return err ? sal_nl_reply_send(reply, info, err) : 0;
}

int sal_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	int err;

	mutex_lock(&sal_mutex);
	err = service_get(info, &reply);
	mutex_unlock(&sal_mutex);
	return err ?: sal_nl_reply_send(&reply, info, 0);
}

static int service_dump_fill(struct sk_buff *skb, void *obj,
			     const void *filter)
{
	return sal_nl_fill_service(skb, obj, 0);
}

int sal_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return sal_nl_dump_all(skb, cb, offsetof(struct sal_domain, services),
			       service_dump_fill);
}

static int service_is_named(const struct genl_info *info,
			    const struct sal_service *svc)
{
	const struct sal_prefix *pfx = &sal_rule_naming(svc)->entry.pfx;
	const struct nlattr *nla = info->attrs[SAL_A_SERVICE_NAME];

	if (sal_addr_af(&pfx->addr) == SAL_V4)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
					"the rule of %pI4/%u names it: that goes first",
					&pfx->addr.s6_addr32[3],
					sal_prefix_userlen(pfx));
	else
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
					"the rule of %pI6c/%u names it: that goes first",
					&pfx->addr, pfx->len);
	return -EBUSY;
}

static int service_del(struct sal_nl_change *c)
{
	struct sal_service *svc;

	svc = sal_nl_find_service(c->txn->d, c->info, SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	if (svc->n_rules)
		return service_is_named(c->info, svc);
	sal_service_delete(c->txn, svc);
	return 0;
}

static int service_freeze(const struct genl_info *info)
{
	const struct nlattr *time = info->attrs[SAL_A_SERVICE_FROZEN];
	struct sal_service *svc;

	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	return sal_freeze(svc, time ? nla_get_u32(time) : svc->conf.hold_time,
			  SAL_HOLD_CAUSE_REQUEST, info->extack);
}

int sal_nl_service_freeze_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	mutex_lock(&sal_mutex);
	err = service_freeze(info);
	mutex_unlock(&sal_mutex);
	if (!err)
		sal_freeze_let_arrive();
	return err;
}

static int service_thaw(const struct genl_info *info)
{
	struct sal_service *svc;

	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_SERVICE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	if (sal_thaw(svc, SAL_HOLD_CAUSE_REQUEST))
		return 0;
	NL_SET_ERR_MSG_FMT(info->extack, "service '%.40s' is not frozen",
			   svc->name);
	NL_SET_BAD_ATTR(info->extack, info->attrs[SAL_A_SERVICE_NAME]);
	return -ENOENT;
}

int sal_nl_service_thaw_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	mutex_lock(&sal_mutex);
	err = service_thaw(info);
	mutex_unlock(&sal_mutex);
	return err;
}

int sal_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = service_del,
	};

	return sal_nl_change(skb, info, &op);
}
