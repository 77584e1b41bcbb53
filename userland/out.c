// SPDX-License-Identifier: GPL-2.0
/*
 * out.c - what the kernel sent, as text or JSON
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sal.h>

#include "addr.h"
#include "netns.h"
#include "out.h"
#include "salctl.h"
#include "text.h"
#include "units.h"

#define KEY_BUF		64

/* --- decoding --- */

static void key_of(char key[KEY_BUF], const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < KEY_BUF - 1; i++)
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

/* NULL for what makes no sense; it is left out, as something unknown is. */
static json_t *get_value(const struct attr *known, const struct nlattr *attr)
{
	switch (known->type) {
	case T_FLAG:
		return json_true();
	case T_COUNT:
	case T_PROTO:
	case T_MS:
	case T_SECONDS:
	case T_NS:
	case T_SIZE:
		return json_integer(get_uint(attr));
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
	case T_NONE:
		break;
	}
	return NULL;
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
	const char *name;
	char key[KEY_BUF];
	unsigned int i;
	json_t *val;

	for (i = 0; i < layout->num; i++) {
		f = &layout->field[i];
		known = attr_get(layout->set, f->attr);
		val = get_field(known, f->attr, nlh);
		if (!val)
			continue;
		key_of(key, known->name);
		json_object_set_new(obj, key, val);
		if (known->type != T_NSID)
			continue;
		name = netns_name(json_integer_value(val));
		json_object_set_new(obj, "netns",
				    name ? any_string(name) : json_null());
	}
	if (layout->derive)
		layout->derive(obj);
	return obj;
}

/* --- asking an object --- */

const char *out_str(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s ? s : "";
}

uint64_t out_num(const json_t *obj, const char *key)
{
	return json_integer_value(json_object_get(obj, key));
}

/**
 * out_note() - add a remark to an object
 * @obj: object
 * @fmt: the remark, a line of its own in text
 */
void out_note(json_t *obj, const char *fmt, ...)
{
	json_t *notes = json_object_get(obj, "notes");
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!notes) {
		notes = json_array();
		json_object_set_new(obj, "notes", notes);
	}
	json_array_append_new(notes, json_string(text));
}

/**
 * out_has_family() - whether there is an address of a family
 * @val: address, prefix, or an array of such
 * @family: AF_INET or AF_INET6
 */
bool out_has_family(const json_t *val, int family)
{
	const json_t *elem;
	const char *s;
	size_t i;

	if (json_is_array(val)) {
		json_array_foreach((json_t *)val, i, elem)
			if (out_has_family(elem, family))
				return true;
		return false;
	}
	s = json_string_value(val);
	return s && (strchr(s, ':') ? AF_INET6 : AF_INET) == family;
}

/**
 * out_family_wanted() - whether -4 or -6 lets an object through
 * @layout: what it is
 * @obj: object
 */
bool out_family_wanted(const struct layout *layout, const json_t *obj)
{
	bool asked = false;
	char key[KEY_BUF];
	unsigned int i;

	if (!opt.family)
		return true;
	for (i = 0; i < layout->num; i++) {
		if (!(layout->field[i].flags & F_FAMILY))
			continue;
		asked = true;
		key_of(key, attr_get(layout->set, layout->field[i].attr)->name);
		if (out_has_family(json_object_get(obj, key), opt.family))
			return true;
	}
	return !asked;
}

/* --- text --- */

struct printer {
	bool begun;
	bool head;	/* the last thing was a head */
	bool line;	/* a new line is due */
	bool oneline;
};

static void gap(struct printer *p, bool head)
{
	if (p->begun && p->line && !p->oneline)
		fputs("\n    ", stdout);
	else if (p->begun && p->head && !head)
		fputs("  ", stdout);
	else if (p->begun)
		fputc(' ', stdout);
	p->begun = true;
	p->head = head;
	p->line = false;
}

static void print_scalar(const struct attr *known, const json_t *val)
{
	json_int_t num = json_integer_value(val);
	const char *proto = NULL;
	char buf[UNITS_BUF];

	if (json_is_string(val)) {
		if (known->type == T_TEXT)
			text_print(stdout, json_string_value(val));
		else
			text_print_word(stdout, json_string_value(val));
		return;
	}
	switch (known->type) {
	case T_MS:
		time_format(buf, num);
		break;
	case T_SIZE:
		size_format(buf, num);
		break;
	case T_NS:
		duration_format(buf, num);
		break;
	case T_SECONDS:
		time_format(buf, num * 1000);
		break;
	case T_PROTO:
		proto = proto_name(num);
		/* fall through */
	default:
		snprintf(buf, sizeof(buf), "%" JSON_INTEGER_FORMAT, num);
	}
	fputs(proto ? proto : buf, stdout);
}

static void print_bits(const struct attr *known, const json_t *array)
{
	const json_t *elem;
	size_t i;

	json_array_foreach((json_t *)array, i, elem) {
		if (i)
			fputc(',', stdout);
		print_scalar(known, elem);
	}
}

static void print_nsid(const json_t *obj, const json_t *val)
{
	const json_t *name = json_object_get(obj, "netns");

	if (json_is_string(name)) {
		fputs("netns ", stdout);
		text_print_word(stdout, json_string_value(name));
	} else {
		printf("nsid %" JSON_INTEGER_FORMAT " (no name)",
		       json_integer_value(val));
	}
}

static void print_one(struct printer *p, const struct field *f,
		      const struct attr *known, const json_t *obj,
		      const json_t *val)
{
	bool head = f->flags & F_HEAD;

	gap(p, head);
	if (known->type == T_NSID) {
		print_nsid(obj, val);
		return;
	}
	if (!head)
		fputs(f->label ? f->label : known->name, stdout);
	if (known->type == T_FLAG)
		return;
	if (!head)
		fputc(' ', stdout);
	if (known->type == T_BITS)
		print_bits(known, val);
	else
		print_scalar(known, val);
}

static void print_field(struct printer *p, const struct field *f,
			const struct attr *known, const json_t *obj)
{
	const json_t *val, *elem;
	char key[KEY_BUF];
	size_t i;

	key_of(key, known->name);
	val = json_object_get(obj, key);
	if (!val || json_is_false(val))
		return;
	if ((f->flags & F_NONZERO) && !opt.stats && !json_integer_value(val))
		return;
	if (known->type == T_BITS && !json_array_size(val))
		return;
	if (!known->multi) {
		print_one(p, f, known, obj, val);
		return;
	}
	json_array_foreach((json_t *)val, i, elem)
		print_one(p, f, known, obj, elem);
}

/**
 * out_text() - print an object as text
 * @layout: how
 * @obj: object
 * @also: F_EXPLAIN where fields of that kind are to be shown
 * @oneline: on one line
 */
void out_text(const struct layout *layout, const json_t *obj, uint8_t also,
	      bool oneline)
{
	const uint8_t kinds = F_DETAIL | F_STATS | F_EXPLAIN;
	struct printer p = { .oneline = oneline };
	const json_t *notes, *elem;
	const struct field *f;
	unsigned int i;
	size_t n;

	if (opt.detail)
		also |= F_DETAIL;
	if (opt.stats)
		also |= F_STATS;
	for (i = 0; i < layout->num; i++) {
		f = &layout->field[i];
		if (f->flags & F_LINE)
			p.line = true;
		if ((f->flags & kinds & ~also) || (f->flags & F_JSON))
			continue;
		print_field(&p, f, attr_get(layout->set, f->attr), obj);
	}
	notes = json_object_get(obj, "notes");
	json_array_foreach((json_t *)notes, n, elem) {
		p.line = true;
		gap(&p, false);
		text_print(stdout, json_string_value(elem));
	}
	fputc('\n', stdout);
}
