/* SPDX-License-Identifier: GPL-2.0 */
/*
 * salctl.h - options, errors and exit codes: what every file needs
 */
#ifndef _SALCTL_H
#define _SALCTL_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * A function that returns int returns one of these, having said on stderr
 * what is wrong where it is not 0; callers just pass it on.
 */
enum {
	EXIT_OK,
	EXIT_REFUSED,	/* the kernel (or the file system) said no */
	EXIT_USAGE,	/* salctl itself said no */
};

struct options {
	const char *netns;	/* as given with -n, for error texts */
	const char *batch;
	int family;		/* AF_INET, AF_INET6 or 0 for both */
	bool force;
	bool json;
	bool pretty;
	bool stats;
	bool detail;
	bool oneline;
	bool stamp;
};

extern struct options opt;

/* err.c: one line each on stderr, with the place in a batch where there is one */

void err_place(const char *file, unsigned int line);
unsigned int err_line(void);
void err_line_set(unsigned int line);
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int refused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int bad_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int no_permission(const char *needs);
int out_of_memory(void);

/* batch.c */

struct object;

int batch_run(const struct object *const *objects);
/* one line, which is changed */
int batch_line(const struct object *const *objects, char *line);

#endif /* _SALCTL_H */
