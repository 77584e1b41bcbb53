// SPDX-License-Identifier: GPL-2.0
/*
 * ct.c - what connection tracking knows of a conversation
 *
 * Connection tracking notes whether a reply came. The sal module does not ask
 * it, lest it depend on it; whoever may enter the namespace can, through
 * ctnetlink.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "ct.h"
#include "sock.h"

struct tuple {
	struct prefix src;
	struct prefix dst;
	uint8_t proto;
};

static void read_addr(struct prefix *p, const struct nlattr *attr, int family)
{
	if (mnl_attr_get_payload_len(attr) != addr_bits(family) / 8)
		return;
	p->family = family;
	p->len = addr_bits(family);
	memcpy(p->addr, mnl_attr_get_payload(attr), p->len / 8);
}

static void read_ip(struct tuple *t, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case CTA_IP_V4_SRC:
			read_addr(&t->src, attr, AF_INET);
			break;
		case CTA_IP_V4_DST:
			read_addr(&t->dst, attr, AF_INET);
			break;
		case CTA_IP_V6_SRC:
			read_addr(&t->src, attr, AF_INET6);
			break;
		case CTA_IP_V6_DST:
			read_addr(&t->dst, attr, AF_INET6);
			break;
		}
	}
}

static void read_tuple(struct tuple *t, const struct nlattr *nest)
{
	const struct nlattr *attr, *in;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_IP)
			read_ip(t, attr);
		if (mnl_attr_get_type(attr) != CTA_TUPLE_PROTO)
			continue;
		mnl_attr_for_each_nested(in, attr)
			if (mnl_attr_get_type(in) == CTA_PROTO_NUM)
				t->proto = mnl_attr_get_u8(in);
	}
}

static bool is_same(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family &&
	       !memcmp(a->addr, b->addr, addr_bits(a->family) / 8);
}

static bool is_asked_for(const struct ct_look *look, const struct tuple *t)
{
	unsigned int i;

	if (t->proto != look->proto || !t->src.family ||
	    !is_same(&t->src, &look->src))
		return false;
	for (i = 0; i < look->num_dst; i++)
		if (is_same(&t->dst, &look->dst[i]))
			return true;
	return false;
}

static int read_entry(const struct nlmsghdr *nlh, void *data)
{
	struct tuple orig = { 0 }, reply = { 0 };
	struct ct_look *look = data;
	const struct nlattr *attr;
	uint32_t status = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		switch (mnl_attr_get_type(attr)) {
		case CTA_TUPLE_ORIG:
			read_tuple(&orig, attr);
			break;
		case CTA_TUPLE_REPLY:
			read_tuple(&reply, attr);
			break;
		case CTA_STATUS:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
				status = ntohl(mnl_attr_get_u32(attr));
			break;
		}
	}
	if (!is_asked_for(look, &orig))
		return MNL_CB_OK;
	if (status & IPS_SEEN_REPLY) {
		look->answered++;
		return MNL_CB_OK;
	}
	look->unanswered++;
	look->asked = orig.dst;
	look->to = reply.src;
	return MNL_CB_OK;
}

static int read_table(struct mnl_socket *nl, struct ct_look *look)
{
	static char buf[SOCK_RECV] MSG_ALIGNED;
	int ret = MNL_CB_OK;
	ssize_t n;

	while (ret == MNL_CB_OK) {
		n = sock_recv(nl, buf, sizeof(buf));
		if (n <= 0)
			return n ? errno : EPROTO;
		ret = mnl_cb_run(buf, n, 0, 0, read_entry, look);
	}
	return ret == MNL_CB_STOP ? 0 : errno;
}

int ct_look(int netns, struct ct_look *look)
{
	char buf[128] MSG_ALIGNED;
	struct mnl_socket *nl;
	struct nfgenmsg *nfg;
	struct nlmsghdr *nlh;
	int err;

	nl = netns < 0 ? sock_open(NETLINK_NETFILTER) :
			 sock_open_in(NETLINK_NETFILTER, netns);
	if (!nl)
		return errno;
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = look->src.family;
	nfg->version = NFNETLINK_V0;
	err = mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ?
	      errno : read_table(nl, look);
	mnl_socket_close(nl);
	return err;
}
