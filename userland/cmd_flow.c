// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_flow.c - flows
 */
#include <stdio.h>
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "param.h"
#include "restore.h"
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
	{ SAL_A_FLOW_CLIENT_ABSENT },
	{ SAL_A_FLOW_PLACEMENT, F_DETAIL },
	{ SAL_A_FLOW_STATE },
	{ SAL_A_FLOW_IDLE },
	{ SAL_A_FLOW_FORWARD_PACKETS, F_LINE | F_STATS, "forward packets" },
	{ SAL_A_FLOW_FORWARD_BYTES, F_STATS, "bytes" },
	{ SAL_A_FLOW_REVERSE_PACKETS, F_STATS, "reverse packets" },
	{ SAL_A_FLOW_REVERSE_BYTES, F_STATS, "bytes" },
	{ SAL_A_FLOW_SEQ, F_JSON },
	{ SAL_A_FLOW_MARKS, F_JSON },
	{ SAL_A_FLOW_CLIENT_NAME, F_JSON },
	{ SAL_A_FLOW_TOLD, F_JSON },
	{ SAL_A_FLOW_TOLD_BEFORE, F_JSON },
	{ SAL_A_FLOW_DIRECT, F_DETAIL },
	{ SAL_A_FLOW_SERVICE_PORT, F_JSON },
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

/* marks M[,M].. */
static int param_marks(const struct param *p, struct request *req,
		       struct args *args)
{
	uint32_t marks = 0, bit;
	const char *word;
	char mark[32];
	int ret, n;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	for (; *word; word += n + (word[n] == ',')) {
		n = strcspn(word, ",");
		snprintf(mark, sizeof(mark), "%.*s", n, word);
		if (!names_find(&names_flow_mark, mark, &bit))
			return param_bad(p, args, mark, "no such mark");
		marks |= 1U << bit;
	}
	req_u32(req, p->attr, marks);
	return EXIT_OK;
}

static const struct param add_params[] = {
	{ "service", param_name, SAL_A_FLOW_SERVICE },
	{ "endpoint", param_name, SAL_A_FLOW_ENDPOINT },
	{ "member", param_name, SAL_A_FLOW_MEMBER },
	{ "proto", param_proto, SAL_A_FLOW_PROTO },
	{ "src", param_prefix, SAL_A_FLOW_SRC },
	{ "sport", param_port, SAL_A_FLOW_SPORT },
	{ "dst", param_prefix, SAL_A_FLOW_DST },
	{ "dport", param_port, SAL_A_FLOW_DPORT },
	{ "mapped", param_port, SAL_A_FLOW_MAPPED },
	{ "placement", param_enum, SAL_A_FLOW_PLACEMENT,
	  .names = &names_placement },
	{ "marks", param_marks, SAL_A_FLOW_MARKS },
	{ "idle", param_seconds, SAL_A_FLOW_IDLE },
	{ "client-name", param_prefix, SAL_A_FLOW_CLIENT_NAME },
	{ "told", param_enum, SAL_A_FLOW_TOLD, .names = &names_told },
	{ "told-before", param_enum, SAL_A_FLOW_TOLD_BEFORE,
	  .names = &names_told },
	{ "client-absent", param_flag, SAL_A_FLOW_CLIENT_ABSENT },
	{ "direct", param_flag, SAL_A_FLOW_DIRECT },
	{ "service-port", param_port, SAL_A_FLOW_SERVICE_PORT },
	{ "forward-packets", param_uint, SAL_A_FLOW_FORWARD_PACKETS },
	{ "forward-bytes", param_uint, SAL_A_FLOW_FORWARD_BYTES },
	{ "reverse-packets", param_uint, SAL_A_FLOW_REVERSE_PACKETS },
	{ "reverse-bytes", param_uint, SAL_A_FLOW_REVERSE_BYTES },
	{ }
};

static int flow_add(struct args *args)
{
	struct request *req = req_new(SAL_CMD_FLOW_NEW);
	int ret;

	ret = params(add_params, req, args);
	if (ret)
		return ret;
	return restoring.on ? restore_flow(req) : conn_do(req, NULL, NULL);
}

static const char add_usage[] =
	"service SVC [endpoint EP] member M|client-absent proto P src A sport N\n"
	"dst A [dport N] [mapped N] [placement edge|router] [idle TIME]\n"
	"[marks MARK[,MARK]..] [client-name A]\n"
	"[told|told-before not|router|edge|ask-edge] [direct [service-port N]]\n"
	"[forward-packets N] [forward-bytes N] [reverse-packets N]\n"
	"[reverse-bytes N]";

static const char selector[] =
	"[service SVC] [endpoint EP] [src PFX] [proto P] [sport N]\n"
	"[dport N] | id N";

static const struct command flow_commands[] = {
	{ "show", flow_show, selector },
	{ "add", flow_add, add_usage },
	{ "del", flow_del, selector },
	{ "flush", flow_del, selector, SAL_CMD_FLOW_DEL },
	{ }
};

const struct object object_flow = { "flow", flow_commands };
