// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_transaction.c - lines of a batch that are done together or not at all
 *
 * The kernel keeps what is asked for between begin and commit, by the socket
 * that it came from: there is one for the whole of a batch, see conn.c. It
 * forgets all of that where the socket is closed, so nothing needs to be done
 * for a batch that ends in the middle.
 */
#include <stdint.h>

#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "salctl.h"
#include "show.h"
#include "transaction.h"

static const struct field transaction_field[] = {
	{ SAL_A_TRANSACTION_ID, F_HEAD },
	{ SAL_A_TRANSACTION_REQUESTS },
	{ SAL_A_TRANSACTION_SEQ, F_JSON },
};

LAYOUT(transaction, transaction);

static struct {
	bool open;		/* between begin and commit */
	bool begun;		/* the kernel thinks so, too */
	unsigned int begin;	/* line of begin */
	unsigned int failed;	/* first line in it that failed, or 0 */
	unsigned int num;	/* requests that the kernel has kept */
	unsigned int line[SAL_TRANSACTION_MAX];	/* each one's */
} transaction;

bool transaction_open(void)
{
	return transaction.open;
}

/**
 * transaction_skips() - whether a line is not to be run
 * @obj: what it is about
 *
 * Where begin has failed and -force goes on, the lines up to commit would be
 * done one by one, which is not what was asked for.
 */
bool transaction_skips(const struct object *obj)
{
	return transaction.open && !transaction.begun &&
	       obj != &object_begin && obj != &object_commit &&
	       obj != &object_abort;
}

/**
 * transaction_kept() - the kernel has taken a request of the current line, or will
 *
 * It has not kept any if there is no transaction, nor if there are too many. Where it
 * refuses one that was sent late there is no commit to look for lines.
 */
void transaction_kept(void)
{
	if (transaction.open && transaction.num < SAL_TRANSACTION_MAX)
		transaction.line[transaction.num++] = err_line();
}

/**
 * transaction_fail() - a line has failed
 * @line: its number
 *
 * With -force the lines after it are sent, too, for what there is to say about
 * them, but the transaction is not committed any more.
 */
void transaction_fail(unsigned int line)
{
	if (transaction.open && !transaction.failed)
		transaction.failed = line;
}

/**
 * transaction_end() - there are no more lines
 *
 * Return: 0, or an exit status where a transaction has begun and not ended
 */
int transaction_end(void)
{
	if (!transaction.open)
		return EXIT_OK;
	err_place(opt.batch, transaction.begin);
	return bad_usage("the transaction that begins here has no commit");
}

/* Errors to come are about the line that request @nr, from 1, was made of. */
static void request_line(uint64_t nr)
{
	if (nr && nr <= transaction.num)
		err_place(opt.batch, transaction.line[nr - 1]);
}

/* --- commands --- */

static int only_in_batch(const struct args *args)
{
	if (!opt.batch)
		return bad_usage("%s: only in a batch (-b FILE)",
				 args->object->name);
	return EXIT_OK;
}

static int try_begin(struct args *args)
{
	int ret;

	ret = args_end(args);
	if (ret)
		return ret;
	return conn_do(req_new(SAL_CMD_TRANSACTION_BEGIN), NULL, NULL);
}

static int begin(struct args *args)
{
	int ret;

	ret = only_in_batch(args);
	if (ret)
		return ret;
	if (transaction.open)
		return bad_usage("begin: the transaction of line %u has no commit yet",
				 transaction.begin);
	ret = try_begin(args);
	transaction.open = true;
	transaction.begun = !ret;
	transaction.begin = err_line();
	transaction.failed = 0;
	transaction.num = 0;
	return ret;
}

static int in_transaction(struct args *args)
{
	int ret;

	ret = only_in_batch(args);
	if (!ret)
		ret = args_end(args);
	if (!ret && !transaction.open)
		ret = bad_usage("%s: no transaction has begun",
				args->object->name);
	return ret;
}

/* Whatever has gone wrong: without its socket the transaction is over. */
static int over(int ret)
{
	if (ret)
		conn_close();
	return ret;
}

static int forget(void)
{
	transaction.open = false;
	if (!transaction.begun)
		return EXIT_OK;
	return over(conn_do(req_new(SAL_CMD_TRANSACTION_ABORT), NULL, NULL));
}

static int commit(struct args *args)
{
	struct request *req;
	int ret;

	ret = in_transaction(args);
	if (ret)
		return ret;
	if (transaction.failed) {
		forget();
		return refused("transaction not committed: line %u failed",
			       transaction.failed);
	}
	transaction.open = false;
	req = req_new(SAL_CMD_TRANSACTION_COMMIT);
	req->part = request_line;
	return over(show_made(req, &layout_transaction));
}

static int abort_it(struct args *args)
{
	int ret;

	ret = in_transaction(args);
	return ret ? ret : forget();
}

static const struct command begin_commands[] = {
	{ NULL, begin, "" },
	{ }
};

static const struct command commit_commands[] = {
	{ NULL, commit, "" },
	{ }
};

static const struct command abort_commands[] = {
	{ NULL, abort_it, "" },
	{ }
};

const struct object object_begin = { "begin", begin_commands };
const struct object object_commit = { "commit", commit_commands };
const struct object object_abort = { "abort", abort_commands };
