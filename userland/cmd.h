/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cmd.h - the objects, one file each
 */
#ifndef _SALCTL_CMD_H
#define _SALCTL_CMD_H

#include "args.h"

extern const struct object object_abort;
extern const struct object object_begin;
extern const struct object object_commit;
extern const struct object object_domain;
extern const struct object object_endpoint;
extern const struct object object_flow;
extern const struct object object_flush;
extern const struct object object_member;
extern const struct object object_migrate;
extern const struct object object_monitor;
extern const struct object object_policy;
extern const struct object object_guard;
extern const struct object object_resolve;
extern const struct object object_restore;
extern const struct object object_rule;
extern const struct object object_save;
extern const struct object object_service;
extern const struct object object_stats;
extern const struct object object_version;

#endif /* _SALCTL_CMD_H */
