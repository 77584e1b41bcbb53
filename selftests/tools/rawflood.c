// SPDX-License-Identifier: GPL-2.0
/*
 * rawflood - first packets of conversations that never go on
 *
 *	rawflood echo|udp|syn COUNT SOURCE BYTES ADDRESS [PORT]
 *
 * Each packet comes from an address that has the first BYTES of SOURCE, and from a
 * port, or with an echo id; the rest is chance, so that it begins a flow of its own. Prints how many were sent and how many the kernel refused; the seed is the
 * process's number.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ICMP6_ECHO	128

struct packet {
	union {
		struct iphdr ip4;
		struct ip6_hdr ip6;
	};
	char l4[sizeof(struct tcphdr)];
};

static int family = AF_INET;
static uint8_t proto;
static size_t l4_len;
static uint8_t src[16], dst[16];
static size_t addr_len, fixed;
static uint16_t port;

static void die(const char *what)
{
	fprintf(stderr, "rawflood: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static uint16_t checksum(const void *l4)
{
	uint32_t sum = sum16(l4, l4_len, 0);

	/* ICMP of IPv4 does not sum over addresses */
	if (proto != IPPROTO_ICMP) {
		sum = sum16(src, addr_len, sum);
		sum = sum16(dst, addr_len, sum);
		sum += proto + l4_len;
	}
	return fold(sum);
}

static void fill_echo(void *l4)
{
	struct icmphdr *icmph = l4;

	icmph->type = proto == IPPROTO_ICMP ? ICMP_ECHO : ICMP6_ECHO;
	icmph->un.echo.id = random();
	icmph->checksum = checksum(l4);
}

static void fill_udp(void *l4)
{
	struct udphdr *uh = l4;

	uh->source = random() | htons(1024);
	uh->dest = htons(port);
	uh->len = htons(sizeof(*uh));
	uh->check = checksum(l4);
}

static void fill_syn(void *l4)
{
	struct tcphdr *th = l4;

	th->source = random() | htons(1024);
	th->dest = htons(port);
	th->seq = random();
	th->doff = sizeof(*th) / 4;
	th->syn = 1;
	th->window = htons(1024);
	th->check = checksum(l4);
}

/* the addresses are those that the checksums are for */
static size_t fill_ip(struct packet *pkt, char **l4)
{
	if (family == AF_INET) {
		pkt->ip4.version = 4;
		pkt->ip4.ihl = sizeof(pkt->ip4) / 4;
		pkt->ip4.ttl = 64;
		pkt->ip4.protocol = proto;
		memcpy(&pkt->ip4.saddr, src, addr_len);
		memcpy(&pkt->ip4.daddr, dst, addr_len);
		*l4 = (char *)pkt + sizeof(pkt->ip4);
		return sizeof(pkt->ip4) + l4_len;
	}
	pkt->ip6.ip6_flow = htonl(6 << 28);
	pkt->ip6.ip6_plen = htons(l4_len);
	pkt->ip6.ip6_nxt = proto;
	pkt->ip6.ip6_hlim = 64;
	memcpy(&pkt->ip6.ip6_src, src, addr_len);
	memcpy(&pkt->ip6.ip6_dst, dst, addr_len);
	*l4 = (char *)pkt + sizeof(pkt->ip6);
	return sizeof(pkt->ip6) + l4_len;
}

static bool send_one(int fd, void (*fill)(void *l4))
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct packet pkt = {};
	size_t i, len;
	char *l4;

	for (i = fixed; i < addr_len; i++)
		src[i] = random();
	len = fill_ip(&pkt, &l4);
	fill(l4);
	memcpy(&to4.sin_addr, dst, sizeof(to4.sin_addr));
	memcpy(&to6.sin6_addr, dst, sizeof(to6.sin6_addr));
	return sendto(fd, &pkt, len, 0,
		      family == AF_INET ? (void *)&to4 : (void *)&to6,
		      family == AF_INET ? sizeof(to4) : sizeof(to6)) >= 0;
}

static int open_socket(void)
{
	int one = 1, fd;

	fd = socket(family, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		die("socket");
	/* to be told what is refused */
	if (setsockopt(fd, family == AF_INET ? SOL_IP : SOL_IPV6,
		       family == AF_INET ? IP_RECVERR : IPV6_RECVERR, &one,
		       sizeof(one)))
		die("RECVERR");
	return fd;
}

static void parse(const char *source, const char *addr)
{
	if (strchr(addr, ':')) {
		family = AF_INET6;
		addr_len = 16;
	} else {
		addr_len = 4;
	}
	if (inet_pton(family, addr, dst) == 1 &&
	    inet_pton(family, source, src) == 1)
		return;
	fprintf(stderr, "rawflood: bad address\n");
	exit(2);
}

int main(int argc, char **argv)
{
	unsigned long n, sent = 0, refused = 0;
	void (*fill)(void *l4);
	int fd;

	if (argc < 6)
		return 2;
	parse(argv[3], argv[5]);
	fixed = atoi(argv[4]);
	port = argc > 6 ? atoi(argv[6]) : 0;
	if (!strcmp(argv[1], "echo")) {
		proto = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
		l4_len = sizeof(struct icmphdr);
		fill = fill_echo;
	} else if (!strcmp(argv[1], "udp")) {
		proto = IPPROTO_UDP;
		l4_len = sizeof(struct udphdr);
		fill = fill_udp;
	} else {
		proto = IPPROTO_TCP;
		l4_len = sizeof(struct tcphdr);
		fill = fill_syn;
	}
	srandom(getpid());
	fd = open_socket();
	for (n = strtoul(argv[2], NULL, 10); n; n--)
		if (send_one(fd, fill))
			sent++;
		else
			refused++;
	printf("{\"sent\":%lu,\"refused\":%lu}\n", sent, refused);
	return 0;
}
