// SPDX-License-Identifier: GPL-2.0
/*
 * nl_change.c - requests that change services and endpoints, alone or together
 *
 * A transaction belongs to a socket. Its requests are copied as they come and
 * are planned and done by the commit, in one go under sal_mutex; so between
 * begin and commit nothing has changed, nobody waits, and what the commit finds
 * is what counts. Only namespaces are looked up at once, as descriptors mean
 * something else later; a kept request keeps its namespace, as the descriptor
 * could.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "domain.h"
#include "events.h"
#include "guest.h"
#include "net.h"
#include "nl_change.h"
#include "nl_util.h"
#include "txn.h"

/* a request needs no more: 64 VIPs, 16 aliases and a few numbers */
#define CHANGE_LEN_MAX	8192

/* transactions that have begun, of all sockets of a namespace: each request looks
 * for its own among them
 */
#define CHANGE_OPEN_MAX	64

#define CHANGE_ATTRS	(max(SAL_A_SERVICE_MAX, SAL_A_ENDPOINT_MAX) + 1)

/**
 * struct kept - a request of a transaction
 * @list: in &open.kept
 * @op: how it is planned
 * @net: namespace that it names, with a reference, or NULL
 * @size: what it takes
 * @nlh: the request
 */
struct kept {
	struct list_head list;
	const struct sal_nl_op *op;
	struct net *net;
	size_t size;
	struct nlmsghdr nlh[];
};

/**
 * struct open - a transaction that has begun
 * @list: in &sal_net.open. open_mutex.
 * @net: namespace of the socket, which keeps it
 * @sk: the socket. Its number may be another's before its release is told.
 * @portid: its number
 * @kept: its requests, in order
 * @n: how many
 * @broken: number of a request that was refused instead of being kept, or 0:
 *	what is left is not all
 */
struct open {
	struct list_head list;
	const struct net *net;
	const struct sock *sk;
	u32 portid;
	struct list_head kept;
	u32 n;
	u32 broken;
};

/* nests in nothing of ours */
static DEFINE_MUTEX(open_mutex);

static struct open *open_find(const struct sk_buff *skb,
			      const struct genl_info *info)
{
	struct open *o;

	lockdep_assert_held(&open_mutex);
	list_for_each_entry(o, &sal_net(genl_info_net(info))->open, list)
		if (o->sk == NETLINK_CB(skb).sk)
			return o;
	return NULL;
}

/* of a socket that is being released: it is marked before that is told */
static struct open *open_find_dead(const struct netlink_notify *n)
{
	struct open *o;

	lockdep_assert_held(&open_mutex);
	list_for_each_entry(o, &sal_net(n->net)->open, list)
		if (o->portid == n->portid && sock_flag(o->sk, SOCK_DEAD))
			return o;
	return NULL;
}

static void open_free(struct open *o)
{
	struct kept *k, *next;

	list_for_each_entry_safe(k, next, &o->kept, list) {
		if (k->net)
			put_net(k->net);
		sal_guest_uncharge_net(o->net, k->size);
		kfree(k);
	}
	kfree(o);
}

/* --- to keep ---------------------------------------------------------------- */

static int kept_add(struct open *o, const struct genl_info *info,
		    const struct sal_nl_op *op, struct net *net)
{
	u32 len = info->nlhdr->nlmsg_len;
	struct kept *k;
	int err;

	if (o->n >= SAL_TRANSACTION_MAX) {
		NL_SET_ERR_MSG_FMT(info->extack,
				   "a transaction has at most %u requests",
				   SAL_TRANSACTION_MAX);
		return -E2BIG;
	}
	if (len > CHANGE_LEN_MAX) {
		NL_SET_ERR_MSG_FMT(info->extack,
				   "a request of a transaction has at most %u bytes",
				   CHANGE_LEN_MAX);
		return -E2BIG;
	}
	err = sal_guest_charge_net(o->net, sizeof(*k) + len, info->extack);
	if (err)
		return err;
	k = kmalloc(sizeof(*k) + len, GFP_KERNEL_ACCOUNT);
	if (!k) {
		sal_guest_uncharge_net(o->net, sizeof(*k) + len);
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	k->size = sizeof(*k) + len;
	k->op = op;
	k->net = net ? get_net(net) : NULL;
	memcpy(k->nlh, info->nlhdr, len);
	list_add_tail(&k->list, &o->kept);
	o->n++;
	return 0;
}

static void open_break(struct open *o)
{
	if (!o->broken)
		o->broken = o->n + 1;
}

/* false where its socket has begun no transaction; @err: it is wrong already */
static bool change_keep(const struct sk_buff *skb,
			const struct genl_info *info,
			const struct sal_nl_op *op, struct net *net, int *err)
{
	struct open *o;

	mutex_lock(&open_mutex);
	o = open_find(skb, info);
	if (o && !*err)
		*err = kept_add(o, info, op, net);
	if (o && *err)
		open_break(o);
	mutex_unlock(&open_mutex);
	return o;
}

/* --- alone ------------------------------------------------------------------ */

static int change_plan_alone(struct sal_nl_change *c,
			     const struct sal_nl_op *op, struct sk_buff *rsp)
{
	struct net *net = genl_info_net(c->info);
	struct sal_domain *d;
	struct sal_txn t;
	int err;

	d = op->first ? sal_nl_obtain_domain(c->info) : sal_domain_find(net);
	if (op->first && !d)
		return -ENOMEM;
	sal_txn_begin(&t, d, false);
	c->txn = &t;
	err = op->plan(c);
	if (err) {
		sal_txn_abort(&t);
		return err;
	}
	sal_txn_commit(&t);
	if (op->done)
		op->done(c);
	return op->reply ? op->reply(rsp, c) : 0;
}

static int change_alone(struct genl_info *info, const struct sal_nl_op *op,
			struct net *net)
{
	struct sal_nl_change c = { .info = info, .net = net };
	struct sal_nl_reply reply = {};
	int err;

	if (op->reply) {
		/* most of a reply is what was asked for */
		err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE +
					info->nlhdr->nlmsg_len);
		if (err)
			return err;
	}
	mutex_lock(&sal_mutex);
	err = change_plan_alone(&c, op, reply.skb);
	mutex_unlock(&sal_mutex);
	if (op->reply)
		sal_nl_reply_send(&reply, info, err);
	return err;
}

/**
 * sal_nl_change() - what the handler of such a request does
 * @skb: request
 * @info: likewise
 * @op: how it is planned
 *
 * Return: 0 or an errno.
 */
int sal_nl_change(struct sk_buff *skb, struct genl_info *info,
		  const struct sal_nl_op *op)
{
	struct net *net = NULL;
	int err = 0;

	if (op->netns && info->attrs[op->netns]) {
		net = sal_nl_get_netns(skb, info->attrs[op->netns],
				       info->extack);
		err = PTR_ERR_OR_ZERO(net);
	}
	if (!change_keep(skb, info, op, net, &err) && !err)
		err = change_alone(info, op, net);
	if (!IS_ERR_OR_NULL(net))
		put_net(net);
	return err;
}

/* --- together --------------------------------------------------------------- */

static const struct genl_split_ops *change_ops(u8 cmd)
{
	unsigned int i;

	for (i = 0; i < sal_nl_family.n_split_ops; i++) {
		const struct genl_split_ops *ops = &sal_nl_family.split_ops[i];

		if (ops->cmd == cmd && ops->flags & GENL_CMD_CAP_DO)
			return ops;
	}
	return NULL;
}

/* it has been parsed before, for the same policy */
static int kept_plan(struct kept *k, const struct genl_info *commit,
		     struct sal_txn *t, struct nlattr **attrs)
{
	struct genlmsghdr *genlhdr = nlmsg_data(k->nlh);
	const struct genl_split_ops *ops = change_ops(genlhdr->cmd);
	struct genl_info info = *commit;
	struct sal_nl_change c = { .txn = t, .info = &info, .net = k->net };
	int err;

	memset(attrs, 0, CHANGE_ATTRS * sizeof(*attrs));
	err = genlmsg_parse(k->nlh, &sal_nl_family, attrs, ops->maxattr,
			    ops->policy, commit->extack);
	if (err)
		return err;
	info.nlhdr = k->nlh;
	info.genlhdr = genlhdr;
	info.attrs = attrs;
	return k->op->plan(&c);
}

/*
 * What is wrong is said of the commit, so it is not said by a place in the
 * request, which is not there; but by which request it was.
 */
static void kept_blame(struct netlink_ext_ack *extack, u64 number)
{
	if (!extack)
		return;
	extack->bad_attr = NULL;
	extack->policy = NULL;
	extack->miss_nest = NULL;
	extack->miss_type = 0;
	nl_set_extack_cookie_u64(extack, number);
}

static int open_plan(struct open *o, const struct genl_info *info,
		     struct sal_txn *t)
{
	struct nlattr **attrs;
	struct kept *k;
	u64 number = 0;
	int err = 0;

	attrs = kzalloc_objs(*attrs, CHANGE_ATTRS, GFP_KERNEL);
	if (!attrs) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	list_for_each_entry(k, &o->kept, list) {
		if (++number == o->broken)
			break;
		err = kept_plan(k, info, t, attrs);
		if (err)
			break;
		cond_resched();
		/* others wait for us, and who is killed need not know */
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
	}
	if (!err && o->broken) {
		NL_SET_ERR_MSG(info->extack,
			       "a request of the transaction was refused");
		number = o->broken;
		err = -ECANCELED;
	}
	if (err)
		kept_blame(info->extack, number);
	kfree(attrs);
	return err;
}

static int open_commit(struct open *o, const struct genl_info *info,
		       struct sk_buff *rsp)
{
	struct sal_domain *d = sal_nl_obtain_domain(info);
	struct sal_txn t;
	int err;

	if (!d)
		return -ENOMEM;
	sal_txn_begin(&t, d, true);
	err = open_plan(o, info, &t);
	if (err) {
		sal_txn_abort(&t);
		return err;
	}
	sal_txn_commit(&t);
	sal_event_transaction(d, t.id, o->n);
	if (nla_put_u32(rsp, SAL_A_TRANSACTION_ID, t.id) ||
	    nla_put_u32(rsp, SAL_A_TRANSACTION_REQUESTS, o->n))
		return -EMSGSIZE;
	return 0;
}

static struct open *open_take(const struct sk_buff *skb,
			      const struct genl_info *info)
{
	struct open *o;
	int err;

	err = sal_nl_no_attrs(info->nlhdr, info->extack);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&open_mutex);
	o = open_find(skb, info);
	if (o)
		list_del(&o->list);
	mutex_unlock(&open_mutex);
	if (o)
		return o;
	NL_SET_ERR_MSG(info->extack, "no transaction has begun");
	return ERR_PTR(-ENOENT);
}

static int open_add(struct open *o, const struct sk_buff *skb,
		    const struct genl_info *info)
{
	struct list_head *list = &sal_net(o->net)->open;

	lockdep_assert_held(&open_mutex);
	if (open_find(skb, info)) {
		NL_SET_ERR_MSG(info->extack, "a transaction has begun already");
		return -EBUSY;
	}
	if (list_count_nodes(list) >= CHANGE_OPEN_MAX) {
		NL_SET_ERR_MSG_FMT(info->extack,
				   "%u transactions of other sockets have begun",
				   CHANGE_OPEN_MAX);
		return -ENOSPC;
	}
	list_add_tail(&o->list, list);
	return 0;
}

int sal_nl_transaction_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct net *net = genl_info_net(info);
	struct open *o;
	int err;

	err = sal_nl_no_attrs(info->nlhdr, info->extack);
	if (err)
		return err;
	o = kzalloc_obj(*o, GFP_KERNEL_ACCOUNT);
	if (!o) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	o->net = net;
	o->sk = NETLINK_CB(skb).sk;
	o->portid = info->snd_portid;
	INIT_LIST_HEAD(&o->kept);

	mutex_lock(&open_mutex);
	err = open_add(o, skb, info);
	mutex_unlock(&open_mutex);
	if (err)
		kfree(o);
	return err;
}

int sal_nl_transaction_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct open *o = open_take(skb, info);
	struct sal_nl_reply reply;
	int err;

	if (IS_ERR(o))
		return PTR_ERR(o);
	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		goto out;
	mutex_lock(&sal_mutex);
	err = open_commit(o, info, reply.skb);
	mutex_unlock(&sal_mutex);
	sal_nl_reply_send(&reply, info, err);
out:
	open_free(o);
	return err;
}

int sal_nl_transaction_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct open *o = open_take(skb, info);

	if (IS_ERR(o))
		return PTR_ERR(o);
	open_free(o);
	return 0;
}

/* before requests that change what a transaction cannot have */
int sal_nl_no_transaction(const struct genl_split_ops *ops,
			  struct sk_buff *skb, struct genl_info *info)
{
	struct open *o;

	mutex_lock(&open_mutex);
	o = open_find(skb, info);
	if (o)
		open_break(o);
	mutex_unlock(&open_mutex);
	if (!o)
		return 0;
	NL_SET_ERR_MSG(info->extack, "cannot be part of a transaction");
	return -EOPNOTSUPP;
}

static int change_release(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct netlink_notify *n = ptr;
	struct open *o;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	mutex_lock(&open_mutex);
	o = open_find_dead(n);
	if (o)
		list_del(&o->list);
	mutex_unlock(&open_mutex);
	if (o)
		open_free(o);
	return NOTIFY_DONE;
}

static struct notifier_block change_nb = {
	.notifier_call = change_release,
};

int __init sal_nl_change_init(void)
{
	return netlink_register_notifier(&change_nb);
}

/* @net: a namespace; the last request and the last release are over */
static void change_forget(const struct net *net)
{
	struct open *o, *next;

	list_for_each_entry_safe(o, next, &sal_net(net)->open, list)
		open_free(o);
}

/* a socket that has begun one holds its namespace, so that is in the list */
void sal_nl_change_exit(void)
{
	struct net *net;

	netlink_unregister_notifier(&change_nb);
	down_read(&net_rwsem);
	for_each_net(net)
		change_forget(net);
	up_read(&net_rwsem);
}
