// SPDX-License-Identifier: GPL-2.0
/*
 * unit.c - parsers and tables, one by one
 *
 *   unit            check; says what is wrong and exits with 1
 *   unit names      print the tables of names.c, for comparison with the spec
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sal.h>

#include "../addr.h"
#include "../names.h"
#include "../out.h"
#include "../salctl.h"
#include "../text.h"
#include "../units.h"

static int failures;

static void check(bool ok, const char *what, const char *of)
{
	if (ok)
		return;
	printf("%s: %s\n", what, of);
	failures++;
}

/* --- units --- */

/* -1 where the text is to be refused */
static const struct {
	const char *text;
	long long ms;
	const char *back;	/* as it is printed; NULL: the very same */
} times[] = {
	{ "0", 0, "0ms" }, { "0s", 0, "0ms" }, { "1ms", 1 },
	{ "500ms", 500 }, { "5s", 5000 }, { "60s", 60000, "1m" },
	{ "90s", 90000 }, { "1500ms", 1500 }, { "2m", 120000 },
	{ "1h", 3600000 }, { "24h", 86400000 },
	{ "4294967295ms", 4294967295 }, { "4294967296ms", -1 },
	{ "1194h", -1 }, { "99999999999999999999s", -1 },
	{ "18446744073709551615h", -1 }, { "5", -1 }, { "", -1 },
	{ "s", -1 }, { "-5s", -1 }, { "+5s", -1 }, { " 5s", -1 },
	{ "5 s", -1 }, { "5s ", -1 }, { "0x5s", -1 }, { "1.5s", -1 },
	{ "5S", -1 }, { "5us", -1 }, { "5M", -1 },
};

static const struct {
	const char *text;
	long long bytes;
	const char *back;
} sizes[] = {
	{ "0", 0 }, { "1", 1 }, { "1000", 1000 }, { "1024", 1024, "1k" },
	{ "512k", 524288 }, { "512K", 524288, "512k" }, { "1M", 1048576 },
	{ "1025k", 1049600 }, { "1G", 1073741824 },
	{ "4294967295", 4294967295 }, { "4G", -1 }, { "", -1 }, { "k", -1 },
	{ "1m", -1 }, { "1kB", -1 }, { "-1", -1 }, { "1.5M", -1 },
	{ "18446744073709551615G", -1 },
};

static void test_units(void)
{
	char buf[UNITS_BUF];
	const char *bad;
	uint64_t val;
	uint64_t ms;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		ms = 0;
		bad = time_parse(times[i].text, UINT32_MAX, &ms);
		check(times[i].ms < 0 ? !!bad :
		      !bad && ms == (uint64_t)times[i].ms,
		      "time_parse", times[i].text);
		if (bad)
			continue;
		time_format(buf, ms);
		check(!strcmp(buf, times[i].back ? : times[i].text),
		      "time_format", times[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		bad = size_parse(sizes[i].text, UINT32_MAX, &val);
		check(sizes[i].bytes < 0 ? !!bad :
		      !bad && val == (uint64_t)sizes[i].bytes,
		      "size_parse", sizes[i].text);
		if (bad)
			continue;
		size_format(buf, val);
		check(!strcmp(buf, sizes[i].back ? : sizes[i].text),
		      "size_format", sizes[i].text);
	}
	check(!count_parse("18446744073709551615", UINT64_MAX, &val) &&
	      val == UINT64_MAX, "count_parse", "largest");
	check(!!count_parse("18446744073709551616", UINT64_MAX, &val),
	      "count_parse", "beyond");
	check(!!count_parse("12a", 100, &val), "count_parse", "12a");
	check(!!count_parse("101", 100, &val), "count_parse", "101");
}

static void test_durations(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" }, { 999, "999ns" }, { 1000, "1.0us" },
		{ 4231, "4.2us" }, { 1500000, "1.5ms" },
		{ 2000000000, "2.0s" },
	};
	char buf[UNITS_BUF];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		duration_format(buf, cases[i].ns);
		check(!strcmp(buf, cases[i].text), "duration_format",
		      cases[i].text);
	}
}

/* --- addresses --- */

/* NULL where the text is to be refused */
static const struct {
	const char *text;
	const char *back;
} prefixes[] = {
	{ "10.0.0.1", "10.0.0.1" }, { "10.0.0.1/32", "10.0.0.1" },
	{ "10.0.0.0/24", "10.0.0.0/24" }, { "10.0.0.1/24", "10.0.0.1/24" },
	{ "0.0.0.0/0", "0.0.0.0/0" }, { "fd00::/64", "fd00::/64" },
	{ "FD00:0::1", "fd00::1" }, { "fd00::1/128", "fd00::1" },
	{ "::ffff:10.0.0.1", "::ffff:10.0.0.1" }, { "::/0", "::/0" },
	{ "10.0.0.0/33" }, { "fd00::/129" }, { "10.0.0/24" }, { "10.0.0.1/" },
	{ "10.0.0.1/-1" }, { "10.0.0.1/ 8" }, { "10.0.0.1/8/8" }, { "/24" },
	{ "" }, { "b.com" }, { "fe80::1%eth0" }, { "10.0.0.256" },
	{ "1:2:3:4:5:6:7:8:9" }, { "010.0.0.1" }, { "10.0.0.1 " },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc/64" },
};

static void test_prefixes(void)
{
	char buf[ADDR_BUF];
	struct prefix p;
	const char *bad;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		bad = prefix_parse(prefixes[i].text, &p);
		check(!bad == !!prefixes[i].back, "prefix_parse",
		      prefixes[i].text);
		if (bad)
			continue;
		prefix_format(buf, &p);
		check(prefixes[i].back && !strcmp(buf, prefixes[i].back),
		      "prefix_format", prefixes[i].text);
	}
	check(!!addr_parse("10.0.0.0/24", &p), "addr_parse", "a prefix");
}

/* --- text --- */

static void test_text(void)
{
	char *buf = NULL;
	size_t size;
	FILE *f;

	f = open_memstream(&buf, &size);
	text_print(f, "a b\n\033[2J\x7f\xc2\x9b\xc3\xa9");
	text_print_word(f, " \\");
	text_print_word(f, "");
	fclose(f);
	check(!strcmp(buf, "a b\\x0a\\x1b[2J\\x7f\\xc2\x9b\xc3\xa9"
			   "\\x20\\x5c\"\""), "text_print", buf);
	free(buf);
}

/* --- layouts --- */

/* what is never in an object that the kernel sends */
static const struct {
	const struct attr_set *set;
	uint16_t attr;
} requests_only[] = {
	{ &set_member, SAL_A_MEMBER_NETNS_FD },
	{ &set_service, SAL_A_SERVICE_REPLACE },
	{ &set_endpoint, SAL_A_ENDPOINT_NETNS_FD },
	{ &set_endpoint, SAL_A_ENDPOINT_NO_MEMBER },
	{ &set_endpoint, SAL_A_ENDPOINT_REPLACE },
	{ &set_endpoint, SAL_A_ENDPOINT_RENEW },
	{ &set_flow, SAL_A_FLOW_COUNT },	/* a layout of its own */
	{ &set_migrate, SAL_A_MIGRATE_CHECK },
	{ &set_migrate, SAL_A_MIGRATE_SRC },
	{ &set_migrate, SAL_A_MIGRATE_PROTO },
	{ &set_migrate, SAL_A_MIGRATE_SPORT },
	{ &set_migrate, SAL_A_MIGRATE_DPORT },
	{ &set_migrate, SAL_A_MIGRATE_ID },
	{ &set_migrate, SAL_A_MIGRATE_FREEZE },
	{ &set_migrate, SAL_A_MIGRATE_TIME },
	{ &set_resolve, SAL_A_RESOLVE_NAME },
	{ &set_resolve, SAL_A_RESOLVE_IPV4 },
	{ &set_resolve, SAL_A_RESOLVE_IPV6 },
	{ &set_resolve, SAL_A_RESOLVE_NETNS_FD },
	{ &set_resolve, SAL_A_RESOLVE_FAMILY },
	{ &set_resolve, SAL_A_RESOLVE_PROTO },
	{ &set_resolve, SAL_A_RESOLVE_DPORT },
	/* of a walk: a layout of its own */
	{ &set_resolve, SAL_A_RESOLVE_SRC },
	{ &set_resolve, SAL_A_RESOLVE_DST },
	{ &set_resolve, SAL_A_RESOLVE_STEP },
	{ &set_resolve, SAL_A_RESOLVE_LEFT_OUT },
	{ &set_resolve, SAL_A_RESOLVE_VERDICT },
	{ &set_rule, SAL_A_RULE_REPLACE },
};

static bool is_covered(const struct layout *layout, uint16_t nr)
{
	size_t i;

	for (i = 0; i < layout->num; i++)
		if (layout->field[i].attr == nr)
			return true;
	for (i = 0; i < ARRAY_SIZE(requests_only); i++)
		if (requests_only[i].set == layout->set &&
		    requests_only[i].attr == nr)
			return true;
	return false;
}

/* An attribute that no layout has is one that nobody ever sees. */
static void test_layouts(void)
{
	static const struct layout *const layouts[] = {
		&layout_domain, &layout_member, &layout_service,
		&layout_endpoint, &layout_flow, &layout_migrate,
		&layout_resolve, &layout_stats, &layout_transaction,
		&layout_rule, &layout_miss, &layout_hold,
	};
	const struct attr_set *set;
	uint16_t nr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		set = layouts[i]->set;
		for (nr = 1; nr <= set->max; nr++)
			check(is_covered(layouts[i], nr), set->name,
			      set->attr[nr].name);
	}
}

/* --- names --- */

static void print_enum(const char *name, const struct names *names)
{
	unsigned int i;

	for (i = 0; i < names->num; i++)
		printf("enum %s %s\n", name, names->name[i]);
}

static void print_names(void)
{
	const struct sal_op *op;
	unsigned int i, nr;

	print_enum("on-empty", &names_on_empty);
	print_enum("late", &names_late);
	print_enum("stray", &names_stray);
	print_enum("direct-mode", &names_direct_mode);
	print_enum("path-kind", &names_path_kind);
	print_enum("tcp", &names_tcp);
	print_enum("sched", &names_sched);
	print_enum("switch", &names_switch);
	print_enum("access", &names_access);
	print_enum("flow-state", &names_flow_state);
	print_enum("flow-mark", &names_flow_mark);
	print_enum("told", &names_told);
	print_enum("endpoint-state", &names_state);
	print_enum("drain-then", &names_drain_then);
	print_enum("drain-step", &names_drain_step);
	print_enum("fault", &names_fault);
	print_enum("placement", &names_placement);
	print_enum("gate", &names_gate);
	print_enum("route", &names_route);
	print_enum("cause", &names_cause);
	print_enum("hold-cause", &names_hold_cause);
	print_enum("verdict", &names_verdict);
	print_enum("step-kind", &names_step_kind);
	print_enum("finding", &names_finding);
	print_enum("hook", &names_hook);
	print_enum("neighbour", &names_neighbour);
	print_enum("action", &names_action);
	for (i = 0; i < num_sets; i++)
		for (nr = 1; nr <= all_sets[i]->max; nr++)
			printf("attr %s %s%s\n", all_sets[i]->name,
			       all_sets[i]->attr[nr].name,
			       all_sets[i]->attr[nr].multi ? " multi" : "");
	for (i = 1; (op = op_get(i)); i++)
		printf("op %s %s\n", op->name, op->set->name);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "names")) {
		print_names();
		return 0;
	}
	test_units();
	test_durations();
	test_prefixes();
	test_text();
	test_layouts();
	return !!failures;
}
