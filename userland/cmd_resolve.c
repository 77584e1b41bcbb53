// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_resolve.c - what a name or an address stands for, and who answers
 */
#include <linux/genetlink.h>
#include <linux/sal.h>
#include <netinet/in.h>
#include <string.h>

#include "addr.h"
#include "cmd.h"
#include "conn.h"
#include "param.h"
#include "salctl.h"
#include "show.h"
#include "walk.h"

static const struct field resolve_field[] = {
	{ SAL_A_RESOLVE_SERVICE, F_HEAD },
	{ SAL_A_RESOLVE_SID },
	{ SAL_A_RESOLVE_VIP, F_LINE },
	{ SAL_A_RESOLVE_USABLE4, F_LINE },
	{ SAL_A_RESOLVE_USABLE6 },
	{ SAL_A_RESOLVE_GATE4 },
	{ SAL_A_RESOLVE_GATE6 },
	{ SAL_A_RESOLVE_RULE, F_LINE },
	{ SAL_A_RESOLVE_ACTION },
};

LAYOUT(resolve, resolve);

/* the notes that walk.c makes of the steps are the rest of the text */
static const struct field walk_field[] = {
	{ SAL_A_RESOLVE_SERVICE, F_HEAD },
	{ SAL_A_RESOLVE_SID },
	{ SAL_A_RESOLVE_VIP, F_LINE },
	{ SAL_A_RESOLVE_USABLE4, F_LINE },
	{ SAL_A_RESOLVE_USABLE6 },
	{ SAL_A_RESOLVE_GATE4 },
	{ SAL_A_RESOLVE_GATE6 },
	{ SAL_A_RESOLVE_RULE, F_LINE },
	{ SAL_A_RESOLVE_ACTION },
	{ SAL_A_RESOLVE_SRC, F_LINE },
	{ SAL_A_RESOLVE_DST },
	{ SAL_A_RESOLVE_STEP, F_JSON },
	{ SAL_A_RESOLVE_LEFT_OUT, F_JSON },
	{ SAL_A_RESOLVE_VERDICT, F_JSON },
};

LAYOUT(walk, resolve);

/* "from" and the words of an NSREF */
static int param_from(const struct param *p, struct request *req,
		      struct args *args)
{
	static const struct param refs[] = {
		{ "netns", param_netns },
		{ "pid", param_pid },
		{ }
	};
	const struct param *ref;
	const char *word;
	int ret;

	ret = args_need(args, "from netns NAME|PATH or from pid N", &word);
	if (ret)
		return ret;
	ref = param_find(refs, word);
	if (!ref)
		return param_bad(p, args, word, "not one of netns, pid");
	/* a process' namespace has no name to be called by */
	if (ref->parse == param_pid)
		args->ref.label = args_peek(args);
	return ref->parse(ref, req, args);
}

static const struct param resolve_params[] = {
	{ "from", param_from },
	{ "proto", param_proto, SAL_A_RESOLVE_PROTO },
	{ "dport", param_port, SAL_A_RESOLVE_DPORT },
	{ }
};

/* what a reply is read with */
struct asked {
	const struct nsref *from;
	uint8_t proto;		/* 0 where it follows from the family */
	bool answered;
};

static uint8_t asked_proto(const struct request *req)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, req->nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == SAL_A_RESOLVE_PROTO)
			return mnl_attr_get_u8(attr);
	return 0;
}

static int show_walk(const struct nlmsghdr *nlh, void *data)
{
	struct asked *asked = data;
	json_t *obj = out_decode(&layout_walk, nlh);
	int ret;

	asked->answered = true;
	walk_conntrack(obj, asked->from, asked->proto);
	walk_cure(obj, asked->from);
	if (!opt.json)
		walk_notes(obj);
	list_object(&layout_walk, obj, 0);
	ret = strcmp(out_str(obj, "verdict"), "answers") ? EXIT_REFUSED :
							   EXIT_OK;
	json_decref(obj);
	return ret;
}

static int walk(struct request *req, const struct args *args)
{
	struct asked asked = { &args->ref, asked_proto(req) };
	int ret;

	req_u32(req, SAL_A_RESOLVE_NETNS_FD, args->ref.fd);
	if (opt.family)
		req_u16(req, SAL_A_RESOLVE_FAMILY, opt.family);
	list_begin();
	ret = conn_do(req, show_walk, &asked);
	if (asked.answered)
		list_end();
	return ret;
}

static int resolve(struct args *args)
{
	struct request *req = req_new(SAL_CMD_RESOLVE);
	struct prefix addr;
	const char *word;
	int ret;

	ret = args_need(args, "NAME or ADDR", &word);
	if (ret)
		return ret;
	if (addr_parse(word, &addr))
		req_str(req, SAL_A_RESOLVE_NAME, word);
	else
		req_addr(req, addr.family == AF_INET ? SAL_A_RESOLVE_IPV4 :
						       SAL_A_RESOLVE_IPV6,
			 &addr);
	ret = params(resolve_params, req, args);
	if (ret)
		return ret;
	if (args->ref.fd >= 0)
		return walk(req, args);
	if (req_has(req, SAL_A_RESOLVE_PROTO) ||
	    req_has(req, SAL_A_RESOLVE_DPORT))
		return args_bad(args, "from is missing");
	return show_one(req, &layout_resolve);
}

static const struct command resolve_commands[] = {
	{ NULL, resolve,
	  "NAME|ADDR [from netns NAME|PATH | from pid N]\n[proto P] [dport N]" },
	{ }
};

const struct object object_resolve = { "resolve", resolve_commands };
