// SPDX-License-Identifier: GPL-2.0
/*
 * err.c - what goes to stderr
 */
#include <stdarg.h>
#include <stdio.h>

#include "salctl.h"
#include "text.h"

static const char *place_file;
static unsigned int place_line;

/**
 * err_place() - tell where in a batch the errors to come have their cause
 * @file: name of the batch file, or NULL for no place
 * @line: line in it
 */
void err_place(const char *file, unsigned int line)
{
	place_file = file;
	place_line = line;
}

/* the line that the errors to come are about */
unsigned int err_line(void)
{
	return place_line;
}

/* another one of the same file */
void err_line_set(unsigned int line)
{
	place_line = line;
}

/* The text may have come from the kernel with somebody's names in it. */
static void say(const char *kind, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);

	/* what has been printed so far comes first on a terminal, too */
	fflush(stdout);
	if (place_file)
		fprintf(stderr, "%s:%u: %s", place_file, place_line, kind);
	else
		fprintf(stderr, "salctl: %s", kind);
	text_print(stderr, text);
	fputc('\n', stderr);
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("note: ", fmt, ap);
	va_end(ap);
}

int refused(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	return EXIT_REFUSED;
}

int bad_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

/**
 * no_permission() - say which right is missing, and over what
 * @needs: "needs", or what does and "need"
 */
int no_permission(const char *needs)
{
	const char *what = opt.netns ? "netns " : "this network namespace";
	const char *name = opt.netns ? opt.netns : "";

	return refused("permission denied: %s CAP_NET_ADMIN in the user namespace that owns %s%s",
		       needs, what, name);
}

int out_of_memory(void)
{
	return refused("out of memory");
}
