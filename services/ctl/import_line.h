/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of an NDJSON file that are no rows: an import of the service takes regions, schools,
 * reports and counties' own, and nothing else. These are requests of their own:
 *
 *	{"type":"standard","id":I,…}    PUT /v1/standards/I        …
 *	{"type":"plan","county":C,…}    PUT /v1/plans/C            …
 *	{"type":"publication",…}        POST /v1/publications      …
 *
 * The body is the line without the members that the path holds. */
#ifndef CTL_IMPORT_LINE_H
#define CTL_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define IMPORT_PATH 96

struct import_line {
	const char *method;
	bool publishes;
	char path[IMPORT_PATH];
	char *body; /* owned by the caller, who frees it */
	size_t len;
};

/* Whether this line is one of them. What is not JSON is none: the service says what is wrong. */
bool import_line_is_single(const char *text, size_t len);

/* Of a line that is one. ERR_INVALID when the id or county is missing or wrong. */
enum err import_line_read(const char *text, size_t len, struct import_line *out,
			  struct err_info *info) MUST_CHECK;

#endif
