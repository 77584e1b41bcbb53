/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conn.h - requests to the sal family and what comes back
 */
#ifndef _SALCTL_CONN_H
#define _SALCTL_CONN_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "names.h"

struct request {
	const struct sal_op *op;
	struct nlmsghdr *nlh;
	bool overflow;		/* something did not fit in */
	bool missing_ok;	/* ENOENT is as good as done */
	bool now;		/* it names a descriptor, which goes with its line */
	/* told which part of it, from 1, the kernel's text is about */
	void (*part)(uint64_t nr);
};

/* what the kernel tells about the family */
struct family {
	uint16_t id;
	uint32_t version;
};

/* one message of the kernel's answer; 0 or an exit status */
typedef int (*conn_cb)(const struct nlmsghdr *nlh, void *data);

struct request *req_new(uint8_t cmd);
void req_u8(struct request *req, uint16_t attr, uint8_t val);
void req_u16(struct request *req, uint16_t attr, uint16_t val);
void req_u32(struct request *req, uint16_t attr, uint32_t val);
void req_uint(struct request *req, uint16_t attr, uint64_t val);
void req_port(struct request *req, uint16_t attr, uint16_t val);
void req_flag(struct request *req, uint16_t attr);
void req_str(struct request *req, uint16_t attr, const char *s);
void req_addr(struct request *req, uint16_t attr, const struct prefix *p);
void req_prefix(struct request *req, uint16_t attr, const struct prefix *p);
bool req_has(const struct request *req, uint16_t attr);

int conn_do(struct request *req, conn_cb cb, void *data);
int conn_dump(struct request *req, conn_cb cb, void *data);
/* several at a time: what is refused is told, with the line that it came from; and
 * how many were
 */
int conn_queue(struct request *req);
int conn_queue_end(unsigned int *refused);
int conn_family(struct family *fam);
int conn_group(const char *name, uint32_t *group);
void conn_close(void);

#endif /* _SALCTL_CONN_H */
