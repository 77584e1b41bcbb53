/* SPDX-License-Identifier: GPL-2.0 */
/*
 * out.h - what the kernel sent, as text or JSON
 *
 * A message becomes a JSON object by the tables of names.c. With -j that is
 * what is printed. Without, a layout says in which order and under which
 * labels the members of that very object become text, so that the two cannot
 * say different things.
 */
#ifndef _SALCTL_OUT_H
#define _SALCTL_OUT_H

#include <jansson.h>
#include <libmnl/libmnl.h>

#include "names.h"
#include "salctl.h"

enum {
	F_HEAD = 1 << 0,	/* value without a label, before the others */
	F_LINE = 1 << 1,	/* begins a line */
	F_DETAIL = 1 << 2,	/* only with -d */
	F_STATS = 1 << 3,	/* only with -s */
	F_NONZERO = 1 << 4,	/* a number; not where it is 0, unless -s */
	F_FAMILY = 1 << 5,	/* the address that -4 and -6 look at */
	F_EXPLAIN = 1 << 6,	/* only where the command was asked for it */
	F_JSON = 1 << 7,	/* not in text */
};

struct field {
	uint16_t attr;
	uint8_t flags;
	const char *label;	/* NULL: the spec's name; empty: none */
};

struct layout {
	const struct attr_set *set;
	const struct field *field;
	unsigned int num;
	/* adds what follows from the rest; what it puts into "notes", an array
	 * of strings, is text too
	 */
	void (*derive)(json_t *obj);
};

#define LAYOUT(n, s, ...)						\
	const struct layout layout_##n = {				\
		.set = &set_##s,					\
		.field = n##_field,					\
		.num = ARRAY_SIZE(n##_field),				\
		__VA_ARGS__						\
	}

extern const struct layout layout_domain;
extern const struct layout layout_member;
extern const struct layout layout_service;
extern const struct layout layout_endpoint;
extern const struct layout layout_flow;
extern const struct layout layout_migrate;
extern const struct layout layout_resolve;
extern const struct layout layout_stats;
extern const struct layout layout_transaction;
extern const struct layout layout_rule;
extern const struct layout layout_miss;
extern const struct layout layout_policy;
extern const struct layout layout_hold;

#define OUT_KEY_BUF	64

/* decode.c */
void out_key(char key[OUT_KEY_BUF], const char *name);
json_t *out_decode(const struct layout *layout, const struct nlmsghdr *nlh);

/* out.c */
bool out_has_family(const json_t *val, int family);
bool out_family_wanted(const struct layout *layout, const json_t *obj);
void out_text(const struct layout *layout, const json_t *obj, uint8_t also,
	      bool oneline);

void out_note(json_t *obj, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
const char *out_str(const json_t *obj, const char *key);
uint64_t out_num(const json_t *obj, const char *key);

#endif /* _SALCTL_OUT_H */
