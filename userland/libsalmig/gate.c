// SPDX-License-Identifier: GPL-2.0
/*
 * gate.c - nothing gets into a socket that is read out
 *
 * Repair mode does not keep packets out: a byte that came between read-out and close
 * would be acknowledged, and lost. A socket filter that lets nothing pass does, needs
 * no rules in the namespace, and is there before anything of the segment is looked at.
 * What is dropped there is sent again by the peer, to the successor.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* at most so long for handshakes to end, and for packets to arrive */
#define SYNS_MS		500
#define SETTLE_MS	50

static struct sock_filter nothing[] = {
	BPF_STMT(BPF_RET | BPF_K, 0),
};

/* byte 13 of the header: SYN without ACK */
static struct sock_filter no_syn[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
};

static int attach(int fd, struct sock_filter *filter, unsigned int len)
{
	struct sock_fprog prog = { .filter = filter, .len = len };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

/*
 * A program that all sockets share: one of each socket's own costs the kernel some
 * 100 us, twice. Who may not have such gets these.
 */
static int shared_prog(struct salmig *m)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },	/* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t)"GPL",
	};

	if (!m->has_prog) {
		m->prog = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
		m->has_prog = true;
	}
	return m->prog;
}

static void pause_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* those that were born of a listener that was quiet have its filter */
static bool is_ours(const struct sock_filter *filter, unsigned int len)
{
	return len == sizeof(no_syn) / sizeof(no_syn[0]) &&
	       !memcmp(filter, no_syn, sizeof(no_syn));
}

/* the filter that it has: instructions, which is what the length counts here */
static int save(struct salmig *m, struct sock *s)
{
	struct sock_filter old[SALMIG_FILTER];
	socklen_t len = SALMIG_FILTER;

	if (getsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, old, &len))
		return sock_fail(m, s, "its filter cannot be kept");
	if (!len || is_ours(old, len))
		return 0;
	s->filter = malloc(len * sizeof(*old));
	if (!s->filter)
		return salmig_fail(m, ENOMEM, "out of memory");
	memcpy(s->filter, old, len * sizeof(*old));
	s->filter_len = len;
	return 0;
}

int gate_quiet(struct salmig *m, struct sock *s)
{
	int err;

	if (s->quiet)
		return 0;
	err = save(m, s);
	if (err)
		return err;
	if (attach(s->fd, no_syn, sizeof(no_syn) / sizeof(no_syn[0])))
		return sock_fail(m, s, "a filter");
	s->quiet = true;
	return 0;
}

int gate_shut(struct salmig *m, int fd)
{
	int prog = shared_prog(m);

	if (prog >= 0 &&
	    !setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)))
		return 0;
	return attach(fd, nothing, 1);
}

int gate_close(struct salmig *m, struct sock *s)
{
	int err, on = TCP_REPAIR_ON;

	if (!s->quiet) {
		err = save(m, s);
		if (err)
			return err;
	}
	if (gate_shut(m, s->fd))
		return sock_fail(m, s, "a filter");
	s->stopped = true;
	if (s->w.kind == WIRE_CONNECTION &&
	    setsockopt(s->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return sock_fail(m, s, "repair mode");
	return 0;
}

/* and all is as before */
void gate_open(struct sock *s)
{
	int off = TCP_REPAIR_OFF_NO_WP, reuse = !!(s->w.misc & WIRE_REUSE);

	if (s->stopped && s->w.kind == WIRE_CONNECTION) {
		setsockopt(s->fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
		setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
	}
	if ((s->stopped || s->quiet) &&
	    (!s->filter_len || attach(s->fd, s->filter, s->filter_len))) {
		off = 0;
		setsockopt(s->fd, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof(off));
	}
	free(s->filter);
	s->filter = NULL;
	s->filter_len = 0;
	s->stopped = false;
	s->quiet = false;
}

static uint64_t segments_in(const struct salmig *m)
{
	struct tcp_info info;
	uint64_t sum = 0;
	socklen_t len;
	size_t i;

	for (i = 0; i < m->n; i++) {
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		getsockopt(m->socks[i].fd, IPPROTO_TCP, TCP_INFO, &info, &len);
		sum += info.tcpi_segs_in;
	}
	return sum;
}

/* Who has passed a gate on another CPU is where it leads to by the end of this. */
void gate_grace(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/*
 * What has passed the service's gate before it was closed should arrive: a grace
 * period for what is on its way on another CPU, and a moment for queues. Nothing is
 * wrong where it has not, but the peer has to send it again.
 */
void gate_settle(struct salmig *m)
{
	uint64_t before, now;
	int i;

	gate_grace();
	now = segments_in(m);
	for (i = 0; i < SETTLE_MS; i++) {
		pause_ms(1);
		before = now;
		now = segments_in(m);
		if (now == before)
			return;
	}
}

static bool is_listener(const struct salmig *m, unsigned int port)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->socks[i].w.kind == WIRE_LISTENER &&
		    m->socks[i].w.local_port == port)
			return true;
	return false;
}

/* handshakes under way with one of the listeners: state 3 */
static bool has_syns(const struct salmig *m, const char *path)
{
	unsigned int port, state;
	bool found = false;
	char line[512];
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &port,
			   &state) == 2)
			found = state == STATE_SYN_RECV && is_listener(m, port);
	fclose(file);
	return found;
}

/* A handshake cannot be given: the client has ended it, and would be reset. */
void gate_drain_syns(struct salmig *m)
{
	int i;

	for (i = 0; i < SYNS_MS / 5; i++) {
		if (!has_syns(m, "/proc/thread-self/net/tcp") &&
		    !has_syns(m, "/proc/thread-self/net/tcp6"))
			return;
		pause_ms(5);
	}
}
