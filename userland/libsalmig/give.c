// SPDX-License-Identifier: GPL-2.0
/*
 * give.c - the side that has the sockets
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

int salmig_add(struct salmig *m, int fd, const void *tag, size_t tag_len)
{
	struct sock *s;
	int err;

	if (tag_len > SALMIG_TAG_MAX)
		return salmig_fail(m, EINVAL, "a tag of %zu bytes", tag_len);
	s = sock_new(m);
	if (!s)
		return -ENOMEM;
	s->fd = fd;
	s->added = true;
	err = dump_begin(m, s);
	if (!err && tag_len) {
		s->tag = malloc(tag_len);
		if (s->tag)
			memcpy(s->tag, tag, tag_len);
		else
			err = salmig_fail(m, ENOMEM, "out of memory");
	}
	if (err) {
		sock_forget(s);
		m->n--;
		return err;
	}
	s->tag_len = tag_len;
	return 0;
}

/* Whatever was done to the sockets is undone. */
static void go_on(struct salmig *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		gate_open(&m->socks[i]);
}

static int quiet(struct salmig *m)
{
	size_t i;
	int err;

	for (i = 0; i < m->n; i++) {
		if (m->socks[i].w.kind != WIRE_LISTENER)
			continue;
		err = gate_quiet(m, &m->socks[i]);
		if (err)
			return err;
	}
	gate_drain_syns(m);
	return wire_ok(m, m->n);
}

/* one that has been connected, and nobody knows it yet */
static int accept_one(struct salmig *m, size_t listener, int fd)
{
	size_t len = m->socks[listener].tag_len;
	struct sock *s;

	s = sock_new(m);
	if (!s) {
		close(fd);
		return -ENOMEM;
	}
	s->fd = fd;
	s->w.flags = SALMIG_FRESH;
	if (len) {
		s->tag = malloc(len);
		if (!s->tag)
			return salmig_fail(m, ENOMEM, "out of memory");
		memcpy(s->tag, m->socks[listener].tag, len);
		s->tag_len = len;
	}
	return dump_begin(m, s);
}

static int accept_all(struct salmig *m, size_t listener)
{
	int err, fd, lfd = m->socks[listener].fd, flags;

	flags = fcntl(lfd, F_GETFL);
	if (flags < 0 || fcntl(lfd, F_SETFL, flags | O_NONBLOCK))
		return sock_fail(m, &m->socks[listener], "O_NONBLOCK");
	do {
		fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
		err = fd < 0 ? 0 : accept_one(m, listener, fd);
	} while (!err && (fd >= 0 || errno == EINTR || errno == ECONNABORTED));
	if (!err && errno != EAGAIN)
		err = sock_fail(m, &m->socks[listener], "accept");
	fcntl(lfd, F_SETFL, flags);
	return err;
}

/* from here on nothing gets in, and nothing has been missed */
static int stop(struct salmig *m)
{
	size_t i, listeners = m->n;
	int err;

	gate_settle(m);
	for (i = 0; i < listeners; i++) {
		if (m->socks[i].w.kind != WIRE_LISTENER)
			continue;
		err = gate_close(m, &m->socks[i]) ?: accept_all(m, i);
		if (err)
			return err;
	}
	for (i = 0; i < m->n; i++) {
		if (m->socks[i].w.kind == WIRE_LISTENER)
			continue;
		err = m->socks[i].dead ? 0 : gate_close(m, &m->socks[i]);
		if (err)
			return err;
	}
	/* who has passed a filter on another CPU before it was there */
	gate_grace();
	return 0;
}

static int send_kind(struct salmig *m, enum wire_kind kind, uint32_t *n)
{
	size_t i;
	int err;

	for (i = 0; i < m->n; i++) {
		if (m->socks[i].w.kind != kind || m->socks[i].dead)
			continue;
		err = dump_send(m, &m->socks[i]);
		if (err)
			return err;
		*n += !m->socks[i].dead;
	}
	return 0;
}

/* Listeners first: a port is not to be had for them beside connections. */
static int send_all(struct salmig *m, uint32_t *n)
{
	struct wire_hello hello = { .sockets = m->n };
	int err;

	memcpy(hello.boot_id, m->boot_id, sizeof(hello.boot_id));
	err = stop(m);
	if (err)
		return err;
	hello.sockets = m->n;
	*n = 0;
	return wire_send(m, WIRE_HELLO, &hello, sizeof(hello)) ?:
	       send_kind(m, WIRE_LISTENER, n) ?:
	       send_kind(m, WIRE_CONNECTION, n) ?:
	       wire_send(m, WIRE_END, n, sizeof(*n));
}

/* Closed in repair mode, a socket just goes. */
static void close_all(struct salmig *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct sock *s = &m->socks[i];

		if (s->dead) {
			/* the caller sees why */
			gate_open(s);
			s->added = false;
			continue;
		}
		close(s->fd);
		s->fd = -1;
	}
}

struct giving {
	uint32_t sent;
	bool has_sent;
	bool released;
	bool over;
};

static int do_give(struct salmig *m, struct giving *g)
{
	int err;

	if (g->has_sent)
		return salmig_fail(m, EPROTO, "they were given already");
	err = send_all(m, &g->sent);
	g->has_sent = !err;
	return err;
}

static int do_frame(struct salmig *m, struct giving *g, enum wire_type type)
{
	switch (type) {
	case WIRE_QUIET:
		return quiet(m);
	case WIRE_GIVE:
		return do_give(m, g);
	case WIRE_RELEASE:
		if (!g->has_sent)
			break;
		g->released = true;
		return wire_ok(m, g->sent);
	case WIRE_CLOSE:
		if (!g->released)
			break;
		g->over = true;
		return 0;
	case WIRE_ABORT:
		g->released = false;
		return salmig_fail(m, ECANCELED, "the driver has given up");
	default:
		break;
	}
	return salmig_fail(m, EPROTO, "not asked for at this point: %d", type);
}

int salmig_give(struct salmig *m)
{
	struct giving g = {};
	struct salmig_frame f;
	int err;

	do {
		err = wire_recv(m, &f, 0);
		if (err)
			break;
		free(f.data);
		err = do_frame(m, &g, f.type);
		if (err && err != -ECANCELED)
			wire_error(m);
	} while (!err && !g.over);
	/*
	 * From "do not go on" on there may be a successor that does: where the driver
	 * is lost then, nobody may be, but there are never two.
	 */
	if (err && !g.released) {
		go_on(m);
		/* who waits for that before packets come again */
		if (err == -ECANCELED)
			wire_ok(m, m->n);
		return err;
	}
	close_all(m);
	if (!err)
		wire_ok(m, g.sent);
	return g.sent;
}
