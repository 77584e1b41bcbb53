/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fake.h - a kernel of our own, for tests
 */
#ifndef _SALCTL_TESTS_FAKE_H
#define _SALCTL_TESTS_FAKE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_FAMILY	0x20
#define FAKE_GROUP	0x21	/* and the following: in the spec's order */
#define FAKE_BUF	16384

/* one request, and where to answer */
struct fake {
	const struct nlmsghdr *req;
	int fd;
};

/* whether the environment asks for it: SAL_FAKE="word word" */
bool fake_is(const char *word);

struct nlmsghdr *fake_msg(void *buf, const struct fake *f, uint16_t type,
			  uint16_t flags, uint8_t cmd);
void fake_send(const struct fake *f, const struct nlmsghdr *nlh);
void fake_ack(const struct fake *f, int error, const char *msg,
	      const struct nlattr *bad);
/* about part @nr of a whole */
void fake_ack_part(const struct fake *f, int error, const char *msg,
		   uint64_t nr);
void fake_done(const struct fake *f, int error, uint16_t flags);

/* the sal family, canned.c */
void canned_answer(const struct fake *f);
void canned_events(const struct fake *f, unsigned int group);

/* transactions of it, keep.c; false for what it has no answer to */
bool keep_answer(const struct fake *f, uint8_t cmd);

#endif /* _SALCTL_TESTS_FAKE_H */
