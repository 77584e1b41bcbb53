// SPDX-License-Identifier: GPL-2.0
/*
 * batch.c - commands from a file, line by line
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "salctl.h"
#include "transaction.h"

#define WORDS_MAX	512

/*
 * Cut the next word off: blanks separate, '...' and "..." keep them, and # at
 * the start of a word begins a comment. Words are changed in place; a quote
 * within a word is dropped, as in a shell.
 */
static int next_word(char **line, char **word)
{
	char *s = *line + strspn(*line, " \t\r\n");
	char *to = s;
	char quote = 0;

	*word = NULL;
	*line = s;
	if (!*s || *s == '#')
		return EXIT_OK;
	*word = s;
	for (; *s; s++) {
		if (!quote && strchr(" \t\r\n", *s))
			break;
		if (quote && *s == quote)
			quote = 0;
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else
			*to++ = *s;
	}
	if (quote)
		return bad_usage("a quote is not closed");
	*line = *s ? s + 1 : s;
	*to = '\0';
	return EXIT_OK;
}

int batch_line(const struct object *const *objects, char *line)
{
	char *argv[WORDS_MAX];
	int argc = 0;
	char *word;
	int ret;

	for (;;) {
		ret = next_word(&line, &word);
		if (ret)
			return ret;
		if (!word)
			break;
		if (argc == WORDS_MAX)
			return bad_usage("more than %d words", WORDS_MAX);
		argv[argc++] = word;
	}
	return argc ? run_words(objects, argc, argv) : EXIT_OK;
}

/* There are no more lines, or none that can be read. */
static int end_of_file(FILE *f, const char *name)
{
	if (!ferror(f))
		return transaction_end();
	err_place(NULL, 0);
	return refused("cannot read '%s': %s", name, strerror(errno));
}

static int run_file(const struct object *const *objects, FILE *f,
		    const char *name)
{
	unsigned int number = 0;
	char *line = NULL;
	int first = EXIT_OK;
	size_t room = 0;
	ssize_t len;
	int ret;

	do {
		len = getline(&line, &room, f);
		err_place(name, ++number);
		if (len < 0)
			ret = end_of_file(f, name);
		else if (strlen(line) != (size_t)len)
			ret = bad_usage("a NUL byte is not expected");
		else
			ret = batch_line(objects, line);
		/* whoever reads along sees each line's output at once */
		fflush(stdout);
		if (ret)
			transaction_fail(number);
		if (!first)
			first = ret;
	} while (len >= 0 && (!ret || opt.force));
	err_place(NULL, 0);
	free(line);
	return first;
}

/**
 * batch_run() - run the lines of opt.batch
 * @objects: what there is
 *
 * Return: the exit status of the first line that failed
 */
int batch_run(const struct object *const *objects)
{
	const char *name = opt.batch;
	FILE *f;
	int ret;

	if (!strcmp(name, "-"))
		return run_file(objects, stdin, "-");
	f = fopen(name, "re");
	if (!f)
		return refused("cannot open '%s': %s", name, strerror(errno));
	ret = run_file(objects, f, name);
	fclose(f);
	return ret;
}
