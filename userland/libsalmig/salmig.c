// SPDX-License-Identifier: GPL-2.0
/*
 * salmig.c - an object for a hand-over, and what drivers connect to
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

int salmig_fail(struct salmig *m, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(m->error, sizeof(m->error), format, ap);
	va_end(ap);
	return -err;
}

int sock_fail(struct salmig *m, const struct sock *s, const char *what)
{
	int err = errno;

	return salmig_fail(m, err, "socket %d: %s: %s", s->fd, what, strerror(err));
}

void salmig_boot_id(uint8_t id[16])
{
	char text[64] = "";
	size_t n = 0;
	char *c;
	int fd;

	memset(id, 0, 16);
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		for (c = text; n < 16 && *c; c++)
			if (*c != '-')
				id[n++] = *c;
	close(fd);
}

struct sock *sock_new(struct salmig *m)
{
	size_t room = m->room ? 2 * m->room : 64;
	struct sock *socks;

	if (m->n >= m->limit[SALMIG_MAX_SOCKETS]) {
		salmig_fail(m, E2BIG, "more than %zu sockets", m->n);
		return NULL;
	}
	if (m->n == m->room) {
		socks = reallocarray(m->socks, room, sizeof(*socks));
		if (!socks) {
			salmig_fail(m, ENOMEM, "out of memory");
			return NULL;
		}
		m->socks = socks;
		m->room = room;
	}
	memset(&m->socks[m->n], 0, sizeof(*m->socks));
	m->socks[m->n].fd = -1;
	return &m->socks[m->n++];
}

void sock_forget(struct sock *s)
{
	free(s->tag);
	free(s->filter);
	free(s->options);
	free(s->unsent);
	s->tag = NULL;
	s->filter = NULL;
	s->options = NULL;
	s->unsent = NULL;
}

struct salmig *salmig_new(int driver)
{
	struct salmig *m;

	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->driver = driver;
	m->limit[SALMIG_MAX_SOCKETS] = 65536;
	m->limit[SALMIG_MAX_QUEUE] = 32 << 20;
	m->limit[SALMIG_MAX_BYTES] = 1 << 30;
	m->limit[SALMIG_MAX_MS] = 10000;
	salmig_boot_id(m->boot_id);
	return m;
}

void salmig_free(struct salmig *m)
{
	size_t i;

	if (!m)
		return;
	/* as one of salmig_add(), for which nothing was begun */
	if (*m->error && !m->complained)
		wire_error(m);
	for (i = 0; i < m->n; i++) {
		struct sock *s = &m->socks[i];

		if (!s->added && !s->told)
			restore_undo(s);
		sock_forget(s);
	}
	free(m->socks);
	options_forget(m);
	if (m->has_prog && m->prog >= 0)
		close(m->prog);
	close(m->driver);
	free(m);
}

const char *salmig_error(const struct salmig *m)
{
	return m->error;
}

int salmig_set_limit(struct salmig *m, enum salmig_limit limit, uint64_t value)
{
	/* lengths of frames have 32 bits, times are int */
	if ((int)limit < 0 || limit > SALMIG_MAX_MS || !value ||
	    (limit == SALMIG_MAX_QUEUE && value > 1 << 30) ||
	    (limit == SALMIG_MAX_MS && value > 1 << 30))
		return salmig_fail(m, EINVAL, "no such limit");
	m->limit[limit] = value;
	return 0;
}

int salmig_asked(struct salmig *m)
{
	int type = wire_peek(m);

	switch (type) {
	case WIRE_QUIET:
	case WIRE_GIVE:
		return SALMIG_GIVE;
	case WIRE_MAP:
	case WIRE_HELLO:
		return SALMIG_TAKE;
	default:
		return type < 0 ? type :
		       salmig_fail(m, EPROTO, "it does not begin so");
	}
}

int salmig_next(struct salmig *m, struct salmig_socket *out)
{
	struct sockaddr_in6 *in6 = (void *)&out->before;
	struct sockaddr_in *in = (void *)&out->before;
	struct sock *s;

	while (m->next < m->n) {
		s = &m->socks[m->next++];
		if (s->fd < 0 || s->added || s->told)
			continue;
		s->told = true;
		memset(out, 0, sizeof(*out));
		out->fd = s->fd;
		out->flags = s->w.flags;
		out->tag = s->tag;
		out->tag_len = s->tag_len;
		if (s->w.family == 4) {
			in->sin_family = AF_INET;
			in->sin_port = htons(s->w.local_port);
			memcpy(&in->sin_addr, s->w.local, 4);
		} else {
			in6->sin6_family = AF_INET6;
			in6->sin6_port = htons(s->w.local_port);
			memcpy(&in6->sin6_addr, s->w.local, 16);
		}
		return 1;
	}
	return 0;
}

int salmig_listen(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* The mode is that of the file from its first moment on. */
	if (fchmod(fd, 0600) || (unlink(path) && errno != ENOENT) ||
	    bind(fd, (void *)&un, sizeof(un)) || listen(fd, 4)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int salmig_accept(int lfd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd, err;

	fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		err = -errno;
	else if (cred.uid && cred.uid != geteuid())
		err = -EPERM;
	else
		return fd;
	close(fd);
	return err;
}
