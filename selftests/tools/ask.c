// SPDX-License-Identifier: GPL-2.0
/*
 * ask - a client of echoserver: asks who it is, and who it takes the client for
 *
 *	ask udp|tcp [-co] [-p PORT | -P "PORT..."] [-t SECONDS] ADDRESS PORT...
 *
 * From one socket for each PORT (default: any), which is connected where -c says
 * so; several addresses, each with its port, are asked in turn. With -o packets
 * have options in their IPv4 header, or two extension headers of IPv6, that ask for
 * nothing. Prints a line for each answer: the address that it came from and the
 * answer; or the name of an error; or "timeout", after SECONDS (10).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct {
	const char *ports;
	bool tcp;
	bool connect;
	bool options;
	double timeout;
} opt = {
	.ports = "0",
	.timeout = 10,
};

static int family;

static void die(const char *what)
{
	fprintf(stderr, "ask: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void set(int fd, int level, int option, const void *value, socklen_t len)
{
	if (setsockopt(fd, level, option, value, len))
		die("setsockopt");
}

static struct sockaddr_storage address(const char *text, const char *port)
{
	struct sockaddr_storage ss = { .ss_family = family };
	struct sockaddr_in6 *in6 = (void *)&ss;
	struct sockaddr_in *in = (void *)&ss;
	void *addr = &in6->sin6_addr;

	if (family == AF_INET)
		addr = &in->sin_addr;
	if (text && inet_pton(family, text, addr) != 1) {
		fprintf(stderr, "ask: no address: %s\n", text);
		exit(2);
	}
	/* both families have it there */
	in->sin_port = htons(atoi(port));
	return ss;
}

static socklen_t length(void)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) :
				   sizeof(struct sockaddr_in6);
}

static void set_options(int fd)
{
	/* no-ops as many as there is room for, and an end */
	static const uint8_t none4[40] = { [0 ... 38] = 1 };
	/* a header of eight bytes, six of which are padding */
	static const uint8_t none6[8] = { 0, 0, 1, 4 };

	if (family == AF_INET) {
		set(fd, IPPROTO_IP, IP_OPTIONS, none4, sizeof(none4));
		return;
	}
	set(fd, IPPROTO_IPV6, IPV6_HOPOPTS, none6, sizeof(none6));
	set(fd, IPPROTO_IPV6, IPV6_DSTOPTS, none6, sizeof(none6));
}

static int open_socket(const char *port)
{
	struct timeval timeout = {
		.tv_sec = opt.timeout,
		.tv_usec = (opt.timeout - (time_t)opt.timeout) * 1000000,
	};
	struct sockaddr_storage from = address(NULL, port);
	int one = 1, fd;

	fd = socket(family, opt.tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	set(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	/* of connect() */
	set(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (opt.options)
		set_options(fd);
	if (bind(fd, (void *)&from, length()))
		die("bind");
	return fd;
}

/* 0, or errno is set */
static int ask(int fd, const struct sockaddr_storage *to,
	       struct sockaddr_storage *from, char *answer, size_t size)
{
	socklen_t len = sizeof(*from);
	ssize_t n;

	*from = *to;
	if (opt.tcp || opt.connect) {
		if (connect(fd, (const void *)to, length()) ||
		    send(fd, "who", 3, 0) < 0)
			return -1;
		n = recv(fd, answer, size - 1, 0);
	} else {
		if (sendto(fd, "who", 3, 0, (const void *)to, length()) < 0)
			return -1;
		n = recvfrom(fd, answer, size - 1, 0, (void *)from, &len);
	}
	if (n < 0)
		return -1;
	answer[n] = 0;
	return 0;
}

static void tell(const struct sockaddr_storage *to,
		 const struct sockaddr_storage *from, const char *answer)
{
	in_port_t port = ((const struct sockaddr_in *)from)->sin_port;
	char text[INET6_ADDRSTRLEN];

	getnameinfo((const void *)from, length(), text, sizeof(text), NULL, 0,
		    NI_NUMERICHOST);
	if (port != ((const struct sockaddr_in *)to)->sin_port)
		printf("port %u of ", ntohs(port));
	printf("%s %.*s\n", text, (int)strcspn(answer, "\n"), answer);
}

static void ask_all(int fd, char **where)
{
	struct sockaddr_storage to, from;
	char answer[1000];

	for (; where[0] && where[1]; where += 2) {
		to = address(where[0], where[1]);
		if (!ask(fd, &to, &from, answer, sizeof(answer)))
			tell(&to, &from, answer);
		else if (errno == EAGAIN || errno == EINPROGRESS)
			puts("timeout");
		else
			puts(strerrorname_np(errno));
		fflush(stdout);
	}
}

static void usage(void)
{
	fputs("ask udp|tcp [-co] [-p PORT | -P \"PORT...\"] [-t SECONDS] ADDRESS PORT...\n",
	      stderr);
	exit(2);
}

static void parse(int argc, char **argv)
{
	int c;

	if (argc < 2)
		usage();
	opt.tcp = !strcmp(argv[1], "tcp");
	optind = 2;
	while ((c = getopt(argc, argv, "cop:P:t:")) != -1) {
		switch (c) {
		case 'c':
			opt.connect = true;
			break;
		case 'o':
			opt.options = true;
			break;
		case 'p':
		case 'P':
			opt.ports = optarg;
			break;
		case 't':
			opt.timeout = atof(optarg);
			break;
		default:
			usage();
		}
	}
	if (optind + 1 >= argc)
		usage();
	family = strchr(argv[optind], ':') ? AF_INET6 : AF_INET;
}

int main(int argc, char **argv)
{
	char *ports, *port;
	int fd;

	parse(argc, argv);
	ports = strdup(opt.ports);
	if (!ports)
		die("strdup");
	/* those of UDP stay, so that nobody else gets their ports */
	for (port = strtok(ports, " "); port; port = strtok(NULL, " ")) {
		fd = open_socket(port);
		ask_all(fd, argv + optind);
		if (opt.tcp)
			close(fd);
	}
	free(ports);
	return 0;
}
