// SPDX-License-Identifier: GPL-2.0
/*
 * show.c - requests whose answers are printed
 */
#include <stdio.h>

#include "salctl.h"
#include "show.h"
#include "transaction.h"

static bool list_begun;

/* The bracket comes with the first object, lest a failure leaves one. */
void list_begin(void)
{
	list_begun = false;
}

void list_json(const json_t *obj)
{
	fputs(list_begun ? "," : "[", stdout);
	if (opt.pretty)
		fputc(' ', stdout);
	list_begun = true;
	json_dumpf(obj, stdout, opt.pretty ? JSON_INDENT(4) : JSON_COMPACT);
}

void list_object(const struct layout *layout, const json_t *obj, uint8_t also)
{
	if (opt.json)
		list_json(obj);
	else
		out_text(layout, obj, also, opt.oneline);
}

void list_end(void)
{
	if (opt.json)
		fputs(list_begun ? "]\n" : "[]\n", stdout);
}

static int show(const struct nlmsghdr *nlh, void *data)
{
	const struct layout *layout = data;
	json_t *obj = out_decode(layout, nlh);

	if (out_family_wanted(layout, obj))
		list_object(layout, obj, 0);
	json_decref(obj);
	return EXIT_OK;
}

/**
 * show_one() - send a request, print the reply
 * @req: request
 * @layout: of what is replied
 */
int show_one(struct request *req, const struct layout *layout)
{
	int ret;

	list_begin();
	ret = conn_do(req, show, (void *)layout);
	if (!ret)
		list_end();
	return ret;
}

/**
 * show_all() - ask for a table, print it
 * @req: request
 * @layout: of its rows
 */
int show_all(struct request *req, const struct layout *layout)
{
	int ret;

	list_begin();
	ret = conn_dump(req, show, (void *)layout);
	if (!ret)
		list_end();
	return ret;
}

/**
 * show_made() - send a request that makes something
 * @req: request
 * @layout: of what is made
 *
 * Silent where it worked, as other tools are, unless it was asked for more.
 */
int show_made(struct request *req, const struct layout *layout)
{
	/* what a transaction keeps is not made yet */
	if ((opt.json || opt.detail) && !transaction_open())
		return show_one(req, layout);
	return conn_do(req, NULL, NULL);
}

/**
 * json_line() - print an object on a line of its own
 * @obj: object
 */
void json_line(const json_t *obj)
{
	json_dumpf(obj, stdout, JSON_COMPACT);
	fputc('\n', stdout);
}
