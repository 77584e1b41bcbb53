/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason.h - the counters as an enumeration
 */
#ifndef _SAL_REASON_H
#define _SAL_REASON_H

#define SAL_REASON(sym, ...)	SAL_R_##sym,

/* see reason_list.h for what each means */
enum sal_reason {
#include "reason_list.h"
	SAL_R_NUM,
};

#undef SAL_REASON

#endif /* _SAL_REASON_H */
