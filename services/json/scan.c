/* SPDX-License-Identifier: Apache-2.0 */
#include "json/scan.h"

#include <stdio.h>
#include <string.h>

#include "json/pointer.h"

/* The byte after the string that starts at text[at], or len. */
static size_t skip_string(const char *text, size_t at, size_t len)
{
	for (at++; at < len; at++) {
		if (text[at] == '\\')
			at++;
		else if (text[at] == '"')
			return at + 1;
	}
	return len;
}

bool scan_depth_ok(const char *text, size_t len)
{
	size_t depth = 0;
	size_t at = 0;

	while (at < len) {
		const char c = text[at];

		if (c == '"') {
			at = skip_string(text, at, len);
			continue;
		}
		if ((c == '{' || c == '[') && ++depth > SCAN_DEPTH_MAX)
			return false;
		if ((c == '}' || c == ']') && depth)
			depth--;
		at++;
	}
	return true;
}

/* Where the scan is inside one bracket. */
struct level {
	bool array;
	bool value;      /* past the colon: the next string is a value */
	size_t index;    /* of the current element */
	const char *key; /* of the current member, without quotes; NULL before it */
	size_t key_len;
};

static void scan_punctuation(struct level *levels, size_t *depth, char c)
{
	struct level *top = &levels[*depth];

	if ((c == '{' || c == '[') && *depth < SCAN_DEPTH_MAX) {
		levels[++*depth] = (struct level){ .array = c == '[' };
	} else if ((c == '}' || c == ']') && *depth) {
		--*depth;
	} else if (c == ':') {
		top->value = true;
	} else if (c == ',') {
		top->value = false;
		top->index++;
	}
}

void scan_pointer(const char *text, size_t position, char *out, size_t size)
{
	struct level levels[SCAN_DEPTH_MAX + 1] = { { .array = false } };
	struct pointer p;
	size_t depth = 0;
	size_t at = 0;

	while (at < position) {
		struct level *top = &levels[depth];
		size_t end;

		if (text[at] != '"') {
			scan_punctuation(levels, &depth, text[at++]);
			continue;
		}
		end = skip_string(text, at, position);
		if (depth && !top->array && !top->value) {
			top->key = text + at + 1;
			top->key_len = end - at - (end - at > 1 && text[end - 1] == '"' ? 2 : 1);
		}
		at = end;
	}
	pointer_init(&p);
	for (size_t d = 1; d <= depth; d++) {
		if (levels[d].array)
			pointer_index(&p, levels[d].index);
		else if (levels[d].key)
			pointer_add(&p, levels[d].key, levels[d].key_len);
	}
	if (snprintf(out, size, "%s", p.text) < 0)
		out[0] = '\0';
}
