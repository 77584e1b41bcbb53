// SPDX-License-Identifier: GPL-2.0
/*
 * keep.c - transactions of the fake kernel
 *
 * Each socket has a child of its own, and so a transaction of its own. A
 * request about a service "nix" is kept as any other, and fails at the commit.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include <linux/sal.h>

#include "../names.h"
#include "../sock.h"
#include "fake.h"

static bool begun;
static uint32_t kept;
static uint32_t failing;	/* first one that cannot be done, or 0 */

/* The name comes first in both sets: the service's. */
static bool is_nix(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == SAL_A_SERVICE_NAME)
			return !strcmp(mnl_attr_get_str(attr), "nix");
	return false;
}

static bool reads(uint8_t cmd)
{
	const char *name = op_get(cmd)->name;

	return cmd == SAL_CMD_RESOLVE || strstr(name, "-get");
}

static void answer_begin(const struct fake *f)
{
	if (begun) {
		fake_ack(f, EBUSY, "a transaction has begun already", NULL);
		return;
	}
	begun = true;
	kept = 0;
	failing = 0;
	fake_ack(f, 0, NULL, NULL);
}

static void answer_commit(const struct fake *f)
{
	char buf[256] MSG_ALIGNED;
	struct nlmsghdr *nlh;

	begun = false;
	if (failing) {
		fake_ack_part(f, ENOENT, "there is no service 'nix'", failing);
		return;
	}
	nlh = fake_msg(buf, f, FAKE_FAMILY, 0, SAL_CMD_TRANSACTION_COMMIT);
	mnl_attr_put_u32(nlh, SAL_A_TRANSACTION_ID, 1);
	mnl_attr_put_u32(nlh, SAL_A_TRANSACTION_REQUESTS, kept);
	fake_send(f, nlh);
	if (fake_is("remark"))
		fake_ack_part(f, 0, "no endpoint for IPv6", 1);
	else
		fake_ack(f, 0, NULL, NULL);
}

static void answer_end(const struct fake *f, uint8_t cmd)
{
	if (!begun) {
		fake_ack(f, ENOENT, "no transaction has begun", NULL);
	} else if (cmd == SAL_CMD_TRANSACTION_COMMIT) {
		answer_commit(f);
	} else {
		begun = false;
		fake_ack(f, 0, NULL, NULL);
	}
}

static void keep(const struct fake *f)
{
	if (kept == SAL_TRANSACTION_MAX) {
		fake_ack(f, E2BIG, "the transaction is too large", NULL);
		return;
	}
	kept++;
	if (!failing && is_nix(f->req))
		failing = kept;
	fake_ack(f, 0, NULL, NULL);
}

bool keep_answer(const struct fake *f, uint8_t cmd)
{
	switch (cmd) {
	case SAL_CMD_TRANSACTION_BEGIN:
		answer_begin(f);
		return true;
	case SAL_CMD_TRANSACTION_COMMIT:
	case SAL_CMD_TRANSACTION_ABORT:
		answer_end(f, cmd);
		return true;
	}
	if (begun && op_get(cmd)->kept)
		keep(f);
	else if (begun && !reads(cmd))
		fake_ack(f, EOPNOTSUPP, "not in a transaction", NULL);
	else
		return false;
	return true;
}
