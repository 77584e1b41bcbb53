// SPDX-License-Identifier: GPL-2.0
/*
 * nl_member_auto.c - the namespace of a new endpoint becomes a member
 */
#include <linux/ctype.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "domain.h"
#include "member.h"
#include "nl_util.h"
#include "txn.h"

/* room for "-" and a number behind a name */
#define SUFFIX_MAX	11
/* numbers that are larger have not been given here */
#define NUMBER_MAX	99999999

/* the number behind "base-" in a name, 0 where it is none of that kind */
static u32 name_suffix(const char *name, const char *base, size_t len)
{
	u32 n;

	if (strncmp(name, base, len) || name[len] != '-' ||
	    !isdigit(name[len + 1]) || kstrtou32(name + len + 1, 10, &n) ||
	    n > NUMBER_MAX)
		return 0;
	return n;
}

/**
 * sal_nl_member_auto() - plan that the namespace of an endpoint is a member
 * @t: transaction
 * @net: namespace; the caller keeps it alive meanwhile
 * @name: name of the endpoint
 * @extack: what is wrong
 *
 * It is named after the endpoint. Where another member is, a number follows:
 * the one after the highest that is there. sal_mutex.
 *
 * Return: the new member; NULL where it is one of the domain already; or an
 * ERR_PTR.
 */
struct sal_member *sal_nl_member_auto(struct sal_txn *t, struct net *net,
				      const char *name,
				      struct netlink_ext_ack *extack)
{
	size_t len = min(strlen(name), (size_t)SAL_LABEL_MAX - SUFFIX_MAX);
	struct sal_member *m = sal_member_of(net);
	struct sal_domain *d = t->d;
	char numbered[SAL_LABEL_MAX + 1];
	unsigned long id;
	bool taken = false;
	u32 last = 1;

	if (m && m->domain == d)
		return NULL;
	xa_for_each(&d->members, id, m) {
		taken |= !strcmp(m->name, name);
		last = max(last, name_suffix(m->name, name, len));
	}
	if (taken) {
		snprintf(numbered, sizeof(numbered), "%.*s-%u", (int)len,
			 name, last + 1);
		name = numbered;
	}
	return sal_member_add(t, net, name, SAL_ROUTE_NONE, extack);
}
