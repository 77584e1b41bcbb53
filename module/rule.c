// SPDX-License-Identifier: GPL-2.0
/*
 * rule.c - what becomes of packets for a prefix that need not be a VIP
 *
 * A redirect rule leads to the ID of a service, where another rule may be. That
 * this comes to an end is checked as rules are added. It is no promise, as VIPs
 * change later, and a rule that was in the way goes: so packets meet
 * SAL_RULE_HOPS_MAX of them at most.
 *
 * An upcall rule has a service of its own (&sal_service.asks) whose gate is never
 * open; its hold queue is where packets wait. When VIPs or rules change they are
 * looked up anew: those that are a service's now go over to the queue of that
 * one, ahead of later ones (sal_hold_rehome()), the others go on from here
 * (sal_hold_let_go()).
 */
#include <linux/rcupdate.h>
#include <net/netlink.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "guest.h"
#include "hold.h"
#include "net.h"
#include "prefix.h"
#include "rule.h"
#include "service.h"
#include "upcall.h"
#include "vip.h"

static bool rule_names(const struct sal_rule *rule)
{
	return rule->action == SAL_ACTION_FORWARD ||
	       rule->action == SAL_ACTION_REDIRECT;
}

static bool rule_asks(const struct sal_rule *rule)
{
	return rule->action == SAL_ACTION_UPCALL;
}

/* --- where it leads to ------------------------------------------------------ */

static bool rule_covers(const struct sal_rule *rule,
			const struct in6_addr *addr)
{
	const struct sal_prefix *pfx = &rule->entry.pfx;

	return sal_addr_af(&pfx->addr) == sal_addr_af(addr) &&
	       ipv6_prefix_equal(&pfx->addr, addr, pfx->len);
}

/* as sal_rule_lookup(), as if @planned, which may be NULL, were there already */
static const struct sal_rule *rule_lookup(struct sal_domain *d,
					  const struct in6_addr *addr,
					  const struct sal_vip *vip,
					  const struct sal_rule *planned)
{
	const struct sal_rule *rule = sal_rule_lookup(d, addr, vip);

	if (!planned || !rule_covers(planned, addr))
		return rule;
	if (vip && vip->pfx.len > planned->entry.pfx.len)
		return rule;
	return rule && rule->entry.pfx.len > planned->entry.pfx.len ? rule :
								      planned;
}

static int rule_follow(struct sal_domain *d, const struct sal_rule *rule,
		       const struct sal_rule *planned,
		       struct sal_rule_end *end)
{
	int hops = 0;

	while (rule->action == SAL_ACTION_REDIRECT) {
		const struct sal_vip *first, *vip;

		if (hops++ == SAL_RULE_HOPS_MAX)
			return -ELOOP;
		first = rcu_dereference(rule->svc->first);
		vip = sal_vip_lookup(&d->vips, &first->pfx.addr);
		end->svc = vip ? rcu_dereference(vip->svc) : rule->svc;
		end->action = SAL_ACTION_FORWARD;
		rule = rule_lookup(d, &first->pfx.addr, vip, planned);
		if (!rule)
			return 0;
	}
	end->action = rule->action;
	end->svc = rule->svc;
	return 0;
}

int sal_rule_follow(struct sal_domain *d, const struct sal_rule *rule,
		    struct sal_rule_end *end)
{
	return rule_follow(d, rule, NULL, end);
}

struct sal_service *sal_rule_owner(struct sal_domain *d,
				   const struct in6_addr *addr)
{
	const struct sal_vip *vip = sal_vip_lookup(&d->vips, addr);
	const struct sal_rule *rule = sal_rule_lookup(d, addr, vip);
	struct sal_rule_end end;

	if (!rule)
		return vip ? rcu_dereference(vip->svc) : NULL;
	if (sal_prefix_never(addr) || sal_reverse_lives(d, addr))
		return NULL;
	return sal_rule_follow(d, rule, &end) ? NULL : end.svc;
}

static int rule_check_loop(struct sal_domain *d, const struct sal_rule *rule,
			   const struct sal_rule *planned)
{
	struct sal_rule_end end;
	int err;

	rcu_read_lock();
	err = rule_follow(d, rule, planned, &end);
	rcu_read_unlock();
	return err;
}

/* does each redirect rule come to an end, with one more? */
static int rule_check_loops(struct sal_domain *d, const struct sal_rule *planned,
			    struct netlink_ext_ack *extack)
{
	struct sal_rule *rule;
	unsigned long id;
	int err;

	/* any other is an end, and makes no chain longer */
	if (planned->action != SAL_ACTION_REDIRECT)
		return 0;
	err = rule_check_loop(d, planned, planned);
	xa_for_each(&d->rules, id, rule) {
		if (err)
			break;
		if (rule->action == SAL_ACTION_REDIRECT && id != planned->id)
			err = rule_check_loop(d, rule, planned);
		cond_resched();
	}
	if (err)
		NL_SET_ERR_MSG_FMT(extack,
				   "redirected in a circle, or by more than %u rules",
				   SAL_RULE_HOPS_MAX);
	return err;
}

/* --- to have one ------------------------------------------------------------ */

static struct sal_service *rule_mute(struct sal_domain *d,
				     const struct sal_rule *rule,
				     struct netlink_ext_ack *extack)
{
	struct sal_service_conf conf = sal_service_defaults;

	conf.hold_time = rule->time;
	conf.on_empty = rule->then;
	return sal_service_create_mute(d, &conf, rule, extack);
}

static int rule_get_service(struct sal_domain *d, struct sal_rule *rule,
			    const struct sal_rule_req *req,
			    struct netlink_ext_ack *extack)
{
	int err;

	if (rule_names(rule)) {
		rule->svc = req->svc;
		sal_service_get(rule->svc);
		rule->svc->n_rules++;
		return 0;
	}
	if (!rule_asks(rule))
		return 0;
	err = sal_upcall_init(d, extack);
	if (err)
		return err;
	rule->upcall = d->upcall;
	rule->svc = rule_mute(d, rule, extack);
	err = PTR_ERR_OR_ZERO(rule->svc);
	if (err)
		rule->svc = NULL;
	return err;
}

/* packets do not see it; what waited has gone elsewhere, or is dropped */
static void rule_put_service(struct sal_rule *rule)
{
	if (!rule->svc)
		return;
	if (rule_names(rule))
		rule->svc->n_rules--;
	else
		sal_hold_destroy(rule->svc);
	sal_service_put(rule->svc);
}

static void rule_free(struct sal_domain *d, struct sal_rule *rule)
{
	rule_put_service(rule);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*rule));
	kfree_rcu(rule, entry.rcu);
}

static struct sal_rule *rule_alloc(struct sal_domain *d,
				   const struct sal_rule_req *req,
				   struct netlink_ext_ack *extack)
{
	struct sal_rule *rule;
	int err;

	err = sal_guest_charge_object(d, sizeof(*rule), extack);
	if (err)
		return ERR_PTR(err);
	rule = kzalloc_obj(*rule, GFP_KERNEL_ACCOUNT);
	if (!rule) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*rule));
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}
	rule->entry.pfx = req->pfx;
	INIT_LIST_HEAD(&rule->entry.touched);
	INIT_LIST_HEAD(&rule->asking);
	rule->action = req->action;
	rule->time = req->time;
	rule->then = req->then;
	err = rule_get_service(d, rule, req, extack);
	if (!err)
		return rule;
	rule_free(d, rule);
	return ERR_PTR(err);
}

/* --- packets see it, or do not ---------------------------------------------- */

static void rule_count(struct sal_domain *d, int n)
{
	WRITE_ONCE(d->n_rules, d->n_rules + n);
}

static void rule_see(struct sal_domain *d, struct sal_rule *rule)
{
	rule_count(d, 1);
	if (rule_asks(rule))
		list_add_tail(&rule->asking, &d->asking);
}

static void rule_hide(struct sal_domain *d, struct sal_rule *rule)
{
	rule_count(d, -1);
	if (rule_asks(rule))
		list_del_init(&rule->asking);
}

static int rule_insert(struct sal_domain *d, struct sal_rule *rule,
		       struct netlink_ext_ack *extack)
{
	int err;

	err = xa_alloc_cyclic(&d->rules, &rule->id, rule,
			      XA_LIMIT(1, U32_MAX), &d->next_rule,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_nomem;
	rule_see(d, rule);
	err = sal_vip_insert(&d->rule_table, &rule->entry);
	if (!err)
		return 0;
	rule_hide(d, rule);
	xa_erase(&d->rules, rule->id);
err_nomem:
	NL_SET_ERR_MSG(extack, "out of memory");
	return err;
}

/* its number is handed on */
static void rule_take_place(struct sal_domain *d, struct sal_rule *old,
			    struct sal_rule *rule)
{
	rule_see(d, rule);
	WARN_ON_ONCE(sal_vip_replace(&d->rule_table, &old->entry,
				     &rule->entry));
	/* where there is an entry none is made */
	xa_store(&d->rules, rule->id, rule, GFP_KERNEL_ACCOUNT);
	rule_hide(d, old);
}

/* one that is not in the tables any more, @old, may have packets waiting, too */
static void rules_settle(struct sal_domain *d, struct sal_rule *old)
{
	struct sal_rule *rule;

	if (old && rule_asks(old))
		sal_hold_rehome(old->svc);
	list_for_each_entry(rule, &d->asking, asking)
		sal_hold_rehome(rule->svc);
	if (old && rule_asks(old))
		sal_hold_let_go(old->svc);
	list_for_each_entry(rule, &d->asking, asking)
		sal_hold_let_go(rule->svc);
	sal_upcall_forget(d);
}

void sal_rules_settle_now(struct sal_domain *d)
{
	lockdep_assert_held(&sal_mutex);
	if (!list_empty(&d->asking))
		rules_settle(d, NULL);
}

void sal_rules_settle(struct sal_domain *d)
{
	lockdep_assert_held(&sal_mutex);
	if (list_empty(&d->asking))
		return;
	if (sal_rules_held(d)) {
		/* who has found the rule of before is in its queue */
		synchronize_rcu();
		rules_settle(d, NULL);
		return;
	}
	/* many changes need not wait for so many grace periods */
	sal_upcall_forget(d);
	schedule_delayed_work(&d->settle, 1);
}

void sal_rules_settle_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, settle);

	synchronize_rcu();
	mutex_lock(&sal_mutex);
	if (!d->dead)
		sal_rules_settle_now(d);
	mutex_unlock(&sal_mutex);
}

/* @old: a rule that packets do not see any more */
static void rule_settle_old(struct sal_domain *d, struct sal_rule *old)
{
	if (!rule_asks(old)) {
		sal_rules_settle(d);
		return;
	}
	synchronize_rcu();
	rules_settle(d, old);
}

/* the service that gets what waits, where @rule is the answer; or NULL */
static struct sal_service *rule_answers(struct sal_domain *d,
					const struct sal_rule *rule)
{
	struct sal_rule_end end = {};

	if (!sal_rules_wait(d))
		return NULL;
	rcu_read_lock();
	if (rule_follow(d, rule, rule, &end))
		end.svc = NULL;
	rcu_read_unlock();
	return end.action == SAL_ACTION_FORWARD ? end.svc : NULL;
}

static int rule_publish(struct sal_domain *d, struct sal_rule *rule,
			struct sal_rule *old, struct netlink_ext_ack *extack)
{
	struct sal_service *to = rule_answers(d, rule);
	int err = 0;

	/* its newer packets come behind those that have waited here */
	if (to)
		sal_hold_pause(to);
	if (old)
		rule_take_place(d, old, rule);
	else
		err = rule_insert(d, rule, extack);
	if (old)
		rule_settle_old(d, old);
	else
		sal_rules_settle(d);
	if (to)
		sal_hold_resume(to);
	return err;
}

static int rule_check(struct sal_domain *d, const struct sal_rule_req *req,
		      const struct sal_rule *old,
		      struct netlink_ext_ack *extack)
{
	if (old && !req->replace) {
		NL_SET_ERR_MSG(extack, "there is a rule of this prefix already");
		return -EEXIST;
	}
	if (!old && d->n_rules >= d->limits.rules) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u rules",
				   d->limits.rules);
		return -ENOSPC;
	}
	return sal_prefix_check_rule(&req->pfx, extack);
}

struct sal_rule *sal_rule_find(struct sal_domain *d,
			       const struct sal_prefix *pfx)
{
	lockdep_assert_held(&sal_mutex);
	return (struct sal_rule *)sal_rule_of(sal_vip_get(&d->rule_table, pfx));
}

struct sal_rule *sal_rule_naming(const struct sal_service *svc)
{
	struct sal_rule *rule;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	if (!svc->n_rules)
		return NULL;
	xa_for_each(&svc->domain->rules, id, rule)
		if (rule->svc == svc)
			return rule;
	return NULL;
}

struct sal_rule *sal_rule_add(struct sal_domain *d,
			      const struct sal_rule_req *req,
			      struct netlink_ext_ack *extack)
{
	struct sal_rule *old = sal_rule_find(d, &req->pfx);
	struct sal_rule *rule;
	int err;

	err = rule_check(d, req, old, extack);
	if (err)
		return ERR_PTR(err);
	rule = rule_alloc(d, req, extack);
	if (IS_ERR(rule))
		return rule;
	if (old)
		rule->id = old->id;
	err = rule_check_loops(d, rule, extack);
	if (!err)
		err = rule_publish(d, rule, old, extack);
	if (err) {
		rule_free(d, rule);
		return ERR_PTR(err);
	}
	sal_domain_changed(d);
	sal_event_rule(d, rule, SAL_CMD_RULE_ADD_NTF);
	if (old)
		rule_free(d, old);
	return rule;
}

static void rule_remove(struct sal_domain *d, struct sal_rule *rule)
{
	sal_vip_remove(&d->rule_table, &rule->entry);
	xa_erase(&d->rules, rule->id);
	rule_hide(d, rule);
	sal_domain_changed(d);
}

void sal_rule_del(struct sal_domain *d, struct sal_rule *rule)
{
	lockdep_assert_held(&sal_mutex);
	sal_event_rule(d, rule, SAL_CMD_RULE_DEL_NTF);
	rule_remove(d, rule);
	rule_settle_old(d, rule);
	rule_free(d, rule);
}

/* --- all of them ------------------------------------------------------------ */

void sal_rules_flush(struct sal_domain *d)
{
	struct sal_rule *rule;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	xa_for_each(&d->rules, id, rule) {
		sal_event_rule(d, rule, SAL_CMD_RULE_DEL_NTF);
		rule_remove(d, rule);
		rule_free(d, rule);
		cond_resched();
	}
	sal_upcall_forget(d);
}

u32 sal_rules_held(struct sal_domain *d)
{
	struct sal_rule *rule;
	u32 n = 0;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry(rule, &d->asking, asking)
		n += READ_ONCE(rule->svc->hold.packets);
	return n;
}
