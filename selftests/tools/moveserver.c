// SPDX-License-Identifier: GPL-2.0
/*
 * moveserver - a TCP server that can be told to hand over
 *
 *	moveserver [-x] [-d] [-l PORT] [-L ADDRESS]... CONTROL [PORT...]
 *
 * Listens on each PORT for both families, and on the unix socket CONTROL for drivers,
 * to whom it gives its sockets, and from whom it takes others'; see libsalmig(3). Says
 * "listening", and a line for each hand-over. For what it does with a connection see
 * move.h.
 *
 *	-x	it fails when it has taken some of the sockets
 *	-l PORT	listens on 127.0.0.1, too, with some unusual options
 *	-d	and does that on the device lo
 *	-L ADDRESS what it takes has this address, whatever the driver says
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <salmig.h>

#include "move.h"

#define BUF_SIZE	32768

enum mode {
	LINE,			/* what it wants is not known yet */
	ECHO,
	BOTH,
	GREET,
	HALF,
	SHUT,
};

/* all that there is of a connection, and goes with it */
struct state {
	uint8_t mode;
	uint8_t ended;		/* the client's direction */
	uint8_t n_line;
	char line[16];
	uint64_t received;
	uint64_t wrong;
	uint64_t sent;
	uint32_t n_end;		/* of the move_end that are sent */
	uint32_t n_back;	/* to be echoed */
	uint8_t back[BUF_SIZE];
};

struct conn {
	int fd;
	bool listener, control;
	uint32_t events;
	struct conn *next, *prev;
	struct state st;
};

static struct conn all = { .next = &all, .prev = &all };
static uint8_t buf[BUF_SIZE];
static bool fails, on_lo;
static struct sockaddr_storage locals[2];
static int n_locals;
static int epfd;

static void die(const char *what)
{
	fprintf(stderr, "moveserver: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void say(const char *what, long n, const char *text)
{
	printf("%s %ld%s%s\n", what, n, *text ? ": " : "", text);
	fflush(stdout);
}

static struct conn *add(int fd)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	if (!c)
		die("calloc");
	c->fd = fd;
	c->events = EPOLLIN;
	c->next = &all;
	c->prev = all.prev;
	all.prev->next = c;
	all.prev = c;
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl");
	return c;
}

static void want(struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (c->events == events)
		return;
	c->events = events;
	epoll_ctl(epfd, EPOLL_CTL_MOD, c->fd, &ev);
}

/* its descriptor may be somebody else's already */
static void forget(struct conn *c)
{
	c->next->prev = c->prev;
	c->prev->next = c->next;
	free(c);
}

static void drop(struct conn *c)
{
	close(c->fd);
	forget(c);
}

static void listen_on(const char *port)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	int fd, one = 1;

	fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (void *)&sin6, sizeof(sin6)) || listen(fd, 1024))
		die(port);
	add(fd)->listener = true;
}

static void listen_local(const char *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd, one = 1, mss = 700;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss)) ||
	    (on_lo && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2)) ||
	    bind(fd, (void *)&in, sizeof(in)) || listen(fd, 8))
		die(port);
	add(fd)->listener = true;
}

/* --- a connection ------------------------------------------------------------- */

static void parse(struct conn *c)
{
	if (!strcmp(c->st.line, "both"))
		c->st.mode = BOTH;
	else if (!strcmp(c->st.line, "greet"))
		c->st.mode = GREET;
	else if (!strcmp(c->st.line, "half"))
		c->st.mode = HALF;
	else if (!strcmp(c->st.line, "shut"))
		c->st.mode = SHUT;
	else
		c->st.mode = ECHO;
	if (c->st.mode == SHUT)
		shutdown(c->fd, SHUT_WR);
}

/* what was received: the line first */
static void take_in(struct conn *c, const uint8_t *data, size_t n)
{
	struct state *st = &c->st;

	for (; n && st->mode == LINE; data++, n--) {
		if (*data == '\n')
			parse(c);
		else if (st->n_line < sizeof(st->line) - 1)
			st->line[st->n_line++] = *data;
	}
	if (st->mode == ECHO) {
		memcpy(st->back + st->n_back, data, n);
		st->n_back += n;
	} else if (st->mode == BOTH) {
		st->wrong += pattern_wrong(data, n, st->received, SEED_CLIENT);
		st->received += n;
	}
}

/* false: it is gone */
static bool receive(struct conn *c)
{
	struct state *st = &c->st;
	size_t room = sizeof(st->back) - st->n_back;
	ssize_t n;

	if (!room)
		return true;
	n = recv(c->fd, buf, room, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN;
	if (!n)
		st->ended = 1;
	take_in(c, buf, n);
	return true;
}

static ssize_t put(struct conn *c, const void *data, size_t n)
{
	return send(c->fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool send_back(struct conn *c)
{
	struct state *st = &c->st;
	ssize_t n;

	if (st->n_back) {
		n = put(c, st->back, st->n_back);
		if (n < 0)
			return errno == EAGAIN;
		memmove(st->back, st->back + n, st->n_back - n);
		st->n_back -= n;
	}
	return st->n_back || !st->ended;
}

static bool send_both(struct conn *c)
{
	struct state *st = &c->st;
	struct move_end end = { st->received, st->wrong };
	ssize_t n;

	if (!st->ended) {
		pattern_fill(buf, sizeof(buf), st->sent, SEED_SERVER);
		n = put(c, buf, sizeof(buf));
		st->sent += n > 0 ? n : 0;
	} else {
		n = put(c, (char *)&end + st->n_end, sizeof(end) - st->n_end);
		st->n_end += n > 0 ? n : 0;
	}
	if (n < 0 && errno != EAGAIN)
		return false;
	return st->n_end < sizeof(end);
}

static bool speak(struct conn *c)
{
	switch (c->st.mode) {
	case ECHO:
		return send_back(c);
	case BOTH:
		return send_both(c);
	case HALF:
		return true;
	default:
		return !c->st.ended;
	}
}

static void serve(struct conn *c, uint32_t events)
{
	struct state *st = &c->st;

	if (!st->ended && events & (EPOLLIN | EPOLLHUP | EPOLLERR) &&
	    !receive(c)) {
		drop(c);
		return;
	}
	if (!speak(c)) {
		drop(c);
		return;
	}
	want(c, (st->ended || st->n_back == sizeof(st->back) ? 0 : EPOLLIN) |
	     (st->mode == BOTH || st->n_back ? EPOLLOUT : 0));
}

/* --- the hand-over ------------------------------------------------------------ */

static size_t used(const struct state *st)
{
	return offsetof(struct state, back) + st->n_back;
}

/* what salmig_next() tells */
static void get_sockets(struct salmig *m, bool moved)
{
	struct salmig_socket s;
	struct conn *c;

	while (salmig_next(m, &s)) {
		fcntl(s.fd, F_SETFL, fcntl(s.fd, F_GETFL) | O_NONBLOCK);
		c = add(s.fd);
		c->listener = s.flags & SALMIG_LISTENER;
		/* of one's own kind alone; others' would have to be looked at */
		if (s.tag_len && s.tag_len <= sizeof(c->st))
			memcpy(&c->st, s.tag, s.tag_len);
		if (moved && (c->st.mode == GREET || c->st.mode == HALF) &&
		    put(c, "moved\n", 6) != 6)
			die("greet");
	}
}

static void give(struct salmig *m)
{
	struct conn *c, *next;
	int n = 0;

	for (c = all.next; c != &all && n >= 0; c = c->next)
		if (!c->control)
			n = salmig_add(m, c->fd, &c->st,
				       c->listener ? 0 : used(&c->st));
	n = n < 0 ? n : salmig_give(m);
	if (n < 0) {
		get_sockets(m, false);
		say("kept", n, salmig_error(m));
		return;
	}
	for (c = all.next; c != &all; c = next) {
		next = c->next;
		if (!c->control)
			forget(c);
	}
	say("gave", n, "");
}

static void add_local(const char *text)
{
	struct sockaddr_in6 *in6 = (void *)&locals[n_locals];
	struct sockaddr_in *in = (void *)&locals[n_locals];

	if (n_locals == 2)
		exit(2);
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		in->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		in6->sin6_family = AF_INET6;
	else
		exit(2);
	n_locals++;
}

static void take(struct salmig *m)
{
	int i, n;

	for (i = 0; i < n_locals; i++)
		if (salmig_local(m, (void *)&locals[i], sizeof(locals[i])))
			say("no address", i, salmig_error(m));
	/* less than the second one has, at the latest */
	if (fails)
		salmig_set_limit(m, SALMIG_MAX_BYTES, 1500);
	n = salmig_take(m);
	get_sockets(m, true);
	say(n < 0 ? "took nothing" : "took", n, salmig_error(m));
}

static void driven(int control)
{
	struct salmig *m;
	int fd, role;

	fd = salmig_accept(control);
	if (fd < 0)
		return;
	m = salmig_new(fd);
	if (!m)
		die("salmig_new");
	role = salmig_asked(m);
	if (role == SALMIG_GIVE)
		give(m);
	else if (role == SALMIG_TAKE)
		take(m);
	else
		say("not asked", role, salmig_error(m));
	salmig_free(m);
}

/* true: a hand-over, after which no event is about what it was about */
static bool happened(struct conn *c, uint32_t events)
{
	int fd;

	if (c->control) {
		driven(c->fd);
		return true;
	}
	if (!c->listener) {
		serve(c, events);
		return false;
	}
	while ((fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		add(fd);
	return false;
}

static void loop(void)
{
	struct epoll_event events[64];
	int i, n;

	for (;;) {
		n = epoll_wait(epfd, events, 64, -1);
		for (i = 0; i < n; i++)
			if (happened(events[i].data.ptr, events[i].events))
				break;
	}
}

int main(int argc, char **argv)
{
	const char *local = NULL;
	struct conn *control;
	int fd, opt;

	while ((opt = getopt(argc, argv, "xdl:L:")) != -1) {
		switch (opt) {
		case 'x':	fails = true; break;
		case 'd':	on_lo = true; break;
		case 'l':	local = optarg; break;
		case 'L':	add_local(optarg); break;
		default:	return 2;
		}
	}
	if (optind >= argc)
		return 2;
	epfd = epoll_create1(0);
	if (epfd < 0)
		die("epoll_create1");
	fd = salmig_listen(argv[optind]);
	if (fd < 0) {
		errno = -fd;
		die(argv[optind]);
	}
	control = add(fd);
	control->control = true;
	if (local)
		listen_local(local);
	while (++optind < argc)
		listen_on(argv[optind]);
	say("listening", 0, "");
	loop();
}
