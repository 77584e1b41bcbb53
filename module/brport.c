// SPDX-License-Identifier: GPL-2.0
/*
 * brport.c - ports of bridges: do they pass on what they get?
 */
#include <linux/hashtable.h>
#include <linux/if_bridge.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "brport.h"

/* jiffies between two that a work asks for states */
#define BRPORT_PAUSE	(HZ / 10)
/* as old as that they are not known any more: who has RTNL has it for long */
#define BRPORT_STALE	HZ
/* one that was not used for so long is forgotten */
#define BRPORT_IDLE	(10 * HZ)
/* most that are known, of all namespaces; packets that pass by others go round */
#define BRPORTS_MAX	1024

/**
 * struct brport - a port whose state is known
 * @node: in brports
 * @dev: the device, not held: its end takes it out of there
 * @used: when a path by it was looked at. Written by any packet.
 * @known: when @forwards was so
 * @forwards: its state, as of spanning tree
 * @rcu: for freeing
 */
struct brport {
	struct hlist_node node;
	const struct net_device *dev;
	unsigned long used;
	unsigned long known;
	bool forwards;
	struct rcu_head rcu;
};

/* guards what is in brports, and how many there are; read under RCU. Nests inside RTNL. */
static DEFINE_SPINLOCK(brports_lock);
static DEFINE_HASHTABLE(brports, 8);
static unsigned int n_brports;

static void brport_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(brport_work, brport_work_fn);

/* --- the bridge's own module ------------------------------------------------ */

typedef bool (*brport_flag_fn)(const struct net_device *dev, unsigned long flag);
typedef u8 (*brport_state_fn)(const struct net_device *dev);

/* held from the first bridge on, as that may be a module */
static void *brport_flag, *brport_state;

static void *brport_symbol(void **at, const char *name)
{
	void *fn = READ_ONCE(*at);

	if (likely(fn))
		return fn;
	fn = __symbol_get(name);
	if (fn && cmpxchg(at, NULL, fn))
		__symbol_put(name);
	return fn;
}

static bool brport_has(const struct net_device *dev, unsigned long flags)
{
	brport_flag_fn has = brport_symbol(&brport_flag, "br_port_flag_is_set");

	return !has || has(dev, flags);
}

/* RTNL */
static bool brport_forwards(const struct net_device *dev)
{
	brport_state_fn state = brport_symbol(&brport_state, "br_port_get_stp_state");

	return state && state(dev) == BR_STATE_FORWARDING;
}

/* --- states ----------------------------------------------------------------- */

static struct brport *brport_find(const struct net_device *dev)
{
	struct brport *port;

	hash_for_each_possible_rcu(brports, port, node, (unsigned long)dev,
				   lockdep_is_held(&brports_lock))
		if (port->dev == dev)
			return port;
	return NULL;
}

static void brport_del(struct brport *port)
{
	lockdep_assert_held(&brports_lock);
	hash_del_rcu(&port->node);
	n_brports--;
	kfree_rcu(port, rcu);
}

/* it may have ended, and been told to sal_brport_gone(): then it is not registered */
static void brport_add(struct net_device *dev)
{
	struct brport *port;

	lockdep_assert_held(&brports_lock);
	if (dev->reg_state != NETREG_REGISTERED || n_brports >= BRPORTS_MAX ||
	    brport_find(dev))
		return;
	port = kzalloc_obj(*port, GFP_ATOMIC | __GFP_NOWARN);
	if (!port)
		return;
	port->dev = dev;
	port->used = jiffies;
	port->known = jiffies - BRPORT_STALE - 1;
	hash_add_rcu(brports, &port->node, (unsigned long)dev);
	n_brports++;
	schedule_delayed_work(&brport_work, 0);
}

static bool brport_is_forwarding(struct net_device *dev)
{
	struct brport *port = brport_find(dev);

	if (unlikely(!port)) {
		spin_lock_bh(&brports_lock);
		brport_add(dev);
		spin_unlock_bh(&brports_lock);
		return false;
	}
	WRITE_ONCE(port->used, jiffies);
	return READ_ONCE(port->forwards) &&
	       jiffies - READ_ONCE(port->known) <= BRPORT_STALE;
}

/* under RTNL and the lock, so the device is there */
static void brport_ask(struct brport *port)
{
	if (jiffies - READ_ONCE(port->used) > BRPORT_IDLE) {
		brport_del(port);
		return;
	}
	WRITE_ONCE(port->forwards, brport_forwards(port->dev));
	WRITE_ONCE(port->known, jiffies);
}

static void brport_work_fn(struct work_struct *work)
{
	struct hlist_node *next;
	struct brport *port;
	int i;

	rtnl_lock();
	spin_lock_bh(&brports_lock);
	hash_for_each_safe(brports, i, next, port, node)
		brport_ask(port);
	if (n_brports)
		schedule_delayed_work(&brport_work, BRPORT_PAUSE);
	spin_unlock_bh(&brports_lock);
	rtnl_unlock();
}

bool sal_brport_is_plain(struct net_device *dev)
{
	return !brport_has(dev, BR_ISOLATED | BR_PORT_LOCKED | BR_VLAN_TUNNEL) &&
	       brport_is_forwarding(dev);
}

void sal_brport_gone(const struct net_device *dev)
{
	struct brport *port;

	spin_lock_bh(&brports_lock);
	port = brport_find(dev);
	if (port)
		brport_del(port);
	spin_unlock_bh(&brports_lock);
}

static void brports_forget(void)
{
	struct hlist_node *next;
	struct brport *port;
	int i;

	spin_lock_bh(&brports_lock);
	hash_for_each_safe(brports, i, next, port, node)
		brport_del(port);
	spin_unlock_bh(&brports_lock);
}

void sal_brports_exit(void)
{
	cancel_delayed_work_sync(&brport_work);
	brports_forget();
	if (brport_flag)
		__symbol_put("br_port_flag_is_set");
	if (brport_state)
		__symbol_put("br_port_get_stp_state");
}
