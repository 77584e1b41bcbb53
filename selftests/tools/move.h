/* SPDX-License-Identifier: GPL-2.0 */
/*
 * move.h - what moveserver and moveclient have in common
 *
 * A connection begins with a line of the client:
 *
 *	echo	comes back, as all that follows
 *	both	each side sends its pattern, until the client ends its direction; then
 *		the server does, with a struct move_end behind the pattern
 *	greet	the server says "moved" after each move, and nothing else
 *	half	the same, and the end of the client's direction is not the server's
 *	shut	the server ends its direction, and reads
 */
#ifndef MOVE_H
#define MOVE_H

#include <stdint.h>

#define SEED_CLIENT	1
#define SEED_SERVER	2

/* what the server has got */
struct move_end {
	uint64_t bytes;
	uint64_t wrong;
};

/* the byte at a place of a stream: none can be lost, repeated, or changed unseen */
static inline uint8_t pattern(uint64_t offset, uint64_t seed)
{
	uint64_t x = (offset >> 3) * 0x9e3779b97f4a7c15ULL + seed;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 32;
	return x >> (8 * (offset & 7));
}

static inline void pattern_fill(uint8_t *buf, uint64_t len, uint64_t offset,
				uint64_t seed)
{
	uint64_t i;

	for (i = 0; i < len; i++)
		buf[i] = pattern(offset + i, seed);
}

static inline uint64_t pattern_wrong(const uint8_t *buf, uint64_t len,
				     uint64_t offset, uint64_t seed)
{
	uint64_t i, wrong = 0;

	for (i = 0; i < len; i++)
		wrong += buf[i] != pattern(offset + i, seed);
	return wrong;
}

#endif /* MOVE_H */
