// SPDX-License-Identifier: GPL-2.0
/*
 * units.c - numbers, times and sizes as users write them
 *
 * Whole numbers only: what is printed is exactly what the kernel has, and can
 * be given back to it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "salctl.h"
#include "units.h"

struct unit {
	const char *name;
	uint64_t factor;
};

/* largest first: the first one that divides a value is printed */
static const struct unit times[] = {
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static const struct unit sizes[] = {
	{ "G", 1 << 30 },
	{ "M", 1 << 20 },
	{ "k", 1 << 10 },
	{ "K", 1 << 10 },
	{ "", 1 },
};

/* digits only: no sign, no blank, no other base than ten */
static const char *digits(const char *s, uint64_t *val, const char **end)
{
	uint64_t v = 0;

	if (*s < '0' || *s > '9')
		return "not a number";
	for (; *s >= '0' && *s <= '9'; s++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return "too large";
	}
	*val = v;
	*end = s;
	return NULL;
}

static const struct unit *unit_find(const struct unit *units, size_t n,
				    const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

/**
 * count_parse() - read a plain number
 * @s: text
 * @max: largest number that is taken
 * @val: where it goes
 *
 * Return: NULL, or what is wrong.
 */
const char *count_parse(const char *s, uint64_t max, uint64_t *val)
{
	const char *end;
	const char *bad;

	bad = digits(s, val, &end);
	if (bad)
		return bad;
	if (*end)
		return "not a whole number";
	if (*val > max)
		return "too large";
	return NULL;
}

/**
 * ports_parse() - read a port, or a range of them such as 8000-8009
 * @s: text
 * @first: where the first one goes
 * @last: where the last one goes
 *
 * Return: NULL, or what is wrong.
 */
const char *ports_parse(const char *s, uint64_t *first, uint64_t *last)
{
	const char *end;
	const char *bad;

	bad = digits(s, first, &end);
	if (bad)
		return bad;
	*last = *first;
	if (*end == '-') {
		bad = digits(end + 1, last, &end);
		if (bad)
			return bad;
	}
	if (*end)
		return "neither a port nor a range of them";
	if (*first > UINT16_MAX || *last > UINT16_MAX)
		return "too large";
	return NULL;
}

/**
 * time_parse() - read a time such as 5s, 500ms, 2m or 1h
 * @s: text; the unit may be left out of 0 only
 * @max: most milliseconds that are taken
 * @ms: where it goes, in milliseconds
 *
 * Return: NULL, or what is wrong.
 */
const char *time_parse(const char *s, uint64_t max, uint64_t *ms)
{
	const struct unit *unit;
	const char *end;
	const char *bad;

	bad = digits(s, ms, &end);
	if (bad)
		return bad;
	if (!*end && !*ms)
		return NULL;
	unit = unit_find(times, ARRAY_SIZE(times), end);
	if (!unit)
		return "a time is a whole number and ms, s, m or h";
	if (__builtin_mul_overflow(*ms, unit->factor, ms) || *ms > max)
		return "too large";
	return NULL;
}

/**
 * size_parse() - read a size such as 65536, 512k, 1M or 1G
 * @s: text; units are powers of 1024
 * @max: most bytes that are taken
 * @bytes: where it goes
 *
 * Return: NULL, or what is wrong.
 */
const char *size_parse(const char *s, uint64_t max, uint64_t *bytes)
{
	const struct unit *unit;
	const char *end;
	const char *bad;

	bad = digits(s, bytes, &end);
	if (bad)
		return bad;
	unit = unit_find(sizes, ARRAY_SIZE(sizes), end);
	if (!unit)
		return "a size is a whole number, of bytes or with k, M or G";
	if (__builtin_mul_overflow(*bytes, unit->factor, bytes) ||
	    *bytes > max)
		return "too large";
	return NULL;
}

static void format(char *buf, const struct unit *units, uint64_t val)
{
	/* 0 is divided by every unit */
	while (units->factor > 1 && (!val || val % units->factor))
		units++;
	snprintf(buf, UNITS_BUF, "%" PRIu64 "%s", val / units->factor,
		 units->name);
}

void time_format(char buf[UNITS_BUF], uint64_t ms)
{
	format(buf, times, ms);
}

void size_format(char buf[UNITS_BUF], uint64_t bytes)
{
	format(buf, sizes, bytes);
}

/**
 * duration_format() - print how long something took
 * @buf: where to
 * @ns: duration in nanoseconds; it was measured, so it may be rounded
 */
void duration_format(char buf[UNITS_BUF], uint64_t ns)
{
	if (ns < 1000)
		snprintf(buf, UNITS_BUF, "%" PRIu64 "ns", ns);
	else if (ns < 1000000)
		snprintf(buf, UNITS_BUF, "%.1fus", ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, UNITS_BUF, "%.1fms", ns / 1e6);
	else
		snprintf(buf, UNITS_BUF, "%.1fs", ns / 1e9);
}
