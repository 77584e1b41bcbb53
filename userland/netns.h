/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netns.h - network namespaces by name, path, process and id
 */
#ifndef _SALCTL_NETNS_H
#define _SALCTL_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

int netns_switch(const char *ns);
int netns_open(const char *ns, int *fd);
int netns_open_pid(const char *pid, int *fd);
/* a descriptor, or -1 and errno */
int netns_try(const char *ns);
const char *netns_basename(const char *ns);

/* name of the namespace that the current one knows as @nsid, or NULL */
const char *netns_name(int nsid);
/* number of a process in it, or 0 */
int netns_pid(int nsid);
/* a path to the namespace of this inode, by its name or a process in it */
bool netns_find(ino_t inode, char *path, size_t size);
void netns_forget(void);
void netns_recheck(void);

#endif /* _SALCTL_NETNS_H */
