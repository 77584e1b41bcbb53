// SPDX-License-Identifier: GPL-2.0
/*
 * out.c - JSON objects as text
 */
#include <netinet/in.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "salctl.h"
#include "text.h"
#include "units.h"

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
	const struct field *f;
	char key[OUT_KEY_BUF];
	bool asked = false;
	unsigned int i;

	if (!opt.family)
		return true;
	for (i = 0; i < layout->num; i++) {
		f = &layout->field[i];
		if (!(f->flags & F_FAMILY))
			continue;
		asked = true;
		out_key(key, attr_get(layout->set, f->attr)->name);
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

	if (json_is_null(val)) {
		fputs("any", stdout);
		return;
	}
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
	bool bare = head || (f->label && !*f->label);

	gap(p, head);
	if (known->type == T_NSID) {
		print_nsid(obj, val);
		return;
	}
	if (!bare)
		fputs(f->label ? f->label : known->name, stdout);
	if (known->type == T_FLAG)
		return;
	if (!bare)
		fputc(' ', stdout);
	if (known->type == T_BITS)
		print_bits(known, val);
	else
		print_scalar(known, val);
	if (known->type == T_PORTS && json_object_get(obj, "port_end"))
		printf("-%" PRIu64, out_num(obj, "port_end"));
}

static void print_field(struct printer *p, const struct field *f,
			const struct attr *known, const json_t *obj)
{
	const json_t *val, *elem;
	char key[OUT_KEY_BUF];
	size_t i;

	out_key(key, known->name);
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
