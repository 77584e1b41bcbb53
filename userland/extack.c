// SPDX-License-Identifier: GPL-2.0
/*
 * extack.c - the kernel's extended acks in words
 *
 * The module gives a text with each of its refusals. What refuses before the
 * module is asked (netlink itself, by the policies) gives a number or hardly
 * more; that is worded here.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "extack.h"
#include "salctl.h"

/* NLMSGERR_ATTR_*, decoded */
struct extack {
	const char *msg;
	const struct nlattr *policy;
	const struct nlattr *cookie;
	uint32_t offset;
	uint32_t miss_type;
	uint32_t miss_nest;
	bool has_offset;
	bool has_miss_type;
	bool has_miss_nest;
};

static const struct {
	int error;
	const char *text;
} errors[] = {
	{ ENOENT, "there is no such object" },
	{ EEXIST, "it exists already" },
	{ EINVAL, "invalid request" },
	{ EBUSY, "it is in use" },
	{ EOPNOTSUPP, "the loaded module does not know this request" },
	{ ENOSPC, "a limit is reached" },
	{ ENOMEM, "the kernel is out of memory" },
};

static bool get_u32(const struct nlattr *attr, uint32_t *val)
{
	if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return false;
	*val = mnl_attr_get_u32(attr);
	return true;
}

static void parse(struct extack *ext, const struct ack *ack)
{
	const struct nlattr *attr;

	memset(ext, 0, sizeof(*ext));
	if (!ack->tlvs)
		return;
	mnl_attr_for_each_payload(ack->tlvs, ack->len) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
				ext->msg = mnl_attr_get_str(attr);
			break;
		case NLMSGERR_ATTR_OFFS:
			ext->has_offset = get_u32(attr, &ext->offset);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			ext->has_miss_type = get_u32(attr, &ext->miss_type);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			ext->has_miss_nest = get_u32(attr, &ext->miss_nest);
			break;
		case NLMSGERR_ATTR_POLICY:
			ext->policy = attr;
			break;
		case NLMSGERR_ATTR_COOKIE:
			ext->cookie = attr;
			break;
		}
	}
}

/* where in a request an attribute is, such as vip[1].len */
struct path {
	char text[128];
	const struct attr_set *set;	/* of what is nested in it, or NULL */
};

static void path_add(struct path *p, const char *dot, const char *name,
		     uint16_t nr)
{
	size_t n = strlen(p->text);

	if (name)
		snprintf(p->text + n, sizeof(p->text) - n, "%s%s", dot, name);
	else
		snprintf(p->text + n, sizeof(p->text) - n, "%s%u", dot, nr);
}

/*
 * Find the attribute at @offset from the start of the request among the @len
 * bytes of attributes at @payload, and below them.
 */
static bool path_find(struct path *p, const struct nlmsghdr *req,
		      const struct attr_set *set, const void *payload,
		      size_t len, uint32_t offset)
{
	const char *target = (const char *)req + offset;
	unsigned int before[128] = { 0 };
	const struct attr *known;
	const struct nlattr *attr;
	uint16_t nr;
	size_t n;

	mnl_attr_for_each_payload(payload, len) {
		nr = mnl_attr_get_type(attr);
		if (target >= (const char *)attr + attr->nla_len) {
			if (nr < ARRAY_SIZE(before))
				before[nr]++;
			continue;
		}
		if (target < (const char *)attr)
			return false;

		known = attr_get(set, nr);
		path_add(p, p->text[0] ? "." : "", known ? known->name : NULL,
			 nr);
		/* the first of several is not told from an only one */
		n = strlen(p->text);
		if (known && known->multi && before[nr])
			snprintf(p->text + n, sizeof(p->text) - n, "[%u]",
				 before[nr]);
		p->set = known && known->type == T_PREFIX ? &set_prefix : NULL;
		if (target == (const char *)attr)
			return true;
		return p->set &&
		       path_find(p, req, p->set, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), offset);
	}
	return false;
}

static bool find(struct path *p, const struct nlmsghdr *req,
		 const struct attr_set *set, uint32_t offset)
{
	const size_t head = MNL_ALIGN(sizeof(struct genlmsghdr));

	p->text[0] = '\0';
	p->set = NULL;
	return path_find(p, req, set, mnl_nlmsg_get_payload_offset(req, head),
			 mnl_nlmsg_get_payload_len(req) - head, offset);
}

static bool get_number(const struct nlattr *attr, uint64_t *val)
{
	uint32_t v32;

	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint32_t):
		memcpy(&v32, mnl_attr_get_payload(attr), sizeof(v32));
		*val = v32;
		return true;
	case sizeof(uint64_t):
		memcpy(val, mnl_attr_get_payload(attr), sizeof(*val));
		return true;
	default:
		return false;
	}
}

/* What the policy would have let through, such as ", 1 to 65535" */
static void range(char *buf, size_t size, const struct nlattr *policy)
{
	bool has_max = false, has_len = false;
	uint64_t min = 0, max = 0, len = 0;
	const struct nlattr *attr;

	buf[0] = '\0';
	if (!policy)
		return;
	mnl_attr_for_each_nested(attr, policy) {
		switch (mnl_attr_get_type(attr)) {
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
			get_number(attr, &min);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
			has_max = get_number(attr, &max);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			has_len = get_number(attr, &len);
			break;
		}
	}
	if (has_max && max < UINT64_MAX)
		snprintf(buf, size, ", %" PRIu64 " to %" PRIu64, min, max);
	else if (has_len)
		snprintf(buf, size, ", at most %" PRIu64 " bytes", len);
}

/* Which attribute it is about, as " (attribute vip.len, 1 to 128)" */
static void about(char *buf, size_t size, const struct extack *ext,
		  const struct nlmsghdr *req, const struct attr_set *set)
{
	const struct attr *known;
	struct path path;
	char limits[64];

	buf[0] = '\0';
	if (ext->has_miss_type) {
		path.text[0] = '\0';
		path.set = set;
		if (ext->has_miss_nest &&
		    !find(&path, req, set, ext->miss_nest))
			return;
		known = path.set ? attr_get(path.set, ext->miss_type) : NULL;
		path_add(&path, path.text[0] ? "." : "",
			 known ? known->name : NULL, ext->miss_type);
		snprintf(buf, size, " (missing attribute %s)", path.text);
	} else if (ext->has_offset && find(&path, req, set, ext->offset)) {
		range(limits, sizeof(limits), ext->policy);
		snprintf(buf, size, " (attribute %s%s)", path.text, limits);
	}
}

static const char *error_text(int error)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].error == error)
			return errors[i].text;
	return strerror(error);
}

/**
 * ack_parse() - read what a request ended with
 * @nlh: message of type NLMSG_ERROR or NLMSG_DONE
 * @ack: where it goes
 */
void ack_parse(const struct nlmsghdr *nlh, struct ack *ack)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct nlmsgerr *err;
	size_t head;

	memset(ack, 0, sizeof(*ack));
	if (nlh->nlmsg_type == NLMSG_DONE) {
		head = MNL_ALIGN(sizeof(int));
		if (len < sizeof(int))
			return;
		ack->error = -*(const int *)mnl_nlmsg_get_payload(nlh);
	} else {
		head = MNL_ALIGN(sizeof(*err));
		if (len < sizeof(*err)) {
			ack->error = EPROTO;
			return;
		}
		err = mnl_nlmsg_get_payload(nlh);
		ack->error = -err->error;
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			head += MNL_ALIGN(err->msg.nlmsg_len) -
				MNL_NLMSG_HDRLEN;
	}
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && head < len) {
		ack->tlvs = (const char *)mnl_nlmsg_get_payload(nlh) + head;
		ack->len = len - head;
	}
}

/**
 * ack_cookie() - the number that came with an ack
 * @ack: what ack_parse() has found
 * @val: where to put it
 *
 * Return: whether there was one
 */
bool ack_cookie(const struct ack *ack, uint64_t *val)
{
	struct extack ext;

	parse(&ext, ack);
	return ext.cookie && get_number(ext.cookie, val);
}

/**
 * ack_report() - say on stderr what a request ended with
 * @ack: what ack_parse() has found
 * @req: the request
 * @set: attributes of the request
 *
 * Return: 0 where the kernel has done it; it may have remarked on something,
 * which is printed as a note.
 */
int ack_report(const struct ack *ack, const struct nlmsghdr *req,
	       const struct attr_set *set)
{
	struct extack ext;
	char attr[256];

	parse(&ext, ack);
	about(attr, sizeof(attr), &ext, req, set);
	if (!ack->error) {
		if (ext.msg)
			note("%s%s", ext.msg, attr);
		return EXIT_OK;
	}
	if (ext.msg)
		return refused("%s%s", ext.msg, attr);
	if (ack->error == EPERM)
		return no_permission("needs");
	return refused("%s%s", error_text(ack->error), attr);
}
