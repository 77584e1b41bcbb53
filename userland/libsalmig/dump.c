// SPDX-License-Identifier: GPL-2.0
/*
 * dump.c - all that a successor has to know of a socket
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "internal.h"

#ifndef TCP_AO_INFO
#define TCP_AO_INFO	40
#endif
#define PROTO_MPTCP	262
/* of a segment that the peer has acknowledged a part of */
#define SLACK		(1 << 17)

static int get_int(int fd, int level, int name, int *value)
{
	socklen_t len = sizeof(*value);

	*value = 0;
	return getsockopt(fd, level, name, value, &len);
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* An IPv4 address fills the first four bytes of an IPv4 socket's. */
static void put_addr(const struct sockaddr_storage *ss, uint8_t *addr,
		     uint16_t *port)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;

	if (ss->ss_family == AF_INET) {
		memcpy(addr, &in->sin_addr, 4);
		*port = ntohs(in->sin_port);
	} else {
		memcpy(addr, &in6->sin6_addr, 16);
		*port = ntohs(in6->sin6_port);
	}
}

/* means nothing without a device, which is another one there */
static bool is_of_link(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;

	return ss->ss_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr);
}

static int link_fail(struct salmig *m, const struct sock *s)
{
	return salmig_fail(m, EOPNOTSUPP, "socket %d has a link-local address", s->fd);
}

static int addresses(struct salmig *m, struct sock *s)
{
	struct sockaddr_storage ss = {};
	socklen_t len = sizeof(ss);

	if (getsockname(s->fd, (void *)&ss, &len))
		return sock_fail(m, s, "its address");
	if (ss.ss_family != AF_INET && ss.ss_family != AF_INET6)
		return salmig_fail(m, EOPNOTSUPP, "socket %d is not of IP", s->fd);
	s->w.family = ss.ss_family == AF_INET ? 4 : 6;
	if (is_of_link(&ss))
		return link_fail(m, s);
	put_addr(&ss, s->w.local, &s->w.local_port);
	if (s->w.kind == WIRE_LISTENER)
		return 0;
	len = sizeof(ss);
	if (getpeername(s->fd, (void *)&ss, &len)) {
		if (errno != ENOTCONN)
			return sock_fail(m, s, "its peer");
		s->dead = true;
		return 0;
	}
	if (is_of_link(&ss))
		return link_fail(m, s);
	put_addr(&ss, s->w.peer, &s->w.peer_port);
	return 0;
}

/* what is found where it is not plain TCP */
static int check_plain(struct salmig *m, const struct sock *s)
{
	char ulp[16] = "", ao[256] = "", dev[IF_NAMESIZE] = "";
	socklen_t len = sizeof(ulp);
	int proto;

	if (get_int(s->fd, SOL_SOCKET, SO_PROTOCOL, &proto) ||
	    proto != IPPROTO_TCP)
		return salmig_fail(m, EOPNOTSUPP, "socket %d is not of %s", s->fd,
				   proto == PROTO_MPTCP ? "plain TCP, but of MPTCP" :
				   "TCP");
	if (!getsockopt(s->fd, IPPROTO_TCP, TCP_ULP, ulp, &len) && len && *ulp)
		return salmig_fail(m, EOPNOTSUPP, "socket %d has %.15s on it", s->fd,
				   ulp);
	len = sizeof(ao);
	if (!getsockopt(s->fd, IPPROTO_TCP, TCP_AO_INFO, ao, &len))
		return salmig_fail(m, EOPNOTSUPP, "socket %d has TCP-AO", s->fd);
	len = sizeof(dev);
	if (!getsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, dev, &len) && len && *dev)
		return salmig_fail(m, EOPNOTSUPP, "socket %d is bound to device %s",
				   s->fd, dev);
	return 0;
}

static int check_urgent(struct salmig *m, const struct sock *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLPRI };

	if (poll(&pfd, 1, 0) > 0 && pfd.revents & POLLPRI)
		return salmig_fail(m, EOPNOTSUPP, "socket %d has urgent data", s->fd);
	return 0;
}

static int info_of(struct salmig *m, const struct sock *s, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	if (getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, info, &len))
		return sock_fail(m, s, "TCP_INFO");
	return 0;
}

static int flags_of(struct salmig *m, struct sock *s, int state)
{
	switch (state) {
	case STATE_ESTABLISHED:
	case STATE_LISTEN:
		break;
	case STATE_CLOSE_WAIT:
		s->w.flags |= SALMIG_PEER_SHUT;
		break;
	case STATE_FIN_WAIT1:
	case STATE_FIN_WAIT2:
		s->w.flags |= SALMIG_WE_SHUT;
		break;
	case STATE_CLOSING:
	case STATE_LAST_ACK:
		s->w.flags |= SALMIG_PEER_SHUT | SALMIG_WE_SHUT;
		break;
	case STATE_CLOSE:
	case STATE_TIME_WAIT:
		s->dead = true;
		break;
	default:
		return salmig_fail(m, EOPNOTSUPP,
				   "socket %d is not connected yet", s->fd);
	}
	return 0;
}

static void put_buffers(struct sock *s)
{
	int value;

	if (!get_int(s->fd, SOL_SOCKET, SO_SNDBUF, &value))
		s->w.sndbuf = value;
	if (!get_int(s->fd, SOL_SOCKET, SO_RCVBUF, &value))
		s->w.rcvbuf = value;
	if (!get_int(s->fd, SOL_SOCKET, SO_BUF_LOCK, &value))
		s->w.buf_lock = value;
}

/*
 * What it is, and whether it can be given; nothing changes. All that can be asked
 * before the service is frozen is asked here.
 */
int dump_begin(struct salmig *m, struct sock *s)
{
	struct tcp_info info;
	int err, value;

	if (get_int(s->fd, SOL_SOCKET, SO_ACCEPTCONN, &value))
		return sock_fail(m, s, "no socket");
	s->w.kind = value ? WIRE_LISTENER : WIRE_CONNECTION;
	s->w.flags &= SALMIG_FRESH;
	if (value)
		s->w.flags |= SALMIG_LISTENER;
	err = check_plain(m, s) ?: info_of(m, s, &info) ?:
	      flags_of(m, s, info.tcpi_state) ?: addresses(m, s);
	if (err)
		return err;
	s->w.misc = 0;
	if (fcntl(s->fd, F_GETFL) & O_NONBLOCK)
		s->w.misc |= WIRE_NONBLOCK;
	if (!get_int(s->fd, SOL_SOCKET, SO_REUSEADDR, &value) && value)
		s->w.misc |= WIRE_REUSE;
	/* where a listener has other uses for these */
	if (s->w.kind == WIRE_LISTENER)
		s->w.backlog = info.tcpi_sacked;
	return options_get(m, s);
}

static int put_state(struct salmig *m, struct sock *s)
{
	struct tcp_info info;
	int err, mss;

	err = info_of(m, s, &info);
	if (err)
		return err;
	s->w.flags &= SALMIG_FRESH;
	err = flags_of(m, s, info.tcpi_state);
	if (err)
		return err;
	if (info.tcpi_options & TCPI_OPT_TIMESTAMPS)
		s->w.tcp |= WIRE_TIMESTAMPS;
	if (info.tcpi_options & TCPI_OPT_SACK)
		s->w.tcp |= WIRE_SACK;
	if (info.tcpi_options & TCPI_OPT_WSCALE) {
		s->w.tcp |= WIRE_WSCALE;
		s->w.snd_wscale = info.tcpi_snd_wscale;
		s->w.rcv_wscale = info.tcpi_rcv_wscale;
	}
	if (get_int(s->fd, IPPROTO_TCP, TCP_MAXSEG, &mss))
		return sock_fail(m, s, "TCP_MAXSEG");
	s->w.mss = mss;
	return 0;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int put_clock(struct salmig *m, struct sock *s)
{
	int value;

	if (get_int(s->fd, IPPROTO_TCP, TCP_TIMESTAMP, &value))
		return sock_fail(m, s, "TCP_TIMESTAMP");
	s->w.timestamp = value;
	s->w.monotonic = clock_ns(CLOCK_MONOTONIC);
	s->w.realtime = clock_ns(CLOCK_REALTIME);
	return 0;
}

static int put_window(struct salmig *m, struct sock *s)
{
	struct tcp_repair_window window;
	socklen_t len = sizeof(window);

	_Static_assert(sizeof(window) == sizeof(s->w.window), "tcp_repair_window");
	if (getsockopt(s->fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, &len))
		return sock_fail(m, s, "TCP_REPAIR_WINDOW");
	memcpy(s->w.window, &window, sizeof(window));
	return 0;
}

/* the last @len bytes of a queue, which has at most @slack more */
static int read_queue(struct salmig *m, struct sock *s, uint32_t len,
		      uint32_t slack, uint8_t **data)
{
	uint8_t *buf;
	ssize_t n;

	*data = NULL;
	if (!len)
		return 0;
	if (len > m->limit[SALMIG_MAX_QUEUE])
		return salmig_fail(m, EFBIG, "socket %d: a queue of %u bytes", s->fd,
				   len);
	buf = malloc((size_t)len + slack);
	if (!buf)
		return salmig_fail(m, ENOMEM, "out of memory");
	n = recv(s->fd, buf, (size_t)len + slack, MSG_PEEK | MSG_DONTWAIT);
	if (n < (ssize_t)len || (!slack && n != (ssize_t)len)) {
		free(buf);
		return salmig_fail(m, EIO, "socket %d: %zd of %u bytes in a queue",
				   s->fd, n, len);
	}
	memmove(buf, buf + (n - len), len);
	*data = buf;
	return 0;
}

static int queue_seq(struct salmig *m, struct sock *s, int queue, uint32_t *seq)
{
	int value;

	if (set_int(s->fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, queue) ||
	    get_int(s->fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &value))
		return sock_fail(m, s, "TCP_QUEUE_SEQ");
	*seq = value;
	return 0;
}

static int put_received(struct salmig *m, struct sock *s, uint8_t **data)
{
	int err, len;

	err = queue_seq(m, s, TCP_RECV_QUEUE, &s->w.rcv_seq);
	if (err)
		return err;
	if (ioctl(s->fd, SIOCINQ, &len))
		return sock_fail(m, s, "SIOCINQ");
	/* The peer's end has a number, and is counted as if before the data. */
	s->w.rcv_seq -= len;
	s->w.n_received = len;
	return read_queue(m, s, len, 0, data);
}

static int put_sent(struct salmig *m, struct sock *s, uint8_t **data)
{
	int err, len, unsent;

	err = queue_seq(m, s, TCP_SEND_QUEUE, &s->w.snd_seq);
	if (err)
		return err;
	if (ioctl(s->fd, SIOCOUTQ, &len) || ioctl(s->fd, SIOCOUTQNSD, &unsent))
		return sock_fail(m, s, "SIOCOUTQ");
	/* Our end has a number, too; the successor sends it, maybe again. */
	if (s->w.flags & SALMIG_WE_SHUT) {
		s->w.snd_seq--;
		len -= len > 0;
		unsent -= unsent > 0;
	}
	if (unsent > len)
		return salmig_fail(m, EIO, "socket %d: %d of %d bytes not sent",
				   s->fd, unsent, len);
	s->w.snd_seq -= len;
	s->w.n_sent = len - unsent;
	s->w.n_unsent = unsent;
	return read_queue(m, s, len, SLACK, data);
}

static int put_connection(struct salmig *m, struct sock *s, uint8_t **received,
			  uint8_t **sent)
{
	int err;

	err = put_state(m, s);
	if (err || s->dead)
		return err;
	return check_urgent(m, s) ?: put_window(m, s) ?:
	       put_received(m, s, received) ?: put_sent(m, s, sent) ?:
	       put_clock(m, s);
}

/* It is stopped. */
int dump_send(struct salmig *m, struct sock *s)
{
	uint8_t *received = NULL, *sent = NULL;
	struct iovec iov[6];
	int err = 0;

	put_buffers(s);
	if (s->w.kind == WIRE_CONNECTION)
		err = put_connection(m, s, &received, &sent);
	if (!err && !s->dead) {
		s->w.n_tag = s->tag_len;
		iov[1] = (struct iovec){ &s->w, sizeof(s->w) };
		iov[2] = (struct iovec){ s->options, s->w.n_options };
		iov[3] = (struct iovec){ s->tag, s->w.n_tag };
		iov[4] = (struct iovec){ received, s->w.n_received };
		iov[5] = (struct iovec){ sent,
					 (size_t)s->w.n_sent + s->w.n_unsent };
		err = wire_sendv(m, WIRE_SOCKET, iov, 6);
	}
	free(received);
	free(sent);
	return err;
}
