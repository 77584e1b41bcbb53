/* SPDX-License-Identifier: GPL-2.0 */
/*
 * param.h - "keyword value" parameters, from words to attributes
 */
#ifndef _SALCTL_PARAM_H
#define _SALCTL_PARAM_H

#include "args.h"
#include "conn.h"
#include "names.h"

struct param {
	const char *key;
	int (*parse)(const struct param *p, struct request *req,
		     struct args *args);
	uint16_t attr;
	bool many;			/* may be given more than once */
	const struct names *names;	/* of param_enum() */
};

typedef const char *(*parse_fn)(const char *s, uint64_t max, uint64_t *val);

int param_number(const struct param *p, struct args *args, parse_fn parse,
		 uint64_t max, uint64_t *val);
int param_count(const struct param *p, struct request *req, struct args *args);
int param_uint(const struct param *p, struct request *req, struct args *args);
int param_size(const struct param *p, struct request *req, struct args *args);
int param_time(const struct param *p, struct request *req, struct args *args);
int param_seconds(const struct param *p, struct request *req,
		  struct args *args);
int param_name(const struct param *p, struct request *req, struct args *args);
int param_enum(const struct param *p, struct request *req, struct args *args);
int param_flag(const struct param *p, struct request *req, struct args *args);
int param_prefix(const struct param *p, struct request *req,
		 struct args *args);
int param_prefixes(const struct param *p, struct request *req,
		   struct args *args);
int param_proto(const struct param *p, struct request *req, struct args *args);
int param_port(const struct param *p, struct request *req, struct args *args);
int param_port_number(const struct param *p, struct request *req,
		      struct args *args);
int param_netns(const struct param *p, struct request *req,
		struct args *args);
int param_pid(const struct param *p, struct request *req, struct args *args);
int param_label(const struct param *p, struct request *req,
		struct args *args);
int param_bad(const struct param *p, struct args *args, const char *word,
	      const char *what);

/* all that is left of @args; the tables end with an empty entry */
int params(const struct param *table, struct request *req, struct args *args);
const struct param *param_find(const struct param *table, const char *key);

#endif /* _SALCTL_PARAM_H */
