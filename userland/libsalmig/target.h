/* SPDX-License-Identifier: GPL-2.0 */
/*
 * target.h - what salhandover asks of salctl
 */
#ifndef SALMIG_TARGET_H
#define SALMIG_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct target - an endpoint
 * @has4: it has an IPv4 address; @has6 likewise
 * @ipv4: the address
 * @ipv6: the address
 * @port: 0 for the service's
 * @flows: that it has
 * @up: neither down nor draining; @down likewise
 * @draining: it takes no new flows, or is drained
 * @deadline: ms from now on until that ends; 0 for none
 * @then_reset: what it does then
 */
struct target {
	bool has4, has6;
	uint8_t ipv4[4];
	uint8_t ipv6[16];
	unsigned int port;
	long flows;
	bool up, down, draining;
	long deadline;
	bool then_reset;
};

/* of salctl -n; NULL for here */
extern const char *target_ns;

/* 0, or -1, and it was told on stderr */
int target_salctl(const char *const *words);
/* whether TCP flows of the service move, and packets wait */
int target_repairs(const char *svc);
int target_get(const char *svc, const char *name, struct target *t);
/* flows and connections that went, or -1 */
long target_migrate(const char *svc, const char *from, const char *to);
/* as it was when @t was got, @ms ago */
int target_drain_again(const char *svc, const char *name,
		       const struct target *t, long ms);
/* the flows that @ep has, as requests that take them back from @to; or NULL, told */
FILE *target_way_back(const char *svc, const char *ep, const char *to);
void target_go_back(FILE *way);

#endif /* SALMIG_TARGET_H */
