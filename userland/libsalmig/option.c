// SPDX-License-Identifier: GPL-2.0
/*
 * option.c - the options that a socket takes along
 */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "internal.h"

enum option_of {
	OF_LISTENER	= 1 << 0,
	OF_CONNECTION	= 1 << 1,
	OF_ALL		= OF_LISTENER | OF_CONNECTION,
	OF_V4		= 1 << 2,	/* also IPv4 in IPv6 sockets */
	OF_V6		= 1 << 3,
	/* may be refused: a congestion control that is not there */
	OF_MAYBE	= 1 << 4,
};

#define INT sizeof(int)

/* Their places are their numbers on the wire: append. */
static const struct option {
	int level;
	int name;
	uint16_t len;	/* at most; exactly, but for names */
	uint8_t when;
	uint8_t of;
} options[] = {
	{ SOL_SOCKET, SO_REUSEPORT, INT, OPTION_EARLY, OF_ALL },
	{ SOL_SOCKET, SO_KEEPALIVE, INT, OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_LINGER, sizeof(struct linger), OPTION_LAST, OF_ALL },
	{ SOL_SOCKET, SO_PRIORITY, INT, OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_MARK, INT, OPTION_EARLY, OF_ALL },
	{ SOL_SOCKET, SO_RCVLOWAT, INT, OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_OOBINLINE, INT, OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_RCVTIMEO, sizeof(struct timeval), OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_SNDTIMEO, sizeof(struct timeval), OPTION_LATE, OF_ALL },
	{ SOL_SOCKET, SO_DONTROUTE, INT, OPTION_EARLY, OF_ALL },
	{ SOL_SOCKET, SO_BUSY_POLL, INT, OPTION_LATE, OF_ALL | OF_MAYBE },
	{ IPPROTO_TCP, TCP_NODELAY, INT, OPTION_LATE, OF_ALL },
	{ IPPROTO_TCP, TCP_CORK, INT, OPTION_LAST, OF_ALL },
	{ IPPROTO_TCP, TCP_KEEPIDLE, INT, OPTION_EARLY, OF_ALL },
	{ IPPROTO_TCP, TCP_KEEPINTVL, INT, OPTION_EARLY, OF_ALL },
	{ IPPROTO_TCP, TCP_KEEPCNT, INT, OPTION_EARLY, OF_ALL },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, INT, OPTION_LATE, OF_ALL },
	{ IPPROTO_TCP, TCP_LINGER2, INT, OPTION_LATE, OF_ALL },
	{ IPPROTO_TCP, TCP_SYNCNT, INT, OPTION_EARLY, OF_ALL },
	{ IPPROTO_TCP, TCP_DEFER_ACCEPT, INT, OPTION_EARLY, OF_LISTENER },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, INT, OPTION_LATE, OF_ALL },
	{ IPPROTO_TCP, TCP_CONGESTION, 16, OPTION_EARLY, OF_ALL | OF_MAYBE },
	{ IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, INT, OPTION_LATE, OF_ALL },
	{ IPPROTO_IP, IP_TOS, INT, OPTION_EARLY, OF_ALL | OF_V4 },
	{ IPPROTO_IP, IP_TTL, INT, OPTION_EARLY, OF_ALL | OF_V4 },
	{ IPPROTO_IP, IP_MTU_DISCOVER, INT, OPTION_EARLY, OF_ALL | OF_V4 },
	{ IPPROTO_IP, IP_RECVERR, INT, OPTION_LATE, OF_ALL | OF_V4 },
	{ IPPROTO_IPV6, IPV6_V6ONLY, INT, OPTION_EARLY, OF_ALL | OF_V6 },
	{ IPPROTO_IPV6, IPV6_TCLASS, INT, OPTION_EARLY, OF_ALL | OF_V6 },
	{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, INT, OPTION_EARLY, OF_ALL | OF_V6 },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, INT, OPTION_EARLY, OF_ALL | OF_V6 },
	{ IPPROTO_IPV6, IPV6_RECVERR, INT, OPTION_LATE, OF_ALL | OF_V6 },
	{ IPPROTO_IP, IP_FREEBIND, INT, OPTION_EARLY, OF_ALL | OF_V4 },
	{ IPPROTO_IP, IP_TRANSPARENT, INT, OPTION_EARLY, OF_ALL | OF_V4 },
	{ IPPROTO_TCP, TCP_MAXSEG, INT, OPTION_EARLY, OF_LISTENER },
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static bool applies(const struct option *o, const struct wire_socket *w)
{
	if (!(o->of & (w->kind == WIRE_LISTENER ? OF_LISTENER : OF_CONNECTION)))
		return false;
	return !(o->of & OF_V6) || w->family == 6;
}

static uint32_t filled_up(uint32_t len)
{
	return (len + 3) & ~3U;
}

int options_get(struct salmig *m, struct sock *s)
{
	uint8_t data[WIRE_OPTIONS] = {}, value[WIRE_OPTION];
	struct wire_option head;
	uint32_t used = 0;
	socklen_t len;
	size_t i;

	_Static_assert(N_OPTIONS * (sizeof(head) + WIRE_OPTION) <= WIRE_OPTIONS,
		       "room for all options");
	for (i = 0; i < N_OPTIONS; i++) {
		if (!applies(&options[i], &s->w))
			continue;
		len = options[i].len;
		memset(value, 0, sizeof(value));
		/* an older kernel does not know it */
		if (getsockopt(s->fd, options[i].level, options[i].name, value,
			       &len) || len > options[i].len)
			continue;
		head.id = i;
		head.len = len;
		memcpy(data + used, &head, sizeof(head));
		memcpy(data + used + sizeof(head), value, len);
		used += sizeof(head) + filled_up(len);
	}
	s->options = malloc(used + 1);
	if (!s->options)
		return salmig_fail(m, ENOMEM, "out of memory");
	memcpy(s->options, data, used);
	s->w.n_options = used;
	return 0;
}

/* the next one, in @data of @len bytes; false at the end, or where it is wrong */
static bool option_next(const uint8_t **data, uint32_t *len,
			struct wire_option *head, uint8_t *value)
{
	uint32_t room;

	if (*len < sizeof(*head))
		return false;
	memcpy(head, *data, sizeof(*head));
	if (head->len > WIRE_OPTION)
		return false;
	room = sizeof(*head) + filled_up(head->len);
	if (room > *len)
		return false;
	memset(value, 0, WIRE_OPTION);
	memcpy(value, *data + sizeof(*head), head->len);
	*data += room;
	*len -= room;
	return true;
}

int options_check(struct salmig *m, const uint8_t *data, uint32_t len)
{
	uint8_t value[WIRE_OPTION];
	struct wire_option head;

	while (option_next(&data, &len, &head, value)) {
		if (head.id >= N_OPTIONS)
			return salmig_fail(m, EPROTO, "option %u is not known here",
					   head.id);
		if (head.len > options[head.id].len)
			return salmig_fail(m, EPROTO, "option %u is too long",
					   head.id);
	}
	return len ? salmig_fail(m, EPROTO, "options that are none") : 0;
}

/*
 * Most options of most sockets are what a new one has anyway. To compare is cheaper
 * than to ask the kernel, for each of some thousand sockets.
 */
struct option_default {
	bool known[N_OPTIONS];
	uint8_t value[N_OPTIONS][WIRE_OPTION];
};

static struct option_default *defaults_of(struct salmig *m, const struct sock *s)
{
	struct option_default **slot, *d;
	socklen_t len;
	size_t i;
	int fd;

	slot = &m->defaults[s->w.kind == WIRE_LISTENER][s->w.family == 6];
	if (*slot)
		return *slot;
	d = calloc(1, sizeof(*d));
	fd = socket(s->w.family == 4 ? AF_INET : AF_INET6,
		    SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	for (i = 0; d && fd >= 0 && i < N_OPTIONS; i++) {
		len = options[i].len;
		d->known[i] = !getsockopt(fd, options[i].level, options[i].name,
					  d->value[i], &len);
	}
	if (fd >= 0)
		close(fd);
	*slot = d;
	return d;
}

void options_forget(struct salmig *m)
{
	int i;

	for (i = 0; i < 4; i++)
		free(m->defaults[i / 2][i % 2]);
}

int options_set(struct salmig *m, const struct sock *s, enum option_when when)
{
	struct option_default *d = defaults_of(m, s);
	const uint8_t *data = s->options;
	uint32_t left = s->w.n_options;
	uint8_t value[WIRE_OPTION];
	struct wire_option head;

	while (option_next(&data, &left, &head, value)) {
		const struct option *o = &options[head.id];

		if (o->when != when || !applies(o, &s->w))
			continue;
		if (d && d->known[head.id] &&
		    !memcmp(d->value[head.id], value, sizeof(value)))
			continue;
		if (setsockopt(s->fd, o->level, o->name, value, head.len) &&
		    !(o->of & OF_MAYBE)) {
			int err = errno;

			return salmig_fail(m, err, "option %d of level %d: %s",
					   o->name, o->level, strerror(err));
		}
	}
	return 0;
}
