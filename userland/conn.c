// SPDX-License-Identifier: GPL-2.0
/*
 * conn.c - requests to the sal family and what comes back
 *
 * One request at a time, on one socket that is opened when it is first needed
 * and kept for the rest of a batch. All of an answer is read before any of it
 * is shown: a dump that the kernel calls inconsistent is thrown away and asked
 * for again, and callers never see half a table.
 *
 * Where nothing depends on an answer, requests are sent many at a time: a system call and
 * an acknowledgement for each take longer than what the kernel does for it.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sal.h>

#include "conn.h"
#include "extack.h"
#include "salctl.h"
#include "sock.h"
#include "transaction.h"

#define DUMP_TRIES	10

/* enough for more VIPs and names than the kernel takes, so that it is the
 * kernel who says how many are too many
 */
#define REQUEST_MAX	65536

/* the messages of an answer, one after the other */
struct answer {
	char *buf;
	size_t len;
	size_t room;
	bool interrupted;
};

static struct mnl_socket *sock;
static uint32_t seq;
static struct family family;
static struct { char name[GENL_NAMSIZ]; uint32_t id; } groups[32];
static unsigned int num_groups;

static struct request request;
static char request_buf[REQUEST_MAX] MSG_ALIGNED;
static char recv_buf[SOCK_RECV] MSG_ALIGNED;

#define QUEUE_MAX	100	/* refusals have to fit into the socket */

struct queued {
	const struct sal_op *op;
	struct nlmsghdr *nlh;	/* in queue_buf */
	unsigned int line;	/* of the batch */
	bool part;		/* of a transaction, which ends where it is refused */
};

static char queue_buf[REQUEST_MAX] MSG_ALIGNED;
static size_t queue_len;
static unsigned int queue_num;
static struct queued queue[QUEUE_MAX];
static unsigned int queue_refused;
static bool queue_broken;	/* a part of the transaction was refused */

/* --- building a request --- */

static struct nlmsghdr *req_begin(struct request *req, uint16_t type,
				  uint8_t cmd, uint8_t version)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(request_buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	req->nlh = nlh;
	req->overflow = false;
	req->missing_ok = false;
	req->now = false;
	req->part = NULL;
	return nlh;
}

/**
 * req_new() - begin a request
 * @cmd: SAL_CMD_*
 *
 * There is one request at a time: it ends where the next one begins.
 *
 * Return: the request, to which attributes can be added.
 */
struct request *req_new(uint8_t cmd)
{
	struct request *req = &request;

	/* the family's id is filled in when the request is sent */
	req_begin(req, 0, cmd, SAL_FAMILY_VERSION);
	req->op = op_get(cmd);
	return req;
}

static void put(struct request *req, uint16_t attr, const void *data,
		size_t len)
{
	if (!mnl_attr_put_check(req->nlh, sizeof(request_buf), attr, len, data))
		req->overflow = true;
}

void req_u8(struct request *req, uint16_t attr, uint8_t val)
{
	put(req, attr, &val, sizeof(val));
}

void req_u16(struct request *req, uint16_t attr, uint16_t val)
{
	put(req, attr, &val, sizeof(val));
}

void req_u32(struct request *req, uint16_t attr, uint32_t val)
{
	put(req, attr, &val, sizeof(val));
}

/* "uint" of the spec: four bytes where they suffice, else eight */
void req_uint(struct request *req, uint16_t attr, uint64_t val)
{
	if (val <= UINT32_MAX)
		req_u32(req, attr, val);
	else
		put(req, attr, &val, sizeof(val));
}

void req_port(struct request *req, uint16_t attr, uint16_t val)
{
	val = htons(val);
	put(req, attr, &val, sizeof(val));
}

void req_flag(struct request *req, uint16_t attr)
{
	put(req, attr, NULL, 0);
}

void req_str(struct request *req, uint16_t attr, const char *s)
{
	/* one that an attribute's 16 bits of length cannot tell of */
	if (strlen(s) >= REQUEST_MAX / 2)
		req->overflow = true;
	else
		put(req, attr, s, strlen(s) + 1);
}

void req_addr(struct request *req, uint16_t attr, const struct prefix *p)
{
	put(req, attr, p->addr, addr_bits(p->family) / 8);
}

/**
 * req_prefix() - add a prefix
 * @req: request
 * @attr: number of the nest
 * @p: prefix, or NULL for an empty nest
 */
void req_prefix(struct request *req, uint16_t attr, const struct prefix *p)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start_check(req->nlh, sizeof(request_buf), attr);
	if (!nest) {
		req->overflow = true;
		return;
	}
	if (p) {
		req_addr(req, p->family == AF_INET ? SAL_A_PREFIX_IPV4 :
						     SAL_A_PREFIX_IPV6, p);
		if (p->len != addr_bits(p->family))
			req_u32(req, SAL_A_PREFIX_LEN, p->len);
	}
	mnl_attr_nest_end(req->nlh, nest);
}

bool req_has(const struct request *req, uint16_t attr)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, req->nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(a) == attr)
			return true;
	return false;
}

/* --- sending it and reading the answer --- */

static int answer_add(struct answer *ans, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);
	size_t room = ans->room ? : SOCK_RECV;
	char *buf;

	while (room - ans->len < len)
		room *= 2;
	if (room != ans->room) {
		buf = realloc(ans->buf, room);
		if (!buf)
			return out_of_memory();
		ans->buf = buf;
		ans->room = room;
	}
	/* the last message of a buffer may lack its padding */
	memset(ans->buf + ans->len + len - MNL_ALIGNTO, 0, MNL_ALIGNTO);
	memcpy(ans->buf + ans->len, nlh, nlh->nlmsg_len);
	ans->len += len;
	return EXIT_OK;
}

/* Whether the answer has ended is told by @done. */
static int answer_read(struct answer *ans, const void *buf, size_t n,
		       struct ack *ack, bool *done)
{
	const struct nlmsghdr *nlh = buf;
	int left = n;
	int ret;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			ans->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			ack_parse(nlh, ack);
			*done = true;
			return EXIT_OK;
		}
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE ||
		    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
			continue;
		ret = answer_add(ans, nlh);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/* @ack points into recv_buf afterwards. */
static int exchange(struct nlmsghdr *nlh, struct answer *ans, struct ack *ack)
{
	bool done = false;
	ssize_t n;
	int ret;

	nlh->nlmsg_seq = ++seq;
	ans->len = 0;
	ans->interrupted = false;
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return refused("cannot send to the kernel: %s",
			       strerror(errno));
	while (!done) {
		n = sock_recv(sock, recv_buf, sizeof(recv_buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused("cannot read the kernel's answer: %s",
				       strerror(errno));
		if (!n)
			return refused("the kernel gave no answer");
		ret = answer_read(ans, recv_buf, n, ack, &done);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/* --- the family --- */

static void read_groups(const struct nlattr *nest)
{
	const struct nlattr *grp, *attr;

	mnl_attr_for_each_nested(grp, nest) {
		if (num_groups == ARRAY_SIZE(groups))
			return;
		mnl_attr_for_each_nested(attr, grp) {
			switch (mnl_attr_get_type(attr)) {
			case CTRL_ATTR_MCAST_GRP_ID:
				groups[num_groups].id = mnl_attr_get_u32(attr);
				break;
			case CTRL_ATTR_MCAST_GRP_NAME:
				snprintf(groups[num_groups].name, GENL_NAMSIZ,
					 "%s", mnl_attr_get_str(attr));
				break;
			}
		}
		num_groups++;
	}
}

static void read_family(const struct answer *ans)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)ans->buf;
	const struct nlattr *attr;

	if (!ans->len)
		return;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			family.id = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_VERSION:
			family.version = mnl_attr_get_u32(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			read_groups(attr);
			break;
		}
	}
}

/* A request may be half built already, so this uses a buffer of its own. */
static int resolve(void)
{
	char buf[256] MSG_ALIGNED;
	struct answer ans = { 0 };
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	struct ack ack;
	int ret;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SAL_FAMILY_NAME);

	ret = exchange(nlh, &ans, &ack);
	if (!ret && ack.error == ENOENT)
		ret = refused("module sal is not loaded");
	else if (!ret && ack.error)
		ret = refused("cannot ask for the family: %s",
			      strerror(ack.error));
	else if (!ret)
		read_family(&ans);
	free(ans.buf);
	return ret;
}

/**
 * conn_family() - open the socket, where it is not, and find the family
 * @fam: where to put it
 *
 * Whether its version suits salctl is not looked at.
 */
int conn_family(struct family *fam)
{
	int ret;

	if (!sock) {
		sock = sock_open(NETLINK_GENERIC);
		if (!sock)
			return refused("cannot open a netlink socket: %s",
				       strerror(errno));
	}
	if (!family.id) {
		ret = resolve();
		if (ret)
			return ret;
	}
	*fam = family;
	return EXIT_OK;
}

static int conn_ready(void)
{
	struct family fam = { 0 };
	int ret;

	ret = conn_family(&fam);
	if (ret)
		return ret;
	if (fam.version != SAL_FAMILY_VERSION)
		return refused("module sal speaks version %u of its interface, salctl version %u",
			       fam.version, SAL_FAMILY_VERSION);
	return EXIT_OK;
}

/**
 * conn_group() - find a multicast group
 * @name: SAL_MCGRP_*
 * @group: where to put its number
 */
int conn_group(const char *name, uint32_t *group)
{
	unsigned int i;
	int ret;

	ret = conn_ready();
	if (ret)
		return ret;
	for (i = 0; i < num_groups; i++) {
		if (!strcmp(groups[i].name, name)) {
			*group = groups[i].id;
			return EXIT_OK;
		}
	}
	return refused("the loaded module has no %s events", name);
}

void conn_close(void)
{
	if (sock)
		mnl_socket_close(sock);
	sock = NULL;
	family.id = 0;
	num_groups = 0;
	queue_len = 0;
	queue_num = 0;
	queue_broken = false;
}

/* --- requests that wait for others --- */

static void queue_refuse(const struct queued *q, const struct ack *ack)
{
	/* what comes after it in its transaction has not been asked for */
	if (q->part && queue_broken)
		return;
	queue_broken |= q->part;
	queue_refused += !q->part;
	err_line_set(q->line);
	ack_report(ack, q->nlh, q->op->set);
}

/* what the kernel says about one; whether it was the last */
static bool queue_ack(const struct nlmsghdr *nlh, uint32_t first)
{
	unsigned int i = nlh->nlmsg_seq - first;
	struct ack ack;

	if (nlh->nlmsg_type != NLMSG_ERROR || i >= queue_num)
		return false;
	ack_parse(nlh, &ack);
	if (ack.error)
		queue_refuse(&queue[i], &ack);
	return i == queue_num - 1;
}

static int queue_read(uint32_t first)
{
	const struct nlmsghdr *nlh;
	bool done = false;
	ssize_t n;
	int left;

	while (!done) {
		n = sock_recv(sock, recv_buf, sizeof(recv_buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return refused("cannot read the kernel's answer: %s",
				       strerror(errno));
		nlh = (const struct nlmsghdr *)recv_buf;
		left = n;
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			done |= queue_ack(nlh, first);
	}
	return EXIT_OK;
}

static int queue_send(void)
{
	unsigned int line = err_line();
	int ret = EXIT_OK;

	if (!queue_num)
		return EXIT_OK;
	/* else only what is refused is answered */
	queue[queue_num - 1].nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(sock, queue_buf, queue_len) < 0)
		ret = refused("cannot send to the kernel: %s",
			      strerror(errno));
	else
		ret = queue_read(seq - queue_num + 1);
	err_line_set(line);
	queue_len = 0;
	queue_num = 0;
	if (!ret && queue_broken)
		ret = EXIT_REFUSED;
	queue_broken = false;
	return ret;
}

static int queue_add(struct request *req, bool part)
{
	struct nlmsghdr *nlh = req->nlh;
	struct queued *q;
	int ret;

	ret = req->overflow ? refused("the request is too large") :
			      conn_ready();
	if (!ret && (queue_num == QUEUE_MAX ||
		     queue_len + MNL_ALIGN(nlh->nlmsg_len) > REQUEST_MAX))
		ret = queue_send();
	if (ret)
		return ret;
	nlh->nlmsg_type = family.id;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = ++seq;
	q = &queue[queue_num++];
	q->op = req->op;
	q->nlh = (struct nlmsghdr *)(queue_buf + queue_len);
	q->line = err_line();
	q->part = part;
	memcpy(q->nlh, nlh, nlh->nlmsg_len);
	queue_len += MNL_ALIGN(nlh->nlmsg_len);
	return EXIT_OK;
}

/*
 * Whether it may be sent with others. Nothing is done before the commit, so it is soon
 * enough to know by then; but with -force each line has its own answer, and some may
 * find nothing.
 */
static bool queue_may(const struct request *req, conn_cb cb)
{
	return transaction_open() && req->op->kept && !cb && !req->now &&
	       !req->missing_ok && !opt.force;
}

/* --- whole requests --- */

static int for_each(const struct answer *ans, conn_cb cb, void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)ans->buf;
	size_t done;
	int ret;

	if (!cb)
		return EXIT_OK;
	for (done = 0; done < ans->len; done += MNL_ALIGN(nlh->nlmsg_len)) {
		nlh = (const struct nlmsghdr *)(ans->buf + done);
		ret = cb(nlh, data);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

static int run(struct request *req, uint16_t flags, conn_cb cb, void *data)
{
	struct answer ans = { 0 };
	unsigned int tries = 0;
	struct ack ack;
	uint64_t nr;
	int ret;

	if (req->overflow) {
		ret = refused("the request is too large");
		goto out;
	}
	ret = conn_ready();
	/* in the order in which they were asked for */
	if (!ret)
		ret = queue_send();
	if (ret)
		goto out;
	req->nlh->nlmsg_type = family.id;
	req->nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	do {
		if (tries++ == DUMP_TRIES) {
			ret = refused("the table changed each of %d times that it was read",
				      DUMP_TRIES);
			goto out;
		}
		ret = exchange(req->nlh, &ans, &ack);
		if (ret)
			goto out;
	} while (ans.interrupted && !ack.error);

	if (req->part && ack_cookie(&ack, &nr))
		req->part(nr);
	if (!ack.error && req->op->kept)
		transaction_kept();
	if (ack.error != ENOENT || !req->missing_ok)
		ret = ack_report(&ack, req->nlh, req->op->set);
	if (!ret)
		ret = for_each(&ans, cb, data);
out:
	free(ans.buf);
	return ret;
}

/**
 * conn_do() - send a request
 * @req: request
 * @cb: called for what the kernel replies, once it has agreed; may be NULL
 * @data: for @cb
 *
 * @cb may send requests of its own. In a transaction 0 may mean that the kernel has not been
 * asked yet; then a later request fails.
 */
int conn_do(struct request *req, conn_cb cb, void *data)
{
	int ret;

	if (!queue_may(req, cb))
		return run(req, NLM_F_ACK, cb, data);
	ret = queue_add(req, true);
	if (!ret)
		transaction_kept();
	return ret;
}

/**
 * conn_dump() - send a request for a whole table
 * @req: request
 * @cb: called for each row, once all of them have been read
 * @data: for @cb
 */
int conn_dump(struct request *req, conn_cb cb, void *data)
{
	return run(req, NLM_F_DUMP, cb, data);
}

/* --- many requests at a time --- */

/**
 * conn_queue() - send a request soon, with others
 * @req: request, one without a reply
 */
int conn_queue(struct request *req)
{
	return queue_add(req, false);
}

/**
 * conn_queue_end() - send what is left
 * @num: how many requests were refused, all in all
 */
int conn_queue_end(unsigned int *num)
{
	int ret;

	ret = queue_send();
	*num = queue_refused;
	return ret;
}
