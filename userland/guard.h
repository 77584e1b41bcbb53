/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guard.h - packets of services are dropped while nobody translates them
 */
#ifndef _SALCTL_GUARD_H
#define _SALCTL_GUARD_H

#include <stdbool.h>

/* "off", "on", or "shut" */
const char *guard_mode(void);
int guard_on(bool shut);
int guard_off(void);

#endif /* _SALCTL_GUARD_H */
