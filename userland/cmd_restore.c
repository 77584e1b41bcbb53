// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_restore.c - a saved file back into a domain
 *
 * The domain has to be empty. So where a line fails, what was made before it can be
 * taken back by flushing: in the end there is all of it, or nothing. To check a file
 * it is restored into a network namespace that nobody else knows, and that goes with
 * the process: without members it meets no packet.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "netns.h"
#include "out.h"
#include "restore.h"
#include "salctl.h"
#include "save.h"

struct restoring restoring;

static const struct object *const objects[] = {
	&object_domain,
	&object_member,
	&object_service,
	&object_endpoint,
	&object_rule,
	&object_policy,
	&object_flow,
	&object_begin,
	&object_commit,
	&object_abort,
	NULL
};

/* --- what is not here --- */

bool restore_lacks(const char *netns)
{
	int fd;

	if (!restoring.on)
		return false;
	fd = netns_try(netns);
	if (fd >= 0)
		close(fd);
	else if (errno == ENOENT)
		note("no network namespace '%s' yet", netns);
	return fd < 0 && errno == ENOENT;
}

bool restore_lacks_pid(const char *pid)
{
	char path[64];

	if (!restoring.on)
		return false;
	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	if (restoring.same_boot && !access(path, F_OK))
		return false;
	note("process %s is not here any more", pid);
	return true;
}

int restore_leaves_out(const struct nsref *ref)
{
	if (ref->absent)
		note("member '%s' is left out", ref->label ? : "");
	return EXIT_OK;
}

int restore_flow(struct request *req)
{
	restoring.flows++;
	/* it could only be made with its member */
	return restoring.check ? EXIT_OK : conn_queue(req);
}

/* --- the domain --- */

static int look(const struct nlmsghdr *nlh, void *data)
{
	static const char *const keys[] = {
		"services", "endpoints", "members", "rules", "policies",
	};
	json_t *obj = out_decode(&layout_domain, nlh);
	bool *empty = data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (out_num(obj, keys[i]))
			*empty = false;
	json_decref(obj);
	return EXIT_OK;
}

static int need_empty(void)
{
	bool empty = true;
	int ret;

	ret = conn_do(req_new(SAL_CMD_DOMAIN_GET), look, &empty);
	if (!ret && !empty)
		ret = refused("the domain is not empty: salctl flush");
	return ret;
}

/* the line by which the settings of now come back */
static int settings(char **line)
{
	size_t len;
	FILE *f;
	int ret;

	f = open_memstream(line, &len);
	if (!f)
		return out_of_memory();
	ret = save_domain(f);
	if (fclose(f) && !ret)
		ret = out_of_memory();
	return ret;
}

/* a transaction that is open is over */
static void take_back(char *before)
{
	conn_close();
	if (conn_do(req_new(SAL_CMD_DOMAIN_FLUSH), NULL, NULL) ||
	    batch_line(objects, before))
		note("not all could be taken back: salctl flush");
	else
		note("nothing was restored");
}

/* --- the file --- */

static void read_boot(const char *name)
{
	char boot[SAVE_BOOT];
	char line[256];
	size_t n;
	FILE *f;

	/* standard input is read once */
	f = strcmp(name, "-") ? fopen(name, "re") : NULL;
	if (!f)
		return;
	save_boot(boot);
	n = strlen(SAVE_HEAD);
	if (fgets(line, sizeof(line), f) && !strncmp(line, SAVE_HEAD, n)) {
		line[strcspn(line, "\n")] = '\0';
		restoring.same_boot = *boot && !strcmp(line + n, boot);
	}
	fclose(f);
}

/* what is refused of flows has been told line by line, and stops nothing */
static int run(const char *name)
{
	unsigned int num = 0;
	int ret;

	restoring.on = true;
	opt.batch = name;
	ret = batch_run(objects);
	if (!ret) {
		err_place(name, 0);
		ret = conn_queue_end(&num);
	}
	err_place(NULL, 0);
	restoring.on = false;
	opt.batch = NULL;
	if (!ret && restoring.flows && !restoring.check)
		printf("%u flow%s restored, %u refused\n",
		       restoring.flows - num,
		       restoring.flows - num == 1 ? "" : "s", num);
	return ret;
}

static int check(const char *name)
{
	if (unshare(CLONE_NEWNET))
		return refused("cannot make a network namespace to check in: %s",
			       strerror(errno));
	restoring.check = true;
	return run(name);
}

static int restore(struct args *args)
{
	char *before = NULL;
	const char *name;
	bool only_check;
	int ret;

	if (opt.batch)
		return bad_usage("restore: not in a batch");
	ret = args_need(args, "FILE", &name);
	if (ret)
		return ret;
	only_check = args_accept(args, "check");
	ret = args_end(args);
	if (!ret)
		ret = need_empty();
	if (ret)
		return ret;
	read_boot(name);
	conn_close();
	if (only_check)
		return check(name);
	ret = settings(&before);
	if (!ret) {
		ret = run(name);
		if (ret)
			take_back(before);
	}
	free(before);
	return ret;
}

static const struct command restore_commands[] = {
	{ NULL, restore, "FILE [check]" },
	{ }
};

const struct object object_restore = { "restore", restore_commands };
