// SPDX-License-Identifier: GPL-2.0
/*
 * sock.c - netlink sockets
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sock.h"

/* Room for a burst of events, in bytes: the default is used up by some 300. */
#define EVENT_QUEUE	(4 << 20)

const char *const sock_netns_dirs[] = { "/run/netns", "/var/run/netns", NULL };

struct mnl_socket *sock_open(int protocol)
{
	static const int options[] = {
		NETLINK_CAP_ACK,	/* refusals without our own request */
		NETLINK_EXT_ACK,	/* with text */
		NETLINK_GET_STRICT_CHK,	/* dump requests are checked, too */
	};
	struct mnl_socket *nl;
	int one = 1;
	size_t i;

	nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!nl)
		return NULL;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = errno;

		mnl_socket_close(nl);
		errno = err;
		return NULL;
	}
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		mnl_socket_setsockopt(nl, options[i], &one, sizeof(one));
	return nl;
}

/* A socket stays in the namespace that it was made in. */
struct mnl_socket *sock_open_in(int protocol, int netns)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct mnl_socket *nl = NULL;
	int err;

	if (own < 0)
		return NULL;
	if (!setns(netns, CLONE_NEWNET)) {
		nl = sock_open(protocol);
		err = errno;
		/* all that follows would be about the wrong namespace */
		if (setns(own, CLONE_NEWNET))
			abort();
		errno = err;
	}
	err = errno;
	close(own);
	errno = err;
	return nl;
}

int sock_join(struct mnl_socket *nl, unsigned int group)
{
	int val = group;

	return mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &val,
				     sizeof(val));
}

/* Not every user may have the large one; then it is as much as is allowed. */
void sock_big_queue(struct mnl_socket *nl)
{
	int fd = mnl_socket_get_fd(nl);
	int size = EVENT_QUEUE;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

ssize_t sock_recv(struct mnl_socket *nl, void *buf, size_t len)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { buf, len };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(mnl_socket_get_fd(nl), &msg, 0);
		if (n < 0)
			return -1;
		if (msg.msg_flags & MSG_TRUNC) {
			errno = EMSGSIZE;
			return -1;
		}
	} while (from.nl_pid);
	return n;
}
