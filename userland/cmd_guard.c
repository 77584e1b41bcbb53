// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_guard.c - the guard of an upgrade
 */
#include <stdio.h>

#include "cmd.h"
#include "guard.h"
#include "salctl.h"

static int show(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (!ret)
		puts(guard_mode());
	return ret;
}

static int on(struct args *args)
{
	int ret;

	ret = args_end(args);
	return ret ? ret : guard_on(false);
}

static int shut(struct args *args)
{
	int ret;

	ret = args_end(args);
	return ret ? ret : guard_on(true);
}

static int off(struct args *args)
{
	int ret;

	ret = args_end(args);
	return ret ? ret : guard_off();
}

static const struct command guard_commands[] = {
	{ "show", show, "" },
	{ "on", on, "" },
	{ "shut", shut, "" },
	{ "off", off, "" },
	{ }
};

const struct object object_guard = { "upgrade-guard", guard_commands };
