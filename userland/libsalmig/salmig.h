/* SPDX-License-Identifier: GPL-2.0 */
/*
 * salmig.h - hand TCP sockets over to a process in another network namespace
 *
 * A server that is to be replaced gives its listening and established sockets to its
 * successor: sequence numbers, both queues, windows, options. The clients notice
 * nothing, provided that none of their packets meets half of it; that is the task of
 * who drives the hand-over, see salhandover(8):
 *
 *	driver				server		successor
 *	  "no new connections"		  give
 *	  freezes the service
 *	  "what have you got?"		  stops its sockets, sends their state
 *	  passes that on				  take: makes them anew
 *	  "do not go on"		  waits
 *	  re-points the flows
 *	  "go on"					  its sockets speak
 *	  thaws the service
 *	  "close them"			  closes them, silently
 *
 * The driver speaks to both by a unix stream socket each, on which they listen
 * (salmig_listen()). Where anything fails before "go on" is said, or the successor
 * answers that it cannot, the server goes on as if nothing had been, and the successor
 * has nothing. No answer is none: then it may have them.
 *
 * A process, or thread, has to be in the network namespace of the sockets, and needs
 * CAP_NET_ADMIN in the user namespace that this belongs to. Nothing else may use the
 * sockets meanwhile. An object is for one hand-over and one thread.
 *
 * Functions that return int return 0, or more where that is said, or a negative errno;
 * salmig_error() has a text then.
 */
#ifndef SALMIG_H
#define SALMIG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/** a tag has at most so many bytes */
#define SALMIG_TAG_MAX	65536

/** struct salmig - one hand-over, as one side sees it */
struct salmig;

/** enum salmig_role - what the driver asks for */
enum salmig_role {
	SALMIG_GIVE = 1,	/* salmig_give() is to be called */
	SALMIG_TAKE,		/* salmig_take() is */
};

/** enum salmig_flag - about a socket */
enum salmig_flag {
	/** it listens */
	SALMIG_LISTENER	= 1 << 0,
	/** nobody has accepted it before the hand-over; it has the tag of its listener */
	SALMIG_FRESH	= 1 << 1,
	/** the peer sends no more: behind what is in the queue comes the end */
	SALMIG_PEER_SHUT = 1 << 2,
	/** we send no more: shutdown() was called for this direction */
	SALMIG_WE_SHUT	= 1 << 3,
};

/** enum salmig_limit - what an object bounds, as its peer may be wrong or malicious */
enum salmig_limit {
	SALMIG_MAX_SOCKETS,	/* how many; 65536 */
	SALMIG_MAX_QUEUE,	/* bytes in one queue of one socket; 32 MiB */
	SALMIG_MAX_BYTES,	/* in all, with tags; 1 GiB */
	SALMIG_MAX_MS,		/* without a word of the driver; 10000 */
};

/**
 * struct salmig_socket - what salmig_next() tells
 * @fd: the socket; the caller's from now on
 * @flags: of &enum salmig_flag
 * @tag: what salmig_add() was given with it; valid until salmig_free()
 * @tag_len: bytes of @tag
 * @before: the local address that it had where it comes from
 */
struct salmig_socket {
	int fd;
	unsigned int flags;
	const void *tag;
	size_t tag_len;
	struct sockaddr_storage before;
};

/**
 * salmig_listen() - be there for drivers
 * @path: of the unix socket; one that is left there is replaced; only its owner and
 *	root may connect
 *
 * Return: a listening socket that does not block, or a negative errno.
 */
int salmig_listen(const char *path);

/**
 * salmig_accept() - a driver has come
 * @fd: of salmig_listen()
 *
 * Return: a connection of root or of our own user, for salmig_new(), or a negative
 * errno: EAGAIN where nobody has come, EPERM where it was somebody else.
 */
int salmig_accept(int fd);

/**
 * salmig_new() - begin a hand-over
 * @driver: the connection with the driver; is closed with the object
 *
 * Return: the object, or NULL without memory, and @driver is the caller's yet.
 */
struct salmig *salmig_new(int driver);

/**
 * salmig_free() - and end it
 * @m: the object, or NULL
 *
 * Sockets that salmig_next() has not told are closed, without a word to their peers. The
 * driver is told what salmig_error() says, if it has not been.
 */
void salmig_free(struct salmig *m);

/** salmig_error() - what went wrong with @m, in words; "" for nothing */
const char *salmig_error(const struct salmig *m);

/** salmig_set_limit() - bound @limit by @value. Return: 0 or -EINVAL. */
int salmig_set_limit(struct salmig *m, enum salmig_limit limit, uint64_t value);

/**
 * salmig_asked() - which role the driver has for us; waits for its first word
 * @m: the object
 *
 * Return: SALMIG_GIVE, SALMIG_TAKE or a negative errno.
 */
int salmig_asked(struct salmig *m);

/**
 * salmig_add() - a socket that is to be given
 * @m: the object
 * @fd: a TCP socket that listens, or is connected; stays the caller's until
 *	salmig_give() has succeeded
 * @tag: what the successor should know of it, as the request that is half read; NULL
 *	for nothing
 * @tag_len: bytes of that, at most SALMIG_TAG_MAX
 *
 * Return: 0, or a negative errno: EOPNOTSUPP for what cannot be given.
 */
int salmig_add(struct salmig *m, int fd, const void *tag, size_t tag_len);

/**
 * salmig_give() - give the sockets away, as the driver says
 * @m: the object
 *
 * Blocks until it is over. Listeners take no new connections first, then those that
 * have not been accepted yet are (without blocking), and given with the others.
 * Connections that have died meanwhile are not.
 *
 * Return: how many the successor has got; all that were added are closed, but those
 * that had died: salmig_next() tells these. Or a negative errno: the sockets are the
 * caller's, in the state they had; salmig_next() tells which were accepted.
 */
int salmig_give(struct salmig *m);

/**
 * salmig_local() - the address that connections are to have here
 * @m: the object
 * @addr: an IPv4 or IPv6 address, one of each at most; its port is not looked at
 * @len: of @addr
 *
 * For where the driver does not say, or wrong: this counts. It is for all sockets, but
 * for those that listen on all addresses, or have a loopback address. Without an address
 * of a family the sockets get what the driver says, or keep theirs.
 */
int salmig_local(struct salmig *m, const struct sockaddr *addr, socklen_t len);

/**
 * salmig_take() - take the sockets, as the driver says
 * @m: the object
 *
 * Blocks until it is over.
 *
 * Return: how many there are; salmig_next() tells them, listeners first. Or a
 * negative errno, and there are none.
 */
int salmig_take(struct salmig *m);

/**
 * salmig_next() - the next socket that is the caller's now
 * @m: the object, after salmig_take() or salmig_give()
 * @s: what is told
 *
 * Return: 1, or 0 where there is none.
 */
int salmig_next(struct salmig *m, struct salmig_socket *s);

#ifdef __cplusplus
}
#endif

#endif /* SALMIG_H */
