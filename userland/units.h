/* SPDX-License-Identifier: GPL-2.0 */
/*
 * units.h - numbers, times and sizes as users write them
 *
 * Parsers return NULL, or what is wrong with the text.
 */
#ifndef _SALCTL_UNITS_H
#define _SALCTL_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define UNITS_BUF	32

const char *count_parse(const char *s, uint64_t max, uint64_t *val);
const char *ports_parse(const char *s, uint64_t *first, uint64_t *last);
const char *time_parse(const char *s, uint64_t max, uint64_t *ms);
const char *size_parse(const char *s, uint64_t max, uint64_t *bytes);

void time_format(char buf[UNITS_BUF], uint64_t ms);
void size_format(char buf[UNITS_BUF], uint64_t bytes);
void duration_format(char buf[UNITS_BUF], uint64_t ns);

#endif /* _SALCTL_UNITS_H */
