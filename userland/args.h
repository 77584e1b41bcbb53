/* SPDX-License-Identifier: GPL-2.0 */
/*
 * args.h - objects, commands and the words that follow them
 */
#ifndef _SALCTL_ARGS_H
#define _SALCTL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

struct args;

struct command {
	const char *name;
	int (*run)(struct args *args);
	/* what follows the name; neighbours with the very same one share a
	 * line in the help
	 */
	const char *usage;
	uint8_t op;		/* SAL_CMD_*, where one function does several */
	bool replace;
};

struct object {
	const char *name;
	/* the first is what the object does without one; ends with an empty
	 * entry. One without a name stands for the object itself.
	 */
	const struct command *commands;
};

/*
 * NSREF := netns NAME|PATH | pid N, and the name that an object made of it
 * gets: the one given, else the namespace's own.
 */
struct nsref {
	const char *label;	/* as given, or NULL */
	const char *name;	/* of the namespace, NULL for a process' */
	int fd;			/* -1 where no namespace was given */
	bool absent;		/* one was, which is not there: see restore.h */
};

/* the words of a command that are still to be read */
struct args {
	int argc;
	char **argv;
	const struct object *object;
	const struct command *command;
	bool bare;	/* there were none from the start */
	uint32_t seen;	/* bit for each entry of a table of parameters */
	struct nsref ref;
};

const char *args_peek(const struct args *args);
const char *args_next(struct args *args);
bool args_accept(struct args *args, const char *word);
int args_need(struct args *args, const char *what, const char **word);
int args_end(const struct args *args);
int args_bad(const struct args *args, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* run.c */
int run_main(const struct object *const *objects, int argc, char **argv);
int run_words(const struct object *const *objects, int argc, char **argv);
void usage_print(const struct object *obj, const struct command *cmd,
		 bool to_stderr);

#endif /* _SALCTL_ARGS_H */
