/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flush.h - deleting all of a kind
 */
#ifndef _SALCTL_FLUSH_H
#define _SALCTL_FLUSH_H

#include <stdbool.h>
#include <stdint.h>

int flush_each(uint8_t get, uint8_t del, uint16_t attr);
int flush_rules(bool naming);

#endif /* _SALCTL_FLUSH_H */
