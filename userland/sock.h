/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sock.h - netlink sockets; the tests have a kernel of their own here
 */
#ifndef _SALCTL_SOCK_H
#define _SALCTL_SOCK_H

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <stdint.h>

/* Bytes that one message of the kernel's is read into: dumps fill up to 32k,
 * and the netlink documentation asks for twice of that.
 */
#define SOCK_RECV	65536

/* for a buffer that messages are put or read into */
#define MSG_ALIGNED	__attribute__((aligned(NLMSG_ALIGNTO)))

/* where the names of network namespaces are looked for; ends with NULL */
extern const char *const sock_netns_dirs[];

/* NULL with errno set */
struct mnl_socket *sock_open(int protocol);
/* in another network namespace, by descriptor */
struct mnl_socket *sock_open_in(int protocol, int netns);
int sock_join(struct mnl_socket *nl, unsigned int group);
void sock_big_queue(struct mnl_socket *nl);

/* bytes, or -1 with errno set; returns what came from the kernel only */
ssize_t sock_recv(struct mnl_socket *nl, void *buf, size_t len);

#endif /* _SALCTL_SOCK_H */
