// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_flush.c - deleting everything, or all of a kind
 */
#include <linux/genetlink.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "flush.h"
#include "salctl.h"

struct flush {
	uint8_t del;
	uint16_t attr;
};

static int del_one(const struct nlmsghdr *nlh, void *data)
{
	const struct flush *flush = data;
	const struct nlattr *attr;
	struct request *req;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != flush->attr ||
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			continue;
		req = req_new(flush->del);
		req_str(req, flush->attr, mnl_attr_get_str(attr));
		/* somebody else was faster */
		req->missing_ok = true;
		return conn_do(req, NULL, NULL);
	}
	return EXIT_OK;
}

/**
 * flush_each() - delete, one by one, all that there are of a kind
 * @get: SAL_CMD_*_GET of the kind
 * @del: SAL_CMD_*_DEL of the kind
 * @attr: number of the name, in both
 */
int flush_each(uint8_t get, uint8_t del, uint16_t attr)
{
	struct flush flush = { del, attr };

	return conn_dump(req_new(get), del_one, &flush);
}

static int flush_all(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	return conn_do(req_new(SAL_CMD_DOMAIN_FLUSH), NULL, NULL);
}

static const struct command flush_commands[] = {
	{ NULL, flush_all, "" },
	{ }
};

const struct object object_flush = { "flush", flush_commands };
