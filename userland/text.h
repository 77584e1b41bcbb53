/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h - strings that others chose, made harmless for a terminal
 */
#ifndef _SALCTL_TEXT_H
#define _SALCTL_TEXT_H

#include <stdbool.h>
#include <stdio.h>

void text_print(FILE *f, const char *s);
void text_print_word(FILE *f, const char *s);

#endif /* _SALCTL_TEXT_H */
