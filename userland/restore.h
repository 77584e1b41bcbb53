/* SPDX-License-Identifier: GPL-2.0 */
/*
 * restore.h - lines that come from a saved file
 *
 * There a network namespace may be named that is not here. An endpoint in it waits
 * for its own, a member is left out; both are told.
 */
#ifndef _SALCTL_RESTORE_H
#define _SALCTL_RESTORE_H

#include <stdbool.h>

struct nsref;
struct request;

struct restoring {
	bool on;
	bool check;		/* into a domain of its own, which goes away */
	bool same_boot;		/* so that numbers of processes mean something */
	unsigned int flows;	/* lines of flows so far */
};

extern struct restoring restoring;

/* is there no such namespace, while that is no error? */
bool restore_lacks(const char *netns);
bool restore_lacks_pid(const char *pid);
/* a member that is not made */
int restore_leaves_out(const struct nsref *ref);
/* a flow, with others soon */
int restore_flow(struct request *req);

#endif /* _SALCTL_RESTORE_H */
