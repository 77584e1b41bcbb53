// SPDX-License-Identifier: GPL-2.0
/*
 * take.c - the side that gets the sockets
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int add_map(struct salmig *m, const struct wire_map *map, bool own)
{
	if ((map->family != 4 && map->family != 6) || map->peer > 1)
		return salmig_fail(m, EPROTO, "a map of addresses that is none");
	if (m->n_maps == SALMIG_MAPS)
		return salmig_fail(m, E2BIG, "more than %d maps of addresses",
				   SALMIG_MAPS);
	m->own[m->n_maps] = own;
	m->maps[m->n_maps++] = *map;
	return 0;
}

int salmig_local(struct salmig *m, const struct sockaddr *addr, socklen_t len)
{
	const struct sockaddr_in6 *in6 = (const void *)addr;
	const struct sockaddr_in *in = (const void *)addr;
	struct wire_map map = {};

	if (addr->sa_family == AF_INET && len >= sizeof(*in)) {
		map.family = 4;
		memcpy(map.to, &in->sin_addr, 4);
	} else if (addr->sa_family == AF_INET6 && len >= sizeof(*in6)) {
		map.family = 6;
		memcpy(map.to, &in6->sin6_addr, 16);
	} else {
		return salmig_fail(m, EINVAL, "no address");
	}
	return add_map(m, &map, true);
}

struct taking {
	uint32_t expected;
	bool hello;
	bool complete;
	bool over;
};

static int do_map(struct salmig *m, const struct salmig_frame *f)
{
	struct wire_map map;

	if (f->len != sizeof(map))
		return salmig_fail(m, EPROTO, "a map of %u bytes", f->len);
	memcpy(&map, f->data, sizeof(map));
	return add_map(m, &map, false);
}

static int do_hello(struct salmig *m, struct taking *t,
		    const struct salmig_frame *f)
{
	struct wire_hello hello;

	if (t->hello || f->len != sizeof(hello))
		return salmig_fail(m, EPROTO, "a greeting that is none");
	memcpy(&hello, f->data, sizeof(hello));
	if (hello.sockets > m->limit[SALMIG_MAX_SOCKETS])
		return salmig_fail(m, E2BIG, "%u sockets are too many",
				   hello.sockets);
	memcpy(m->their_boot_id, hello.boot_id, sizeof(hello.boot_id));
	t->expected = hello.sockets;
	t->hello = true;
	return 0;
}

static int do_socket(struct salmig *m, struct taking *t,
		     const struct salmig_frame *f)
{
	if (!t->hello || t->complete || m->n >= t->expected)
		return salmig_fail(m, EPROTO, "a socket too many");
	if (m->bytes + f->len > m->limit[SALMIG_MAX_BYTES])
		return salmig_fail(m, EFBIG, "more than %llu bytes",
				   (unsigned long long)m->limit[SALMIG_MAX_BYTES]);
	m->bytes += f->len;
	return restore_sock(m, f->data, f->len);
}

static int do_end(struct salmig *m, struct taking *t,
		  const struct salmig_frame *f)
{
	uint32_t n;

	if (!t->hello || t->complete || f->len != sizeof(n))
		return salmig_fail(m, EPROTO, "an end that is none");
	memcpy(&n, f->data, sizeof(n));
	if (n != m->n)
		return salmig_fail(m, EPROTO, "%u sockets were sent, %zu have come",
				   n, m->n);
	t->complete = true;
	return wire_ok(m, n);
}

static int do_resume(struct salmig *m, struct taking *t)
{
	size_t i;
	int err;

	if (!t->complete)
		return salmig_fail(m, EPROTO, "they are not all there");
	for (i = 0; i < m->n; i++) {
		err = restore_speak(m, &m->socks[i]);
		if (err)
			return err;
	}
	for (i = 0; i < m->n; i++)
		restore_hear(&m->socks[i]);
	t->over = true;
	return 0;
}

static int do_frame(struct salmig *m, struct taking *t,
		    const struct salmig_frame *f)
{
	switch (f->type) {
	case WIRE_MAP:
		return do_map(m, f);
	case WIRE_HELLO:
		return do_hello(m, t, f);
	case WIRE_SOCKET:
		return do_socket(m, t, f);
	case WIRE_END:
		return do_end(m, t, f);
	case WIRE_RESUME:
		return do_resume(m, t);
	case WIRE_ABORT:
		return salmig_fail(m, ECANCELED, "the driver has given up");
	default:
		return salmig_fail(m, EPROTO, "not expected: %d", f->type);
	}
}

static uint64_t frame_max(const struct salmig *m)
{
	return sizeof(struct wire_socket) + WIRE_OPTIONS + SALMIG_TAG_MAX +
	       2 * m->limit[SALMIG_MAX_QUEUE];
}

int salmig_take(struct salmig *m)
{
	struct taking t = {};
	struct salmig_frame f;
	size_t i;
	int err;

	do {
		err = wire_recv(m, &f, frame_max(m));
		if (err)
			break;
		err = do_frame(m, &t, &f);
		free(f.data);
		if (err && err != -ECANCELED)
			wire_error(m);
	} while (!err && !t.over);
	if (err) {
		for (i = 0; i < m->n; i++)
			restore_undo(&m->socks[i]);
		return err;
	}
	/* They are ours, whether it hears that or not. */
	wire_ok(m, m->n);
	return m->n;
}
