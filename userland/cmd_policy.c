// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_policy.c - which services may call which
 */
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "names.h"
#include "salctl.h"
#include "show.h"

static const struct field policy_field[] = {
	{ SAL_A_POLICY_FROM, 0, "from" },
	{ SAL_A_POLICY_TO, 0, "to" },
	{ SAL_A_POLICY_ACCESS, 0, "" },
	{ SAL_A_POLICY_SEQ, F_JSON },
};

/* any service is one that is not there */
static void policy_derive(json_t *obj)
{
	if (!json_object_get(obj, "from"))
		json_object_set_new(obj, "from", json_null());
	if (!json_object_get(obj, "to"))
		json_object_set_new(obj, "to", json_null());
}

LAYOUT(policy, policy, .derive = policy_derive);

static int policy_show(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	return show_all(req_new(SAL_CMD_POLICY_GET), &layout_policy);
}

/* KEY SVC|any */
static int get_service(struct args *args, struct request *req, const char *key,
		       uint16_t attr)
{
	const char *word;
	int ret;

	if (!args_accept(args, key))
		return args_bad(args, "'%s' is missing", key);
	ret = args_need(args, key, &word);
	if (!ret && strcmp(word, "any"))
		req_str(req, attr, word);
	return ret;
}

static int get_services(struct args *args, struct request *req)
{
	int ret;

	ret = get_service(args, req, "from", SAL_A_POLICY_FROM);
	if (ret)
		return ret;
	return get_service(args, req, "to", SAL_A_POLICY_TO);
}

/* add and replace */
static int policy_put(struct args *args)
{
	struct request *req = req_new(SAL_CMD_POLICY_NEW);
	const char *word;
	uint32_t access;
	int ret;

	ret = get_services(args, req);
	if (!ret)
		ret = args_need(args, "allow or deny", &word);
	if (ret)
		return ret;
	if (!names_find(&names_access, word, &access))
		return args_bad(args, "'%s': not one of allow, deny", word);
	req_u32(req, SAL_A_POLICY_ACCESS, access);
	if (args->command->replace)
		req_flag(req, SAL_A_POLICY_REPLACE);
	ret = args_end(args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

static int policy_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_POLICY_DEL);
	int ret;

	ret = get_services(args, req);
	if (!ret)
		ret = args_end(args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

static const char put_usage[] = "from SVC|any to SVC|any allow|deny";

static const struct command policy_commands[] = {
	{ "show", policy_show, "" },
	{ "add", policy_put, put_usage, SAL_CMD_POLICY_NEW },
	{ "replace", policy_put, put_usage, SAL_CMD_POLICY_NEW, true },
	{ "del", policy_del, "from SVC|any to SVC|any" },
	{ }
};

const struct object object_policy = { "policy", policy_commands };
