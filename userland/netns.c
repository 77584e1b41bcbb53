// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - network namespaces by name, path, process and id
 *
 * The kernel names a namespace by a number that is good in the asker's own
 * namespace only. The names that users know are file names that ip(8) and
 * others keep; a namespace may have several, or none.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"
#include "salctl.h"
#include "sock.h"
#include "units.h"

#define PATH_BUF	4096

/* what the names of now stand for, read when first asked */
static struct {
	char *name;
	int nsid;
} *map;
static size_t map_len;
static bool map_read;
static bool map_fresh;		/* nothing can have changed since */
static struct timespec map_time;	/* of the directories, at reading */

/* --- opening --- */

/* Not blocking, lest the name of a pipe stops us. */
static int open_path(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static int open_name(const char *name)
{
	char path[PATH_BUF];
	unsigned int i;
	int fd = -1;

	for (i = 0; sock_netns_dirs[i] && fd < 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", sock_netns_dirs[i], name);
		fd = open_path(path);
	}
	return fd;
}

int netns_try(const char *ns)
{
	return strchr(ns, '/') ? open_path(ns) : open_name(ns);
}

/**
 * netns_open() - open a network namespace
 * @ns: its name, or a path (something with a slash in it)
 * @fd: where to put the descriptor
 */
int netns_open(const char *ns, int *fd)
{
	if (!*ns || !strcmp(ns, ".") || !strcmp(ns, ".."))
		return bad_usage("'%s' is no name of a network namespace", ns);
	*fd = netns_try(ns);
	if (*fd < 0 && errno == ENOENT)
		return refused("there is no network namespace '%s'", ns);
	if (*fd < 0)
		return refused("cannot open network namespace '%s': %s", ns,
			       strerror(errno));
	return EXIT_OK;
}

/**
 * netns_open_pid() - open the network namespace of a process
 * @pid: its number, as text
 * @fd: where to put the descriptor
 */
int netns_open_pid(const char *pid, int *fd)
{
	char path[64];
	uint64_t nr;

	if (count_parse(pid, INT32_MAX, &nr) || !nr)
		return bad_usage("'%s' is no process number", pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)nr);
	*fd = open_path(path);
	if (*fd < 0 && errno == ENOENT)
		return refused("there is no process %d", (int)nr);
	if (*fd < 0)
		return refused("cannot open the network namespace of process %d: %s",
			       (int)nr, strerror(errno));
	return EXIT_OK;
}

/* the last part of a path, or the name itself; NULL where there is none */
const char *netns_basename(const char *ns)
{
	const char *slash = strrchr(ns, '/');
	const char *name = slash ? slash + 1 : ns;

	return *name ? name : NULL;
}

/**
 * netns_switch() - go on in another network namespace
 * @ns: its name or path
 */
int netns_switch(const char *ns)
{
	int ret;
	int fd;

	ret = netns_open(ns, &fd);
	if (ret)
		return ret;
	if (setns(fd, CLONE_NEWNET)) {
		if (errno == EPERM)
			ret = refused("permission denied: needs CAP_SYS_ADMIN to enter netns %s",
				      ns);
		else if (errno == EINVAL)
			ret = refused("'%s' is no network namespace", ns);
		else
			ret = refused("cannot enter netns %s: %s", ns,
				      strerror(errno));
	}
	close(fd);
	return ret;
}

/* --- names for ids --- */

static int read_nsid(struct mnl_socket *nl)
{
	char buf[8192] MSG_ALIGNED;
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	const struct nlattr *attr;
	ssize_t n;

	n = sock_recv(nl, buf, sizeof(buf));
	if (n < 0 || !mnl_nlmsg_ok(nlh, n) || nlh->nlmsg_type != RTM_NEWNSID)
		return -1;
	mnl_attr_for_each(attr, nlh, sizeof(struct rtgenmsg)) {
		if (mnl_attr_get_type(attr) == NETNSA_NSID &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			return (int)mnl_attr_get_u32(attr);
	}
	return -1;
}

static int ask_nsid(struct mnl_socket *nl, int fd)
{
	char buf[128] MSG_ALIGNED;
	struct nlmsghdr *nlh;
	struct rtgenmsg *rtg;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_GETNSID;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	rtg = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtg));
	rtg->rtgen_family = AF_UNSPEC;
	mnl_attr_put_u32(nlh, NETNSA_FD, fd);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	return read_nsid(nl);
}

static void map_add(char *name, int nsid)
{
	void *bigger = realloc(map, (map_len + 1) * sizeof(*map));

	if (!bigger)
		return;
	map = bigger;
	map[map_len].name = strdup(name);
	map[map_len].nsid = nsid;
	if (map[map_len].name)
		map_len++;
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In order, so that of several names it is always the same that is shown. */
static void read_dir(struct mnl_socket *nl, const char *dir)
{
	struct dirent **entries;
	char path[PATH_BUF];
	int n, i, fd, nsid;

	n = scandir(dir, &entries, no_dots, alphasort);
	if (n < 0)
		return;
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		fd = open_path(path);
		if (fd >= 0) {
			nsid = ask_nsid(nl, fd);
			if (nsid >= 0)
				map_add(entries[i]->d_name, nsid);
			close(fd);
		}
		free(entries[i]);
	}
	free(entries);
}

/* when a name was last made or removed */
static struct timespec dirs_time(void)
{
	struct timespec last = { 0 };
	struct stat st;
	unsigned int i;

	for (i = 0; sock_netns_dirs[i]; i++) {
		if (stat(sock_netns_dirs[i], &st))
			continue;
		if (st.st_mtim.tv_sec > last.tv_sec ||
		    (st.st_mtim.tv_sec == last.tv_sec &&
		     st.st_mtim.tv_nsec > last.tv_nsec))
			last = st.st_mtim;
	}
	return last;
}

static void read_map(void)
{
	struct mnl_socket *nl;
	unsigned int i;

	netns_forget();
	map_read = true;
	map_fresh = true;
	map_time = dirs_time();
	nl = sock_open(NETLINK_ROUTE);
	if (!nl)
		return;
	/* /var/run is the same as /run on most systems */
	for (i = 0; sock_netns_dirs[i] && !map_len; i++)
		read_dir(nl, sock_netns_dirs[i]);
	mnl_socket_close(nl);
}

static const char *find_name(int nsid)
{
	size_t i;

	for (i = 0; i < map_len; i++)
		if (map[i].nsid == nsid)
			return map[i].name;
	return NULL;
}

const char *netns_name(int nsid)
{
	const char *name;

	if (!map_read)
		read_map();
	name = find_name(nsid);
	/* an old name may have got an id since */
	if (!name && !map_fresh) {
		read_map();
		name = find_name(nsid);
	}
	return name;
}

static int is_number(const struct dirent *entry)
{
	return entry->d_name[0] > '0' && entry->d_name[0] <= '9';
}

/* Most processes are in the same few namespaces. */
static bool pid_is_in(struct mnl_socket *nl, const char *pid, int nsid,
		      ino_t *other)
{
	char path[PATH_BUF];
	struct stat st;
	int found = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	fd = open_path(path);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) || st.st_ino == *other)
		goto out;
	found = ask_nsid(nl, fd);
	*other = st.st_ino;
out:
	close(fd);
	return found >= 0 && found == nsid;
}

/**
 * netns_pid() - find a process in a namespace that has no name
 * @nsid: its ID
 *
 * Return: the number of the first one, or 0.
 */
int netns_pid(int nsid)
{
	struct dirent **entries;
	struct mnl_socket *nl;
	ino_t other = 0;
	int pid = 0;
	int n, i;

	nl = sock_open(NETLINK_ROUTE);
	if (!nl)
		return 0;
	n = scandir("/proc", &entries, is_number, versionsort);
	for (i = 0; i < n; i++) {
		if (!pid && pid_is_in(nl, entries[i]->d_name, nsid, &other))
			pid = atoi(entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	mnl_socket_close(nl);
	return pid;
}

static bool dir_has(const char *dir, const char *below, ino_t inode, char *path,
		    size_t size)
{
	struct dirent **entries;
	bool found = false;
	struct stat st;
	int n, i;

	n = scandir(dir, &entries, no_dots, versionsort);
	for (i = 0; i < n; i++) {
		if (!found) {
			snprintf(path, size, "%s/%s%s", dir, entries[i]->d_name,
				 below);
			found = !stat(path, &st) && st.st_ino == inode;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

/**
 * netns_find() - find a namespace by its name or a process in it
 * @inode: its inode
 * @path: where to put a path
 * @size: of it
 */
bool netns_find(ino_t inode, char *path, size_t size)
{
	unsigned int i;

	for (i = 0; sock_netns_dirs[i]; i++)
		if (dir_has(sock_netns_dirs[i], "", inode, path, size))
			return true;
	return dir_has("/proc", "/ns/net", inode, path, size);
}

/**
 * netns_forget() - begin anew with names
 *
 * Names come and go: to be called before each command of a batch.
 */
void netns_forget(void)
{
	while (map_len)
		free(map[--map_len].name);
	free(map);
	map = NULL;
	map_read = false;
}

/**
 * netns_recheck() - see whether names that are known can still be true
 *
 * For those who ask again and again, and cannot have all names read again
 * each time.
 */
void netns_recheck(void)
{
	struct timespec last = dirs_time();

	map_fresh = false;
	if (last.tv_sec != map_time.tv_sec || last.tv_nsec != map_time.tv_nsec)
		netns_forget();
}
