/* SPDX-License-Identifier: GPL-2.0 */
/*
 * internal.h - what the parts of libsalmig have in common
 */
#ifndef SALMIG_INTERNAL_H
#define SALMIG_INTERNAL_H

#include <linux/filter.h>
#include <stdbool.h>

#include "salmig.h"
#include "wire.h"

/* The kernel's, which only glibc's header has, and with a tcp_info of long ago. */
enum tcp_state {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
};

#define SALMIG_MAPS	64
#define SALMIG_FILTER	64

/**
 * struct sock - a socket on its way
 * @fd: -1 where it was told by salmig_next(), or is closed
 * @added: by the caller, whose it is as long as it has not been given
 * @stopped: nothing gets in, and it is in repair mode
 * @quiet: a listener that lets no SYN in
 * @dead: of no use to a successor
 * @told: by salmig_next()
 * @filter: what it had before it was stopped
 * @filter_len: instructions; 0 for none
 * @unsent: for the end, when it may speak
 */
struct sock {
	int fd;
	bool added;
	bool stopped;
	bool quiet;
	bool dead;
	bool told;
	void *tag;
	size_t tag_len;
	struct sock_filter *filter;
	unsigned int filter_len;
	struct wire_socket w;
	uint8_t *options;
	uint8_t *unsent;
};

struct salmig {
	int driver;
	char error[WIRE_TEXT];
	uint64_t limit[SALMIG_MAX_MS + 1];
	struct wire_head head;
	bool has_head;
	bool has_prog;
	int prog;		/* negative: none to be had */
	bool complained;	/* the driver knows the error */
	struct sock *socks;
	size_t n, room, next;
	uint64_t bytes;
	struct wire_map maps[SALMIG_MAPS];
	bool own[SALMIG_MAPS];	/* of salmig_local() */
	unsigned int n_maps;
	uint8_t boot_id[16];
	uint8_t their_boot_id[16];
	/* what a new socket has, of each kind and family; see options_set() */
	struct option_default *defaults[2][2];
};

/* the text, and -err */
__attribute__((format(printf, 3, 4)))
int salmig_fail(struct salmig *m, int err, const char *format, ...);
/* the same, with the name of the socket before and the errno behind it */
int sock_fail(struct salmig *m, const struct sock *s, const char *what);
/* NULL and the text without memory; the pointers of others are no good any more */
struct sock *sock_new(struct salmig *m);
void sock_forget(struct sock *s);
void salmig_boot_id(uint8_t id[16]);

/* gate.c: 0 or negative errno with a text */
int gate_quiet(struct salmig *m, struct sock *s);
int gate_close(struct salmig *m, struct sock *s);
int gate_shut(struct salmig *m, int fd);
void gate_open(struct sock *s);
void gate_settle(struct salmig *m);
void gate_grace(void);
void gate_drain_syns(struct salmig *m);

/* dump.c: what cannot change before it is stopped, then the rest */
int dump_begin(struct salmig *m, struct sock *s);
int dump_send(struct salmig *m, struct sock *s);

/* restore.c */
int restore_sock(struct salmig *m, const uint8_t *data, uint32_t len);
int restore_speak(struct salmig *m, struct sock *s);
void restore_hear(struct sock *s);
void restore_undo(struct sock *s);

/* option.c: into &sock.options */
int options_get(struct salmig *m, struct sock *s);
enum option_when {
	OPTION_EARLY,		/* before bind */
	OPTION_LATE,		/* once there is a connection, or it listens */
	OPTION_LAST,		/* when it speaks */
};
int options_set(struct salmig *m, const struct sock *s, enum option_when when);
void options_forget(struct salmig *m);
int options_check(struct salmig *m, const uint8_t *data, uint32_t len);

#endif /* SALMIG_INTERNAL_H */
