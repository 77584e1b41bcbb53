// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_monitor.c - events as they happen
 *
 * Each event carries its number in its group, so that one that is lost leaves
 * a gap; the last ones before silence are told of by the socket (ENOBUFS).
 * Both are said in the output, where the events would have been: a reader who
 * keeps a copy of the tables then knows that it has to read them again.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "netns.h"
#include "salctl.h"
#include "show.h"
#include "sock.h"

static const struct field hold_field[] = {
	{ SAL_A_HOLD_SERVICE, F_HEAD },
	{ SAL_A_HOLD_FAMILY },
	{ SAL_A_HOLD_CAUSE },
	{ SAL_A_HOLD_TIME },
	{ SAL_A_HOLD_DURATION },
	{ SAL_A_HOLD_RELEASED },
	{ SAL_A_HOLD_RELEASED_BYTES, F_NONZERO, "bytes" },
	{ SAL_A_HOLD_EXPIRED, F_NONZERO },
	{ SAL_A_HOLD_EVICTED, F_NONZERO },
	{ SAL_A_HOLD_REFUSED, F_NONZERO },
	{ SAL_A_HOLD_PURGED, F_NONZERO },
	{ SAL_A_HOLD_HELD_PACKETS, F_NONZERO, "held packets" },
	{ SAL_A_HOLD_HELD_BYTES, F_NONZERO, "bytes" },
	{ SAL_A_HOLD_SEQ, F_JSON },
	{ SAL_A_HOLD_TRANSACTION },
};

LAYOUT(hold, hold);

enum {
	SERVICE, ENDPOINT, FLOW, MIGRATE, TRANSACTION, RULE, MISS, POLICY,
	HOLD,
	NUM_GROUPS
};

static const struct {
	const char *name;
	const struct layout *layout;
} groups[NUM_GROUPS] = {
	[SERVICE] = { SAL_MCGRP_SERVICE, &layout_service },
	[ENDPOINT] = { SAL_MCGRP_ENDPOINT, &layout_endpoint },
	[FLOW] = { SAL_MCGRP_FLOW, &layout_flow },
	[MIGRATE] = { SAL_MCGRP_MIGRATE, &layout_migrate },
	[TRANSACTION] = { SAL_MCGRP_TRANSACTION, &layout_transaction },
	[RULE] = { SAL_MCGRP_RULE, &layout_rule },
	[MISS] = { SAL_MCGRP_MISS, &layout_miss },
	[POLICY] = { SAL_MCGRP_POLICY, &layout_policy },
	[HOLD] = { SAL_MCGRP_HOLD, &layout_hold },
};

static const struct {
	uint8_t cmd;
	uint8_t group;
	const char *name;	/* for JSON */
	const char *text;
} events[] = {
	{ SAL_CMD_SERVICE_ADD_NTF, SERVICE, "service-add", "service add" },
	{ SAL_CMD_SERVICE_SET_NTF, SERVICE, "service-set", "service set" },
	{ SAL_CMD_SERVICE_DEL_NTF, SERVICE, "service-del", "service del" },
	{ SAL_CMD_ENDPOINT_ADD_NTF, ENDPOINT, "endpoint-add", "endpoint add" },
	{ SAL_CMD_ENDPOINT_SET_NTF, ENDPOINT, "endpoint-set", "endpoint set" },
	{ SAL_CMD_ENDPOINT_DEL_NTF, ENDPOINT, "endpoint-del", "endpoint del" },
	{ SAL_CMD_ENDPOINT_DRAIN_NTF, ENDPOINT, "endpoint-drain",
	  "endpoint drain" },
	{ SAL_CMD_FLOW_ADD_NTF, FLOW, "flow-add", "flow add" },
	{ SAL_CMD_FLOW_DEL_NTF, FLOW, "flow-del", "flow del" },
	{ SAL_CMD_MIGRATE_NTF, MIGRATE, "migrate", "migrate" },
	{ SAL_CMD_TRANSACTION_COMMIT_NTF, TRANSACTION, "transaction-commit",
	  "transaction commit" },
	{ SAL_CMD_RULE_ADD_NTF, RULE, "rule-add", "rule add" },
	{ SAL_CMD_RULE_DEL_NTF, RULE, "rule-del", "rule del" },
	{ SAL_CMD_MISS_NTF, MISS, "miss", "miss" },
	{ SAL_CMD_POLICY_ADD_NTF, POLICY, "policy-add", "policy add" },
	{ SAL_CMD_POLICY_SET_NTF, POLICY, "policy-set", "policy set" },
	{ SAL_CMD_POLICY_DEL_NTF, POLICY, "policy-del", "policy del" },
	{ SAL_CMD_HOLD_BEGIN_NTF, HOLD, "hold-begin", "hold begin" },
	{ SAL_CMD_HOLD_DROP_NTF, HOLD, "hold-drop", "hold drop" },
	{ SAL_CMD_HOLD_END_NTF, HOLD, "hold-end", "hold end" },
	{ SAL_CMD_HOLD_FREEZE_NTF, HOLD, "hold-freeze", "hold freeze" },
	{ SAL_CMD_HOLD_THAW_NTF, HOLD, "hold-thaw", "hold thaw" },
	{ SAL_CMD_FENCE_NTF, MIGRATE, "fence", "fence" },
};

struct monitor {
	struct mnl_socket *nl;
	uint16_t family;
	bool wanted[NUM_GROUPS];
	json_int_t last[NUM_GROUPS];	/* number of the last event, or 0 */
	bool gone;			/* the module was unloaded */
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* --- printing --- */

static void now(char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, size - n, ".%06ldZ", ts.tv_nsec / 1000);
}

/* @more, which may be NULL, is what is to be said beside the event's name. */
static void print_json(const char *name, const json_t *more)
{
	json_t *obj = json_object();
	char stamp[64];

	json_object_set_new(obj, "event", json_string(name));
	if (opt.stamp) {
		now(stamp, sizeof(stamp));
		json_object_set_new(obj, "time", json_string(stamp));
	}
	if (more)
		json_object_update(obj, (json_t *)more);
	json_line(obj);
	json_decref(obj);
}

static void print_begin(const char *text)
{
	char stamp[64];

	if (opt.stamp) {
		now(stamp, sizeof(stamp));
		printf("[%s] ", stamp);
	}
	fputs(text, stdout);
}

/* Something that is no event of the kernel's */
static void print_word(const char *name, const char *remark)
{
	if (opt.json) {
		print_json(name, NULL);
	} else {
		print_begin(name);
		puts(remark);
	}
}

static void print_lost(const char *group, json_int_t count)
{
	json_t *obj;

	if (opt.json) {
		obj = json_object();
		json_object_set_new(obj, "group", json_string(group));
		json_object_set_new(obj, "count", json_integer(count));
		print_json("lost", obj);
		json_decref(obj);
	} else {
		print_begin("lost");
		printf(" %" JSON_INTEGER_FORMAT " %s event%s\n", count, group,
		       count == 1 ? "" : "s");
	}
}

/* --- reading --- */

/* A number that goes back is that of a module loaded anew. */
static void check_gap(struct monitor *mon, unsigned int group, json_int_t seq)
{
	json_int_t last = mon->last[group];

	if (!seq)
		return;
	mon->last[group] = seq;
	if (last && seq > last + 1)
		print_lost(groups[group].name, seq - last - 1);
}

static void event(struct monitor *mon, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct layout *layout;
	json_t *obj;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].cmd == genl->cmd)
			break;
	if (i == ARRAY_SIZE(events))
		return;

	netns_recheck();
	layout = groups[events[i].group].layout;
	obj = out_decode(layout, nlh);
	check_gap(mon, events[i].group, out_num(obj, "seq"));
	if (out_family_wanted(layout, obj)) {
		if (opt.json) {
			print_json(events[i].name, obj);
		} else {
			print_begin(events[i].text);
			putchar(' ');
			out_text(layout, obj, 0, true);
		}
	}
	json_decref(obj);
}

/* Does a message of the controller say that our family has gone? */
static bool family_gone(const struct monitor *mon, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr) == mon->family;
	return false;
}

static void messages(struct monitor *mon, const void *buf, size_t n)
{
	const struct nlmsghdr *nlh = buf;
	int left = n;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
			continue;
		if (nlh->nlmsg_type == mon->family)
			event(mon, nlh);
		else if (nlh->nlmsg_type == GENL_ID_CTRL)
			mon->gone |= family_gone(mon, nlh);
	}
}

static int listen_to(struct monitor *mon)
{
	static char buf[SOCK_RECV] MSG_ALIGNED;
	struct pollfd pfd = {
		.fd = mnl_socket_get_fd(mon->nl),
		.events = POLLIN,
	};
	sigset_t mask;
	ssize_t n;

	/* Signals get through while it waits and at no other time, so that
	 * none comes between the question whether to stop and the waiting.
	 */
	sigemptyset(&mask);
	while (!stopped && !mon->gone) {
		fflush(stdout);
		if (ferror(stdout))
			return EXIT_OK;	/* run_main() has the words for it */
		if (ppoll(&pfd, 1, NULL, &mask) < 0) {
			if (errno == EINTR)
				continue;
			return refused("cannot wait for events: %s",
				       strerror(errno));
		}
		n = sock_recv(mon->nl, buf, sizeof(buf));
		if (n > 0)
			messages(mon, buf, n);
		else if (!n)
			return refused("the kernel has closed the socket");
		else if (errno == ENOBUFS)
			print_word("overrun", ": events were lost");
		else if (errno != EINTR && errno != EAGAIN)
			return refused("cannot read events: %s",
				       strerror(errno));
	}
	if (mon->gone)
		return refused("module sal was unloaded");
	return EXIT_OK;
}

/* --- beginning --- */

static int join(struct monitor *mon, unsigned int group, bool chosen)
{
	char needs[64] = "events need";
	uint32_t nr;
	int ret;

	ret = conn_group(groups[group].name, &nr);
	if (ret)
		return ret;
	if (!sock_join(mon->nl, nr))
		return EXIT_OK;
	if (errno != EPERM && errno != EACCES)
		return refused("cannot listen to %s events: %s",
			       groups[group].name, strerror(errno));
	/* whoever may not join one may not join any */
	if (chosen)
		snprintf(needs, sizeof(needs), "%s events need",
			 groups[group].name);
	return no_permission(needs);
}

static int choose(struct monitor *mon, struct args *args)
{
	const char *word;
	unsigned int i;
	size_t len;

	while ((word = args_next(args))) {
		len = strlen(word);
		for (i = 0; i < NUM_GROUPS; i++)
			if (len && !strncmp(groups[i].name, word, len))
				break;
		if (i == NUM_GROUPS)
			return args_bad(args, "there are no '%s' events", word);
		mon->wanted[i] = true;
	}
	return EXIT_OK;
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = stop };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int monitor(struct args *args)
{
	bool chosen = args->argc;
	struct monitor mon = { 0 };
	struct family fam;
	unsigned int i;
	int ret;

	if (opt.batch)
		return bad_usage("%s has no place in a batch",
				 args->object->name);
	ret = choose(&mon, args);
	if (!ret)
		ret = conn_family(&fam);
	if (ret)
		return ret;
	mon.family = fam.id;
	mon.nl = sock_open(NETLINK_GENERIC);
	if (!mon.nl)
		return refused("cannot open a netlink socket: %s",
			       strerror(errno));
	sock_big_queue(mon.nl);
	catch_signals();
	/* the controller's own events, for the end of the family */
	sock_join(mon.nl, GENL_ID_CTRL);
	for (i = 0; i < NUM_GROUPS && !ret; i++)
		if (!chosen || mon.wanted[i])
			ret = join(&mon, i, chosen);
	if (!ret) {
		print_word("listening", "");
		ret = listen_to(&mon);
	}
	mnl_socket_close(mon.nl);
	return ret;
}

static const struct command monitor_commands[] = {
	{ NULL, monitor,
	  "[service|endpoint|flow|migrate|transaction|rule|miss|policy|hold].." },
	{ }
};

const struct object object_monitor = { "monitor", monitor_commands };
