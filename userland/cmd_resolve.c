// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_resolve.c - what a name or an address stands for
 */
#include <linux/sal.h>

#include "addr.h"
#include "cmd.h"
#include "conn.h"
#include "show.h"

static const struct field resolve_field[] = {
	{ SAL_A_RESOLVE_SERVICE, F_HEAD },
	{ SAL_A_RESOLVE_SID },
	{ SAL_A_RESOLVE_VIP, F_LINE },
	{ SAL_A_RESOLVE_USABLE4, F_LINE },
	{ SAL_A_RESOLVE_USABLE6 },
	{ SAL_A_RESOLVE_GATE4 },
	{ SAL_A_RESOLVE_GATE6 },
};

LAYOUT(resolve, resolve);

static int resolve(struct args *args)
{
	struct request *req = req_new(SAL_CMD_RESOLVE);
	struct prefix addr;
	const char *word;
	int ret;

	ret = args_need(args, "NAME or ADDR", &word);
	if (!ret)
		ret = args_end(args);
	if (ret)
		return ret;
	if (addr_parse(word, &addr))
		req_str(req, SAL_A_RESOLVE_NAME, word);
	else
		req_addr(req, addr.family == AF_INET ? SAL_A_RESOLVE_IPV4 :
						       SAL_A_RESOLVE_IPV6,
			 &addr);
	return show_one(req, &layout_resolve);
}

static const struct command resolve_commands[] = {
	{ NULL, resolve, "NAME|ADDR" },
	{ }
};

const struct object object_resolve = { "resolve", resolve_commands };
