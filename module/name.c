// SPDX-License-Identifier: GPL-2.0
/*
 * name.c - names of services and their aliases, as DNS has them
 */
#include <crypto/sha2.h>
#include <linux/ctype.h>
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <uapi/linux/sal.h>

#include "name.h"

/* longest label, as in DNS */
#define NAME_LABEL	63

size_t sal_name_len(const char *name)
{
	size_t len = strlen(name);

	return len && name[len - 1] == '.' ? len - 1 : len;
}

bool sal_name_equal(const char *a, const char *b)
{
	size_t len = sal_name_len(a);

	return sal_name_len(b) == len && !strncasecmp(a, b, len);
}

/* returns its length */
static size_t name_fold(const char *name, char *buf)
{
	size_t len = min_t(size_t, sal_name_len(name), SAL_NAME_MAX);
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = tolower(name[i]);
	return len;
}

u32 sal_name_hash(const char *name, u32 seed)
{
	char buf[SAL_NAME_MAX];

	return jhash(buf, name_fold(name, buf), seed);
}

void sal_name_digest(const char *name, u8 *digest)
{
	char buf[SAL_NAME_MAX];

	sha256((const u8 *)buf, name_fold(name, buf), digest);
}

char *sal_name_dup(const char *name)
{
	return kmemdup_nul(name, sal_name_len(name), GFP_KERNEL_ACCOUNT);
}

const char *sal_name_bad(const char *name)
{
	const char *label = name, *end = name + sal_name_len(name);
	size_t len;

	/* requests have them for no name */
	if (sal_name_equal(name, "any") || sal_name_equal(name, "none"))
		return "'any' and 'none' are no names";
	do {
		len = strcspn(label, ".");
		if (!len)
			return "a label is empty";
		if (len > NAME_LABEL)
			return "a label is longer than 63 bytes";
		/* behind a dot that is not the last byte there is one, too */
		label += len + 1;
	} while (label <= end);
	return NULL;
}
