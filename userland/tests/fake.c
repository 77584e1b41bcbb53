// SPDX-License-Identifier: GPL-2.0
/*
 * fake.c - a kernel of our own, for tests
 *
 * In the place of sock.c: each "netlink socket" is one end of a socket pair, a
 * child at the other end answers. All else is the code that is installed.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sal.h>

#include "../salctl.h"
#include "../sock.h"
#include "fake.h"

/* pseudo messages between the two ends */
#define TYPE_JOIN	0x7f01
#define TYPE_OVERRUN	0x7f02

const char *const sock_netns_dirs[] = { "tests/out/netns", NULL };

bool fake_is(const char *word)
{
	const char *env = getenv("SAL_FAKE");
	size_t n = strlen(word);
	const char *s;

	for (s = env; s && (s = strstr(s, word)); s += n)
		if ((s == env || s[-1] == ' ') && (!s[n] || s[n] == ' '))
			return true;
	return false;
}

/* --- messages --- */

struct nlmsghdr *fake_msg(void *buf, const struct fake *f, uint16_t type,
			  uint16_t flags, uint8_t cmd)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = f->req ? f->req->nlmsg_seq : 0;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

void fake_send(const struct fake *f, const struct nlmsghdr *nlh)
{
	if (send(f->fd, nlh, nlh->nlmsg_len, MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* Both ways in which the kernel may put the request into it */
static struct nlmsghdr *ack_begin(const struct fake *f, int error,
				  const char *msg)
{
	static char buf[FAKE_BUF] MSG_ALIGNED;
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;
	size_t len;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_seq = f->req->nlmsg_seq;
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -error;
	err->msg = *f->req;
	if (fake_is("uncapped") && error) {
		len = MNL_ALIGN(f->req->nlmsg_len) - MNL_NLMSG_HDRLEN;
		memcpy(mnl_nlmsg_put_extra_header(nlh, len), f->req + 1, len);
	} else {
		nlh->nlmsg_flags |= NLM_F_CAPPED;
	}
	if (msg) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, msg);
	}
	return nlh;
}

void fake_ack(const struct fake *f, int error, const char *msg,
	      const struct nlattr *bad)
{
	struct nlmsghdr *nlh = ack_begin(f, error, msg);

	if (bad) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
				 (const char *)bad - (const char *)f->req);
	}
	fake_send(f, nlh);
}

void fake_ack_part(const struct fake *f, int error, const char *msg,
		   uint64_t nr)
{
	struct nlmsghdr *nlh = ack_begin(f, error, msg);

	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_u64(nlh, NLMSGERR_ATTR_COOKIE, nr);
	fake_send(f, nlh);
}

void fake_done(const struct fake *f, int error, uint16_t flags)
{
	char buf[256] MSG_ALIGNED;
	struct nlmsghdr *nlh;
	int *val;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI | flags;
	nlh->nlmsg_seq = f->req->nlmsg_seq;
	val = mnl_nlmsg_put_extra_header(nlh, sizeof(*val));
	*val = -error;
	if (error) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG,
				  "the dump went wrong half way");
	}
	fake_send(f, nlh);
}

/* --- the controller and the routing family --- */

static void put_groups(struct nlmsghdr *nlh)
{
	static const char *const names[] = {
		SAL_MCGRP_SERVICE, SAL_MCGRP_ENDPOINT, SAL_MCGRP_FLOW,
		SAL_MCGRP_MIGRATE, SAL_MCGRP_TRANSACTION,
		SAL_MCGRP_RULE, SAL_MCGRP_MISS, SAL_MCGRP_POLICY,
		SAL_MCGRP_HOLD
	};
	struct nlattr *all, *one;
	unsigned int i;

	all = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		one = mnl_attr_nest_start(nlh, i + 1);
		mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, FAKE_GROUP + i);
		mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, names[i]);
		mnl_attr_nest_end(nlh, one);
	}
	mnl_attr_nest_end(nlh, all);
}

static void answer_ctrl(const struct fake *f)
{
	char buf[1024] MSG_ALIGNED;
	struct nlmsghdr *nlh;

	if (fake_is("missing")) {
		fake_ack(f, ENOENT, NULL, NULL);
		return;
	}
	nlh = fake_msg(buf, f, GENL_ID_CTRL, 0, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAKE_FAMILY);
	mnl_attr_put_u32(nlh, CTRL_ATTR_VERSION, fake_is("version2") ? 2 : 1);
	put_groups(nlh);
	fake_send(f, nlh);
	fake_ack(f, 0, NULL, NULL);
}

/* The names are asked for in order: the first is 0, the second has no id. */
static void answer_route(const struct fake *f)
{
	char buf[128] MSG_ALIGNED;
	static int asked;
	struct nlmsghdr *nlh;
	struct rtgenmsg *rtg;
	int nsid = asked++;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWNSID;
	nlh->nlmsg_seq = f->req->nlmsg_seq;
	rtg = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtg));
	rtg->rtgen_family = AF_UNSPEC;
	mnl_attr_put_u32(nlh, NETNSA_NSID, nsid == 1 ? -1 : nsid);
	fake_send(f, nlh);
}

static void answer(const struct fake *f, int protocol)
{
	if (protocol == NETLINK_ROUTE)
		answer_route(f);
	else if (f->req->nlmsg_type == GENL_ID_CTRL)
		answer_ctrl(f);
	else if (f->req->nlmsg_type == TYPE_JOIN)
		canned_events(f, f->req->nlmsg_pid);
	else if (fake_is("silent"))
		_exit(0);
	else
		canned_answer(f);
}

static void serve(int fd, int protocol)
{
	static char buf[1 << 17] MSG_ALIGNED;
	struct fake f = { .fd = fd };
	int left;

	while ((left = recv(fd, buf, sizeof(buf), 0)) > 0)
		for (f.req = (struct nlmsghdr *)buf; mnl_nlmsg_ok(f.req, left);
		     f.req = mnl_nlmsg_next(f.req, &left))
			answer(&f, protocol);
	_exit(0);
}

/* --- sock.h --- */

struct mnl_socket *sock_open(int protocol)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return NULL;
	fflush(NULL);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		serve(fds[1], protocol);
	}
	close(fds[1]);
	return mnl_socket_fdopen(fds[0]);
}

/* no other namespace has anybody to ask */
struct mnl_socket *sock_open_in(int protocol, int netns)
{
	(void)protocol;
	(void)netns;
	errno = EPERM;
	return NULL;
}

int sock_join(struct mnl_socket *nl, unsigned int group)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = sizeof(nlh),
		.nlmsg_type = TYPE_JOIN,
		.nlmsg_pid = group,
	};

	if (group >= FAKE_GROUP && fake_is("eperm")) {
		errno = EPERM;
		return -1;
	}
	send(mnl_socket_get_fd(nl), &nlh, sizeof(nlh), 0);
	return 0;
}

void sock_big_queue(struct mnl_socket *nl)
{
	(void)nl;
}

ssize_t sock_recv(struct mnl_socket *nl, void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	ssize_t n;

	n = recv(mnl_socket_get_fd(nl), buf, len, 0);
	if (n > 0 && nlh->nlmsg_type == TYPE_OVERRUN) {
		errno = ENOBUFS;
		return -1;
	}
	return n;
}
