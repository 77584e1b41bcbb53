// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_stats.c - counters
 */
#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "salctl.h"
#include "show.h"

static const struct field stats_field[] = {
	{ SAL_A_STATS_NAME, F_HEAD },
	{ SAL_A_STATS_PACKETS, F_HEAD },
	{ SAL_A_STATS_DROP },
	{ SAL_A_STATS_DOC, F_HEAD | F_LINE | F_EXPLAIN },
	{ SAL_A_STATS_ID, F_JSON },
};

LAYOUT(stats, stats);

/* People look for what has happened; scripts want to find what they ask for,
 * so that JSON has all of them.
 */
static int show(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_stats, nlh);
	const uint8_t *also = data;

	if (opt.json || opt.detail || out_num(obj, "packets"))
		list_object(&layout_stats, obj, *also);
	json_decref(obj);
	return EXIT_OK;
}

static int stats_show(struct args *args)
{
	uint8_t also = args_accept(args, "explain") ? F_EXPLAIN : 0;
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	list_begin();
	ret = conn_dump(req_new(SAL_CMD_STATS_GET), show, &also);
	if (!ret)
		list_end();
	return ret;
}

static const struct command stats_commands[] = {
	{ "show", stats_show, "[explain]" },
	{ }
};

const struct object object_stats = { "stats", stats_commands };
