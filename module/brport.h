/* SPDX-License-Identifier: GPL-2.0 */
/*
 * brport.h - ports of bridges: do they pass on what they get?
 *
 * What the bridge's own module is to say of a port, which may not be there. Spanning
 * tree's state is told under RTNL alone, and nobody says when it changes: so a work asks
 * for that of ports in use, ten times a second.
 */
#ifndef _SAL_BRPORT_H
#define _SAL_BRPORT_H

#include <linux/types.h>

struct net_device;

/* does it pass on all that it gets? Not known, it does not. RCU. */
bool sal_brport_is_plain(struct net_device *dev);

/* a device is no more; any context but hard interrupts */
void sal_brport_gone(const struct net_device *dev);

/* no packet comes any more, but news of devices do */
void sal_brports_exit(void);

#endif /* _SAL_BRPORT_H */
