// SPDX-License-Identifier: GPL-2.0
/*
 * restore.c - a socket as it was, with the addresses that it has here
 *
 * It is made in repair mode, behind a filter that lets nothing in: what is sent to its
 * peer before the flow was re-pointed would come back as a reset.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* of options on the wire, which no header for users has */
#define OPT_MSS		2
#define OPT_WINDOW	3
#define OPT_SACK	4
#define OPT_TIMESTAMP	8

#define WSCALE_MAX	14
#define USER_MSS_MIN	88
#define USER_MSS_MAX	32767
/* of one piece of a queue; what is too much for memory is tried in smaller ones */
#define PIECE		65536
#define PIECE_MIN	256

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static int set_tcp(struct salmig *m, struct sock *s, int name, int value,
		   const char *what)
{
	return set_int(s->fd, IPPROTO_TCP, name, value) ? sock_fail(m, s, what) : 0;
}

/* --- what has come ----------------------------------------------------------- */

static int check_connection(struct salmig *m, const struct wire_socket *w)
{
	if (w->tcp & ~WIRE_TCP_ALL || w->snd_wscale > WSCALE_MAX ||
	    w->rcv_wscale > WSCALE_MAX || !w->mss || w->mss > 65535 ||
	    !w->local_port || !w->peer_port)
		return salmig_fail(m, EPROTO, "a connection that is none");
	return 0;
}

static int check(struct salmig *m, const struct wire_socket *w, uint32_t len)
{
	uint64_t sum = sizeof(*w), queue = m->limit[SALMIG_MAX_QUEUE];

	sum += (uint64_t)w->n_options + w->n_tag + w->n_received;
	sum += (uint64_t)w->n_sent + w->n_unsent;
	if (sum != len)
		return salmig_fail(m, EPROTO, "a socket of %u bytes", len);
	if (w->n_options > WIRE_OPTIONS || w->n_tag > SALMIG_TAG_MAX ||
	    w->n_received > queue || (uint64_t)w->n_sent + w->n_unsent > queue)
		return salmig_fail(m, EFBIG, "a socket has too much");
	if ((w->family != 4 && w->family != 6) || w->misc & ~WIRE_MISC_ALL ||
	    w->sndbuf > INT32_MAX || w->rcvbuf > INT32_MAX || w->buf_lock > 3 ||
	    w->backlog > INT32_MAX)
		return salmig_fail(m, EPROTO, "a socket that is none");
	if (w->kind == WIRE_LISTENER && w->flags == SALMIG_LISTENER)
		return w->n_received || w->n_sent || w->n_unsent ?
		       salmig_fail(m, EPROTO, "a listener with data") : 0;
	if (w->kind != WIRE_CONNECTION || w->flags & ~(SALMIG_FRESH |
				SALMIG_PEER_SHUT | SALMIG_WE_SHUT))
		return salmig_fail(m, EPROTO, "no kind of socket: %u", w->kind);
	return check_connection(m, w);
}

/* --- addresses ---------------------------------------------------------------- */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
static const uint8_t any[16];

static bool is_v4(const struct wire_socket *w, const uint8_t *addr)
{
	return w->family == 4 || !memcmp(addr, mapped, sizeof(mapped));
}

static bool is_loopback(const uint8_t *addr, size_t len)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	return len == 4 ? addr[0] == 127 : !memcmp(addr, loopback, len);
}

static bool matches(const struct wire_map *map, const uint8_t *addr, size_t len)
{
	if (!memcmp(map->from, any, len))
		return !is_loopback(addr, len);
	return !memcmp(map->from, addr, len);
}

static const struct wire_map *find_map(const struct salmig *m, int family,
				       bool peer, const uint8_t *addr, size_t len)
{
	const struct wire_map *found = NULL;
	bool own = false;
	unsigned int i;

	for (i = 0; i < m->n_maps; i++) {
		const struct wire_map *map = &m->maps[i];

		if (map->family != family || map->peer != peer ||
		    !matches(map, addr, len))
			continue;
		/* the later one has been said on purpose, and the caller's counts */
		if (m->own[i] || !own) {
			found = map;
			own = m->own[i];
		}
	}
	return found;
}

/* from maps of endpoints, which are one to one; all addresses are of any family */
static uint16_t port_shift(const struct salmig *m, int family, const uint8_t *addr,
			   size_t len)
{
	bool all = !memcmp(addr, any, len);
	uint16_t shift = 0;
	unsigned int i;

	for (i = 0; i < m->n_maps; i++) {
		const struct wire_map *map = &m->maps[i];

		if (!map->peer && map->from_port &&
		    (all || (map->family == family && matches(map, addr, len))))
			shift = map->to_port - map->from_port;
	}
	return shift;
}

/* where the map says so; all addresses stay all addresses */
static void translate(const struct salmig *m, const struct wire_socket *w,
		      bool peer, uint8_t *addr, uint16_t *port)
{
	bool v4 = is_v4(w, addr);
	size_t len = v4 ? 4 : 16;
	int family = v4 ? 4 : 6;
	const struct wire_map *map;

	if (v4 && w->family == 6)
		addr += sizeof(mapped);
	if (!peer)
		*port += port_shift(m, family, addr, len);
	map = find_map(m, family, peer, addr, len);
	if (map && (peer || memcmp(addr, any, len)))
		memcpy(addr, map->to, len);
}

static socklen_t sockaddr_of(const struct salmig *m, const struct wire_socket *w,
			     bool peer, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;
	uint16_t port = peer ? w->peer_port : w->local_port;
	uint8_t addr[16];

	memcpy(addr, peer ? w->peer : w->local, sizeof(addr));
	translate(m, w, peer, addr, &port);
	memset(ss, 0, sizeof(*ss));
	if (w->family == 4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, addr, 16);
	return sizeof(*in6);
}

static int addr_fail(struct salmig *m, const struct sockaddr_storage *ss,
		     const char *what)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;
	char text[INET6_ADDRSTRLEN] = "?";
	int err = errno;

	/* both families have the port there */
	inet_ntop(ss->ss_family, ss->ss_family == AF_INET ?
		  (const void *)&in->sin_addr : (const void *)&in6->sin6_addr,
		  text, sizeof(text));
	return salmig_fail(m, err, "%s %s port %u: %s", what, text,
			   ntohs(in->sin_port), strerror(err));
}

/* --- making it ---------------------------------------------------------------- */

/* A socket has twice what is asked for. */
static void set_buffer(int fd, int force, int plain, uint64_t size)
{
	int half = size / 2 > INT32_MAX / 2 ? INT32_MAX / 2 : size / 2;

	/* The right for all network namespaces is one that we may not have. */
	if (set_int(fd, SOL_SOCKET, force, half))
		set_int(fd, SOL_SOCKET, plain, half);
}

/* Room for what is put in, whatever pieces it has had; then as it was. */
static void set_buffers(struct sock *s, bool filling)
{
	uint64_t snd = s->w.sndbuf, rcv = s->w.rcvbuf, need;

	if (filling) {
		need = 4 * ((uint64_t)s->w.n_sent + s->w.n_unsent) + 2 * PIECE;
		snd = snd > need ? snd : need;
		need = 4 * (uint64_t)s->w.n_received + 2 * PIECE;
		rcv = rcv > need ? rcv : need;
	}
	if (snd)
		set_buffer(s->fd, SO_SNDBUFFORCE, SO_SNDBUF, snd);
	if (rcv)
		set_buffer(s->fd, SO_RCVBUFFORCE, SO_RCVBUF, rcv);
	/* or the kernel would not make them larger any more */
	set_int(s->fd, SOL_SOCKET, SO_BUF_LOCK, filling ? 0 : s->w.buf_lock);
}

static int set_seq(struct salmig *m, struct sock *s, int queue, uint32_t seq)
{
	return set_tcp(m, s, TCP_REPAIR_QUEUE, queue, "TCP_REPAIR_QUEUE") ?:
	       set_tcp(m, s, TCP_QUEUE_SEQ, seq, "TCP_QUEUE_SEQ");
}

static int bind_it(struct salmig *m, struct sock *s)
{
	struct sockaddr_storage ss;
	socklen_t len = sockaddr_of(m, &s->w, false, &ss);

	return bind(s->fd, (void *)&ss, len) ? addr_fail(m, &ss, "bind to") : 0;
}

static int connect_it(struct salmig *m, struct sock *s)
{
	struct sockaddr_storage ss;
	socklen_t len = sockaddr_of(m, &s->w, true, &ss);

	return connect(s->fd, (void *)&ss, len) ? addr_fail(m, &ss, "connect to") :
	       0;
}

static int negotiated(struct salmig *m, struct sock *s)
{
	struct tcp_repair_opt opts[4];
	int n = 0;

	opts[n++] = (struct tcp_repair_opt){ OPT_MSS, s->w.mss };
	if (s->w.tcp & WIRE_WSCALE)
		opts[n++] = (struct tcp_repair_opt){ OPT_WINDOW,
			s->w.snd_wscale | (uint32_t)s->w.rcv_wscale << 16 };
	if (s->w.tcp & WIRE_SACK)
		opts[n++] = (struct tcp_repair_opt){ OPT_SACK, 0 };
	if (s->w.tcp & WIRE_TIMESTAMPS)
		opts[n++] = (struct tcp_repair_opt){ OPT_TIMESTAMP, 0 };
	if (setsockopt(s->fd, IPPROTO_TCP, TCP_REPAIR_OPTIONS, opts,
		       n * sizeof(opts[0])))
		return sock_fail(m, s, "TCP_REPAIR_OPTIONS");
	return 0;
}

/*
 * The old socket may have sent by its clock after it was read out; a peer takes what
 * is older than that for lost long ago. The lowest bit says that it counts
 * microseconds.
 */
static int set_clock(struct salmig *m, struct sock *s)
{
	bool same = !memcmp(m->boot_id, m->their_boot_id, sizeof(m->boot_id));
	int64_t ns, was = same ? s->w.monotonic : s->w.realtime;
	uint32_t value = s->w.timestamp;
	struct timespec ts;

	clock_gettime(same ? CLOCK_MONOTONIC : CLOCK_REALTIME, &ts);
	ns = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	ns = ns > was && ns / 1000000000 - was / 1000000000 < 60 ? ns - was : 0;
	/* up, but for the flag */
	if (value & 1)
		value += (ns / 1000 + 2) & ~1;
	else
		value += (ns / 1000000 + 3) & ~1;
	return set_tcp(m, s, TCP_TIMESTAMP, value, "TCP_TIMESTAMP");
}

static int fill(struct salmig *m, struct sock *s, int queue, const uint8_t *data,
		uint32_t len)
{
	uint32_t piece = PIECE;
	ssize_t n;
	int err;

	if (!len)
		return 0;
	err = set_tcp(m, s, TCP_REPAIR_QUEUE, queue, "TCP_REPAIR_QUEUE");
	if (err)
		return err;
	while (len) {
		n = send(s->fd, data, piece < len ? piece : len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0) {
			data += n;
			len -= n;
		} else if (n < 0 && (errno == ENOMEM || errno == ENOBUFS) &&
			   piece > PIECE_MIN) {
			piece /= 2;
		} else if (n < 0 && errno != EINTR) {
			return sock_fail(m, s, queue == TCP_RECV_QUEUE ?
					 "its receive queue" : "its send queue");
		}
	}
	return 0;
}

/*
 * The kernel refuses windows that it makes itself: one that was closed for want of
 * memory may lie before the segment that the peer's window was learnt from. That
 * segment's number is forgotten at the end of repair mode anyway.
 */
static int set_window(struct salmig *m, struct sock *s)
{
	uint32_t rcv_nxt = s->w.rcv_seq + s->w.n_received;
	struct tcp_repair_window window;

	_Static_assert(sizeof(window) == sizeof(s->w.window), "tcp_repair_window");
	memcpy(&window, s->w.window, sizeof(window));
	window.snd_wl1 = rcv_nxt - 1;
	if (window.max_window < window.snd_wnd)
		window.max_window = window.snd_wnd;
	if ((int32_t)(window.rcv_wup - rcv_nxt) > 0)
		window.rcv_wup = rcv_nxt;
	if (setsockopt(s->fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window,
		       sizeof(window)))
		return sock_fail(m, s, "TCP_REPAIR_WINDOW");
	return 0;
}

/* Else segments would be of 536 bytes until the path MTU changes. */
static int begin_mss(struct salmig *m, struct sock *s)
{
	uint32_t mss = s->w.mss;

	mss = mss < USER_MSS_MIN ? USER_MSS_MIN : mss;
	mss = mss > USER_MSS_MAX ? USER_MSS_MAX : mss;
	return set_tcp(m, s, TCP_MAXSEG, mss, "TCP_MAXSEG");
}

static int make_connection(struct salmig *m, struct sock *s, const uint8_t *data)
{
	const uint8_t *sent = data + s->w.n_received;
	int err;

	if (gate_shut(m, s->fd))
		return sock_fail(m, s, "a filter");
	err = set_tcp(m, s, TCP_REPAIR, TCP_REPAIR_ON, "repair mode") ?:
	      set_seq(m, s, TCP_SEND_QUEUE, s->w.snd_seq) ?:
	      set_seq(m, s, TCP_RECV_QUEUE, s->w.rcv_seq) ?:
	      options_set(m, s, OPTION_EARLY) ?: begin_mss(m, s) ?:
	      bind_it(m, s) ?: connect_it(m, s) ?: negotiated(m, s) ?:
	      set_tcp(m, s, TCP_MAXSEG, 0, "TCP_MAXSEG");
	if (!err && s->w.tcp & WIRE_TIMESTAMPS)
		err = set_clock(m, s);
	return err ?: fill(m, s, TCP_RECV_QUEUE, data, s->w.n_received) ?:
	       fill(m, s, TCP_SEND_QUEUE, sent, s->w.n_sent) ?:
	       set_window(m, s) ?: options_set(m, s, OPTION_LATE);
}

static int make_listener(struct salmig *m, struct sock *s)
{
	int err;

	err = set_int(s->fd, SOL_SOCKET, SO_REUSEADDR,
		      !!(s->w.misc & WIRE_REUSE)) ?
	      sock_fail(m, s, "SO_REUSEADDR") : 0;
	err = err ?: options_set(m, s, OPTION_EARLY) ?: bind_it(m, s);
	if (err)
		return err;
	/* a SYN that comes now is sent again; no connection begins before the others */
	if (gate_shut(m, s->fd))
		return sock_fail(m, s, "a filter");
	if (listen(s->fd, s->w.backlog))
		return sock_fail(m, s, "listen");
	return options_set(m, s, OPTION_LATE);
}

static int keep(struct salmig *m, struct sock *s, const uint8_t *tag,
		const uint8_t *unsent)
{
	if (s->w.n_tag) {
		s->tag = malloc(s->w.n_tag);
		if (!s->tag)
			return salmig_fail(m, ENOMEM, "out of memory");
		memcpy(s->tag, tag, s->w.n_tag);
		s->tag_len = s->w.n_tag;
	}
	if (s->w.n_unsent) {
		s->unsent = malloc(s->w.n_unsent);
		if (!s->unsent)
			return salmig_fail(m, ENOMEM, "out of memory");
		memcpy(s->unsent, unsent, s->w.n_unsent);
	}
	return 0;
}

int restore_sock(struct salmig *m, const uint8_t *data, uint32_t len)
{
	struct wire_socket w;
	struct sock *s;
	int err;

	if (len < sizeof(w))
		return salmig_fail(m, EPROTO, "a socket of %u bytes", len);
	memcpy(&w, data, sizeof(w));
	data += sizeof(w);
	err = check(m, &w, len) ?: options_check(m, data, w.n_options);
	if (err)
		return err;
	s = sock_new(m);
	if (!s)
		return -ENOMEM;
	s->w = w;
	s->options = malloc(w.n_options + 1);
	if (!s->options)
		return salmig_fail(m, ENOMEM, "out of memory");
	memcpy(s->options, data, w.n_options);
	data += w.n_options;
	err = keep(m, s, data, data + w.n_tag + w.n_received + w.n_sent);
	if (err)
		return err;
	s->fd = socket(w.family == 4 ? AF_INET : AF_INET6,
		       SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	if (s->fd < 0)
		return sock_fail(m, s, "socket");
	set_buffers(s, true);
	if (w.kind == WIRE_LISTENER)
		return make_listener(m, s);
	return make_connection(m, s, data + w.n_tag);
}

/* --- and it speaks ------------------------------------------------------------ */

static int send_unsent(struct salmig *m, struct sock *s)
{
	uint32_t done = 0;
	ssize_t n;

	while (done < s->w.n_unsent) {
		n = send(s->fd, s->unsent + done, s->w.n_unsent - done,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			done += n;
		else if (n < 0 && errno != EINTR)
			return sock_fail(m, s, "what it has not sent");
	}
	free(s->unsent);
	s->unsent = NULL;
	return 0;
}

/*
 * All that can fail, and the filter is there yet: what fails for one of them can be
 * taken back for all, as nothing that came for any has been acknowledged.
 */
int restore_speak(struct salmig *m, struct sock *s)
{
	int err = 0;

	/* with a window probe: the peer answers, and tells how far it is */
	if (s->w.kind == WIRE_CONNECTION)
		err = set_tcp(m, s, TCP_REPAIR, TCP_REPAIR_OFF,
			      "the end of repair mode");
	err = err ?: options_set(m, s, OPTION_LAST);
	return err ?: send_unsent(m, s);
}

/* and from here on it hears */
void restore_hear(struct sock *s)
{
	int off = 0;

	setsockopt(s->fd, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof(off));
	/*
	 * The peer's end was acknowledged long ago and does not come again. For who
	 * reads it is the same.
	 */
	if (s->w.flags & SALMIG_PEER_SHUT)
		shutdown(s->fd, SHUT_RD);
	if (s->w.flags & SALMIG_WE_SHUT)
		shutdown(s->fd, SHUT_WR);
	if (s->w.kind == WIRE_CONNECTION && s->w.misc & WIRE_REUSE)
		set_int(s->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_buffers(s, false);
	if (s->w.misc & WIRE_NONBLOCK)
		fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) | O_NONBLOCK);
}

/* it was never there: in repair mode a socket goes without a word */
void restore_undo(struct sock *s)
{
	if (s->fd < 0)
		return;
	if (s->w.kind == WIRE_CONNECTION)
		set_int(s->fd, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON);
	close(s->fd);
	s->fd = -1;
}
