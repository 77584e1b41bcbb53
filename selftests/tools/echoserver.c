// SPDX-License-Identifier: GPL-2.0
/*
 * echoserver - answers what UDP and TCP clients send with the same
 *
 *	echoserver [-n NAME] PORT...
 *
 * Of both families, on each of the ports. A datagram is answered from the address
 * that it was sent to. What begins with "who" is answered with NAME and the
 * client's address and port, in a line, instead. Says "listening" when it does,
 * and ends with a signal.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUF_SIZE	65536

enum kind {
	UDP,
	LISTENER,
	TCP,
};

struct source {
	enum kind kind;
	int fd;
};

static const char *name = "nobody";
static char buf[BUF_SIZE];
static int epfd;

static void die(const char *what)
{
	fprintf(stderr, "echoserver: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void watch(enum kind kind, int fd)
{
	struct source *src = malloc(sizeof(*src));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = src };

	if (!src)
		die("malloc");
	src->kind = kind;
	src->fd = fd;
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl");
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		die("setsockopt");
}

static int open_port(int type, uint16_t port)
{
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	int fd;

	fd = socket(AF_INET6, type, 0);
	if (fd < 0)
		die("socket");
	set(fd, SOL_IPV6, IPV6_V6ONLY, 0);
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (void *)&addr, sizeof(addr)))
		die("bind");
	return fd;
}

static void open_udp(uint16_t port)
{
	int fd = open_port(SOCK_DGRAM, port);
	int size = 8 << 20;

	/* root of a user namespace gets what there is for everybody */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		set(fd, SOL_SOCKET, SO_RCVBUF, size);
	/* IPv4 packets have theirs in mapped form */
	set(fd, SOL_IPV6, IPV6_RECVPKTINFO, 1);
	watch(UDP, fd);
}

static void open_tcp(uint16_t port)
{
	int fd = open_port(SOCK_STREAM, port);

	if (listen(fd, 1024))
		die("listen");
	watch(LISTENER, fd);
}

/* what is to be answered to what is in buf */
static size_t answer(size_t len, const struct sockaddr_in6 *from)
{
	const struct in6_addr *addr = &from->sin6_addr;
	char text[INET6_ADDRSTRLEN];

	if (len < 3 || memcmp(buf, "who", 3))
		return len;
	if (IN6_IS_ADDR_V4MAPPED(addr))
		inet_ntop(AF_INET, &addr->s6_addr[12], text, sizeof(text));
	else
		inet_ntop(AF_INET6, addr, text, sizeof(text));
	return snprintf(buf, sizeof(buf), "%s %s %u\n", name, text,
			ntohs(from->sin6_port));
}

static bool serve_udp(int fd)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct sockaddr_in6 from;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	ssize_t len;

	len = recvmsg(fd, &msg, MSG_DONTWAIT);
	if (len < 0)
		return false;
	iov.iov_len = answer(len, &from);
	/* the interface is the route's affair */
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == IPV6_PKTINFO)
		((struct in6_pktinfo *)CMSG_DATA(cmsg))->ipi6_ifindex = 0;
	if (sendmsg(fd, &msg, 0) < 0)
		perror("echoserver: sendmsg");
	return true;
}

/* all of it: clients read before they send more than fits */
static bool send_all(int fd, size_t len)
{
	size_t off = 0;
	ssize_t n;

	while (off < len) {
		n = send(fd, buf + off, len - off, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		off += n;
	}
	return true;
}

static bool serve_tcp(int fd)
{
	struct sockaddr_in6 from;
	socklen_t addr_len = sizeof(from);
	ssize_t len;

	len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0)
		return errno == EAGAIN;
	if (!len || getpeername(fd, (void *)&from, &addr_len))
		return false;
	return send_all(fd, answer(len, &from));
}

static void serve(struct source *src)
{
	int fd;

	switch (src->kind) {
	case UDP:
		while (serve_udp(src->fd))
			;
		break;
	case LISTENER:
		fd = accept(src->fd, NULL, NULL);
		if (fd >= 0)
			watch(TCP, fd);
		break;
	case TCP:
		if (serve_tcp(src->fd))
			break;
		close(src->fd);
		free(src);
		break;
	}
}

int main(int argc, char **argv)
{
	struct epoll_event ev;
	int c;

	while ((c = getopt(argc, argv, "n:")) != -1) {
		if (c != 'n')
			return 2;
		name = optarg;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: echoserver [-n NAME] PORT...\n");
		return 2;
	}
	epfd = epoll_create1(0);
	if (epfd < 0)
		die("epoll_create1");
	for (; optind < argc; optind++) {
		open_udp(atoi(argv[optind]));
		open_tcp(atoi(argv[optind]));
	}
	printf("listening\n");
	fflush(stdout);
	for (;;)
		if (epoll_wait(epfd, &ev, 1, -1) == 1)
			serve(ev.data.ptr);
}
