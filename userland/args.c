// SPDX-License-Identifier: GPL-2.0
/*
 * args.c - the words of a command
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "salctl.h"

const char *args_peek(const struct args *args)
{
	return args->argc ? args->argv[0] : NULL;
}

const char *args_next(struct args *args)
{
	if (!args->argc)
		return NULL;
	args->argc--;
	return *args->argv++;
}

bool args_accept(struct args *args, const char *word)
{
	const char *next = args_peek(args);

	if (!next || strcmp(next, word))
		return false;
	args_next(args);
	return true;
}

/**
 * args_need() - take a word that has to be there
 * @args: words
 * @what: what it is, for the error
 * @word: where to put it
 */
int args_need(struct args *args, const char *what, const char **word)
{
	*word = args_next(args);
	if (!*word || !**word)
		return args_bad(args, "%s is missing", what);
	return EXIT_OK;
}

int args_end(const struct args *args)
{
	if (args->argc)
		return args_bad(args, "'%s' is not expected", args->argv[0]);
	return EXIT_OK;
}

/**
 * args_bad() - say what is wrong with the words of a command
 * @args: words
 * @fmt: what is wrong
 *
 * A command without any words gets to know which ones it wants, but not in a
 * batch: there an error is one line that begins with its place.
 *
 * Return: EXIT_USAGE
 */
int args_bad(const struct args *args, const char *fmt, ...)
{
	const char *cmd = args->command->name;
	char text[512];
	va_list ap;
	int ret;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ret = bad_usage("%s%s%s: %s", args->object->name, cmd ? " " : "",
			cmd ? cmd : "", text);
	if (args->bare && !opt.batch)
		usage_print(args->object, args->command, true);
	return ret;
}
