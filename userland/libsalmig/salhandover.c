// SPDX-License-Identifier: GPL-2.0
/*
 * salhandover - drive the hand-over of a server's TCP sockets to its successor
 *
 * See usage(), and salhandover(8). It speaks to both servers by libsalmig's frames and
 * passes the state of the sockets on; all decisions are made here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "target.h"

/* of one socket, which is all that is kept at a time */
#define FRAME_MAX	(256 << 20)
/* a word for who waits, so often */
#define WORD_MS		500

static struct {
	const char *svc, *from, *to;
	const char *from_path, *to_path;
	const char *time;
	unsigned int linger, max_ms;
	bool bare, json;
	struct wire_map maps[SALMIG_MAPS];
	unsigned int n_maps;
} opt = { .time = "10s", .linger = 100, .max_ms = 10000 };

static struct target before, after;
static int64_t known;		/* since when they are */
static struct salmig *giver, *taker;

static void usage(void)
{
	fputs("usage: salhandover [OPTIONS] SERVICE from EP SOCKET to EP SOCKET\n"
	      "       salhandover [OPTIONS] --bare SOCKET SOCKET\n"
	      "\n"
	      "  -n, --netns NS         where the domain is\n"
	      "  -t, --time TIME        freeze the service for so long at most (10s)\n"
	      "  -w, --wait MS          for a word of either side (10000)\n"
	      "  -l, --linger MS        the old sockets stay for so long, silent (100)\n"
	      "  -a, --addr ADDR        of the successor, instead of its endpoint's\n"
	      "  -p, --peer OLD=NEW     what is known there by another address\n"
	      "  -b, --bare             no service: nobody freezes or migrates\n"
	      "  -j, --json             for machines\n", stderr);
	exit(2);
}

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("salhandover: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

/* --- options ------------------------------------------------------------------ */

static struct wire_map *new_map(void)
{
	if (opt.n_maps == SALMIG_MAPS)
		die("too many addresses");
	memset(&opt.maps[opt.n_maps], 0, sizeof(opt.maps[0]));
	return &opt.maps[opt.n_maps++];
}

static int parse_addr(const char *text, uint8_t *addr)
{
	if (inet_pton(AF_INET, text, addr) == 1)
		return 4;
	if (inet_pton(AF_INET6, text, addr) == 1)
		return 6;
	die("no address: %s", text);
}

static void add_addr(const char *text)
{
	struct wire_map *map = new_map();

	map->family = parse_addr(text, map->to);
}

static void add_peer(char *text)
{
	struct wire_map *map = new_map();
	char *to = strchr(text, '=');

	if (!to)
		usage();
	*to++ = '\0';
	map->peer = 1;
	map->family = parse_addr(text, map->from);
	if (parse_addr(to, map->to) != map->family)
		die("two families: %s=%s", text, to);
}

static unsigned int number(const char *text)
{
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 10);
	if (*end || end == text || n > 1 << 30)
		die("no number: %s", text);
	return n;
}

static void operands(int argc, char **argv)
{
	if (opt.bare) {
		if (argc != 2)
			usage();
		opt.from_path = argv[0];
		opt.to_path = argv[1];
		return;
	}
	if (argc != 7 || strcmp(argv[1], "from") || strcmp(argv[4], "to"))
		usage();
	opt.svc = argv[0];
	opt.from = argv[2];
	opt.from_path = argv[3];
	opt.to = argv[5];
	opt.to_path = argv[6];
}

static void options(int argc, char **argv)
{
	static const struct option list[] = {
		{ "netns", required_argument, NULL, 'n' },
		{ "time", required_argument, NULL, 't' },
		{ "wait", required_argument, NULL, 'w' },
		{ "linger", required_argument, NULL, 'l' },
		{ "addr", required_argument, NULL, 'a' },
		{ "peer", required_argument, NULL, 'p' },
		{ "bare", no_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "n:t:w:l:a:p:bj", list, NULL)) != -1) {
		switch (c) {
		case 'n':	target_ns = optarg; break;
		case 't':	opt.time = optarg; break;
		case 'w':	opt.max_ms = number(optarg); break;
		case 'l':	opt.linger = number(optarg); break;
		case 'a':	add_addr(optarg); break;
		case 'p':	add_peer(optarg); break;
		case 'b':	opt.bare = true; break;
		case 'j':	opt.json = true; break;
		default:	usage();
		}
	}
	operands(argc - optind, argv + optind);
}

/* --- the two sides ------------------------------------------------------------ */

static struct salmig *connect_to(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct salmig *m;
	int fd;

	if (strlen(path) >= sizeof(un.sun_path))
		die("%s: %s", path, strerror(ENAMETOOLONG));
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (void *)&un, sizeof(un)))
		die("%s: %s", path, strerror(errno));
	m = salmig_new(fd);
	if (!m)
		die("out of memory");
	salmig_set_limit(m, SALMIG_MAX_MS, opt.max_ms);
	return m;
}

static const char *name_of(const struct salmig *m)
{
	return m == giver ? opt.from_path : opt.to_path;
}

static int complain(const struct salmig *m)
{
	fprintf(stderr, "salhandover: %s: %s\n", name_of(m), salmig_error(m));
	return -1;
}

/* a text of somebody else */
static int complain_text(const struct salmig *m, const struct salmig_frame *f)
{
	uint32_t i;

	for (i = 0; i < f->len; i++)
		if (f->data[i] < ' ' || f->data[i] > '~')
			f->data[i] = '?';
	fprintf(stderr, "salhandover: %s says: %s\n", name_of(m), f->data);
	return -1;
}

/* its answer: how many sockets, or -1 */
static long answer(struct salmig *m)
{
	struct salmig_frame f;
	uint32_t n;
	long ret;

	if (wire_recv(m, &f, WIRE_TEXT))
		return complain(m);
	if (f.type == WIRE_OK && f.len == sizeof(n)) {
		memcpy(&n, f.data, sizeof(n));
		ret = n;
	} else if (f.type == WIRE_ERROR) {
		ret = complain_text(m, &f);
	} else {
		fprintf(stderr, "salhandover: %s: no answer\n", name_of(m));
		ret = -1;
	}
	free(f.data);
	return ret;
}

static long ask(struct salmig *m, enum wire_type type)
{
	return wire_send(m, type, NULL, 0) ? complain(m) : answer(m);
}

/* The state of all sockets, from one to the other; how many bytes, or -1. */
static int64_t pass_on(void)
{
	struct salmig_frame f;
	int64_t bytes = 0;
	bool end = false;
	int err;

	if (wire_send(giver, WIRE_GIVE, NULL, 0))
		return complain(giver);
	while (!end) {
		if (wire_recv(giver, &f, FRAME_MAX))
			return complain(giver);
		if (f.type == WIRE_ERROR) {
			err = complain_text(giver, &f);
		} else if (f.type != WIRE_HELLO && f.type != WIRE_SOCKET &&
			   f.type != WIRE_END) {
			fprintf(stderr, "salhandover: %s: no socket\n",
				opt.from_path);
			err = -1;
		} else {
			err = wire_send(taker, f.type, f.data, f.len);
			/* what it has to say against it is there already */
			if (err)
				answer(taker);
			bytes += f.len;
			end = f.type == WIRE_END;
		}
		free(f.data);
		if (err)
			return -1;
	}
	return bytes;
}

/* --- the service -------------------------------------------------------------- */

static void map_from(struct wire_map *map)
{
	if (map->family == 4 && before.has4)
		memcpy(map->from, before.ipv4, 4);
	else if (map->family == 6 && before.has6)
		memcpy(map->from, before.ipv6, 16);
	if (before.port && after.port) {
		map->from_port = before.port;
		map->to_port = after.port;
	}
}

static void map_to(int family, const uint8_t *to, size_t len)
{
	struct wire_map *map = new_map();

	map->family = family;
	memcpy(map->to, to, len);
	map_from(map);
}

/* the endpoint's addresses alone: others are the server's own affair */
static void map_endpoints(void)
{
	struct wire_map said[SALMIG_MAPS];
	unsigned int i, n = opt.n_maps;

	memcpy(said, opt.maps, sizeof(said));
	opt.n_maps = 0;
	if (before.has4 && after.has4)
		map_to(4, after.ipv4, 4);
	if (before.has6 && after.has6)
		map_to(6, after.ipv6, 16);
	/* those of options come later and count */
	for (i = 0; i < n; i++) {
		if (!said[i].peer)
			map_from(&said[i]);
		*new_map() = said[i];
	}
}

static int freeze(void)
{
	const char *const words[] = {
		"service", "freeze", opt.svc, "time", opt.time, NULL
	};

	return opt.bare ? 0 : target_salctl(words);
}

static int thaw(void)
{
	const char *const words[] = { "service", "thaw", opt.svc, NULL };

	return opt.bare ? 0 : target_salctl(words);
}

static int drain(const char *ep, bool on)
{
	const char *const words[] = {
		"endpoint", on ? "drain" : "undrain", opt.svc, ep, NULL
	};

	return target_salctl(words);
}

/* of that what has been done */
static struct {
	bool undrained, drained, migrated;
	FILE *way;		/* back, where not all that is there may go */
} done;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* new connections and the old ones go there; how many flows */
static long repoint(void)
{
	long flows;

	if (opt.bare)
		return 0;
	if (after.draining) {
		if (drain(opt.to, false))
			return -1;
		done.undrained = true;
	}
	if (before.up) {
		if (drain(opt.from, true))
			return -1;
		done.drained = true;
	}
	/* where it has some of its own, or may have */
	if (after.flows || !after.draining) {
		done.way = target_way_back(opt.svc, opt.from, opt.to);
		if (!done.way)
			return -1;
	}
	flows = target_migrate(opt.svc, opt.from, opt.to);
	done.migrated = flows >= 0;
	return flows;
}

static void repoint_back(void)
{
	long ms = (now_ns() - known) / 1000000;

	if (done.migrated && done.way)
		target_go_back(done.way);
	else if (done.migrated)
		target_migrate(opt.svc, opt.to, opt.from);
	if (done.drained)
		drain(opt.from, false);
	/* one that had no flow any more has forgotten it */
	else if (done.migrated && before.draining && before.deadline)
		target_drain_again(opt.svc, opt.from, &before, ms);
	if (done.undrained)
		target_drain_again(opt.svc, opt.to, &after, ms);
}

/* --- all of it ---------------------------------------------------------------- */

struct report {
	long sockets;
	long flows;
	int64_t bytes;
	int64_t frozen;		/* ns */
};

static int send_maps(void)
{
	unsigned int i;

	for (i = 0; i < opt.n_maps; i++)
		if (wire_send(taker, WIRE_MAP, &opt.maps[i], sizeof(opt.maps[i])))
			return complain(taker);
	return 0;
}

/* until the successor has it all and the server waits for the end */
static int hand_over(struct report *r)
{
	if (send_maps())
		return -1;
	r->bytes = pass_on();
	if (r->bytes < 0)
		return -1;
	r->sockets = answer(taker);
	if (r->sockets < 0)
		return -1;
	return ask(giver, WIRE_RELEASE) < 0 ? -1 : 0;
}

/*
 * A word that changes nothing for one that waits for CLOSE: without any it would take
 * us for lost, and close its sockets.
 */
static long still_here(void)
{
	return ask(giver, WIRE_RELEASE);
}

static bool has_answered(const struct salmig *m, int ms)
{
	struct pollfd pfd = { .fd = m->driver, .events = POLLIN };

	return poll(&pfd, 1, ms) > 0;
}

/*
 * Once asked it may have the sockets, so its silence decides nothing: there would be
 * two that go on. It has not got them where it says so, or is gone.
 */
static int resume(void)
{
	unsigned int waited = 0;
	bool alive = true;

	if (wire_send(taker, WIRE_RESUME, NULL, 0))
		return complain(taker);
	for (; !has_answered(taker, WORD_MS); waited += WORD_MS) {
		if (waited < opt.max_ms && waited + WORD_MS >= opt.max_ms)
			fprintf(stderr, "salhandover: %s: waiting, as it may have the sockets\n",
				opt.to_path);
		alive = alive && still_here() >= 0;
	}
	return answer(taker) < 0 ? -1 : 0;
}

/* the flows, then the sockets; else all as it was */
static int go_on(struct report *r)
{
	r->flows = repoint();
	if (r->flows >= 0 && !resume())
		return 0;
	repoint_back();
	return -1;
}

/* Whoever is there yet is as before when this returns. */
static void give_up(void)
{
	struct salmig_frame f;

	wire_send(taker, WIRE_ABORT, NULL, 0);
	if (wire_send(giver, WIRE_ABORT, NULL, 0))
		return;
	while (!wire_recv(giver, &f, FRAME_MAX)) {
		free(f.data);
		if (f.type == WIRE_OK || f.type == WIRE_ERROR)
			break;
	}
}

/* Who is late comes to sockets that are silent, and not to none. */
static int linger(void)
{
	unsigned int left, ms;

	for (left = opt.linger; left; left -= ms) {
		ms = left < WORD_MS ? left : WORD_MS;
		usleep(ms * 1000);
		if (left > ms && still_here() < 0)
			return -1;
	}
	return ask(giver, WIRE_CLOSE) < 0 ? -1 : 0;
}

static int all_of_it(struct report *r)
{
	int64_t begin;
	int err;

	if (ask(giver, WIRE_QUIET) < 0) {
		give_up();
		return -1;
	}
	begin = now_ns();
	if (freeze()) {
		give_up();
		return -1;
	}
	err = hand_over(r) ?: go_on(r);
	if (err) {
		/* before anything can come for sockets that are stopped yet */
		give_up();
		thaw();
		return -1;
	}
	/* Then it was not wrong either: what came was dropped, and is sent again. */
	if (thaw())
		fputs("salhandover: it was thawed before all was done\n", stderr);
	r->frozen = now_ns() - begin;
	if (linger())
		fprintf(stderr, "salhandover: %s: the old sockets are closed already\n",
			opt.from_path);
	return 0;
}

static void print_report(const struct report *r)
{
	if (opt.json)
		printf("[{\"sockets\":%ld,\"flows\":%ld,\"bytes\":%lld,\"frozen\":%lld}]\n",
		       r->sockets, r->flows, (long long)r->bytes,
		       (long long)r->frozen);
	else
		printf("%ld socket%s handed over (%lld bytes), %ld flow%s moved; "
		       "frozen for %lld.%03lldms\n", r->sockets,
		       r->sockets == 1 ? "" : "s", (long long)r->bytes, r->flows,
		       r->flows == 1 ? "" : "s",
		       (long long)(r->frozen / 1000000),
		       (long long)(r->frozen / 1000 % 1000));
}

int main(int argc, char **argv)
{
	struct report r = {};
	int err;

	options(argc, argv);
	if (!opt.bare) {
		/* else the sockets would go, and their flows would not */
		if (target_repairs(opt.svc) ||
		    target_get(opt.svc, opt.from, &before) ||
		    target_get(opt.svc, opt.to, &after))
			return 1;
		if (after.down)
			die("endpoint '%s' is down", opt.to);
		known = now_ns();
		map_endpoints();
	}
	giver = connect_to(opt.from_path);
	taker = connect_to(opt.to_path);
	err = all_of_it(&r);
	if (!err)
		print_report(&r);
	salmig_free(giver);
	salmig_free(taker);
	return err ? 1 : 0;
}
