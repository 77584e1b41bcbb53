/* SPDX-License-Identifier: GPL-2.0 */
/*
 * save.h - a domain as lines of a batch
 */
#ifndef _SALCTL_SAVE_H
#define _SALCTL_SAVE_H

#include <stdbool.h>
#include <stdio.h>

/* before the ID of the boot, in the first line */
#define SAVE_HEAD	"# saved by salctl, boot "
#define SAVE_BOOT	64

void save_boot(char boot[SAVE_BOOT]);
int save_domain(FILE *f);
int save_all(FILE *f, bool flows);

#endif /* _SALCTL_SAVE_H */
