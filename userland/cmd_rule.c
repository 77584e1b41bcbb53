// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_rule.c - rules about prefixes, and what was asked for because of them
 */
#include <linux/genetlink.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "flush.h"
#include "param.h"
#include "salctl.h"
#include "show.h"

static const struct field rule_field[] = {
	{ SAL_A_RULE_PREFIX, F_HEAD | F_FAMILY },
	{ SAL_A_RULE_ACTION, F_HEAD },
	{ SAL_A_RULE_SERVICE, F_HEAD },
	{ SAL_A_RULE_TIME },
	{ SAL_A_RULE_THEN },
	{ SAL_A_RULE_HELD_PACKETS, F_NONZERO, "held packets" },
	{ SAL_A_RULE_ID, F_JSON },
	{ SAL_A_RULE_SEQ, F_JSON },
};

LAYOUT(rule, rule);

static const struct field miss_field[] = {
	{ SAL_A_MISS_ADDR, F_HEAD | F_FAMILY },
	{ SAL_A_MISS_PROTO },
	{ SAL_A_MISS_DPORT },
	{ SAL_A_MISS_SRC },
	{ SAL_A_MISS_MEMBER },
	{ SAL_A_MISS_NSID },
	{ SAL_A_MISS_RULE },
	{ SAL_A_MISS_SEQ, F_JSON },
};

LAYOUT(miss, miss);

static const struct param prefix_param = { "PFX", param_prefix,
					   SAL_A_RULE_PREFIX };

static int rule_show(struct args *args)
{
	struct request *req = req_new(SAL_CMD_RULE_GET);
	int ret = EXIT_OK;

	if (!args->argc)
		return show_all(req, &layout_rule);
	ret = param_prefix(&prefix_param, req, args);
	if (!ret)
		ret = args_end(args);
	return ret ? ret : show_one(req, &layout_rule);
}

static const struct param upcall_params[] = {
	{ "time", param_time, SAL_A_RULE_TIME },
	{ "then", param_enum, SAL_A_RULE_THEN, .names = &names_on_empty },
	{ }
};

static const struct param action_param = {
	"action", param_enum, SAL_A_RULE_ACTION, .names = &names_action
};

static int rule_action(struct request *req, struct args *args)
{
	const char *action = args_peek(args);
	uint32_t nr = SAL_ACTION_DROP;
	const char *name;
	int ret;

	ret = param_enum(&action_param, req, args);
	if (ret)
		return ret;
	names_find(&names_action, action, &nr);
	if (nr == SAL_ACTION_UPCALL)
		return params(upcall_params, req, args);
	if (nr == SAL_ACTION_FORWARD || nr == SAL_ACTION_REDIRECT) {
		ret = args_need(args, "SVC", &name);
		if (ret)
			return ret;
		req_str(req, SAL_A_RULE_SERVICE, name);
	}
	return args_end(args);
}

/* add and replace */
static int rule_put(struct args *args)
{
	struct request *req = req_new(SAL_CMD_RULE_NEW);
	int ret;

	ret = param_prefix(&prefix_param, req, args);
	if (!ret)
		ret = rule_action(req, args);
	if (ret)
		return ret;
	if (args->command->replace)
		req_flag(req, SAL_A_RULE_REPLACE);
	return show_made(req, &layout_rule);
}

static int rule_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_RULE_DEL);
	int ret;

	ret = param_prefix(&prefix_param, req, args);
	if (!ret)
		ret = args_end(args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

/* which of those that there are */
struct wanted {
	bool naming;
};

static int del_one(const struct nlmsghdr *nlh, void *data)
{
	const struct wanted *wanted = data;
	json_t *obj = out_decode(&layout_rule, nlh);
	struct request *req;
	struct prefix pfx;
	int ret = EXIT_OK;

	if ((!wanted->naming || json_object_get(obj, "service")) &&
	    !prefix_parse(out_str(obj, "prefix"), &pfx)) {
		req = req_new(SAL_CMD_RULE_DEL);
		req_prefix(req, SAL_A_RULE_PREFIX, &pfx);
		/* somebody else was faster */
		req->missing_ok = true;
		ret = conn_do(req, NULL, NULL);
	}
	json_decref(obj);
	return ret;
}

/**
 * flush_rules() - delete rules, one by one
 * @naming: only those that name a service
 */
int flush_rules(bool naming)
{
	struct wanted wanted = { naming };

	return conn_dump(req_new(SAL_CMD_RULE_GET), del_one, &wanted);
}

static int rule_flush(struct args *args)
{
	int ret;

	ret = args_end(args);
	return ret ? ret : flush_rules(false);
}

static const char put_usage[] =
	"PFX forward SVC | deliver | drop | reject | redirect SVC |\n"
	"upcall [time TIME] [then drop|reject]";

static const struct command rule_commands[] = {
	{ "show", rule_show, "[PFX]" },
	{ "add", rule_put, put_usage, SAL_CMD_RULE_NEW },
	{ "replace", rule_put, put_usage, SAL_CMD_RULE_NEW, true },
	{ "del", rule_del, "PFX" },
	{ "flush", rule_flush, "" },
	{ }
};

const struct object object_rule = { "rule", rule_commands };
