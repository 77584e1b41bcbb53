/* SPDX-License-Identifier: GPL-2.0 */
/*
 * name.h - names of services and their aliases, as DNS has them
 *
 * Upper and lower case do not differ, and a dot at the end says nothing. Names
 * are kept as they were given, but for that dot.
 */
#ifndef _SAL_NAME_H
#define _SAL_NAME_H

#include <linux/types.h>

/* without the dot at its end */
size_t sal_name_len(const char *name);
bool sal_name_equal(const char *a, const char *b);
u32 sal_name_hash(const char *name, u32 seed);
/* SHA-256 of what all spellings of it have in common */
void sal_name_digest(const char *name, u8 *digest);
/* NULL for lack of memory; kfree() */
char *sal_name_dup(const char *name);

/* what is wrong with it, beside its characters and its length; or NULL */
const char *sal_name_bad(const char *name);

#endif /* _SAL_NAME_H */
