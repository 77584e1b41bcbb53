/* SPDX-License-Identifier: GPL-2.0 */
/*
 * names.h - the spec's names for the numbers of uapi/linux/sal.h
 */
#ifndef _SALCTL_NAMES_H
#define _SALCTL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* what an attribute holds, which says how it is printed */
enum attr_type {
	T_NONE,		/* never in what the kernel sends, or unknown */
	T_FLAG,
	T_COUNT,	/* number of 1, 2, 4 or 8 bytes */
	T_NUMBER,	/* 4 bytes with a sign */
	T_PORT,		/* 16 bits in network order */
	T_PROTO,
	T_PORTS,	/* the first one; "port_end" has the last one */
	T_MS,
	T_SECONDS,
	T_NS,
	T_SIZE,		/* bytes */
	T_NSID,
	T_ENUM,
	T_BITS,		/* set of flags */
	T_NAME,		/* one word */
	T_TEXT,		/* a sentence */
	T_IPV4,
	T_IPV6,
	T_PREFIX,	/* nest */
	T_NEST,		/* of a set of its own */
};

/* names of an enum's values, or of the bits of flags, from 0 */
struct names {
	const char *const *name;
	unsigned int num;
};

struct attr {
	const char *name;
	enum attr_type type;
	bool multi;
	const struct names *names;
	const struct attr_set *set;	/* of T_NEST */
};

struct attr_set {
	const char *name;
	const struct attr *attr;
	uint16_t max;
};

struct sal_op {
	const char *name;
	const struct attr_set *set;
	bool kept;	/* by a transaction, for its commit */
};

extern const struct attr_set set_prefix;
extern const struct attr_set set_domain;
extern const struct attr_set set_member;
extern const struct attr_set set_service;
extern const struct attr_set set_endpoint;
extern const struct attr_set set_flow;
extern const struct attr_set set_migrate;
extern const struct attr_set set_resolve;
extern const struct attr_set set_step;
extern const struct attr_set set_stats;
extern const struct attr_set set_transaction;
extern const struct attr_set set_any_prefix;
extern const struct attr_set set_rule;
extern const struct attr_set set_miss;
extern const struct attr_set set_policy;
extern const struct attr_set set_hold;

extern const struct attr_set *const all_sets[];
extern const unsigned int num_sets;

extern const struct names names_on_empty;
extern const struct names names_late;
extern const struct names names_stray;
extern const struct names names_direct_mode;
extern const struct names names_path_kind;
extern const struct names names_tcp;
extern const struct names names_sched;
extern const struct names names_switch;
extern const struct names names_access;
extern const struct names names_flow_state;
extern const struct names names_flow_mark;
extern const struct names names_told;
extern const struct names names_state;
extern const struct names names_drain_then;
extern const struct names names_drain_step;
extern const struct names names_route;
extern const struct names names_gate;
extern const struct names names_placement;
extern const struct names names_hold_cause;
extern const struct names names_cause;
extern const struct names names_fault;
extern const struct names names_verdict;
extern const struct names names_step_kind;
extern const struct names names_finding;
extern const struct names names_hook;
extern const struct names names_neighbour;
extern const struct names names_action;

const struct sal_op *op_get(uint8_t cmd);
const struct attr *attr_get(const struct attr_set *set, uint16_t nr);
bool names_find(const struct names *names, const char *name, uint32_t *val);

const char *proto_name(uint8_t proto);
bool proto_find(const char *name, uint8_t *proto);

#endif /* _SALCTL_NAMES_H */
