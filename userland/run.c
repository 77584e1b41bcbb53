// SPDX-License-Identifier: GPL-2.0
/*
 * run.c - options, help, and finding the command that words stand for
 */
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "conn.h"
#include "netns.h"
#include "salctl.h"
#include "transaction.h"

struct options opt;

/* --- help --- */

static void usage_text(FILE *f, const char *usage)
{
	if (*usage)
		fputc(' ', f);
	for (; *usage; usage++) {
		fputc(*usage, f);
		if (*usage == '\n')
			fputs("                ", f);
	}
	fputc('\n', f);
}

/* One line for each run of commands that have the same words. */
static const struct command *usage_line(FILE *f, const char *begin,
					const struct object *obj,
					const struct command *cmd)
{
	const char *usage = cmd->usage;
	const char *sep = " ";

	fprintf(f, "%s salctl %s", begin, obj->name);
	for (; cmd->run && cmd->usage == usage; cmd++) {
		if (!cmd->name)
			continue;
		fprintf(f, "%s%s", sep, cmd->name);
		sep = "|";
	}
	usage_text(f, usage);
	return cmd;
}

/**
 * usage_print() - say what an object or a command wants
 * @obj: object
 * @cmd: command of it, or NULL for all
 * @to_stderr: because it was not given that
 */
void usage_print(const struct object *obj, const struct command *cmd,
		 bool to_stderr)
{
	FILE *f = to_stderr ? stderr : stdout;
	const char *begin = "Usage:";
	const struct command *next;

	for (next = obj->commands; next->run;) {
		if (!cmd || next->usage == cmd->usage) {
			next = usage_line(f, begin, obj, next);
			begin = "      ";
		} else {
			next++;
		}
	}
}

static void help(const struct object *const *objects, FILE *f)
{
	const struct command *cmd;
	const char *sep = "";

	fputs("Usage: salctl [OPTIONS] OBJECT {COMMAND|help}\n"
	      "       salctl [OPTIONS] -b FILE [-force]\n"
	      "OBJECT := ", f);
	for (; *objects; objects++) {
		fprintf(f, "%s%s", sep, (*objects)->name);
		sep = " | ";
		cmd = (*objects)->commands;
		if (!cmd->name)
			continue;
		fputs(" {", f);
		for (; cmd->run; cmd++)
			fprintf(f, "%s%s", cmd == (*objects)->commands ?
				"" : "|", cmd->name);
		fputs("}", f);
		sep = "\n        | ";
	}
	fputs("\n"
	      "OPTIONS := -n NS | -j | -p | -s | -d | -4 | -6 | -o | -t | -V\n"
	      "  -n NS    in the network namespace NS (name or path)\n"
	      "  -j       JSON\n"
	      "  -p       JSON to be read by people\n"
	      "  -s       statistics, too\n"
	      "  -d       details and defaults, too\n"
	      "  -4 -6    only what has an address of that family\n"
	      "  -o       each object on one line\n"
	      "  -t       the time of events\n"
	      "  -b FILE  run the lines of FILE (-: stdin); -force: all of them\n"
	      "  -V       the version of salctl\n"
	      "Objects and commands may be shortened. See salctl(8).\n", f);
}

/* --- finding --- */

/* What a shortened word may stand for */
struct match {
	char names[128];	/* all of it, for the error */
	unsigned int num;
	bool exact;
};

/* Is this one to be taken? */
static bool match(struct match *m, const char *name, const char *word)
{
	size_t n = strlen(m->names);

	if (m->exact || strncmp(name, word, strlen(word)))
		return false;
	m->exact = !strcmp(name, word);
	m->num = m->exact ? 1 : m->num + 1;
	snprintf(m->names + n, sizeof(m->names) - n, "%s%s", n ? ", " : "",
		 name);
	return true;
}

static int find_object(const struct object *const *objects, const char *word,
		       const struct object **found)
{
	struct match m = { 0 };

	for (; *objects; objects++)
		if (match(&m, (*objects)->name, word))
			*found = *objects;
	if (!m.num)
		return bad_usage("there is no object '%s'; try 'salctl help'",
				 word);
	if (m.num > 1)
		return bad_usage("object '%s' could be any of %s", word,
				 m.names);
	return EXIT_OK;
}

static int find_command(const struct object *obj, const char *word,
			const struct command **found)
{
	const struct command *cmd;
	struct match m = { 0 };

	for (cmd = obj->commands; cmd->run; cmd++)
		if (match(&m, cmd->name, word))
			*found = cmd;
	if (!m.num)
		return bad_usage("%s has no command '%s'; try 'salctl %s help'",
				 obj->name, word, obj->name);
	if (m.num > 1)
		return bad_usage("command '%s' could be any of %s", word,
				 m.names);
	return EXIT_OK;
}

static bool is_help(const char *word, size_t least)
{
	size_t n = strlen(word);

	return n >= least && !strncmp("help", word, n);
}

/**
 * run_words() - run one command
 * @objects: what there is; ends with NULL
 * @argc: number of words, at least one
 * @argv: words: object, command and what follows
 */
int run_words(const struct object *const *objects, int argc, char **argv)
{
	struct args args = {
		.argc = argc - 1,
		.argv = argv + 1,
		.ref.fd = -1,
	};
	const struct object *obj = NULL;
	int ret;

	if (is_help(argv[0], 1)) {
		help(objects, stdout);
		return EXIT_OK;
	}
	ret = find_object(objects, argv[0], &obj);
	if (ret)
		return ret;
	if (transaction_skips(obj))
		return EXIT_OK;
	args.object = obj;
	args.command = obj->commands;

	/* an object without commands may well be told of something that is
	 * called "help", or "h"
	 */
	if (args.argc && is_help(args.argv[0], args.command->name ? 1 : 4) &&
	    (args.command->name || args.argc == 1)) {
		usage_print(obj, NULL, false);
		return EXIT_OK;
	}
	if (args.argc && args.command->name) {
		ret = find_command(obj, args_next(&args), &args.command);
		if (ret)
			return ret;
	}
	args.bare = !args.argc;
	netns_forget();
	ret = args.command->run(&args);
	if (args.ref.fd >= 0)
		close(args.ref.fd);
	return ret;
}

/* --- options --- */

static bool version_wanted;
static bool help_wanted;

static const struct {
	const char *name;
	bool *flag;
	const char **word;
	int family;
} options[] = {
	{ "netns", .word = &opt.netns },
	{ "batch", .word = &opt.batch },
	{ "4", .family = AF_INET },
	{ "6", .family = AF_INET6 },
	{ "details", &opt.detail },
	{ "force", &opt.force },
	{ "help", &help_wanted },
	{ "json", &opt.json },
	{ "oneline", &opt.oneline },
	{ "pretty", &opt.pretty },
	{ "stats", &opt.stats },
	{ "timestamp", &opt.stamp },
	{ "Version", &version_wanted },
};

/* -x, --x or the beginning of its long name: no two begin alike */
static int option(const char *word, int argc, char **argv, int *i)
{
	const char *name = word + 1;
	size_t o;

	if (*name == '-')
		name++;
	for (o = 0; o < ARRAY_SIZE(options); o++)
		if (*name && !strncmp(options[o].name, name, strlen(name)))
			break;
	if (o == ARRAY_SIZE(options))
		return bad_usage("there is no option '%s'; try 'salctl help'",
				 word);
	if (options[o].flag)
		*options[o].flag = true;
	else if (options[o].word && *i + 1 >= argc)
		return bad_usage("option %s wants a value", word);
	else if (options[o].word)
		*options[o].word = argv[++*i];
	else if (opt.family && opt.family != options[o].family)
		return bad_usage("-4 and -6 exclude each other");
	else
		opt.family = options[o].family;
	return EXIT_OK;
}

static int run(const struct object *const *objects, int argc, char **argv)
{
	int ret;

	if (version_wanted) {
		puts("salctl " SALCTL_VERSION);
		return EXIT_OK;
	}
	if (help_wanted) {
		help(objects, stdout);
		return EXIT_OK;
	}
	if (opt.batch && argc)
		return bad_usage("-b and '%s' exclude each other", argv[0]);
	if (opt.force && !opt.batch)
		return bad_usage("-force is for -b");
	if (!opt.batch && !argc) {
		help(objects, stderr);
		return EXIT_USAGE;
	}
	if (opt.netns) {
		ret = netns_switch(opt.netns);
		if (ret)
			return ret;
	}
	if (opt.batch)
		return batch_run(objects);
	return run_words(objects, argc, argv);
}

static void *alloc_or_die(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		exit(out_of_memory());
	return p;
}

/**
 * run_main() - all that main() does
 * @objects: what there is; ends with NULL
 * @argc: of main()
 * @argv: of main()
 *
 * Return: exit status
 */
int run_main(const struct object *const *objects, int argc, char **argv)
{
	int ret;
	int i;

	/* whole lines, lest those of several salctl get into each other */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	/* so that no user of JSON needs to look for failed allocations */
	json_set_alloc_funcs(alloc_or_die, free);

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		ret = option(argv[i], argc, argv, &i);
		if (ret)
			return ret;
	}
	if (opt.pretty)
		opt.json = true;
	ret = run(objects, argc - i, argv + i);
	conn_close();
	netns_forget();

	/* a full disk must not look like an empty table */
	if ((fflush(stdout) || ferror(stdout)) && !ret)
		ret = refused("cannot write the output: %s", strerror(errno));
	return ret;
}
