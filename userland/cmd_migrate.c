// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_migrate.c - moving flows of some endpoints to another one
 */
#include <stdio.h>
#include <string.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "param.h"
#include "salctl.h"
#include "show.h"
#include "text.h"
#include "units.h"

static const struct field migrate_field[] = {
	{ SAL_A_MIGRATE_SERVICE, F_HEAD },
	{ SAL_A_MIGRATE_FROM },
	{ SAL_A_MIGRATE_TO },
	{ SAL_A_MIGRATE_FLOWS },
	{ SAL_A_MIGRATE_OPENED },
	{ SAL_A_MIGRATE_CELLS },
	{ SAL_A_MIGRATE_DURATION },
	{ SAL_A_MIGRATE_FROZEN },
	{ SAL_A_MIGRATE_CAUSE },
	{ SAL_A_MIGRATE_SEQ, F_JSON },
	{ SAL_A_MIGRATE_TRANSACTION },
	{ SAL_A_MIGRATE_RESETS },
	{ SAL_A_MIGRATE_FENCED_RESETS, 0, "fenced resets" },
	{ SAL_A_MIGRATE_FENCED_ERRORS, 0, "fenced errors" },
	{ SAL_A_MIGRATE_FENCED_LATE, 0, "fenced late" },
};

LAYOUT(migrate, migrate);

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* b.com: 3 flows moved to b2 (1 cell), 2 reset in 4.2us; with those that it has opened
 * itself: b.com: 3 flows and 2 opened ones moved to b2 ...
 */
static void print_moved(const json_t *obj, bool check)
{
	unsigned long long flows = out_num(obj, "flows");
	unsigned long long cells = out_num(obj, "cells");
	unsigned long long opened = out_num(obj, "opened");
	unsigned long long resets = out_num(obj, "resets");
	char buf[UNITS_BUF];

	text_print_word(stdout, out_str(obj, "service"));
	printf(": %llu flow%s", flows, plural(flows));
	if (opened)
		printf(" and %llu opened one%s", opened, plural(opened));
	printf(" %s to ", check ? "would move" : "moved");
	text_print_word(stdout, out_str(obj, "to"));
	/* none are made to know which flows would move one by one */
	if (cells || !flows)
		printf(" (%llu cell%s)", cells, plural(cells));
	if (resets)
		printf(", %llu %s", resets, check ? "would be reset" : "reset");
	if (!check) {
		duration_format(buf, out_num(obj, "duration"));
		printf(" in %s", buf);
	}
	if (json_object_get(obj, "frozen")) {
		duration_format(buf, out_num(obj, "frozen"));
		printf(", frozen for %s", buf);
	}
	putchar('\n');
}

static int show_moved(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_migrate, nlh);
	const bool *check = data;

	if (opt.json) {
		list_begin();
		list_json(obj);
		list_end();
	} else {
		print_moved(obj, *check);
	}
	json_decref(obj);
	return EXIT_OK;
}

/* b1,b2: an empty part is the kernel's to refuse */
static void put_from(struct request *req, const char *list)
{
	char name[SAL_LABEL_MAX * 2];
	size_t n;

	for (;; list += n + 1) {
		n = strcspn(list, ",");
		if (n >= sizeof(name)) {
			req->overflow = true;
			return;
		}
		memcpy(name, list, n);
		name[n] = '\0';
		req_str(req, SAL_A_MIGRATE_FROM, name);
		if (!list[n])
			return;
	}
}

static const struct param migrate_params[] = {
	{ "check", param_flag, SAL_A_MIGRATE_CHECK },
	{ "src", param_prefix, SAL_A_MIGRATE_SRC },
	{ "proto", param_proto, SAL_A_MIGRATE_PROTO },
	{ "sport", param_port, SAL_A_MIGRATE_SPORT },
	{ "dport", param_port, SAL_A_MIGRATE_DPORT },
	{ "id", param_uint, SAL_A_MIGRATE_ID },
	{ "freeze", param_flag, SAL_A_MIGRATE_FREEZE },
	{ "time", param_time, SAL_A_MIGRATE_TIME },
	{ }
};

static int migrate(struct args *args)
{
	struct request *req = req_new(SAL_CMD_MIGRATE);
	const char *svc, *from, *to;
	bool check;
	int ret;

	ret = args_need(args, "SVC", &svc);
	if (ret)
		return ret;
	if (!args_accept(args, "from"))
		return args_bad(args, "from EP[,EP] or from any is missing");
	ret = args_need(args, "EP", &from);
	if (ret)
		return ret;
	if (!args_accept(args, "to"))
		return args_bad(args, "to EP is missing");
	ret = args_need(args, "EP", &to);
	if (ret)
		return ret;

	req_str(req, SAL_A_MIGRATE_SERVICE, svc);
	/* all others are those of which none is named */
	if (strcmp(from, "any"))
		put_from(req, from);
	req_str(req, SAL_A_MIGRATE_TO, to);
	ret = params(migrate_params, req, args);
	if (ret)
		return ret;
	if (req_has(req, SAL_A_MIGRATE_TIME) &&
	    !req_has(req, SAL_A_MIGRATE_FREEZE))
		return args_bad(args, "time is for freeze");
	check = req_has(req, SAL_A_MIGRATE_CHECK);
	return conn_do(req, show_moved, &check);
}

static const struct command migrate_commands[] = {
	{ NULL, migrate, "SVC from EP[,EP]..|any to EP\n"
	  "[src PFX] [proto P] [sport N] [dport N] [id N]\n"
	  "[freeze [time TIME]] [check]" },
	{ }
};

const struct object object_migrate = { "migrate", migrate_commands };
