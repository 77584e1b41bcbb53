// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_domain.c - settings and totals of the domain
 */
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "guard.h"
#include "param.h"
#include "salctl.h"
#include "show.h"

static const struct field domain_field[] = {
	{ SAL_A_DOMAIN_VIP_POOL },
	{ SAL_A_DOMAIN_ID_PREFIX },
	{ SAL_A_DOMAIN_FLOW_ACCT },
	{ SAL_A_DOMAIN_POLICY },
	{ SAL_A_DOMAIN_DIRECT },
	{ SAL_A_DOMAIN_SERVICES, F_LINE },
	{ SAL_A_DOMAIN_ENDPOINTS },
	{ SAL_A_DOMAIN_MEMBERS },
	{ SAL_A_DOMAIN_FLOWS },
	{ SAL_A_DOMAIN_RULES, F_NONZERO },
	{ SAL_A_DOMAIN_POLICIES, F_NONZERO },
	{ SAL_A_DOMAIN_HELD_PACKETS, F_LINE | F_NONZERO, "held packets" },
	{ SAL_A_DOMAIN_HELD_BYTES, F_NONZERO, "bytes" },
	{ SAL_A_DOMAIN_CREATED, F_LINE | F_STATS, "flows created" },
	{ SAL_A_DOMAIN_DESTROYED, F_STATS },
	{ SAL_A_DOMAIN_MAX_SERVICES, F_LINE | F_DETAIL },
	{ SAL_A_DOMAIN_MAX_ENDPOINTS, F_DETAIL },
	{ SAL_A_DOMAIN_MAX_MEMBERS, F_DETAIL },
	{ SAL_A_DOMAIN_MAX_FLOWS, F_DETAIL },
	{ SAL_A_DOMAIN_MAX_HELD, F_DETAIL },
	{ SAL_A_DOMAIN_MAX_RULES, F_DETAIL },
	{ SAL_A_DOMAIN_MAX_POLICIES, F_DETAIL },
	{ SAL_A_DOMAIN_GENERATION, F_LINE | F_DETAIL },
};

static void domain_derive(json_t *obj)
{
	const char *mode = guard_mode();

	if (strcmp(mode, "off"))
		out_note(obj, "upgrade-guard %s", mode);
}

LAYOUT(domain, domain, .derive = domain_derive);

static int domain_show(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	return show_one(req_new(SAL_CMD_DOMAIN_GET), &layout_domain);
}

/* The pools given replace the ones there; an empty one stands for none. */
static int param_pool(const struct param *p, struct request *req,
		      struct args *args)
{
	if (!args_accept(args, "none"))
		return param_prefixes(p, req, args);
	req_prefix(req, p->attr, NULL);
	return EXIT_OK;
}

static const struct param domain_params[] = {
	{ "vip-pool", param_pool, SAL_A_DOMAIN_VIP_POOL, .many = true },
	{ "id-prefix", param_prefix, SAL_A_DOMAIN_ID_PREFIX },
	{ "max-services", param_count, SAL_A_DOMAIN_MAX_SERVICES },
	{ "max-endpoints", param_count, SAL_A_DOMAIN_MAX_ENDPOINTS },
	{ "max-members", param_count, SAL_A_DOMAIN_MAX_MEMBERS },
	{ "max-flows", param_count, SAL_A_DOMAIN_MAX_FLOWS },
	{ "max-rules", param_count, SAL_A_DOMAIN_MAX_RULES },
	{ "max-held", param_size, SAL_A_DOMAIN_MAX_HELD },
	{ "flow-acct", param_enum, SAL_A_DOMAIN_FLOW_ACCT,
	  .names = &names_switch },
	{ "policy", param_enum, SAL_A_DOMAIN_POLICY, .names = &names_access },
	{ "direct", param_enum, SAL_A_DOMAIN_DIRECT, .names = &names_direct_mode },
	{ "max-policies", param_count, SAL_A_DOMAIN_MAX_POLICIES },
	{ }
};

static int domain_set(struct args *args)
{
	struct request *req = req_new(SAL_CMD_DOMAIN_SET);
	int ret;

	if (args->bare)
		return args_bad(args, "nothing to set");
	ret = params(domain_params, req, args);
	if (ret)
		return ret;
	return conn_do(req, NULL, NULL);
}

static const struct command domain_commands[] = {
	{ "show", domain_show, "" },
	{ "set", domain_set,
	  "[vip-pool PFX..|none] [id-prefix PFX] [max-services N]\n"
	  "[max-endpoints N] [max-members N] [max-flows N] [max-held SIZE]\n"
	  "[max-rules N] [flow-acct on|off] [policy allow|deny]\n"
	  "[max-policies N] [direct auto|off]" },
	{ }
};

const struct object object_domain = { "domain", domain_commands };
