/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a file or pipe, of any length, in bounded memory. */
#ifndef CTL_LINES_H
#define CTL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define LINES_BYTES_MAX (1u << 20) /* of a line, without its newline */

/* FNV-1a, to tell one text from another: what it begins with, and one byte more. */
#define HASH_START UINT64_C(14695981039346656037)
static inline uint64_t hash_byte(uint64_t hash, int byte)
{
	return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

struct lines {
	FILE *file; /* borrowed */
	char *text; /* LINES_BYTES_MAX and a terminator */
	size_t len;
	int64_t number; /* of the line in text, from 1 */
	int64_t bytes;  /* read so far */
	uint64_t hash;  /* of these */
	bool too_long;  /* text is its beginning */
};

enum err lines_init(struct lines *l, FILE *file) MUST_CHECK;
void lines_release(struct lines *l);

/* The next line, without "\n" or "\r\n"; a last one needs no newline. False at the end, or
 * when reading fails (ferror tells). */
bool lines_next(struct lines *l);

#endif
