// SPDX-License-Identifier: GPL-2.0
/*
 * walk.c - a walk to a service, for people
 *
 * The kernel tells facts and a verdict. Here they become sentences and a cure;
 * and connection tracking is asked for what the module does not ask it for.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ct.h"
#include "netns.h"
#include "out.h"
#include "salctl.h"
#include "walk.h"

#define TEXT_BUF	320

static bool is(const json_t *obj, const char *key, const char *val)
{
	return !strcmp(out_str(obj, key), val);
}

static bool flag(const json_t *step, const char *key)
{
	return json_is_true(json_object_get(step, key));
}

static const json_t *steps(const json_t *obj)
{
	return json_object_get(obj, "step");
}

/* the first step that is of a kind and has a finding, either may be NULL */
static const json_t *find(const json_t *obj, const char *kind,
			  const char *finding)
{
	const json_t *step;
	size_t i;

	json_array_foreach((json_t *)steps(obj), i, step)
		if ((!kind || is(step, "kind", kind)) &&
		    (!finding || is(step, "finding", finding)))
			return step;
	return NULL;
}

/* --- namespaces --- */

/* NULL for the one that we are in */
static const json_t *nsid(const json_t *step)
{
	return json_object_get(step, "nsid");
}

/* the client's is that of the first step about a namespace: its route */
static bool is_client(const json_t *obj, const json_t *step)
{
	const json_t *route = find(obj, "route", NULL);

	return route && json_equal((json_t *)nsid(route),
				   (json_t *)nsid(step));
}

/* how a namespace is called, in text */
static void place(char *buf, const json_t *step)
{
	const char *name = out_str(step, "netns");

	if (*name)
		snprintf(buf, TEXT_BUF, "netns %s", name);
	else if (nsid(step))
		snprintf(buf, TEXT_BUF, "nsid %d (no name)",
			 (int)out_num(step, "nsid"));
	else if (opt.netns)
		snprintf(buf, TEXT_BUF, "netns %s", opt.netns);
	else
		snprintf(buf, TEXT_BUF, "this netns");
}

/* what comes before a command there: @with its name and @end, or else @bare */
static void there(char *buf, const json_t *step, const char *with,
		  const char *end, const char *bare)
{
	const char *name = out_str(step, "netns");

	if (!*name && !nsid(step) && opt.netns)
		name = opt.netns;
	if (*name)
		snprintf(buf, TEXT_BUF, "%s %s%s", with, name, end);
	else if (nsid(step))
		snprintf(buf, TEXT_BUF, "in nsid %d: %s",
			 (int)out_num(step, "nsid"), bare);
	else
		snprintf(buf, TEXT_BUF, "%s", bare);
}

static void ip(char *buf, const json_t *step)
{
	there(buf, step, "ip -n", "", "ip");
}

/* any other than ip(8) */
static void within(char *buf, const json_t *step)
{
	there(buf, step, "ip netns exec", " ", "");
}

static const char *salctl(void)
{
	static char buf[TEXT_BUF];

	if (!opt.netns)
		return "salctl";
	snprintf(buf, sizeof(buf), "salctl -n %s", opt.netns);
	return buf;
}

/* --- steps as text --- */

/* what a step's text is put together in */
struct line {
	char text[1024];
	size_t len;
};

static void add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	size_t room = sizeof(l->text) - l->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* " WORD VALUE", where there is a value */
static void add_if(struct line *l, const char *word, const char *val)
{
	if (*val)
		add(l, " %s %s", word, val);
}

static void add_bits(struct line *l, const json_t *step, const char *key)
{
	const json_t *bit;
	size_t i;

	json_array_foreach(json_object_get(step, key), i, bit)
		add(l, "%s%s", i ? "," : " ", json_string_value(bit) ? : "?");
}

static void say_service(struct line *l, const json_t *obj, const json_t *step)
{
	const char *name = out_str(step, "name");
	const char *addr = out_str(step, "addr");

	if (is(step, "finding", "bad") && is(obj, "verdict", "no-service")) {
		add(l, "service: %s%s", *name ? "there is no " : "none has ",
		    *name ? name : addr);
		return;
	}
	add(l, "service %s:", name);
	add_if(l, "by", addr);
	if (is(step, "finding", "bad"))
		add(l, ", does not speak the protocol");
}

static void say_rule(struct line *l, const json_t *obj, const json_t *step)
{
	(void)obj;
	add(l, "rule of %s: %s", out_str(step, "rule"),
	    out_str(step, "action"));
	if (*out_str(step, "name"))
		add(l, " %s", out_str(step, "name"));
}

static void say_route(struct line *l, const json_t *obj, const json_t *step)
{
	char at[TEXT_BUF];

	(void)obj;
	place(at, step);
	add(l, "route in %s: to %s", at, out_str(step, "addr"));
	add_if(l, "via", out_str(step, "via"));
	add_if(l, "dev", out_str(step, "dev"));
	if (json_object_get(step, "errno"))
		add(l, ": %s", strerror(out_num(step, "errno")));
	else if (is(step, "finding", "bad"))
		add(l, ", past the router");
}

static void say_member(struct line *l, const json_t *obj, const json_t *step)
{
	const char *via = out_str(step, "via");
	char at[TEXT_BUF];

	(void)obj;
	place(at, step);
	if (!*out_str(step, "name")) {
		add(l, "member: %s is none", at);
		if (flag(step, "foreign"))
			add(l, ", but of another domain");
		if (*via)
			add(l, ", nor is one at its gateway %s", via);
		return;
	}
	add(l, "member %s: %s, %s", out_str(step, "name"), at,
	    out_str(step, "placement"));
	add_if(l, "at", via);
	if (flag(step, "not_forwarding"))
		add(l, ", does not forward");
}

static void say_gate(struct line *l, const json_t *obj, const json_t *step)
{
	unsigned int held = out_num(step, "held_packets");
	unsigned int n = out_num(step, "endpoints");

	(void)obj;
	add(l, "gate: %s, %u endpoint%s of this family", out_str(step, "gate"),
	    n, n == 1 ? "" : "s");
	if (held)
		add(l, ", %u packet%s wait%s", held, held == 1 ? "" : "s",
		    held == 1 ? "s" : "");
}

static void say_endpoint(struct line *l, const json_t *obj, const json_t *step)
{
	char at[TEXT_BUF] = "outside of this host";

	(void)obj;
	if (nsid(step))
		place(at, step);
	add(l, "endpoint %s: %s, %s, state %s", out_str(step, "name"),
	    out_str(step, "addr"), at, out_str(step, "state"));
	if (json_array_size(json_object_get(step, "fault"))) {
		add(l, ", fault");
		add_bits(l, step, "fault");
	}
}

static void say_neighbour(struct line *l, const json_t *obj,
			  const json_t *step)
{
	char at[TEXT_BUF];

	(void)obj;
	place(at, step);
	add(l, "neighbour in %s: %s dev %s", at, out_str(step, "addr"),
	    out_str(step, "dev"));
	if (json_array_size(json_object_get(step, "neighbour")))
		add_bits(l, step, "neighbour");
	else
		add(l, " not asked for yet");
}

static void say_conntrack(struct line *l, const json_t *obj,
			  const json_t *step)
{
	const char *to = out_str(step, "translated");
	char at[TEXT_BUF];

	(void)obj;
	place(at, step);
	add(l, "conntrack in %s:", at);
	if (!json_object_get(step, "answered")) {
		add(l, " on%s%s", *out_str(step, "unknown") ? ", cannot be read: "
							    : "",
		    out_str(step, "unknown"));
		return;
	}
	add(l, " %u conversation%s answered, %u not",
	    (unsigned int)out_num(step, "answered"),
	    out_num(step, "answered") == 1 ? "" : "s",
	    (unsigned int)out_num(step, "unanswered"));
	if (*to)
		add(l, ", %s translated to %s", out_str(step, "asked"), to);
}

static void say_filter(struct line *l, const json_t *obj, const json_t *step)
{
	char at[TEXT_BUF];

	(void)obj;
	place(at, step);
	add(l, "filter in %s: %s, %s priority %d", at, out_str(step, "name"),
	    out_str(step, "hook"), (int)out_num(step, "priority"));
	if (flag(step, "drops"))
		add(l, ", policy drop");
	if (flag(step, "bridge"))
		add(l, ", of what is bridged");
}

/* a service of a policy, or any; the default names neither */
static const char *either(const json_t *step, const char *key)
{
	const char *name = out_str(step, key);

	return *name ? name : "any";
}

static bool by_default(const json_t *step)
{
	return !*out_str(step, "policy_from") && !*out_str(step, "policy_to");
}

static void say_policy(struct line *l, const json_t *obj, const json_t *step)
{
	(void)obj;
	if (by_default(step))
		add(l, "policy: the domain's default");
	else
		add(l, "policy: from %s to %s", either(step, "policy_from"),
		    either(step, "policy_to"));
	add(l, ", %s", out_str(step, "access"));
}

static const struct {
	const char *kind;
	void (*say)(struct line *l, const json_t *obj, const json_t *step);
} kinds[] = {
	{ "rule", say_rule },
	{ "service", say_service },
	{ "route", say_route },
	{ "member", say_member },
	{ "gate", say_gate },
	{ "endpoint", say_endpoint },
	{ "neighbour", say_neighbour },
	{ "conntrack", say_conntrack },
	{ "filter", say_filter },
	{ "policy", say_policy },
};

static void say_step(json_t *obj, const json_t *step)
{
	struct line l = { .len = 0 };
	size_t i;

	add(&l, "%-4s ", out_str(step, "finding"));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (is(step, "kind", kinds[i].kind)) {
			kinds[i].say(&l, obj, step);
			break;
		}
	}
	/* a newer module may know more kinds */
	if (i == ARRAY_SIZE(kinds))
		add(&l, "something that this salctl does not know");
	out_note(obj, "%s", l.text);
}

void walk_notes(json_t *obj)
{
	const json_t *step;
	size_t i;

	json_array_foreach((json_t *)steps(obj), i, step)
		say_step(obj, step);
	if (out_num(obj, "left_out"))
		out_note(obj, "note %u more endpoints or filters",
			 (unsigned int)out_num(obj, "left_out"));
	out_note(obj, "verdict: %s", out_str(obj, "verdict"));
	if (*out_str(obj, "cure"))
		out_note(obj, "cure: %s", out_str(obj, "cure"));
}

/* --- connection tracking --- */

/* the VIP, which a router's clients ask for, and the endpoints */
#define DST_MAX	16

static unsigned int destinations(const json_t *obj, struct prefix *dst)
{
	const json_t *step;
	unsigned int n = 0;
	size_t i;

	if (!addr_parse(out_str(obj, "dst"), &dst[n]))
		n++;
	json_array_foreach((json_t *)steps(obj), i, step)
		if (n < DST_MAX && is(step, "kind", "endpoint") &&
		    !addr_parse(out_str(step, "addr"), &dst[n]))
			n++;
	return n;
}

/* its table, or an errno */
static int look_there(const json_t *obj, const json_t *step,
		      const struct nsref *from, struct ct_look *look)
{
	const char *name = out_str(step, "netns");
	int err;
	int fd;

	if (is_client(obj, step))
		return ct_look(from->fd, look);
	if (!nsid(step))
		return ct_look(-1, look);
	if (!*name)
		return ENOENT;
	if (netns_open(name, &fd))
		return ENOENT;
	err = ct_look(fd, look);
	close(fd);
	return err;
}

static void put_addr(json_t *step, const char *key, const struct prefix *p)
{
	char buf[ADDR_BUF];

	prefix_format(buf, p);
	json_object_set_new(step, key, json_string(buf));
}

/* Nobody has answered anybody, though somebody was asked. */
static bool is_stuck(json_t *obj, json_t *step, const struct nsref *from,
		     struct ct_look *look)
{
	int err;

	look->answered = 0;
	look->unanswered = 0;
	err = look_there(obj, step, from, look);
	if (err) {
		json_object_set_new(step, "unknown",
				    json_string(strerror(err)));
		return false;
	}
	json_object_set_new(step, "answered", json_integer(look->answered));
	json_object_set_new(step, "unanswered",
			    json_integer(look->unanswered));
	if (look->answered || !look->unanswered)
		return false;
	put_addr(step, "asked", &look->asked);
	if (memcmp(look->to.addr, look->asked.addr, sizeof(look->to.addr)))
		put_addr(step, "translated", &look->to);
	json_object_set_new(step, "finding", json_string("bad"));
	return true;
}

void walk_conntrack(json_t *obj, const struct nsref *from, uint8_t proto)
{
	bool clear = is(obj, "verdict", "answers") ||
		     is(obj, "verdict", "filters");
	struct ct_look look = { .proto = proto };
	struct prefix dst[DST_MAX];
	json_t *step;
	size_t i;

	if (addr_parse(out_str(obj, "src"), &look.src))
		return;
	if (!proto)
		look.proto = look.src.family == AF_INET ? IPPROTO_ICMP :
							  IPPROTO_ICMPV6;
	look.dst = dst;
	look.num_dst = destinations(obj, dst);
	json_array_foreach(json_object_get(obj, "step"), i, step)
		if (is(step, "kind", "conntrack") &&
		    is_stuck(obj, step, from, &look) && clear)
			json_object_set_new(obj, "verdict",
					    json_string("conntrack"));
}

/* --- cures --- */

static void cure_member(struct line *l, const json_t *obj,
			const struct nsref *from)
{
	const json_t *step = find(obj, "member", "bad");

	if (flag(step, "foreign"))
		add(l, "it is a member of another domain: ask there, or take it out of that");
	else if (from->label)
		add(l, "%s member add pid %s name NAME route auto", salctl(),
		    from->label);
	else
		add(l, "%s member add netns %s route auto", salctl(),
		    from->name ? : "NAME");
}

static void cure_route(struct line *l, const json_t *obj,
		       const struct nsref *from)
{
	const json_t *bad = find(obj, "route", "bad");
	const json_t *member = find(obj, "member", NULL);
	const char *addr = out_str(bad, "addr");
	char at[TEXT_BUF];

	(void)from;
	if (member && flag(member, "not_forwarding")) {
		within(at, member);
		add(l, "%ssysctl -w net.ipv%s=1", at,
		    strchr(out_str(obj, "dst"), ':') ? "6.conf.all.forwarding" :
						       "4.ip_forward");
		return;
	}
	ip(at, bad);
	if (member && !strcmp(addr, out_str(obj, "dst")))
		add(l, "%s member set %s route auto; outside of the VIP pools: ",
		    salctl(), out_str(member, "name"));
	add(l, "%s route add %s dev DEV", at, addr);
}

static void cure_service(struct line *l, const json_t *obj,
			 const struct nsref *from)
{
	const json_t *step = find(obj, "service", "bad");
	const char *name = out_str(step, "name");

	(void)from;
	if (*name)
		add(l, "%s service add %s", salctl(), name);
	else
		add(l, "%s service add NAME vip %s", salctl(),
		    out_str(step, "addr"));
}

static void cure_protocol(struct line *l, const json_t *obj,
			  const struct nsref *from)
{
	(void)obj;
	(void)from;
	add(l, "none: only ICMP echo is translated");
}

static void cure_endpoint(struct line *l, const json_t *obj,
			  const struct nsref *from)
{
	(void)from;
	add(l, "%s endpoint add %s netns NAME addr %s", salctl(),
	    out_str(obj, "service"),
	    strchr(out_str(obj, "dst"), ':') ? "ADDR6" : "ADDR");
}

static void cure_down(struct line *l, const json_t *obj,
		      const struct nsref *from)
{
	const json_t *ep = find(obj, "endpoint", "note");
	const char *name = out_str(ep, "name");
	const char *svc = out_str(obj, "service");
	const json_t *fault = json_object_get(ep, "fault");
	char at[TEXT_BUF];

	if (!ep) {
		cure_endpoint(l, obj, from);
		return;
	}
	ip(at, ep);
	if (is(ep, "state", "down"))
		add(l, "%s endpoint set %s %s state up", salctl(), svc, name);
	else if (!strcmp(json_string_value(json_array_get(fault, 0)) ? : "",
			 "address"))
		add(l, "%s addr add %s dev DEV", at, out_str(ep, "addr"));
	else if (!strcmp(json_string_value(json_array_get(fault, 0)) ? : "",
			 "device"))
		add(l, "%s link set DEV up for %s, and its other end", at,
		    out_str(ep, "addr"));
	else if (!strcmp(json_string_value(json_array_get(fault, 0)) ? : "",
			 "lease"))
		add(l, "%s endpoint renew %s %s, if it is well", salctl(),
		    svc, name);
	else
		add(l, "%s endpoint del %s %s, and add it where it is now",
		    salctl(), svc, name);
}

static void cure_full(struct line *l, const json_t *obj,
		      const struct nsref *from)
{
	const char *svc = out_str(obj, "service");
	const json_t *ep = find(obj, "endpoint", "ok");

	(void)from;
	if (is(ep, "state", "draining"))
		add(l, "%s endpoint undrain %s %s", salctl(), svc,
		    out_str(ep, "name"));
	else
		add(l, "%s endpoint set %s %s weight N max-flows M, or another endpoint",
		    salctl(), svc, ep ? out_str(ep, "name") : "EP");
}

static void cure_held(struct line *l, const json_t *obj,
		      const struct nsref *from)
{
	if (find(obj, "endpoint", "ok"))
		add(l, "none: what waits is leaving, ask again");
	else
		cure_down(l, obj, from);
}

static void cure_neighbour(struct line *l, const json_t *obj,
			   const struct nsref *from)
{
	const json_t *bad = find(obj, "neighbour", "bad");
	char at[TEXT_BUF];

	(void)from;
	ip(at, bad);
	add(l, "see to it that %s is up and on the link of %s; then: %s neigh del %s dev %s",
	    out_str(bad, "addr"), out_str(bad, "dev"), at, out_str(bad, "addr"),
	    out_str(bad, "dev"));
}

static void cure_router(struct line *l, const json_t *obj,
			const struct nsref *from)
{
	const json_t *bad = find(obj, "route", "bad");
	const json_t *member = find(obj, "member", NULL);
	char at[TEXT_BUF];

	(void)from;
	ip(at, bad);
	add(l, "%s route add %s via an address of member %s that it reaches", at,
	    out_str(bad, "addr"), out_str(member, "name"));
}

static void cure_policy(struct line *l, const json_t *obj,
			const struct nsref *from)
{
	const json_t *bad = find(obj, "policy", "bad");

	(void)from;
	if (by_default(bad))
		add(l, "%s policy add from any to %s allow", salctl(),
		    out_str(obj, "service"));
	else
		add(l, "%s policy del from %s to %s", salctl(),
		    either(bad, "policy_from"), either(bad, "policy_to"));
}

static void cure_filter(struct line *l, const json_t *obj,
			const struct nsref *from)
{
	const json_t *step = find(obj, "filter", NULL);
	char at[TEXT_BUF];

	(void)from;
	within(at, step);
	add(l, "see what the filters do, beginning with: %snft list ruleset",
	    at);
}

static void cure_conntrack(struct line *l, const json_t *obj,
			   const struct nsref *from)
{
	const json_t *bad = find(obj, "conntrack", "bad");
	char at[TEXT_BUF];

	(void)from;
	within(at, bad);
	add(l, "%sconntrack -D -s %s -d %s; if it comes again nobody answers behind %s",
	    at, out_str(obj, "src"), out_str(bad, "asked"),
	    *at ? out_str(bad, "netns") : "here");
}

static void cure_rule(struct line *l, const json_t *obj,
		      const struct nsref *from)
{
	(void)from;
	add(l, "%s rule del %s, or a longer one: rule add %s forward SVC",
	    salctl(), out_str(obj, "rule"), out_str(obj, "dst"));
}

static void cure_deliver(struct line *l, const json_t *obj,
			 const struct nsref *from)
{
	(void)from;
	add(l, "none: it is left alone, and goes where its route leads; to change that: %s rule del %s",
	    salctl(), out_str(obj, "rule"));
}

static void cure_upcall(struct line *l, const json_t *obj,
			const struct nsref *from)
{
	(void)from;
	add(l, "answer what %s monitor miss tells; or: %s service add NAME vip %s",
	    salctl(), salctl(), out_str(obj, "dst"));
}

static const struct {
	const char *verdict;
	void (*cure)(struct line *l, const json_t *obj,
		     const struct nsref *from);
} cures[] = {
	{ "not-member", cure_member },
	{ "no-route", cure_route },
	{ "no-service", cure_service },
	{ "unsupported", cure_protocol },
	{ "no-endpoint", cure_endpoint },
	{ "endpoint-down", cure_down },
	{ "held", cure_held },
	{ "neighbour", cure_neighbour },
	{ "past-router", cure_router },
	{ "filters", cure_filter },
	{ "full", cure_full },
	{ "denied", cure_policy },
	{ "conntrack", cure_conntrack },
	{ "rule-drop", cure_rule },
	{ "rule-reject", cure_rule },
	{ "rule-loop", cure_rule },
	{ "rule-deliver", cure_deliver },
	{ "upcall", cure_upcall },
};

void walk_cure(json_t *obj, const struct nsref *from)
{
	struct line l = { .len = 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cures); i++)
		if (is(obj, "verdict", cures[i].verdict))
			cures[i].cure(&l, obj, from);
	if (l.len)
		json_object_set_new(obj, "cure", json_string(l.text));
}
