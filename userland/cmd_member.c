// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_member.c - network namespaces whose packets the domain resolves
 */
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "flush.h"
#include "param.h"
#include "restore.h"
#include "salctl.h"
#include "show.h"

static const struct field member_field[] = {
	{ SAL_A_MEMBER_NAME, F_HEAD },
	{ SAL_A_MEMBER_NSID },
	{ SAL_A_MEMBER_ROUTE },
	{ SAL_A_MEMBER_ENDPOINTS },
	{ SAL_A_MEMBER_ID, F_DETAIL },
	{ SAL_A_MEMBER_UNROUTED, F_LINE },
};

/* With "auto" there is nothing that salctl knows to mend it. */
static void member_derive(json_t *obj)
{
	json_object_set_new(obj, "notes", json_array());
	if (json_array_size(json_object_get(obj, "unrouted")) &&
	    strcmp(out_str(obj, "route"), "auto"))
		out_note(obj, "no route there, so its programs cannot send: salctl %s%s%smember set %s route auto",
			 opt.netns ? "-n " : "", opt.netns ? opt.netns : "",
			 opt.netns ? " " : "", out_str(obj, "name"));
}

LAYOUT(member, member, .derive = member_derive);

static int member_show(struct args *args)
{
	struct request *req = req_new(SAL_CMD_MEMBER_GET);
	const char *name = args_next(args);
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	if (!name)
		return show_all(req, &layout_member);
	req_str(req, SAL_A_MEMBER_NAME, name);
	return show_one(req, &layout_member);
}

static const struct param add_params[] = {
	{ "netns", param_netns },
	{ "pid", param_pid },
	{ "name", param_label },
	{ "route", param_enum, SAL_A_MEMBER_ROUTE, .names = &names_route },
	{ }
};

static int member_add(struct args *args)
{
	struct request *req = req_new(SAL_CMD_MEMBER_NEW);
	const struct nsref *ref = &args->ref;
	int ret;

	ret = params(add_params, req, args);
	if (ret)
		return ret;
	if (ref->absent || restoring.check)
		return restore_leaves_out(ref);
	if (ref->fd < 0)
		return args_bad(args, "netns NAME|PATH or pid N is missing");
	if (!ref->label && !ref->name)
		return args_bad(args, "name is missing, and a process has none to lend");
	req_str(req, SAL_A_MEMBER_NAME, ref->label ? ref->label : ref->name);
	req_u32(req, SAL_A_MEMBER_NETNS_FD, ref->fd);
	return show_made(req, &layout_member);
}

static const struct param set_params[] = {
	{ "route", param_enum, SAL_A_MEMBER_ROUTE, .names = &names_route },
	{ }
};

static int member_set(struct args *args)
{
	struct request *req = req_new(SAL_CMD_MEMBER_SET);
	const char *name;
	int ret;

	ret = args_need(args, "NAME", &name);
	if (ret)
		return ret;
	if (!args->argc)
		return args_bad(args, "nothing to set");
	req_str(req, SAL_A_MEMBER_NAME, name);
	ret = params(set_params, req, args);
	if (ret)
		return ret;
	return conn_do(req, NULL, NULL);
}

static const struct param ref_params[] = {
	{ "netns", param_netns },
	{ "pid", param_pid },
	{ }
};

/* One word is a name, be it one that could begin an NSREF. */
static int member_del(struct args *args)
{
	struct request *req = req_new(SAL_CMD_MEMBER_DEL);
	const char *name;
	int ret;

	if (args->argc < 2) {
		ret = args_need(args, "NAME or a network namespace", &name);
		if (ret)
			return ret;
		req_str(req, SAL_A_MEMBER_NAME, name);
		return conn_do(req, NULL, NULL);
	}
	ret = params(ref_params, req, args);
	if (ret)
		return ret;
	req_u32(req, SAL_A_MEMBER_NETNS_FD, args->ref.fd);
	return conn_do(req, NULL, NULL);
}

static int member_flush(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	return flush_each(SAL_CMD_MEMBER_GET, SAL_CMD_MEMBER_DEL,
			  SAL_A_MEMBER_NAME);
}

static const struct command member_commands[] = {
	{ "show", member_show, "[NAME]" },
	{ "add", member_add,
	  "netns NAME|PATH | pid N [name NAME] [route auto|none]" },
	{ "set", member_set, "NAME route auto|none" },
	{ "del", member_del, "NAME | netns NAME|PATH | pid N" },
	{ "flush", member_flush, "" },
	{ }
};

const struct object object_member = { "member", member_commands };
