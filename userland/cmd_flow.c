// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_flow.c - flows
 */
#include <stdio.h>

#include <linux/sal.h>

#include "cmd.h"
#include "param.h"
#include "salctl.h"
#include "show.h"

static const struct field flow_field[] = {
	{ SAL_A_FLOW_ID, F_HEAD },
	{ SAL_A_FLOW_PROTO },
	{ SAL_A_FLOW_SRC, F_FAMILY },
	{ SAL_A_FLOW_SPORT },
	{ SAL_A_FLOW_DST },
	{ SAL_A_FLOW_DPORT },
	{ SAL_A_FLOW_SERVICE },
	{ SAL_A_FLOW_ENDPOINT },
	{ SAL_A_FLOW_MEMBER },
	{ SAL_A_FLOW_MAPPED },
	{ SAL_A_FLOW_PEER },
	{ SAL_A_FLOW_PLACEMENT, F_DETAIL },
	{ SAL_A_FLOW_STATE },
	{ SAL_A_FLOW_IDLE },
	{ SAL_A_FLOW_FORWARD_PACKETS, F_LINE | F_STATS, "forward packets" },
	{ SAL_A_FLOW_FORWARD_BYTES, F_STATS, "bytes" },
	{ SAL_A_FLOW_REVERSE_PACKETS, F_STATS, "reverse packets" },
	{ SAL_A_FLOW_REVERSE_BYTES, F_STATS, "bytes" },
	{ SAL_A_FLOW_SEQ, F_JSON },
};

LAYOUT(flow, flow);

static const struct field removed_field[] = {
	{ SAL_A_FLOW_COUNT },
};

static LAYOUT(removed, flow);

static const struct param flow_params[] = {
	{ "service", param_name, SAL_A_FLOW_SERVICE },
	{ "endpoint", param_name, SAL_A_FLOW_ENDPOINT },
	{ "src", param_prefix, SAL_A_FLOW_SRC },
	{ "proto", param_proto, SAL_A_FLOW_PROTO },
	{ "sport", param_port, SAL_A_FLOW_SPORT },
	{ "dport", param_port, SAL_A_FLOW_DPORT },
	{ "id", param_uint, SAL_A_FLOW_ID },
	{ }
};

static int flow_show(struct args *args)
{
	struct request *req = req_new(SAL_CMD_FLOW_GET);
	bool others = args->argc > 2;
	int ret;

	ret = params(flow_params, req, args);
	if (ret)
		return ret;
	if (!req_has(req, SAL_A_FLOW_ID))
		return show_all(req, &layout_flow);
	if (others)
		return args_bad(args, "id stands alone");
	return show_one(req, &layout_flow);
}

static int show_removed(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_removed, nlh);
	uint64_t count = out_num(obj, "count");

	(void)data;
	if (opt.json) {
		list_begin();
		list_json(obj);
		list_end();
	} else {
		printf("%llu flow%s removed\n", (unsigned long long)count,
		       count == 1 ? "" : "s");
	}
	json_decref(obj);
	return EXIT_OK;
}

/* "flush" is "del" of all, said aloud */
static int flow_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_FLOW_DEL);
	int ret;

	if (opt.family)
		return args_bad(args, "-4 and -6 choose what is shown only");
	if (!args->argc && !args->command->op)
		return args_bad(args, "which? (flow flush is for all)");
	ret = params(flow_params, req, args);
	if (ret)
		return ret;
	return conn_do(req, show_removed, NULL);
}

static const char selector[] =
	"[service SVC] [endpoint EP] [src PFX] [proto P] [sport N]\n"
	"[dport N] | id N";

static const struct command flow_commands[] = {
	{ "show", flow_show, selector },
	{ "del", flow_del, selector },
	{ "flush", flow_del, selector, SAL_CMD_FLOW_DEL },
	{ }
};

const struct object object_flow = { "flow", flow_commands };
