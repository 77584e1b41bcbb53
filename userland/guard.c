// SPDX-License-Identifier: GPL-2.0
/*
 * guard.c - packets of services are dropped while nobody translates them
 *
 * While no module is loaded, what a client sends to a VIP goes out as it is, and what
 * an endpoint sends reaches the client from an address that it never asked, and is
 * answered by a reset. So each member gets a table of nft that drops both behind the
 * places where the module translates: with the module there, only what it has not
 * translated comes there. The module's part in it is nothing: the table stays as the
 * module goes, and can be removed without it.
 *
 * Which namespaces have one, and how it was meant, is in a file, as the domain is
 * gone with the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sal.h>

#include "conn.h"
#include "guard.h"
#include "netns.h"
#include "out.h"
#include "salctl.h"
#include "sock.h"

#define GUARD_DIR	"/run/sal"
#define PATH_BUF	4096

/* what is to be guarded */
struct guard {
	json_t *set[4];		/* addresses as keys, by enum which */
	json_t *spaces;		/* paths of members' namespaces as keys */
};

enum which { VIP4, VIP6, EP4, EP6 };

static const struct {
	const char *name;
	const char *type;
} sets[] = {
	[VIP4] = { "vip4", "ipv4_addr" },
	[VIP6] = { "vip6", "ipv6_addr" },
	[EP4] = { "ep4", "ipv4_addr" },
	[EP6] = { "ep6", "ipv6_addr" },
};

/*
 * The module translates at -210 towards endpoints and at 110 back. "between" is for
 * two endpoints, where a request and an answer look alike: there only what cannot be
 * a request is dropped, and the resets by which a client would end what it does not
 * know. A router forwards what is not its own.
 */
static const char chains[] =
	"	chain vips {\n"
	"		ip daddr @ep4 return\n"
	"		ip6 daddr @ep6 return\n"
	"		ip daddr @vip4 counter drop\n"
	"		ip6 daddr @vip6 counter drop\n"
	"	}\n"
	"	chain answers {\n"
	"		tcp flags & (syn | ack) == syn return\n"
	"		meta l4proto { tcp, udp } counter drop\n"
	"		icmp type { echo-reply, destination-unreachable, time-exceeded, parameter-problem } counter drop\n"
	"		icmpv6 type { echo-reply, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } counter drop\n"
	"	}\n"
	"	chain between {\n"
	"		icmp type echo-reply counter drop\n"
	"		icmpv6 type echo-reply counter drop\n"
	"	}\n"
	"	chain ends {\n"
	"		tcp flags & rst == rst counter drop\n"
	"		icmp type destination-unreachable counter drop\n"
	"		icmpv6 type destination-unreachable counter drop\n"
	"	}\n"
	"	chain from_endpoints {\n"
	"		ip saddr @ep4 ip daddr @ep4 goto between\n"
	"		ip6 saddr @ep6 ip6 daddr @ep6 goto between\n"
	"		ip saddr @ep4 goto answers\n"
	"		ip6 saddr @ep6 goto answers\n"
	"	}\n"
	"	chain output {\n"
	"		type filter hook output priority -209; policy accept;\n"
	"		jump vips\n"
	"	}\n"
	"	chain prerouting {\n"
	"		type filter hook prerouting priority -209; policy accept;\n"
	"		jump vips\n"
	"	}\n"
	"	chain input {\n"
	"		type filter hook input priority 111; policy accept;\n"
	"		jump from_endpoints\n"
	"	}\n"
	"	chain postrouting {\n"
	"		type filter hook postrouting priority 111; policy accept;\n"
	"		iif 0 return\n"
	"		jump from_endpoints\n"
	"	}\n"
	"	chain ends_output {\n"
	"		type filter hook output priority -220; policy accept;\n"
	"		ip saddr @ep4 ip daddr @ep4 goto ends\n"
	"		ip6 saddr @ep6 ip6 daddr @ep6 goto ends\n"
	"	}\n"
	"	chain ends_forward {\n"
	"		type filter hook forward priority 0; policy accept;\n"
	"		ip saddr @ep4 ip daddr @ep4 goto ends\n"
	"		ip6 saddr @ep6 ip6 daddr @ep6 goto ends\n"
	"	}\n";

/* in front of the module, lest a conversation begins that nobody will remember */
static const char shut_chains[] =
	"	chain shut_output {\n"
	"		type filter hook output priority -219; policy accept;\n"
	"		jump vips\n"
	"	}\n"
	"	chain shut_prerouting {\n"
	"		type filter hook prerouting priority -219; policy accept;\n"
	"		jump vips\n"
	"	}\n";

/* --- what is known of it without the module --- */

static unsigned long own_inode(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

static void table_name(char name[64])
{
	snprintf(name, 64, "sal_guard_%lu", own_inode());
}

static void state_path(char path[64])
{
	snprintf(path, 64, GUARD_DIR "/guard.%lu", own_inode());
}

const char *guard_mode(void)
{
	static char mode[8];
	char path[64];
	FILE *f;

	strcpy(mode, "off");
	state_path(path);
	f = fopen(path, "re");
	if (!f)
		return mode;
	if (fscanf(f, "%7s", mode) != 1)
		strcpy(mode, "on");
	fclose(f);
	return mode;
}

/* the mode, then a namespace a line: its inode, and where it is found */
static int state_write(const struct guard *g, bool shut)
{
	const char *space;
	struct stat st;
	char path[64];
	json_t *val;
	FILE *f;

	state_path(path);
	mkdir(GUARD_DIR, 0755);
	f = fopen(path, "we");
	if (!f)
		return refused("cannot write '%s': %s", path, strerror(errno));
	fprintf(f, "%s\n", shut ? "shut" : "on");
	json_object_foreach(g->spaces, space, val)
		if (!stat(space, &st))
			fprintf(f, "%lu %s\n", (unsigned long)st.st_ino,
				space);
	if (fclose(f))
		return refused("cannot write '%s': %s", path, strerror(errno));
	return EXIT_OK;
}

/* --- nft --- */

static void nft_run(const char *space, int from)
{
	int fd = open(space, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) || dup2(from, 0) < 0) {
		fprintf(stderr, "salctl: cannot enter %s: %s\n", space,
			strerror(errno));
		_exit(EXIT_REFUSED);
	}
	execlp("nft", "nft", "-f", "-", (char *)NULL);
	fprintf(stderr, "salctl: cannot run nft: %s\n", strerror(errno));
	_exit(EXIT_REFUSED);
}

/* nft's own words are on stderr where it fails */
static int nft(const char *space, const char *text, size_t len)
{
	FILE *f = tmpfile();
	int status = -1;
	pid_t pid;

	if (!f || fwrite(text, 1, len, f) != len || fflush(f) ||
	    lseek(fileno(f), 0, SEEK_SET)) {
		if (f)
			fclose(f);
		return refused("cannot write for nft: %s", strerror(errno));
	}
	fflush(stdout);
	pid = fork();
	if (!pid)
		nft_run(space, fileno(f));
	fclose(f);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		return refused("nft failed in %s", space);
	return EXIT_OK;
}

static int table_add(const char *space, const struct guard *g, bool shut)
{
	char *text = NULL;
	const char *addr;
	const char *sep;
	char name[64];
	json_t *val;
	size_t len;
	size_t i;
	FILE *f;
	int ret;

	f = open_memstream(&text, &len);
	if (!f)
		return out_of_memory();
	table_name(name);
	fprintf(f, "table inet %s\ndelete table inet %s\ntable inet %s {\n",
		name, name, name);
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		fprintf(f, "	set %s {\n		type %s\n		flags interval\n		auto-merge\n",
			sets[i].name, sets[i].type);
		sep = "		elements = { ";
		json_object_foreach(g->set[i], addr, val) {
			fprintf(f, "%s%s", sep, addr);
			sep = ", ";
		}
		fprintf(f, "%s	}\n", json_object_size(g->set[i]) ? " }\n" : "");
	}
	fprintf(f, "%s%s}\n", chains, shut ? shut_chains : "");
	if (fclose(f)) {
		free(text);
		return out_of_memory();
	}
	ret = nft(space, text, len);
	free(text);
	return ret;
}

/* one that is not there is added first, as nft would refuse to delete it */
static int table_del(const char *space)
{
	char text[256];
	char name[64];
	int len;

	table_name(name);
	len = snprintf(text, sizeof(text),
		       "table inet %s\ndelete table inet %s\n", name, name);
	return nft(space, text, len);
}

/* --- what there is --- */

static void add(struct guard *g, enum which v4, const char *addr)
{
	if (*addr)
		json_object_set_new(g->set[strchr(addr, ':') ? v4 + 1 : v4],
				    addr, json_true());
}

static int add_service(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_service, nlh);
	const json_t *vip;
	size_t i;

	json_array_foreach(json_object_get(obj, "vip"), i, vip)
		add(data, VIP4, json_string_value(vip));
	json_decref(obj);
	return EXIT_OK;
}

/* a default rule is about everything, and most of that is none of a service's */
static int add_rule(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_rule, nlh);
	const char *action = out_str(obj, "action");
	const char *pfx = out_str(obj, "prefix");
	const char *len = strchr(pfx, '/');

	if ((!strcmp(action, "forward") || !strcmp(action, "redirect") ||
	     !strcmp(action, "upcall")) && !(len && !strcmp(len, "/0")))
		add(data, VIP4, pfx);
	json_decref(obj);
	return EXIT_OK;
}

static int add_endpoint(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_endpoint, nlh);

	add(data, EP4, out_str(obj, "ipv4"));
	add(data, EP4, out_str(obj, "ipv6"));
	json_decref(obj);
	return EXIT_OK;
}

static void space_path(char *path, size_t len, const json_t *nsid)
{
	const char *name = NULL;
	unsigned int i;
	int pid = 0;

	*path = '\0';
	if (!nsid)
		return;
	name = netns_name(json_integer_value(nsid));
	if (!name)
		pid = netns_pid(json_integer_value(nsid));
	if (pid)
		snprintf(path, len, "/proc/%d/ns/net", pid);
	for (i = 0; name && sock_netns_dirs[i]; i++) {
		snprintf(path, len, "%s/%s", sock_netns_dirs[i], name);
		if (!access(path, F_OK))
			return;
	}
}

static int add_member(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_member, nlh);
	struct guard *g = data;
	char path[PATH_BUF];
	int ret = EXIT_OK;

	space_path(path, sizeof(path), json_object_get(obj, "nsid"));
	if (*path)
		json_object_set_new(g->spaces, path, json_true());
	else
		ret = refused("member '%s' cannot be guarded: its namespace has neither name nor process",
			      out_str(obj, "name"));
	json_decref(obj);
	return ret;
}

static int look(struct guard *g)
{
	int ret;

	ret = conn_dump(req_new(SAL_CMD_MEMBER_GET), add_member, g);
	if (!ret)
		ret = conn_dump(req_new(SAL_CMD_SERVICE_GET), add_service, g);
	if (!ret)
		ret = conn_dump(req_new(SAL_CMD_RULE_GET), add_rule, g);
	if (!ret)
		ret = conn_dump(req_new(SAL_CMD_ENDPOINT_GET), add_endpoint,
				g);
	return ret;
}

/* --- on and off --- */

static int tables_add(const struct guard *g, bool shut)
{
	const char *space;
	json_t *val;
	int ret;

	json_object_foreach(g->spaces, space, val) {
		ret = table_add(space, g, shut);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/**
 * guard_on() - guard all members as they are now
 * @shut: let nothing of services pass that begins at a client, translated or not
 *
 * All of them, or none.
 */
int guard_on(bool shut)
{
	struct guard g = { .spaces = json_object() };
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		g.set[i] = json_object();
	ret = look(&g);
	if (!ret && strcmp(guard_mode(), "off"))
		ret = guard_off();
	if (!ret)
		ret = state_write(&g, shut);
	if (!ret) {
		ret = tables_add(&g, shut);
		if (ret)
			guard_off();
	}
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		json_decref(g.set[i]);
	json_decref(g.spaces);
	return ret;
}

static int off_line(char *line)
{
	char found[PATH_BUF];
	unsigned long inode;
	struct stat st;
	char *space;

	line[strcspn(line, "\n")] = '\0';
	inode = strtoul(line, &space, 10);
	space += *space == ' ';
	if (!stat(space, &st) && st.st_ino == inode)
		return table_del(space);
	/* one that has gone took its table along; but others may be in it */
	return netns_find(inode, found, sizeof(found)) ? table_del(found) :
							 EXIT_OK;
}

/**
 * guard_off() - remove what guard_on() has made
 *
 * Needs no module. Where a table cannot be removed the others are.
 */
int guard_off(void)
{
	char line[PATH_BUF + 32];
	int ret = EXIT_OK;
	char path[64];
	FILE *f;
	int err;

	state_path(path);
	f = fopen(path, "re");
	if (!f && errno == ENOENT)
		return EXIT_OK;
	if (!f)
		return refused("cannot read '%s': %s", path, strerror(errno));
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		err = off_line(line);
		if (!ret)
			ret = err;
	}
	fclose(f);
	if (!ret && unlink(path))
		ret = refused("cannot remove '%s': %s", path, strerror(errno));
	return ret;
}
