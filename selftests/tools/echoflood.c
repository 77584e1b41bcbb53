// SPDX-License-Identifier: GPL-2.0
/*
 * echoflood.c - an echo client that knows what it sent
 *
 *	echoflood [options] ADDRESS
 *
 *	-n N	requests to send; 0: until SIGTERM (default 1000)
 *	-i US	microseconds between requests (default 1000)
 *	-w N	most requests without a reply at a time (default 16)
 *	-W MS	wait so long at the end for replies, and for errors in their
 *		place (default 20000: what comes at all is there long before)
 *	-e ID	echo id (default: by process)
 *	-s ADDR	source address
 *	-u PORT	UDP, to that port of whoever echoes there; ID is the source port
 *	-l LEN	bytes of payload (default: as few as it takes)
 *	-R	be told where a request was refused for want of room; IPv4
 *		keeps that from raw sockets that do not ask for it
 *	-F N	instead: N requests with as many ids, from ID on, one each
 *	-v	print a line for each reply, too, as ping -D does
 *
 * Prints one line of JSON: what was sent, and what came back. Replies are
 * checked for source address, content, order and repetition. How many requests
 * were without a reply when the next one was sent is told by the median. ICMP
 * errors that quote a request are counted; the last one is told in full, and
 * how long after the request the soonest and the latest came. Exits with 0
 * whatever came back: the caller judges.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC		0x5a1ec00fU
/* replies are told apart by number; so many may be under way */
#define RING		65536
/* of more requests under way than this it is not told how many */
#define BUSY_MAX	4096
#define BUF_SIZE	65536

struct payload {
	uint32_t magic;
	uint32_t seq;
	uint32_t vip_hash;
};

/* UDP has the same as its payload */
struct request {
	struct icmphdr hdr;	/* icmp6_hdr looks the same */
	struct payload data;
};

struct result {
	unsigned long sent;
	unsigned long received;
	unsigned long duplicates;
	unsigned long reordered;
	unsigned long wrong_source;
	unsigned long corrupt;
	unsigned long refused;
	unsigned long errors;
	uint64_t gap_us;
	uint64_t err_soonest_us;
	uint64_t err_latest_us;
	int err_type;
	int err_code;
	char err_from[INET6_ADDRSTRLEN];
	char err_quoted[INET6_ADDRSTRLEN];
};

static struct {
	unsigned long count;
	unsigned long interval_us;
	unsigned long window;
	unsigned long wait_ms;
	unsigned long flows;
	unsigned long len;
	uint16_t id;
	uint16_t port;
	bool recverr;
	bool verbose;
} opt = {
	.len = sizeof(struct request),
	.count = 1000,
	.interval_us = 1000,
	.window = 16,
	.wait_ms = 20000,
};

static struct sockaddr_storage dst;
static socklen_t dst_len;
static struct result res;
static volatile sig_atomic_t stop;
static uint8_t answered[RING];
/* an error came in place of a reply, and how often that was so */
static uint8_t refused[RING];
static unsigned long told;
static uint64_t sent_us[RING];
/* how often so many were under way when one more was sent */
static unsigned long busy[BUSY_MAX + 1];
static uint32_t newest;
static uint64_t last_reply_us;

static void die(const char *what)
{
	fprintf(stderr, "echoflood: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

static bool v6(void)
{
	return dst.ss_family == AF_INET6;
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint16_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2)
		sum += *p++;
	if (len)
		sum += *(const uint8_t *)p;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void parse_addr(const char *text, struct sockaddr_storage *ss,
		       socklen_t *len)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		ss->ss_family = AF_INET;
		*len = sizeof(*in);
	} else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		ss->ss_family = AF_INET6;
		*len = sizeof(*in6);
	} else {
		fprintf(stderr, "echoflood: no address: %s\n", text);
		exit(2);
	}
}

static void addr_text(const struct sockaddr_storage *ss, char *buf)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;

	if (ss->ss_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, buf, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, buf, INET6_ADDRSTRLEN);
}

static bool same_addr(const struct sockaddr_storage *a,
		      const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return !memcmp(&a6->sin6_addr, &b6->sin6_addr, 16);
}

static in_port_t *port_of(struct sockaddr_storage *ss)
{
	/* both families have it there */
	return &((struct sockaddr_in *)ss)->sin_port;
}

/* replies to another address of the same service must not pass for ours */
static uint32_t dst_hash(void)
{
	const uint8_t *p = (const void *)&dst;
	uint32_t hash = 2166136261U;
	socklen_t i;

	for (i = 0; i < dst_len; i++)
		hash = (hash ^ p[i]) * 16777619U;
	return hash;
}

static bool send_one(int fd, uint16_t id, uint32_t seq)
{
	static char buf[BUF_SIZE];
	struct request *req = (void *)buf;

	*req = (struct request) {
		.hdr.type = v6() ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.hdr.un.echo.id = htons(id),
		.hdr.un.echo.sequence = htons(seq & 0xffff),
		.data.magic = htonl(MAGIC),
		.data.seq = htonl(seq),
		.data.vip_hash = dst_hash(),
	};

	/* the kernel sees to it for ICMPv6 and UDP */
	if (!v6() && !opt.port)
		req->hdr.checksum = checksum(buf, opt.len);
	sent_us[seq % RING] = now_us();
	if (sendto(fd, buf, opt.len, 0, (void *)&dst, dst_len) < 0) {
		res.refused++;
		return false;
	}
	res.sent++;
	return true;
}

/*
 * Counted from just before the request was handed over to when the error was
 * read: never less than what has passed in the kernel between the two.
 */
static void error_age(uint16_t seq)
{
	uint64_t age = now_us() - sent_us[seq];

	if (res.errors == 1 || age < res.err_soonest_us)
		res.err_soonest_us = age;
	if (age > res.err_latest_us)
		res.err_latest_us = age;
}

static bool id_is_ours(uint16_t id)
{
	if (!opt.flows)
		return id == opt.id;
	return (uint16_t)(id - opt.id) < opt.flows;
}

static void note_error(uint16_t seq)
{
	res.errors++;
	error_age(seq);
	if (!answered[seq] && !refused[seq]) {
		refused[seq] = 1;
		told++;
	}
}

static void got_error(const struct icmphdr *hdr, const void *quoted,
		      size_t len, const struct sockaddr_storage *from)
{
	const struct ip6_hdr *ip6 = quoted;
	const struct iphdr *ip = quoted;
	size_t need = (v6() ? sizeof(*ip6) : sizeof(*ip)) + 8;
	const struct icmphdr *inner;

	if (len < need)
		return;
	inner = (const void *)((const char *)quoted +
			       (v6() ? sizeof(*ip6) : ip->ihl * 4u));
	if (!id_is_ours(ntohs(inner->un.echo.id)))
		return;
	note_error(ntohs(inner->un.echo.sequence));
	res.err_type = hdr->type;
	res.err_code = hdr->code;
	addr_text(from, res.err_from);
	if (v6())
		inet_ntop(AF_INET6, &ip6->ip6_dst, res.err_quoted,
			  sizeof(res.err_quoted));
	else
		inet_ntop(AF_INET, &ip->daddr, res.err_quoted,
			  sizeof(res.err_quoted));
}

static void tell_reply(uint32_t seq, size_t len, uint64_t now,
		       const struct sockaddr_storage *from)
{
	char text[INET6_ADDRSTRLEN];
	struct timespec ts;

	addr_text(from, text);
	clock_gettime(CLOCK_REALTIME, &ts);
	printf("[%lld.%06ld] %zu bytes from %s: seq=%u time=%.3f ms\n",
	       (long long)ts.tv_sec, ts.tv_nsec / 1000, len, text, seq,
	       (now - sent_us[seq % RING]) / 1000.0);
}

static void got_reply(const struct request *rep, size_t len,
		      const struct sockaddr_storage *from)
{
	uint32_t seq = ntohl(rep->data.seq);
	uint64_t now = now_us();

	if (rep->data.vip_hash != dst_hash())
		return;
	if (!same_addr(from, &dst) ||
	    (opt.port && ((struct sockaddr_in *)from)->sin_port !=
			 *port_of(&dst))) {
		res.wrong_source++;
		return;
	}
	if (ntohs(rep->hdr.un.echo.sequence) != (seq & 0xffff) ||
	    len != opt.len) {
		res.corrupt++;
		return;
	}
	if (opt.verbose)
		tell_reply(seq, len, now, from);
	if (answered[seq % RING]) {
		res.duplicates++;
		return;
	}
	answered[seq % RING] = 1;
	told -= refused[seq % RING];
	refused[seq % RING] = 0;
	/* far behind: nobody waits for it any more, its place is used again */
	answered[(seq + RING / 2) % RING] = 0;
	refused[(seq + RING / 2) % RING] = 0;
	res.received++;
	if (res.received > 1 && seq < newest)
		res.reordered++;
	else
		newest = seq;
	if (last_reply_us && now - last_reply_us > res.gap_us)
		res.gap_us = now - last_reply_us;
	last_reply_us = now;
}

static bool is_error(uint8_t type)
{
	if (v6())
		return type < 128;
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

static void got_datagram(const char *buf, size_t len,
			 const struct sockaddr_storage *from)
{
	const struct request *rep = (const void *)buf;

	if (len < sizeof(*rep) || rep->data.magic != htonl(MAGIC) ||
	    rep->hdr.un.echo.id != htons(opt.id))
		res.corrupt++;
	else
		got_reply(rep, len, from);
}

static bool receive_one(int fd)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	const struct request *rep;
	static char buf[BUF_SIZE];
	size_t off = 0;
	ssize_t n;

	memset(&from, 0, sizeof(from));
	n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (void *)&from, &len);
	if (n < 0)
		return false;
	if (opt.port) {
		got_datagram(buf, n, &from);
		return true;
	}
	if (!v6())
		off = ((struct iphdr *)buf)->ihl * 4u;
	if ((size_t)n < off + sizeof(struct icmphdr))
		return true;
	rep = (const void *)(buf + off);
	if (is_error(rep->hdr.type)) {
		got_error(&rep->hdr, buf + off + 8, n - off - 8, &from);
		return true;
	}
	if (rep->hdr.type != (v6() ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) ||
	    (size_t)n < off + sizeof(*rep) ||
	    !id_is_ours(ntohs(rep->hdr.un.echo.id)) ||
	    rep->data.magic != htonl(MAGIC))
		return true;
	got_reply(rep, n - off, &from);
	return true;
}

static void receive_for(int fd, uint64_t until)
{
	do {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		uint64_t now = now_us();
		struct timespec ts = {};

		if (until > now) {
			ts.tv_sec = (until - now) / 1000000;
			ts.tv_nsec = (until - now) % 1000000 * 1000;
		}
		if (ppoll(&pfd, 1, &ts, NULL) > 0)
			while (receive_one(fd))
				;
	} while (now_us() < until && !stop);
}

static unsigned long outstanding(void)
{
	return res.sent - res.received;
}

static void note_busy(void)
{
	unsigned long n = outstanding();

	busy[n < BUSY_MAX ? n : BUSY_MAX]++;
}

static unsigned long median_busy(void)
{
	unsigned long n, i, sum = 0, seen = 0;

	for (i = 0; i <= BUSY_MAX; i++)
		sum += busy[i];
	for (n = 0; n < BUSY_MAX; n++) {
		seen += busy[n];
		if (2 * seen >= sum)
			break;
	}
	return n;
}

static void drain(int fd)
{
	uint64_t until = now_us() + opt.wait_ms * 1000;

	stop = 0;
	while (outstanding() > told && now_us() < until)
		receive_for(fd, now_us() + 10000);
	/* duplicates come late */
	receive_for(fd, now_us() + 20000);
}

/*
 * The window bounds what is under way, but a lost reply must not stop the
 * stream for good: after a while of silence the next request goes all the same.
 */
static void stream(int fd)
{
	uint64_t next = now_us();
	uint32_t seq = 0;

	while (!stop && (!opt.count || seq < opt.count)) {
		uint64_t full = now_us() + 2000000;

		receive_for(fd, next);
		while (outstanding() >= opt.window && !stop &&
		       now_us() < full)
			receive_for(fd, now_us() + 1000);
		if (stop)
			break;
		note_busy();
		if (send_one(fd, opt.id, seq))
			seq++;
		next += opt.interval_us;
		if (next < now_us())
			next = now_us();
	}
	drain(fd);
}

static void open_flows(int fd)
{
	unsigned long i;

	for (i = 0; i < opt.flows && !stop; i++) {
		send_one(fd, opt.id + i, i);
		if (outstanding() >= opt.window)
			receive_for(fd, now_us());
	}
	drain(fd);
}

static void report(void)
{
	unsigned long lost = res.sent - res.received;

	printf("{\"sent\":%lu,\"received\":%lu,\"lost\":%lu,\"duplicates\":%lu,\"reordered\":%lu,",
	       res.sent, res.received, lost, res.duplicates, res.reordered);
	printf("\"wrong_source\":%lu,\"corrupt\":%lu,\"refused\":%lu,\"gap_us\":%llu,\"outstanding\":%lu,\"errors\":%lu",
	       res.wrong_source, res.corrupt, res.refused,
	       (unsigned long long)res.gap_us, median_busy(), res.errors);
	if (res.errors)
		printf(",\"error\":{\"type\":%d,\"code\":%d,\"from\":\"%s\",\"quoted\":\"%s\",\"soonest_us\":%llu,\"latest_us\":%llu}",
		       res.err_type, res.err_code, res.err_from, res.err_quoted,
		       (unsigned long long)res.err_soonest_us,
		       (unsigned long long)res.err_latest_us);
	printf("}\n");
}

static int open_socket(const char *src)
{
	int size = 8 << 20;
	int fd;

	if (opt.port)
		fd = socket(dst.ss_family, SOCK_DGRAM, 0);
	else
		fd = socket(dst.ss_family, SOCK_RAW,
			    v6() ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd < 0)
		die("socket");
	/* root of a user namespace gets what there is for everybody */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		die("SO_RCVBUF");
	if (opt.recverr && !v6() &&
	    setsockopt(fd, SOL_IP, IP_RECVERR, &(int){ 1 }, sizeof(int)))
		die("IP_RECVERR");
	if (src || opt.port) {
		struct sockaddr_storage ss;
		socklen_t len;

		if (!src)
			src = v6() ? "::" : "0.0.0.0";
		parse_addr(src, &ss, &len);
		if (opt.port)
			*port_of(&ss) = htons(opt.id);
		if (bind(fd, (void *)&ss, len))
			die(src);
	}
	return fd;
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end) {
		fprintf(stderr, "echoflood: no number: %s\n", text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_term };
	const char *src = NULL;
	int c, fd;

	opt.id = 1024 + getpid() % 60000;
	while ((c = getopt(argc, argv, "n:i:w:W:e:s:u:l:RF:v")) != -1) {
		switch (c) {
		case 'n': opt.count = number(optarg); break;
		case 'i': opt.interval_us = number(optarg); break;
		case 'w': opt.window = number(optarg); break;
		case 'W': opt.wait_ms = number(optarg); break;
		case 'e': opt.id = number(optarg); break;
		case 's': src = optarg; break;
		case 'u': opt.port = number(optarg); break;
		case 'l': opt.len = number(optarg); break;
		case 'R': opt.recverr = true; break;
		case 'F': opt.flows = number(optarg); break;
		case 'v': opt.verbose = true; break;
		default: return 2;
		}
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: echoflood [options] ADDRESS\n");
		return 2;
	}
	parse_addr(argv[optind], &dst, &dst_len);
	if (opt.port)
		*port_of(&dst) = htons(opt.port);
	if (opt.len < sizeof(struct request) || opt.len > BUF_SIZE - 256)
		return 2;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);

	/* who reads a line is to have it when it is due */
	if (opt.verbose)
		setlinebuf(stdout);
	fd = open_socket(src);
	if (opt.flows)
		open_flows(fd);
	else
		stream(fd);
	report();
	return 0;
}
