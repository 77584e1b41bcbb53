/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - what older kernels call otherwise
 *
 * The module is written for the newest kernel that is supported; here is what
 * the oldest one (6.12) lacks, and nowhere else.
 */
#ifndef _SAL_COMPAT_H
#define _SAL_COMPAT_H

#include <linux/slab.h>

/* 7.0 */
#ifndef kzalloc_obj
#define kmalloc_obj(p, gfp)	kmalloc(sizeof(p), gfp)
#define kzalloc_obj(p, gfp)	kzalloc(sizeof(p), gfp)
#define kzalloc_objs(p, n, gfp)	kcalloc(n, sizeof(p), gfp)
#endif

#endif /* _SAL_COMPAT_H */
