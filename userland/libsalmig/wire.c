// SPDX-License-Identifier: GPL-2.0
/*
 * wire.c - frames
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "internal.h"

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* for as long as the other side may be silent */
static int wire_wait(struct salmig *m, short events)
{
	int64_t end = now_ms() + (int64_t)m->limit[SALMIG_MAX_MS], left;
	struct pollfd pfd = { .fd = m->driver, .events = events };
	int n;

	do {
		left = end - now_ms();
		n = poll(&pfd, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return salmig_fail(m, errno, "poll: %s", strerror(errno));
	if (!n)
		return salmig_fail(m, ETIMEDOUT, "not a word for %d ms",
				   (int)m->limit[SALMIG_MAX_MS]);
	return 0;
}

/* a call has failed: 0 where it is to be tried again */
static int wire_retry(struct salmig *m, short events)
{
	if (errno == EINTR)
		return 0;
	if (errno == EAGAIN)
		return wire_wait(m, events);
	return salmig_fail(m, errno, "the other side is gone: %s",
			   strerror(errno));
}

static void iov_advance(struct iovec **iov, int *n, size_t done)
{
	while (*n && done >= (*iov)->iov_len) {
		done -= (*iov)->iov_len;
		(*iov)++;
		(*n)--;
	}
	if (*n) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + done;
		(*iov)->iov_len -= done;
	}
}

static int write_all(struct salmig *m, struct iovec *iov, int n)
{
	struct msghdr msg = {};
	ssize_t done;
	int err = 0;

	iov_advance(&iov, &n, 0);
	while (n && !err) {
		msg.msg_iov = iov;
		msg.msg_iovlen = n;
		done = sendmsg(m->driver, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (done >= 0)
			iov_advance(&iov, &n, done);
		else
			err = wire_retry(m, POLLOUT);
	}
	return err;
}

static int read_all(struct salmig *m, void *data, size_t len)
{
	ssize_t n;
	int err = 0;

	while (len && !err) {
		n = recv(m->driver, data, len, MSG_DONTWAIT);
		if (n > 0) {
			data = (char *)data + n;
			len -= n;
		} else if (!n) {
			err = salmig_fail(m, ECONNRESET, "the other side is gone");
		} else {
			err = wire_retry(m, POLLIN);
		}
	}
	return err;
}

int wire_sendv(struct salmig *m, enum wire_type type, struct iovec *iov, int n)
{
	struct wire_head head = {
		.magic = WIRE_MAGIC,
		.version = WIRE_VERSION,
		.type = type,
	};
	uint64_t len = 0;
	int i;

	/* the first one is the head's */
	for (i = 1; i < n; i++)
		len += iov[i].iov_len;
	if (len > UINT32_MAX)
		return salmig_fail(m, EMSGSIZE, "a frame is too long");
	head.len = len;
	iov[0].iov_base = &head;
	iov[0].iov_len = sizeof(head);
	return write_all(m, iov, n);
}

int wire_send(struct salmig *m, enum wire_type type, const void *data, uint32_t len)
{
	struct iovec iov[2] = {
		[1] = { .iov_base = (void *)data, .iov_len = len },
	};

	return wire_sendv(m, type, iov, 2);
}

int wire_peek(struct salmig *m)
{
	int err;

	if (m->has_head)
		return m->head.type;
	err = read_all(m, &m->head, sizeof(m->head));
	if (err)
		return err;
	if (m->head.magic != WIRE_MAGIC)
		return salmig_fail(m, EPROTO, "this is not a hand-over");
	if (m->head.version != WIRE_VERSION)
		return salmig_fail(m, EPROTONOSUPPORT,
				   "version %u, where %u is spoken",
				   m->head.version, WIRE_VERSION);
	if (!m->head.type || m->head.type >= WIRE_TYPES)
		return salmig_fail(m, EPROTO, "no frame has type %u",
				   m->head.type);
	m->has_head = true;
	return m->head.type;
}

int wire_recv(struct salmig *m, struct salmig_frame *f, uint64_t max)
{
	int err;

	memset(f, 0, sizeof(*f));
	err = wire_peek(m);
	if (err < 0)
		return err;
	if (m->head.len > max)
		return salmig_fail(m, EMSGSIZE, "a frame of %u bytes is too long",
				   m->head.len);
	/* never without an end, for texts */
	f->data = malloc((size_t)m->head.len + 1);
	if (!f->data)
		return salmig_fail(m, ENOMEM, "out of memory");
	f->type = m->head.type;
	f->len = m->head.len;
	m->has_head = false;
	err = read_all(m, f->data, f->len);
	if (err) {
		free(f->data);
		f->data = NULL;
		return err;
	}
	f->data[f->len] = 0;
	return 0;
}

int wire_ok(struct salmig *m, uint32_t n)
{
	return wire_send(m, WIRE_OK, &n, sizeof(n));
}

int wire_error(struct salmig *m)
{
	char text[WIRE_TEXT];

	m->complained = true;
	/* sending may write another one */
	memcpy(text, m->error, sizeof(text));
	return wire_send(m, WIRE_ERROR, text, strlen(text));
}
