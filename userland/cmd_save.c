// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_save.c - the domain as a file to be restored
 */
#include <stdio.h>

#include "cmd.h"
#include "salctl.h"
#include "save.h"

static int save(struct args *args)
{
	bool flows = args_accept(args, "flows");
	int ret;

	ret = args_end(args);
	return ret ? ret : save_all(stdout, flows);
}

static const struct command save_commands[] = {
	{ NULL, save, "[flows]" },
	{ }
};

const struct object object_save = { "save", save_commands };
