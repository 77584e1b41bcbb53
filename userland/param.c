// SPDX-License-Identifier: GPL-2.0
/*
 * param.c - "keyword value" parameters, from words to attributes
 *
 * Only what could not be put into an attribute at all is refused here; whether
 * a value is in its range is for the kernel to say.
 */
#include <stdio.h>
#include <string.h>

#include "netns.h"
#include "param.h"
#include "restore.h"
#include "salctl.h"
#include "units.h"

int param_bad(const struct param *p, struct args *args, const char *word,
	      const char *what)
{
	return args_bad(args, "%s '%s': %s", p->key, word, what);
}

/**
 * param_number() - take the next word as a number of some kind
 * @p: parameter that it is for
 * @args: words
 * @parse: of units.h
 * @max: largest number that is taken
 * @val: where to put it
 */
int param_number(const struct param *p, struct args *args, parse_fn parse,
		 uint64_t max, uint64_t *val)
{
	const char *bad;
	const char *word;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	bad = parse(word, max, val);
	if (bad)
		return param_bad(p, args, word, bad);
	return EXIT_OK;
}

int param_count(const struct param *p, struct request *req, struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, count_parse, UINT32_MAX, &val);
	if (!ret)
		req_u32(req, p->attr, val);
	return ret;
}

int param_uint(const struct param *p, struct request *req, struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, count_parse, UINT64_MAX, &val);
	if (!ret)
		req_uint(req, p->attr, val);
	return ret;
}

int param_size(const struct param *p, struct request *req, struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, size_parse, UINT32_MAX, &val);
	if (!ret)
		req_uint(req, p->attr, val);
	return ret;
}

int param_time(const struct param *p, struct request *req, struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, time_parse, UINT32_MAX, &val);
	if (!ret)
		req_u32(req, p->attr, val);
	return ret;
}

int param_seconds(const struct param *p, struct request *req,
		  struct args *args)
{
	const char *word = args_peek(args);
	uint64_t val;
	int ret;

	ret = param_number(p, args, time_parse, UINT64_MAX, &val);
	if (ret)
		return ret;
	if (val % 1000)
		return param_bad(p, args, word, "not a whole number of seconds");
	if (val / 1000 > UINT32_MAX)
		return param_bad(p, args, word, "too large");
	req_u32(req, p->attr, val / 1000);
	return EXIT_OK;
}

int param_name(const struct param *p, struct request *req, struct args *args)
{
	const char *word;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	req_str(req, p->attr, word);
	return EXIT_OK;
}

static void choices(char *buf, size_t size, const struct names *names)
{
	size_t n = snprintf(buf, size, "not one of");
	unsigned int i;

	for (i = 0; i < names->num && n < size; i++)
		n += snprintf(buf + n, size - n, "%s %s", i ? "," : "",
			      names->name[i]);
}

int param_enum(const struct param *p, struct request *req, struct args *args)
{
	const char *word;
	char text[128];
	uint32_t val;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	if (!names_find(p->names, word, &val)) {
		choices(text, sizeof(text), p->names);
		return param_bad(p, args, word, text);
	}
	req_u32(req, p->attr, val);
	return EXIT_OK;
}

int param_flag(const struct param *p, struct request *req, struct args *args)
{
	(void)args;
	req_flag(req, p->attr);
	return EXIT_OK;
}

int param_prefix(const struct param *p, struct request *req, struct args *args)
{
	struct prefix prefix;
	const char *word;
	const char *bad;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	bad = prefix_parse(word, &prefix);
	if (bad)
		return param_bad(p, args, word, bad);
	req_prefix(req, p->attr, &prefix);
	return EXIT_OK;
}

/* One and as many more as follow: no keyword looks like a prefix. */
int param_prefixes(const struct param *p, struct request *req,
		   struct args *args)
{
	struct prefix prefix;
	const char *word;
	int ret;

	do {
		ret = param_prefix(p, req, args);
		if (ret)
			return ret;
		word = args_peek(args);
	} while (word && !prefix_parse(word, &prefix));
	return EXIT_OK;
}

int param_proto(const struct param *p, struct request *req, struct args *args)
{
	const char *word;
	uint8_t proto;
	uint64_t val;
	int ret;

	ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	if (!proto_find(word, &proto)) {
		if (count_parse(word, UINT8_MAX, &val))
			return param_bad(p, args, word,
					 "neither a known protocol nor a number up to 255");
		proto = val;
	}
	req_u8(req, p->attr, proto);
	return EXIT_OK;
}

int param_port(const struct param *p, struct request *req, struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, count_parse, UINT16_MAX, &val);
	if (!ret)
		req_port(req, p->attr, val);
	return ret;
}

/* a port in the host's byte order */
int param_port_number(const struct param *p, struct request *req,
		      struct args *args)
{
	uint64_t val;
	int ret;

	ret = param_number(p, args, count_parse, UINT16_MAX, &val);
	if (!ret)
		req_u16(req, p->attr, val);
	return ret;
}

static int only_one(const struct args *args)
{
	if (args->ref.fd >= 0)
		return args_bad(args, "only one network namespace is wanted");
	return EXIT_OK;
}

int param_netns(const struct param *p, struct request *req, struct args *args)
{
	const char *word;
	int ret;

	(void)req;
	ret = only_one(args);
	if (!ret)
		ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	args->ref.name = netns_basename(word);
	if (restore_lacks(word)) {
		args->ref.absent = true;
		return EXIT_OK;
	}
	return netns_open(word, &args->ref.fd);
}

int param_pid(const struct param *p, struct request *req, struct args *args)
{
	const char *word;
	int ret;

	(void)req;
	ret = only_one(args);
	if (!ret)
		ret = args_need(args, p->key, &word);
	if (ret)
		return ret;
	if (restore_lacks_pid(word)) {
		args->ref.absent = true;
		return EXIT_OK;
	}
	return netns_open_pid(word, &args->ref.fd);
}

/* the name of the object itself */
int param_label(const struct param *p, struct request *req, struct args *args)
{
	(void)req;
	if (args->ref.label)
		return args_bad(args, "%s is given twice", p->key);
	return args_need(args, p->key, &args->ref.label);
}

const struct param *param_find(const struct param *table, const char *key)
{
	for (; table->key; table++)
		if (!strcmp(table->key, key))
			return table;
	return NULL;
}

/**
 * params() - turn all words that are left into attributes
 * @table: the parameters that there are
 * @req: request to add them to
 * @args: words; afterwards @args->seen has a bit for each entry that was used
 */
int params(const struct param *table, struct request *req, struct args *args)
{
	const struct param *p;
	const char *word;
	uint32_t bit;
	int ret;

	while ((word = args_next(args))) {
		p = param_find(table, word);
		if (!p)
			return args_bad(args, "'%s' is not known here", word);
		bit = 1U << (p - table);
		if (!p->many && (args->seen & bit))
			return args_bad(args, "%s is given twice", p->key);
		args->seen |= bit;
		ret = p->parse(p, req, args);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}
