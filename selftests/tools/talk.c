// SPDX-License-Identifier: GPL-2.0
/*
 * talk - a TCP connection to echoserver that does what its standard input says
 *
 *	talk [-p PORT] [-t SECONDS] ADDRESS PORT
 *
 * Says "connected", or the name of an error; then answers each line with one:
 *
 *	echo N	send N bytes and read them back: "echoed N", or what went wrong
 *	who	who the server is, and who it takes us for
 *	wait	read what comes, and then how the connection ended
 *	shut	close our direction
 *	abort	the end will be a reset, and no retries of ours after it
 *
 * At the end of its input it closes. What is not answered in SECONDS (20) is
 * "timeout", of the connection after six times as long.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CHUNK	65536

static int seconds = 20;

static void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void say(const char *what)
{
	puts(what);
	fflush(stdout);
}

static void say_errno(void)
{
	if (errno == EAGAIN || errno == EINPROGRESS)
		say("timeout");
	else
		say(strerrorname_np(errno));
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		die("setsockopt");
}

static void set_timeout(int fd, int value)
{
	struct timeval tv = { .tv_sec = value };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)))
		die("setsockopt");
}

static socklen_t parse(const char *text, int port, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	/* both families have it there */
	in->sin_port = htons(port);
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		ss->ss_family = AF_INET;
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		ss->ss_family = AF_INET6;
		return sizeof(*in6);
	}
	fprintf(stderr, "talk: no address: %s\n", text);
	exit(2);
}

static int open_socket(int family, int port)
{
	struct sockaddr_storage from;
	socklen_t len;
	int fd;

	len = parse(family == AF_INET ? "0.0.0.0" : "::", port, &from);
	fd = socket(family, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (bind(fd, (void *)&from, len))
		die("bind");
	return fd;
}

/* both directions at once: no buffer holds it all; NULL or what went wrong */
static const char *exchange(int fd, const char *data, char *back, size_t size)
{
	size_t sent = 0, got = 0;
	ssize_t n;

	while (got < size) {
		struct pollfd pfd = {
			.fd = fd,
			.events = POLLIN | (sent < size ? POLLOUT : 0),
		};

		if (poll(&pfd, 1, seconds * 1000) <= 0)
			return "timeout";
		if (sent < size && pfd.revents & (POLLOUT | POLLERR)) {
			n = size - sent < CHUNK ? size - sent : CHUNK;
			n = send(fd, data + sent, n,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n < 0 && errno != EAGAIN)
				return strerrorname_np(errno);
			sent += n > 0 ? n : 0;
		}
		if (pfd.revents & (POLLIN | POLLHUP | POLLERR)) {
			n = recv(fd, back + got, size - got, MSG_DONTWAIT);
			if (!n)
				return "closed";
			if (n < 0 && errno != EAGAIN)
				return strerrorname_np(errno);
			got += n > 0 ? n : 0;
		}
	}
	return memcmp(data, back, size) ? "corrupt" : NULL;
}

static void fill(char *data, size_t size)
{
	ssize_t n;

	while (size) {
		n = getrandom(data, size, 0);
		if (n < 0)
			die("getrandom");
		data += n;
		size -= n;
	}
}

static void echo(int fd, size_t size)
{
	char *data = malloc(size), *back = malloc(size);
	const char *wrong;

	if (!data || !back)
		die("malloc");
	fill(data, size);
	wrong = exchange(fd, data, back, size);
	if (wrong) {
		say(wrong);
	} else {
		printf("echoed %zu\n", size);
		fflush(stdout);
	}
	free(data);
	free(back);
}

static void who(int fd)
{
	char buf[1000];
	ssize_t n;

	if (send(fd, "who", 3, MSG_NOSIGNAL) < 0) {
		say_errno();
		return;
	}
	n = recv(fd, buf, sizeof(buf) - 1, 0);
	if (n < 0) {
		say_errno();
		return;
	}
	buf[n] = 0;
	buf[strcspn(buf, "\n")] = 0;
	say(n ? buf : "closed");
}

static void wait_end(int fd)
{
	char buf[1000];
	ssize_t n;

	do
		n = recv(fd, buf, sizeof(buf), 0);
	while (n > 0);
	if (n < 0)
		say_errno();
	else
		say("closed");
}

static void set_abort(int fd)
{
	const struct linger linger = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die("setsockopt");
	say("abort");
}

static void command(int fd, const char *line)
{
	size_t size;

	if (sscanf(line, "echo %zu", &size) == 1)
		echo(fd, size);
	else if (!strncmp(line, "who", 3))
		who(fd);
	else if (!strncmp(line, "wait", 4))
		wait_end(fd);
	else if (!strncmp(line, "abort", 5))
		set_abort(fd);
	else if (shutdown(fd, SHUT_WR))
		say_errno();
	else
		say("shut");
}

int main(int argc, char **argv)
{
	struct sockaddr_storage to;
	char line[1000];
	int port = 0;
	socklen_t len;
	int c, fd;

	while ((c = getopt(argc, argv, "p:t:")) != -1) {
		if (c == 'p')
			port = atoi(optarg);
		else if (c == 't')
			seconds = atoi(optarg);
		else
			return 2;
	}
	if (optind + 2 != argc)
		return 2;
	len = parse(argv[optind], atoi(argv[optind + 1]), &to);
	fd = open_socket(to.ss_family, port);
	set_timeout(fd, 6 * seconds);
	if (connect(fd, (void *)&to, len))
		say_errno();
	else
		say("connected");
	set_timeout(fd, seconds);
	while (fgets(line, sizeof(line), stdin))
		command(fd, line);
	return 0;
}
