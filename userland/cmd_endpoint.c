// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_endpoint.c - endpoints of services
 */
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "netns.h"
#include "param.h"
#include "restore.h"
#include "salctl.h"
#include "show.h"

static const struct field endpoint_field[] = {
	{ SAL_A_ENDPOINT_SERVICE, F_HEAD },
	{ SAL_A_ENDPOINT_NAME, F_HEAD },
	{ SAL_A_ENDPOINT_NSID },
	{ SAL_A_ENDPOINT_REMOTE },
	{ SAL_A_ENDPOINT_ABSENT, F_JSON },
	{ SAL_A_ENDPOINT_IPV4, F_LINE | F_FAMILY, "addr" },
	{ SAL_A_ENDPOINT_IPV6, F_FAMILY, "addr" },
	{ SAL_A_ENDPOINT_PORT },
	{ SAL_A_ENDPOINT_WEIGHT },
	{ SAL_A_ENDPOINT_TIER, F_NONZERO },
	{ SAL_A_ENDPOINT_MAX_FLOWS, F_NONZERO, "max-flows" },
	{ SAL_A_ENDPOINT_STATE },
	{ SAL_A_ENDPOINT_LEASE },
	{ SAL_A_ENDPOINT_LEASE_LEFT, F_NONZERO, "left" },
	{ SAL_A_ENDPOINT_DRAIN_STEP, 0, "drain" },
	{ SAL_A_ENDPOINT_DRAIN_CAUSE, 0, "cause" },
	{ SAL_A_ENDPOINT_DRAIN_DEADLINE, 0, "deadline" },
	{ SAL_A_ENDPOINT_DRAIN_LEFT, F_NONZERO, "left" },
	{ SAL_A_ENDPOINT_DRAIN_THEN, 0, "then" },
	{ SAL_A_ENDPOINT_DRAIN_TIME, 0, "for" },
	{ SAL_A_ENDPOINT_DRAIN_FLOWS, 0, "begun flows" },
	{ SAL_A_ENDPOINT_DRAIN_ENDED, 0, "ended" },
	{ SAL_A_ENDPOINT_DRAIN_MOVED, F_NONZERO, "moved" },
	{ SAL_A_ENDPOINT_FAULT4 },
	{ SAL_A_ENDPOINT_FAULT6 },
	{ SAL_A_ENDPOINT_FLOWS },
	{ SAL_A_ENDPOINT_CELLS, F_STATS },
	{ SAL_A_ENDPOINT_FORWARD_PACKETS, F_LINE | F_STATS, "forward packets" },
	{ SAL_A_ENDPOINT_FORWARD_BYTES, F_STATS, "bytes" },
	{ SAL_A_ENDPOINT_REVERSE_PACKETS, F_STATS, "reverse packets" },
	{ SAL_A_ENDPOINT_REVERSE_BYTES, F_STATS, "bytes" },
	{ SAL_A_ENDPOINT_ID, F_DETAIL },
	{ SAL_A_ENDPOINT_SEQ, F_JSON },
	{ SAL_A_ENDPOINT_TRANSACTION },
};

static bool has_fault(const json_t *obj, const char *key, const char *name)
{
	const json_t *fault;
	size_t i;

	json_array_foreach(json_object_get(obj, key), i, fault)
		if (!strcmp(json_string_value(fault) ? : "", name))
			return true;
	return false;
}

static void endpoint_derive(json_t *obj)
{
	if (json_is_true(json_object_get(obj, "absent")))
		out_note(obj, "down (netns absent)");
	if (has_fault(obj, "fault4", "lease") ||
	    has_fault(obj, "fault6", "lease"))
		out_note(obj, "lease expired");
}

LAYOUT(endpoint, endpoint, .derive = endpoint_derive);

static int endpoint_show(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_GET);
	const char *svc = args_next(args);
	const char *name = args_next(args);
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	if (svc)
		req_str(req, SAL_A_ENDPOINT_SERVICE, svc);
	if (!name)
		return show_all(req, &layout_endpoint);
	req_str(req, SAL_A_ENDPOINT_NAME, name);
	return show_one(req, &layout_endpoint);
}

/* One address for each family: the attribute follows from the address. */
static int param_addr(const struct param *p, struct request *req,
		      struct args *args)
{
	struct prefix addr;
	const char *word;
	const char *bad;
	uint16_t attr;
	int ret;

	do {
		ret = args_need(args, p->key, &word);
		if (ret)
			return ret;
		bad = addr_parse(word, &addr);
		if (bad)
			return param_bad(p, args, word, bad);
		attr = addr.family == AF_INET ? SAL_A_ENDPOINT_IPV4 :
						SAL_A_ENDPOINT_IPV6;
		if (req_has(req, attr))
			return param_bad(p, args, word,
					 "there is one of its family already");
		req_addr(req, attr, &addr);
		word = args_peek(args);
	} while (word && !addr_parse(word, &addr));
	return EXIT_OK;
}

/* Of an endpoint that is not named otherwise a namespace is but the name. */
static int param_netns_label(const struct param *p, struct request *req,
			     struct args *args)
{
	int ret;

	if (args->ref.label)
		return param_netns(p, req, args);
	ret = param_label(p, req, args);
	if (ret)
		return ret;
	args->ref.label = netns_basename(args->ref.label);
	if (!args->ref.label)
		return args_bad(args, "%s has no name", p->key);
	return EXIT_OK;
}

/* "none" reads better than 0 */
static int param_lease(const struct param *p, struct request *req,
		       struct args *args)
{
	if (!args_accept(args, "none"))
		return param_time(p, req, args);
	req_u32(req, p->attr, 0);
	return EXIT_OK;
}

static const struct param add_params[] = {
	{ "name", param_label, .many = true },
	{ "netns", param_netns },
	{ "pid", param_pid },
	{ "addr", param_addr, .many = true },
	{ "port", param_port_number, SAL_A_ENDPOINT_PORT },
	{ "weight", param_count, SAL_A_ENDPOINT_WEIGHT },
	{ "tier", param_count, SAL_A_ENDPOINT_TIER },
	{ "max-flows", param_count, SAL_A_ENDPOINT_MAX_FLOWS },
	{ "state", param_enum, SAL_A_ENDPOINT_STATE, .names = &names_state },
	{ "lease", param_lease, SAL_A_ENDPOINT_LEASE },
	{ "nomember", param_flag, SAL_A_ENDPOINT_NO_MEMBER },
	{ "absent", param_flag, SAL_A_ENDPOINT_ABSENT },
	{ }
};

static const struct param set_params[] = {
	{ "name", param_label, .many = true },
	{ "netns", param_netns_label, .many = true },
	{ "pid", param_pid },
	{ "nomember", param_flag, SAL_A_ENDPOINT_NO_MEMBER },
	{ "addr", param_addr, .many = true },
	{ "port", param_port_number, SAL_A_ENDPOINT_PORT },
	{ "weight", param_count, SAL_A_ENDPOINT_WEIGHT },
	{ "tier", param_count, SAL_A_ENDPOINT_TIER },
	{ "max-flows", param_count, SAL_A_ENDPOINT_MAX_FLOWS },
	{ "state", param_enum, SAL_A_ENDPOINT_STATE, .names = &names_state },
	{ "lease", param_lease, SAL_A_ENDPOINT_LEASE },
	{ }
};

static int put_words(const struct param *table, struct request *req,
		     struct args *args)
{
	const char *svc;
	const char *word;
	int ret;

	ret = args_need(args, "SVC", &svc);
	if (ret)
		return ret;
	req_str(req, SAL_A_ENDPOINT_SERVICE, svc);
	/* the keyword "name" may be left out, as del and show do */
	word = args_peek(args);
	if (word && *word && !param_find(table, word))
		args->ref.label = args_next(args);
	ret = params(table, req, args);
	if (ret)
		return ret;
	if (!args->ref.label)
		args->ref.label = args->ref.name;
	if (!args->ref.label)
		return args_bad(args, "name is missing");
	req_str(req, SAL_A_ENDPOINT_NAME, args->ref.label);
	return EXIT_OK;
}

static void put_netns(struct request *req, const struct args *args)
{
	if (args->ref.fd >= 0) {
		req_u32(req, SAL_A_ENDPOINT_NETNS_FD, args->ref.fd);
		req->now = true;
	}
	/* a domain that is there for a check only takes nobody's packets */
	if (restoring.check && !req_has(req, SAL_A_ENDPOINT_NO_MEMBER))
		req_flag(req, SAL_A_ENDPOINT_NO_MEMBER);
	if (args->ref.absent)
		req_flag(req, SAL_A_ENDPOINT_ABSENT);
}

static int endpoint_add(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_NEW);
	int ret;

	if (args->command->replace)
		req_flag(req, SAL_A_ENDPOINT_REPLACE);
	ret = put_words(add_params, req, args);
	if (ret)
		return ret;
	put_netns(req, args);
	return show_made(req, &layout_endpoint);
}

static int endpoint_set(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_SET);
	int ret;

	ret = put_words(set_params, req, args);
	if (ret)
		return ret;
	put_netns(req, args);
	if (!req_has(req, SAL_A_ENDPOINT_NETNS_FD) &&
	    !req_has(req, SAL_A_ENDPOINT_WEIGHT) &&
	    !req_has(req, SAL_A_ENDPOINT_TIER) &&
	    !req_has(req, SAL_A_ENDPOINT_MAX_FLOWS) &&
	    !req_has(req, SAL_A_ENDPOINT_PORT) &&
	    !req_has(req, SAL_A_ENDPOINT_STATE) &&
	    !req_has(req, SAL_A_ENDPOINT_LEASE) &&
	    !req_has(req, SAL_A_ENDPOINT_IPV4) &&
	    !req_has(req, SAL_A_ENDPOINT_IPV6))
		return args_bad(args, "nothing to set");
	return conn_do(req, NULL, NULL);
}

/* "SVC EP" */
static int take_name(struct request *req, struct args *args)
{
	const char *svc, *name;
	int ret;

	ret = args_need(args, "SVC", &svc);
	if (!ret)
		ret = args_need(args, "EP", &name);
	if (ret)
		return ret;
	req_str(req, SAL_A_ENDPOINT_SERVICE, svc);
	req_str(req, SAL_A_ENDPOINT_NAME, name);
	return EXIT_OK;
}

/* and no more */
static int put_name(struct request *req, struct args *args)
{
	int ret;

	ret = take_name(req, args);
	return ret ? ret : args_end(args);
}

static int endpoint_renew(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_SET);
	int ret;

	ret = put_name(req, args);
	if (ret)
		return ret;
	req_flag(req, SAL_A_ENDPOINT_RENEW);
	return conn_do(req, NULL, NULL);
}

static int endpoint_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_DEL);
	int ret;

	ret = put_name(req, args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

static const struct param drain_params[] = {
	{ "deadline", param_time, SAL_A_ENDPOINT_DRAIN_DEADLINE },
	{ "then", param_enum, SAL_A_ENDPOINT_DRAIN_THEN,
	  .names = &names_drain_then },
	{ }
};

/* no new flows; without a deadline, although there may have been one */
static int endpoint_drain(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_SET);
	int ret;

	ret = take_name(req, args);
	if (ret)
		return ret;
	req_u32(req, SAL_A_ENDPOINT_STATE, SAL_ENDPOINT_STATE_DRAINING);
	ret = params(drain_params, req, args);
	if (ret)
		return ret;
	if (!req_has(req, SAL_A_ENDPOINT_DRAIN_DEADLINE)) {
		if (req_has(req, SAL_A_ENDPOINT_DRAIN_THEN))
			return args_bad(args, "deadline is missing");
		req_u32(req, SAL_A_ENDPOINT_DRAIN_DEADLINE, 0);
	}
	return conn_do(req, NULL, NULL);
}

static int endpoint_undrain(struct args *args)
{
	struct request *req = req_new(SAL_CMD_ENDPOINT_SET);
	int ret;

	ret = put_name(req, args);
	if (ret)
		return ret;
	req_u32(req, SAL_A_ENDPOINT_STATE, SAL_ENDPOINT_STATE_UP);
	return conn_do(req, NULL, NULL);
}

static const char add_usage[] =
	"SVC [[name] EP] [netns NAME|PATH | pid N]\n"
	"addr A [addr A6] [port N] [weight N] [tier N] [max-flows N]\n"
	"[state up|draining|down] [lease T] [nomember] [absent]";

static const char set_usage[] =
	"SVC [name] EP [netns NAME|PATH | pid N] [addr A] [addr A6] [port N]\n"
	"[weight N] [tier N] [max-flows N] [state up|draining|down]\n"
	"[lease T|none] [nomember]";

static const struct command endpoint_commands[] = {
	{ "show", endpoint_show, "[SVC [EP]]" },
	{ "add", endpoint_add, add_usage },
	{ "replace", endpoint_add, add_usage, .replace = true },
	{ "set", endpoint_set, set_usage },
	{ "renew", endpoint_renew, "SVC EP" },
	{ "drain", endpoint_drain,
	  "SVC EP [deadline T [then move|reset]]" },
	{ "undrain", endpoint_undrain, "SVC EP" },
	{ "del", endpoint_del, "SVC EP" },
	{ }
};

const struct object object_endpoint = { "endpoint", endpoint_commands };
