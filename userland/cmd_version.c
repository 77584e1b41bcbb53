// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_version.c - versions of the tool, the module and their interface
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "conn.h"
#include "guard.h"
#include "salctl.h"
#include "show.h"
#include "text.h"

#define MODULE_VERSION	"/sys/module/sal/version"

static json_t *module_version(void)
{
	char line[128] = "";
	FILE *f;

	f = fopen(MODULE_VERSION, "re");
	if (!f)
		return json_null();
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return json_string(line);
}

/* Text is one "what version" a line. */
static void print(const json_t *obj)
{
	const char *what;
	json_t *val;

	json_object_foreach((json_t *)obj, what, val) {
		printf("%s ", strcmp(what, "upgrade_guard") ? what :
		       "upgrade-guard");
		if (json_is_integer(val))
			printf("%" JSON_INTEGER_FORMAT,
			       json_integer_value(val));
		else if (json_is_string(val))
			text_print_word(stdout, json_string_value(val));
		else
			fputs("unknown", stdout);
		putchar('\n');
	}
}

/* Says what it knows even where there is no module, and fails then. */
static int version(struct args *args)
{
	struct family fam;
	json_t *obj;
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	ret = conn_family(&fam);
	obj = json_object();
	json_object_set_new(obj, "salctl", json_string(SALCTL_VERSION));
	json_object_set_new(obj, "module", module_version());
	json_object_set_new(obj, "family",
			    ret ? json_null() : json_integer(fam.version));
	json_object_set_new(obj, "upgrade_guard", json_string(guard_mode()));
	if (opt.json) {
		list_begin();
		list_json(obj);
		list_end();
	} else {
		print(obj);
	}
	json_decref(obj);
	return ret;
}

static const struct command version_commands[] = {
	{ NULL, version, "" },
	{ }
};

const struct object object_version = { "version", version_commands };
