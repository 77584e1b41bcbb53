/* SPDX-License-Identifier: GPL-2.0 */
/*
 * transaction.h - lines of a batch that are done together or not at all
 */
#ifndef _SALCTL_TRANSACTION_H
#define _SALCTL_TRANSACTION_H

#include <stdbool.h>

#include "args.h"

bool transaction_open(void);
bool transaction_skips(const struct object *obj);
void transaction_kept(void);
void transaction_fail(unsigned int line);
int transaction_end(void);

#endif /* _SALCTL_TRANSACTION_H */
