// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_service.c - services
 */
#include <netinet/in.h>

#include <linux/sal.h>

#include "cmd.h"
#include "flush.h"
#include "param.h"
#include "salctl.h"
#include "show.h"
#include "units.h"

static const struct field service_field[] = {
	{ SAL_A_SERVICE_NAME, F_HEAD },
	{ SAL_A_SERVICE_SID },
	{ SAL_A_SERVICE_ALIAS, F_LINE },
	{ SAL_A_SERVICE_VIP, F_LINE | F_FAMILY },
	{ SAL_A_SERVICE_DERIVED },
	{ SAL_A_SERVICE_PROTO },
	{ SAL_A_SERVICE_PORT },
	{ SAL_A_SERVICE_PORT_END, F_JSON },
	{ SAL_A_SERVICE_ENDPOINTS, F_LINE },
	{ SAL_A_SERVICE_USABLE4 },
	{ SAL_A_SERVICE_USABLE6 },
	{ SAL_A_SERVICE_FLOWS },
	{ SAL_A_SERVICE_GATE4 },
	{ SAL_A_SERVICE_GATE6 },
	{ SAL_A_SERVICE_FROZEN },
	{ SAL_A_SERVICE_HELD_PACKETS, F_LINE | F_NONZERO, "held packets" },
	{ SAL_A_SERVICE_HELD_BYTES, F_NONZERO, "bytes" },
	{ SAL_A_SERVICE_FORWARD_PACKETS, F_LINE | F_STATS, "forward packets" },
	{ SAL_A_SERVICE_FORWARD_BYTES, F_STATS, "bytes" },
	{ SAL_A_SERVICE_REVERSE_PACKETS, F_STATS, "reverse packets" },
	{ SAL_A_SERVICE_REVERSE_BYTES, F_STATS, "bytes" },
	{ SAL_A_SERVICE_HOLD_PACKETS, F_LINE | F_DETAIL, "hold packets" },
	{ SAL_A_SERVICE_HOLD_BYTES, F_DETAIL, "bytes" },
	{ SAL_A_SERVICE_HOLD_TIME, F_DETAIL, "time" },
	{ SAL_A_SERVICE_HOLD_SHARE, F_DETAIL, "share" },
	{ SAL_A_SERVICE_ON_EMPTY, F_DETAIL },
	{ SAL_A_SERVICE_LATE, F_DETAIL },
	{ SAL_A_SERVICE_GRACE, F_DETAIL },
	{ SAL_A_SERVICE_STRAY, F_LINE | F_DETAIL },
	{ SAL_A_SERVICE_TCP, F_DETAIL },
	{ SAL_A_SERVICE_SCHED, F_LINE | F_DETAIL },
	{ SAL_A_SERVICE_AFFINITY, F_DETAIL },
	{ SAL_A_SERVICE_DIRECT, F_DETAIL },
	{ SAL_A_SERVICE_TIMEOUT_NEW, F_LINE | F_DETAIL, "timeout new" },
	{ SAL_A_SERVICE_TIMEOUT_REPLIED, F_DETAIL, "timeout replied" },
	{ SAL_A_SERVICE_TIMEOUT_SYN, F_LINE | F_DETAIL, "timeout syn" },
	{ SAL_A_SERVICE_TIMEOUT_ESTABLISHED, F_DETAIL,
	  "timeout established" },
	{ SAL_A_SERVICE_TIMEOUT_CLOSING, F_DETAIL, "timeout closing" },
	{ SAL_A_SERVICE_TIMEOUT_CLOSED, F_DETAIL, "timeout closed" },
	{ SAL_A_SERVICE_SEQ, F_JSON },
	{ SAL_A_SERVICE_TRANSACTION },
	{ SAL_A_SERVICE_PATH, F_JSON },
};

static void check_family(json_t *obj, int family, const char *usable,
			 const char *name)
{
	if (out_has_family(json_object_get(obj, "vip"), family) &&
	    json_object_get(obj, usable) && !out_num(obj, usable))
		out_note(obj, "no usable %s endpoint", name);
}

static const char *path_word(const json_t *path, const char *key)
{
	return json_string_value(json_object_get(path, key));
}

static void tell_path(json_t *obj, const json_t *path)
{
	const json_t *dscp = json_object_get(path, "dscp");
	char of[32] = "";

	if (dscp)
		snprintf(of, sizeof(of), ", DSCP %lld",
			 (long long)json_integer_value(dscp));
	out_note(obj, "path from %s to %s (%s%s): %s",
		 path_word(path, "member"), path_word(path, "addr"),
		 path_word(path, "placement"), of, path_word(path, "kind"));
}

static void tell_paths(json_t *obj)
{
	json_t *path;
	size_t i;

	json_array_foreach(json_object_get(obj, "path"), i, path)
		tell_path(obj, path);
}

static void service_derive(json_t *obj)
{
	json_object_set_new(obj, "notes", json_array());
	check_family(obj, AF_INET, "usable4", "IPv4");
	check_family(obj, AF_INET6, "usable6", "IPv6");
	tell_paths(obj);
}

LAYOUT(service, service, .derive = service_derive);

static int service_show(struct args *args)
{
	struct request *req = req_new(SAL_CMD_SERVICE_GET);
	const char *name = args_next(args);
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	if (!name)
		return show_all(req, &layout_service);
	req_str(req, SAL_A_SERVICE_NAME, name);
	return show_one(req, &layout_service);
}

static const struct param hold_params[] = {
	{ "packets", param_count, SAL_A_SERVICE_HOLD_PACKETS },
	{ "bytes", param_size, SAL_A_SERVICE_HOLD_BYTES },
	{ "time", param_time, SAL_A_SERVICE_HOLD_TIME },
	{ "share", param_count, SAL_A_SERVICE_HOLD_SHARE },
	{ }
};

/* hold off | hold [packets N] [bytes SIZE] [time TIME] [share PERCENT] */
static int param_hold(const struct param *p, struct request *req,
		      struct args *args)
{
	const struct param *part;
	uint32_t seen = 0;
	const char *word;
	int ret;

	if (args_accept(args, "off")) {
		req_u32(req, SAL_A_SERVICE_HOLD_PACKETS, 0);
		return EXIT_OK;
	}
	while ((word = args_peek(args))) {
		part = param_find(hold_params, word);
		if (!part || (seen & 1U << (part - hold_params)))
			break;
		seen |= 1U << (part - hold_params);
		args_next(args);
		ret = part->parse(part, req, args);
		if (ret)
			return ret;
	}
	if (!seen)
		return args_bad(args, "%s wants off, packets, bytes, time or share",
				p->key);
	return EXIT_OK;
}

/* N[-M] */
static int param_ports(const struct param *p, struct request *req,
		       struct args *args)
{
	uint64_t first, last;
	const char *word;
	const char *bad;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	bad = ports_parse(word, &first, &last);
	if (bad)
		return param_bad(p, args, word, bad);
	req_u16(req, SAL_A_SERVICE_PORT, first);
	req_u16(req, SAL_A_SERVICE_PORT_END, last);
	return EXIT_OK;
}

static const struct param port_param = { "port", param_ports };

/* proto any | proto P [port N[-M]]: without a port it is all of them */
static int param_spoken(const struct param *p, struct request *req,
			struct args *args)
{
	int ret = EXIT_OK;

	if (args_accept(args, "any"))
		req_u8(req, p->attr, 0);
	else
		ret = param_proto(p, req, args);
	if (ret)
		return ret;
	if (args_accept(args, "port"))
		return param_ports(&port_param, req, args);
	req_u16(req, SAL_A_SERVICE_PORT, 0);
	req_u16(req, SAL_A_SERVICE_PORT_END, 0);
	return EXIT_OK;
}

static const struct param timeout_params[] = {
	{ "new", param_seconds, SAL_A_SERVICE_TIMEOUT_NEW },
	{ "replied", param_seconds, SAL_A_SERVICE_TIMEOUT_REPLIED },
	{ "syn", param_seconds, SAL_A_SERVICE_TIMEOUT_SYN },
	{ "established", param_seconds, SAL_A_SERVICE_TIMEOUT_ESTABLISHED },
	{ "closing", param_seconds, SAL_A_SERVICE_TIMEOUT_CLOSING },
	{ "closed", param_seconds, SAL_A_SERVICE_TIMEOUT_CLOSED },
	{ }
};

/* timeout STATE TIME */
static int param_timeout(const struct param *p, struct request *req,
			 struct args *args)
{
	const struct param *state;
	const char *word;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	state = param_find(timeout_params, word);
	if (!state)
		return param_bad(p, args, word,
				 "not one of new, replied, syn, established, closing, closed");
	if (req_has(req, state->attr))
		return param_bad(p, args, word, "is given twice");
	return state->parse(state, req, args);
}

/* affinity off | TIME */
static int param_affinity(const struct param *p, struct request *req,
			  struct args *args)
{
	if (!args_accept(args, "off"))
		return param_seconds(p, req, args);
	req_u32(req, p->attr, 0);
	return EXIT_OK;
}

/* alias NAME | alias none: an empty one stands for none at all */
static int param_alias(const struct param *p, struct request *req,
		       struct args *args)
{
	if (!args_accept(args, "none"))
		return param_name(p, req, args);
	req_str(req, p->attr, "");
	return EXIT_OK;
}

static const struct param service_params[] = {
	{ "alias", param_alias, SAL_A_SERVICE_ALIAS, .many = true },
	{ "vip", param_prefixes, SAL_A_SERVICE_VIP, .many = true },
	{ "proto", param_spoken, SAL_A_SERVICE_PROTO },
	{ "hold", param_hold },
	{ "on-empty", param_enum, SAL_A_SERVICE_ON_EMPTY,
	  .names = &names_on_empty },
	{ "late", param_enum, SAL_A_SERVICE_LATE, .names = &names_late },
	{ "grace", param_time, SAL_A_SERVICE_GRACE },
	{ "stray", param_enum, SAL_A_SERVICE_STRAY, .names = &names_stray },
	{ "tcp", param_enum, SAL_A_SERVICE_TCP, .names = &names_tcp },
	{ "sched", param_enum, SAL_A_SERVICE_SCHED, .names = &names_sched },
	{ "affinity", param_affinity, SAL_A_SERVICE_AFFINITY },
	{ "direct", param_enum, SAL_A_SERVICE_DIRECT, .names = &names_direct_mode },
	{ "timeout", param_timeout, .many = true },
	{ }
};

/* add, replace and set */
/* the request that the command is, about the service that is named */
static int service_named(struct args *args, struct request **req)
{
	const char *name;
	int ret;

	*req = req_new(args->command->op);
	ret = args_need(args, "NAME", &name);
	if (!ret)
		req_str(*req, SAL_A_SERVICE_NAME, name);
	return ret;
}

static int service_put(struct args *args)
{
	struct request *req;
	int ret;

	ret = service_named(args, &req);
	if (ret)
		return ret;
	if (args->command->replace)
		req_flag(req, SAL_A_SERVICE_REPLACE);
	if (args->command->op == SAL_CMD_SERVICE_NEW) {
		ret = params(service_params, req, args);
		return ret ? ret : show_made(req, &layout_service);
	}
	if (!args->argc)
		return args_bad(args, "nothing to set");
	ret = params(service_params, req, args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

static int service_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_SERVICE_DEL);
	const char *name;
	int ret;

	ret = args_need(args, "NAME", &name);
	if (!ret)
		ret = args_end(args);
	if (ret)
		return ret;
	req_str(req, SAL_A_SERVICE_NAME, name);
	return conn_do(req, NULL, NULL);
}

static const struct param freeze_params[] = {
	{ "time", param_time, SAL_A_SERVICE_FROZEN },
	{ }
};

/* freeze and thaw */
static int service_freeze(struct args *args)
{
	struct request *req;
	int ret;

	ret = service_named(args, &req);
	if (ret)
		return ret;
	ret = args->command->op == SAL_CMD_SERVICE_FREEZE ?
	      params(freeze_params, req, args) : args_end(args);
	return ret ? ret : conn_do(req, NULL, NULL);
}

static int service_flush(struct args *args)
{
	int ret;

	ret = args_end(args);
	/* which would keep them from going */
	if (!ret)
		ret = flush_rules(true);
	if (ret)
		return ret;
	return flush_each(SAL_CMD_SERVICE_GET, SAL_CMD_SERVICE_DEL,
			  SAL_A_SERVICE_NAME);
}

static const char put_usage[] =
	"NAME [alias NAME|none].. [vip ADDR|PFX].. [proto any | proto P [port N[-M]]]\n"
	"[hold off | hold [packets N] [bytes SIZE] [time TIME] [share PERCENT]]\n"
	"[on-empty drop|reject] [late translate|drop] [grace TIME]\n"
	"[sched wrr|lc|p2c|maglev] [affinity off|TIME] [direct auto|off]\n"
	"[tcp pin|reset|repair] [stray reset|drop|adopt] [timeout STATE TIME]..\n"
	"STATE := new | replied | syn | established | closing | closed";

static const struct command service_commands[] = {
	{ "show", service_show, "[NAME]" },
	{ "add", service_put, put_usage, SAL_CMD_SERVICE_NEW },
	{ "set", service_put, put_usage, SAL_CMD_SERVICE_SET },
	{ "replace", service_put, put_usage, SAL_CMD_SERVICE_NEW, true },
	{ "del", service_del, "NAME" },
	{ "freeze", service_freeze, "NAME [time TIME]", SAL_CMD_SERVICE_FREEZE },
	{ "thaw", service_freeze, "NAME", SAL_CMD_SERVICE_THAW },
	{ "flush", service_flush, "" },
	{ }
};

const struct object object_service = { "service", service_commands };
