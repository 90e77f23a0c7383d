/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a file or pipe, of any length, in bounded memory. */
#ifndef CTL_LINES_H
#define CTL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ctl/input.h"

#define LINES_BYTES_MAX (1u << 20) /* of a line, without its newline */

struct lines {
	struct input *input; /* borrowed */
	char *text;          /* LINES_BYTES_MAX and a terminator */
	size_t len;
	int64_t number; /* of the line in text, from 1 */
	bool too_long;  /* text is its beginning */
};

enum err lines_init(struct lines *l, struct input *input) MUST_CHECK;
void lines_release(struct lines *l); /* accepts one of zeros */

/* The next line, without "\n" or "\r\n" and without a byte order mark; a last one needs no newline.
 * False at the end, or when reading fails (input->error). */
bool lines_next(struct lines *l);

#endif
