// SPDX-License-Identifier: GPL-2.0
/*
 * trace.c - tracepoints
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
