// SPDX-License-Identifier: GPL-2.0
/*
 * moveclient - knows no libsalmig, and notices what a server's hand-over breaks
 *
 *	moveclient [-c CONNECTIONS] [-i MS] [-s] MODE ADDRESS PORT
 *
 *	both	patterns in both directions at once, see move.h; a rest of MS after each
 *		piece
 *	ask	a request on each connection, the next when it was answered, MS later
 *	idle	nothing; but at the end each has to answer
 *	greet	nothing; counts what the server says of its own accord
 *	half	the same, having ended its own direction
 *	shut	a request now and then, to who has ended its direction, and whose
 *		kernel has to acknowledge them
 *	new	as ask, by a new connection each time
 *
 * Says "connected" on its standard error when all are. With SIGTERM it comes to an
 * orderly end, and prints a line of JSON:
 *
 *	connections, sent and received (bytes), asked and answered, greetings
 *	wrong		bytes that are not what they should be, on either side
 *	lost		bytes that one side has sent and the other has not got
 *	resets, closed	connections that ended otherwise than by us
 *	stall_ms	the longest time without a byte on a connection that waits for
 *			some
 *
 *	-s	reads slowly, so that the server's queue is full
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "move.h"

#define BUF_SIZE	32768
#define REQUEST		64
/* to come to an end in */
#define END_MS		60000

enum mode {
	BOTH,
	ASK,
	IDLE,
	GREET,
	HALF,
	SHUT,
	NEW,
};

struct conn {
	int fd;
	bool over, ended;
	uint64_t sent, received;	/* behind the line */
	uint64_t asked, answered;	/* bytes of requests */
	int64_t next, last;		/* ms */
	struct move_end end;
	uint32_t events;
};

static const char *const modes[] = { "both", "ask", "idle", "greet", "half",
				     "shut", "new" };
static enum mode mode;
static struct conn *conns;
static unsigned int n_conns = 1, n_over, interval;
static bool slow;
static volatile sig_atomic_t ending;
static uint8_t buf[BUF_SIZE];
/* the last bytes of a "both" are the server's move_end */
static uint8_t (*tails)[sizeof(struct move_end)];
static int epfd;
static struct sockaddr_storage server;
static socklen_t server_len;
static struct {
	uint64_t sent, received, asked, answered, greetings;
	uint64_t wrong, lost, resets, closed;
	int64_t stall;
} sum;

static void die(const char *what)
{
	fprintf(stderr, "moveclient: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void on_term(int sig)
{
	(void)sig;
	ending = 1;
}

static socklen_t parse(const char *text, int port, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	/* both families have it there */
	in->sin_port = htons(port);
	ss->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(ss->ss_family, text, ss->ss_family == AF_INET ?
		      (void *)&in->sin_addr : (void *)&in6->sin6_addr) != 1)
		die(text);
	return ss->ss_family == AF_INET ? sizeof(*in) : sizeof(*in6);
}

static void want(struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (c->events != events &&
	    epoll_ctl(epfd, c->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &ev))
		die("epoll_ctl");
	c->events = events;
}

static void start(struct conn *c)
{
	char line[16];
	int one = 1;

	c->fd = socket(server.ss_family, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (const void *)&server, server_len))
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	snprintf(line, sizeof(line), "%s\n", mode == ASK || mode == IDLE ||
		 mode == NEW ? "echo" : modes[mode]);
	if (send(c->fd, line, strlen(line), 0) < 0)
		die("send");
	if (mode == HALF)
		shutdown(c->fd, SHUT_WR);
	c->last = now_ms();
	want(c, EPOLLIN | (mode == BOTH ? EPOLLOUT : 0));
}

static void over(struct conn *c)
{
	if (c->over)
		return;
	c->over = true;
	n_over++;
	epoll_ctl(epfd, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
}

static void broken(struct conn *c)
{
	if (errno == EAGAIN)
		return;
	fprintf(stderr, "moveclient: connection %zd: %s\n", c - conns,
		strerror(errno));
	sum.resets++;
	over(c);
}

/* bytes have come where some were waited for */
static void heard(struct conn *c, bool waited)
{
	int64_t now = now_ms();

	if (waited && now - c->last > sum.stall)
		sum.stall = now - c->last;
	c->last = now;
}

/* --- both --------------------------------------------------------------------- */

static void check_tail(struct conn *c)
{
	memcpy(&c->end, tails[c - conns], sizeof(c->end));
	sum.wrong += c->end.wrong;
	if (!c->ended || c->received < sizeof(c->end)) {
		sum.closed++;
	} else if (c->end.bytes != c->sent) {
		fprintf(stderr, "moveclient: %llu of %llu bytes\n",
			(unsigned long long)c->end.bytes,
			(unsigned long long)c->sent);
		sum.lost++;
	}
}

/* all but the last ones are known to be of the pattern */
static void check_both(struct conn *c, size_t n)
{
	uint8_t *tail = tails[c - conns], joined[sizeof(struct move_end) + BUF_SIZE];
	size_t kept = c->received < sizeof(c->end) ? c->received : sizeof(c->end);
	size_t rest;

	memcpy(joined, tail, kept);
	memcpy(joined + kept, buf, n);
	rest = kept + n < sizeof(c->end) ? kept + n : sizeof(c->end);
	sum.wrong += pattern_wrong(joined, kept + n - rest, c->received - kept,
				   SEED_SERVER);
	memcpy(tail, joined + kept + n - rest, rest);
}

static void send_both(struct conn *c)
{
	ssize_t n;

	if (ending && !c->ended) {
		c->ended = true;
		shutdown(c->fd, SHUT_WR);
	}
	if (c->ended) {
		want(c, EPOLLIN);
		return;
	}
	pattern_fill(buf, sizeof(buf), c->sent, SEED_CLIENT);
	n = send(c->fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		broken(c);
	else
		c->sent += n;
}

/* --- ask, idle ---------------------------------------------------------------- */

static void ask(struct conn *c)
{
	ssize_t n;

	pattern_fill(buf, REQUEST, c->asked, SEED_CLIENT);
	n = send(c->fd, buf, REQUEST, MSG_DONTWAIT | MSG_NOSIGNAL);
	c->last = now_ms();
	if (n != REQUEST) {
		broken(c);
		return;
	}
	c->asked += n;
	c->sent += n;
	c->next = c->last + interval;
}

/* another one in its place; what it has done counts */
static void renew(struct conn *c)
{
	int64_t next = c->next;

	close(c->fd);
	sum.asked += c->asked / REQUEST;
	sum.answered += c->answered / REQUEST;
	sum.sent += c->sent;
	memset(c, 0, sizeof(*c));
	c->next = next;
	start(c);
}

/* what the server has acknowledged was answered, where it does not speak */
static void check_acked(struct conn *c)
{
	int unacked;

	if (!ioctl(c->fd, SIOCOUTQ, &unacked) && !unacked)
		c->answered = c->asked;
}

static void check_answer(struct conn *c, size_t n)
{
	sum.wrong += pattern_wrong(buf, n, c->answered, SEED_CLIENT);
	c->answered += n;
	c->next = now_ms() + interval;
	if (c->answered > c->asked)
		sum.wrong++;
	if (mode == NEW && c->answered == c->asked)
		renew(c);
}

/* --- greet, half -------------------------------------------------------------- */

/* who is slow finds several at once */
static void count_greetings(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum.greetings += buf[i] == '\n';
}

/* --- all ---------------------------------------------------------------------- */

static void receive(struct conn *c)
{
	ssize_t n;

	n = recv(c->fd, buf, slow && !ending ? 2048 : sizeof(buf), MSG_DONTWAIT);
	if (n < 0) {
		broken(c);
		return;
	}
	heard(c, mode == BOTH || c->answered < c->asked);
	if (!n) {
		/* its end is not ours */
		if (mode == SHUT) {
			c->ended = true;
			epoll_ctl(epfd, EPOLL_CTL_DEL, c->fd, NULL);
			return;
		}
		if (mode == BOTH)
			check_tail(c);
		else
			sum.closed++;
		over(c);
		return;
	}
	if (mode == BOTH)
		check_both(c, n);
	else if (mode == GREET || mode == HALF)
		count_greetings(n);
	else
		check_answer(c, n);
	c->received += n;
}

static void begin_end(void)
{
	unsigned int i;

	for (i = 0; i < n_conns; i++) {
		struct conn *c = &conns[i];

		if (c->over)
			continue;
		if (mode == BOTH)
			want(c, EPOLLIN | EPOLLOUT);
		else if (c->answered == c->asked && mode != GREET && mode != HALF)
			ask(c);
	}
}

static bool asks(void)
{
	return mode == ASK || mode == NEW || mode == SHUT;
}

/* what time has come for; whether anything is to be waited for yet */
/* @has_begun: the end */
static bool turn(bool has_begun)
{
	int64_t now = now_ms();
	bool waiting = false;
	unsigned int i;

	for (i = 0; i < n_conns; i++) {
		struct conn *c = &conns[i];

		if (c->over)
			continue;
		if (mode == SHUT)
			check_acked(c);
		if (asks() && !has_begun && c->answered == c->asked &&
		    now >= c->next)
			ask(c);
		waiting |= !c->over &&
			   (mode == BOTH || c->answered < c->asked);
	}
	return waiting;
}

static void loop(void)
{
	int64_t end = INT64_MAX;
	struct epoll_event ev[64];
	int i, n;

	while (n_over < n_conns && now_ms() < end) {
		if (ending && end == INT64_MAX) {
			begin_end();
			end = now_ms() + END_MS;
		}
		if (!turn(end != INT64_MAX) && end != INT64_MAX)
			break;
		n = epoll_wait(epfd, ev, 64, asks() || ending ? 2 : 100);
		for (i = 0; i < n; i++) {
			struct conn *c = ev[i].data.ptr;

			if (!c->over && ev[i].events & ~EPOLLOUT)
				receive(c);
			if (!c->over && ev[i].events & EPOLLOUT)
				send_both(c);
		}
		if (slow && !ending)
			usleep(5000);
		else if (mode == BOTH && !ending)
			usleep(interval * 1000);
	}
}

static void report(void)
{
	unsigned int i;

	for (i = 0; i < n_conns; i++) {
		struct conn *c = &conns[i];

		sum.sent += c->sent;
		sum.received += c->received;
		sum.asked += c->asked / REQUEST;
		sum.answered += c->answered / REQUEST;
		sum.lost += c->asked - c->answered + (mode == BOTH && !c->over);
	}
	printf("{\"connections\": %u, \"sent\": %llu, \"received\": %llu, "
	       "\"asked\": %llu, \"answered\": %llu, \"greetings\": %llu, "
	       "\"wrong\": %llu, \"lost\": %llu, \"resets\": %llu, "
	       "\"closed\": %llu, \"stall_ms\": %lld}\n", n_conns,
	       (unsigned long long)sum.sent, (unsigned long long)sum.received,
	       (unsigned long long)sum.asked, (unsigned long long)sum.answered,
	       (unsigned long long)sum.greetings, (unsigned long long)sum.wrong,
	       (unsigned long long)sum.lost, (unsigned long long)sum.resets,
	       (unsigned long long)sum.closed, (long long)sum.stall);
}

static void options(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "c:i:s")) != -1) {
		switch (opt) {
		case 'c':	n_conns = atoi(optarg); break;
		case 'i':	interval = atoi(optarg); break;
		case 's':	slow = true; break;
		default:	exit(2);
		}
	}
	if (argc - optind != 3)
		exit(2);
	while (strcmp(argv[optind], modes[mode]))
		if (++mode > NEW)
			exit(2);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 65536, 65536 };
	unsigned int i;

	options(argc, argv);
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGTERM, on_term);
	server_len = parse(argv[optind + 1], atoi(argv[optind + 2]), &server);
	conns = calloc(n_conns, sizeof(*conns));
	tails = calloc(n_conns, sizeof(*tails));
	epfd = epoll_create1(0);
	if (!conns || !tails || epfd < 0)
		die("no memory");
	for (i = 0; i < n_conns; i++)
		start(&conns[i]);
	fprintf(stderr, "connected\n");
	loop();
	report();
	return 0;
}
