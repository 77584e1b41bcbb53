// SPDX-License-Identifier: GPL-2.0
/*
 * save.c - a domain as lines of a batch
 *
 * One table for each kind of object says which attribute stands behind which words,
 * in the grammar of the command that makes it. Objects come in the order of their
 * numbers, which is that in which they were made, as some things follow from it (a
 * client of two services is known by the first).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sal.h>

#include "addr.h"
#include "conn.h"
#include "netns.h"
#include "out.h"
#include "salctl.h"
#include "save.h"
#include "units.h"

/* how often it is begun anew, as the configuration has changed meanwhile */
#define SAVE_TRIES	10

enum {
	S_NONZERO = 1 << 0,	/* left out where it is 0 */
	S_OFF = 1 << 1,		/* 0 is called "off" */
	S_NONE = 1 << 2,	/* an empty list is called "none" */
};

struct word {
	uint16_t attr;
	const char *key;
	uint8_t flags;
};

static const struct word domain_words[] = {
	{ SAL_A_DOMAIN_VIP_POOL, "vip-pool", S_NONE },
	{ SAL_A_DOMAIN_ID_PREFIX, "id-prefix" },
	{ SAL_A_DOMAIN_FLOW_ACCT, "flow-acct" },
	{ SAL_A_DOMAIN_POLICY, "policy" },
	{ SAL_A_DOMAIN_DIRECT, "direct" },
	{ SAL_A_DOMAIN_MAX_SERVICES, "max-services" },
	{ SAL_A_DOMAIN_MAX_ENDPOINTS, "max-endpoints" },
	{ SAL_A_DOMAIN_MAX_MEMBERS, "max-members" },
	{ SAL_A_DOMAIN_MAX_FLOWS, "max-flows" },
	{ SAL_A_DOMAIN_MAX_RULES, "max-rules" },
	{ SAL_A_DOMAIN_MAX_POLICIES, "max-policies" },
	{ SAL_A_DOMAIN_MAX_HELD, "max-held" },
	{ }
};

static const struct word member_words[] = {
	{ SAL_A_MEMBER_NAME, "name" },
	{ SAL_A_MEMBER_ROUTE, "route" },
	{ }
};

/* VIPs, protocol and ports are put by functions of their own */
static const struct word service_words[] = {
	{ SAL_A_SERVICE_ALIAS, "alias" },
	{ SAL_A_SERVICE_HOLD_PACKETS, "hold packets" },
	{ SAL_A_SERVICE_HOLD_BYTES, "bytes" },
	{ SAL_A_SERVICE_HOLD_TIME, "time" },
	{ SAL_A_SERVICE_HOLD_SHARE, "share" },
	{ SAL_A_SERVICE_ON_EMPTY, "on-empty" },
	{ SAL_A_SERVICE_LATE, "late" },
	{ SAL_A_SERVICE_GRACE, "grace" },
	{ SAL_A_SERVICE_STRAY, "stray" },
	{ SAL_A_SERVICE_TCP, "tcp" },
	{ SAL_A_SERVICE_SCHED, "sched" },
	{ SAL_A_SERVICE_AFFINITY, "affinity", S_OFF },
	{ SAL_A_SERVICE_DIRECT, "direct" },
	{ SAL_A_SERVICE_TIMEOUT_NEW, "timeout new" },
	{ SAL_A_SERVICE_TIMEOUT_REPLIED, "timeout replied" },
	{ SAL_A_SERVICE_TIMEOUT_SYN, "timeout syn" },
	{ SAL_A_SERVICE_TIMEOUT_ESTABLISHED, "timeout established" },
	{ SAL_A_SERVICE_TIMEOUT_CLOSING, "timeout closing" },
	{ SAL_A_SERVICE_TIMEOUT_CLOSED, "timeout closed" },
	{ }
};

/* the namespace is put by a function of its own */
static const struct word endpoint_words[] = {
	{ SAL_A_ENDPOINT_IPV4, "addr" },
	{ SAL_A_ENDPOINT_IPV6, "addr" },
	{ SAL_A_ENDPOINT_PORT, "port", S_NONZERO },
	{ SAL_A_ENDPOINT_WEIGHT, "weight" },
	{ SAL_A_ENDPOINT_TIER, "tier" },
	{ SAL_A_ENDPOINT_MAX_FLOWS, "max-flows" },
	{ SAL_A_ENDPOINT_STATE, "state" },
	{ SAL_A_ENDPOINT_LEASE, "lease" },
	{ }
};

static const struct word rule_words[] = {
	{ SAL_A_RULE_PREFIX, "" },
	{ SAL_A_RULE_ACTION, "" },
	{ SAL_A_RULE_SERVICE, "" },
	{ SAL_A_RULE_TIME, "time" },
	{ SAL_A_RULE_THEN, "then" },
	{ }
};

static const struct word policy_words[] = {
	{ SAL_A_POLICY_FROM, "from" },
	{ SAL_A_POLICY_TO, "to" },
	{ SAL_A_POLICY_ACCESS, "" },
	{ }
};

static const struct word flow_words[] = {
	{ SAL_A_FLOW_SERVICE, "service" },
	{ SAL_A_FLOW_ENDPOINT, "endpoint" },
	{ SAL_A_FLOW_MEMBER, "member" },
	{ SAL_A_FLOW_PLACEMENT, "placement" },
	{ SAL_A_FLOW_PROTO, "proto" },
	{ SAL_A_FLOW_SRC, "src" },
	{ SAL_A_FLOW_SPORT, "sport" },
	{ SAL_A_FLOW_DST, "dst" },
	{ SAL_A_FLOW_DPORT, "dport" },
	{ SAL_A_FLOW_MAPPED, "mapped" },
	{ SAL_A_FLOW_CLIENT_NAME, "client-name" },
	{ SAL_A_FLOW_TOLD, "told" },
	{ SAL_A_FLOW_TOLD_BEFORE, "told-before" },
	{ SAL_A_FLOW_CLIENT_ABSENT, "client-absent" },
	{ SAL_A_FLOW_DIRECT, "direct" },
	{ SAL_A_FLOW_SERVICE_PORT, "service-port" },
	{ SAL_A_FLOW_MARKS, "marks" },
	{ SAL_A_FLOW_IDLE, "idle" },
	{ SAL_A_FLOW_FORWARD_PACKETS, "forward-packets" },
	{ SAL_A_FLOW_FORWARD_BYTES, "forward-bytes" },
	{ SAL_A_FLOW_REVERSE_PACKETS, "reverse-packets" },
	{ SAL_A_FLOW_REVERSE_BYTES, "reverse-bytes" },
	{ }
};

/* --- words --- */

/* a word of a batch, whatever is in it; a line cannot be broken */
static void put_word(FILE *f, const char *s)
{
	if (*s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ._:@/%+,=-")]) {
		fputs(s, f);
		return;
	}
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\"'\"'", f);
		else
			fputc(*s, f);
	}
	fputc('\'', f);
}

static void put_number(FILE *f, const struct attr *known, uint64_t num)
{
	const char *proto = NULL;
	char buf[UNITS_BUF];

	switch (known->type) {
	case T_MS:
		time_format(buf, num);
		break;
	case T_SECONDS:
		time_format(buf, num * 1000);
		break;
	case T_SIZE:
		size_format(buf, num);
		break;
	case T_PROTO:
		proto = proto_name(num);
		/* fall through */
	default:
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)num);
	}
	fputs(proto ? proto : buf, f);
}

/* what there may be several of in one word */
static void put_bits(FILE *f, const json_t *bits)
{
	const json_t *elem;
	size_t i;

	json_array_foreach((json_t *)bits, i, elem)
		fprintf(f, "%s%s", i ? "," : "", json_string_value(elem));
}

static void put_value(FILE *f, const struct word *w, const struct attr *known,
		      const json_t *val)
{
	fprintf(f, "%s%s", *w->key ? " " : "", w->key);
	if (json_is_true(val))
		return;
	fputc(' ', f);
	if (json_is_null(val))
		fputs("any", f);
	else if (json_is_string(val))
		put_word(f, json_string_value(val));
	else if (json_is_array(val))
		put_bits(f, val);
	else if ((w->flags & S_OFF) && !json_integer_value(val))
		fputs("off", f);
	else
		put_number(f, known, json_integer_value(val));
}

static const json_t *get(const json_t *obj, const struct attr *known)
{
	char key[OUT_KEY_BUF];

	out_key(key, known->name);
	return json_object_get(obj, key);
}

static void put_attr(FILE *f, const struct word *w, const struct attr *known,
		     const json_t *obj)
{
	const json_t *val = get(obj, known);
	const json_t *elem;
	size_t i;

	if (!val || json_is_false(val))
		return;
	if ((w->flags & S_NONZERO) && !json_integer_value(val))
		return;
	if (known->multi) {
		if ((w->flags & S_NONE) && !json_array_size(val))
			fprintf(f, " %s none", w->key);
		json_array_foreach((json_t *)val, i, elem)
			put_value(f, w, known, elem);
		return;
	}
	if (!json_is_array(val) || json_array_size(val))
		put_value(f, w, known, val);
}

static void put_words(FILE *f, const struct word *w,
		      const struct layout *layout, const json_t *obj)
{
	for (; w->key; w++)
		put_attr(f, w, attr_get(layout->set, w->attr), obj);
}

/* --- objects --- */

/* what is known while a domain is written */
struct save {
	FILE *f;
	json_t *members;	/* their namespaces, by nsid */
	struct prefix ids;	/* prefix of IDs */
	unsigned int kept;	/* lines of the transaction that is open */
	uint64_t generation;
	char **lines;		/* of flows */
	size_t num, room;
};

static void kept_end(struct save *s)
{
	if (s->kept)
		fputs("commit\n", s->f);
	s->kept = 0;
}

static void kept_line(struct save *s)
{
	if (s->kept == SAL_TRANSACTION_MAX)
		kept_end(s);
	if (!s->kept++)
		fputs("begin\n", s->f);
}

/* a name, or a process while it lives; false where there is neither */
static bool put_netns(FILE *f, const json_t *obj)
{
	const json_t *nsid = json_object_get(obj, "nsid");
	const char *name = NULL;
	int pid = 0;

	if (nsid) {
		name = netns_name(json_integer_value(nsid));
		/* a line cannot be broken */
		if (name && strchr(name, '\n'))
			name = NULL;
		if (!name)
			pid = netns_pid(json_integer_value(nsid));
	}
	if (name) {
		fputs(" netns ", f);
		put_word(f, name);
	} else if (pid) {
		fprintf(f, " pid %d", pid);
	}
	return name || pid;
}

static int domain_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_domain, nlh);
	struct save *s = data;

	fputs("domain set", s->f);
	put_words(s->f, domain_words, &layout_domain, obj);
	fputc('\n', s->f);
	if (prefix_parse(out_str(obj, "id_prefix"), &s->ids))
		s->ids.family = 0;
	s->generation = out_num(obj, "generation");
	json_decref(obj);
	return EXIT_OK;
}

static void nsid_key(char key[16], const json_t *nsid)
{
	snprintf(key, 16, "%d", (int)json_integer_value(nsid));
}

static int member_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_member, nlh);
	const json_t *nsid = json_object_get(obj, "nsid");
	struct save *s = data;
	char *netns = NULL;
	char key[16];
	size_t len;
	FILE *f;

	if (nsid) {
		nsid_key(key, nsid);
		json_object_set_new(s->members, key, json_true());
	}
	f = open_memstream(&netns, &len);
	if (!f)
		return out_of_memory();
	if (put_netns(f, obj)) {
		fclose(f);
		fprintf(s->f, "member add%s", netns);
		put_words(s->f, member_words, &layout_member, obj);
		fputc('\n', s->f);
	} else {
		fclose(f);
		fprintf(s->f, "# member %s: its namespace has no name\n",
			out_str(obj, "name"));
		note("member '%s' is left out: its namespace has no name",
		     out_str(obj, "name"));
	}
	free(netns);
	json_decref(obj);
	return EXIT_OK;
}

/* does it follow from a name by the prefix of now? */
static bool is_derived(const struct save *s, const char *vip)
{
	struct prefix p;
	unsigned int i;

	if (prefix_parse(vip, &p) || p.family != s->ids.family)
		return false;
	for (i = 0; i < s->ids.len; i++)
		if ((p.addr[i / 8] ^ s->ids.addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

/* those of aliases are the last ones, and follow from these */
static void put_vips(struct save *s, const json_t *obj)
{
	const json_t *vips = json_object_get(obj, "vip");
	size_t aliases = json_array_size(json_object_get(obj, "alias"));
	size_t num = json_array_size(vips);
	const char *vip;
	size_t i;

	for (i = 0; i < num; i++) {
		vip = json_string_value(json_array_get(vips, i));
		if (i + aliases >= num) {
			if (!is_derived(s, vip))
				note("service '%s': VIP %s of an alias is of another prefix than domain set id-prefix says",
				     out_str(obj, "name"), vip);
			continue;
		}
		if (json_is_true(json_object_get(obj, "derived")) &&
		    is_derived(s, vip))
			continue;
		fprintf(s->f, " vip %s", vip);
	}
}

static void put_spoken(FILE *f, const json_t *obj)
{
	uint64_t first = out_num(obj, "port");
	uint64_t last = out_num(obj, "port_end");
	const char *name = proto_name(out_num(obj, "proto"));

	if (!out_num(obj, "proto"))
		return;
	fprintf(f, " proto %s", name);
	if (first)
		fprintf(f, " port %llu", (unsigned long long)first);
	if (first && last > first)
		fprintf(f, "-%llu", (unsigned long long)last);
}

static int service_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_service, nlh);
	struct save *s = data;

	kept_line(s);
	fprintf(s->f, "service add %s", out_str(obj, "name"));
	put_vips(s, obj);
	put_spoken(s->f, obj);
	put_words(s->f, service_words, &layout_service, obj);
	fputc('\n', s->f);
	json_decref(obj);
	return EXIT_OK;
}

static void put_place(struct save *s, const json_t *obj)
{
	const json_t *nsid = json_object_get(obj, "nsid");
	char key[16];

	if (json_is_true(json_object_get(obj, "remote")))
		return;
	if (!put_netns(s->f, obj)) {
		fputs(" absent", s->f);
		if (!json_is_true(json_object_get(obj, "absent")))
			note("endpoint '%s' of '%s' is absent: its namespace has no name",
			     out_str(obj, "name"), out_str(obj, "service"));
	}
	if (!nsid)
		return;
	nsid_key(key, nsid);
	if (!json_object_get(s->members, key))
		fputs(" nomember", s->f);
}

static int endpoint_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_endpoint, nlh);
	struct save *s = data;

	kept_line(s);
	fprintf(s->f, "endpoint add %s name %s", out_str(obj, "service"),
		out_str(obj, "name"));
	put_place(s, obj);
	put_words(s->f, endpoint_words, &layout_endpoint, obj);
	fputc('\n', s->f);
	json_decref(obj);
	return EXIT_OK;
}

static int rule_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_rule, nlh);
	struct save *s = data;

	fputs("rule add", s->f);
	put_words(s->f, rule_words, &layout_rule, obj);
	fputc('\n', s->f);
	json_decref(obj);
	return EXIT_OK;
}

static int policy_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_policy, nlh);
	struct save *s = data;

	fputs("policy add", s->f);
	put_words(s->f, policy_words, &layout_policy, obj);
	fputc('\n', s->f);
	json_decref(obj);
	return EXIT_OK;
}

/* --- flows, in the order of their lines --- */

static int flow_keep(struct save *s, char *line)
{
	size_t room = s->room ? 2 * s->room : 1024;
	void *bigger;

	if (s->num == s->room) {
		bigger = realloc(s->lines, room * sizeof(*s->lines));
		if (!bigger) {
			free(line);
			return out_of_memory();
		}
		s->lines = bigger;
		s->room = room;
	}
	s->lines[s->num++] = line;
	return EXIT_OK;
}

static int flow_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_flow, nlh);
	struct save *s = data;
	char *line = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&line, &len);
	if (f) {
		fputs("flow add", f);
		put_words(f, flow_words, &layout_flow, obj);
		fclose(f);
	}
	json_decref(obj);
	return line ? flow_keep(s, line) : out_of_memory();
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void flows_put(struct save *s)
{
	size_t i;

	if (s->num)
		qsort(s->lines, s->num, sizeof(*s->lines), by_text);
	for (i = 0; i < s->num; i++)
		fprintf(s->f, "%s\n", s->lines[i]);
}

static void flows_forget(struct save *s)
{
	while (s->num)
		free(s->lines[--s->num]);
	free(s->lines);
	s->lines = NULL;
	s->room = 0;
}

/*
 * What is left of the time that an endpoint has for its flows to end. Without flows it
 * would be drained at once, and no deadline be left.
 */
static int drain_line(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_endpoint, nlh);
	unsigned long long left = out_num(obj, "drain_left");
	struct save *s = data;

	if (out_num(obj, "drain_deadline"))
		fprintf(s->f,
			"endpoint drain %s %s deadline %llums then %s\n",
			out_str(obj, "service"), out_str(obj, "name"),
			left ? left : 1, out_str(obj, "drain_then"));
	json_decref(obj);
	return EXIT_OK;
}

/* --- all of it --- */

/**
 * save_boot() - what tells this boot of this machine from others
 * @boot: where to put it
 */
void save_boot(char boot[SAVE_BOOT])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	boot[0] = '\0';
	if (!f)
		return;
	if (!fgets(boot, SAVE_BOOT, f))
		boot[0] = '\0';
	fclose(f);
	boot[strcspn(boot, "\n")] = '\0';
}

/**
 * save_domain() - write the line of the domain's settings
 * @f: where to
 */
int save_domain(FILE *f)
{
	struct save s = { .f = f };

	return conn_do(req_new(SAL_CMD_DOMAIN_GET), domain_line, &s);
}

static int tables(struct save *s, bool flows)
{
	static const struct {
		uint8_t get;
		conn_cb line;
		bool kept;
	} list[] = {
		{ SAL_CMD_MEMBER_GET, member_line },
		{ SAL_CMD_SERVICE_GET, service_line, true },
		{ SAL_CMD_ENDPOINT_GET, endpoint_line, true },
		{ SAL_CMD_RULE_GET, rule_line },
		{ SAL_CMD_POLICY_GET, policy_line },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		if (!list[i].kept)
			kept_end(s);
		ret = conn_dump(req_new(list[i].get), list[i].line, s);
		if (ret)
			return ret;
	}
	if (flows) {
		ret = conn_dump(req_new(SAL_CMD_FLOW_GET), flow_line, s);
		if (ret)
			return ret;
		flows_put(s);
	}
	return conn_dump(req_new(SAL_CMD_ENDPOINT_GET), drain_line, s);
}

static int get_generation(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_domain, nlh);

	*(uint64_t *)data = out_num(obj, "generation");
	json_decref(obj);
	return EXIT_OK;
}

/* @same: nothing has changed from the first line to the last */
static int try_all(FILE *f, bool flows, bool *same)
{
	struct save s = { .f = f, .members = json_object() };
	char boot[SAVE_BOOT];
	uint64_t now = 0;
	int ret;

	save_boot(boot);
	fprintf(f, SAVE_HEAD "%s\n", boot);
	ret = conn_do(req_new(SAL_CMD_DOMAIN_GET), domain_line, &s);
	if (!ret)
		ret = tables(&s, flows);
	if (!ret)
		ret = conn_do(req_new(SAL_CMD_DOMAIN_GET), get_generation,
			      &now);
	*same = now == s.generation;
	flows_forget(&s);
	json_decref(s.members);
	return ret;
}

/**
 * save_all() - write a domain
 * @f: where to
 * @flows: its flows, too
 */
int save_all(FILE *f, bool flows)
{
	unsigned int tries = 0;
	bool same = false;
	char *text = NULL;
	size_t len = 0;
	FILE *mem;
	int ret;

	do {
		free(text);
		text = NULL;
		if (tries++ == SAVE_TRIES)
			return refused("the configuration changed each of %d times that it was read",
				       SAVE_TRIES);
		mem = open_memstream(&text, &len);
		if (!mem)
			return out_of_memory();
		ret = try_all(mem, flows, &same);
		if (fclose(mem) && !ret)
			ret = out_of_memory();
	} while (!ret && !same);
	if (!ret)
		fwrite(text, 1, len, f);
	free(text);
	return ret;
}
