/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk.h - a walk to a service, for people
 */
#ifndef _SALCTL_WALK_H
#define _SALCTL_WALK_H

#include <jansson.h>

#include "args.h"

/* ask connection tracking, where it is at work; may change the verdict */
void walk_conntrack(json_t *obj, const struct nsref *from, uint8_t proto);

/* "cure": what can be done about the verdict */
void walk_cure(json_t *obj, const struct nsref *from);

/* each step, the verdict and the cure as notes */
void walk_notes(json_t *obj);

#endif /* _SALCTL_WALK_H */
