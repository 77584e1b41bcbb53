// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - the objects that salctl knows
 *
 * One file each, cmd_*.c; a new one gets a line here and one in the Makefile.
 */
#include <stddef.h>

#include "args.h"
#include "cmd.h"

static const struct object *const objects[] = {
	&object_domain,
	&object_member,
	&object_service,
	&object_endpoint,
	&object_rule,
	&object_policy,
	&object_flow,
	&object_migrate,
	&object_resolve,
	&object_stats,
	&object_monitor,
	&object_flush,
	&object_begin,
	&object_commit,
	&object_abort,
	&object_version,
	&object_save,
	&object_restore,
	&object_guard,
	NULL
};

int main(int argc, char **argv)
{
	return run_main(objects, argc, argv);
}
