// SPDX-License-Identifier: GPL-2.0
/*
 * route.c - a member's routes to the VIP pools
 *
 * The kernel exports no function that adds a route, but it has one interface
 * that does, in every version: rtnetlink. So a socket of our own in the
 * member's namespace sends the same message as `ip route add POOL dev DEV
 * proto 83 scope link`. It acts for the requester (current), whose rights over
 * the namespace rtnetlink checks itself.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip6_route.h>
#include <net/netlink.h>
#include <net/route.h>
#include <net/sock.h>

#include "route.h"

/* --- is there one? -------------------------------------------------------- */

static bool route4_exists(struct net *net, const struct sal_prefix *pfx)
{
	struct flowi4 fl4 = {
		.daddr = sal_addr_get4(&pfx->addr),
		.flowi4_uid = sock_net_uid(net, NULL),
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt))
		return false;
	ip_rt_put(rt);
	return true;
}

static bool route6_exists(struct net *net, const struct sal_prefix *pfx)
{
	struct flowi6 fl6 = {
		.daddr = pfx->addr,
		.flowi6_uid = sock_net_uid(net, NULL),
	};
	struct dst_entry *dst;
	bool exists;

	/* with ipv6.disable=1 there are not even tables to look in */
	if (!ipv6_mod_enabled())
		return false;
	dst = ip6_route_output(net, NULL, &fl6);
	exists = !dst->error;
	dst_release(dst);
	return exists;
}

bool sal_route_exists(struct net *net, const struct sal_prefix *pfx)
{
	if (sal_addr_af(&pfx->addr) == SAL_V4)
		return route4_exists(net, pfx);
	return route6_exists(net, pfx);
}

/* --- which device? -------------------------------------------------------- */

static bool dev_has_addr4(const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);

	return in_dev && rcu_access_pointer(in_dev->ifa_list);
}

/* a link-local address is no source for what goes to a VIP */
static bool dev_has_addr6(const struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list)
		found |= !(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL);
	read_unlock_bh(&idev->lock);
	return found;
}

static bool dev_suits(const struct net_device *dev, enum sal_af af)
{
	if (!(dev->flags & IFF_UP) || dev->flags & IFF_LOOPBACK)
		return false;
	return af == SAL_V4 ? dev_has_addr4(dev) : dev_has_addr6(dev);
}

/* the first device that can have the route, or 0 */
static int route_device(struct net *net, enum sal_af af)
{
	struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		if (dev_suits(dev, af)) {
			ifindex = dev->ifindex;
			break;
		}
	rcu_read_unlock();
	return ifindex;
}

/* --- asking rtnetlink ----------------------------------------------------- */

/*
 * With a destination address given, rtnetlink checks the rights of current
 * alone (NETLINK_SKB_DST, see __netlink_ns_capable()); otherwise it would look
 * at the file of a socket that has none.
 */
static int rtnl_send(struct socket *sock, struct sk_buff *skb)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec vec = { .iov_base = skb->data, .iov_len = skb->len };
	int ret = kernel_sendmsg(sock, &msg, &vec, 1, vec.iov_len);

	return min(ret, 0);
}

/* rtnetlink has answered before the message was sent: do not wait */
static int rtnl_ack(struct socket *sock)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack;
	struct kvec vec = { .iov_base = &ack, .iov_len = sizeof(ack) };
	struct msghdr msg = {};
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, vec.iov_len,
				 MSG_DONTWAIT);

	if (ret < 0)
		return ret;
	if (ret < (int)offsetofend(typeof(ack), err.error) ||
	    ack.nlh.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return ack.err.error;
}

static int rtnl_talk(struct net *net, struct sk_buff *skb)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, PF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
			       &sock);
	if (err)
		return err;
	err = rtnl_send(sock, skb);
	if (!err)
		err = rtnl_ack(sock);
	sock_release(sock);
	return err;
}

static int rtnl_put_dst(struct sk_buff *skb, const struct sal_prefix *pfx)
{
	if (sal_addr_af(&pfx->addr) == SAL_V4)
		return nla_put_in_addr(skb, RTA_DST,
				       sal_addr_get4(&pfx->addr));
	return nla_put_in6_addr(skb, RTA_DST, &pfx->addr);
}

/* @ifindex: device, or 0 to leave it out */
static int rtnl_route(struct net *net, int type, int flags,
		      const struct sal_prefix *pfx, u8 scope, int ifindex)
{
	bool v4 = sal_addr_af(&pfx->addr) == SAL_V4;
	struct nlmsghdr *nlh;
	struct sk_buff *skb;
	struct rtmsg *rtm;
	int err = -EMSGSIZE;

	skb = nlmsg_new(NLMSG_GOODSIZE / 8, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	nlh = nlmsg_put(skb, 0, 0, type, sizeof(*rtm),
			NLM_F_REQUEST | NLM_F_ACK | flags);
	if (!nlh)
		goto out;
	rtm = nlmsg_data(nlh);
	*rtm = (struct rtmsg) {
		.rtm_family = v4 ? AF_INET : AF_INET6,
		.rtm_dst_len = sal_prefix_userlen(pfx),
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = SAL_RTPROT,
		.rtm_scope = scope,
		.rtm_type = RTN_UNICAST,
	};
	if (rtnl_put_dst(skb, pfx) ||
	    (ifindex && nla_put_u32(skb, RTA_OIF, ifindex)))
		goto out;
	nlmsg_end(skb, nlh);
	err = rtnl_talk(net, skb);
out:
	nlmsg_free(skb);
	return err;
}

/* --- for others ----------------------------------------------------------- */

int sal_route_add(struct net *net, const struct sal_prefix *pfx)
{
	int ifindex;

	if (sal_route_exists(net, pfx))
		return 0;
	ifindex = route_device(net, sal_addr_af(&pfx->addr));
	if (!ifindex)
		return -ENODEV;
	return rtnl_route(net, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, pfx,
			  RT_SCOPE_LINK, ifindex);
}

/* the protocol number keeps others' routes safe */
int sal_route_del(struct net *net, const struct sal_prefix *pfx)
{
	int err = rtnl_route(net, RTM_DELROUTE, 0, pfx, RT_SCOPE_NOWHERE, 0);

	/* it may never have been there, or have gone with its device; without
	 * IPv6 there is nobody to ask
	 */
	return err == -ESRCH || err == -EOPNOTSUPP ? 0 : err;
}
