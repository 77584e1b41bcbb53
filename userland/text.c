// SPDX-License-Identifier: GPL-2.0
/*
 * text.c - strings that others chose, made harmless for a terminal
 */
#include "text.h"

/*
 * Control characters can reprogram a terminal; U+0080 to U+009f are such
 * too, in UTF-8 the byte c2 and one more.
 */
static bool is_control(const unsigned char *s)
{
	if (*s < 0x20 || *s == 0x7f)
		return true;
	return *s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0;
}

static void print(FILE *f, const char *text, bool word)
{
	const unsigned char *s = (const unsigned char *)text;

	for (; *s; s++) {
		if (is_control(s) || (word && (*s == ' ' || *s == '\\')))
			fprintf(f, "\\x%02x", *s);
		else
			fputc(*s, f);
	}
}

/**
 * text_print() - print a sentence
 * @f: where to
 * @s: text, of which control characters are printed as \xNN
 */
void text_print(FILE *f, const char *s)
{
	print(f, s, false);
}

/**
 * text_print_word() - print a name
 * @f: where to
 * @s: name; blanks are escaped too, so that it stays one word
 */
void text_print_word(FILE *f, const char *s)
{
	if (!*s)
		fputs("\"\"", f);
	print(f, s, true);
}
