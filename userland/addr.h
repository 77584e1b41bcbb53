/* SPDX-License-Identifier: GPL-2.0 */
/*
 * addr.h - addresses and prefixes
 */
#ifndef _SALCTL_ADDR_H
#define _SALCTL_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>

#define ADDR_BUF	(INET6_ADDRSTRLEN + sizeof("/128"))

struct prefix {
	unsigned char addr[16];	/* network order; IPv4 uses the first four */
	unsigned int len;
	int family;
};

unsigned int addr_bits(int family);

/* NULL, or what is wrong */
const char *addr_parse(const char *s, struct prefix *p);
const char *prefix_parse(const char *s, struct prefix *p);

void prefix_format(char buf[ADDR_BUF], const struct prefix *p);

#endif /* _SALCTL_ADDR_H */
