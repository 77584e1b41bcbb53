/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wire.h - what drivers, servers and successors tell each other
 *
 * Frames on a stream socket, in host byte order: a magic that looks different in the
 * other one, a version, a type, a length. Who reads one trusts none of it.
 */
#ifndef SALMIG_WIRE_H
#define SALMIG_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#define WIRE_MAGIC	0x53414c4d
#define WIRE_VERSION	1

/* of texts, with their end */
#define WIRE_TEXT	256
/* all options of a socket, as in struct wire_option */
#define WIRE_OPTIONS	2048
#define WIRE_OPTION	16

enum wire_type {
	/* driver to server */
	WIRE_QUIET = 1,		/* no new connections */
	WIRE_GIVE,		/* stop, and send what you have got */
	WIRE_RELEASE,		/* do not go on by yourself */
	WIRE_CLOSE,		/* they are somebody else's */
	/* driver to successor */
	WIRE_MAP,		/* struct wire_map: addresses are others here */
	WIRE_RESUME,		/* go on */
	/* driver to both */
	WIRE_ABORT,		/* as before */
	/* server to successor */
	WIRE_HELLO,		/* struct wire_hello */
	WIRE_SOCKET,		/* struct wire_socket and what follows it */
	WIRE_END,
	/* answers to the driver */
	WIRE_OK,		/* uint32_t: how many sockets */
	WIRE_ERROR,		/* text */
	WIRE_TYPES,
};

struct wire_head {
	uint32_t magic;
	uint16_t version;
	uint16_t type;
	uint32_t len;
};

/*
 * What is [from] there is [to] here; 0.0.0.0 and ::, where it does not matter, stand for
 * all but loopback addresses. Ports are as far from each other as these two.
 */
struct wire_map {
	uint8_t family;		/* 4 or 6 */
	uint8_t peer;		/* it is the peers' address, else ours */
	uint16_t from_port;	/* ours; 0 and 0 where it does not say */
	uint16_t to_port;
	uint16_t pad;
	uint8_t from[16];
	uint8_t to[16];
};

struct wire_hello {
	uint32_t sockets;
	uint32_t pad;
	uint8_t boot_id[16];	/* whose clocks they are */
};

enum wire_kind {
	WIRE_LISTENER = 1,
	WIRE_CONNECTION,
};

enum wire_tcp {
	WIRE_TIMESTAMPS	= 1 << 0,
	WIRE_SACK	= 1 << 1,
	WIRE_WSCALE	= 1 << 2,
	WIRE_TCP_ALL	= WIRE_TIMESTAMPS | WIRE_SACK | WIRE_WSCALE,
};

enum wire_misc {
	WIRE_NONBLOCK	= 1 << 0,
	WIRE_REUSE	= 1 << 1,	/* SO_REUSEADDR, which repair mode forgets */
	WIRE_MISC_ALL	= WIRE_NONBLOCK | WIRE_REUSE,
};

/* then: options, tag, receive queue, send queue (sent, unsent) */
struct wire_socket {
	uint8_t kind;
	uint8_t family;		/* of the socket: 4 or 6 */
	uint8_t flags;		/* enum salmig_flag */
	uint8_t tcp;		/* enum wire_tcp */
	uint8_t snd_wscale;
	uint8_t rcv_wscale;
	uint16_t local_port;
	uint16_t peer_port;
	uint16_t misc;		/* enum wire_misc */
	uint8_t local[16];	/* IPv4 in an IPv6 socket: v4-mapped */
	uint8_t peer[16];
	uint32_t backlog;
	uint32_t mss;
	uint32_t snd_seq;	/* of the first byte in the queue */
	uint32_t rcv_seq;
	uint32_t timestamp;	/* as of the clocks below */
	uint32_t window[5];	/* struct tcp_repair_window */
	uint32_t sndbuf;
	uint32_t rcvbuf;
	uint32_t buf_lock;
	uint32_t n_options;	/* bytes */
	uint32_t n_tag;
	uint32_t n_received;
	uint32_t n_sent;
	uint32_t n_unsent;
	int64_t monotonic;	/* ns */
	int64_t realtime;
};

struct wire_option {
	uint16_t id;
	uint16_t len;
	/* len bytes, filled up to 4 */
};

struct salmig;
struct salmig_frame {
	enum wire_type type;
	uint32_t len;
	uint8_t *data;
};

/* 0 or negative errno, which is told to salmig_error() */
int wire_send(struct salmig *m, enum wire_type type, const void *data, uint32_t len);
/* the same, of several pieces */
struct iovec;
int wire_sendv(struct salmig *m, enum wire_type type, struct iovec *iov, int n);
/* data is the caller's to free; not more than @max of them */
int wire_recv(struct salmig *m, struct salmig_frame *f, uint64_t max);
/* the type of the next frame; nothing is taken */
int wire_peek(struct salmig *m);
int wire_ok(struct salmig *m, uint32_t n);
/* what salmig_error() says; its result is that of sending */
int wire_error(struct salmig *m);

#endif /* SALMIG_WIRE_H */
