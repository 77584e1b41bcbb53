// SPDX-License-Identifier: GPL-2.0
/*
 * decode.c - messages of the kernel as JSON objects
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sal.h>

#include "addr.h"
#include "netns.h"
#include "out.h"

/**
 * out_key() - JSON's name of an attribute
 * @key: where to put it
 * @name: the spec's name
 */
void out_key(char key[OUT_KEY_BUF], const char *name)
{
	size_t i;

	for (i = 0; i < OUT_KEY_BUF - 1 && name[i]; i++)
		key[i] = name[i] == '-' ? '_' : name[i];
	key[i] = '\0';
}

/* Names are bytes to the kernel, and JSON has to be UTF-8. */
static json_t *any_string(const char *s)
{
	json_t *val = json_string(s);
	char *buf;
	size_t n;

	if (val)
		return val;
	buf = malloc(4 * strlen(s) + 1);
	if (!buf)
		return json_string("?");
	for (n = 0; *s; s++) {
		if (*s & 0x80)
			n += sprintf(buf + n, "\\x%02x", (unsigned char)*s);
		else
			buf[n++] = *s;
	}
	buf[n] = '\0';
	val = json_string(buf);
	free(buf);
	return val;
}

static uint64_t get_uint(const struct nlattr *attr)
{
	const void *data = mnl_attr_get_payload(attr);
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint8_t):
		return *(const uint8_t *)data;
	case sizeof(v16):
		memcpy(&v16, data, sizeof(v16));
		return v16;
	case sizeof(v32):
		memcpy(&v32, data, sizeof(v32));
		return v32;
	case sizeof(v64):
		memcpy(&v64, data, sizeof(v64));
		return v64;
	default:
		return 0;
	}
}

static json_t *get_addr(const struct nlattr *attr, int family)
{
	char buf[ADDR_BUF];

	if (mnl_attr_get_payload_len(attr) != addr_bits(family) / 8)
		return NULL;
	inet_ntop(family, mnl_attr_get_payload(attr), buf, sizeof(buf));
	return json_string(buf);
}

static json_t *get_prefix(const struct nlattr *nest)
{
	const struct nlattr *attr;
	struct prefix p = { 0 };
	char buf[ADDR_BUF];
	bool has_len = false;
	size_t len;

	mnl_attr_for_each_nested(attr, nest) {
		len = mnl_attr_get_payload_len(attr);
		switch (mnl_attr_get_type(attr)) {
		case SAL_A_PREFIX_IPV4:
			p.family = AF_INET;
			break;
		case SAL_A_PREFIX_IPV6:
			p.family = AF_INET6;
			break;
		case SAL_A_PREFIX_LEN:
			p.len = get_uint(attr);
			has_len = true;
			continue;
		default:
			continue;
		}
		if (len != addr_bits(p.family) / 8)
			return NULL;
		memcpy(p.addr, mnl_attr_get_payload(attr), len);
	}
	if (!p.family)
		return NULL;
	if (!has_len)
		p.len = addr_bits(p.family);
	prefix_format(buf, &p);
	return json_string(buf);
}

/* A value that a newer module has a name for is shown as its number. */
static json_t *get_enum(const struct nlattr *attr, const struct names *names)
{
	uint64_t val = get_uint(attr);

	if (val < names->num && names->name[val])
		return json_string(names->name[val]);
	return json_integer(val);
}

static json_t *get_bits(const struct nlattr *attr, const struct names *names)
{
	uint64_t val = get_uint(attr);
	json_t *array = json_array();
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		if (!(val & 1ULL << bit))
			continue;
		if (bit < names->num && names->name[bit])
			json_array_append_new(array,
					      json_string(names->name[bit]));
		else
			json_array_append_new(array, json_integer(bit));
	}
	return array;
}

static json_t *get_nest(const struct attr_set *set, const struct nlattr *nest);

/* NULL for what makes no sense; it is left out, as something unknown is. */
static json_t *get_value(const struct attr *known, const struct nlattr *attr)
{
	switch (known->type) {
	case T_FLAG:
		return json_true();
	case T_COUNT:
	case T_PROTO:
	case T_PORTS:
	case T_MS:
	case T_SECONDS:
	case T_NS:
	case T_SIZE:
		return json_integer(get_uint(attr));
	case T_NUMBER:
	case T_NSID:
		return json_integer((int32_t)get_uint(attr));
	case T_PORT:
		return json_integer(ntohs(get_uint(attr)));
	case T_ENUM:
		return get_enum(attr, known->names);
	case T_BITS:
		return get_bits(attr, known->names);
	case T_NAME:
	case T_TEXT:
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			return NULL;
		return any_string(mnl_attr_get_str(attr));
	case T_IPV4:
		return get_addr(attr, AF_INET);
	case T_IPV6:
		return get_addr(attr, AF_INET6);
	case T_PREFIX:
		return get_prefix(attr);
	case T_NEST:
		return get_nest(known->set, attr);
	case T_NONE:
		break;
	}
	return NULL;
}

/* A namespace is known by its name, too, where it has any. */
static void put_value(json_t *obj, const struct attr *known, json_t *val)
{
	char key[OUT_KEY_BUF];
	const char *name;

	out_key(key, known->name);
	json_object_set_new(obj, key, val);
	if (known->type != T_NSID)
		return;
	name = netns_name(json_integer_value(val));
	json_object_set_new(obj, "netns",
			    name ? any_string(name) : json_null());
}

/* What is there, and nothing else: such objects are not all alike. */
static json_t *get_nest(const struct attr_set *set, const struct nlattr *nest)
{
	json_t *obj = json_object();
	const struct attr *known;
	const struct nlattr *attr;
	json_t *val;

	mnl_attr_for_each_nested(attr, nest) {
		known = attr_get(set, mnl_attr_get_type(attr));
		val = known ? get_value(known, attr) : NULL;
		if (val)
			put_value(obj, known, val);
	}
	return obj;
}

/* What is there in every object, so that scripts need not ask whether. */
static json_t *get_absent(const struct attr *known)
{
	if (known->multi || known->type == T_BITS)
		return json_array();
	if (known->type == T_FLAG)
		return json_false();
	return NULL;
}

static json_t *get_field(const struct attr *known, uint16_t nr,
			 const struct nlmsghdr *nlh)
{
	json_t *array = known->multi ? json_array() : NULL;
	const struct nlattr *attr;
	json_t *val;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != nr)
			continue;
		val = get_value(known, attr);
		if (!val)
			continue;
		if (!array)
			return val;
		json_array_append_new(array, val);
	}
	return array ? array : get_absent(known);
}

/**
 * out_decode() - make a JSON object of a message
 * @layout: what to expect, and in which order to put it
 * @nlh: message
 *
 * Return: the object, a new reference.
 */
json_t *out_decode(const struct layout *layout, const struct nlmsghdr *nlh)
{
	json_t *obj = json_object();
	const struct field *f;
	const struct attr *known;
	unsigned int i;
	json_t *val;

	for (i = 0; i < layout->num; i++) {
		f = &layout->field[i];
		known = attr_get(layout->set, f->attr);
		val = get_field(known, f->attr, nlh);
		if (val)
			put_value(obj, known, val);
	}
	if (layout->derive)
		layout->derive(obj);
	return obj;
}
