// SPDX-License-Identifier: GPL-2.0
/*
 * addr.c - addresses and prefixes
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "units.h"

unsigned int addr_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

const char *addr_parse(const char *s, struct prefix *p)
{
	memset(p, 0, sizeof(*p));
	p->family = strchr(s, ':') ? AF_INET6 : AF_INET;
	p->len = addr_bits(p->family);
	if (inet_pton(p->family, s, p->addr) != 1)
		return "not an address";
	return NULL;
}

/**
 * prefix_parse() - read ADDRESS or ADDRESS/LENGTH
 * @s: text
 * @p: where it goes
 *
 * Whether the bits behind the length are zero, and whether the length makes
 * sense where it is used, is for the kernel to say.
 *
 * Return: NULL, or what is wrong.
 */
const char *prefix_parse(const char *s, struct prefix *p)
{
	const char *slash = strchr(s, '/');
	char addr[ADDR_BUF];
	const char *bad;
	uint64_t len;

	if (!slash)
		return addr_parse(s, p);
	if ((size_t)(slash - s) >= sizeof(addr))
		return "not a prefix";
	memcpy(addr, s, slash - s);
	addr[slash - s] = '\0';

	bad = addr_parse(addr, p);
	if (bad)
		return "not a prefix";
	bad = count_parse(slash + 1, addr_bits(p->family), &len);
	if (bad)
		return "bad prefix length";
	p->len = len;
	return NULL;
}

/**
 * prefix_format() - print a prefix, a single address without its length
 * @buf: where to
 * @p: prefix
 */
void prefix_format(char buf[ADDR_BUF], const struct prefix *p)
{
	size_t n;

	if (!inet_ntop(p->family, p->addr, buf, ADDR_BUF)) {
		buf[0] = '\0';
		return;
	}
	n = strlen(buf);
	if (p->len != addr_bits(p->family))
		snprintf(buf + n, ADDR_BUF - n, "/%u", p->len);
}
