/* SPDX-License-Identifier: GPL-2.0 */
/*
 * show.h - requests whose answers are printed
 */
#ifndef _SALCTL_SHOW_H
#define _SALCTL_SHOW_H

#include "conn.h"
#include "out.h"

/* a listing: with -j one array */
void list_begin(void);
void list_object(const struct layout *layout, const json_t *obj, uint8_t also);
void list_json(const json_t *obj);
void list_end(void);

int show_one(struct request *req, const struct layout *layout);
int show_all(struct request *req, const struct layout *layout);
int show_made(struct request *req, const struct layout *layout);

void json_line(const json_t *obj);

#endif /* _SALCTL_SHOW_H */
